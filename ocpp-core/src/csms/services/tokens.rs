//! Tokens and their groups, and which transactions hold a token.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Bound;

use ocpp_types::DateTime;
use serde::{Deserialize, Serialize};

use super::Full;
use crate::csms::TokenStatus;
use crate::csms::ledger::{IdToken, RecordChange, Transaction};
use crate::csms::remote::{Authorize, Purpose, TokenInfo};

/// A token that the operator has put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Token {
    /// Whether it may charge.
    pub status: TokenStatus,
    /// From when on it may not any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry_date: Option<DateTime>,
    /// The group that it belongs to: `parentIdTag` of 1.6, `groupIdToken` of 2.x.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id_tag: Option<String>,
    /// Its type in 2.x, `ISO14443` for example. With one it is accepted as no other type; 1.6 knows no types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The language of the person, a tag of RFC 5646 (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// A message to show (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The priority from −9 to 9 (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
}

impl Token {
    /// A token with nothing but a status.
    #[must_use]
    pub const fn of(status: TokenStatus) -> Self {
        Self {
            status,
            expiry_date: None,
            parent_id_tag: None,
            kind: None,
            language: None,
            message: None,
            priority: None,
        }
    }
}

/// How tokens are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokensConfig {
    /// Whether a token may charge at several places at a time. Default: no.
    pub concurrent_transactions: bool,
    /// Whether a token that nobody has put may charge. Default: no. For experiments.
    pub accept_any_token: bool,
    /// Most tokens. Default: 1,000,000.
    pub max_tokens: usize,
}

impl Default for TokensConfig {
    fn default() -> Self {
        Self {
            concurrent_transactions: false,
            accept_any_token: false,
            max_tokens: 1_000_000,
        }
    }
}

/// A transaction that holds a token.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The identity of the station.
    pub station: Arc<str>,
    /// The number of the transaction.
    pub reference: u64,
}

/// All tokens, and who holds them. What an answer costs depends on how often the one token charges, and on the logarithm of
/// everything else.
///
/// Who holds what is not stored: it follows from the open transactions. [Hold](Self::hold) those of each station after a start, and
/// [release](Self::release) what ends or is presumed over; after [`NotStored`](crate::csms::remote::StationEvent::NotStored) of a
/// station, [`resume`](Self::resume) makes up for what did not happen.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    config: TokensConfig,
    /// By the text in lower case.
    tokens: BTreeMap<String, Token>,
    /// Where a token charges, by its text in lower case: the EVSE of each place.
    held: BTreeMap<String, BTreeMap<Place, i64>>,
    holders: BTreeMap<Place, String>,
}

const FOLDER: &str = "token/";

impl Tokens {
    /// No tokens.
    #[must_use]
    pub fn new(config: TokensConfig) -> Self {
        Self {
            config,
            ..Self::default()
        }
    }

    /// A token that was put. Tokens compare without case.
    #[must_use]
    pub fn get(&self, token: &str) -> Option<&Token> {
        self.tokens.get(&folded(token))
    }

    /// Where a token charges.
    pub fn places(&self, token: &str) -> impl Iterator<Item = &Place> {
        let held = self.held.get(&folded(token));
        held.into_iter().flat_map(BTreeMap::keys)
    }

    /// The token of a record, by its text in lower case, if it is one of a token.
    #[must_use]
    pub fn token_of(key: &str) -> Option<&str> {
        key.strip_prefix(FOLDER)
    }

