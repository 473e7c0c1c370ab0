//! The charging station management system: what it knows, and what it answers.
//!
//! A [`Csms`] is a value without sockets, files and clock. It knows tokens, stations, transactions and reservations in
//! words of no version, answers every request that a station can send in 1.6, 2.0.1 and 2.1, and learns from what
//! stations answer to the calls of the operator.
//!
//! - **input**: [`answer`](Csms::answer) for the text of a request, or [`handle_1_6`](Csms::handle_1_6) and its
//!   siblings for typed ones; [`called`](Csms::called) for the response to a call of the operator;
//! - **mutators**: [`set_station`](Csms::set_station), [`put_token`](Csms::put_token),
//!   [`delete_token`](Csms::delete_token);
//! - **output**: [`poll_output`](Csms::poll_output): records to be stored. Poll until `None` after any of the above, and
//!   store before the answer is sent, so that nothing is acknowledged that could be lost;
//! - **getters**: everything else.
//!
//! A CSMS waits for nothing, so there are no timers; `now` is UTC.
//!
//! ```
//! use ocpp_core::Version;
//! use ocpp_core::csms::{Config, Csms, Token, TokenStatus};
//! use ocpp_core::session::Decoding;
//!
//! let mut csms = Csms::new(Config::default());
//! let token = Token { status: TokenStatus::Accepted, expiry_date: None, parent_id_tag: None };
//! csms.put_token("04A2B3", token)?;
//!
//! let now = "2024-05-15T12:00:00Z".parse()?;
//! let request = r#"{"idTag":"04a2b3"}"#;
//! let answer = csms.answer(now, Version::V1_6, Decoding::Strict, "CP1", "Authorize", request)?;
//! assert_eq!(answer, r#"{"idTagInfo":{"status":"Accepted"}}"#);
//! while let Some(output) = csms.poll_output() {
//!     // Store it.
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is decided here
//!
//! - A token that the CSMS does not know is `Invalid`; tokens compare without case. Past its expiry date it is `Expired`.
//!   A token that charges already is `ConcurrentTx` for a further transaction, unless that is on the same EVSE: there the
//!   end of the earlier one was lost.
//! - A message that comes once more changes nothing and gets the same answer (`StartTransaction` the same id).
//! - The end of a transaction that nobody knows is acknowledged (1.6 section 4.10); in 2.x the transaction is noted from
//!   whichever of its messages arrives.
//! - While a station is not accepted, it may only boot and send what it was asked for; the rest gets `SecurityError`
//!   (B01.FR.10, B02.FR.09, B03.FR.07; the same in 1.6, which names no error).
//! - A password that the operator sets at a station (A01) is the one that the CSMS expects from then on.
//! - Certificates are not signed, EV contracts not provisioned and vendors' data not understood here: the answers say so
//!   in the way each message provides.

mod model;
mod store;
mod transactions;
#[cfg(feature = "v1_6")]
mod v1_6;
#[cfg(feature = "v2_0_1")]
mod v2_0_1;
#[cfg(feature = "v2_1")]
mod v2_1;

#[cfg(test)]
mod tests;

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use ocpp_types::{DateTime, Lenient, Protocol, Version};
use serde::Serialize;

use crate::frame::{self, ErrorCode};
use crate::session::{Decoding, explain};

pub use model::{
    Authorization, BootInfo, Connector, Registration, Reservation, ReservationStatus, Station,
    Token, TokenStatus, Transaction, TransactionId,
};
pub use store::{BrokenRecord, Output, Table};

/// Limits and behaviour.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The heartbeat interval of stations that have none of their own, in seconds. Default: 300.
    pub interval: i64,
    /// Whether a token may charge at several places at a time. Default: no.
    pub concurrent_transactions: bool,
    /// Most stations. Default: 200,000. Further ones are not admitted.
    pub max_stations: usize,
    /// Most tokens. Default: 1,000,000. Further ones are not taken.
    pub max_tokens: usize,
    /// Most transactions that are remembered. Default: 100,000. Then the oldest is forgotten, if possible an ended one.
    pub max_transactions: usize,
    /// Most reservations that are remembered. Default: 100,000. Then the oldest is forgotten.
    pub max_reservations: usize,
    /// Most connectors of a station. Default: 256. The state of further ones is not kept.
    pub max_connectors: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            interval: 300,
            concurrent_transactions: false,
            max_stations: 200_000,
            max_tokens: 1_000_000,
            max_transactions: 100_000,
            max_reservations: 100_000,
            max_connectors: 256,
        }
    }
}

