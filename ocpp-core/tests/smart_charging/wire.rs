//! Conversions from and to the messages of each version.

use ocpp_core::smart_charging::*;
use ocpp_types::{Payload, v1_6, v2_0_1, v2_1};
use proptest::prelude::*;

use super::cases::{Scale, case};
use super::kit::*;

const V1_6: &str = r#"{"connectorId":1,"csChargingProfiles":{"chargingProfileId":100,"transactionId":-7,"stackLevel":3,"chargingProfilePurpose":"ChargePointMaxProfile","chargingProfileKind":"Recurring","recurrencyKind":"Weekly","validFrom":"2024-01-01T00:00:00Z","validTo":"2025-01-01T00:00:00.250Z","chargingSchedule":{"duration":86400,"startSchedule":"2013-01-01T00:00:00Z","chargingRateUnit":"W","chargingSchedulePeriod":[{"startPeriod":0,"limit":11000.5,"numberPhases":3},{"startPeriod":28800,"limit":6000}],"minChargingRate":8.1}}}"#;

const V2_0_1: &str = r#"{"evseId":1,"chargingProfile":{"customData":{"vendorId":"v","deep":{"n":[1.10,"x"]}},"id":-5,"stackLevel":1,"chargingProfilePurpose":"TxProfile","chargingProfileKind":"Absolute","validFrom":"2024-01-01T00:00:00Z","chargingSchedule":[{"customData":{"vendorId":"w"},"id":1,"startSchedule":"2024-01-01T00:00:00Z","duration":3600,"chargingRateUnit":"A","chargingSchedulePeriod":[{"customData":{"vendorId":"p"},"startPeriod":0,"limit":11.37,"numberPhases":1,"phaseToUse":2},{"startPeriod":60,"limit":-1}],"minChargingRate":6.05,"salesTariff":{"id":3,"salesTariffDescription":"day","numEPriceLevels":2,"salesTariffEntry":[{"relativeTimeInterval":{"start":0,"duration":60},"ePriceLevel":1,"consumptionCost":[{"startValue":0.30,"cost":[{"costKind":"CarbonDioxideEmission","amount":17,"amountMultiplier":-2}]}]}]}},{"id":2,"chargingRateUnit":"W","chargingSchedulePeriod":[{"startPeriod":0,"limit":0}]}],"transactionId":"Tx-1"}}"#;

const V2_1: &str = r#"{"evseId":2,"chargingProfile":{"id":9,"stackLevel":0,"chargingProfilePurpose":"LocalGeneration","chargingProfileKind":"Dynamic","maxOfflineDuration":60,"invalidAfterOfflineDuration":false,"dynUpdateInterval":30,"dynUpdateTime":"2024-01-01T00:00:00Z","priceScheduleSignature":"c2ln","customData":{"vendorId":"v"},"chargingSchedule":[{"id":1,"limitAtSoC":{"soc":80,"limit":16.25,"customData":{"vendorId":"s"}},"chargingRateUnit":"A","powerTolerance":0.05,"signatureId":4,"digestValue":"ZGln","useLocalTime":true,"randomizedDelay":20,"chargingSchedulePeriod":[{"startPeriod":0,"limit_L2":10.5,"limit_L3":8,"numberPhases":3,"dischargeLimit":-16,"dischargeLimit_L2":-8.5,"dischargeLimit_L3":0,"setpoint":-4.5,"setpoint_L2":1,"setpoint_L3":2,"setpointReactive":0.25,"setpointReactive_L2":0.5,"setpointReactive_L3":-0.5,"preconditioningRequest":true,"evseSleep":false,"v2xBaseline":-100.5,"operationMode":"LocalFrequency","v2xFreqWattCurve":[{"frequency":49.8,"power":1000}],"v2xSignalWattCurve":[{"signal":3,"power":-500}],"customData":{"vendorId":"p"}}],"absolutePriceSchedule":{"timeAnchor":"2024-01-01T00:00:00Z","priceScheduleID":1,"currency":"EUR","language":"en","priceAlgorithm":"urn:x","priceRuleStacks":[{"duration":60,"priceRule":[{"energyFee":{"exponent":-2,"value":30},"powerRangeStart":{"exponent":0,"value":0}}]}]}}]}}"#;

#[test]
fn a_1_6_profile_goes_out_as_it_came_in() {
    let request = v1_6::SetChargingProfileRequest::decode(V1_6).unwrap();
    let wire = &request.cs_charging_profiles;
    let neutral = ChargingProfile::try_from(wire).unwrap();
    assert_eq!(neutral.purpose, Purpose::ChargingStationMaxProfile);
    assert_eq!(neutral.schedules[0].periods[0].limit, Some(dec("11000.5")));
    assert_eq!(&v1_6::ChargingProfile::try_from(&neutral).unwrap(), wire);
}

