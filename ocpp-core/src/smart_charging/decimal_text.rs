//! Decimals in persisted records: as text, which is exact in every format.

use core::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serializer, de};

/// For `Option<Decimal>` members.
pub(super) mod option {
    use alloc::borrow::Cow;

    use super::*;

    pub(crate) fn serialize<S: Serializer>(
        value: &Option<Decimal>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.collect_str(value),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Decimal>, D::Error> {
        let Some(text) = Option::<Cow<'de, str>>::deserialize(deserializer)? else {
            return Ok(None);
        };
        let number = ocpp_types::Decimal::from_str(&text).map_err(de::Error::custom)?;
        Ok(Some(number.0))
    }
}
