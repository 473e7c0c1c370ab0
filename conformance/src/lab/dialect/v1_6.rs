//! OCPP 1.6.

use ocpp_types::v1_6::Protocol;
use serde_json::{Value, json};

use super::super::{Call, Csms, Expected, Lab, Message, Parameters};
use super::{Dialect, Remote, Set, boot_answer, wrong_request, wrong_response};
use crate::case::Need;
use crate::draft::ReportedVariable;
use crate::unmet::Failed;

/// The reservations that cases make.
const RESERVATIONS: [i64; 2] = [42, 49];
/// The answer to a change that takes effect with the next restart.
const REBOOT: &str = "RebootRequired";

/// See the [module documentation](self).
pub(super) struct V1_6;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn id_tag_info(csms: &Csms, tag: &str, with_parent: bool) -> Value {
    let Some(known) = csms.tag(tag) else {
        return json!({"status": "Invalid"});
    };
    let mut info = json!({"status": known.status});
    if let Some(parent) = known.parent.as_ref().filter(|_| with_parent) {
        info["parentIdTag"] = json!(parent);
    }
    info
}

impl Dialect for V1_6 {
    fn wrong_request(&self, action: &str, payload: &Value) -> Option<String> {
        wrong_request::<Protocol>(action, payload)
    }

    fn wrong_response(&self, action: &str, payload: &Value) -> Option<String> {
        wrong_response::<Protocol>(action, payload)
    }

    fn answer(&self, csms: &mut Csms, action: &str, payload: &Value, utc: &str) -> Value {
        let tag = payload["idTag"].as_str().unwrap_or_default();
        match action {
            "BootNotification" => boot_answer(csms, utc),
            "Heartbeat" => json!({"currentTime": utc}),
            "Authorize" => json!({"idTagInfo": id_tag_info(csms, tag, true)}),
            "StartTransaction" => {
                let id = csms.next_transaction();
                let info = id_tag_info(csms, tag, csms.parent_at_start());
                json!({"transactionId": id, "idTagInfo": info})
            }
            "DataTransfer" | "SignCertificate" => json!({"status": "Accepted"}),
            _ => json!({}),
        }
    }

    fn registers(&self, parameters: &Parameters) -> Value {
        json!({
            "chargePointVendor": parameters.vendor_name,
            "chargePointModel": "Lab",
            "chargePointSerialNumber": parameters.serial_number,
        })
    }

    fn password_bytes(&self, digits: &str) -> Vec<u8> {
        let pairs = digits.as_bytes().chunks(2);
        let bytes = pairs.map(|pair| {
            let pair = std::str::from_utf8(pair).unwrap_or_default();
            u8::from_str_radix(pair, 16).unwrap_or_default()
        });
        bytes.collect()
    }

    fn local_list_version(&self, version: i64) -> Value {
        json!({"listVersion": version})
    }

    fn plain_answer(&self, action: &str, _: &Value, utc: &str) -> Value {
        let accepted = json!({"status": "Accepted"});
        match action {
            "BootNotification" => json!({"status": "Accepted", "currentTime": utc, "interval": 60}),
            "Heartbeat" => json!({"currentTime": utc}),
            "Authorize" => json!({"idTagInfo": accepted}),
            "StartTransaction" => json!({"transactionId": 9_999, "idTagInfo": accepted}),
            "SignCertificate" => accepted,
            _ => json!({}),
        }
    }

