//! What a station says of itself.

use alloc::string::ToString as _;
use alloc::vec::Vec;

use ocpp_types::Version;

use super::said::Reply;
use super::vocabulary::{CloseReason, StationEvent};
use super::{Effect, Refused, RemoteStation};
use crate::csms::{BootInfo, Connector, ReservationStatus};
use crate::frame::ErrorCode;
use crate::security::SecurityProfile;
use crate::session::CallToken;

impl RemoteStation {
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
