//! HTTP Basic authentication of stations (security profiles 1 and 2).

use core::fmt;

use data_encoding::BASE64;
use subtle::ConstantTimeEq;

/// The password of a station, as its CSMS or the station itself stores it.
///
/// OCPP 1.6 and 2.x define it differently: in 1.6 the configuration key `AuthorizationKey` holds hexadecimal digits of
/// the bytes that travel (WP:A00.FR.205), in 2.x `BasicAuthPassword` is text that travels as it is
/// (A00.FR.205 there). Debug output hides it.
#[derive(Clone)]
pub struct Password {
    /// What travels.
    bytes: Vec<u8>,
    /// What else is accepted as the same password.
    alternative: Option<Vec<u8>>,
}

/// The text cannot be a password of that OCPP version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid password: {0}")]
pub struct InvalidPassword(&'static str);

impl Password {
    /// A `BasicAuthPassword` of OCPP 2.x: 16 to 40 characters, sent as UTF-8 (A00.FR.205, A00.FR.304).
    ///
    /// # Errors
    /// [`InvalidPassword`] if it is shorter or longer.
    pub fn text(password: &str) -> Result<Self, InvalidPassword> {
        match password.chars().count() {
            16..=40 => Ok(Self {
                bytes: password.into(),
                alternative: None,
            }),
            _ => Err(InvalidPassword("16 to 40 characters")),
        }
    }

    /// An `AuthorizationKey` of OCPP 1.6: hexadecimal digits of 16 to 20 bytes. The bytes travel. Stations that send
    /// the digits themselves are common, so that form is accepted too.
    ///
    /// A key that is not hexadecimal is taken as text, as for OCPP 2.x; many 1.6 systems are set up that way.
    ///
    /// # Errors
    /// [`InvalidPassword`] if it is neither.
    pub fn authorization_key(key: &str) -> Result<Self, InvalidPassword> {
        match data_encoding::HEXLOWER_PERMISSIVE.decode(key.as_bytes()) {
            Ok(bytes) if (16..=20).contains(&bytes.len()) => Ok(Self {
                bytes,
                alternative: Some(key.into()),
            }),
            _ => Self::text(key),
        }
    }

    /// Any bytes, for systems with rules of their own.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            alternative: None,
        }
    }

    /// Whether these bytes, as a station sent them, are the password. The time does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, received: &[u8]) -> bool {
        let same = self.bytes.as_slice().ct_eq(received);
        let alternative = self
            .alternative
            .as_deref()
            .unwrap_or(&self.bytes)
            .ct_eq(received);
        (same | alternative).into()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// User name and password from an `Authorization` header. Debug output hides the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Must be the station's identity (A00.FR.204, A00.FR.303); compared before the authenticator is asked.
    pub username: String,
    /// As received; 1.6 passwords need not be text.
    pub password: Vec<u8>,
}

impl Credentials {
    /// Reads the value of an `Authorization` header. `None` if it is not well-formed Basic authentication.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let (scheme, value) = header.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let mut decoded = BASE64.decode(value.trim().as_bytes()).ok()?;
        let colon = decoded.iter().position(|byte| *byte == b':')?;
        let password = decoded.split_off(colon + 1);
        decoded.truncate(colon);
        Some(Self {
            username: String::from_utf8(decoded).ok()?,
            password,
        })
    }

    /// The value of the `Authorization` header.
    pub(crate) fn header(username: &str, password: &Password) -> String {
        let mut plain = Vec::with_capacity(username.len() + 1 + password.bytes.len());
        plain.extend_from_slice(username.as_bytes());
        plain.push(b':');
        plain.extend_from_slice(&password.bytes);
        format!("Basic {}", BASE64.encode(&plain))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .field("password", &"…")
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of OCPP-J 1.6 section 6.2.2, with the header that its text describes.
    #[test]
    fn an_authorization_key_of_1_6_travels_as_bytes() {
        let key = "0001020304050607FFFFFFFFCCCCCCCCCCCCCCCC";
        let password = Password::authorization_key(key).unwrap();
        let header = Credentials::header("AL1000", &password);
        assert_eq!(header, "Basic QUwxMDAwOgABAgMEBQYH/////8zMzMzMzMzM");
        let read = Credentials::parse(&header).unwrap();
        assert_eq!(read.username, "AL1000");
        assert!(password.matches(&read.password));
        assert!(
            password.matches(key.as_bytes()),
            "a station that sends the digits"
        );
        assert!(!password.matches(b"0001020304050607"));
        assert!(!password.matches(b""));
    }

    #[test]
    fn a_text_password_travels_as_text() {
        let password = Password::text("correct:horse:battery").unwrap();
        let read = Credentials::parse(&Credentials::header("CP 1", &password)).unwrap();
        assert_eq!(read.username, "CP 1");
        assert_eq!(read.password, b"correct:horse:battery");
        assert!(password.matches(&read.password));
        assert!(Password::text("fifteen letters").is_err());
        assert!(Password::text(&"x".repeat(41)).is_err());
        assert!(
            Password::text(&"ä".repeat(40)).is_ok(),
            "characters, not bytes"
        );
    }

    #[test]
    fn malformed_headers_are_no_credentials() {
        for header in [
            "",
            "Basic",
            "Bearer QTpC",
            "Basic QUI=",
            "Basic !!!",
            "Basic /zo=",
        ] {
            assert_eq!(Credentials::parse(header), None, "{header}");
        }
        assert!(Credentials::parse("basic QTpC").is_some());
    }

    #[test]
    fn debug_output_hides_secrets() {
        let password = Password::text("sixteen letters!").unwrap();
        let credentials = Credentials {
            username: "CP1".into(),
            password: b"sixteen letters!".to_vec(),
        };
        assert!(!format!("{password:?}{credentials:?}").contains("sixteen"));
    }
}
