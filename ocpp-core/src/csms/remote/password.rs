//! The passwords of a station (A01), kept so that nobody can read them (A01.FR.08).
//!
//! While the CSMS does not know whether the station has taken a new password, all hold that it may have.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use ocpp_types::Version;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::vocabulary::{CommandError, Shown};

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

/// Whether a station of this version takes this password: 16 to 40 characters, 64 in 2.1 (A00.FR.205, WP:A00.FR.205).
pub(super) fn check_password(value: &str, version: Version) -> Result<(), CommandError> {
    if version == Version::V1_6 {
        // Bytes as hexadecimal digits.
        let length = decode_hex(value).map(|bytes| bytes.len());
        if length.is_some_and(|length| (16..=20).contains(&length)) {
            return Ok(());
        }
        return Err(CommandError::Invalid {
            pointer: String::new(),
            reason: "a key of OCPP 1.6 has 16 to 20 bytes, each written as two hexadecimal digits"
                .into(),
        });
    }
    let most = match version {
        Version::V2_1 => 64,
        _ => 40,
    };
    if (16..=most).contains(&value.chars().count()) {
        return Ok(());
    }
    Err(CommandError::Invalid {
        pointer: String::new(),
        reason: format!("a password has 16 to {most} characters"),
    })
}

/// Most passwords that are sent without an answer that settles them. Further ones are refused until one is settled.
pub(super) const MAX_CANDIDATES: usize = 8;

/// What the CSMS knows of a station's passwords.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Passwords {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current: Option<Verifier>,
    /// Those that the station may have taken, in the order in which they were sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<Candidate>,
    /// How many there were: no salt is used twice.
    #[serde(default)]
    count: u64,
    /// The station was given its password while it needed none, and has not shown it yet.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    unshown: bool,
}

