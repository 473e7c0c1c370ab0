//! Every call that a Central System can make, with every kind of violation of its schema at every place: the answer is the
//! CALLERROR that OCPP-J wants, and nothing changes. Payloads and violations are made from the official schemas.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

use ocpp_core::Version;
use ocpp_core::station::{EvseConfig, StationConfig};
use ocpp_core::testing::station::{Bench, friendly_v1_6};
use serde_json::{Map, Value, json};

/// What the Central System can call.
const ACTIONS: [&str; 26] = [
    "CancelReservation",
    "CertificateSigned",
    "ChangeAvailability",
    "ChangeConfiguration",
    "ClearCache",
    "ClearChargingProfile",
    "DataTransfer",
    "DeleteCertificate",
    "ExtendedTriggerMessage",
    "GetCompositeSchedule",
    "GetConfiguration",
    "GetDiagnostics",
    "GetInstalledCertificateIds",
    "GetLocalListVersion",
    "GetLog",
    "InstallCertificate",
    "RemoteStartTransaction",
    "RemoteStopTransaction",
    "ReserveNow",
    "Reset",
    "SendLocalList",
    "SetChargingProfile",
    "SignedUpdateFirmware",
    "TriggerMessage",
    "UnlockConnector",
    "UpdateFirmware",
];

const FORMATION: &str = "FormationViolation";
const OCCURRENCE: &str = "OccurenceConstraintViolation";
const PROPERTY: &str = "PropertyConstraintViolation";
const TYPE: &str = "TypeConstraintViolation";

/// A violation: the pointer to the place, what is wrong there, the payload, the code.
type Bad = (String, &'static str, Value, &'static str);

fn schema(action: &str) -> Value {
    let name = format!("{action}Request");
    let found = ocpp_schemas::find(ocpp_schemas::V1_6, &name);
    found
        .unwrap_or_else(|| panic!("no schema for {action}"))
        .parse()
}

/// Follows a reference into the definitions.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => root.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

/// A value with every member that a schema describes.
fn complete(root: &Value, schema: &Value) -> Value {
    let schema = resolve(root, schema);
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values[0].clone();
    }
    match schema["type"].as_str().unwrap() {
        "object" => {
            let empty = Map::new();
            let members = schema.get("properties").and_then(Value::as_object);
            let members = members.unwrap_or(&empty).iter();
            members
                .map(|(name, schema)| (name.clone(), complete(root, schema)))
                .collect()
        }
        "array" => json!([complete(root, &schema["items"])]),
        "integer" => json!(1),
        "number" => json!(1.5),
        "boolean" => json!(true),
        "string" => match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => json!("2024-05-15T12:00:00Z"),
            Some("uri") => json!("ftp://host/file"),
            _ => json!("x"),
        },
        other => panic!("{other}"),
    }
}

/// Everything that can be wrong below a place of a good payload.
fn violations(root: &Value, schema: &Value, good: &Value, pointer: &str, bad: &mut Vec<Bad>) {
    let schema = resolve(root, schema);
    let here = good.pointer(pointer).unwrap();
    let mut put = |what, value: Value, code| {
        let mut payload = good.clone();
        *payload.pointer_mut(pointer).unwrap() = value;
        bad.push((pointer.to_string(), what, payload, code));
    };
    // The payload as a whole must be an object: that is a matter of the frame.
    if !pointer.is_empty() {
        put("null", Value::Null, TYPE);
        for (what, other) in [
            ("a number", json!(7.25)),
            ("a text", json!("x")),
            ("a flag", json!(true)),
            ("a list", json!([])),
            ("an object", json!({})),
        ] {
            let same = core::mem::discriminant(&other) == core::mem::discriminant(here);
            if !same {
                put(what, other, TYPE);
            }
        }
    }
    if schema["type"] == "integer" {
        put("a fraction", json!(1.5), TYPE);
    }
    if schema.get("enum").is_some() {
        put("an unknown value", json!("Nonsense"), PROPERTY);
        put("an empty value", json!(""), PROPERTY);
    }
    if let Some(max) = schema.get("maxLength").and_then(Value::as_u64) {
        let text = "ä".repeat(usize::try_from(max).unwrap() + 1);
        put("too long", json!(text), PROPERTY);
    }
    if schema["format"] == "date-time" {
        for time in [
            "yesterday",
            "2024-02-30T00:00:00Z",
            "2024-05-15",
            "1715774400",
            "",
        ] {
            put("no time", json!(time), PROPERTY);
        }
    }
    if schema.get("minItems").and_then(Value::as_u64) > Some(0) {
        put("too few", json!([]), OCCURRENCE);
    }
    if let Some(max) = schema.get("maxItems").and_then(Value::as_u64) {
        let many = vec![here[0].clone(); usize::try_from(max).unwrap() + 1];
        put("too many", json!(many), OCCURRENCE);
    }
    if let Some(members) = schema.get("properties").and_then(Value::as_object) {
        let mut more = here.clone();
        more["nonsense"] = json!(1);
        put("an unknown member", more, FORMATION);
        for name in schema["required"].as_array().into_iter().flatten() {
            let mut less = here.clone();
            less.as_object_mut().unwrap().remove(name.as_str().unwrap());
            put("a member missing", less, OCCURRENCE);
        }
        for (name, schema) in members {
            violations(root, schema, good, &format!("{pointer}/{name}"), bad);
        }
    }
    if let Some(items) = schema.get("items") {
        violations(root, items, good, &format!("{pointer}/0"), bad);
    }
}

