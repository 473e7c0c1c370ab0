//! Requests of the station, from the message to the answer.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Version;

use super::notes::reservation;
use super::said::{Reply, Said};
use super::vocabulary::StationEvent;
use super::{Effect, Refused, RemoteStation};
use crate::csms::{Refusal, Registration};
use crate::frame::ErrorCode;
use crate::session::{CallToken, Decoding};

impl RemoteStation {
    /// A request of the station.
    pub(super) fn call(&mut self, token: CallToken, action: &'static str, payload: &str) {
        let said = self
            .admit(action)
            .and_then(|()| self.understand(action, payload).map_err(Refused::from));
        match said {
            Ok((said, payload)) => {
                self.has_sent(action, &payload);
                self.hear(token, action, said, payload);
            }
            Err(refused) => self.finish(Vec::from([Effect::Refuse(token, action, refused)])),
        }
    }

    /// Whether the station may send this now (B01.FR.10, B02.FR.09, B03.FR.07).
    fn admit(&self, action: &'static str) -> Result<(), Refused> {
        let asked_for = match self.state.registration {
            None | Some(Registration::Accepted) => true,
            Some(Registration::Pending) => self.triggered.iter().any(|(asked, _)| *asked == action),
            Some(Registration::Rejected) => false,
        };
        if asked_for || action == "BootNotification" {
            return Ok(());
        }
        let description = "the station has not been accepted yet";
        Err(Refused::new(ErrorCode::SecurityError, description))
    }

    /// What a request says, and its payload as the schema has it.
    fn understand(&self, action: &str, payload: &str) -> Result<(Said, String), Refusal> {
        /// The payload as it came, or as it was repaired.
        fn exact<T: serde::Serialize>(decoding: Decoding, payload: &str, request: &T) -> String {
            let repaired = match decoding {
                Decoding::Strict => None,
                Decoding::Lenient => serde_json::to_string(request).ok(),
            };
            repaired.unwrap_or_else(|| payload.into())
        }
        macro_rules! understand {
            ($types:ident, $read:path) => {{
                let decoding = self.config.decoding;
                let request =
                    crate::csms::decode::<ocpp_types::$types::Protocol>(decoding, action, payload)?;
                let said = $read(self.utc, &request)
                    .map_err(|error| Refusal::new(ErrorCode::InternalError, &error.to_string()))?;
                let payload = match said {
                    Said::Notice
                    | Said::Decision(_)
                    | Said::States(_)
                    | Said::Settlement(_)
                    | Said::Sign { .. } => exact(decoding, payload, &request),
                    _ => String::new(),
                };
                Ok((said, payload))
            }};
        }
        match self.version() {
            #[cfg(feature = "v1_6")]
            Some(Version::V1_6) => understand!(v1_6, super::v1_6::read),
            #[cfg(feature = "v2_0_1")]
            Some(Version::V2_0_1) => understand!(v2_0_1, super::v2::v2_0_1::read),
            #[cfg(feature = "v2_1")]
            Some(Version::V2_1) => understand!(v2_1, super::v2::v2_1::read),
            #[allow(unreachable_patterns)] // when all versions are on
            _ => Err(Refusal::new(
                ErrorCode::NotSupported,
                "version not supported",
            )),
        }
    }

    fn write(&self, reply: &Reply) -> Result<String, Refused> {
        let written = match self.version() {
            #[cfg(feature = "v1_6")]
            Some(Version::V1_6) => super::v1_6::write(reply),
            #[cfg(feature = "v2_0_1")]
            Some(Version::V2_0_1) => super::v2::v2_0_1::write(reply),
            #[cfg(feature = "v2_1")]
            Some(Version::V2_1) => super::v2::v2_1::write(reply),
            #[allow(unreachable_patterns)] // when all versions are on
            _ => Ok(String::from("{}")),
        };
        written.map_err(|error| Refused::new(ErrorCode::InternalError, &error.to_string()))
    }

    pub(super) fn reply(&self, token: CallToken, reply: &Reply) -> Effect {
        match self.write(reply) {
            Ok(text) => Effect::Respond(token, text),
            Err(refused) => Effect::Refuse(token, "", refused),
        }
    }

    fn hear(&mut self, token: CallToken, action: &'static str, said: Said, payload: String) {
        let empty = Effect::Respond(token, "{}".into());
        let effects = match said {
            Said::Boot(info) => self.booted(token, info),
            Said::Heartbeat => Vec::from([self.reply(token, &Reply::Heartbeat(self.utc))]),
            Said::Connector { connector, flat } => {
                let event = self.connector(connector, flat);
                core::iter::once(empty).chain(event).collect()
            }
            Said::States(connectors) => {
                let mut effects = Vec::from([empty]);
                for connector in connectors {
                    effects.extend(self.connector(connector, false));
                }
                effects.push(self.notified(action, payload));
                effects
            }
            Said::Meter {
                evse,
                transaction,
                samples,
            } => {
                let transaction = transaction.and_then(|id| self.ledger.metered(id, &samples));
                if transaction.is_none() && !samples.is_empty() {
                    let number = self.state.outside;
                    self.change(|state| state.outside = number.wrapping_add(1));
                    self.ledger.metered_outside(number, evse, &samples);
                }
                let event = StationEvent::MeterValues {
                    evse,
                    transaction,
                    samples,
                };
                Vec::from([empty, Effect::Event(event)])
            }
            Said::Progress { status, request_id } => {
                self.change(|state| {
                    state.reports.insert(action.into(), status.clone());
                });
                let event = StationEvent::Progress {
                    action,
                    status,
                    request_id,
                };
                Vec::from([empty, Effect::Event(event)])
            }
            Said::ReservationOver { id, status } => {
                Vec::from([empty, Effect::Event(reservation(id, status))])
            }
            Said::Security { kind, at, info } => {
                let event = StationEvent::Security { kind, at, info };
                Vec::from([empty, Effect::Event(event)])
            }
            Said::Notice => {
                if action == "NotifyReport" {
                    self.learn_report(&payload);
                }
                if action == "ReportChargingProfiles" {
                    self.profiles_reported(&payload);
                }
                self.collect(action, &payload);
                Vec::from([empty, self.notified(action, payload)])
            }
            Said::NotFromAStation => {
                let why = alloc::format!("a station does not send {action}");
                let refused = Refused::new(ErrorCode::NotSupported, &why);
                Vec::from([Effect::Refuse(token, action, refused)])
            }
            other => return self.ask_about(token, action, other, payload),
        };
        self.finish(effects);
    }

    pub(super) fn notified(&self, action: &'static str, payload: String) -> Effect {
        Effect::Event(StationEvent::Notified {
            // It has come over a connection.
            version: self.version().unwrap_or(Version::V1_6),
            action,
            payload,
        })
    }
}
