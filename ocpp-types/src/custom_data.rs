//! Members that no schema describes: customData, and whatever open objects carry. They are kept as they came.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize, Serializer};

use crate::json::{self, Object, ObjectView, Place, View, Wire};
use crate::{BoundedString, decimal};

/// The name of a vendor: `vendorId` of customData.
pub type VendorId = BoundedString<255>;

/// JSON of any form, kept as the text that came.
#[derive(Clone)]
pub struct Json(Box<str>);

impl Json {
    /// Text that is known to be JSON.
    pub(crate) fn known(json: &str) -> Self {
        Self(json.into())
    }

    /// Writes a value of your own as JSON.
    ///
    /// # Errors
    ///
    /// The value cannot be written as JSON, for example a map whose keys are no strings.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(|json| Self(json.into()))
    }

    /// Reads the text into a type of your own.
    ///
    /// # Errors
    ///
    /// The text does not have the type's form.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.as_str())
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Json {}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        decimal::write_raw(serializer, &self.0)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        json::transcribe(deserializer).map(|json| Self(json.into()))
    }
}

/// Members by name, in the order they came, each with its JSON text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OtherMembers(Vec<(String, Json)>);

impl OtherMembers {
    /// The member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0
            .iter()
            .find(|(member, _)| member == name)
            .map(|(_, json)| json)
    }

    /// Sets the member of that name.
    pub fn insert(&mut self, name: String, json: Json) {
        match self.0.iter_mut().find(|(member, _)| *member == name) {
            Some((_, present)) => *present = json,
            None => self.0.push((name, json)),
        }
    }

    /// Adds a member without looking whether it is there already: [`settled`](Self::settled) does that for all at once, so
    /// that the time for many members stays in proportion to their number. Called by generated code.
    pub(crate) fn push(&mut self, name: String, json: Json) {
        self.0.push((name, json));
    }

    /// Of members with the same name the last counts, at the place of the first.
    pub(crate) fn settle(&mut self) {
        if self.0.len() < 2 {
            return;
        }
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        // Stable: equal names stay in the order they came.
        order.sort_by(|&a, &b| self.0[a].0.cmp(&self.0[b].0));
        let (mut newest, mut superseded) = (Vec::new(), Vec::new());
        for group in order.chunk_by(|&a, &b| self.0[a].0 == self.0[b].0) {
            if let [first, .., last] = *group {
                newest.push((first, last));
                superseded.extend_from_slice(&group[1..]);
            }
        }
        for (first, last) in newest {
            self.0[first].1 = self.0[last].1.clone();
        }
        if !superseded.is_empty() {
            superseded.sort_unstable();
            let mut index = 0;
            self.0.retain(|_| {
                index += 1;
                superseded.binary_search(&(index - 1)).is_err()
            });
        }
    }

    /// All members in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, json)| (name.as_str(), json))
    }
}

impl fmt::Debug for OtherMembers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// A vendor's extension of a message or data type (2.0.1 part 2 section 2.1.5, part 4 section 6.1): a `vendorId` and any
/// other members. The members keep their text, so whatever a vendor puts there survives a round trip to the letter.
///
/// ```
/// use ocpp_types::CustomData;
///
/// let mut custom = CustomData::new("com.example".parse()?);
/// custom.set("displayBrightness", &80)?;
/// assert_eq!(custom.get::<i64>("displayBrightness")?, Some(80));
/// assert_eq!(
///     serde_json::to_string(&custom)?,
///     r#"{"vendorId":"com.example","displayBrightness":80}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CustomData(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    vendor_id: VendorId,
    members: OtherMembers,
}

impl CustomData {
    /// An extension without members yet.
    #[must_use]
    pub fn new(vendor_id: VendorId) -> Self {
        let members = OtherMembers::default();
        Self(Box::new(Inner { vendor_id, members }))
    }

    /// Whose extension this is.
    #[must_use]
    pub fn vendor_id(&self) -> &VendorId {
        &self.0.vendor_id
    }

    /// The members but `vendorId`.
    #[must_use]
    pub fn members(&self) -> &OtherMembers {
        &self.0.members
    }

    /// Reads one member into a type of your own, `None` when it is absent.
    ///
    /// # Errors
    ///
    /// The member does not have the type's form.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, serde_json::Error> {
        self.members().get(name).map(Json::read).transpose()
    }

    /// Reads the whole object, `vendorId` included, into a type of your own, for example one that `ocpp-codegen` wrote.
    ///
    /// # Errors
    ///
    /// The members do not have the type's form.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        Json::new(self)?.read()
    }

    /// Sets one member, replacing what it was.
    ///
    /// # Errors
    ///
    /// `vendorId` is set by [`new`](Self::new) only; `value` cannot be written as JSON.
    pub fn set<T: Serialize + ?Sized>(
        &mut self,
        name: &str,
        value: &T,
    ) -> Result<(), serde_json::Error> {
        if name == "vendorId" {
            return Err(serde::ser::Error::custom("vendorId cannot be replaced"));
        }
        self.0.members.insert(name.into(), Json::new(value)?);
        Ok(())
    }
}

impl fmt::Debug for CustomData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entry(&"vendorId", self.vendor_id())
            .entries(self.members().iter())
            .finish()
    }
}

impl Wire for CustomData {
    fn blank() -> Self {
        Self::new(VendorId::blank())
    }

    fn place(&mut self) -> Place<'_> {
        Place::Object(self)
    }

    fn view(&self) -> View<'_> {
        View::Object(self)
    }
}

impl Object for CustomData {
    fn member(&mut self, index: usize) -> Place<'_> {
        match index {
            0 => self.0.vendor_id.place(),
            _ => Place::Nothing,
        }
    }

    fn others(&mut self) -> Option<&mut OtherMembers> {
        Some(&mut self.0.members)
    }
}

impl ObjectView for CustomData {
    fn look(&self, index: usize) -> View<'_> {
        match index {
            0 => self.0.vendor_id.view(),
            _ => View::Absent,
        }
    }

    fn look_others(&self) -> Option<&OtherMembers> {
        Some(&self.0.members)
    }
}

impl Serialize for CustomData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for CustomData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        json::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn of_duplicate_members_the_last_counts() {
        let json = r#"{"a":1,"vendorId":"v","b":2,"a":3,"c":4,"b":5,"a":6}"#;
        let custom: CustomData = serde_json::from_str(json).unwrap();
        assert_eq!(
            serde_json::to_string(&custom).unwrap(),
            r#"{"vendorId":"v","a":6,"b":5,"c":4}"#
        );
    }

    #[test]
    fn a_hundred_thousand_members_take_no_longer_than_their_text() {
        let mut json = String::from("{");
        for index in 0..100_000 {
            json.push_str(&format!("\"m{index}\":{index},"));
        }
        json.push_str("\"vendorId\":\"v\"}");
        let custom: CustomData = serde_json::from_str(&json).unwrap();
        assert_eq!(custom.get::<i64>("m99999").unwrap(), Some(99_999));
    }
}
