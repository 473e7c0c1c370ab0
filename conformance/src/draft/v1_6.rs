//! What the keys of 1.6 say.

use super::{Fact, Report, fact};

/// The members of a description that keys decide.
pub(super) fn facts(report: &Report) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (pointer, key) in [
        ("/connectors", "NumberOfConnectors"),
        ("/limits/get_configuration_keys", "GetConfigurationMaxKeys"),
        ("/limits/local_list", "LocalAuthListMaxLength"),
        ("/limits/send_local_list", "SendLocalListMaxLength"),
        ("/limits/stack_level", "ChargeProfileMaxStackLevel"),
        ("/limits/schedule_periods", "ChargingScheduleMaxPeriods"),
        ("/limits/charging_profiles", "MaxChargingProfilesInstalled"),
        (
            "/limits/aligned_measurands",
            "MeterValuesAlignedDataMaxLength",
        ),
        (
            "/limits/sampled_measurands",
            "MeterValuesSampledDataMaxLength",
        ),
        (
            "/limits/stop_aligned_measurands",
            "StopTxnAlignedDataMaxLength",
        ),
        (
            "/limits/stop_sampled_measurands",
            "StopTxnSampledDataMaxLength",
        ),
        ("/limits/ping_interval", "WebSocketPingInterval"),
    ] {
        if let Some(number) = report.number(key) {
            facts.push(fact(pointer, key, number));
        }
    }
    for (pointer, key) in [
        ("/features/authorization_cache", "AuthorizationCacheEnabled"),
        ("/features/minimum_status_duration", "MinimumStatusDuration"),
        ("/features/max_energy_on_invalid_id", "MaxEnergyOnInvalidId"),
        (
            "/features/offline_unknown_ids",
            "AllowOfflineTxForUnknownId",
        ),
    ] {
        facts.push(fact(pointer, key, report.has(key)));
    }
    let profiles = "SupportedFeatureProfiles";
    if let Some(supported) = report.list(profiles) {
        for (pointer, name) in [
            ("/features/local_list", "LocalAuthListManagement"),
            ("/features/remote_trigger", "RemoteTrigger"),
            ("/features/reservation", "Reservation"),
            ("/features/smart_charging", "SmartCharging"),
        ] {
            facts.push(fact(pointer, profiles, supported.contains(&name)));
        }
    }
    let zero = "ReserveConnectorZeroSupported";
    facts.push(fact(
        "/features/reservation_of_station",
        zero,
        report.is_true(zero),
    ));
    for (pointer, key, value) in [
        (
            "/features/keep_on_ev_disconnect",
            "StopTransactionOnEVSideDisconnect",
            false,
        ),
        (
            "/features/stop_on_ev_disconnect",
            "StopTransactionOnEVSideDisconnect",
            true,
        ),
        (
            "/features/unlock_on_ev_disconnect",
            "UnlockConnectorOnEVSideDisconnect",
            true,
        ),
        (
            "/features/keep_locked_on_ev_disconnect",
            "UnlockConnectorOnEVSideDisconnect",
            false,
        ),
    ] {
        if let Some(can) = report.can_be(key, value) {
            facts.push(fact(pointer, key, can));
        }
    }
    let unit = "ChargingScheduleAllowedChargingRateUnit";
    if let Some(units) = report.list(unit) {
        facts.push(fact(
            "/features/rate_in_amperes",
            unit,
            units.contains(&"Current"),
        ));
        facts.push(fact(
            "/features/rate_in_watts",
            unit,
            units.contains(&"Power"),
        ));
    }
    for (pointer, key) in [
        ("/features/sampled_measurands", "MeterValuesSampledData"),
        ("/limits/file_transfer", "SupportedFileTransferProtocols"),
    ] {
        if let Some(list) = report.list(key) {
            facts.push(fact(pointer, key, list));
        }
    }
    if !report.has("SecurityProfile") {
        for pointer in [
            "/features/security_profile_1",
            "/features/security_profile_2",
            "/features/security_profile_3",
            "/features/secure_firmware_update",
        ] {
            facts.push(fact(pointer, "SecurityProfile", false));
        }
    }
    facts
}