/// A request is answered with a CALLERROR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: ErrorCode,
    /// For people.
    pub description: String,
    /// The JSON text of an object.
    pub details: String,
}

impl Refusal {
    fn new(code: ErrorCode, description: &str) -> Self {
        Self {
            code,
            description: description.into(),
            details: "{}".into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.code, self.description)
    }
}

impl core::error::Error for Refusal {}

/// A limit of the [`Config`] is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the CSMS takes no more of these")]
pub struct Full;

/// A CSMS. See the [module documentation](self).
#[derive(Debug, Clone)]
pub struct Csms {
    config: Config,
    stations: BTreeMap<String, Station>,
    tokens: BTreeMap<String, Token>,
    transactions: BTreeMap<u64, Transaction>,
    by_id: BTreeMap<(String, TransactionId), u64>,
    open: BTreeSet<u64>,
    next_reference: u64,
    reservations: VecDeque<Reservation>,
    outputs: VecDeque<Output>,
}

impl Csms {
    /// A CSMS that knows nothing yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            config,
            stations: BTreeMap::new(),
            tokens: BTreeMap::new(),
            transactions: BTreeMap::new(),
            by_id: BTreeMap::new(),
            open: BTreeSet::new(),
            next_reference: 1,
            reservations: VecDeque::new(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes a record back that an earlier CSMS wanted stored. Records may come in any order, reservations oldest first.
    ///
    /// # Errors
    ///
    /// The record is none; nothing has changed then.
    pub fn restore(&mut self, table: Table, key: &str, record: &str) -> Result<(), BrokenRecord> {
        self.read_record(table, key, record)
            .map_err(|error| BrokenRecord {
                table,
                key: key.into(),
                reason: error.to_string(),
            })
    }

    fn read_record(
        &mut self,
        table: Table,
        key: &str,
        record: &str,
    ) -> Result<(), serde_json::Error> {
        match table {
            Table::Stations => {
                self.stations
                    .insert(key.into(), serde_json::from_str(record)?);
            }
            Table::Tokens => {
                self.tokens
                    .insert(key.into(), serde_json::from_str(record)?);
            }
            Table::Transactions => self.index(serde_json::from_str(record)?),
            Table::Reservations => self.reservations.push_back(serde_json::from_str(record)?),
            Table::Counter => {
                let next: u64 = serde_json::from_str(record)?;
                self.next_reference = self.next_reference.max(next);
            }
        }
        Ok(())
    }

    /// The next thing to store. `None` when there is nothing more for now.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn store<T: Serialize>(&mut self, table: Table, key: String, record: &T) {
        // The records are plain values; serde_json writes all of them.
        if let Ok(record) = serde_json::to_string(record) {
            self.outputs.push_back(Output::Store { table, key, record });
        }
    }

    fn erase(&mut self, table: Table, key: String) {
        self.outputs.push_back(Output::Erase { table, key });
    }

    /// Answers a request of a station: the JSON text of the response.
    ///
    /// # Errors
    ///
    /// What to refuse the call with.
    pub fn answer(
        &mut self,
        now: DateTime,
        version: Version,
        decoding: Decoding,
        station: &str,
        action: &str,
        payload: &str,
    ) -> Result<String, Refusal> {
        match version {
            #[cfg(feature = "v1_6")]
            Version::V1_6 => {
                let request = decode::<ocpp_types::v1_6::Protocol>(decoding, action, payload)?;
                encode(&self.handle_1_6(now, station, &request)?)
            }
            #[cfg(feature = "v2_0_1")]
            Version::V2_0_1 => {
                let request = decode::<ocpp_types::v2_0_1::Protocol>(decoding, action, payload)?;
                encode(&self.handle_2_0_1(now, station, &request)?)
            }
            #[cfg(feature = "v2_1")]
            Version::V2_1 => {
                let request = decode::<ocpp_types::v2_1::Protocol>(decoding, action, payload)?;
                encode(&self.handle_2_1(now, station, &request)?)
            }
            #[allow(unreachable_patterns)] // when all versions are on
            _ => Err(Refusal::new(
                ErrorCode::NotSupported,
                "version not supported",
            )),
        }
    }

