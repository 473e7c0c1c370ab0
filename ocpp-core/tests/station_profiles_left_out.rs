//! A profile that a firmware was built without is not there, and the station says so; one that it was built with is. Run it
//! with the features of a firmware, for example `--no-default-features --features std,v1_6,reservation`.

#![cfg(feature = "v1_6")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

mod kit_v1_6;

use kit_v1_6::status;
use ocpp_core::Version;
use ocpp_core::station::StationConfig;
use ocpp_core::testing::station::{Bench, friendly_v1_6};
use serde_json::json;

const FIRMWARE: bool = cfg!(feature = "firmware");
const LOCAL_LIST: bool = cfg!(feature = "local-list");
const RESERVATION: bool = cfg!(feature = "reservation");
const SECURITY: bool = cfg!(feature = "security");
const SMART_CHARGING: bool = cfg!(feature = "smart-charging");

fn config() -> StationConfig {
    StationConfig::new(Version::V1_6, "Example", "Model", 2)
}

fn bench() -> Bench {
    let mut bench = Bench::new(config(), friendly_v1_6());
    bench.start();
    bench
}

#[test]
fn what_is_left_out_is_not_supported() {
    let mut bench = bench();
    for (action, built) in [
        ("CancelReservation", RESERVATION),
        ("CertificateSigned", SECURITY),
        ("ClearChargingProfile", SMART_CHARGING),
        ("DeleteCertificate", SECURITY),
        ("ExtendedTriggerMessage", SECURITY),
        ("GetCompositeSchedule", SMART_CHARGING),
        ("GetDiagnostics", FIRMWARE),
        ("GetInstalledCertificateIds", SECURITY),
        ("GetLocalListVersion", LOCAL_LIST),
        ("GetLog", SECURITY),
        ("InstallCertificate", SECURITY),
        ("ReserveNow", RESERVATION),
        ("SendLocalList", LOCAL_LIST),
        ("SetChargingProfile", SMART_CHARGING),
        ("SignedUpdateFirmware", FIRMWARE && SECURITY),
        ("ClearCache", true),
        ("TriggerMessage", true),
    ] {
        // Nothing asks for this member: whoever knows the message refuses it for that.
        let answer = status(&mut bench, action, json!({"unknown": 1}));
        let expected = if built {
            "FormationViolation"
        } else {
            "NotSupported"
        };
        let right = match built {
            // The first thing that is wrong may be that a member is missing.
            true => answer == expected || answer == "OccurenceConstraintViolation",
            false => answer == expected,
        };
        assert!(right, "{action}: {answer}");
    }
}

#[test]
fn the_keys_tell_the_truth() {
    let mut bench = bench();
    let ask = json!({"key": ["SupportedFeatureProfiles", "LocalAuthListMaxLength", "ChargeProfileMaxStackLevel", "CertificateStoreMaxLength"]});
    let response = bench.call("GetConfiguration", ask).unwrap().unwrap();
    let keys = response["configurationKey"].as_array().unwrap();
    let value = |name: &str| {
        let found = keys.iter().find(|key| key["key"] == name);
        found.map(|key| key["value"].as_str().unwrap_or_default())
    };
    let profiles = value("SupportedFeatureProfiles").unwrap();
    for (profile, built) in [
        ("Core", true),
        ("FirmwareManagement", FIRMWARE),
        ("LocalAuthListManagement", LOCAL_LIST),
        ("RemoteTrigger", true),
        ("Reservation", RESERVATION),
        ("SmartCharging", SMART_CHARGING),
    ] {
        let named = profiles.split(',').any(|one| one.trim() == profile);
        assert_eq!(named, built, "{profile} in {profiles}");
    }
    assert_eq!(value("LocalAuthListMaxLength").is_some(), LOCAL_LIST);
    assert_eq!(
        value("ChargeProfileMaxStackLevel").is_some(),
        SMART_CHARGING
    );
    assert_eq!(value("CertificateStoreMaxLength").is_some(), SECURITY);
}

#[test]
fn a_connection_to_the_grid_is_shared_or_the_station_does_not_start() {
    let mut config = config();
    config.grid.max_current = Some(20.into());
    assert_eq!(config.check().is_ok(), SMART_CHARGING);
}
