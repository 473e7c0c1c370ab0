//! What a record is made of: elements, members, variants.

use alloc::borrow::Cow;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Record, visit_integer, visit_text};
use crate::decimal::RAW_VALUE;
use crate::json::Refused;

/// The elements of an array or the members of an object.
pub(super) struct Parts<'r, 'a> {
    pub(super) record: &'r mut Record<'a>,
    pub(super) bracket: u8,
    pub(super) over: bool,
}

impl Parts<'_, '_> {
    fn more(&mut self) -> Result<bool, Refused> {
        self.over = self.over || !self.record.reader.more(self.bracket)?;
        Ok(!self.over)
    }

    pub(super) fn close(&mut self) -> Result<(), Refused> {
        if self.more()? { Err(Refused) } else { Ok(()) }
    }
}

impl<'a> SeqAccess<'a> for Parts<'_, 'a> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'a>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refused> {
        if self.more()? {
            seed.deserialize(&mut *self.record).map(Some)
        } else {
            Ok(None)
        }
    }
}

impl<'a> MapAccess<'a> for Parts<'_, 'a> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refused> {
        if self.more()? {
            let name = self.record.reader.name()?;
            seed.deserialize(Key(name)).map(Some)
        } else {
            Ok(None)
        }
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Refused> {
        seed.deserialize(&mut *self.record)
    }
}

/// The name of a member or of a variant.
pub(super) struct Key<'a>(pub(super) Cow<'a, str>);

impl<'a> Deserializer<'a> for Key<'a> {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        visit_text(&self.0, visitor)
    }

    /// Keys that are numbers.
    fn deserialize_u64<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        visit_integer(&self.0, visitor)
    }

    fn deserialize_u32<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_i64<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        <W: Visitor<'a>>
        bool i8 i16 i32 i128 u8 u16 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// A key that is a value of an enumeration.
impl<'a> EnumAccess<'a> for Key<'a> {
    type Error = Refused;
    type Variant = Alone;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Alone), Refused> {
        Ok((seed.deserialize(self)?, Alone))
    }
}

/// Nothing follows a name.
pub(super) struct Alone;

impl<'a> VariantAccess<'a> for Alone {
    type Error = Refused;

    fn unit_variant(self) -> Result<(), Refused> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, _: T) -> Result<T::Value, Refused> {
        Err(Refused)
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, _: V) -> Result<V::Value, Refused> {
        Err(Refused)
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Refused> {
        Err(Refused)
    }
}

/// A variant, with or without what it holds.
pub(super) struct Variant<'r, 'a> {
    pub(super) record: &'r mut Record<'a>,
    pub(super) alone: bool,
}

impl Variant<'_, '_> {
    fn holds(&self) -> Result<(), Refused> {
        if self.alone { Err(Refused) } else { Ok(()) }
    }
}

impl<'a> EnumAccess<'a> for Variant<'_, 'a> {
    type Error = Refused;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Self), Refused> {
        let name = if self.alone {
            self.record.reader.text()?
        } else {
            self.record.reader.name()?
        };
        Ok((seed.deserialize(Key(name))?, self))
    }
}

impl<'a> VariantAccess<'a> for Variant<'_, 'a> {
    type Error = Refused;

    fn unit_variant(self) -> Result<(), Refused> {
        if self.alone {
            Ok(())
        } else {
            self.record.null()
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Refused> {
        self.holds()?;
        seed.deserialize(self.record)
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Refused> {
        self.holds()?;
        self.record.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.holds()?;
        self.record.deserialize_map(visitor)
    }
}

/// The text of a value, handed over as serde_json hands over its `RawValue`.
pub(super) struct Raw<'a>(pub(super) Option<&'a str>);

impl<'a> MapAccess<'a> for Raw<'a> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refused> {
        match self.0 {
            Some(_) => seed.deserialize(Key(RAW_VALUE.into())).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Refused> {
        let text = self.0.take().ok_or(Refused)?;
        seed.deserialize(Key(text.into()))
    }
}
