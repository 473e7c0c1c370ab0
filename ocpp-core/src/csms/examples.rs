//! A request of each action that a station may send, for tests.

use alloc::vec::Vec;

use serde_json::{Value, json};

const TIME: &str = "2024-05-15T12:00:00Z";

/// 1.6.
pub(super) fn of_1_6() -> Vec<(&'static str, Value)> {
    let time = TIME;
    let meter = json!([{"timestamp": time, "sampledValue": [{"value": "1"}]}]);
    Vec::from([
        ("Authorize", json!({"idTag": "A1"})),
        (
            "BootNotification",
            json!({"chargePointVendor": "V", "chargePointModel": "M"}),
        ),
        ("DataTransfer", json!({"vendorId": "V"})),
        ("DiagnosticsStatusNotification", json!({"status": "Idle"})),
        ("FirmwareStatusNotification", json!({"status": "Idle"})),
        ("LogStatusNotification", json!({"status": "Idle"})),
        (
            "MeterValues",
            json!({"connectorId": 1, "meterValue": meter}),
        ),
        (
            "SecurityEventNotification",
            json!({"type": "T", "timestamp": time}),
        ),
        ("SignCertificate", json!({"csr": "x"})),
        (
            "SignedFirmwareStatusNotification",
            json!({"status": "Idle"}),
        ),
        (
            "StartTransaction",
            json!({"connectorId": 1, "idTag": "A1", "meterStart": 0, "timestamp": time}),
        ),
        (
            "StatusNotification",
            json!({"connectorId": 1, "errorCode": "NoError", "status": "Available"}),
        ),
        (
            "StopTransaction",
            json!({"transactionId": 1, "meterStop": 0, "timestamp": time}),
        ),
    ])
}

/// 2.0.1; 2.1 has them too.
pub(super) fn of_2_0_1() -> Vec<(&'static str, Value)> {
    let time = TIME;
    let token = json!({"idToken": "A1", "type": "ISO14443"});
    let hash = json!({"hashAlgorithm": "SHA256", "issuerNameHash": "00", "issuerKeyHash": "00",
                      "serialNumber": "00", "responderURL": "http://example.com"});
    let meter_2 = json!([{"timestamp": time, "sampledValue": [{"value": 1}]}]);
    let schedule = json!({"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}]});
    let profile = json!({"id": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
                         "chargingProfileKind": "Absolute", "chargingSchedule": [schedule]});
    let transaction = json!({"eventType": "Started", "timestamp": time, "triggerReason": "Authorized",
        "seqNo": 0, "transactionInfo": {"transactionId": "1"}, "idToken": token});
    Vec::from([
        ("Authorize", json!({"idToken": token})),
        (
            "BootNotification",
            json!({"chargingStation": {"vendorName": "V", "model": "M"}, "reason": "PowerUp"}),
        ),
        (
            "ClearedChargingLimit",
            json!({"chargingLimitSource": "EMS"}),
        ),
        ("DataTransfer", json!({"vendorId": "V"})),
        ("FirmwareStatusNotification", json!({"status": "Idle"})),
        (
            "Get15118EVCertificate",
            json!({"iso15118SchemaVersion": "v", "action": "Install", "exiRequest": ""}),
        ),
        ("GetCertificateStatus", json!({"ocspRequestData": hash})),
        ("LogStatusNotification", json!({"status": "Idle"})),
        ("MeterValues", json!({"evseId": 1, "meterValue": meter_2})),
        (
            "NotifyChargingLimit",
            json!({"chargingLimit": {"chargingLimitSource": "EMS"}}),
        ),
        (
            "NotifyCustomerInformation",
            json!({"data": "", "seqNo": 0, "generatedAt": time, "requestId": 1}),
        ),
        ("NotifyDisplayMessages", json!({"requestId": 1})),
        (
            "NotifyEVChargingNeeds",
            json!({"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "DC"}}),
        ),
        (
            "NotifyEVChargingSchedule",
            json!({"timeBase": time, "evseId": 1, "chargingSchedule": schedule}),
        ),
        (
            "NotifyEvent",
            json!({"generatedAt": time, "seqNo": 0, "eventData": [{"eventId": 1,
            "timestamp": time, "trigger": "Alerting", "actualValue": "1", "eventNotificationType":
            "HardWiredNotification", "component": {"name": "C"}, "variable": {"name": "V"}}]}),
        ),
        (
            "NotifyMonitoringReport",
            json!({"requestId": 1, "seqNo": 0, "generatedAt": time}),
        ),
        (
            "NotifyReport",
            json!({"requestId": 1, "generatedAt": time, "seqNo": 0}),
        ),
        (
            "PublishFirmwareStatusNotification",
            json!({"status": "Idle"}),
        ),
        (
            "ReportChargingProfiles",
            json!({"requestId": 1, "chargingLimitSource": "CSO", "evseId": 1,
                                          "chargingProfile": [profile]}),
        ),
        (
            "ReservationStatusUpdate",
            json!({"reservationId": 1, "reservationUpdateStatus": "Expired"}),
        ),
        (
            "SecurityEventNotification",
            json!({"type": "T", "timestamp": time}),
        ),
        ("SignCertificate", json!({"csr": "x"})),
        (
            "StatusNotification",
            json!({"timestamp": time, "connectorStatus": "Available", "evseId": 1, "connectorId": 1}),
        ),
        ("TransactionEvent", transaction),
    ])
}

/// 2.1.
pub(super) fn of_2_1() -> Vec<(&'static str, Value)> {
    let time = TIME;
    let token = json!({"idToken": "A1", "type": "ISO14443"});
    let mut more = of_2_0_1();
    more.extend([
        ("BatterySwap", json!({"requestId": 1, "eventType": "BatteryIn", "idToken": token, "batteryData":
            [{"evseId": 1, "serialNumber": "S", "soC": 50, "soH": 90}]})),
        ("ClosePeriodicEventStream", json!({"id": 1})),
        ("GetCertificateChainStatus", json!({"certificateStatusRequests": [{"certificateHashData":
            {"hashAlgorithm": "SHA256", "issuerNameHash": "00", "issuerKeyHash": "00", "serialNumber": "00"},
            "source": "OCSP", "urls": ["http://example.com"]}]})),
        ("NotifyDERAlarm", json!({"controlType": "FreqDroop", "timestamp": time})),
        ("NotifyDERStartStop", json!({"controlId": "c", "started": true, "timestamp": time})),
        ("NotifyPriorityCharging", json!({"transactionId": "1", "activated": true})),
        ("NotifySettlement", json!({"pspRef": "p", "status": "Settled", "settlementAmount": 1, "settlementTime": time})),
        ("OpenPeriodicEventStream", json!({"constantStreamData": {"id": 1, "variableMonitoringId": 1,
            "params": {}}})),
        ("PullDynamicScheduleUpdate", json!({"chargingProfileId": 1})),
        ("ReportDERControl", json!({"requestId": 1})),
        ("VatNumberValidation", json!({"vatNumber": "NL1"})),
    ]);
    more
}