    /// All tokens, by their text in lower case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Token)> {
        self.tokens
            .iter()
            .map(|(text, token)| (text.as_str(), token))
    }

    /// The tokens whose texts in lower case come after this one, which need not be there.
    pub fn after(&self, token: &str) -> impl Iterator<Item = (&str, &Token)> {
        let from = (Bound::Excluded(token), Bound::Unbounded);
        let all = self.tokens.range::<str, _>(from);
        all.map(|(text, token)| (text.as_str(), token))
    }

    /// The change that adds a token, or changes it.
    ///
    /// # Errors
    ///
    /// [`Full`].
    pub fn put(&self, token: &str, value: &Token) -> Result<RecordChange, Full> {
        let key = folded(token);
        if !self.tokens.contains_key(&key) && self.tokens.len() >= self.config.max_tokens {
            return Err(Full);
        }
        Ok(RecordChange {
            key: format!("{FOLDER}{key}"),
            // A plain value; serde_json writes all of it.
            record: serde_json::to_string(value).ok(),
        })
    }

    /// The change that removes a token; `None` if it is not known.
    #[must_use]
    pub fn delete(&self, token: &str) -> Option<RecordChange> {
        let key = folded(token);
        self.tokens.contains_key(&key).then(|| RecordChange {
            key: format!("{FOLDER}{key}"),
            record: None,
        })
    }

    /// The changes after which a pseudonym names the groups that are called like tokens of a person, each with the token that it is about.
    #[must_use]
    pub fn without_group(
        &self,
        is_one: &dyn Fn(&str) -> bool,
        pseudonym: &str,
    ) -> Vec<(String, RecordChange)> {
        let of_group = self.tokens.iter().filter(|(_, token)| {
            let group = token.parent_id_tag.as_deref();
            group.is_some_and(is_one)
        });
        let changed = of_group.map(|(text, token)| {
            let token = Token {
                parent_id_tag: Some(pseudonym.into()),
                ..token.clone()
            };
            let change = RecordChange {
                key: format!("{FOLDER}{text}"),
                record: serde_json::to_string(&token).ok(),
            };
            (text.clone(), change)
        });
        changed.collect()
    }

    /// Takes a change that is stored, or a record after a start. `Ok(false)`: it is none of a token.
    ///
    /// # Errors
    ///
    /// The record cannot be read, for this reason; nothing has changed then.
    pub fn apply(&mut self, change: &RecordChange) -> Result<bool, String> {
        let Some(token) = change.key.strip_prefix(FOLDER) else {
            return Ok(false);
        };
        match &change.record {
            Some(record) => {
                let value = serde_json::from_str(record).map_err(|error| error.to_string())?;
                self.tokens.insert(token.into(), value);
            }
            None => {
                self.tokens.remove(token);
            }
        }
        Ok(true)
    }

    /// Whether a token may charge: the answer to [`Question::Authorize`](crate::csms::remote::Question::Authorize) of a station. A
    /// transaction that is accepted holds the token from now on.
    pub fn authorize(&mut self, now: DateTime, station: &str, asked: &Authorize) -> TokenInfo {
        let mut info = self.look_up(now, asked);
        if let Purpose::Transaction(reference) = asked.purpose
            && info.status == TokenStatus::Accepted
        {
            let place = Place {
                station: station.into(),
                reference,
            };
            let token = folded(&asked.id_token.id_token);
            match self.holders.get(&place) {
                // It has one. If another one has started it, this one of its group stops it, and may charge elsewhere (C09).
                Some(_) => {}
                None if self.charges_elsewhere(&token, &place, asked.evse) => {
                    info.status = TokenStatus::ConcurrentTx;
                }
                None => self.hold_at(place, token, asked.evse.unwrap_or(0)),
            }
        }
        info
    }

    /// Whether a token may charge, apart from transactions that it has already (C01.FR.07, C04.FR.01, E01.FR.11).
    #[must_use]
    pub fn look_up(&self, now: DateTime, asked: &Authorize) -> TokenInfo {
        if asked.certificate.is_some() || !asked.hashes.is_empty() {
            // C07.FR.17: nobody here can verify a contract certificate.
            let mut info = TokenInfo::of(TokenStatus::Invalid);
            info.certificate_status = Some("CertChainError");
            return info;
        }
        let known = self.get(&asked.id_token.id_token).filter(|token| {
            let kinds = token.kind.as_ref().zip(asked.id_token.kind.as_ref());
            kinds.is_none_or(|(one, other)| one == other)
        });
        let Some(token) = known else {
            // The operator has named it in a command.
            let accepted = self.config.accept_any_token || asked.remote;
            return TokenInfo::of(match accepted {
                true => TokenStatus::Accepted,
                false => TokenStatus::Invalid,
            });
        };
        let expired = token.expiry_date.is_some_and(|expiry| expiry <= now);
        let mut info = TokenInfo::of(match token.status {
            TokenStatus::Accepted if expired => TokenStatus::Expired,
            status => status,
        });
        info.cache_expiry = token.expiry_date;
        info.group = token.parent_id_tag.as_ref().map(|group| IdToken {
            id_token: group.clone(),
            kind: None,
        });
        info.language.clone_from(&token.language);
        info.message.clone_from(&token.message);
        info.priority = token.priority;
        info
    }

    fn charges_elsewhere(&self, token: &str, here: &Place, evse: Option<i64>) -> bool {
        if self.config.concurrent_transactions {
            return false;
        }
        let mut places = self.held.get(token).into_iter().flatten();
        places.any(|(place, at)| {
            // On the same EVSE the end of the earlier one was lost. 0 stands for one that is not known.
            let same_evse = place.station == here.station && *at != 0 && Some(*at) == evse;
            place != here && !same_evse
        })
    }

    /// A transaction holds its token.
    pub fn hold(&mut self, station: &str, transaction: &Transaction) {
        let token = transaction
            .id_token
            .as_ref()
            .filter(|token| !token.is_none());
        if let Some(token) = token
            && transaction.is_running()
        {
            let place = Place {
                station: station.into(),
                reference: transaction.reference,
            };
            self.hold_at(place, folded(&token.id_token), transaction.evse);
        }
    }

    fn hold_at(&mut self, place: Place, token: String, evse: i64) {
        self.release_place(&place);
        self.held
            .entry(token.clone())
            .or_default()
            .insert(place.clone(), evse);
        self.holders.insert(place, token);
    }

    /// A transaction holds its token no more: it has ended, or is presumed over.
    pub fn release(&mut self, station: &str, reference: u64) {
        self.release_place(&Place {
            station: station.into(),
            reference,
        });
    }

    fn release_place(&mut self, place: &Place) {
        let Some(token) = self.holders.remove(place) else {
            return;
        };
        if let Some(places) = self.held.get_mut(&token) {
            places.remove(place);
            if places.is_empty() {
                self.held.remove(&token);
            }
        }
    }

    /// Brings what a station holds in line with its transactions.
    pub fn resume<'a>(
        &mut self,
        station: &str,
        transactions: impl IntoIterator<Item = &'a Transaction>,
    ) {
        let first = Place {
            station: station.into(),
            reference: 0,
        };
        let of_station = self.holders.range(first..);
        let held = of_station.take_while(|(place, _)| &*place.station == station);
        let held: Vec<Place> = held.map(|(place, _)| place.clone()).collect();
        for place in held {
            self.release_place(&place);
        }
        for transaction in transactions {
            self.hold(station, transaction);
        }
    }
}