    /// Heartbeats, meter values that nobody asked for, and security events (1.1 of the descriptions; events such as
    /// `StartupOfTheDevice` belong to the station, not to the case).
    fn tolerates(&self, message: &Message) -> bool {
        match message.action.as_str() {
            "Heartbeat" | "SecurityEventNotification" => true,
            "MeterValues" => {
                let text = message.payload.to_string();
                !text.contains(r#""context":"Trigger""#)
            }
            _ => false,
        }
    }

    fn remote(&self, action: &str, payload: &Value) -> Option<Remote> {
        let transaction = || payload["transactionId"].to_string();
        Some(match action {
            "RemoteStartTransaction" => {
                Remote::Starts(text(&payload["idTag"]), payload["connectorId"].clone())
            }
            "RemoteStopTransaction" => Remote::Stops(transaction()),
            "StartTransaction" => Remote::Started(text(&payload["idTag"])),
            "StopTransaction" => Remote::Stopped(transaction()),
            // Nobody has plugged in: the remote start has come to nothing.
            "StatusNotification" if payload["status"] == "Available" => {
                Remote::Free(payload["connectorId"].clone())
            }
            _ => return None,
        })
    }

    fn status_of(&self, message: &Message) -> Option<u32> {
        if message.action != "StatusNotification" {
            return None;
        }
        let connector = message.payload["connectorId"].as_u64()?;
        u32::try_from(connector).ok()
    }

    fn follows_token(&self, message: &Message) -> bool {
        let status = &message.payload["status"];
        (status == "Preparing" || status == "Available")
            && message.payload["errorCode"] == "NoError"
    }

    fn places(&self, lab: &Lab<'_>) -> Vec<u32> {
        (0..=lab.parameters.connectors).collect()
    }

    fn status(&self, label: String, place: u32, status: &str) -> Expected {
        Expected::new(label, "StatusNotification")
            .at("/connectorId", place)
            .with("/status", status)
            .with("/errorCode", "NoError")
    }

    fn reset(&self) -> Value {
        json!({"type": "Hard"})
    }

    fn set(
        &self,
        lab: &mut Lab<'_>,
        label: &str,
        key: &str,
        value: &str,
        need: Need,
    ) -> Result<Set, Failed> {
        let payload = json!({"key": key, "value": value});
        let call = Call::new(label, "ChangeConfiguration", payload);
        let call = match need {
            Need::Must => call.one_of("/status", ["Accepted", REBOOT]),
            Need::IfImplemented => call.one_of("/status", ["Accepted", REBOOT, "NotSupported"]),
            Need::IfWritable => call.one_of("/status", ["Accepted", REBOOT, "Rejected"]),
            Need::MayBeFixed | Need::IfPossible => {
                call.one_of("/status", ["Accepted", REBOOT, "Rejected", "NotSupported"])
            }
        };
        let answer = lab.call(call)?;
        Ok(match answer.payload["status"].as_str() {
            Some(REBOOT) => Set::AfterReset,
            Some("Rejected") => Set::ReadOnly,
            Some("NotSupported") => Set::Missing,
            _ => Set::Now,
        })
    }

    fn get(&self, lab: &mut Lab<'_>, label: &str, key: &str) -> Result<String, Failed> {
        let call = Call::new(label, "GetConfiguration", json!({"key": [key]}));
        let call = call.with("/configurationKey/0/key", key);
        let answer = lab.call(call)?;
        Ok(text(&answer.payload["configurationKey"][0]["value"]))
    }

    fn writable(&self, lab: &mut Lab<'_>) -> Result<Vec<(String, String)>, Failed> {
        let answer = lab.call(Call::new("keys", "GetConfiguration", json!({})))?;
        let keys = answer.payload["configurationKey"].as_array();
        let writable = keys
            .into_iter()
            .flatten()
            .filter(|key| key["readonly"] == false);
        let pair = |key: &Value| {
            let value = key["value"].as_str()?.to_owned();
            Some((key["key"].as_str()?.to_owned(), value))
        };
        Ok(writable.filter_map(pair).collect())
    }

    fn tells(&self, lab: &mut Lab<'_>) -> Result<Vec<ReportedVariable>, Failed> {
        let answer = lab.call(Call::new("keys", "GetConfiguration", json!({})))?;
        let keys = answer.payload["configurationKey"].as_array();
        let told = |key: &Value| ReportedVariable {
            key: text(&key["key"]),
            value: key["value"].as_str().map(ToOwned::to_owned),
            writable: key["readonly"] == false,
            ..ReportedVariable::default()
        };
        Ok(keys.into_iter().flatten().map(told).collect())
    }

    fn password(&self, digits: &str) -> (&'static str, String) {
        ("AuthorizationKey", digits.to_owned())
    }

    /// Its bytes travel, not their hexadecimal digits (WP:A00.FR.205).
    fn is_password(&self, shown: &[u8], password: &str) -> bool {
        let digits: String = shown.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.eq_ignore_ascii_case(password)
    }

    fn csms_root(&self) -> &'static str {
        "CentralSystemRootCertificate"
    }

    fn installed(&self, kind: &str) -> Value {
        json!({"certificateType": kind})
    }

    fn listed(&self, answer: &Value) -> Vec<Value> {
        let data = answer["certificateHashData"].as_array();
        data.cloned().unwrap_or_default()
    }

    fn certificate_trigger(&self) -> (&'static str, Value) {
        let payload = json!({"requestedMessage": "SignChargePointCertificate"});
        ("ExtendedTriggerMessage", payload)
    }

    fn certificate_signed(&self, chain: &str) -> Value {
        json!({"certificateChain": chain})
    }

    fn tidying(&self, lab: &Lab<'_>) -> Vec<(&'static str, Value)> {
        let list = json!({"listVersion": 1, "updateType": "Full"});
        let mut calls = vec![
            ("ClearCache", json!({})),
            ("SendLocalList", list),
            ("ClearChargingProfile", json!({})),
        ];
        for id in RESERVATIONS {
            calls.push(("CancelReservation", json!({"reservationId": id})));
        }
        for connector in self.places(lab) {
            let operative = json!({"connectorId": connector, "type": "Operative"});
            calls.push(("ChangeAvailability", operative));
        }
        calls
    }
}
