//! What differs by version in how a recorded CSMS is played again.

use ocpp_types::Version;
use serde_json::{Value, json};

/// What the CSMS of a replay says, and where it finds things.
pub(super) trait Csms: Sync {
    /// The key or variable for how often the meter of a transaction is reported.
    fn sample_interval(&self) -> &'static str;
    /// The key or variable for how often a message about a transaction is sent.
    fn attempts(&self) -> &'static str;
    /// Where calls name a transaction.
    fn ids(&self) -> &'static [&'static str];
    /// The token that a request is about.
    fn token<'a>(&self, payload: &'a Value) -> Option<&'a str>;
    /// The member of an answer that says what is known of it.
    fn token_info(&self) -> &'static str;
    /// The id of a transaction that begins with a request, or with its answer.
    fn begins<'a>(&self, action: &str, payload: &'a Value, answer: &'a Value) -> Option<&'a Value>;
    /// The answer to a request about transactions, which a CSMS gives that accepts what `info` says; `Null` to others.
    fn answer(&self, action: &str, payload: &Value, info: Value, next: i64) -> Value;
    /// The call that starts somebody from afar.
    fn start(&self, connector: u32) -> (&'static str, Value);
    /// The call that unlocks a connector.
    fn unlock(&self, connector: u32) -> (&'static str, Value);
}

/// The CSMS of a version.
pub(super) fn csms(version: Version) -> &'static dyn Csms {
    match version {
        Version::V1_6 => &V1_6,
        _ => &V2_0_1,
    }
}

struct V1_6;

impl Csms for V1_6 {
    fn sample_interval(&self) -> &'static str {
        "MeterValueSampleInterval"
    }

    fn attempts(&self) -> &'static str {
        "TransactionMessageAttempts"
    }

    fn ids(&self) -> &'static [&'static str] {
        &["/3/transactionId", "/3/csChargingProfiles/transactionId"]
    }

    fn token<'a>(&self, payload: &'a Value) -> Option<&'a str> {
        payload["idTag"].as_str()
    }

    fn token_info(&self) -> &'static str {
        "idTagInfo"
    }

    fn begins<'a>(&self, _: &str, _: &'a Value, answer: &'a Value) -> Option<&'a Value> {
        answer.get("transactionId")
    }

    fn answer(&self, action: &str, _: &Value, info: Value, next: i64) -> Value {
        match action {
            "Authorize" => json!({"idTagInfo": info}),
            // A CSMS that does not recognise a repetition: it gets an id of its own.
            "StartTransaction" => json!({"transactionId": next, "idTagInfo": info}),
            _ => Value::Null,
        }
    }

    fn start(&self, connector: u32) -> (&'static str, Value) {
        let payload = json!({"connectorId": connector, "idTag": "NEXT"});
        ("RemoteStartTransaction", payload)
    }

    fn unlock(&self, connector: u32) -> (&'static str, Value) {
        ("UnlockConnector", json!({"connectorId": connector}))
    }
}

struct V2_0_1;

impl Csms for V2_0_1 {
    fn sample_interval(&self) -> &'static str {
        "SampledDataCtrlr.TxUpdatedInterval"
    }

    fn attempts(&self) -> &'static str {
        "OCPPCommCtrlr.MessageAttempts[TransactionEvent]"
    }

    fn ids(&self) -> &'static [&'static str] {
        &["/3/transactionId", "/3/chargingProfile/transactionId"]
    }

    fn token<'a>(&self, payload: &'a Value) -> Option<&'a str> {
        payload["idToken"]["idToken"].as_str()
    }

    fn token_info(&self) -> &'static str {
        "idTokenInfo"
    }

    fn begins<'a>(&self, action: &str, payload: &'a Value, _: &'a Value) -> Option<&'a Value> {
        let begins = action == "TransactionEvent" && payload["eventType"] == "Started";
        let id = payload.pointer("/transactionInfo/transactionId");
        id.filter(|_| begins)
    }

    fn answer(&self, action: &str, payload: &Value, info: Value, _: i64) -> Value {
        match action {
            "Authorize" => json!({"idTokenInfo": info}),
            "TransactionEvent" if payload.get("idToken").is_some() => json!({"idTokenInfo": info}),
            _ => Value::Null,
        }
    }

    fn start(&self, connector: u32) -> (&'static str, Value) {
        let payload = json!({
            "evseId": connector,
            "remoteStartId": 9_000 + connector,
            // The CSMS has made it up: no station asks about it (C05.FR.01), whatever it may ask about.
            "idToken": {"idToken": "NEXT", "type": "Central"},
        });
        ("RequestStartTransaction", payload)
    }

    fn unlock(&self, connector: u32) -> (&'static str, Value) {
        (
            "UnlockConnector",
            json!({"evseId": connector, "connectorId": 1}),
        )
    }
}