/// A station in the middle of everything: a transaction, a reservation, a list, a profile.
fn busy() -> Bench {
    let mut config = StationConfig::builder(Version::V1_6, "Vendor", "Model")
        .serial_number("CP-1")
        .data_transfer("x", &[])
        .features(|features| features.unsigned_firmware = true);
    for _ in 0..3 {
        config = config.evse(EvseConfig::default());
    }
    let mut bench = Bench::new(config.build().unwrap(), friendly_v1_6());
    bench.start();
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    let until = bench.utc_in(3600);
    for (action, payload) in [
        (
            "ReserveNow",
            json!({"connectorId": 2, "expiryDate": until, "idTag": "TAG2", "reservationId": 1}),
        ),
        (
            "SendLocalList",
            json!({"listVersion": 1, "updateType": "Full", "localAuthorizationList": [
                {"idTag": "TAG3", "idTagInfo": {"status": "Accepted"}}
            ]}),
        ),
        (
            "SetChargingProfile",
            json!({"connectorId": 0, "csChargingProfiles": {
                "chargingProfileId": 1, "stackLevel": 0, "chargingProfileKind": "Absolute",
                "chargingProfilePurpose": "TxDefaultProfile", "chargingSchedule": {
                    "chargingRateUnit": "A", "startSchedule": "2024-05-15T00:00:00Z",
                    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10}]
                }
            }}),
        ),
    ] {
        let answer = bench.call(action, payload).unwrap().unwrap();
        assert_eq!(answer["status"], "Accepted", "{action}");
    }
    bench.run(1);
    bench.all_calls();
    bench.outputs.clear();
    bench
}

#[test]
fn every_violation_of_a_schema_is_refused_with_its_code_and_changes_nothing() {
    let mut bench = busy();
    let state = bench.station.state();
    let records = bench.stored.clone();
    let mut count = 0;
    for action in ACTIONS {
        let schema = schema(action);
        let good = complete(&schema, &schema);
        let mut bad = Vec::new();
        violations(&schema, &schema, &good, "", &mut bad);
        assert!(!bad.is_empty(), "{action}");
        for (pointer, what, payload, code) in bad {
            let context = format!("{action} {pointer}: {what}");
            let answer = bench.call(action, payload);
            assert_eq!(answer, Some(Err(code.to_string())), "{context}");
            assert_eq!(bench.stored, records, "{context}");
            assert_eq!(bench.station.state(), state, "{context}");
            assert!(bench.all_calls().is_empty(), "{context}");
            bench
                .outputs
                .retain(|output| !matches!(output, ocpp_core::station::Output::Seen(_)));
            assert!(bench.outputs.is_empty(), "{context}: {:?}", bench.outputs);
            count += 1;
        }
    }
    assert!(count > 600, "{count} violations");
}

#[test]
fn what_is_not_a_call_at_all_changes_nothing_and_does_no_harm() {
    let mut bench = busy();
    let state = bench.station.state();
    let records = bench.stored.clone();
    for text in [
        "",
        "x",
        "{}",
        "[]",
        "[2]",
        "[2,\"id\"]",
        "[2,\"id\",\"Reset\"]",
        "[2,\"id\",\"Reset\",[]]",
        "[2,\"id\",\"Reset\",{}",
        "[2,7,\"Reset\",{\"type\":\"Hard\"}]",
        "[3,\"nobody\",{}]",
        "[4,\"nobody\",\"GenericError\",\"\",{}]",
        "[9,\"id\",\"Reset\",{\"type\":\"Hard\"}]",
        "[2,\"id\",\"Nonsense\",{}]",
        "[2,\"id\",\"Heartbeat\",{}]",
    ] {
        bench.input(ocpp_core::station::Input::Received(text.into()));
        assert_eq!(bench.station.state(), state, "{text}");
        assert_eq!(bench.stored, records, "{text}");
        assert!(bench.all_calls().is_empty(), "{text}");
    }
    let answer = bench.call("ClearCache", json!({})).unwrap().unwrap();
    assert_eq!(answer["status"], "Accepted", "and the station goes on");
}

