//! OCPP 2.0.1. Keys of the configuration are variables, written `Component.Variable[Instance]`. The EVSE under test has
//! the number of the connector under test: one connector is tested at each EVSE.

mod variables;

use ocpp_types::v2_0_1::Protocol;
use serde_json::{Value, json};

use super::super::moments::Points;
use super::super::{Call, Csms, Expected, Lab, Message, Parameters};
use super::{Dialect, Remote, Set, boot_answer, wrong_request, wrong_response};
use crate::case::Need;
use crate::draft::ReportedVariable;
use crate::unmet::Failed;
use variables::{actual, key, names, reported, told};

/// The answer to a change that takes effect with the next restart.
const REBOOT: &str = "RebootRequired";

/// See the [module documentation](self).
pub(super) struct V2_0_1;

/// What is known of an idToken; also what is said of it where only the token is known from a request.
fn id_token_info(csms: &Csms, token: &Value, in_event: bool) -> Value {
    let id = token["idToken"].as_str().unwrap_or_default();
    let known = if in_event {
        csms.tag_in_events(id)
    } else {
        csms.tag(id)
    };
    let Some(known) = known else {
        return json!({"status": "Invalid"});
    };
    let mut info = json!({"status": known.status});
    if let Some(group) = &known.parent {
        info["groupIdToken"] = json!({"idToken": group, "type": "Central"});
    }
    info
}

/// The event of a NotifyEvent that tells the AvailabilityState of a connector, as a StatusNotification. Descriptions
/// accept both, and of the events those that tell a change.
fn as_status(event: &Value) -> Option<Value> {
    let component = &event["component"];
    let told = component["name"] == "Connector"
        && event["variable"]["name"] == "AvailabilityState"
        && event["trigger"] == "Delta";
    told.then(|| {
        json!({
            "timestamp": event["timestamp"],
            "connectorStatus": event["actualValue"],
            "evseId": component["evse"]["id"],
            "connectorId": component["evse"]["connectorId"],
        })
    })
}

/// An event about the AvailabilityState of an EVSE or of the station, which stations may tell besides.
fn is_other_availability(event: &Value) -> bool {
    event["variable"]["name"] == "AvailabilityState"
        && (event["component"]["name"] == "EVSE" || event["component"]["name"] == "ChargingStation")
}

/// How many items a request to the station that the lab plays may have.
const ITEMS_PER_MESSAGE: i64 = 4;

impl Dialect for V2_0_1 {
    fn wrong_request(&self, action: &str, payload: &Value) -> Option<String> {
        wrong_request::<Protocol>(action, payload)
    }

    fn wrong_response(&self, action: &str, payload: &Value) -> Option<String> {
        wrong_response::<Protocol>(action, payload)
    }

    fn answer(&self, csms: &mut Csms, action: &str, payload: &Value, utc: &str) -> Value {
        let token = &payload["idToken"];
        match action {
            "BootNotification" => boot_answer(csms, utc),
            "Heartbeat" => json!({"currentTime": utc}),
            "Authorize" => json!({"idTokenInfo": id_token_info(csms, token, false)}),
            "TransactionEvent" if token.is_object() => {
                json!({"idTokenInfo": id_token_info(csms, token, true)})
            }
            "DataTransfer" | "SignCertificate" => json!({"status": "Accepted"}),
            _ => json!({}),
        }
    }

    fn registers(&self, parameters: &Parameters) -> Value {
        json!({
            "reason": "PowerUp",
            "chargingStation": {
                "vendorName": parameters.vendor_name,
                "model": "Lab",
                "serialNumber": parameters.serial_number,
            },
        })
    }

    fn password_bytes(&self, digits: &str) -> Vec<u8> {
        digits.as_bytes().to_vec()
    }

