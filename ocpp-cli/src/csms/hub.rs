//! What the connections and the operator interface share.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ocpp_core::csms::{Csms, Output, Refusal};
use ocpp_core::frame::ErrorCode;
use ocpp_core::session::{CallFailure, Decoding};
use ocpp_types::Version;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};
use tracing::warn;

use super::authority::Authority;
use super::database::Database;
use super::journal::{Entry, Journal, Since};
use super::news::News;
use ocpp_tokio::clock;

/// A call of the operator, on its way to the task of the station's connection.
#[derive(Debug)]
pub(super) struct OperatorCall {
    pub(super) action: &'static str,
    pub(super) payload: String,
    /// The response, or why there is none.
    pub(super) reply: oneshot::Sender<Result<String, CallFailure>>,
}

/// A connected station.
#[derive(Debug)]
struct Line {
    /// Tells this connection from the station's earlier and later ones.
    number: u64,
    version: Version,
    calls: mpsc::Sender<OperatorCall>,
}

/// The CSMS with its connections, its database and its journals.
pub(super) struct Hub {
    state: Mutex<State>,
    pub(super) decoding: Decoding,
    /// How many frames of a station are kept.
    max_messages: usize,
    /// Signs what stations ask for.
    authority: Option<Authority>,
    pub(super) news: News,
}

struct State {
    csms: Csms,
    database: Option<Database>,
    lines: HashMap<String, Line>,
    journals: HashMap<String, Journal>,
    next_line: u64,
}

impl Hub {
    pub(super) fn new(
        csms: Csms,
        database: Option<Database>,
        decoding: Decoding,
        max_messages: usize,
    ) -> Self {
        Self {
            news: News::of(&csms),
            state: Mutex::new(State {
                csms,
                database,
                lines: HashMap::new(),
                journals: HashMap::new(),
                next_line: 0,
            }),
            decoding,
            max_messages,
            authority: None,
        }
    }

    /// The same with somebody who signs certificates of stations.
    pub(super) fn with_authority(mut self, authority: Authority) -> Self {
        self.authority = Some(authority);
        self
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is changed by code that does not panic half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the CSMS.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Csms) -> T) -> T {
        look(&self.lock().csms)
    }

    /// Changes the CSMS, and waits until the change is stored. `Err` if it could not be.
    pub(super) async fn change<T>(
        &self,
        change: impl FnOnce(&mut Csms) -> T,
    ) -> Result<T, Unstored> {
        let (result, stored) = {
            let mut state = self.lock();
            let result = change(&mut state.csms);
            let outputs: Vec<Output> = std::iter::from_fn(|| state.csms.poll_output()).collect();
            self.news.stored(&outputs);
            let stored = match &state.database {
                Some(database) if !outputs.is_empty() => Some(database.store(outputs)),
                _ => None,
            };
            (result, stored)
        };
        match stored {
            Some(stored) => stored.await.map(|()| result).map_err(|_| Unstored),
            None => Ok(result),
        }
    }

    /// Answers a request of a station.
    pub(super) async fn answer(
        &self,
        version: Version,
        station: &str,
        action: &str,
        payload: &str,
    ) -> Result<String, Refusal> {
        let decoding = self.decoding;
        let answered = self
            .change(|csms| csms.answer(clock::utc(), version, decoding, station, action, payload));
        let answer = answered.await.unwrap_or_else(|Unstored| {
            Err(Refusal {
                code: ErrorCode::InternalError,
                description: "the state cannot be stored".into(),
                details: "{}".into(),
            })
        });
        if let Ok(response) = &answer {
            self.read(|csms| {
                let news = &self.news;
                news.answered(csms, station, action, payload, response);
            });
        }
        answer
    }

    /// The names that a certificate of this station may bear: its identity and the serial number that it told.
    pub(super) fn names(&self, station: &str) -> Vec<String> {
        let serial = self.read(|csms| {
            let info = csms.station(station)?.info.as_ref()?;
            info.serial_number.clone()
        });
        let names = [Some(station.to_owned()), serial];
        names.into_iter().flatten().collect()
    }

    /// Signs what a station asks for with SignCertificate. Gives the payload of the CertificateSigned that follows the
    /// answer; nothing if the request is rejected.
    pub(super) fn sign(&self, station: &str, request: &str) -> Option<String> {
        let authority = self.authority.as_ref()?;
        let request: SignCertificate<'_> = serde_json::from_str(request).ok()?;
        // Vehicles do not trust the root.
        if request
            .certificate_type
            .is_some_and(|wanted| wanted != "ChargingStationCertificate")
        {
            return None;
        }
        let names = self.names(station);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match authority.sign(&request.csr, &names) {
            Ok(chain) => {
                let signed = CertificateSigned {
                    certificate_chain: &chain,
                    certificate_type: request.certificate_type,
                    request_id: request.request_id,
                };
                serde_json::to_string(&signed).ok()
            }
            Err(why) => {
                warn!("{station}: no certificate: {why}");
                None
            }
        }
    }

    /// A station has connected. Gives the number of the connection.
    pub(super) fn connected(
        &self,
        station: &str,
        version: Version,
        calls: mpsc::Sender<OperatorCall>,
    ) -> u64 {
        let mut state = self.lock();
        state.next_line += 1;
        let number = state.next_line;
        let line = Line {
            number,
            version,
            calls,
        };
        state.lines.insert(station.into(), line);
        number
    }

    /// A connection has ended.
    pub(super) fn disconnected(&self, station: &str, number: u64) {
        let mut state = self.lock();
        if state
            .lines
            .get(station)
            .is_some_and(|line| line.number == number)
        {
            state.lines.remove(station);
        }
    }

    /// The version of a connected station.
    pub(super) fn version(&self, station: &str) -> Option<Version> {
        self.lock().lines.get(station).map(|line| line.version)
    }

    /// Where calls to a connected station go.
    pub(super) fn calls(&self, station: &str) -> Option<mpsc::Sender<OperatorCall>> {
        self.lock()
            .lines
            .get(station)
            .map(|line| line.calls.clone())
    }

    /// Notes a frame of a station or to it.
    pub(super) fn note(&self, station: &str, from: &'static str, text: &str) {
        News::frame(station, from, text);
        let mut state = self.lock();
        let journal = match state.journals.get_mut(station) {
            Some(journal) => journal,
            None => state.journals.entry(station.into()).or_default(),
        };
        journal.add(clock::utc(), from, text, self.max_messages);
    }

    /// The frames of a station that are kept.
    pub(super) fn messages(&self, station: &str, since: Since) -> Option<Vec<Entry>> {
        let state = self.lock();
        state
            .journals
            .get(station)
            .map(|journal| journal.since(since))
    }
}

/// What all versions have in common; a payload that was decoded before.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignCertificate<'a> {
    csr: String,
    certificate_type: Option<&'a str>,
    request_id: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateSigned<'a> {
    certificate_chain: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<i64>,
}

/// A change could not be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unstored;
