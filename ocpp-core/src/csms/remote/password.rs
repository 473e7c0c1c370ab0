//! The passwords of a station (A01), kept so that nobody can read them (A01.FR.08).
//!
//! While the CSMS does not know whether the station has taken a new password, both hold.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::vocabulary::Shown;

/// What proves a password without telling it. With the feature `crypto` a salted hash; without it the password itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Verifier(String);

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(…)")
    }
}

/// How often the hash is taken: a password guessed from a stolen file costs so much, a login too.
#[cfg(feature = "crypto")]
const ROUNDS: u32 = 2_000;

impl Verifier {
    /// For the value of `AuthorizationKey` or `BasicAuthPassword`. 1.6 writes bytes as hexadecimal digits and 2.x a text; which of
    /// the two a station will show is not known when an operator puts one, so both forms count.
    pub(super) fn new(value: &str, salt: u64) -> Self {
        let mut forms = Vec::from([value.as_bytes().to_vec()]);
        forms.extend(decode_hex(value));
        let proofs: Vec<String> = forms.iter().map(|form| proof(form, salt)).collect();
        Self(format!("{SCHEME}:{salt:x}:{}", proofs.join(":")))
    }

    /// Whether these bytes are the password. The time does not depend on its contents.
    pub(super) fn matches(&self, shown: &[u8]) -> bool {
        let mut parts = self.0.split(':');
        let (Some(SCHEME), Some(salt)) = (parts.next(), parts.next()) else {
            return false;
        };
        let Ok(salt) = u64::from_str_radix(salt, 16) else {
            return false;
        };
        let shown = proof(shown, salt);
        parts.any(|proof| bool::from(proof.as_bytes().ct_eq(shown.as_bytes())))
    }
}

#[cfg(feature = "crypto")]
const SCHEME: &str = "sha256";
#[cfg(not(feature = "crypto"))]
const SCHEME: &str = "plain";

#[cfg(feature = "crypto")]
fn proof(password: &[u8], salt: u64) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new()
        .chain_update(salt.to_be_bytes())
        .chain_update(password)
        .finalize();
    for _ in 1..ROUNDS {
        hash = Sha256::new()
            .chain_update(hash)
            .chain_update(password)
            .finalize();
    }
    hex(&hash)
}

#[cfg(not(feature = "crypto"))]
fn proof(password: &[u8], _salt: u64) -> String {
    hex(password)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || text.is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    pairs
        .iter()
        .map(|&[high, low]| u8::try_from(digit(high)? * 16 + digit(low)?).ok())
        .collect()
}

/// What the CSMS knows of a station's passwords.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Passwords {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current: Option<Verifier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Verifier>,
    /// The station takes the next one with a restart: a login with the old one before it says nothing.
    #[serde(default)]
    after_restart: bool,
    /// How many there were: no salt is used twice.
    #[serde(default)]
    count: u64,
}

/// What a station said to a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It counts from now on (A01.FR.03).
    Accepted,
    /// It counts after a restart.
    AfterRestart,
    /// The old one stays (A01.FR.04).
    Refused,
    /// Nobody knows.
    Unanswered,
}

impl Passwords {
    pub(super) const fn is_set(&self) -> bool {
        self.current.is_some()
    }

    /// Which of the passwords these bytes are.
    pub(super) fn shown(&self, bytes: &[u8]) -> Option<Shown> {
        let is = |verifier: &Option<Verifier>| {
            verifier
                .as_ref()
                .is_some_and(|verifier| verifier.matches(bytes))
        };
        // Both are compared, whichever it is.
        let (current, next) = (is(&self.current), is(&self.next));
        match (current, next) {
            (true, _) => Some(Shown::Current),
            (_, true) => Some(Shown::Next),
            _ => None,
        }
    }

    fn verifier(&mut self, value: &str, seed: u64) -> Verifier {
        self.count = self.count.wrapping_add(1);
        let salt = seed ^ self.count.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Verifier::new(value, salt)
    }

    /// The operator says which one counts.
    pub(super) fn put(&mut self, value: Option<&str>, seed: u64) {
        self.current = value.map(|value| self.verifier(value, seed));
        self.next = None;
        self.after_restart = false;
    }

    /// A new one is on its way to the station.
    pub(super) fn sent(&mut self, value: &str, seed: u64) {
        let verifier = self.verifier(value, seed);
        self.next = Some(verifier);
        self.after_restart = false;
    }

    /// The station has answered, or not.
    pub(super) fn answered(&mut self, taken: Taken) {
        match taken {
            Taken::Accepted => self.take_next(),
            Taken::AfterRestart => self.after_restart = true,
            Taken::Refused => self.next = None,
            Taken::Unanswered => {}
        }
    }

    /// The station has logged in with one of them.
    pub(super) fn logged_in(&mut self, shown: Shown) {
        match shown {
            Shown::Next => self.take_next(),
            Shown::Current if self.after_restart => {}
            Shown::Current => self.next = None,
        }
    }

    fn take_next(&mut self) {
        if let Some(next) = self.next.take() {
            self.current = Some(next);
        }
        self.after_restart = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        let mut passwords = Passwords::default();
        passwords.put(Some("the old password"), 7);
        passwords.sent("the new password", 7);
        passwords
    }

    fn hold(passwords: &Passwords) -> (bool, bool) {
        let holds = |text: &str| passwords.shown(text.as_bytes()).is_some();
        (holds("the old password"), holds("the new password"))
    }

    #[test]
    fn the_answer_of_the_station_decides() {
        for (taken, expected) in [
            (Taken::Accepted, (false, true)),
            (Taken::Refused, (true, false)),
            (Taken::AfterRestart, (true, true)),
            (Taken::Unanswered, (true, true)),
        ] {
            let mut passwords = passwords();
            passwords.answered(taken);
            assert_eq!(hold(&passwords), expected, "{taken:?}");
        }
    }

    #[test]
    fn without_an_answer_the_login_decides() {
        let mut old = passwords();
        old.logged_in(Shown::Current);
        assert_eq!(hold(&old), (true, false));
        let mut new = passwords();
        assert_eq!(new.shown(b"the new password"), Some(Shown::Next));
        new.logged_in(Shown::Next);
        assert_eq!(hold(&new), (false, true));
        // Before the restart the old one proves nothing.
        let mut waits = passwords();
        waits.answered(Taken::AfterRestart);
        waits.logged_in(Shown::Current);
        assert_eq!(hold(&waits), (true, true));
        waits.logged_in(Shown::Next);
        assert_eq!(hold(&waits), (false, true));
    }

    #[test]
    fn a_record_does_not_tell_the_password() {
        let mut passwords = passwords();
        passwords.sent("00112233445566778899AABBCCDDEEFF", 7);
        let shown = [0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77];
        let shown: Vec<u8> = shown
            .into_iter()
            .chain([0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF])
            .collect();
        assert_eq!(passwords.shown(&shown), Some(Shown::Next), "as bytes");
        assert!(
            passwords
                .shown(b"00112233445566778899AABBCCDDEEFF")
                .is_some()
        );
        let record = serde_json::to_string(&passwords).unwrap();
        if cfg!(feature = "crypto") {
            assert!(!record.contains("00112233") && !record.contains(&hex(b"the old")));
        }
        assert!(!format!("{passwords:?}").contains("sha256"));
        let again: Passwords = serde_json::from_str(&record).unwrap();
        assert_eq!(again, passwords);
        assert!(!Verifier(String::new()).matches(b""));
        assert!(!Verifier("other:1:00".into()).matches(b""));
    }
}
