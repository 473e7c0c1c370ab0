//! customData: a vendor's own members, kept as they came.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{self, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::BoundedString;

/// The name of a vendor: `vendorId` of customData.
pub type VendorId = BoundedString<255>;

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
#[derive(Clone)]
pub struct CustomData(Box<Inner>);

#[derive(Clone)]
struct Inner {
    vendor_id: VendorId,
    members: Vec<(String, Box<RawValue>)>,
}

impl CustomData {
    /// An extension without members yet.
    #[must_use]
    pub fn new(vendor_id: VendorId) -> Self {
        Self(Box::new(Inner {
            vendor_id,
            members: Vec::new(),
        }))
    }

    /// Whose extension this is.
    #[must_use]
    pub fn vendor_id(&self) -> &VendorId {
        &self.0.vendor_id
    }

    /// Reads one member into a type of your own, `None` when it is absent.
    ///
    /// # Errors
    ///
    /// The member does not have the type's form.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, serde_json::Error> {
        self.members()
            .find(|(member, _)| *member == name)
            .map(|(_, json)| serde_json::from_str(json))
            .transpose()
    }

    /// Reads all members but `vendorId` into a type of your own, for example one that `ocpp-codegen` wrote.
    ///
    /// # Errors
    ///
    /// The members do not have the type's form.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let mut object = String::from("{");
        for (index, (name, json)) in self.members().enumerate() {
            if index > 0 {
                object.push(',');
            }
            object.push_str(&serde_json::to_string(name)?);
            object.push(':');
            object.push_str(json);
        }
        object.push('}');
        serde_json::from_str(&object)
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
        let json = serde_json::value::to_raw_value(value)?;
        match self.0.members.iter_mut().find(|(member, _)| member == name) {
            Some((_, present)) => *present = json,
            None => self.0.members.push((name.into(), json)),
        }
        Ok(())
    }

    /// The members but `vendorId`, in the order they came, each with its JSON text.
    pub fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .members
            .iter()
            .map(|(name, json)| (name.as_str(), json.get()))
    }
}

impl PartialEq for CustomData {
    fn eq(&self, other: &Self) -> bool {
        self.vendor_id() == other.vendor_id() && self.members().eq(other.members())
    }
}

impl Eq for CustomData {}

impl fmt::Debug for CustomData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entry(&"vendorId", self.vendor_id())
            .entries(self.members())
            .finish()
    }
}

impl Serialize for CustomData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(self.0.members.len() + 1))?;
        map.serialize_entry("vendorId", self.vendor_id())?;
        for (name, json) in &self.0.members {
            map.serialize_entry(name, json)?;
        }
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
        let mut members: Vec<(String, Box<RawValue>)> = Vec::new();
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if name == "vendorId" {
                if vendor_id.replace(map.next_value()?).is_some() {
                    return Err(de::Error::duplicate_field("vendorId"));
                }
            } else {
                members.push((name.into_owned(), map.next_value()?));
            }
        }
        let vendor_id = vendor_id.ok_or_else(|| de::Error::missing_field("vendorId"))?;
        Ok(CustomData(Box::new(Inner { vendor_id, members })))
    }
}