/// A password that was sent to the station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    number: u64,
    verifier: Verifier,
    /// How many requests with it are not answered.
    waiting: u32,
    /// A request with it came to nothing: the station may have taken it nevertheless.
    #[serde(default)]
    doubtful: bool,
    /// The station takes it with a restart: a login with the old one before it says nothing.
    #[serde(default)]
    after_restart: bool,
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

    /// Whether the password counts also where the security profile asks for none.
    pub(super) const fn is_always_wanted(&self) -> bool {
        self.current.is_some() && !self.unshown
    }

    /// Which of the passwords these bytes are.
    pub(super) fn shown(&self, bytes: &[u8]) -> Option<Shown> {
        let current = self.current.as_ref();
        let is_current = current.is_some_and(|current| current.matches(bytes));
        // All are compared, whichever it is.
        let next = self.candidates.iter().fold(None, |found, candidate| {
            let is_this = candidate.verifier.matches(bytes);
            is_this.then_some(candidate.number).or(found)
        });
        match (is_current, next) {
            (true, _) => Some(Shown::Current),
            (_, next) => next.map(Shown::Next),
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
        self.unshown = false;
        self.candidates.clear();
    }

    fn candidate(&self, value: &str) -> Option<usize> {
        let mut all = self.candidates.iter();
        all.position(|candidate| candidate.verifier.matches(value.as_bytes()))
    }

    /// Whether one more may be sent.
    pub(super) fn has_room(&self, value: &str) -> bool {
        self.candidates.len() < MAX_CANDIDATES || self.candidate(value).is_some()
    }

    /// A new one is on its way to the station. The caller has [asked](Self::has_room) whether it may be.
    pub(super) fn sent(&mut self, value: &str, seed: u64) {
        // The last one that is sent is the last one that the station takes, also if it was sent before.
        let known = self.candidate(value).map(|at| self.candidates.remove(at));
        let verifier = self.verifier(value, seed);
        let number = self.count;
        let known = known.unwrap_or(Candidate {
            number,
            verifier,
            waiting: 0,
            doubtful: false,
            after_restart: false,
        });
        self.candidates.push(Candidate {
            waiting: known.waiting.saturating_add(1),
            ..known
        });
    }

    /// The station has answered the request with this password, or not.
    pub(super) fn answered(&mut self, value: &str, taken: Taken) {
        let Some(at) = self.candidate(value) else {
            return;
        };
        let Some(candidate) = self.candidates.get_mut(at) else {
            return;
        };
        candidate.waiting = candidate.waiting.saturating_sub(1);
        match taken {
            Taken::Accepted => {
                self.unshown |= self.current.is_none();
                self.take(at);
            }
            Taken::AfterRestart => candidate.after_restart = true,
            Taken::Unanswered => candidate.doubtful = true,
            // Another request with it may have been taken.
            Taken::Refused => {
                let settled =
                    candidate.waiting == 0 && !candidate.doubtful && !candidate.after_restart;
                if settled {
                    self.candidates.remove(at);
                }
            }
        }
    }

    /// The station has logged in with one of them.
    pub(super) fn logged_in(&mut self, shown: Shown) {
        if let Shown::Next(number) = shown {
            let mut all = self.candidates.iter();
            let Some(at) = all.position(|candidate| candidate.number == number) else {
                return;
            };
            self.take(at);
        }
        self.unshown = false;
        self.candidates.retain(|candidate| candidate.after_restart);
    }

    /// The station has this one. What was sent before it counts no more; what was sent after it may.
    fn take(&mut self, at: usize) {
        let taken = self.candidates.drain(..=at).next_back();
        self.current = taken.map(|taken| taken.verifier);
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
            passwords.answered("the new password", taken);
            assert_eq!(hold(&passwords), expected, "{taken:?}");
        }
    }

    #[test]
    fn without_an_answer_the_login_decides() {
        let mut old = passwords();
        old.logged_in(Shown::Current);
        assert_eq!(hold(&old), (true, false));
        let mut new = passwords();
        assert_eq!(new.shown(b"the new password"), Some(Shown::Next(2)));
        new.logged_in(Shown::Next(2));
        assert_eq!(hold(&new), (false, true));
        // Before the restart the old one proves nothing.
        let mut waits = passwords();
        waits.answered("the new password", Taken::AfterRestart);
        waits.logged_in(Shown::Current);
        assert_eq!(hold(&waits), (true, true));
        waits.logged_in(Shown::Next(2));
        assert_eq!(hold(&waits), (false, true));
    }

    #[test]
    fn a_first_password_of_the_station_itself_is_wanted_everywhere_once_it_was_shown() {
        let mut passwords = Passwords::default();
        passwords.sent("the new password", 7);
        passwords.answered("the new password", Taken::Accepted);
        assert!(passwords.is_set() && !passwords.is_always_wanted());
        // A further one changes nothing about that.
        passwords.sent("another password", 7);
        passwords.answered("another password", Taken::Accepted);
        assert!(!passwords.is_always_wanted());
        let record = serde_json::to_string(&passwords).unwrap();
        let mut restored: Passwords = serde_json::from_str(&record).unwrap();
        assert_eq!(restored, passwords);
        restored.logged_in(Shown::Current);
        assert!(restored.is_always_wanted());
        // What is changed from then on stays so.
        restored.sent("a third password", 7);
        restored.answered("a third password", Taken::Accepted);
        assert!(restored.is_always_wanted());
        // One that the operator puts is wanted at once.
        passwords.put(Some("the old password"), 7);
        assert!(passwords.is_always_wanted());
        passwords.put(None, 7);
        assert!(!passwords.is_always_wanted());
    }

    fn all_hold(passwords: &Passwords, all: &[&str]) -> Vec<bool> {
        let all = all.iter();
        all.map(|text| passwords.shown(text.as_bytes()).is_some())
            .collect()
    }

    #[test]
    fn each_answer_belongs_to_its_own_password() {
        use Taken::{Accepted, AfterRestart, Refused, Unanswered};
        const ALL: [&str; 3] = ["the old password", "A", "B"];
        let sent = || {
            let mut passwords = Passwords::default();
            passwords.put(Some("the old password"), 7);
            passwords.sent("A", 7);
            passwords.sent("B", 7);
            passwords
        };
        for (first, second, expected) in [
            (Accepted, Accepted, [false, false, true]),
            (Accepted, Refused, [false, true, false]),
            // The connection is lost after the first answer.
            (Accepted, Unanswered, [false, true, true]),
            (Refused, Unanswered, [true, false, true]),
            // The first one was answered too late, and may have been taken.
            (Unanswered, Refused, [true, true, false]),
            (Unanswered, Unanswered, [true, true, true]),
            (Unanswered, Accepted, [false, false, true]),
            (AfterRestart, Unanswered, [true, true, true]),
        ] {
            let mut passwords = sent();
            passwords.answered("A", first);
            passwords.answered("B", second);
            assert_eq!(all_hold(&passwords, &ALL), expected, "{first:?} {second:?}");
            // The answers may come in another order, too, if the first is late.
            if second == Unanswered && first != AfterRestart {
                let Some(shown) = passwords.shown(b"B") else {
                    panic!()
                };
                passwords.logged_in(shown);
                assert_eq!(all_hold(&passwords, &ALL), [false, false, true]);
            }
        }
    }

    #[test]
    fn a_refusal_does_not_take_back_what_the_same_password_may_have_done() {
        const BOTH: [&str; 2] = ["the old password", "the new password"];
        let new = BOTH[1];
        // A double click.
        for (first, second, expected) in [
            (Taken::Accepted, Taken::Refused, [false, true]),
            (Taken::Refused, Taken::Accepted, [false, true]),
            (Taken::Accepted, Taken::Unanswered, [false, true]),
            (Taken::Unanswered, Taken::Refused, [true, true]),
            (Taken::Refused, Taken::Refused, [true, false]),
        ] {
            let mut passwords = passwords();
            passwords.sent(new, 7);
            passwords.answered(new, first);
            passwords.answered(new, second);
            assert_eq!(
                all_hold(&passwords, &BOTH),
                expected,
                "{first:?} {second:?}"
            );
        }
        // A time-out, then another attempt.
        let mut late = passwords();
        late.answered(new, Taken::Unanswered);
        late.sent(new, 7);
        late.answered(new, Taken::Refused);
        assert_eq!(all_hold(&late, &BOTH), [true, true]);
    }

    #[test]
    fn passwords_that_are_not_settled_are_few() {
        let mut passwords = Passwords::default();
        for number in 0..MAX_CANDIDATES {
            let value = format!("password {number}");
            assert!(passwords.has_room(&value));
            passwords.sent(&value, 7);
            passwords.answered(&value, Taken::Unanswered);
        }
        assert!(!passwords.has_room("another one"));
        assert!(passwords.has_room("password 3"), "once more");
        passwords.sent("password 3", 7);
        assert_eq!(passwords.candidates.len(), MAX_CANDIDATES);
        let shown = passwords.shown(b"password 3").unwrap();
        passwords.logged_in(shown);
        assert!(passwords.has_room("another one"));
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
        assert_eq!(passwords.shown(&shown), Some(Shown::Next(3)), "as bytes");
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