    /// Answers a request of a station that speaks 1.6.
    ///
    /// # Errors
    ///
    /// What to refuse the call with.
    #[cfg(feature = "v1_6")]
    pub fn handle_1_6(
        &mut self,
        now: DateTime,
        station: &str,
        request: &ocpp_types::v1_6::AnyRequest,
    ) -> Result<ocpp_types::v1_6::AnyResponse, Refusal> {
        use ocpp_types::v1_6::Protocol;
        self.admit(
            now,
            station,
            Protocol::info(Protocol::action_of(request)).name,
        )?;
        v1_6::handle(self, now, station, request)
    }

    /// Answers a request of a station that speaks 2.0.1.
    ///
    /// # Errors
    ///
    /// What to refuse the call with.
    #[cfg(feature = "v2_0_1")]
    pub fn handle_2_0_1(
        &mut self,
        now: DateTime,
        station: &str,
        request: &ocpp_types::v2_0_1::AnyRequest,
    ) -> Result<ocpp_types::v2_0_1::AnyResponse, Refusal> {
        use ocpp_types::v2_0_1::Protocol;
        self.admit(
            now,
            station,
            Protocol::info(Protocol::action_of(request)).name,
        )?;
        v2_0_1::handle(self, now, station, request)
    }

    /// Answers a request of a station that speaks 2.1.
    ///
    /// # Errors
    ///
    /// What to refuse the call with.
    #[cfg(feature = "v2_1")]
    pub fn handle_2_1(
        &mut self,
        now: DateTime,
        station: &str,
        request: &ocpp_types::v2_1::AnyRequest,
    ) -> Result<ocpp_types::v2_1::AnyResponse, Refusal> {
        use ocpp_types::v2_1::Protocol;
        self.admit(
            now,
            station,
            Protocol::info(Protocol::action_of(request)).name,
        )?;
        v2_1::handle(self, now, station, request)
    }

    /// Whether the station may send this now (B01.FR.10, B02.FR.09, B03.FR.07).
    fn admit(&mut self, now: DateTime, id: &str, action: &'static str) -> Result<(), Refusal> {
        let Some(station) = self.station_mut(id) else {
            return Err(Refusal::new(ErrorCode::InternalError, "too many stations"));
        };
        station.last_seen = Some(now);
        let asked_for = match station.registration {
            None | Some(Registration::Accepted) => true,
            Some(Registration::Pending) => station.triggered.contains(&action),
            Some(Registration::Rejected) => false,
        };
        if asked_for || action == "BootNotification" {
            Ok(())
        } else {
            let description = "the station has not been accepted yet";
            Err(Refusal::new(ErrorCode::SecurityError, description))
        }
    }

    /// Learns from the response to a call of the operator. `request` and `response` are JSON texts; what cannot be
    /// decoded teaches nothing.
    pub fn called(
        &mut self,
        version: Version,
        station: &str,
        action: &str,
        request: &str,
        response: &str,
    ) {
        match version {
            #[cfg(feature = "v1_6")]
            Version::V1_6 => {
                use ocpp_types::v1_6::Protocol;
                if let Some((request, response)) = exchange::<Protocol>(action, request, response) {
                    v1_6::called(self, station, &request, &response);
                }
            }
            #[cfg(feature = "v2_0_1")]
            Version::V2_0_1 => {
                use ocpp_types::v2_0_1::Protocol;
                if let Some((request, response)) = exchange::<Protocol>(action, request, response) {
                    v2_0_1::called(self, station, &request, &response);
                }
            }
            #[cfg(feature = "v2_1")]
            Version::V2_1 => {
                use ocpp_types::v2_1::Protocol;
                if let Some((request, response)) = exchange::<Protocol>(action, request, response) {
                    v2_1::called(self, station, &request, &response);
                }
            }
            #[allow(unreachable_patterns)] // when all versions are on
            _ => {}
        }
    }

    /// Whether the operator may call the station: not while it is rejected (B03.FR.03).
    #[must_use]
    pub fn may_call(&self, station: &str) -> bool {
        let station = self.stations.get(station);
        station.and_then(|station| station.registration) != Some(Registration::Rejected)
    }

