//! Strings of bounded length.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;
use core::str::FromStr;

use compact_str::CompactString;
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::json::{Place, View, Wire};

/// No bound: what a schema leaves open is limited only by the size of the frame.
pub const UNBOUNDED: usize = usize::MAX;

/// A string without a bound of its own, kept inline while it is short.
pub type Text = BoundedString<UNBOUNDED>;

/// More characters than the schema allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// The largest number of characters (Unicode scalar values) allowed.
    pub max: usize,
    /// The number of characters given.
    pub found: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "at most {} characters are allowed, not {}",
            self.max, self.found
        )
    }
}

impl core::error::Error for TooLong {}

/// Counts Unicode scalar values, as JSON Schema's `maxLength` does; free for short strings.
#[inline]
pub(crate) fn check_length(text: &str, max: usize) -> Result<(), TooLong> {
    if text.len() <= max {
        Ok(())
    } else {
        count(text, max)
    }
}

#[cold]
fn count(text: &str, max: usize) -> Result<(), TooLong> {
    let found = text.chars().count();
    if found <= max {
        Ok(())
    } else {
        Err(TooLong { max, found })
    }
}

macro_rules! bounded_string {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Clone, Default)]
        pub struct $name<const MAX: usize>(CompactString);

        impl<const MAX: usize> $name<MAX> {
            /// The largest number of characters (Unicode scalar values).
            pub const MAX: usize = MAX;

            /// A copy of `text`.
            ///
            /// # Errors
            ///
            /// [`TooLong`] when it has more than `MAX` characters.
            pub fn new(text: &str) -> Result<Self, TooLong> {
                check_length(text, MAX)?;
                Ok(Self(CompactString::from(text)))
            }

            /// The first `MAX` characters of `text`: for texts that people read, not for identifiers.
            #[must_use]
            pub fn truncated(text: &str) -> Self {
                match text.char_indices().nth(MAX) {
                    Some((end, _)) => Self(CompactString::from(&text[..end])),
                    None => Self(CompactString::from(text)),
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether the text exceeds the bound. Only lenient decoding makes such a value, so that an over-long text
            /// of a peer is not lost; it cannot be encoded.
            #[must_use]
            pub fn is_too_long(&self) -> bool {
                check_length(&self.0, MAX).is_err()
            }
        }

        impl<const MAX: usize> Deref for $name<MAX> {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> AsRef<str> for $name<MAX> {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl<const MAX: usize> fmt::Debug for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl<const MAX: usize> FromStr for $name<MAX> {
            type Err = TooLong;

            fn from_str(text: &str) -> Result<Self, TooLong> {
                Self::new(text)
            }
        }

        impl<const MAX: usize> TryFrom<&str> for $name<MAX> {
            type Error = TooLong;

            fn try_from(text: &str) -> Result<Self, TooLong> {
                Self::new(text)
            }
        }

        impl<const MAX: usize> TryFrom<alloc::string::String> for $name<MAX> {
            type Error = TooLong;

            fn try_from(text: alloc::string::String) -> Result<Self, TooLong> {
                check_length(&text, MAX)?;
                Ok(Self(CompactString::from(text)))
            }
        }

        impl<const MAX: usize> From<$name<MAX>> for alloc::string::String {
            fn from(value: $name<MAX>) -> Self {
                value.0.into_string()
            }
        }

        impl<const MAX: usize> PartialEq<str> for $name<MAX> {
            fn eq(&self, other: &str) -> bool {
                Self::same(self, other)
            }
        }

        impl<const MAX: usize> PartialEq<&str> for $name<MAX> {
            fn eq(&self, other: &&str) -> bool {
                Self::same(self, other)
            }
        }

        impl<const MAX: usize> PartialEq for $name<MAX> {
            fn eq(&self, other: &Self) -> bool {
                Self::same(self, other)
            }
        }

        impl<const MAX: usize> Eq for $name<MAX> {}

        impl<const MAX: usize> PartialOrd for $name<MAX> {
            fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl<const MAX: usize> Serialize for $name<MAX> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let text = self.as_str();
                check_length(text, MAX).map_err(serde::ser::Error::custom)?;
                serializer.serialize_str(text)
            }
        }

        impl<const MAX: usize> Wire for $name<MAX> {
            fn blank() -> Self {
                Self(CompactString::const_new(""))
            }

            fn place(&mut self) -> Place<'_> {
                Place::Text(&mut self.0)
            }

            fn view(&self) -> View<'_> {
                View::Text(&self.0)
            }
        }

        impl<'de, const MAX: usize> Deserialize<'de> for $name<MAX> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(TextVisitor { max: MAX }).map(Self)
            }
        }
    };
}

bounded_string! {
    /// A string of at most `MAX` characters, kept inline while it has at most 24 bytes.
    ///
    /// ```
    /// use ocpp_types::BoundedString;
    ///
    /// let model = BoundedString::<20>::new("CV-3FD203P")?;
    /// assert_eq!(model, "CV-3FD203P");
    /// assert_eq!(BoundedString::<5>::new("CV-3FD203P").unwrap_err().found, 10);
    /// # Ok::<(), ocpp_types::TooLong>(())
    /// ```
    BoundedString
}

bounded_string! {
    /// A string of at most `MAX` characters that compares, orders and hashes without regard to (ASCII) case, as the
    /// specifications demand of identifiers: CiString in 1.6, identifierString in 2.x. The text itself keeps its case.
    ///
    /// ```
    /// use ocpp_types::CiString;
    ///
    /// assert_eq!(CiString::<20>::new("04A2B3")?, CiString::<20>::new("04a2b3")?);
    /// # Ok::<(), ocpp_types::TooLong>(())
    /// ```
    CiString
}

impl<const MAX: usize> BoundedString<MAX> {
    fn same(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl<const MAX: usize> Ord for BoundedString<MAX> {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl<const MAX: usize> Hash for BoundedString<MAX> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<const MAX: usize> CiString<MAX> {
    fn same(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }

    fn folded(&self) -> impl Iterator<Item = u8> {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl<const MAX: usize> Ord for CiString<MAX> {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.folded().cmp(other.folded())
    }
}

impl<const MAX: usize> Hash for CiString<MAX> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.folded() {
            state.write_u8(byte);
        }
        state.write_u8(0xff);
    }
}

impl Text {
    /// A copy of `text`, which no bound can refuse.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(CompactString::from(text))
    }
}

/// One for all bounds: what a deserializer does with a visitor is much code.
struct TextVisitor {
    max: usize,
}

impl Visitor<'_> for TextVisitor {
    type Value = CompactString;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.max == UNBOUNDED {
            f.write_str("a string")
        } else {
            write!(f, "a string of at most {} characters", self.max)
        }
    }

    #[inline]
    fn visit_str<E: de::Error>(self, text: &str) -> Result<CompactString, E> {
        check_length(text, self.max).map_err(E::custom)?;
        Ok(CompactString::from(text))
    }
}
