//! What the log of a CSMS tells: who comes and goes, who may not charge and what to do about it, and what was charged.

use std::collections::HashSet;
use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use ocpp_core::csms::{Csms, Output, Table, Transaction};
use ocpp_core::redact;
use ocpp_tokio::server::Rejection;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use tracing::{debug, info, warn};

use crate::log::{Repeats, with_count};

/// See the [module documentation](self).
#[derive(Debug, Default)]
pub(super) struct News {
    repeats: Mutex<Repeats>,
    /// The references of open transactions whose begin is known.
    open: Mutex<HashSet<u64>>,
    /// Where the operator interface is, if there is one.
    api: OnceLock<SocketAddr>,
}

/// A poisoned lock protects nothing that matters.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl News {
    /// The transactions that are open when the CSMS starts are no news.
    pub(super) fn of(csms: &Csms) -> Self {
        let open = csms
            .transactions()
            .filter(|transaction| transaction.is_open());
        Self {
            open: Mutex::new(open.map(|transaction| transaction.reference).collect()),
            ..Self::default()
        }
    }

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

    /// A station came with the certificate of another one.
    pub(super) fn wrong_certificate(&self, station: &str, name: Option<&str>) {
        let event = "InvalidChargingStationCertificate";
        let name = name.unwrap_or("nobody");
        let text = format!("security event {event}: {station} came with the certificate of {name}");
        if let Some(text) = self.repeated(&text) {
            warn!("{text}");
        }
    }

    /// A frame of a station or to it.
    pub(super) fn frame(station: &str, from: &str, text: &str) {
        if tracing::enabled!(tracing::Level::DEBUG) {
            let arrow = if from == "station" { "→" } else { "←" };
            debug!("{station} {arrow} {}", redact(text));
        }
    }

    /// A request was answered.
    pub(super) fn answered(
        &self,
        csms: &Csms,
        station: &str,
        action: &str,
        request: &str,
        response: &str,
    ) {
        match action {
            "BootNotification" => booted(csms, station),
            "Authorize" | "StartTransaction" | "StopTransaction" | "TransactionEvent" => {
                self.decided(csms, station, request, response);
            }
            _ => {}
        }
    }

    /// Tells of a token that may not charge, and of one that nobody has put, how to put it.
    fn decided(&self, csms: &Csms, station: &str, request: &str, response: &str) {
        let Some((token, status)) = decision(request, response) else {
            return;
        };
        if csms.token(&token).is_some() {
            if let Some(text) = self.repeated(&format!("{station}: token {token} is {status}")) {
                info!("{text}");
            }
            return;
        }
        let encoded = utf8_percent_encode(&token, NON_ALPHANUMERIC);
        let how = match self.api.get() {
            Some(api) => format!(
                "to let it charge: curl -X PUT http://{api}/v1/tokens/{encoded} \
                 -H 'content-type: application/json' -d '{{\"status\":\"Accepted\"}}'"
            ),
            None => {
                "start with --api ADDRESS to put it there, or with --accept-any-token".to_owned()
            }
        };
        let text = format!("{station}: token {token} is not known, so it is {status}; {how}");
        if let Some(text) = self.repeated(&text) {
            warn!("{text}");
        }
    }

    /// Records are to be stored: transactions among them have begun or ended. One message may store a transaction several
    /// times; only the last record is whole.
    pub(super) fn stored(&self, outputs: &[Output]) {
        let mut seen = HashSet::new();
        let mut last = Vec::new();
        for output in outputs.iter().rev() {
            match output {
                Output::Store {
                    table: Table::Transactions,
                    key,
                    record,
                } if seen.insert(key) => last.push(record),
                Output::Erase {
                    table: Table::Transactions,
                    key,
                } => {
                    if let Ok(reference) = key.parse() {
                        lock(&self.open).remove(&reference);
                    }
                }
                _ => {}
            }
        }
        for record in last.into_iter().rev() {
            if let Ok(transaction) = serde_json::from_str(record) {
                self.transaction(&transaction);
            }
        }
    }

    fn transaction(&self, transaction: &Transaction) {
        let Transaction {
            station,
            transaction_id: id,
            ..
        } = transaction;
        let at = match transaction.evse {
            // 2.x: it is not known yet.
            0 => String::new(),
            evse => format!(" at EVSE {evse}"),
        };
        if transaction.is_open() {
            if lock(&self.open).insert(transaction.reference) {
                let token = match transaction.id_token.as_str() {
                    "" => String::new(),
                    token => format!(", token {token}"),
                };
                let meter = wh("meter ", transaction.meter_start.as_ref());
                info!("{station}: transaction {id} began{at}{token}{meter}");
            }
        } else {
            lock(&self.open).remove(&transaction.reference);
            let stop = transaction.meter_stop.or(transaction.meter_last);
            let energy = stop
                .zip(transaction.meter_start)
                .and_then(|(stop, start)| stop.checked_sub(*start));
            let energy = wh("", energy.as_ref());
            let reason = match transaction.stop_reason.as_deref() {
                None | Some("") => String::new(),
                Some(reason) => format!(", {reason}"),
            };
            let text = format!("{station}: transaction {id} ended{at}{reason}{energy}");
            // What is learned of it later is told only if it makes a difference here.
            if let Some(text) = self.repeated(&text) {
                info!("{text}");
            }
        }
    }
}

/// A number of Wh, if it is known.
fn wh(what: &str, value: Option<&impl Display>) -> String {
    value.map_or_else(String::new, |value| format!(", {what}{value} Wh"))
}

fn booted(csms: &Csms, station: &str) {
    let Some((told, info)) = csms
        .station(station)
        .and_then(|station| station.registration.zip(station.info.as_ref()))
    else {
        return;
    };
    let firmware = info.firmware_version.as_deref().unwrap_or("unknown");
    let (vendor, model) = (&info.vendor, &info.model);
    info!("{station}: booted, {vendor} {model}, firmware {firmware}: {told:?}");
}

/// The token of a request and what was said of it, unless it is accepted.
fn decision(request: &str, response: &str) -> Option<(String, String)> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Request {
        id_tag: Option<String>,
        id_token: Option<IdToken>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct IdToken {
        id_token: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Response {
        id_tag_info: Option<Info>,
        id_token_info: Option<Info>,
    }
    #[derive(Deserialize)]
    struct Info {
        status: String,
    }
    let response: Response = serde_json::from_str(response).ok()?;
    let info = response.id_tag_info.or(response.id_token_info)?;
    if info.status == "Accepted" {
        return None;
    }
    let request: Request = serde_json::from_str(request).ok()?;
    let token = request
        .id_tag
        .or(request.id_token.map(|token| token.id_token))?;
    Some((token, info.status))
}