    /// A station by its identity.
    #[must_use]
    pub fn station(&self, id: &str) -> Option<&Station> {
        self.stations.get(id)
    }

    /// All stations by their identities.
    pub fn stations(&self) -> impl Iterator<Item = (&str, &Station)> {
        self.stations
            .iter()
            .map(|(id, station)| (id.as_str(), station))
    }

    /// Changes what a station is told when it boots, and its password; adds the station if it is not known.
    ///
    /// # Errors
    ///
    /// [`Full`].
    pub fn set_station(&mut self, id: &str, change: impl FnOnce(&mut Station)) -> Result<(), Full> {
        let station = self.station_mut(id).ok_or(Full)?;
        change(station);
        self.store_station(id);
        Ok(())
    }

    /// The station, added if there is room.
    fn station_mut(&mut self, id: &str) -> Option<&mut Station> {
        if !self.stations.contains_key(id) {
            if self.stations.len() >= self.config.max_stations {
                return None;
            }
            self.stations.insert(id.into(), Station::default());
        }
        self.stations.get_mut(id)
    }

    fn store_station(&mut self, id: &str) {
        if let Some(station) = self.stations.get(id) {
            let station = station.clone();
            self.store(Table::Stations, id.into(), &station);
        }
    }

    /// Notes that a station booted. Gives what it is told, and the interval.
    fn booted(&mut self, id: &str, info: BootInfo) -> (Registration, i64) {
        let default = self.config.interval;
        let Some(station) = self.station_mut(id) else {
            return (Registration::Rejected, default);
        };
        station.info = Some(info);
        station.registration = Some(station.boot);
        station.triggered.clear();
        let answer = (station.boot, station.interval.unwrap_or(default));
        self.store_station(id);
        answer
    }

    /// Notes the state of a connector.
    fn note_connector(&mut self, id: &str, connector: Connector) {
        let limit = self.config.max_connectors;
        let Some(station) = self.station_mut(id) else {
            return;
        };
        let place = (connector.evse, connector.connector);
        let known = |c: &Connector| (c.evse, c.connector) == place;
        match station.connectors.iter().position(known) {
            Some(at) if station.connectors[at] == connector => return,
            Some(at) => station.connectors[at] = connector,
            None if station.connectors.len() >= limit => return,
            None => station.connectors.push(connector),
        }
        self.store_station(id);
    }

    /// Notes how far a lengthy operation is.
    fn note_report(&mut self, id: &str, action: &'static str, status: &str) {
        if let Some(station) = self.station_mut(id) {
            station.reports.insert(action.into(), status.into());
            self.store_station(id);
        }
    }

    /// Notes that the station may send this although it is not accepted yet.
    fn note_trigger(&mut self, id: &str, action: &'static str) {
        if let Some(station) = self.station_mut(id)
            && !station.triggered.contains(&action)
        {
            station.triggered.push(action);
        }
    }

    /// Notes the password that the operator has set at the station.
    fn note_password(&mut self, id: &str, password: &str) {
        if let Some(station) = self.station_mut(id) {
            station.password = Some(password.into());
            self.store_station(id);
        }
    }

    /// A token that was put.
    #[must_use]
    pub fn token(&self, token: &str) -> Option<&Token> {
        self.tokens.get(&folded(token))
    }

    /// Adds a token or changes it.
    ///
    /// # Errors
    ///
    /// [`Full`].
    pub fn put_token(&mut self, token: &str, value: Token) -> Result<(), Full> {
        let key = folded(token);
        if !self.tokens.contains_key(&key) && self.tokens.len() >= self.config.max_tokens {
            return Err(Full);
        }
        self.store(Table::Tokens, key.clone(), &value);
        self.tokens.insert(key, value);
        Ok(())
    }

    /// Removes a token; `false` if it was not known.
    pub fn delete_token(&mut self, token: &str) -> bool {
        let key = folded(token);
        let known = self.tokens.remove(&key).is_some();
        if known {
            self.erase(Table::Tokens, key);
        }
        known
    }

