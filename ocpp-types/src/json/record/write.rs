//! Writes data of any type that serde knows as JSON, for example the records of a station.
//!
//! What serde_json writes for the same value, with less code for each type.

use alloc::string::String;

use serde::Serialize;
use serde::ser::{
    Error, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use crate::decimal::{Buffer, RAW_VALUE};
use crate::json::{Refused, quote};

/// Writes a value. `None` for what cannot be stored: floats, bytes, and values that only lenient decoding lets in.
pub fn to_record<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    let mut writer = Writer {
        out: String::new(),
        raw: false,
    };
    value.serialize(&mut writer).ok()?;
    Some(writer.out)
}

impl Error for Refused {
    fn custom<T: core::fmt::Display>(_: T) -> Self {
        Self
    }
}

struct Writer {
    out: String,
    /// Whether the next text is JSON already.
    raw: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
        if core::mem::replace(&mut self.raw, false) {
            self.out.push_str(text);
        } else {
            quote(&mut self.out, text);
        }
    }

    fn integer(&mut self, digits: u64, negative: bool) {
        self.out
            .push_str(Buffer::new().short(digits, 0, negative));
    }

    fn open(&mut self, bracket: &'static str, close: &'static str) -> Parts<'_> {
        self.out.push_str(bracket);
        Parts {
            writer: self,
            fresh: true,
            close,
        }
    }

    /// The variant of an enumeration that holds something.
    fn variant(&mut self, name: &str) {
        self.out.push('{');
        quote(&mut self.out, name);
        self.out.push(':');
    }
}

/// Elements or members.
struct Parts<'a> {
    writer: &'a mut Writer,
    fresh: bool,
    close: &'static str,
}

impl Parts<'_> {
    fn next(&mut self) {
        if !core::mem::replace(&mut self.fresh, false) {
            self.writer.out.push(',');
        }
    }

    fn name(&mut self, name: &str) {
        if name == RAW_VALUE {
            self.writer.raw = true;
            return;
        }
        self.next();
        quote(&mut self.writer.out, name);
        self.writer.out.push(':');
    }

    fn close(self) {
        self.writer.out.push_str(self.close);
    }
}

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = Parts<'a>;
    type SerializeTupleStruct = Parts<'a>;
    type SerializeTupleVariant = Parts<'a>;
    type SerializeMap = Parts<'a>;
    type SerializeStruct = Parts<'a>;
    type SerializeStructVariant = Parts<'a>;

    fn serialize_bool(self, value: bool) -> Result<(), Refused> {
        self.out.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Refused> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Refused> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Refused> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Refused> {
        self.integer(value.unsigned_abs(), value < 0);
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Refused> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Refused> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Refused> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Refused> {
        self.integer(value, false);
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Result<(), Refused> {
        Err(Refused)
    }

    fn serialize_f64(self, _: f64) -> Result<(), Refused> {
        Err(Refused)
    }

    fn serialize_char(self, value: char) -> Result<(), Refused> {
        self.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Refused> {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Refused> {
        Err(Refused)
    }

    fn serialize_none(self) -> Result<(), Refused> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Refused> {
        self.out.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Refused> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Refused> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        self.variant(variant);
        value.serialize(&mut *self)?;
        self.out.push('}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a>, Refused> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts<'a>, Refused> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts<'a>, Refused> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, Refused> {
        self.variant(variant);
        Ok(self.open("[", "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'a>, Refused> {
        Ok(self.open("{", "}"))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Parts<'a>, Refused> {
        if name == RAW_VALUE {
            return Ok(self.open("", ""));
        }
        Ok(self.open("{", "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, Refused> {
        self.variant(variant);
        Ok(self.open("{", "}}"))
    }
}

/// What is written one after the other.
macro_rules! elements {
    ($($name:ident: $method:ident),*) => {
        $(
            impl $name for Parts<'_> {
                type Ok = ();
                type Error = Refused;

                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
                    self.next();
                    value.serialize(&mut *self.writer)
                }

                fn end(self) -> Result<(), Refused> {
                    self.close();
                    Ok(())
                }
            }
        )*
    };
}

elements!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

/// What is written under a name.
macro_rules! members {
    ($($name:ident),*) => {
        $(
            impl $name for Parts<'_> {
                type Ok = ();
                type Error = Refused;

                fn serialize_field<T: Serialize + ?Sized>(
                    &mut self,
                    name: &'static str,
                    value: &T,
                ) -> Result<(), Refused> {
                    self.name(name);
                    value.serialize(&mut *self.writer)
                }

                fn end(self) -> Result<(), Refused> {
                    self.close();
                    Ok(())
                }
            }
        )*
    };
}

members!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Refused;

    /// A text, or a number, which becomes one.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        self.next();
        let from = self.writer.out.len();
        key.serialize(&mut *self.writer)?;
        let out = &mut self.writer.out;
        match out.as_bytes().get(from) {
            Some(b'"') => {}
            Some(b'-' | b'0'..=b'9') => {
                out.insert(from, '"');
                out.push('"');
            }
            _ => return Err(Refused),
        }
        out.push(':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Refused> {
        self.close();
        Ok(())
    }
}
