//! A charging station whose inputs and outputs are JSON.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_core::station::{self, Authorization, Input, Provisioned, Record, Token};
use serde::{Deserialize, Serialize};

use crate::read::{names_one_of, read, read_closed};
use crate::{Error, Time};

/// A charging station (`ocpp_core::station::Station`).
#[derive(Debug)]
pub struct Station {
    station: station::Station,
    /// The safe negative answer to the output that was polled last.
    decline: Option<Input>,
}

/// What can be asked of a station besides its inputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) enum Order {
    /// The safe negative answer to the output that was polled last; nothing if that one asks nothing.
    Decline,
    /// Send a call of the application's own choice. The reply is `{"call": NUMBER}`; the output `CallEnded` tells how it ended.
    Call {
        /// Its action.
        action: String,
        /// Its payload, JSON text.
        payload: String,
    },
    /// Put a token into the authorization cache.
    SeedCache {
        /// The token.
        token: Token,
        /// What is known about it.
        authorization: Authorization,
    },
    /// Put a token into the local list. The reply is `{"stored": true}`, or false if there was no room.
    SeedLocalList {
        /// The token.
        token: Token,
        /// What is known about it.
        authorization: Authorization,
    },
    /// The value of a configuration key (1.6) or `Component.Variable` (2.x), secrets included. The reply is
    /// `{"value": TEXT}`, with `null` if there is no such variable.
    GetVariable {
        /// Its name.
        key: String,
    },
    /// Set a configuration key or variable as the owner of the station, who may also set what is read-only for the CSMS.
    SetVariable {
        /// Its name.
        key: String,
        /// Its value.
        value: String,
    },
    /// Before `Start`: what the station left the factory with.
    Provision {
        /// Roots of the CSMS's certificates, PEM, one each.
        #[serde(default)]
        roots: Vec<String>,
        /// The certificate of the station with its chain, PEM, and the name of its key.
        #[serde(default)]
        own: Option<(String, String)>,
    },
}

impl Order {
    /// Whether an input is one of these.
    fn is_meant_by(input: &str) -> bool {
        const NAMES: [&str; 7] = [
            "Decline",
            "Call",
            "SeedCache",
            "SeedLocalList",
            "GetVariable",
            "SetVariable",
            "Provision",
        ];
        names_one_of(input, &NAMES)
    }
}

/// Answers with a value, as JSON.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply<'a> {
    Call(u64),
    Stored(bool),
    Value(Option<&'a str>),
}

/// The reply to what has none.
pub(crate) const NULL: &str = "null";

/// Writes a value whose JSON cannot fail.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| NULL.to_string())
}

impl Station {
    /// A station of this kind, as its records describe it.
    ///
    /// `config` is JSON (or TOML with the feature `report`) with the fields of `StationConfig`; `records` is a JSON array of
    /// what `Store` has stored, empty for a new station. Without a `seed` a random one is taken; where there is no randomness to
    /// be had, without `std` and in a browser, hand one in.
    ///
    /// # Errors
    /// When the configuration or the records cannot be read, or the configuration is impossible.
    pub fn new(config: &str, records: &str, now: Time) -> Result<Self, Error> {
        let config = seeded(read_config(config)?);
        let records: Vec<Record> = match records.trim() {
            "" => Vec::new(),
            records => read(records)?,
        };
        let station = station::Station::restore(config, records, now.into());
        #[allow(unused_mut)] // without `crypto`
        let mut station = station.map_err(|error| Error::new(&error))?;
        #[cfg(feature = "crypto")]
        station.set_verifier(alloc::boxed::Box::new(
            ocpp_core::security::software::SoftwareVerifier,
        ));
        Ok(Self {
            station,
            decline: None,
        })
    }

    /// Takes an input. Poll the outputs afterwards. Gives the reply, JSON: `null` for everything but questions.
    ///
    /// # Errors
    /// When the input cannot be read, or what it asks for cannot be done. Nothing has changed then.
    pub fn handle(&mut self, now: Time, input: &str) -> Result<String, Error> {
        if Order::is_meant_by(input) {
            return self.obey(now, read(input)?);
        }
        self.station.handle(now.into(), read(input)?);
        Ok(NULL.into())
    }

    fn obey(&mut self, now: Time, order: Order) -> Result<String, Error> {
        let station = &mut self.station;
        let now = now.into();
        match order {
            Order::Decline => {
                if let Some(answer) = self.decline.take() {
                    station.handle(now, answer);
                }
            }
            Order::Call { action, payload } => {
                let call = station.call(now, action, payload);
                let call = call.map_err(|error| Error::new(&error))?;
                return Ok(json(&Reply::Call(call.into())));
            }
            Order::SeedCache {
                token,
                authorization,
            } => station.seed_cache(now, &token, &authorization),
            Order::SeedLocalList {
                token,
                authorization,
            } => {
                let stored = station.seed_local_list(now, &token, &authorization);
                return Ok(json(&Reply::Stored(stored)));
            }
            Order::GetVariable { key } => {
                return Ok(json(&Reply::Value(station.variable(&key))));
            }
            Order::SetVariable { key, value } => station
                .set_variable(now, &key, &value)
                .map_err(|error| Error::new(&error))?,
            Order::Provision { roots, own } => {
                let mut provisioned = Provisioned::default();
                provisioned.roots = roots;
                provisioned.own = own.map(|(chain, key)| (chain, ocpp_core::security::KeyId(key)));
                station.provision(now, &provisioned);
            }
        }
        Ok(NULL.into())
    }

    /// The next output, JSON. `None` when there is nothing more for now.
    pub fn poll_output(&mut self) -> Option<String> {
        let output = self.station.poll_output()?;
        self.decline = output.declined();
        Some(json(&output))
    }

    /// When to come back with `"TimePassed"` at the latest, in monotonic milliseconds; `None` when nothing is waited for.
    #[must_use]
    pub fn next_timeout(&self) -> Option<u64> {
        let timeout = self.station.next_timeout();
        timeout.map(ocpp_core::time::Instant::as_millis)
    }

    /// A look inside: `StationState`, JSON.
    #[must_use]
    pub fn state(&self) -> String {
        json(&self.station.state())
    }
}

/// With a random seed where none is given: from the randomness that the standard library has for its hash maps, which is that
/// of the operating system.
#[cfg(feature = "std")]
fn seeded(mut config: station::StationConfig) -> station::StationConfig {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};

    if config.seed == 0 {
        config.seed = RandomState::new().build_hasher().finish();
    }
    config
}

#[cfg(not(feature = "std"))]
const fn seeded(config: station::StationConfig) -> station::StationConfig {
    config
}

fn read_config(text: &str) -> Result<station::StationConfig, Error> {
    if text.trim_start().starts_with('{') {
        return read_closed(text);
    }
    #[cfg(feature = "report")]
    return toml::from_str(text).map_err(|error| Error::new(&error));
    #[cfg(not(feature = "report"))]
    Err(Error::new(&"the configuration is no JSON object"))
}

#[cfg(all(test, feature = "std"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_station_without_a_seed_gets_a_random_one() {
        let seed = |given: &str| {
            let config = r#"{"versions": ["1.6"], "vendor": "Maker", "model": "One", "evse": [{}]"#;
            let config = read_config(&alloc::format!("{config}{given}}}")).unwrap();
            seeded(config).seed
        };
        assert_ne!(seed(""), seed(""));
        assert_eq!(seed(r#", "seed": 7"#), 7);
    }
}