    fn limit(&self, message: &Message) -> Option<Value> {
        let asked = message.payload["getVariableData"].as_array()?;
        let [one] = asked.as_slice() else {
            return None;
        };
        if message.action != "GetVariables" || one["variable"]["name"] != "ItemsPerMessage" {
            return None;
        }
        let mut result = json!({
            "attributeStatus": "Accepted", "attributeValue": ITEMS_PER_MESSAGE.to_string(),
        });
        result["component"] = one["component"].clone();
        result["variable"] = one["variable"].clone();
        Some(json!({ "getVariableResult": [result] }))
    }

    fn local_list_version(&self, version: i64) -> Value {
        json!({"versionNumber": version})
    }

    fn plain_answer(&self, action: &str, payload: &Value, utc: &str) -> Value {
        let accepted = json!({"status": "Accepted"});
        match action {
            "BootNotification" => json!({"status": "Accepted", "currentTime": utc, "interval": 60}),
            "Heartbeat" => json!({"currentTime": utc}),
            "Authorize" => json!({"idTokenInfo": accepted}),
            "TransactionEvent" if payload["idToken"].is_object() => {
                json!({"idTokenInfo": accepted})
            }
            "DataTransfer" | "SignCertificate" => accepted,
            _ => json!({}),
        }
    }

