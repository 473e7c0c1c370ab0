//! What a CSMS wants on a walk.

/// The requests of a CSMS, with numbers to vary: `$n` is a small one, `$t` a time, `$s` a text, `$p` points at which
/// transactions begin or end, `$b` true or false, `$x` the id of a transaction that runs.
pub(super) const CALLS_1_6: &[(&str, &str)] = &[
    ("CancelReservation", r#"{"reservationId":"$n"}"#),
    (
        "ChangeAvailability",
        r#"{"connectorId":"$n","type":"Inoperative"}"#,
    ),
    (
        "ChangeAvailability",
        r#"{"connectorId":"$n","type":"Operative"}"#,
    ),
    (
        "ChangeConfiguration",
        r#"{"key":"HeartbeatInterval","value":"$s"}"#,
    ),
    (
        "ChangeConfiguration",
        r#"{"key":"ConnectionTimeOut","value":"$s"}"#,
    ),
    (
        "ChangeConfiguration",
        r#"{"key":"MeterValueSampleInterval","value":"$s"}"#,
    ),
    (
        "ChangeConfiguration",
        r#"{"key":"ClockAlignedDataInterval","value":"$s"}"#,
    ),
    (
        "ChangeConfiguration",
        r#"{"key":"StopTransactionOnEVSideDisconnect","value":"false"}"#,
    ),
    (
        "ChangeConfiguration",
        r#"{"key":"LocalPreAuthorize","value":"true"}"#,
    ),
    ("ClearCache", "{}"),
    ("ClearChargingProfile", r#"{"id":"$n"}"#),
    ("DataTransfer", r#"{"vendorId":"$s"}"#),
    (
        "ExtendedTriggerMessage",
        r#"{"requestedMessage":"MeterValues"}"#,
    ),
    (
        "GetCompositeSchedule",
        r#"{"connectorId":"$n","duration":"$n"}"#,
    ),
    ("GetConfiguration", "{}"),
    ("GetDiagnostics", r#"{"location":"http://files/"}"#),
    ("GetLocalListVersion", "{}"),
    (
        "GetLog",
        r#"{"logType":"SecurityLog","requestId":"$n","log":{"remoteLocation":"ftp://files/"}}"#,
    ),
    (
        "RemoteStartTransaction",
        r#"{"idTag":"TAG1","connectorId":"$n"}"#,
    ),
    ("RemoteStartTransaction", r#"{"idTag":"TAG2"}"#),
    ("RemoteStopTransaction", r#"{"transactionId":"$i"}"#),
    (
        "ReserveNow",
        r#"{"connectorId":"$n","expiryDate":"$t","idTag":"TAG1","reservationId":"$n"}"#,
    ),
    ("Reset", r#"{"type":"Hard"}"#),
    ("Reset", r#"{"type":"Soft"}"#),
    (
        "SendLocalList",
        r#"{"listVersion":"$n","updateType":"Full","localAuthorizationList":[{"idTag":"TAG1","idTagInfo":{"status":"Blocked"}}]}"#,
    ),
    (
        "SetChargingProfile",
        r#"{"connectorId":"$n","csChargingProfiles":{"chargingProfileId":"$n","stackLevel":"$n","chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":"$n"},{"startPeriod":30,"limit":6.0}]}}}"#,
    ),
    (
        "SetChargingProfile",
        r#"{"connectorId":0,"csChargingProfiles":{"chargingProfileId":"$n","stackLevel":0,"chargingProfilePurpose":"ChargePointMaxProfile","chargingProfileKind":"Absolute","chargingSchedule":{"startSchedule":"$t","duration":600,"chargingRateUnit":"W","chargingSchedulePeriod":[{"startPeriod":0,"limit":"$i"}]}}}"#,
    ),
    (
        "TriggerMessage",
        r#"{"requestedMessage":"StatusNotification","connectorId":"$n"}"#,
    ),
    (
        "TriggerMessage",
        r#"{"requestedMessage":"BootNotification"}"#,
    ),
    ("UnlockConnector", r#"{"connectorId":"$n"}"#),
    (
        "UpdateFirmware",
        r#"{"location":"http://files/firmware","retrieveDate":"$t"}"#,
    ),
];

/// The same of 2.0.1.
pub(super) const CALLS_2_0_1: &[(&str, &str)] = &[
    (
        "ChangeAvailability",
        r#"{"operationalStatus":"Inoperative","evse":{"id":"$n"}}"#,
    ),
    ("ChangeAvailability", r#"{"operationalStatus":"Operative"}"#),
    ("ClearCache", "{}"),
    ("ClearChargingProfile", r#"{"chargingProfileId":"$n"}"#),
    (
        "GetBaseReport",
        r#"{"requestId":"$n","reportBase":"FullInventory"}"#,
    ),
    ("GetTransactionStatus", "{}"),
    (
        "RequestStartTransaction",
        r#"{"remoteStartId":"$n","idToken":{"idToken":"TAG1","type":"ISO14443"},"evseId":"$n"}"#,
    ),
    (
        "RequestStartTransaction",
        r#"{"remoteStartId":"$n","idToken":{"idToken":"4711","type":"Central"},"evseId":1}"#,
    ),
    ("RequestStopTransaction", r#"{"transactionId":"$s"}"#),
    ("RequestStopTransaction", r#"{"transactionId":"$x"}"#),
    ("Reset", r#"{"type":"Immediate"}"#),
    ("Reset", r#"{"type":"OnIdle"}"#),
    (
        "SendLocalList",
        r#"{"versionNumber":"$n","updateType":"Full","localAuthorizationList":[{"idToken":{"idToken":"TAG1","type":"ISO14443"},"idTokenInfo":{"status":"Blocked"}}]}"#,
    ),
    (
        "SetChargingProfile",
        r#"{"evseId":"$n","chargingProfile":{"id":"$n","stackLevel":"$n","chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":"$n"},{"startPeriod":30,"limit":6.0}]}]}}"#,
    ),
    (
        "SetChargingProfile",
        r#"{"evseId":0,"chargingProfile":{"id":"$n","stackLevel":0,"chargingProfilePurpose":"ChargingStationMaxProfile","chargingProfileKind":"Absolute","chargingSchedule":[{"id":1,"startSchedule":"$t","duration":600,"chargingRateUnit":"W","chargingSchedulePeriod":[{"startPeriod":0,"limit":"$i"}]}]}}"#,
    ),
    (
        "SetVariables",
        r#"{"setVariableData":[{"attributeValue":"$s","component":{"name":"SampledDataCtrlr"},"variable":{"name":"TxUpdatedInterval"}}]}"#,
    ),
    (
        "SetVariables",
        r#"{"setVariableData":[{"attributeValue":"$p","component":{"name":"TxCtrlr"},"variable":{"name":"TxStopPoint"}}]}"#,
    ),
    (
        "SetVariables",
        r#"{"setVariableData":[{"attributeValue":"$p","component":{"name":"TxCtrlr"},"variable":{"name":"TxStartPoint"}}]}"#,
    ),
    (
        "SetVariables",
        r#"{"setVariableData":[{"attributeValue":"$b","component":{"name":"TxCtrlr"},"variable":{"name":"StopTxOnEVSideDisconnect"}}]}"#,
    ),
    (
        "SetVariables",
        r#"{"setVariableData":[{"attributeValue":"$b","component":{"name":"OCPPCommCtrlr"},"variable":{"name":"UnlockOnEVSideDisconnect"}}]}"#,
    ),
    (
        "SetVariables",
        r#"{"setVariableData":[{"attributeValue":"$b","component":{"name":"AuthCtrlr"},"variable":{"name":"OfflineTxForUnknownIdEnabled"}}]}"#,
    ),
    ("TriggerMessage", r#"{"requestedMessage":"MeterValues"}"#),
    ("UnlockConnector", r#"{"evseId":"$n","connectorId":1}"#),
];