#[test]
fn a_2_0_1_profile_goes_out_as_it_came_in() {
    let request = v2_0_1::SetChargingProfileRequest::decode(V2_0_1).unwrap();
    let wire = &request.charging_profile;
    let neutral = ChargingProfile::try_from(wire).unwrap();
    assert_eq!(neutral.schedules.len(), 2);
    assert_eq!(neutral.schedules[0].periods[0].phase_to_use, Some(2));
    assert_eq!(&v2_0_1::ChargingProfile::try_from(&neutral).unwrap(), wire);
    // The number 1.10 in customData is still written 1.10.
    assert!(neutral.rest.0.as_deref().unwrap().contains("1.10"));
    // 2.1 says everything that 2.0.1 says here.
    let newer = v2_1::ChargingProfile::try_from(&neutral).unwrap();
    assert_eq!(ChargingProfile::try_from(&newer).unwrap(), neutral);
    // 1.6 does not.
    assert!(matches!(
        v1_6::ChargingProfile::try_from(&neutral),
        Err(ConversionError::NotExpressible {
            field: "chargingSchedule"
        })
    ));
}

#[test]
fn a_2_1_profile_goes_out_as_it_came_in() {
    let request = v2_1::SetChargingProfileRequest::decode(V2_1).unwrap();
    let wire = &request.charging_profile;
    let neutral = ChargingProfile::try_from(wire).unwrap();
    let period = &neutral.schedules[0].periods[0];
    assert_eq!(period.limit, None);
    assert_eq!(period.v2x.as_ref().unwrap().setpoint.all, Some(dec("-4.5")));
    assert_eq!(&v2_1::ChargingProfile::try_from(&neutral).unwrap(), wire);
    assert!(v2_0_1::ChargingProfile::try_from(&neutral).is_err());
    // The station does not offer what this profile wants, and says so.
    let mut store = ProfileStore::new(StoreConfig::new(Rules::V2, 2));
    let rejection = store.install(2, neutral).unwrap_err();
    assert_eq!(rejection.reason.reason_code(), "UnsupportedPurpose");
    assert_eq!(rejection.reason.reason_code_2_0_1(), "InvalidProfile");
}

#[test]
fn limits_that_no_decimal_holds_are_rounded_or_out_of_range_by_name() {
    let rate = |of: &str, to: &str| V2_0_1.replace(of, to);
    let convert = |json: &str| {
        let request = v2_0_1::SetChargingProfileRequest::decode(json).unwrap();
        ChargingProfile::try_from(&request.charging_profile)
    };
    let neutral = convert(&rate("11.37", "5.551115123125783e-17")).unwrap();
    let rounded = dec("0.0000000000000000555111512313");
    assert_eq!(neutral.schedules[0].periods[0].limit, Some(rounded));
    for (of, field) in [("11.37", "limit"), ("6.05", "minChargingRate")] {
        assert_eq!(
            convert(&rate(of, "1e30")),
            Err(ConversionError::OutOfRange { field })
        );
    }
    let request = v1_6::SetChargingProfileRequest::decode(&V1_6.replace("6000", "1e30")).unwrap();
    assert_eq!(
        ChargingProfile::try_from(&request.cs_charging_profiles),
        Err(ConversionError::OutOfRange { field: "limit" })
    );
    let request = v2_1::SetChargingProfileRequest::decode(&V2_1.replace("-8.5", "-1e30")).unwrap();
    assert_eq!(
        ChargingProfile::try_from(&request.charging_profile),
        Err(ConversionError::OutOfRange {
            field: "dischargeLimit_L2"
        })
    );
}

#[test]
fn composite_schedules_as_messages() {
    let mut default = absolute(
        1,
        0,
        Purpose::TxDefaultProfile,
        "2024-05-15T12:00:00Z",
        None,
        &[(0, 11_000), (60, 6_000)],
    );
    default.schedules[0].unit = RateUnit::W;
    default.schedules[0].periods[1].number_phases = Some(1);
    default.schedules[0].periods[1].phase_to_use = Some(2);
    let request = Request::new(1, at("2024-05-15T12:00:00Z"), 300, RateUnit::A);
    let schedule = composite(&site(1), &[on(1, default)], &[], &request).unwrap();
    let answer = v1_6::GetCompositeScheduleResponse::try_from(&schedule).unwrap();
    assert_eq!(
        answer.encode().unwrap(),
        r#"{"status":"Accepted","connectorId":1,"scheduleStart":"2024-05-15T12:00:00Z","chargingSchedule":{"duration":300,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":15.9,"numberPhases":3},{"startPeriod":60,"limit":26,"numberPhases":1}]}}"#
    );
    let wire = v2_0_1::CompositeSchedule::try_from(&schedule).unwrap();
    assert_eq!(wire.charging_schedule_period[1].phase_to_use, Some(2));
    assert_eq!((wire.evse_id, wire.duration), (1, 300));
    let wire = v2_1::CompositeSchedule::try_from(&schedule).unwrap();
    assert_eq!(wire.charging_schedule_period.len(), 2);
}