    /// Heartbeats, security events, meter values that nobody asked for, and events about what no case is about.
    fn tolerates(&self, message: &Message) -> bool {
        let payload = &message.payload;
        match message.action.as_str() {
            "Heartbeat" | "SecurityEventNotification" => true,
            "MeterValues" => !payload.to_string().contains(r#""context":"Trigger""#),
            "TransactionEvent" => {
                let trigger = &payload["triggerReason"];
                payload["eventType"] == "Updated"
                    && (trigger == "MeterValuePeriodic" || trigger == "MeterValueClock")
            }
            "NotifyEvent" => {
                let events = payload["eventData"].as_array();
                events.is_some_and(|events| events.iter().all(is_other_availability))
            }
            _ => false,
        }
    }

    fn read(&self, message: Message) -> Vec<Message> {
        let events = message.payload["eventData"].as_array();
        let events = events.filter(|_| message.action == "NotifyEvent");
        let statuses: Option<Vec<Value>> =
            events.and_then(|events| events.iter().map(as_status).collect());
        let Some(mut statuses) = statuses.filter(|statuses| !statuses.is_empty()) else {
            return vec![message];
        };
        let last = statuses.pop().unwrap_or_default();
        let status = |payload| Message {
            action: "StatusNotification".to_owned(),
            payload,
            ..message.clone()
        };
        // The last one is answered for all.
        let mut read: Vec<Message> = statuses
            .into_iter()
            .map(|payload| status(payload).unanswerable())
            .collect();
        read.push(status(last));
        read
    }

    fn remote(&self, action: &str, payload: &Value) -> Option<Remote> {
        let info = &payload["transactionInfo"];
        Some(match action {
            "RequestStartTransaction" => Remote::Starts(
                payload["remoteStartId"].to_string(),
                payload["evseId"].clone(),
            ),
            "RequestStopTransaction" => Remote::Stops(payload["transactionId"].to_string()),
            "TransactionEvent" if info["remoteStartId"].is_number() => {
                Remote::Started(info["remoteStartId"].to_string())
            }
            "TransactionEvent" if payload["triggerReason"] == "RemoteStop" => {
                Remote::Stopped(info["transactionId"].to_string())
            }
            _ => return None,
        })
    }

    fn status_of(&self, message: &Message) -> Option<u32> {
        if message.action != "StatusNotification" {
            return None;
        }
        let evse = message.payload["evseId"].as_u64()?;
        u32::try_from(evse).ok()
    }

    fn follows_token(&self, message: &Message) -> bool {
        let status = &message.payload["connectorStatus"];
        status == "Occupied" || status == "Available"
    }

    fn places(&self, lab: &Lab<'_>) -> Vec<u32> {
        (1..=lab.parameters.connectors).collect()
    }

    fn status(&self, label: String, place: u32, status: &str) -> Expected {
        Expected::new(label, "StatusNotification")
            .at("/evseId", place)
            .at("/connectorId", 1)
            .with("/connectorStatus", status)
    }

    fn reset(&self) -> Value {
        json!({"type": "Immediate"})
    }

    fn set(
        &self,
        lab: &mut Lab<'_>,
        label: &str,
        key: &str,
        value: &str,
        need: Need,
    ) -> Result<Set, Failed> {
        const UNKNOWN: [&str; 2] = ["UnknownComponent", "UnknownVariable"];
        let (component, variable) = names(key);
        let data = json!({"component": component, "variable": variable, "attributeValue": value});
        let call = Call::new(label, "SetVariables", json!({"setVariableData": [data]}));
        let at = "/setVariableResult/0/attributeStatus";
        let [component, variable] = UNKNOWN;
        let call = match need {
            Need::Must => call.one_of(at, ["Accepted", REBOOT]),
            Need::IfImplemented => call.one_of(at, ["Accepted", REBOOT, component, variable]),
            Need::IfWritable => call.one_of(at, ["Accepted", REBOOT, "Rejected"]),
            Need::MayBeFixed | Need::IfPossible => {
                call.one_of(at, ["Accepted", REBOOT, "Rejected", component, variable])
            }
        };
        let answer = lab.call(call)?;
        let set = match answer.payload.pointer(at).and_then(Value::as_str) {
            Some(REBOOT) => Set::AfterReset,
            Some("Rejected") => Set::ReadOnly,
            Some(status) if UNKNOWN.contains(&status) => Set::Missing,
            _ => Set::Now,
        };
        Ok(set)
    }

    fn get(&self, lab: &mut Lab<'_>, label: &str, key: &str) -> Result<String, Failed> {
        let (component, variable) = names(key);
        let data = json!({"component": component, "variable": variable});
        let call = Call::new(label, "GetVariables", json!({"getVariableData": [data]}));
        let answer = lab.call(call.with("/getVariableResult/0/attributeStatus", "Accepted"))?;
        let value = &answer.payload["getVariableResult"][0]["attributeValue"];
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    fn writable(&self, lab: &mut Lab<'_>) -> Result<Vec<(String, String)>, Failed> {
        let all = reported(lab, "ConfigurationInventory")?;
        let value = |item: &Value| {
            let actual = actual(item)?;
            let value = actual["value"].as_str()?;
            let readable = actual["mutability"] != "WriteOnly";
            let key = key(&item["component"], &item["variable"])?;
            readable.then(|| (key, value.to_owned()))
        };
        Ok(all.iter().filter_map(value).collect())
    }

    fn tells(&self, lab: &mut Lab<'_>) -> Result<Vec<ReportedVariable>, Failed> {
        Ok(reported(lab, "FullInventory")?.iter().map(told).collect())
    }

    /// Passwords are text in 2.0.1 (A01).
    fn password(&self, digits: &str) -> (&'static str, String) {
        ("SecurityCtrlr.BasicAuthPassword", digits.to_owned())
    }

    fn is_password(&self, shown: &[u8], password: &str) -> bool {
        shown == password.as_bytes()
    }

    fn csms_root(&self) -> &'static str {
        "CSMSRootCertificate"
    }

    fn installed(&self, kind: &str) -> Value {
        json!({"certificateType": [kind]})
    }

    fn listed(&self, answer: &Value) -> Vec<Value> {
        let chains = answer["certificateHashDataChain"].as_array();
        let data = |chain: &Value| chain["certificateHashData"].clone();
        chains.into_iter().flatten().map(data).collect()
    }

    fn certificate_trigger(&self) -> (&'static str, Value) {
        let payload = json!({"requestedMessage": "SignChargingStationCertificate"});
        ("TriggerMessage", payload)
    }

    fn certificate_signed(&self, chain: &str) -> Value {
        json!({"certificateChain": chain, "certificateType": "ChargingStationCertificate"})
    }

    /// Between which conditions transactions lie, and whether the station asks at remote starts.
    fn learn(&self, lab: &mut Lab<'_>) -> Result<(), Failed> {
        let keys = [
            "TxCtrlr.TxStartPoint",
            "TxCtrlr.TxStopPoint",
            "AuthCtrlr.AuthorizeRemoteStart",
            "SampledDataCtrlr.SignReadings",
        ];
        let data: Vec<Value> = keys
            .iter()
            .map(|key| {
                let (component, variable) = names(key);
                json!({"component": component, "variable": variable})
            })
            .collect();
        let mut call = Call::new(
            "prepare.points",
            "GetVariables",
            json!({"getVariableData": data}),
        );
        for at in [
            "/getVariableResult/0/attributeStatus",
            "/getVariableResult/1/attributeStatus",
        ] {
            call = call.with(at, "Accepted");
        }
        let answer = lab.call(call)?;
        let value = |index: usize| {
            let value = &answer.payload["getVariableResult"][index]["attributeValue"];
            value.as_str().unwrap_or_default().to_owned()
        };
        lab.sessions.start = Points::of(&value(0));
        lab.sessions.stop = Points::of(&value(1));
        lab.sessions.asks_at_remote_starts = value(2) != "false";
        if value(3) != "true" {
            // E01.FR.04: nothing begins with what is not signed.
            lab.sessions.start = lab.sessions.start.without(Points::SIGNED);
        }
        // What is under way belongs to the time before the case.
        lab.lull()
    }

    fn tidying(&self, lab: &Lab<'_>) -> Vec<(&'static str, Value)> {
        let mut calls = Vec::new();
        for id in lab.sessions.running() {
            calls.push(("RequestStopTransaction", json!({"transactionId": id})));
        }
        calls.push(("ClearCache", json!({})));
        if lab.product.features.local_list {
            let list = json!({"versionNumber": 1, "updateType": "Full"});
            calls.push(("SendLocalList", list));
        }
        if lab.product.features.smart_charging {
            calls.push((
                "ClearChargingProfile",
                json!({"chargingProfileCriteria": {}}),
            ));
        }
        let operative = json!({"operationalStatus": "Operative"});
        calls.push(("ChangeAvailability", operative));
        for evse in self.places(lab) {
            for place in [json!({"id": evse}), json!({"id": evse, "connectorId": 1})] {
                let operative = json!({"operationalStatus": "Operative", "evse": place});
                calls.push(("ChangeAvailability", operative));
            }
        }
        calls
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_about_a_connector_is_a_status() {
        let event = |component: Value| {
            json!({
                "eventId": 1, "timestamp": "2024-05-15T12:00:00Z", "trigger": "Delta",
                "eventNotificationType": "HardWiredNotification", "actualValue": "Occupied",
                "component": component, "variable": {"name": "AvailabilityState"},
            })
        };
        let connector = event(json!({"name": "Connector", "evse": {"id": 2, "connectorId": 1}}));
        let station = event(json!({"name": "ChargingStation"}));
        let message = |events: Value| {
            let payload = json!({
                "generatedAt": "2024-05-15T12:00:00Z", "seqNo": 0, "eventData": events,
            });
            assert_eq!(V2_0_1.wrong_request("NotifyEvent", &payload), None);
            Message::for_tests("NotifyEvent", payload)
        };
        let read = V2_0_1.read(message(json!([connector, connector])));
        assert_eq!(read.len(), 2);
        assert_eq!(V2_0_1.status_of(&read[0]), Some(2));
        assert_eq!(read[1].payload["connectorStatus"], "Occupied");
        let read = V2_0_1.read(message(json!([station])));
        assert_eq!(read[0].action, "NotifyEvent");
        assert!(V2_0_1.tolerates(&read[0]));
        let mut periodic = connector;
        periodic["trigger"] = json!("Periodic");
        let read = V2_0_1.read(message(json!([periodic])));
        assert_eq!(read[0].action, "NotifyEvent", "only changes tell a status");
        assert!(!V2_0_1.tolerates(&read[0]));
    }
}
