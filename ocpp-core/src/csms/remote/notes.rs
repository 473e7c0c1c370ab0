//! What a station says of itself, and what is remembered of commands that start something.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Version;

use super::said::Reply;
use super::state::{MAX_REMOTE_STARTS, RemoteStart};
use super::vocabulary::{CloseReason, StationEvent};
use super::{Effect, Refused, RemoteStation};
use crate::csms::ledger::{Event, IdToken};
use crate::csms::{BootInfo, Connector, ReservationStatus, TransactionId};
use crate::frame::ErrorCode;
use crate::security::SecurityProfile;
use crate::session::CallToken;

/// How long a command that started something is remembered, in milliseconds. Connecting a car takes minutes, no more.
const REMOTE_START_HOLDS: i64 = 15 * 60_000;

impl RemoteStation {
    /// Whether the CSMS has sent this token to start something, a moment ago.
    pub(super) fn sent_before(&self, id_token: &IdToken, remote_start_id: Option<i64>) -> bool {
        let fresh = |start: &&RemoteStart| self.utc.millis_since(start.at) <= REMOTE_START_HOLDS;
        let mut starts = self.state.remote_starts.iter().filter(fresh);
        starts.any(|start| {
            start.id_token.matches(id_token) && remote_start_id.is_none_or(|id| id == start.id)
        })
    }

    /// Notes a command that starts something.
    pub(super) fn note_start(&mut self, id: i64, id_token: IdToken) {
        let at = self.utc;
        self.change(|state| {
            if state.remote_starts.len() >= MAX_REMOTE_STARTS {
                state.remote_starts.remove(0);
            }
            state.remote_starts.push(RemoteStart { id, id_token, at });
        });
    }

    /// A pseudonym takes the place of the tokens of a person.
    pub(super) fn erase(&mut self, id_tokens: &[String], pseudonym: &str) {
        let is_one = |token: &str| id_tokens.iter().any(|one| one.eq_ignore_ascii_case(token));
        self.ledger.erase(&is_one, pseudonym);
        self.change(|state| {
            for start in &mut state.remote_starts {
                if is_one(&start.id_token.id_token) {
                    start.id_token.id_token = pseudonym.into();
                }
            }
        });
    }

    /// A raw call may start something as well as a typed operation.
    pub(super) fn note_raw_start(&mut self, action: &str, payload: &str) {
        let request = || serde_json::from_str::<serde_json::Value>(payload).unwrap_or_default();
        let text = |value: &serde_json::Value| value.as_str().map(ToString::to_string);
        let (id, id_token, kind) = match action {
            "RemoteStartTransaction" => (None, text(&request()["idTag"]), None),
            "RequestStartTransaction" => {
                let request = request();
                let token = &request["idToken"];
                let id = request["remoteStartId"].as_i64();
                (id, text(&token["idToken"]), text(&token["type"]))
            }
            _ => return,
        };
        if let Some(id_token) = id_token {
            let id = id.unwrap_or_else(|| self.next_id());
            self.note_start(id, IdToken { id_token, kind });
        }
    }

    /// A transaction that a command started is for the command's token, also if the station does not name it (F01, F02).
    pub(super) fn correlate(&mut self, event: &mut Event) {
        let Some(id) = event.remote_start_id.filter(|_| event.id_token.is_none()) else {
            return;
        };
        let transaction = TransactionId::Text(event.transaction_id.clone());
        let named = self
            .ledger
            .find(&transaction)
            .is_some_and(|known| known.id_token.is_some());
        let mut starts = self.state.remote_starts.iter();
        // Of two with one number, which raw calls may have, the later one.
        if !named && let Some(start) = starts.rfind(|start| start.id == id) {
            event.id_token = Some(start.id_token.clone());
        }
    }

    /// The certificate follows the answer (A02.FR.06), with its kind (A02.FR.14).
    pub(super) fn certificate_signed(
        &self,
        chain: &str,
        v2g: bool,
        request_id: Option<i64>,
    ) -> Effect {
        let kind = if v2g {
            "V2GCertificate"
        } else {
            "ChargingStationCertificate"
        };
        let mut payload = serde_json::json!({ "certificateChain": chain });
        if self.version() != Some(Version::V1_6) {
            payload["certificateType"] = kind.into();
        }
        if let Some(id) = request_id {
            payload["requestId"] = id.into();
        }
        Effect::Call {
            action: "CertificateSigned",
            payload: payload.to_string(),
            running: None,
        }
    }

    /// Notes that a station booted, and says whether it is accepted (B01.FR.02).
    pub(super) fn booted(&mut self, token: CallToken, info: BootInfo) -> Vec<Effect> {
        if let Some(link) = &self.link
            && link.profile == SecurityProfile::TlsClientCertificate
            && link.common_name.as_deref() != Some(self.identity.as_str())
            && info.serial_number != link.common_name
        {
            // B01.FR.11, B01.FR.12.
            let why = "the serial number is not the one of the certificate";
            let refused = Refused::new(ErrorCode::SecurityError, why);
            return Vec::from([
                Effect::Refuse(token, "BootNotification", refused),
                Effect::Close(CloseReason::OtherSerialNumber),
            ]);
        }
        let registration = self.state.boot;
        let interval = self.state.interval.unwrap_or(self.config.interval);
        self.triggered.clear();
        self.change(|state| {
            state.info = Some(info.clone());
            state.registration = Some(registration);
            // The firmware may be another one.
            state.items.clear();
            state.bytes.clear();
        });
        // F06: told on request, it has not restarted.
        if info.reason.as_deref() != Some("Triggered") {
            self.ledger.booted();
        }
        let reply = Reply::Boot {
            now: self.utc,
            registration,
            interval,
        };
        Vec::from([
            self.reply(token, &reply),
            Effect::Event(StationEvent::Booted { registration, info }),
        ])
    }

    /// Notes the state of a connector.
    pub(super) fn connector(&mut self, connector: Connector, flat: bool) -> Option<Effect> {
        if connector.status == "Available" {
            let of_evse = (!flat).then_some(connector.connector);
            self.ledger
                .available(connector.evse, of_evse, connector.since);
        }
        let place = (connector.evse, connector.connector);
        let known = |c: &Connector| (c.evse, c.connector) == place;
        let at = self.state.connectors.iter().position(known);
        match at {
            Some(at) if self.state.connectors.get(at) == Some(&connector) => return None,
            None if self.state.connectors.len() >= self.config.max_connectors => return None,
            _ => {}
        }
        let told = connector.clone();
        self.change(|state| {
            let place = state.connectors.iter_mut().find(|c| known(c));
            if let Some(place) = place {
                *place = connector;
            } else {
                state.connectors.push(connector);
            }
        });
        Some(Effect::Event(StationEvent::Connector(told)))
    }
}

pub(super) fn reservation(id: i64, status: ReservationStatus) -> StationEvent {
    StationEvent::Reservation {
        id,
        evse: None,
        id_token: None,
        expiry: None,
        status,
    }
}

/// The number of a certificate request, which 2.1 has.
pub(super) fn request_id(payload: &str) -> Option<i64> {
    #[derive(serde::Deserialize)]
    struct SignCertificate {
        #[serde(rename = "requestId")]
        request_id: Option<i64>,
    }
    let request: SignCertificate = serde_json::from_str(payload).ok()?;
    request.request_id
}
