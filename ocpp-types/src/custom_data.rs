//! Members that no schema describes: customData, and whatever open objects carry. They are kept as they came.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{self, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::BoundedString;

/// The name of a vendor: `vendorId` of customData.
pub type VendorId = BoundedString<255>;

/// JSON of any form, kept as the text that came.
#[derive(Clone)]
pub struct Json(Box<RawValue>);

impl Json {
    /// Writes a value of your own as JSON.
    ///
    /// # Errors
    ///
    /// The value cannot be written as JSON, for example a map whose keys are no strings.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(value).map(Self)
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
        self.0.get()
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
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self)
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

    /// Of members with the same name the last counts, at the place of the first; called by generated code.
    #[doc(hidden)]
    #[must_use]
    pub fn settled(mut self) -> Self {
        if self.0.len() < 2 {
            return self;
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
        self
    }

    /// All members in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, json)| (name.as_str(), json))
    }

    /// Writes the members into an object that has been begun; called by generated code.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize_into<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.0
            .iter()
            .try_for_each(|(name, json)| map.serialize_entry(name, json))
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
        Self::with_members(vendor_id, OtherMembers::default())
    }

    pub(crate) fn with_members(vendor_id: VendorId, members: OtherMembers) -> Self {
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

impl Serialize for CustomData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("vendorId", self.vendor_id())?;
        self.members().serialize_into(&mut map)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for CustomData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = CustomData;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the member vendorId")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<CustomData, A::Error> {
        let mut vendor_id = None;
        let mut members = OtherMembers::default();
        while let Some(name) = map.next_key::<String>()? {
            if name == "vendorId" {
                if vendor_id.replace(map.next_value()?).is_some() {
                    return Err(de::Error::duplicate_field("vendorId"));
                }
            } else {
                members.push(name, map.next_value()?);
            }
        }
        let members = members.settled();
        let vendor_id = vendor_id.ok_or_else(|| de::Error::missing_field("vendorId"))?;
        Ok(CustomData::with_members(vendor_id, members))
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
