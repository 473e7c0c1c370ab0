//! Passwords of HTTP basic authentication (A00.FR.202–206, A00.FR.301–304, A01).
//!
//! OCPP 1.6 transports the password as hexadecimal digits and uses the decoded bytes; OCPP 2.x uses the text itself.
//! Neither type shows its content when it is printed for debugging (A01.FR.09, A01.FR.12), and both compare in constant
//! time.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use subtle::ConstantTimeEq;

/// A password does not meet the rules of its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPassword {
    /// Fewer bytes (1.6) or characters (2.x) than the minimum.
    #[error("password too short")]
    TooShort,
    /// More bytes (1.6) or characters (2.x) than the maximum.
    #[error("password too long")]
    TooLong,
    /// An odd number of digits, or something that is no hexadecimal digit.
    #[error("password is not written in hexadecimal digits")]
    NotHexadecimal,
    /// A control character, which basic authentication cannot transport (RFC 7617, section 2).
    #[error("password holds a control character")]
    ControlCharacter,
}

/// Bounds and form of an [`AuthorizationKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthorizationKeyRules {
    /// Fewest bytes after decoding.
    pub min_bytes: usize,
    /// Most bytes after decoding.
    pub max_bytes: usize,
    /// Take a text of up to twice [`max_bytes`](Self::max_bytes) characters that is not hexadecimal as the password
    /// itself. Not what the specification says; some Central Systems do it.
    pub accept_text: bool,
}

impl AuthorizationKeyRules {
    /// 16 to 20 bytes (WP:A00.FR.205 and WP:A00.FR.304, edition 3).
    pub const WHITEPAPER: Self = Self {
        min_bytes: 16,
        max_bytes: 20,
        accept_text: false,
    };
    /// 1 to 20 bytes, for stations without the whitepaper (OCPP-J 1.6 errata 3.12: at most 40 digits).
    pub const OCPP_J: Self = Self {
        min_bytes: 1,
        max_bytes: 20,
        accept_text: false,
    };
}

/// The password of OCPP 1.6, configuration key AuthorizationKey: bytes, written as hexadecimal digits.
///
/// ```
/// use ocpp_core::security::{AuthorizationKey, AuthorizationKeyRules};
///
/// let key = AuthorizationKey::parse("4F43415F4F4354545F61646D696E5F74657374", AuthorizationKeyRules::WHITEPAPER)?;
/// assert_eq!(key.as_bytes(), b"OCA_OCTT_admin_test");
/// assert!(key.matches(b"OCA_OCTT_admin_test"));
/// assert_eq!(format!("{key:?}"), "AuthorizationKey(…)");
/// # Ok::<(), ocpp_core::security::InvalidPassword>(())
/// ```
#[derive(Clone)]
pub struct AuthorizationKey(Vec<u8>);

impl AuthorizationKey {
    /// Reads the value of the configuration key.
    ///
    /// # Errors
    /// When it breaks `rules`; ChangeConfiguration is answered with Rejected.
    pub fn parse(text: &str, rules: AuthorizationKeyRules) -> Result<Self, InvalidPassword> {
        let key = match decode_hex(text) {
            Some(bytes) => bytes,
            None if rules.accept_text => {
                if text.chars().any(char::is_control) {
                    return Err(InvalidPassword::ControlCharacter);
                }
                let length = text.chars().count();
                if length > rules.max_bytes * 2 {
                    return Err(InvalidPassword::TooLong);
                }
                if length < rules.min_bytes {
                    return Err(InvalidPassword::TooShort);
                }
                return Ok(Self(text.as_bytes().to_vec()));
            }
            None => return Err(InvalidPassword::NotHexadecimal),
        };
        if key.len() < rules.min_bytes {
            return Err(InvalidPassword::TooShort);
        }
        if key.len() > rules.max_bytes {
            return Err(InvalidPassword::TooLong);
        }
        Ok(Self(key))
    }

