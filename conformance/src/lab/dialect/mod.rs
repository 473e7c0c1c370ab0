//! What differs between the versions of OCPP: how the CSMS answers, what may come at any time, how a station registers,
//! reads and changes its configuration, and what it needs after a case.

mod v1_6;
mod v2_0_1;

use ocpp_types::{Protocol, Version};
use serde_json::{Value, json};

use super::{Csms, Expected, Lab, Message, Parameters};
use crate::case::Need;
use crate::draft::ReportedVariable;
use crate::unmet::Failed;

/// What a message says about a session that the CSMS has started or stopped from afar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remote {
    /// The call that starts one, by what identifies it, and where; `Null` where the station chooses.
    Starts(String, Value),
    /// The call that stops one.
    Stops(String),
    /// The station tells what follows from a start.
    Started(String),
    /// The station tells what follows from a stop.
    Stopped(String),
    /// Here nothing will follow from a start any more.
    Free(Value),
}

/// A version of OCPP as the lab speaks it.
pub(crate) trait Dialect: Sync {
    /// What is wrong with a request of either side, by its schema.
    fn wrong_request(&self, action: &str, payload: &Value) -> Option<String>;
    /// What is wrong with an answer of either side, by its schema.
    fn wrong_response(&self, action: &str, payload: &Value) -> Option<String>;
    /// The answer of the CSMS to a request of the station.
    fn answer(&self, csms: &mut Csms, action: &str, payload: &Value, utc: &str) -> Value;
    /// The answer of a CSMS that agrees with everything.
    fn plain_answer(&self, action: &str, payload: &Value, utc: &str) -> Value;
    /// The answer of a station that agrees with everything.
    fn agrees(&self, action: &str, payload: &Value) -> Value {
        let accepted = json!({"status": "Accepted"});
        match (action, self.wrong_response(action, &accepted)) {
            ("UnlockConnector", _) => json!({"status": "Unlocked"}),
            ("GetTransactionStatus", _) => json!({"messagesInQueue": false}),
            ("GetVariables", _) => {
                json!({"getVariableResult": results(&payload["getVariableData"])})
            }
            ("SetVariables", _) => {
                json!({"setVariableResult": results(&payload["setVariableData"])})
            }
            ("GetLocalListVersion", _) => self.local_list_version(0),
            ("GetInstalledCertificateIds", _) => json!({"status": "NotFound"}),
            ("UnpublishFirmware", _) => json!({"status": "Unpublished"}),
            ("SetVariableMonitoring", _) => {
                let all = payload["setMonitoringData"].as_array();
                let set = all.into_iter().flatten().zip(1..).map(|(data, id)| {
                    json!({
                        "id": id, "status": "Accepted", "type": data["type"],
                        "severity": data["severity"], "component": data["component"],
                        "variable": data["variable"],
                    })
                });
                json!({"setMonitoringResult": set.collect::<Vec<_>>()})
            }
            ("ClearVariableMonitoring", _) => {
                let all = payload["id"].as_array().into_iter().flatten();
                let cleared = all.map(|id| json!({"id": id, "status": "Accepted"}));
                json!({"clearMonitoringResult": cleared.collect::<Vec<_>>()})
            }
            (_, None) => accepted,
            _ => json!({}),
        }
    }
    /// BootNotification of the station that the lab plays.
    fn registers(&self, parameters: &Parameters) -> Value;
    /// The bytes that a station shows for the password with these hexadecimal digits.
    fn password_bytes(&self, digits: &str) -> Vec<u8>;
    /// The answer to a CSMS that asks how many items a request may have, which it may do at any time.
    fn limit(&self, _: &Message) -> Option<Value> {
        None
    }
    /// GetLocalListVersion answered with this version.
    fn local_list_version(&self, version: i64) -> Value;
    /// Whether a request may come at any time.
    fn tolerates(&self, message: &Message) -> bool;
    /// A request as cases read it: where there are several ways to say a thing, the one that they know.
    fn read(&self, message: Message) -> Vec<Message> {
        vec![message]
    }
    /// What a message of either side has to do with remote starts and stops.
    fn remote(&self, action: &str, payload: &Value) -> Option<Remote>;
    /// The number of the connector, counted over the station, whose status a request tells; 0 for the station.
    fn status_of(&self, message: &Message) -> Option<u32>;
    /// Whether a status tells that a token was taken for the connector, or that it is not any more.
    fn follows_token(&self, message: &Message) -> bool;
    /// The numbers for which a station that has registered tells statuses.
    fn places(&self, lab: &Lab<'_>) -> Vec<u32>;
    /// A status of a place of [`places`](Self::places).
    fn status(&self, label: String, place: u32, status: &str) -> Expected;
    /// The payload of a `Reset` that comes at once.
    fn reset(&self) -> Value;
    /// Sets a key or variable; the status of the answer.
    ///
    /// # Errors
    /// The check `label` if the answer is not one that the need permits.
    fn set(
        &self,
        lab: &mut Lab<'_>,
        label: &str,
        key: &str,
        value: &str,
        need: Need,
    ) -> Result<Set, Failed>;
    /// The value of a key or variable.
    ///
    /// # Errors
    /// The check `label` if there is none.
    fn get(&self, lab: &mut Lab<'_>, label: &str, key: &str) -> Result<String, Failed>;
    /// The keys or variables that can be written and read, with their values.
    ///
    /// # Errors
    /// The station does not tell them.
    fn writable(&self, lab: &mut Lab<'_>) -> Result<Vec<(String, String)>, Failed>;
    /// All keys or variables that the station tells.
    ///
    /// # Errors
    /// It does not tell them.
    fn tells(&self, lab: &mut Lab<'_>) -> Result<Vec<ReportedVariable>, Failed>;
    /// The key or variable with the password of basic authentication, and the value for bytes in hexadecimal digits.
    fn password(&self, digits: &str) -> (&'static str, String);
    /// Whether the bytes that a station shows are this password.
    fn is_password(&self, shown: &[u8], password: &str) -> bool;
    /// The kind of the roots of the CSMS.
    fn csms_root(&self) -> &'static str;
    /// GetInstalledCertificateIds for roots of a kind.
    fn installed(&self, kind: &str) -> Value;
    /// What identifies the certificates that the answer to it lists.
    fn listed(&self, answer: &Value) -> Vec<Value>;
    /// The call that makes the station ask for a certificate.
    fn certificate_trigger(&self) -> (&'static str, Value);
    /// CertificateSigned with this chain.
    fn certificate_signed(&self, chain: &str) -> Value;
    /// What the CSMS knows of the station before a case begins.
    ///
    /// # Errors
    /// The station does not tell it.
    fn learn(&self, _: &mut Lab<'_>) -> Result<(), Failed> {
        Ok(())
    }
    /// The calls that bring the station back to the base state, whatever the case has left.
    fn tidying(&self, lab: &Lab<'_>) -> Vec<(&'static str, Value)>;
}

/// How a station has taken a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Set {
    /// It has it.
    Now,
    /// It will have it after a restart.
    AfterReset,
    /// It has not taken it: nobody may write it.
    ReadOnly,
    /// There is no such thing.
    Missing,
}

/// The version as the lab speaks it.
pub(crate) fn dialect(version: Version) -> &'static dyn Dialect {
    match version {
        Version::V1_6 => &v1_6::V1_6,
        _ => &v2_0_1::V2_0_1,
    }
}

fn wrong_request<P: Protocol>(action: &str, payload: &Value) -> Option<String> {
    let Some(known) = P::action(action) else {
        return Some(format!("there is no action {action}"));
    };
    let wrong = P::decode_request(known, &payload.to_string()).err();
    wrong.map(|error| error.to_string())
}

fn wrong_response<P: Protocol>(action: &str, payload: &Value) -> Option<String> {
    let Some(known) = P::action(action) else {
        return Some("an answer to nothing".to_owned());
    };
    let wrong = P::decode_response(known, &payload.to_string()).err();
    wrong.map(|error| error.to_string())
}

/// Each variable that was asked for, or set, is accepted.
fn results(data: &Value) -> Vec<Value> {
    let result = |one: &Value| {
        json!({
            "attributeStatus": "Accepted", "component": one["component"], "variable": one["variable"],
        })
    };
    data.as_array().into_iter().flatten().map(result).collect()
}

/// The answer to a BootNotification.
fn boot_answer(csms: &mut Csms, utc: &str) -> Value {
    let (status, interval) = csms.next_boot();
    json!({"status": status, "currentTime": utc, "interval": interval})
}