#[test]
fn requests_as_filters() {
    let clear = v1_6::ClearChargingProfileRequest::decode(
        r#"{"connectorId":0,"chargingProfilePurpose":"ChargePointMaxProfile","stackLevel":2}"#,
    )
    .unwrap();
    assert_eq!(
        ClearFilter::try_from(&clear).unwrap(),
        ClearFilter {
            id: None,
            evse: Some(0),
            purpose: Some(Purpose::ChargingStationMaxProfile),
            stack_level: Some(2)
        }
    );
    let clear = v2_0_1::ClearChargingProfileRequest::decode(
        r#"{"chargingProfileId":5,"chargingProfileCriteria":{"evseId":-3,"stackLevel":1}}"#,
    )
    .unwrap();
    assert_eq!(
        ClearFilter::try_from(&clear).unwrap(),
        ClearFilter {
            id: Some(5),
            evse: Some(EvseId::MAX),
            purpose: None,
            stack_level: Some(1)
        }
    );
    let get = v2_0_1::GetChargingProfilesRequest::decode(
        r#"{"requestId":1,"evseId":1,"chargingProfile":{"chargingProfileId":[1,2],"chargingLimitSource":["EMS","CSO"]}}"#,
    )
    .unwrap();
    let filter = ReportFilter::try_from(&get).unwrap();
    assert_eq!(
        (filter.evse, filter.ids.as_slice()),
        (Some(1), [1, 2].as_slice())
    );
    assert_eq!(filter.sources, [LimitSource::Ems, LimitSource::Cso]);
    let get = v2_1::GetChargingProfilesRequest::decode(
        r#"{"requestId":1,"chargingProfile":{"stackLevel":4,"chargingLimitSource":["Neighbour"]}}"#,
    )
    .unwrap();
    let filter = ReportFilter::try_from(&get).unwrap();
    assert_eq!(filter.sources, [LimitSource::Named("Neighbour".into())]);
}

#[test]
fn reports_and_notices_as_messages() {
    let mut store = ProfileStore::new(StoreConfig::new(Rules::V2, 2));
    let mut limit = absolute(
        0,
        0,
        Purpose::TxDefaultProfile,
        "2024-05-15T12:00:00Z",
        None,
        &[(0, 20)],
    );
    limit.schedules[0].id = 4;
    let external = ExternalLimit {
        evse: 0,
        source: LimitSource::So,
        grid_critical: Some(true),
        profile: limit,
    };
    let (_, notice) = store.set_external(external, dec("1")).unwrap();
    let notice = notice.unwrap();
    assert_eq!(
        notice.to_v2_0_1(true).unwrap().encode().unwrap(),
        r#"{"chargingSchedule":[{"id":4,"startSchedule":"2024-05-15T12:00:00Z","chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":20}]}],"chargingLimit":{"chargingLimitSource":"SO","isGridCritical":true}}"#
    );
    assert!(notice.to_v2_0_1(false).unwrap().charging_schedule.is_none());
    assert_eq!(notice.to_v2_1(false).unwrap().evse_id.unwrap().get(), 0);
    let pages = store.report(&ReportFilter::default(), 5);
    let report = pages[0].to_v2_0_1(77).unwrap();
    assert_eq!(
        (report.request_id, report.evse_id, report.tbc),
        (77, 0, Some(false))
    );
    assert_eq!(report.charging_profile[0].id, -1);
    assert_eq!(
        pages[0].to_v2_1(77).unwrap().charging_limit_source.as_str(),
        "SO"
    );
    let (_, cleared) = store.clear_external(0, &LimitSource::So);
    let cleared = cleared.unwrap();
    assert_eq!(
        cleared.to_v2_0_1().unwrap().encode().unwrap(),
        r#"{"chargingLimitSource":"SO"}"#
    );
    assert_eq!(
        cleared.to_v2_1().unwrap().charging_limit_source.as_str(),
        "SO"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_profile_survives_every_version_that_can_say_it(case in case(Scale::Seconds, 3, 6)) {
        for entry in &case.installed {
            let profile = &*entry.profile;
            let number = matches!(profile.transaction_id, Some(TransactionId::Number(_)));
            match v1_6::ChargingProfile::try_from(profile) {
                Ok(wire) => prop_assert_eq!(&ChargingProfile::try_from(&wire).unwrap(), profile),
                Err(_) => prop_assert!(
                    profile.purpose == Purpose::ChargingStationExternalConstraints
                        || profile.schedules[0].periods.iter().any(|period| period.phase_to_use.is_some())
                ),
            }
            match (v2_0_1::ChargingProfile::try_from(profile), v2_1::ChargingProfile::try_from(profile)) {
                (Ok(older), Ok(newer)) => {
                    prop_assert_eq!(&ChargingProfile::try_from(&older).unwrap(), profile);
                    prop_assert_eq!(&ChargingProfile::try_from(&newer).unwrap(), profile);
                }
                _ => prop_assert!(number),
            }
        }
    }
}