    /// A new password from 20 random bytes (A01.FR.07).
    #[must_use]
    pub fn generate(random: [u8; 20]) -> Self {
        Self(random.to_vec())
    }

    /// The bytes that basic authentication sends after the colon.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The value of the configuration key. Secret: only for the message that sets it and for the station's own storage.
    #[must_use]
    pub fn to_hex(&self) -> String {
        self.0
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .map(|nibble| char::from(b"0123456789ABCDEF"[usize::from(nibble)]))
            .collect()
    }

    /// Whether `presented`, the bytes that a station sent, is this password. The time does not depend on the content.
    #[must_use]
    pub fn matches(&self, presented: &[u8]) -> bool {
        self.0.ct_eq(presented).into()
    }
}

impl PartialEq for AuthorizationKey {
    fn eq(&self, other: &Self) -> bool {
        self.matches(&other.0)
    }
}

impl Eq for AuthorizationKey {}

impl fmt::Debug for AuthorizationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorizationKey(…)")
    }
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    pairs
        .iter()
        .map(|&[high, low]| u8::try_from(digit(high)? * 16 + digit(low)?).ok())
        .collect()
}

/// The password of OCPP 2.x, variable SecurityCtrlr.BasicAuthPassword: a text that is sent as UTF-8.
///
/// At least 16 characters and at most the variable's maxLimit, itself between 40 and 64 (A00.FR.205 and A00.FR.304 as
/// the 2.0.1 errata of 2025-01 have them). The errata also lifted the restriction to a set of symbols: everything but
/// control characters is accepted. [`generate`](Self::generate) stays within the old set.
#[derive(Clone)]
pub struct BasicAuthPassword(String);

impl BasicAuthPassword {
    /// Fewest characters.
    pub const MIN_LENGTH: usize = 16;
    /// Smallest maxLimit that the variable may have; every password of this length works everywhere.
    pub const LOWEST_MAX_LENGTH: usize = 40;
    /// Largest maxLimit that the variable may have.
    pub const HIGHEST_MAX_LENGTH: usize = 64;

    /// Reads the value of the variable.
    ///
    /// `max_length` is the variable's maxLimit; it is brought into the range that the specification allows.
    ///
    /// # Errors
    /// When the text breaks the rules; SetVariables is answered with Rejected.
    pub fn parse(text: &str, max_length: usize) -> Result<Self, InvalidPassword> {
        let max_length = max_length.clamp(Self::LOWEST_MAX_LENGTH, Self::HIGHEST_MAX_LENGTH);
        let length = text.chars().count();
        if length < Self::MIN_LENGTH {
            return Err(InvalidPassword::TooShort);
        }
        if length > max_length {
            return Err(InvalidPassword::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidPassword::ControlCharacter);
        }
        Ok(Self(text.into()))
    }

    /// A new password of 40 characters from 40 random bytes (A01.FR.07): letters, digits, `-` and `_`, six bits of each
    /// byte.
    #[must_use]
    pub fn generate(random: [u8; 40]) -> Self {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        Self(
            random
                .iter()
                .map(|byte| char::from(ALPHABET[usize::from(byte & 63)]))
                .collect(),
        )
    }

    /// The text that basic authentication sends after the colon.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `presented`, the bytes that a station sent, is this password. The time does not depend on the content.
    #[must_use]
    pub fn matches(&self, presented: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(presented).into()
    }
}

impl PartialEq for BasicAuthPassword {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other.0.as_bytes())
    }
}

impl Eq for BasicAuthPassword {}