#[test]
fn absurd_values_are_refused_as_the_specification_says() {
    let mut bench = busy();
    let records = bench.stored.clone();
    let past = "2000-01-01T00:00:00Z";
    let huge = i64::from(i32::MAX);
    let profile = |id: i64, level: i64, periods: Value| {
        json!({"connectorId": 1, "csChargingProfiles": {
            "chargingProfileId": id, "stackLevel": level, "chargingProfileKind": "Relative",
            "chargingProfilePurpose": "TxDefaultProfile", "chargingSchedule": {
                "chargingRateUnit": "A", "chargingSchedulePeriod": periods
            }
        }})
    };
    let period = json!({"startPeriod": 0, "limit": 6});
    let many: Vec<Value> = (0..1000)
        .map(|at| json!({"startPeriod": at, "limit": 6}))
        .collect();
    let list = |count: usize| -> Vec<Value> {
        let entry = |at| json!({"idTag": format!("T{at}"), "idTagInfo": {"status": "Accepted"}});
        (0..count).map(entry).collect()
    };
    let keys: Vec<String> = (0..101).map(|at| format!("Key{at}")).collect();
    for (action, payload, expected) in [
        (
            "ReserveNow",
            json!({"connectorId": 99, "expiryDate": past, "idTag": "T", "reservationId": 9}),
            "Rejected",
        ),
        (
            "ReserveNow",
            json!({"connectorId": -1, "expiryDate": past, "idTag": "T", "reservationId": 9}),
            "Rejected",
        ),
        (
            "CancelReservation",
            json!({"reservationId": huge}),
            "Rejected",
        ),
        (
            "RemoteStartTransaction",
            json!({"connectorId": huge, "idTag": "T"}),
            "Rejected",
        ),
        (
            "RemoteStopTransaction",
            json!({"transactionId": -huge}),
            "Rejected",
        ),
        (
            "ChangeAvailability",
            json!({"connectorId": huge, "type": "Inoperative"}),
            "Rejected",
        ),
        (
            "UnlockConnector",
            json!({"connectorId": huge}),
            "NotSupported",
        ),
        (
            "GetCompositeSchedule",
            json!({"connectorId": huge, "duration": huge}),
            "Rejected",
        ),
        (
            "SetChargingProfile",
            profile(2, huge, json!([period])),
            "Rejected",
        ),
        (
            "SetChargingProfile",
            profile(2, -1, json!([period])),
            "Rejected",
        ),
        ("SetChargingProfile", profile(2, 1, json!(many)), "Rejected"),
        (
            "SetChargingProfile",
            profile(2, 1, json!([{"startPeriod": 5, "limit": 6}])),
            "Rejected",
        ),
        ("ClearChargingProfile", json!({"id": huge}), "Unknown"),
        (
            "SendLocalList",
            json!({"listVersion": -1, "updateType": "Full"}),
            "Failed",
        ),
        (
            "SendLocalList",
            json!({"listVersion": 2, "updateType": "Full", "localAuthorizationList": list(101)}),
            "Failed",
        ),
        (
            "ChangeConfiguration",
            json!({"key": "HeartbeatInterval", "value": "-1"}),
            "Rejected",
        ),
        (
            "ChangeConfiguration",
            json!({"key": "HeartbeatInterval", "value": "99999999999999999999"}),
            "Rejected",
        ),
        (
            "ChangeConfiguration",
            json!({"key": "WebSocketPingInterval", "value": "-5"}),
            "Rejected",
        ),
        (
            "ChangeConfiguration",
            json!({"key": "NumberOfConnectors", "value": "7"}),
            "Rejected",
        ),
        (
            "ChangeConfiguration",
            json!({"key": "Nonsense", "value": "1"}),
            "NotSupported",
        ),
        (
            "TriggerMessage",
            json!({"requestedMessage": "StatusNotification", "connectorId": huge}),
            "Rejected",
        ),
        (
            "DataTransfer",
            json!({"vendorId": "nobody"}),
            "UnknownVendorId",
        ),
        (
            "CertificateSigned",
            json!({"certificateChain": "garbage"}),
            "Rejected",
        ),
        (
            "InstallCertificate",
            json!({"certificateType": "CentralSystemRootCertificate", "certificate": "garbage"}),
            "Rejected",
        ),
    ] {
        let context = format!("{action} {payload}");
        let context: String = context.chars().take(200).collect();
        let answer = bench.call(action, payload).unwrap_or(Err("nothing".into()));
        let status = answer.map(|answer| answer["status"].as_str().unwrap().to_string());
        assert_eq!(status, Ok(expected.to_string()), "{context}");
        assert_eq!(bench.stored, records, "{context}");
    }
    let answer = bench.call("GetConfiguration", json!({"key": keys}));
    assert_eq!(answer, Some(Err(OCCURRENCE.to_string())));
}
