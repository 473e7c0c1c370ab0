//! What lenient decoding repairs, and what it refuses.

#![allow(clippy::unwrap_used, clippy::panic)]

use ocpp_types::{Enumeration, Kept, Payload, Violation, decode, v1_6, v2_0_1, v2_1};

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

/// Pointer and what became of it, of every deviation.
fn became(deviations: &ocpp_types::Deviations) -> Vec<(&str, Option<&str>)> {
    let list = deviations.iter();
    list.map(|d| (d.pointer.as_str(), d.became.as_deref()))
        .collect()
}

/// Decodes leniently what strict decoding refuses: the JSON that results, and what became of the deviations.
fn repaired<T: Payload>(json: &str) -> (String, Vec<(String, Option<String>)>) {
    assert!(T::decode(json).is_err(), "strict decoding accepts {json}");
    let decoded = T::decode_lenient(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    let list = became(&decoded.deviations).into_iter();
    let list = list.map(|(pointer, became)| (pointer.to_owned(), became.map(str::to_owned)));
    (decoded.value.encode().unwrap_or_default(), list.collect())
}

/// Why lenient decoding refuses a payload, and where.
fn refused<T: Payload + std::fmt::Debug>(json: &str) -> Vec<(String, Kept)> {
    let error = T::decode_lenient(json).unwrap_err();
    assert_eq!(error.issues().len(), error.kept().len());
    let issues = error.issues().iter().zip(error.kept());
    issues
        .map(|(issue, kept)| (issue.pointer.clone(), *kept))
        .collect()
}

#[test]
fn what_real_stations_send_loses_no_message() {
    // The alliance's own schema asks for no sampled value.
    let json = r#"{"meterStop":792981,"timestamp":"2024-05-15T12:00:00Z","transactionId":7,"transactionData":[{"sampledValue":[],"timestamp":"2024-05-15T12:00:00Z"}]}"#;
    let decoded = v1_6::StopTransactionRequest::decode_lenient(json).unwrap();
    let pointer = "/transactionData/0/sampledValue";
    assert_eq!(became(&decoded.deviations), [(pointer, Some("[]"))]);
    let data = decoded.value.transaction_data.as_ref().unwrap();
    assert!(data[0].sampled_value.is_too_short());
    assert_eq!(data[0].timestamp.to_string(), "2024-05-15T12:00:00Z");
    assert!(decoded.value.encode().is_err(), "it must not be sent on");
    let decoded =
        v1_6::MeterValuesRequest::decode_lenient(r#"{"connectorId":1,"meterValue":[]}"#).unwrap();
    assert!(decoded.value.meter_value.is_empty());

    let schedule = |periods: &str| {
        format!(
            r#"{{"connectorId":1,"csChargingProfiles":{{"chargingProfileId":1,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":{{"chargingRateUnit":"A","chargingSchedulePeriod":{periods}}}}}}}"#
        )
    };
    // Nor for a period; but one that is there is never left out.
    let decoded = v1_6::SetChargingProfileRequest::decode_lenient(&schedule("[]")).unwrap();
    let profile = &decoded.value.cs_charging_profiles;
    let periods = &profile.charging_schedule.charging_schedule_period;
    assert!(periods.is_empty() && periods.is_too_short());
    let wrong = schedule(r#"[5,{"startPeriod":0,"limit":6.0}]"#);
    let (pointer, kept) = refused::<v1_6::SetChargingProfileRequest>(&wrong).remove(0);
    let place = "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/0";
    assert_eq!((pointer.as_str(), kept), (place, Kept::Schedule));

    for (readonly, value) in [
        ("0", "false"),
        ("1", "true"),
        ("0.0", "false"),
        ("\"False\"", "false"),
        ("\"1\"", "true"),
        ("\"no\"", "false"),
        ("[true]", "true"),
    ] {
        let json = format!(r#"{{"configurationKey":[{{"key":"K","readonly":{readonly}}}]}}"#);
        let (encoded, _) = repaired::<v1_6::GetConfigurationResponse>(&json);
        let expected = format!(r#"{{"configurationKey":[{{"key":"K","readonly":{value}}}]}}"#);
        assert_eq!(encoded, expected);
    }

    for (data, text) in [
        (
            r#"{"StationMode":"paymentMode"}"#,
            r#""{\"StationMode\":\"paymentMode\"}""#,
        ),
        (r#"["a",1.50]"#, r#""[\"a\",1.50]""#),
        ("[7]", "\"[7]\""),
        ("7", "\"7\""),
    ] {
        let json = format!(r#"{{"vendorId":"v","messageId":"mode","data":{data}}}"#);
        let (encoded, list) = repaired::<v1_6::DataTransferRequest>(&json);
        let expected = format!(r#"{{"vendorId":"v","messageId":"mode","data":{text}}}"#);
        assert_eq!(encoded, expected);
        assert_eq!(list, [("/data".to_owned(), Some(text.to_owned()))]);
    }
}

#[test]
fn wrong_optional_members_go_and_units_stay() {
    let json = r#"{"customData":{},"evseId":1,"meterValue":[{"timestamp":"2024-05-15T12:00:00Z","customData":"x",
        "sampledValue":[{"value":5,"unitOfMeasure":"kWh"},{"value":7,"unitOfMeasure":{"unit":"Wh","customData":[]},"signedMeterValue":8}]}]}"#;
    let (encoded, list) = repaired::<v2_0_1::MeterValuesRequest>(json);
    assert_eq!(
        encoded,
        r#"{"evseId":1,"meterValue":[{"sampledValue":[{"value":5,"unitOfMeasure":{"unit":"kWh"}},{"value":7,"unitOfMeasure":{"unit":"Wh"}}],"timestamp":"2024-05-15T12:00:00Z"}]}"#
    );
    let value = "/meterValue/0/sampledValue";
    assert_eq!(
        list,
        [
            ("/customData".to_owned(), None),
            ("/meterValue/0/customData".to_owned(), None),
            (
                format!("{value}/0/unitOfMeasure"),
                Some(r#"{"unit":"kWh"}"#.to_owned())
            ),
            (format!("{value}/1/unitOfMeasure/customData"), None),
            (format!("{value}/1/signedMeterValue"), None),
        ]
    );
}

#[test]
fn a_wrong_element_goes_and_says_why() {
    let decoded = v1_6::GetConfigurationResponse::decode_lenient(
        r#"{"configurationKey":[{"key":"A","readonly":true},{"key":"B","readonly":"perhaps"},null,"C",{"key":"D","readonly":false}]}"#,
    )
    .unwrap();
    let keys = decoded.value.configuration_key.unwrap();
    let keys: Vec<_> = keys.iter().map(|key| key.key.as_str()).collect();
    assert_eq!(keys, ["A", "D"]);
    let said: Vec<_> = decoded.deviations.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            r#"/configurationKey/1: true or false at /readonly is wanted, found {"key":"B","readonly":"perhaps"}, left out"#,
            "/configurationKey/2: an object is wanted, found null, left out",
            r#"/configurationKey/3: an object is wanted, found "C", left out"#,
        ]
    );
}

#[test]
fn what_a_value_measures_goes_with_the_value_only() {
    // A sampled value whose measurand is lost would be taken for the energy register.
    let event = |values: &str| {
        format!(
            r#"{{"eventType":"Updated","timestamp":"2024-05-15T12:00:00Z","triggerReason":"MeterValuePeriodic","seqNo":3,"transactionInfo":{{"transactionId":"t"}},"meterValue":[{{"timestamp":"2024-05-15T12:00:00Z","sampledValue":{values}}}]}}"#
        )
    };
    let (encoded, list) = repaired::<v2_0_1::TransactionEventRequest>(&event(
        r#"[{"value":230,"measurand":{"is":"Voltage"}},{"value":16,"measurand":"Current.Import"}]"#,
    ));
    assert!(encoded.contains("Current.Import") && !encoded.contains("230"));
    assert_eq!(list, [("/meterValue/0/sampledValue/0".to_owned(), None)]);
    // Nothing is left of the list, then nothing of the element, then nothing of the optional list around it.
    let (encoded, list) =
        repaired::<v2_0_1::TransactionEventRequest>(&event(r#"[{"value":230,"measurand":{}}]"#));
    assert!(!encoded.contains("meterValue"));
    assert_eq!(list, [("/meterValue".to_owned(), None)]);
    // A number where the name of a measurand belongs is kept, as every unknown value is.
    let decoded = v2_0_1::TransactionEventRequest::decode_lenient(&event(
        r#"[{"value":230,"measurand":27}]"#,
    ))
    .unwrap();
    let values = decoded.value.meter_value.unwrap();
    let measurand = values[0].sampled_value[0].measurand.as_ref().unwrap();
    assert_eq!((measurand.is_unknown(), measurand.as_str()), (true, "27"));
}

#[test]
fn where_leaving_out_would_change_the_meaning_the_reason_is_named() {
    let one = |pointer: &str, kept: Kept| vec![(pointer.to_owned(), kept)];
    let profile = |period: &str| {
        format!(
            r#"{{"connectorId":1,"csChargingProfiles":{{"chargingProfileId":1,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Absolute","chargingSchedule":{{"chargingRateUnit":"A","chargingSchedulePeriod":[{{"startPeriod":0,"limit":16}},{period}]}}}}}}"#
        )
    };
    let periods = "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/1";
    for (period, pointer, kept) in [
        (r#"{"startPeriod":60,"limit":{}}"#, "/limit", Kept::Limit),
        (
            r#"{"startPeriod":60,"limit":6,"numberPhases":"all"}"#,
            "/numberPhases",
            Kept::Limit,
        ),
        (r#"{"startPeriod":60}"#, "", Kept::Schedule),
        ("null", "", Kept::Schedule),
    ] {
        let found = refused::<v1_6::SetChargingProfileRequest>(&profile(period));
        assert_eq!(found, one(&format!("{periods}{pointer}"), kept));
    }
    assert_eq!(
        refused::<v1_6::ClearChargingProfileRequest>(r#"{"id":{}}"#),
        one("/id", Kept::Identity)
    );
    assert_eq!(
        refused::<v1_6::RemoteStartTransactionRequest>(r#"{"idTag":"A","connectorId":1.5}"#),
        one("/connectorId", Kept::Identity)
    );
    assert_eq!(
        refused::<v1_6::SendLocalListRequest>(
            r#"{"listVersion":1,"updateType":"Differential","localAuthorizationList":[{"idTag":"A","idTagInfo":7}]}"#
        ),
        one("/localAuthorizationList/0/idTagInfo", Kept::Identity)
    );
    assert_eq!(
        refused::<v1_6::StopTransactionRequest>(
            r#"{"meterStop":1,"timestamp":"yesterday","transactionId":7}"#
        ),
        one("/timestamp", Kept::Time)
    );
    assert_eq!(
        refused::<v2_0_1::ResetRequest>(r#"{"type":"Immediate","evseId":"all"}"#),
        one("/evseId", Kept::Identity)
    );
    assert_eq!(
        refused::<v2_0_1::UpdateFirmwareRequest>(
            r#"{"requestId":1,"firmware":{"location":"x","retrieveDateTime":"2024-05-15T12:00:00Z","signature":{}}}"#
        ),
        one("/firmware/signature", Kept::Proof)
    );
    assert_eq!(
        refused::<v2_1::SetDefaultTariffRequest>(
            r#"{"evseId":0,"tariff":{"tariffId":"t","currency":"EUR","energy":{"prices":[{"priceKwh":0.3},{"priceKwh":"free"}]}}}"#
        ),
        one("/tariff/energy/prices/1/priceKwh", Kept::Price)
    );
    assert_eq!(
        refused::<v1_6::HeartbeatResponse>("{}"),
        one("", Kept::Required)
    );
    assert_eq!(
        refused::<v1_6::HeartbeatResponse>("{"),
        one("", Kept::Unreadable)
    );
    // What would have been repaired is listed too.
    let error = v1_6::StartTransactionRequest::decode_lenient(
        r#"{"connectorId":"1","idTag":{},"meterStart":0,"timestamp":"2024-05-15T12:00:00Z"}"#,
    )
    .unwrap_err();
    assert_eq!(became(error.repairable()), [("/connectorId", Some("1"))]);
    assert_eq!(
        error.to_string(),
        "/idTag: a string of at most 20 characters is wanted, found {}; who, where or which is never left out"
    );
}

#[test]
fn single_values_arrays_and_objects_stand_for_each_other() {
    let (encoded, list) = repaired::<v2_0_1::SetChargingProfileRequest>(
        r#"{"evseId":[1],"chargingProfile":[{"id":1,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":{"startPeriod":0,"limit":"16.5"}}}]}"#,
    );
    assert_eq!(
        encoded,
        r#"{"evseId":1,"chargingProfile":{"id":1,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16.5}]}]}}"#
    );
    assert_eq!(list.len(), 5);
    let (encoded, _) = repaired::<v2_0_1::ChangeAvailabilityRequest>(
        r#"{"operationalStatus":"inoperative","evse":"2"}"#,
    );
    assert_eq!(
        encoded,
        r#"{"evse":{"id":2},"operationalStatus":"Inoperative"}"#
    );
    let (encoded, _) = repaired::<v1_6::AuthorizeResponse>(r#"{"idTagInfo":"Accepted"}"#);
    assert_eq!(encoded, r#"{"idTagInfo":{"status":"Accepted"}}"#);
    assert_eq!(
        refused::<v1_6::AuthorizeResponse>(r#"{"idTagInfo":[[{"status":"Accepted"}]]}"#),
        [("/idTagInfo".to_owned(), Kept::Required)]
    );
}

#[test]
fn more_date_times_of_real_equipment() {
    for (received, read) in [
        ("1715774400", "2024-05-15T12:00:00Z"),
        ("1715774400250", "2024-05-15T12:00:00.250Z"),
        ("\"1715774400\"", "2024-05-15T12:00:00Z"),
        ("\"2024/05/15 12:00:00\"", "2024-05-15T12:00:00Z"),
        ("\"2024-05-15 12:00:00 UTC\"", "2024-05-15T12:00:00Z"),
        (
            "\"2024-05-15T14:00:00+02:00[Europe/Amsterdam]\"",
            "2024-05-15T12:00:00Z",
        ),
    ] {
        let json = format!(r#"{{"currentTime":{received}}}"#);
        let (encoded, _) = repaired::<v1_6::HeartbeatResponse>(&json);
        assert_eq!(
            encoded,
            format!(r#"{{"currentTime":"{read}"}}"#),
            "{received}"
        );
    }
    for received in [
        "0",
        "17157744",
        "1.5",
        "-171577440",
        "99999999999999",
        "true",
        "\"12:00\"",
    ] {
        let json = format!(r#"{{"currentTime":{received}}}"#);
        assert_eq!(
            refused::<v1_6::HeartbeatResponse>(&json),
            [("/currentTime".to_owned(), Kept::Required)],
            "{received}"
        );
    }
}

#[test]
fn a_fault_in_every_element_is_counted_and_not_listed_for_ever() {
    let key = r#"{"key":"K","readonly":0}"#;
    let json = format!(r#"{{"configurationKey":[{}]}}"#, vec![key; 5_000].join(","));
    let decoded = v1_6::GetConfigurationResponse::decode_lenient(&json).unwrap();
    assert_eq!(decoded.value.configuration_key.unwrap().len(), 5_000);
    assert_eq!(decoded.deviations.len(), decode::MAX_ISSUES);
    assert_eq!(decoded.deviations.unlisted(), 5_000 - decode::MAX_ISSUES);
    // Also when all of them go.
    let key = r#"{"key":"K","readonly":null}"#;
    let json = format!(r#"{{"configurationKey":[{}]}}"#, vec![key; 5_000].join(","));
    let decoded = v1_6::GetConfigurationResponse::decode_lenient(&json).unwrap();
    assert!(decoded.value.configuration_key.unwrap().is_empty());
    assert_eq!(
        decoded.deviations.len() + decoded.deviations.unlisted(),
        5_000
    );
    // And when they cannot go.
    let period = r#"{"startPeriod":0}"#;
    let json = format!(
        r#"{{"status":"Accepted","chargingSchedule":{{"chargingRateUnit":"A","chargingSchedulePeriod":[{}]}}}}"#,
        vec![period; 5_000].join(",")
    );
    let kept = refused::<v1_6::GetCompositeScheduleResponse>(&json);
    assert_eq!(kept.len(), decode::MAX_ISSUES);
    assert!(kept.iter().all(|(_, kept)| *kept == Kept::Schedule));
}

#[test]
fn too_many_elements_are_cut_off_where_nothing_depends_on_them() {
    let costs = [r#"{"costKind":"RelativePricePercentage","amount":1}"#; 4].join(",");
    let entry = format!(
        r#"{{"relativeTimeInterval":{{"start":0}},"consumptionCost":[{{"startValue":0,"cost":[{costs}]}}]}}"#
    );
    let json = format!(
        r#"{{"timeBase":"2024-05-15T12:00:00Z","evseId":1,"chargingSchedule":{{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{{"startPeriod":0,"limit":1}}],"salesTariff":{{"id":1,"salesTariffEntry":[{entry}]}}}}}}"#
    );
    let kept = refused::<v2_0_1::NotifyEvChargingScheduleRequest>(&json);
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].1, Kept::Price);
    let attribute = r#"{"value":"1"}"#;
    let json = format!(
        r#"{{"requestId":1,"generatedAt":"2024-05-15T12:00:00Z","seqNo":0,"reportData":[{{"component":{{"name":"C"}},"variable":{{"name":"V"}},"variableAttribute":[{}]}}]}}"#,
        [attribute; 6].join(",")
    );
    let decoded = v2_0_1::NotifyReportRequest::decode_lenient(&json).unwrap();
    let list = became(&decoded.deviations);
    let four = format!("[{}]", [attribute; 4].join(","));
    assert_eq!(
        list,
        [("/reportData/0/variableAttribute", Some(four.as_str()))]
    );
    assert_eq!(
        decoded.value.report_data.unwrap()[0]
            .variable_attribute
            .len(),
        4
    );
}