impl fmt::Debug for BasicAuthPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BasicAuthPassword(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    #[test]
    fn authorization_keys_have_sixteen_to_twenty_bytes() {
        let parse = |digits: usize| {
            AuthorizationKey::parse(&"aB".repeat(digits / 2), AuthorizationKeyRules::WHITEPAPER)
        };
        assert_eq!(parse(30).err(), Some(InvalidPassword::TooShort));
        assert_eq!(parse(32).map(|key| key.as_bytes().len()), Ok(16));
        assert_eq!(parse(40).map(|key| key.as_bytes().len()), Ok(20));
        assert_eq!(parse(42).err(), Some(InvalidPassword::TooLong));
        for text in ["", "0", "zz", "0x41", "4 41", "٤٤"] {
            let result = AuthorizationKey::parse(text, AuthorizationKeyRules::OCPP_J);
            assert!(result.is_err(), "{text}");
        }
        let short = AuthorizationKey::parse("41", AuthorizationKeyRules::OCPP_J);
        assert_eq!(short.unwrap().as_bytes(), b"A");
    }

    #[test]
    fn plain_text_keys_are_taken_only_on_request() {
        let text = "correct horse battery";
        let strict = AuthorizationKeyRules::WHITEPAPER;
        assert_eq!(
            AuthorizationKey::parse(text, strict).err(),
            Some(InvalidPassword::NotHexadecimal)
        );
        let lenient = AuthorizationKeyRules {
            accept_text: true,
            ..strict
        };
        let key = AuthorizationKey::parse(text, lenient).unwrap();
        assert!(key.matches(text.as_bytes()));
        // What can be read as digits is read as digits.
        let key = AuthorizationKey::parse(&"41".repeat(16), lenient).unwrap();
        assert!(key.matches(&[b'A'; 16]));
        assert!(AuthorizationKey::parse("short text", lenient).is_err());
        assert!(AuthorizationKey::parse(&"x".repeat(41), lenient).is_err());
        assert!(AuthorizationKey::parse("correct horse\nbattery", lenient).is_err());
    }

    #[test]
    fn basic_auth_passwords_have_sixteen_characters_up_to_the_limit() {
        let parse = |length, limit| BasicAuthPassword::parse(&"ä".repeat(length), limit).err();
        assert_eq!(parse(15, 64), Some(InvalidPassword::TooShort));
        assert_eq!(parse(16, 64), None);
        assert_eq!(parse(64, 64), None);
        assert_eq!(parse(65, 64), Some(InvalidPassword::TooLong));
        assert_eq!(parse(41, 40), Some(InvalidPassword::TooLong));
        // A maxLimit outside 40 to 64 would be a mistake of the device model.
        assert_eq!(parse(40, 20), None);
        assert_eq!(parse(65, 100), Some(InvalidPassword::TooLong));
        assert_eq!(
            BasicAuthPassword::parse("0123456789abcde\0", 40).err(),
            Some(InvalidPassword::ControlCharacter)
        );
        assert!(BasicAuthPassword::parse("*-_=:+|@.0123456789", 40).is_ok());
    }

    #[test]
    fn secrets_are_not_printed() {
        let password = BasicAuthPassword::generate([7; 40]);
        assert!(!format!("{password:?}").contains(password.as_str()));
        let key = AuthorizationKey::generate([0xAB; 20]);
        assert!(!format!("{key:?}").contains("AB"));
    }

    proptest! {
        #[test]
        fn generated_passwords_are_valid_and_match_only_themselves(
            key in any::<[u8; 20]>(), other in any::<[u8; 20]>(), text in prop::collection::vec(any::<u8>(), 40..=40)
        ) {
            let generated = AuthorizationKey::generate(key);
            let read = AuthorizationKey::parse(&generated.to_hex(), AuthorizationKeyRules::WHITEPAPER);
            prop_assert_eq!(read.as_ref(), Ok(&generated));
            prop_assert_eq!(generated.matches(&other), key == other);
            prop_assert!(!generated.matches(&key[..19]));

            let password = BasicAuthPassword::generate(text.try_into().unwrap());
            prop_assert_eq!(BasicAuthPassword::parse(password.as_str(), 40), Ok(password));
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,80}") {
            let _ = AuthorizationKey::parse(&text, AuthorizationKeyRules::WHITEPAPER);
            if let Ok(password) = BasicAuthPassword::parse(&text, 64) {
                prop_assert!((16..=64).contains(&password.as_str().chars().count()));
            }
        }
    }
}
