//! Station identities and their place in the URL (part 4 section 3.1.1).

use core::borrow::Borrow;
use core::fmt;
use core::ops::Deref;

use ocpp_types::is_visible;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986 is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Longest identity in bytes that is read. OCPP 2.x allows 48 characters; OCPP 1.6 names no limit.
const MAX_LEN: usize = 255;

/// The identity of a charging station: the last segment of the connection URL, percent-decoded.
///
/// It may hold any character that a reader [sees](ocpp_types::is_visible) but a colon (which separates user name and
/// password in HTTP Basic authentication) and a slash: two stations that look the same are the same. OCPP 2.x allows stations 48 characters of the identifierString alphabet; a CSMS reads
/// what 1.6 stations use, up to 255 bytes, and leaves it to its authenticator to know the station.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(Box<str>);

/// The text cannot be a station's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a station identity is 1 to 255 bytes of text without colon, slash and characters that nobody sees"
)]
pub struct InvalidIdentity;

impl Identity {
    /// Checks an identity.
    ///
    /// # Errors
    /// [`InvalidIdentity`] if the text is empty, too long, or contains a character that no identity can have.
    pub fn new(identity: impl Into<String>) -> Result<Self, InvalidIdentity> {
        let identity = identity.into();
        let valid = !identity.is_empty()
            && identity.len() <= MAX_LEN
            && identity != "."
            && identity != ".."
            && !identity
                .chars()
                .any(|c| !is_visible(c) || c == ':' || c == '/');
        if valid {
            Ok(Self(identity.into()))
        } else {
            Err(InvalidIdentity)
        }
    }

    /// The identity in the path of a URL: its last segment, percent-decoded.
    ///
    /// # Errors
    /// [`InvalidIdentity`] if the path ends without one, or the bytes are not UTF-8.
    pub fn from_path(path: &str) -> Result<Self, InvalidIdentity> {
        let segment = path.rsplit('/').next().unwrap_or_default();
        let decoded = percent_decode_str(segment)
            .decode_utf8()
            .map_err(|_| InvalidIdentity)?;
        Self::new(decoded)
    }

    /// Percent-encoded for use as a segment of a path.
    pub(crate) fn encoded(&self) -> String {
        utf8_percent_encode(&self.0, ENCODED).to_string()
    }
}

impl Deref for Identity {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// So that maps are asked with a text.
impl Borrow<str> for Identity {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_survive_the_way_through_a_path() {
        for text in [
            "CP001",
            "RDAM 123",
            "a%2Fb",
            "Ladesäule|1",
            "*-_=+|@.",
            "...",
        ] {
            let identity = Identity::new(text).unwrap();
            let path = format!("/ocpp/{}", identity.encoded());
            assert!(path.is_ascii());
            assert_eq!(Identity::from_path(&path).unwrap(), identity, "{path}");
        }
        assert_eq!(Identity::new("RDAM 123").unwrap().encoded(), "RDAM%20123");
    }

    #[test]
    fn paths_without_an_identity_are_refused() {
        for path in [
            "",
            "/",
            "/ocpp/",
            "/ocpp/%00",
            "/ocpp/CP1%0A",
            "/ocpp/CP1%7F",
            "/ocpp/CP%E2%80%8B1",
            "/ocpp/%E2%80%AE1PC",
            "/ocpp/CP1%EF%BB%BF",
            "/ocpp/a%3Ab",
            "/a%2Fb",
            "/%FF",
            "/..",
        ] {
            assert_eq!(Identity::from_path(path), Err(InvalidIdentity), "{path}");
        }
        assert!(Identity::new("x".repeat(255)).is_ok());
        assert!(Identity::new("x".repeat(256)).is_err());
    }
}
