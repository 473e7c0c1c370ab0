//! What a CSMS learns from the answers to its own requests, typed or raw.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Version;
use serde_json::Value;

use super::limits::{LIMITED, Limit, limited_by, limited_by_key};
use super::notes::reservation;
use super::password::{Taken, check_password};
use super::plan::name_of;
use super::starts::is_start;
use super::variable::VariableName;
use super::vocabulary::{CommandError, StationEvent};
use super::{Effect, RemoteStation};
use crate::csms::ledger::IdToken;
use crate::csms::{Registration, ReservationStatus};
use crate::session::{CallFailure, find_action};

impl RemoteStation {
    /// Learns from a response; both payloads match their schemas.
    pub(super) fn learn(
        &mut self,
        action: &'static str,
        request: &Value,
        response: &Value,
    ) -> Vec<Effect> {
        let status = response["status"].as_str().unwrap_or_default();
        let accepted = status == "Accepted";
        match action {
            action if is_start(action) && !accepted => self.start_refused(request),
            "ReserveNow" => return reserved(request, status),
            "CancelReservation" if accepted => {
                let id = request["reservationId"].as_i64().unwrap_or_default();
                return Vec::from([Effect::Event(reservation(id, ReservationStatus::Cancelled))]);
            }
            "TriggerMessage" | "ExtendedTriggerMessage" if accepted => {
                let message = request["requestedMessage"].as_str().unwrap_or_default();
                // A message is called as its action, but for those that ask for a certificate.
                let action = if message.starts_with("Sign") {
                    "SignCertificate"
                } else {
                    message
                };
                // Without an EVSE each of them may tell it.
                let of_one = !request["evse"].is_null() || !request["connectorId"].is_null();
                let of_evses = ["MeterValues", "StatusNotification", "TransactionEvent"];
                let times = match of_evses.contains(&action) && !of_one {
                    true => Allowed::Always,
                    false => Allowed::Once,
                };
                self.allow(action, times);
            }
            "SetChargingProfile" if accepted => {
                self.profile_set(request);
                return self.offer_anew(request["chargingProfile"]["id"].as_i64());
            }
            "ClearChargingProfile" if accepted => {
                self.profiles_cleared(request);
                let id = request["chargingProfileId"].as_i64();
                // An offer that gave way: what it gave way to follows.
                if !id.is_some_and(|id| self.is_withdrawn(id)) {
                    return self.offer_anew(None);
                }
            }
            "GetBaseReport" | "GetReport" if accepted => {
                self.allow("NotifyReport", Allowed::UntilComplete);
            }
            "GetMonitoringReport" if accepted => {
                self.allow("NotifyMonitoringReport", Allowed::UntilComplete);
            }
            "GetVariables" => {
                let results = response["getVariableResult"].as_array();
                for result in results.into_iter().flatten() {
                    self.learn_limit(result, &result["attributeValue"]);
                }
            }
            "GetConfiguration" => {
                let keys = response["configurationKey"].as_array();
                for key in keys.into_iter().flatten() {
                    let name = key["key"].as_str().unwrap_or_default();
                    let value = key["value"].as_str().and_then(|value| value.parse().ok());
                    if let Some((action, value)) = limited_by_key(name).zip(value) {
                        self.change(|state| {
                            state.items.insert(action.into(), value);
                        });
                    }
                }
            }
            "ChangeConfiguration" if is_key(request) => {
                let password = request["value"].as_str().unwrap_or_default();
                self.taken(password, status);
            }
            "SetVariables" => {
                let results = response["setVariableResult"].as_array();
                let is_password = |result: &&Value| name_of(result).matches(&password_name());
                // Whatever the order of the results.
                let mut results = results.into_iter().flatten();
                if let Some(password) = holds_password(request)
                    && let Some(result) = results.find(is_password)
                {
                    let status = result["attributeStatus"].as_str().unwrap_or_default();
                    self.taken(&password, status);
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// Learns from a call that came to nothing.
    pub(super) fn learn_failure(&mut self, action: &str, payload: &str, failure: &CallFailure) {
        if is_start(action) && matches!(failure, CallFailure::Refused(_)) {
            self.start_refused(&serde_json::from_str(payload).unwrap_or_default());
        }
        if let Some(password) = password_in(action, payload) {
            let taken = match failure {
                CallFailure::Refused(_) => Taken::Refused,
                _ => Taken::Unanswered,
            };
            self.change(|state| state.passwords.answered(&password, taken));
        }
    }

    /// Notes the password of a request that is about to be sent.
    pub(super) fn note_password(
        &mut self,
        action: &str,
        payload: &str,
    ) -> Result<(), CommandError> {
        let Some(password) = password_in(action, payload) else {
            return Ok(());
        };
        check_password(&password, self.version().unwrap_or(Version::V2_1))?;
        if !self.state.passwords.has_room(&password) {
            return Err(CommandError::TooMany);
        }
        let salt = self.salt();
        self.change(|state| state.passwords.sent(&password, salt));
        Ok(())
    }

    /// A request was not sent after all.
    pub(super) fn forget_password(&mut self, action: &str, payload: &str) {
        if let Some(password) = password_in(action, payload) {
            self.change(|state| state.passwords.answered(&password, Taken::Refused));
        }
    }

    /// Learns the limits of requests from a report of variables.
    pub(super) fn learn_report(&mut self, payload: &str) {
        // Most parts of a report are about other things.
        if !payload.contains("PerMessage") {
            return;
        }
        let report: Value = serde_json::from_str(payload).unwrap_or_default();
        for data in report["reportData"].as_array().into_iter().flatten() {
            let attributes = data["variableAttribute"].as_array();
            for attribute in attributes.into_iter().flatten() {
                if attribute["type"]
                    .as_str()
                    .is_none_or(|kind| kind == "Actual")
                {
                    self.learn_limit(data, &attribute["value"]);
                }
            }
        }
    }

    fn learn_limit(&mut self, named: &Value, value: &Value) {
        let value = value.as_str().and_then(|value| value.parse::<i64>().ok());
        let Some(((limit, action), value)) = limited_by(&name_of(named)).zip(value) else {
            return;
        };
        // What cannot be asked for need not be remembered.
        if !LIMITED.contains(&action.as_str()) {
            return;
        }
        self.change(|state| {
            let limits = match limit {
                Limit::Items => &mut state.items,
                Limit::Bytes => &mut state.bytes,
            };
            limits.insert(action, value);
        });
    }

    fn taken(&mut self, password: &str, status: &str) {
        let taken = match status {
            "Accepted" => Taken::Accepted,
            "RebootRequired" => Taken::AfterRestart,
            _ => Taken::Refused,
        };
        self.change(|state| state.passwords.answered(password, taken));
    }

    /// The station may send this although it is not accepted yet (B02.FR.09).
    fn allow(&mut self, action: &str, times: Allowed) {
        if self.state.registration != Some(Registration::Pending) {
            return;
        }
        let info = self
            .version()
            .and_then(|version| find_action(version, action));
        if let Some(info) = info
            && self.triggered.len() < MAX_TRIGGERED
        {
            self.triggered.push((info.name, times));
        }
    }

    /// The station has sent what it was asked for.
    pub(super) fn has_sent(&mut self, action: &'static str, payload: &str) {
        let mut all = self.triggered.iter();
        let Some(at) = all.position(|(allowed, _)| *allowed == action) else {
            return;
        };
        let is_last = || {
            let part: Value = serde_json::from_str(payload).unwrap_or_default();
            part["tbc"] != true
        };
        let is_over = match self.triggered.get(at) {
            Some((_, Allowed::Once)) => true,
            Some((_, Allowed::UntilComplete)) => is_last(),
            _ => false,
        };
        if is_over {
            self.triggered.remove(at);
        }
    }
}

/// How often a station that is not accepted yet may send what it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowed {
    Once,
    /// As many parts as the report has.
    UntilComplete,
    Always,
}

/// Most messages that a station is asked for while it is not accepted.
const MAX_TRIGGERED: usize = 64;

fn reserved(request: &Value, status: &str) -> Vec<Effect> {
    let status = match status {
        "Accepted" => ReservationStatus::Accepted,
        "Faulted" => ReservationStatus::Faulted,
        "Occupied" => ReservationStatus::Occupied,
        "Unavailable" => ReservationStatus::Unavailable,
        _ => ReservationStatus::Rejected,
    };
    let text = |value: &Value| value.as_str().map(ToString::to_string);
    let id = request["reservationId"].as_i64().or(request["id"].as_i64());
    let id_token = match text(&request["idTag"]) {
        Some(tag) => Some(IdToken::of_1_6(&tag)),
        None => text(&request["idToken"]["idToken"]).map(|id_token| IdToken {
            id_token,
            kind: text(&request["idToken"]["type"]),
        }),
    };
    let evse = request["connectorId"].as_i64();
    let evse = evse.or(request["evseId"].as_i64());
    let expiry = text(&request["expiryDate"]).or(text(&request["expiryDateTime"]));
    Vec::from([Effect::Event(StationEvent::Reservation {
        id: id.unwrap_or_default(),
        evse: evse.filter(|evse| *evse != 0),
        id_token,
        expiry: expiry.and_then(|expiry| expiry.parse().ok()),
        status,
    })])
}

fn password_name() -> VariableName {
    VariableName::new("SecurityCtrlr", "BasicAuthPassword")
}

fn is_key(request: &Value) -> bool {
    let key = request["key"].as_str().unwrap_or_default();
    key.eq_ignore_ascii_case("AuthorizationKey")
}

/// The password that a SetVariables sets: the actual value, not the target.
fn holds_password(request: &Value) -> Option<String> {
    let data = request["setVariableData"].as_array()?;
    let set = data
        .iter()
        .find(|data| name_of(data).matches(&password_name()))?;
    set["attributeValue"].as_str().map(Into::into)
}

/// The password that a request gives to the station.
fn password_in(action: &str, payload: &str) -> Option<String> {
    let request = || serde_json::from_str::<Value>(payload).ok();
    match action {
        "ChangeConfiguration" => {
            let request = request()?;
            let value = request["value"].as_str().filter(|_| is_key(&request));
            value.map(Into::into)
        }
        "SetVariables" => holds_password(&request()?),
        _ => None,
    }
}
