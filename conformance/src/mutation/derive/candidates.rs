//! Values that may break the check of a member.

use serde_json::{Value, json};

/// Texts that members of messages can have: for a check of an enumeration it takes another one of its values, or the
/// schema would find out first.
const WORDS: &[&str] = &[
    "Rejected",
    "Accepted",
    "Scheduled",
    "Unavailable",
    "Available",
    "Occupied",
    "Faulted",
    "Ended",
    "Updated",
    "Started",
    "EVDeparted",
    "CablePluggedIn",
    "RemoteStop",
    "Charging",
    "Idle",
    "SuspendedEV",
    "EVConnected",
    "PowerLoss",
    "Remote",
    "PowerUp",
    "Watchdog",
    "Target",
    "MinSet",
    "UnknownComponent",
    "UnknownVariable",
    "NotSupported",
    "NotImplemented",
    "UnknownVendorId",
    "Other",
    "Transaction.End",
    "Sample.Periodic",
    "Voltage",
    "KeyCode",
    "V2GCertificate",
    "ReadOnly",
    "ReadWrite",
    "decimal",
    "string",
    "Soft",
    "Hard",
    "Inoperative",
    "Operative",
    "Differential",
    "Full",
    "Heartbeat",
    "TxProfile",
    "TxDefaultProfile",
    "Absolute",
    "Recurring",
    "DiagnosticsLog",
    "SecurityLog",
    "CentralSystemRootCertificate",
    "ManufacturerRootCertificate",
    "SHA256",
    "SHA384",
    "Daily",
    "Immediate",
    "OnIdle",
    "ConfigurationInventory",
    "FullInventory",
    "Active",
    "OCPP16",
    "SOAP",
    "Wired1",
    "MeterValues",
    "wInductive",
    "HardWiredOnly",
    "FactoryDefault",
    "DeltaMonitoring",
    "ThresholdMonitoring",
    "UpperThreshold",
    "InFront",
    "NormalCycle",
    "ASCII",
    "CSO",
    "Relative",
    "Central",
    "CSMSRootCertificate",
    "V2GRootCertificate",
    "V2GCertificateChain",
    "A",
    "W",
    "1",
    "Something else",
    "2001-01-01T00:00:00Z",
];

pub(super) fn candidates(now: Option<&Value>) -> Vec<Option<Value>> {
    let words = || WORDS.iter().map(|word| Some(json!(word)));
    let numbers = || [7, 1, 0, 999_999].map(|number| Some(json!(number)));
    let flags = || [true, false].map(|flag| Some(json!(flag)));
    let mut all: Vec<Option<Value>> = Vec::new();
    match now {
        Some(Value::Number(_)) => all.extend(numbers()),
        Some(Value::Bool(_)) => all.extend(flags()),
        Some(Value::Array(items)) => {
            let fewer = items.get(1..).unwrap_or_default();
            all.push(Some(json!(fewer)));
            all.push(Some(json!([])));
            let many: Vec<&Value> = (0..5).flat_map(|_| items).collect();
            all.push(Some(json!(many)));
            let allowed: Vec<Value> = items.iter().cloned().map(allowed).collect();
            all.push(Some(json!(allowed)));
        }
        Some(Value::Object(members)) => {
            let without = |name: &String| {
                let mut fewer = members.clone();
                fewer.remove(name);
                Some(Value::Object(fewer))
            };
            all.extend(members.keys().map(without));
            all.push(Some(json!({"customData": {"vendorId": "Somebody"}})));
        }
        Some(_) => all.extend(words()),
        None => {
            all.extend(words());
            all.extend(numbers());
            all.extend(flags());
            all.push(Some(
                json!([{"timestamp": "2001-01-01T00:00:00Z", "sampledValue": [{"value": 1}]}]),
            ));
            all.push(Some(json!({"idToken": "SOMEBODY", "type": "Central"})));
            all.push(Some(json!({"reasonCode": "Other"})));
            all.push(Some(json!({"status": "Accepted"})));
            all.push(Some(json!({"idTag": "SOMEBODY"})));
            all.push(Some(json!(["Something else"])));
            all.push(Some(json!({"id": 1})));
            all.push(Some(json!({"stackLevel": 3})));
            all.push(Some(json!([1])));
            all.push(Some(json!(["Other"])));
            all.push(Some(json!(["PeriodicMonitoring"])));
            all.push(Some(json!(["ManufacturerRootCertificate"])));
            all.push(Some(
                json!([{"idToken": {"idToken": "SOMEBODY", "type": "Central"}}]),
            ));
            all.push(Some(json!([{"component": {"name": "Something else"}}])));
            all.push(Some(json!({
                "hashAlgorithm": "SHA256", "issuerNameHash": "00", "issuerKeyHash": "00",
                "serialNumber": "1",
            })));
            all.push(Some(json!({
                "evseId": 1, "duration": 300, "scheduleStart": "2001-01-01T00:00:00Z",
                "chargingRateUnit": "W",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6_000}],
            })));
            all.push(Some(json!([{
                "certificateType": "MORootCertificate",
                "certificateHashData": {
                    "hashAlgorithm": "SHA256", "issuerNameHash": "00", "issuerKeyHash": "00",
                    "serialNumber": "1",
                },
            }])));
        }
    }
    all.push(None);
    all
}

/// An entry of a list of tokens that lets its token charge.
fn allowed(mut entry: Value) -> Value {
    if let Some(members) = entry.as_object_mut() {
        members.insert("idTokenInfo".to_owned(), json!({"status": "Accepted"}));
    }
    entry
}