    /// Whether a token may charge, apart from transactions that it has already.
    #[must_use]
    pub fn authorize(&self, now: DateTime, token: &str) -> Authorization {
        let Some(token) = self.token(token) else {
            return Authorization::of(TokenStatus::Invalid);
        };
        let expired = token.expiry_date.is_some_and(|expiry| expiry <= now);
        Authorization {
            status: match token.status {
                TokenStatus::Accepted if expired => TokenStatus::Expired,
                status => status,
            },
            expiry_date: token.expiry_date,
            parent_id_tag: token.parent_id_tag.clone(),
        }
    }

    /// All transactions that are remembered, oldest first.
    pub fn transactions(&self) -> impl Iterator<Item = &Transaction> {
        self.transactions.values()
    }

    /// All reservations that are remembered, oldest first, as of `now`.
    pub fn reservations(&self, now: DateTime) -> impl Iterator<Item = Reservation> {
        self.reservations.iter().map(move |reservation| {
            let mut reservation = reservation.clone();
            let kept = reservation.status == ReservationStatus::Accepted;
            if kept && reservation.expiry_date <= now {
                reservation.status = ReservationStatus::Expired;
            }
            reservation
        })
    }

    /// Notes what a station answered to a reservation. One with the same number is replaced (H01.FR.02).
    fn note_reservation(&mut self, reservation: Reservation) {
        let key = reservation_key(&reservation.station, reservation.id);
        let refused = reservation.status != ReservationStatus::Accepted;
        if let Some(at) = self.find_reservation(&reservation.station, reservation.id) {
            if refused && self.reservations[at].status == ReservationStatus::Accepted {
                // The station keeps what it had.
                return;
            }
            self.reservations.remove(at);
        } else if self.reservations.len() >= self.config.max_reservations
            && let Some(oldest) = self.reservations.pop_front()
        {
            self.erase(
                Table::Reservations,
                reservation_key(&oldest.station, oldest.id),
            );
        }
        self.store(Table::Reservations, key, &reservation);
        self.reservations.push_back(reservation);
    }

    /// Notes what became of a reservation, unless it has come to its end before.
    fn end_reservation(&mut self, station: &str, id: i64, status: ReservationStatus) {
        let Some(at) = self.find_reservation(station, id) else {
            return;
        };
        if self.reservations[at].status == ReservationStatus::Accepted {
            self.reservations[at].status = status;
            let reservation = self.reservations[at].clone();
            self.store(
                Table::Reservations,
                reservation_key(station, id),
                &reservation,
            );
        }
    }

    fn find_reservation(&self, station: &str, id: i64) -> Option<usize> {
        let same = |r: &Reservation| r.id == id && r.station == station;
        self.reservations.iter().position(same)
    }
}

/// Numbers may have any sign; the station may contain any character, so it comes last.
fn reservation_key(station: &str, id: i64) -> String {
    format!("{id} {station}")
}

/// Tokens compare without case.
fn folded(token: &str) -> String {
    token.to_ascii_lowercase()
}

fn decode<P: Protocol>(
    decoding: Decoding,
    action: &str,
    payload: &str,
) -> Result<P::Request, Refusal> {
    let Some(action) = P::action(action) else {
        return Err(Refusal::new(
            ErrorCode::NotImplemented,
            "the action is not known",
        ));
    };
    let decoded = match decoding {
        Decoding::Strict => P::decode_request(action, payload),
        Decoding::Lenient => {
            P::decode_request_lenient(action, payload).map(|Lenient { value, .. }| value)
        }
    };
    decoded.map_err(|error| {
        if let Err(fault) = frame::check_payload(payload) {
            return Refusal::new(fault.code(P::VERSION), &fault.to_string());
        }
        let (description, details) = explain::<P>(&error);
        Refusal {
            code: error.violation().into(),
            description,
            details,
        }
    })
}

fn encode<T: Serialize>(response: &T) -> Result<String, Refusal> {
    let refused =
        |error: serde_json::Error| Refusal::new(ErrorCode::InternalError, &error.to_string());
    serde_json::to_string(response).map_err(refused)
}

/// A request of the operator and the station's response to it.
fn exchange<P: Protocol>(
    action: &str,
    request: &str,
    response: &str,
) -> Option<(P::Request, P::Response)> {
    let action = P::action(action)?;
    let request = P::decode_request(action, request).ok()?;
    let response = P::decode_response_lenient(action, response).ok()?;
    Some((request, response.value))
}