/// Tokens compare without case.
fn folded(token: &str) -> String {
    token.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime {
        "2024-05-15T12:00:00Z".parse().unwrap()
    }

    fn asked(token: &str, purpose: Purpose, evse: i64) -> Authorize {
        Authorize {
            id_token: IdToken::of_1_6(token),
            purpose,
            evse: Some(evse),
            remote: false,
            certificate: None,
            hashes: alloc::vec::Vec::new(),
        }
    }

    fn tokens() -> Tokens {
        let mut tokens = Tokens::new(TokensConfig::default());
        for (text, group) in [("A1", "G"), ("A2", "G"), ("B1", "")] {
            let mut token = Token::of(TokenStatus::Accepted);
            token.parent_id_tag = (!group.is_empty()).then(|| group.into());
            let change = tokens.put(text, &token).unwrap();
            tokens.apply(&change).unwrap();
        }
        tokens
    }

    fn at(
        tokens: &mut Tokens,
        station: &str,
        token: &str,
        reference: u64,
        evse: i64,
    ) -> TokenStatus {
        let asked = asked(token, Purpose::Transaction(reference), evse);
        tokens.authorize(now(), station, &asked).status
    }

    #[test]
    fn a_token_charges_once_at_a_time_and_is_found_again() {
        use TokenStatus::{Accepted, ConcurrentTx};
        let mut tokens = tokens();
        assert_eq!(at(&mut tokens, "CP1", "A1", 1, 1), Accepted);
        assert_eq!(at(&mut tokens, "CP1", "a1", 1, 1), Accepted, "the same");
        assert_eq!(at(&mut tokens, "CP2", "A1", 2, 1), ConcurrentTx);
        assert_eq!(at(&mut tokens, "CP1", "A1", 3, 2), ConcurrentTx);
        // Where it charges already, the end of the earlier transaction was lost.
        assert_eq!(at(&mut tokens, "CP1", "A1", 4, 1), Accepted);
        tokens.release("CP1", 4);
        assert_eq!(at(&mut tokens, "CP2", "A1", 2, 1), ConcurrentTx);
        tokens.release("CP1", 1);
        assert_eq!(at(&mut tokens, "CP2", "A1", 2, 1), Accepted);
        // Nothing of it was stored.
        tokens.resume("CP2", []);
        assert_eq!(at(&mut tokens, "CP1", "A1", 5, 1), Accepted);
        let look = tokens.look_up(now(), &asked("A1", Purpose::Look, 0));
        assert_eq!(
            look.status, Accepted,
            "nobody is refused before he plugs in"
        );
    }

    /// C09: who stops the transaction of his group may charge elsewhere.
    #[test]
    fn stopping_is_no_second_transaction() {
        use TokenStatus::Accepted;
        let mut tokens = tokens();
        assert_eq!(at(&mut tokens, "CP1", "A1", 1, 1), Accepted);
        assert_eq!(at(&mut tokens, "CP2", "A2", 2, 1), Accepted);
        assert_eq!(at(&mut tokens, "CP1", "A2", 1, 1), Accepted, "Updated");
        let end = tokens.authorize(now(), "CP1", &asked("A2", Purpose::End, 1));
        assert_eq!(end.status, Accepted);
        tokens.release("CP1", 1);
        assert_eq!(at(&mut tokens, "CP3", "A1", 3, 1), Accepted);
    }

    #[test]
    fn types_dates_and_certificates_count() {
        let mut tokens = tokens();
        let mut token = Token::of(TokenStatus::Accepted);
        token.kind = Some("ISO14443".into());
        token.expiry_date = Some(now());
        let change = tokens.put("C1", &token).unwrap();
        tokens.apply(&change).unwrap();
        let mut asked = asked("c1", Purpose::Look, 0);
        assert_eq!(tokens.look_up(now(), &asked).status, TokenStatus::Expired);
        asked.id_token.kind = Some("KeyCode".into());
        assert_eq!(tokens.look_up(now(), &asked).status, TokenStatus::Invalid);
        asked.id_token.kind = None;
        // C07.FR.17.
        asked.certificate = Some("MIIB".into());
        let info = tokens.look_up(now(), &asked);
        assert_eq!(info.status, TokenStatus::Invalid);
        assert_eq!(info.certificate_status, Some("CertChainError"));
        // The operator has sent a token that he has not put.
        let mut remote = self::asked("never put", Purpose::Look, 0);
        assert_eq!(tokens.look_up(now(), &remote).status, TokenStatus::Invalid);
        remote.remote = true;
        assert_eq!(tokens.look_up(now(), &remote).status, TokenStatus::Accepted);
    }

    #[test]
    fn records_make_the_same_tokens() {
        let all = tokens();
        let mut again = Tokens::default();
        for (text, token) in all.iter() {
            let change = all.put(text, token).unwrap();
            assert_eq!(again.apply(&change), Ok(true));
        }
        assert!(all.iter().eq(again.iter()));
        let delete = again.delete("a1").unwrap();
        assert!(again.get("A1").is_some(), "not before it is stored");
        again.apply(&delete).unwrap();
        assert!(again.get("A1").is_none() && again.delete("A1").is_none());
        let other = RecordChange {
            key: "other/x".into(),
            record: None,
        };
        assert_eq!(again.apply(&other), Ok(false));
        let full = TokensConfig {
            max_tokens: 0,
            ..TokensConfig::default()
        };
        let none = Tokens::new(full).put("A", &Token::of(TokenStatus::Accepted));
        assert_eq!(none, Err(Full));
    }
}
