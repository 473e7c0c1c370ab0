//! What lenient decoding repairs, and what it refuses.

#![allow(clippy::unwrap_used, clippy::panic)]

use ocpp_types::{Enumeration, Payload, Violation, v1_6, v2_0_1};

fn lenient<T: Payload>(json: &str) -> (T, Vec<(String, Violation, String)>) {
    assert!(T::decode(json).is_err(), "strict decoding accepts {json}");
    let decoded = T::decode_lenient(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    let deviations = decoded
        .deviations
        .into_iter()
        .map(|d| (d.pointer, d.violation, d.found));
    (decoded.value, deviations.collect())
}

fn meter_values(sampled_value: &str) -> String {
    format!(
        r#"{{"connectorId":1,"meterValue":[{{"timestamp":"2024-05-15T12:00:00Z","sampledValue":[{sampled_value}]}}]}}"#
    )
}

#[test]
fn an_unknown_value_is_kept_and_cannot_be_sent() {
    let (decoded, deviations) =
        lenient::<v1_6::MeterValuesRequest>(&meter_values(r#"{"value":"50.01","unit":"Hz"}"#));
    let unit = decoded.meter_value[0].sampled_value[0]
        .unit
        .as_ref()
        .unwrap();
    assert!(unit.is_unknown());
    assert_eq!(unit.as_str(), "Hz");
    let pointer = "/meterValue/0/sampledValue/0/unit";
    assert_eq!(
        deviations,
        [(pointer.into(), Violation::Property, "\"Hz\"".into())]
    );
    assert!(decoded.encode().is_err());
}

#[test]
fn an_unknown_value_in_a_required_member_leaves_the_message_usable() {
    let (decoded, _) = lenient::<v1_6::StatusNotificationRequest>(
        r#"{"connectorId":1,"errorCode":"Error","status":"Available"}"#,
    );
    assert_eq!(decoded.error_code.as_str(), "Error");
    assert_eq!(decoded.status, v1_6::ChargePointStatus::Available);
}

#[test]
fn one_message_with_everything_wrong_that_can_be_repaired() {
    let json = r#"{
        "connectorId": "1",
        "idTag": "0123456789012345678901234",
        "meterStart": 26008.333,
        "reservationId": null,
        "timestamp": "2024-05-15 14:00:00.1234567+02",
        "vendorExtra": {"a": [1, 2]}
    }"#;
    let (decoded, deviations) = lenient::<v1_6::StartTransactionRequest>(json);
    assert_eq!(decoded.connector_id, 1);
    assert_eq!(decoded.id_tag, "0123456789012345678901234");
    assert!(decoded.id_tag.is_too_long());
    assert_eq!(decoded.meter_start, 26008);
    assert_eq!(decoded.reservation_id, None);
    assert_eq!(decoded.timestamp.to_string(), "2024-05-15T12:00:00.123Z");
    let pointers: Vec<_> = deviations
        .iter()
        .map(|(pointer, ..)| pointer.as_str())
        .collect();
    assert_eq!(
        pointers,
        [
            "/connectorId",
            "/idTag",
            "/meterStart",
            "/reservationId",
            "/timestamp",
            "/vendorExtra"
        ]
    );
    assert_eq!(deviations[5].2, r#"{"a": [1, 2]}"#);
    assert!(
        decoded.encode().is_err(),
        "an over-long idTag must not be sent"
    );
}

#[test]
fn spellings_of_known_values() {
    let (decoded, _) = lenient::<v1_6::MeterValuesRequest>(&meter_values(
        r#"{"value":21.5,"unit":"celsius","measurand":"temperature","phase":"L1-n"}"#,
    ));
    let sampled = &decoded.meter_value[0].sampled_value[0];
    assert_eq!(sampled.value, "21.5");
    assert_eq!(sampled.unit, Some(v1_6::UnitOfMeasure::Celsius));
    assert_eq!(sampled.measurand, Some(v1_6::Measurand::Temperature));
    assert_eq!(sampled.phase, Some(v1_6::Phase::L1N));
}

#[test]
fn date_times_of_real_equipment() {
    for (received, read) in [
        ("2024-05-15T12:00:00", "2024-05-15T12:00:00Z"),
        ("2024-05-15T12:00:00.123", "2024-05-15T12:00:00.123Z"),
        ("2024-05-15 12:00:00Z", "2024-05-15T12:00:00Z"),
        ("2024-05-15T14:00:00+02", "2024-05-15T12:00:00Z"),
        ("2024-05-15T14:00:00+0200", "2024-05-15T12:00:00Z"),
        ("2024-05-15T12:00:00,5Z", "2024-05-15T12:00:00.500Z"),
        ("2024-05-15T12:00Z", "2024-05-15T12:00:00Z"),
        ("2024-05-15", "2024-05-15T00:00:00Z"),
    ] {
        let json = format!(r#"{{"currentTime":"{received}"}}"#);
        let (decoded, _) = lenient::<v1_6::HeartbeatResponse>(&json);
        assert_eq!(decoded.current_time.to_string(), read, "{received}");
    }
}

#[test]
fn an_empty_optional_date_time_is_absent_and_a_required_one_is_refused() {
    let (decoded, _) = lenient::<v1_6::AuthorizeResponse>(
        r#"{"idTagInfo":{"status":"Accepted","expiryDate":""}}"#,
    );
    assert_eq!(decoded.id_tag_info.expiry_date, None);
    let error = v1_6::HeartbeatResponse::decode_lenient(r#"{"currentTime":""}"#).unwrap_err();
    assert_eq!(error.issues()[0].pointer, "/currentTime");
}

#[test]
fn arrays_that_are_none_or_empty() {
    let (decoded, deviations) = lenient::<v2_0_1::StatusNotificationRequest>(
        r#"{"timestamp":"2024-05-15T12:00:00Z","connectorStatus":"Available","evseId":1,"connectorId":"1"}"#,
    );
    assert_eq!((decoded.connector_id, deviations.len()), (1, 1));
    let (decoded, deviations) = lenient::<v2_0_1::GetReportRequest>(
        r#"{"requestId":1,"componentVariable":[],"componentCriteria":"Active"}"#,
    );
    assert_eq!(decoded.component_variable, None);
    assert_eq!(decoded.component_criteria.unwrap().len(), 1);
    assert_eq!(deviations[0].1, Violation::Occurrence);
    assert_eq!(deviations[1].1, Violation::Type);
}

#[test]
fn limits_are_cut_down_never_up() {
    let json = r#"{"connectorId":1,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,
        "chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Absolute","chargingSchedule":{
        "chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":10.99}]}}}"#;
    let (decoded, _) = lenient::<v1_6::SetChargingProfileRequest>(json);
    let period = &decoded
        .cs_charging_profiles
        .charging_schedule
        .charging_schedule_period[0];
    assert_eq!(period.limit.to_string(), "10.9");
}

#[test]
fn what_cannot_be_repaired_is_refused_with_all_its_faults() {
    let error = v1_6::StartTransactionRequest::decode_lenient(
        r#"{"connectorId":{},"idTag":"A","timestamp":"yesterday"}"#,
    )
    .unwrap_err();
    let issues: Vec<_> = error
        .issues()
        .iter()
        .map(|issue| (issue.pointer.as_str(), issue.violation))
        .collect();
    assert_eq!(
        issues,
        [
            ("/connectorId", Violation::Type),
            ("/timestamp", Violation::Property),
            ("", Violation::Occurrence)
        ]
    );
}

#[test]
fn custom_data_survives_to_the_letter() {
    let json =
        r#"{"customData":{"vendorId":"com.example","deep":{"n":1.50,"e":1e400,"l":[null]}}}"#;
    let decoded = v2_0_1::HeartbeatRequest::decode(json).unwrap();
    assert_eq!(decoded.encode().unwrap(), json);
    let (decoded, deviations) = lenient::<v2_0_1::HeartbeatRequest>(
        r#"{"extra":1,"customData":{"vendorId":"com.example","n":1.50}}"#,
    );
    assert_eq!(deviations.len(), 1);
    assert_eq!(
        decoded.encode().unwrap(),
        r#"{"customData":{"vendorId":"com.example","n":1.50}}"#
    );
}

#[test]
fn a_right_message_has_no_deviations() {
    let decoded = v1_6::AuthorizeRequest::decode_lenient(r#"{"idTag":"04A2B3"}"#).unwrap();
    assert!(decoded.deviations.is_empty());
}

#[test]
fn hostile_texts_are_refused_without_harm() {
    let nested = "[".repeat(200_000);
    let long = format!(r#"{{"idTag":"{}"}}"#, "x".repeat(10_000_000));
    for text in [
        "",
        "null",
        "[]",
        "{",
        "\u{feff}{}",
        "{\"idTag\":\"\u{0}\"}",
        r#"{"idTag":"\ud800"}"#,
        r#"{"idTag":1e400}"#,
        r#"{"idTag":"a","idTag":"b"}"#,
        "{\"idTag\":99999999999999999999}",
        &nested,
        &long,
        &format!("{{\"idTag\":{nested}"),
    ] {
        let error = v1_6::AuthorizeRequest::decode(text).unwrap_err();
        assert!(!error.issues().is_empty());
        let _ = v1_6::AuthorizeRequest::decode_lenient(text);
    }
    let nested = format!(
        r#"{{"customData":{{"vendorId":"x","a":{}1{}}}}}"#,
        "[".repeat(500),
        "]".repeat(500)
    );
    let _ = v2_0_1::HeartbeatRequest::decode(&nested);
    let _ = v2_0_1::HeartbeatRequest::decode_lenient(&nested);
}
