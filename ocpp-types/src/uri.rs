//! URIs: where firmware comes from and diagnostics go to in 1.6.

use core::fmt;
use core::ops::Deref;
use core::str::FromStr;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::Text;
use crate::json::{Place, View, Wire};

/// An absolute URI as RFC 3986 defines it. Only its form is checked, not that anything is there.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Uri(Text);

/// The text is not a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidUri;

impl fmt::Display for InvalidUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a URI with a scheme (RFC 3986)")
    }
}

impl core::error::Error for InvalidUri {}

impl Uri {
    /// Checks the form.
    ///
    /// # Errors
    ///
    /// [`InvalidUri`] when RFC 3986 does not allow the text.
    pub fn new(text: &str) -> Result<Self, InvalidUri> {
        if Self::is_valid(text) {
            Ok(Self(Text::from_text(text)))
        } else {
            Err(InvalidUri)
        }
    }

    /// Whether RFC 3986 allows the text.
    pub(crate) fn is_valid(text: &str) -> bool {
        fluent_uri::Uri::parse(text).is_ok()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the text is not a URI. Only lenient decoding makes such a value; it cannot be encoded.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        !Self::is_valid(self)
    }
}

impl Deref for Uri {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl FromStr for Uri {
    type Err = InvalidUri;

    fn from_str(text: &str) -> Result<Self, InvalidUri> {
        Self::new(text)
    }
}

impl TryFrom<&str> for Uri {
    type Error = InvalidUri;

    fn try_from(text: &str) -> Result<Self, InvalidUri> {
        Self::new(text)
    }
}

impl Wire for Uri {
    fn blank() -> Self {
        Self(Text::blank())
    }

    fn place(&mut self) -> Place<'_> {
        self.0.place()
    }

    fn view(&self) -> View<'_> {
        self.0.view()
    }
}

impl Serialize for Uri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_malformed() {
            return Err(serde::ser::Error::custom(InvalidUri));
        }
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Uri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UriVisitor;

        impl Visitor<'_> for UriVisitor {
            type Value = Uri;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a URI")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Uri, E> {
                Uri::new(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(UriVisitor)
    }
}
