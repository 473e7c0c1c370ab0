//! What the log of a CSMS tells: who comes and goes, who may not charge and what to do about it, and what was charged.

use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::{Bill, IdToken, Transaction};
use ocpp_core::csms::remote::{RemoteStation, StationEvent};
use ocpp_core::redact;
use ocpp_tokio::csms::TurnedAway;
use ocpp_tokio::server::Rejection;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tracing::{debug, info, warn};

use crate::log::{Repeats, with_count};

/// See the [module documentation](self).
#[derive(Debug, Default)]
pub(super) struct News {
    repeats: Mutex<Repeats>,
    /// Where the operator interface is, if there is one.
    api: OnceLock<SocketAddr>,
}

/// A poisoned lock protects nothing that matters.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl News {
    /// The operator interface listens here.
    pub(super) fn api_is_at(&self, address: SocketAddr) {
        // There is one.
        let _ = self.api.set(address);
    }

    fn repeated(&self, text: &str) -> Option<String> {
        let silent = lock(&self.repeats).tell(Instant::now(), text)?;
        Some(with_count(text, silent))
    }

    /// Somebody did not get in.
    pub(super) fn rejected(&self, remote: Option<SocketAddr>, rejection: &Rejection) {
        // The port is another one each time.
        let from = remote.map_or_else(|| "somebody".into(), |remote| remote.ip().to_string());
        let text = match rejection.security_event() {
            Some(event) => format!("security event {event}: {from}: {rejection}"),
            None => format!("{from} was turned away: {rejection}"),
        };
        if let Some(text) = self.repeated(&text) {
            warn!("{text}");
        }
    }

    /// A station did not get in although it is known.
    pub(super) fn turned_away(&self, station: &str, why: &TurnedAway) {
        let text = match why {
            TurnedAway::OtherCertificate(name) => {
                let event = "InvalidChargingStationCertificate";
                let name = name.as_deref().unwrap_or("nobody");
                format!("security event {event}: {station} came with the certificate of {name}")
            }
            TurnedAway::LowerProfile { came, lowest } => format!(
                "{station} was turned away: it came with security profile {came} and may come with {lowest} or higher; \
                 to let it: PUT /v1/stations/{station} with {{\"securityProfile\":{came}}}"
            ),
            TurnedAway::NameTaken => format!(
                "{station} was turned away: its identity is the serial number of another station; \
                 to let it: DELETE that station, or PUT it with another serialNumber"
            ),
            TurnedAway::Unreadable => format!(
                "{station} was turned away: what is stored of it cannot be read, so nobody knows its password; \
                 to let it: DELETE /v1/stations/{station}, and PUT it anew"
            ),
            _ => return,
        };
        if let Some(text) = self.repeated(&text) {
            warn!("{text}");
        }
    }

    /// A message of a station or to it.
    pub(super) fn message(station: &str, from_station: bool, text: &str) {
        if tracing::enabled!(tracing::Level::DEBUG) {
            let arrow = if from_station { "→" } else { "←" };
            debug!("{station} {arrow} {}", redact(text));
        }
    }

    /// Tells of a token that may not charge, and of one that nobody has put, how to put it.
    pub(super) fn decided(&self, station: &str, token: &IdToken, status: TokenStatus, known: bool) {
        if status == TokenStatus::Accepted {
            return;
        }
        // C04.FR.04: key codes never stand in a log.
        let is_secret = token.kind.as_deref() == Some("KeyCode");
        let token = if is_secret {
            "(KeyCode)"
        } else {
            token.id_token.as_str()
        };
        if known {
            if let Some(text) = self.repeated(&format!("{station}: token {token} is {status:?}")) {
                info!("{text}");
            }
            return;
        }
        let encoded = utf8_percent_encode(token, NON_ALPHANUMERIC);
        let how = match self.api.get() {
            Some(api) => format!(
                "to let it charge: curl -X PUT http://{api}/v1/tokens/{encoded} \
                 -H 'content-type: application/json' -d '{{\"status\":\"Accepted\"}}'"
            ),
            None => {
                "start with --api ADDRESS to put it there, or with --accept-any-token".to_owned()
            }
        };
        let text = format!("{station}: token {token} is not known, so it is {status:?}; {how}");
        if let Some(text) = self.repeated(&text) {
            warn!("{text}");
        }
    }

    /// Something has happened at a station.
    pub(super) fn heard(&self, id: &str, station: &RemoteStation, event: &StationEvent) {
        match event {
            StationEvent::Booted { registration, info } => {
                let firmware = info.firmware_version.as_deref().unwrap_or("unknown");
                let (vendor, model) = (&info.vendor, &info.model);
                info!("{id}: booted, {vendor} {model}, firmware {firmware}: {registration:?}");
            }
            StationEvent::TransactionBegan { reference, .. } => {
                if let Some(transaction) = station.ledger().transaction(*reference) {
                    began(id, transaction);
                }
            }
            StationEvent::TransactionEnded(bill) | StationEvent::BillCompleted(bill) => {
                self.ended(id, bill);
            }
            StationEvent::TransactionPresumedOver { reference, why } => {
                let known = station.ledger().transaction(*reference);
                if let Some(transaction) = known {
                    let name = &transaction.transaction_id;
                    info!("{id}: transaction {name} counts as over, its end has not come: {why:?}");
                }
            }
            StationEvent::Contradicted { reference, .. } => {
                warn!("{id}: another end of transaction {reference} came and is not taken");
            }
            _ => {}
        }
    }

    fn ended(&self, station: &str, bill: &Bill) {
        let id = &bill.transaction_id;
        let at = place(bill.evse);
        let energy = wh("", bill.energy_wh.as_ref());
        let reason = match bill.stop_reason.as_deref() {
            None | Some("") => String::new(),
            Some(reason) => format!(", {reason}"),
        };
        let warnings = match bill.warnings.as_slice() {
            [] => String::new(),
            warnings => format!(", {warnings:?}"),
        };
        let text = format!("{station}: transaction {id} ended{at}{reason}{warnings}{energy}");
        // What is learned of it later is told only if it makes a difference here.
        if let Some(text) = self.repeated(&text) {
            info!("{text}");
        }
    }
}

fn began(station: &str, transaction: &Transaction) {
    let id = &transaction.transaction_id;
    let at = place(transaction.evse);
    let token = match &transaction.id_token {
        Some(token) if token.kind.as_deref() == Some("KeyCode") => String::new(),
        Some(token) if !token.id_token.is_empty() => format!(", token {}", token.id_token),
        _ => String::new(),
    };
    let meter = wh("meter ", transaction.meter_start.as_ref());
    info!("{station}: transaction {id} began{at}{token}{meter}");
}

fn place(evse: i64) -> String {
    match evse {
        // 2.x: it is not known yet.
        0 => String::new(),
        evse => format!(" at EVSE {evse}"),
    }
}

/// A number of Wh, if it is known.
fn wh(what: &str, value: Option<&impl Display>) -> String {
    value.map_or_else(String::new, |value| format!(", {what}{value} Wh"))
}
