//! The standard configuration keys (1.6 chapter 9 with errata 3.80 to 3.91, security whitepaper chapter 2).

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::v1_6::{Measurand, Phase};
use ocpp_types::{Enumeration, Version};

use crate::bounds::LONGEST_INTERVAL;
use crate::station::config::{CableKind, Features, Range, StationConfig};
use crate::station::device_model::{
    ComponentName, DeviceModel, Kind, Standard, Variable, VariableAccess, is_organization,
};

use VariableAccess::{ReadOnly, ReadWrite};

/// How many feature profiles 1.6 knows.
const FEATURE_PROFILES: usize = 6;

/// The keys of a station.
#[inline(never)] // For the reason that `behaviour::apart` gives.
pub(crate) fn variables(config: &StationConfig) -> DeviceModel {
    let features = &config.features;
    let limits = &config.limits;
    let connectors = config.connectors().count();
    let bool = |key: &'static str, value: bool| Variable::new(key, Kind::Boolean, ReadWrite, value);
    let number = |key: &'static str, min, max, value: i64| {
        Variable::new(key, Kind::Integer { min, max }, ReadWrite, value)
    };
    let ranged = |key: &'static str, range: Range, value: u32| {
        let kind = Kind::Integer {
            min: range.min.into(),
            max: range.max.into(),
        };
        Variable::new(key, kind, ReadWrite, value.clamp(range.min, range.max))
    };
    let count = |key: &'static str, value: usize| {
        let kind = Kind::Integer {
            min: 0,
            max: i64::MAX,
        };
        Variable::new(key, kind, ReadOnly, value)
    };
    let text = |key: &'static str, access, value: &str| {
        Variable::new(key, Kind::Text { max: 500 }, access, value)
    };
    let measurands = |key: &'static str, value: &str, max| {
        let kind = Kind::List {
            allowed: is_measurand,
            min: 0,
            max,
        };
        Variable::new(key, kind, ReadWrite, value)
    };
    let register = "Energy.Active.Import.Register";
    let socket = config
        .connectors()
        .any(|(_, connector)| connector.cable == CableKind::Detachable && connector.lock);

    let phases: Vec<u8> = config
        .evses
        .iter()
        .flat_map(|evse| evse.connectors.iter().map(|_| evse.phases))
        .collect();

    let mut keys = alloc::vec![
        bool(Standard::AuthorizeRemote.key(), false),
        number(Standard::AlignedInterval.key(), 0, 86_400, 0),
        number(
            Standard::ConnectionTimeout.key(),
            0,
            LONGEST_INTERVAL.into(),
            60
        ),
        rotation(connectors, &phases),
        count("ConnectorPhaseRotationMaxLength", connectors + 1),
        count("GetConfigurationMaxKeys", limits.get_configuration_keys),
        ranged(
            Standard::HeartbeatInterval.key(),
            limits.heartbeat_interval,
            300
        ),
        bool(Standard::AuthorizeOffline.key(), true),
        bool(Standard::PreAuthorize.key(), false),
        number(Standard::MessageTimeout.key(), 1, 600, seconds(config)),
        measurands(
            Standard::AlignedMeasurands.key(),
            register,
            limits.aligned_measurands
        ),
        count("MeterValuesAlignedDataMaxLength", limits.aligned_measurands),
        measurands(
            Standard::SampledUpdated.key(),
            register,
            limits.sampled_measurands
        ),
        count("MeterValuesSampledDataMaxLength", limits.sampled_measurands),
        ranged(
            Standard::SampledUpdatedInterval.key(),
            limits.sample_interval,
            60
        ),
        count("NumberOfConnectors", connectors),
        number("ResetRetries", 0, 10, 0),
        Variable::new(
            Standard::StopOnEvDisconnect.key(),
            Kind::Boolean,
            if features.resume_after_ev_disconnect {
                ReadWrite
            } else {
                ReadOnly
            },
            true,
        ),
        bool(Standard::StopOnInvalid.key(), true),
        measurands(
            Standard::AlignedEndedMeasurands.key(),
            "",
            limits.stop_aligned_measurands
        ),
        count(
            "StopTxnAlignedDataMaxLength",
            limits.stop_aligned_measurands
        ),
        measurands(
            Standard::SampledEnded.key(),
            "",
            limits.stop_sampled_measurands
        ),
        count(
            "StopTxnSampledDataMaxLength",
            limits.stop_sampled_measurands
        ),
        count("StopTransactionMaxMeterValues", limits.transaction_data),
        text("SupportedFeatureProfiles", ReadOnly, &profiles(config)),
        count("SupportedFeatureProfilesMaxLength", FEATURE_PROFILES),
        number(Standard::MessageAttempts.key(), 1, 100, 3),
        number(Standard::MessageRetry.key(), 0, LONGEST_INTERVAL.into(), 60),
        number(Standard::PingInterval.key(), 0, LONGEST_INTERVAL.into(), 60),
        Variable::new(
            Standard::UnlockOnEvDisconnect.key(),
            Kind::Boolean,
            // Erratum 3.85: a fixed cable cannot be unlocked.
            if socket { ReadWrite } else { ReadOnly },
            socket,
        ),
    ];
    if features.offline_unknown_tokens {
        keys.push(bool(Standard::OfflineUnknown.key(), false));
    }
    if features.max_energy_on_invalid_id {
        keys.push(number(Standard::MaxEnergyInvalid.key(), 0, 1_000_000, 0));
    }
    if features.minimum_status_duration {
        keys.push(number(Standard::MinimumStatusDuration.key(), 0, 3_600, 0));
    }
    // What lights do is the application's: see `Station::variable` and `Output::VariableChanged`.
    if features.blink {
        keys.push(number("BlinkRepeat", 0, 100, 3));
    }
    if features.dimmer {
        keys.push(number("LightIntensity", 0, 100, 100));
    }
    if features.authorization_cache {
        keys.push(bool(Standard::CacheEnabled.key(), true));
    }
    if features.local_list {
        keys.push(bool(Standard::ListEnabled.key(), true));
        keys.push(count("LocalAuthListMaxLength", limits.local_list));
        keys.push(count("SendLocalListMaxLength", limits.send_local_list));
    }
    if features.reservation {
        let key = "ReserveConnectorZeroSupported";
        let value = features.reservation_of_station;
        keys.push(Variable::new(key, Kind::Boolean, ReadOnly, value));
    }
    if features.security {
        let key = Kind::Text { max: 40 };
        keys.push(Variable::new(
            Standard::Password.key(),
            key,
            VariableAccess::WriteOnly,
            "",
        ));
        keys.push(number(Standard::SecurityProfile.key(), 0, 3, 0));
        let name = Kind::Checked(is_organization);
        keys.push(Variable::new(
            Standard::Organization.key(),
            name,
            ReadWrite,
            "",
        ));
        let key = Standard::AdditionalRootCheck.key();
        let value = features.additional_root_check;
        keys.push(Variable::new(key, Kind::Boolean, ReadOnly, value));
        // Not of the whitepaper: stations of 1.6 have the key that an erratum gives 2.0.1, and TC_078 sets it.
        keys.push(bool(Standard::AllowWildcards.key(), false));
        let key = "CertificateSignedMaxChainSize";
        keys.push(count(key, limits.certificate_chain));
        keys.push(count("CertificateStoreMaxLength", limits.certificates));
    }
    if features.smart_charging {
        keys.push(count(
            "ChargeProfileMaxStackLevel",
            usize::try_from(limits.stack_level).unwrap_or(usize::MAX),
        ));
        keys.push(text(
            "ChargingScheduleAllowedChargingRateUnit",
            ReadOnly,
            rate_units(features),
        ));
        keys.push(count("ChargingScheduleMaxPeriods", limits.schedule_periods));
        let key = "ConnectorSwitch3to1PhaseSupported";
        let value = features.switch_3_to_1_phase;
        keys.push(Variable::new(key, Kind::Boolean, ReadOnly, value));
        keys.push(count(
            "MaxChargingProfilesInstalled",
            limits.charging_profiles,
        ));
    }
    for vendor in &config.vendor_keys {
        let access = if vendor.read_only {
            ReadOnly
        } else {
            ReadWrite
        };
        let kind = Kind::Text { max: 500 };
        let key = Variable::new(vendor.key.clone(), kind, access, &vendor.value);
        keys.push(key);
    }
    // GetLog uploads too.
    if features.firmware || features.security {
        let key = "SupportedFileTransferProtocols";
        keys.push(text(key, ReadOnly, &config.file_transfer.join(",")));
    }
    let mut variables = DeviceModel::new(Version::V1_6);
    for key in keys {
        variables.add(ComponentName::default(), key);
    }
    variables.finish()
}

fn seconds(config: &StationConfig) -> i64 {
    i64::try_from(config.call_timeout.as_secs()).map_or(600, |seconds| seconds.clamp(1, 600))
}

/// `ConnectorPhaseRotation`: unknown for every connector until somebody who knows sets it.
/// Direct current has no phases: `evses` gives the number of phases of each connector's EVSE.
fn rotation(connectors: usize, evses: &[u8]) -> Variable {
    let value = (0..=connectors).map(|connector| {
        let evse = connector
            .checked_sub(1)
            .map(|at| evses.get(at).copied().unwrap_or(0));
        let rotation = match evse {
            Some(0) => "NotApplicable",
            _ => "Unknown",
        };
        alloc::format!("{connector}.{rotation}")
    });
    let value: Vec<String> = value.collect();
    // A list of many connectors would not fit into the value of GetConfiguration (500 characters).
    let value = value.join(",");
    let value = if value.len() > 500 { "" } else { &value };
    let kind = Kind::List {
        allowed: is_rotation,
        min: 0,
        max: connectors + 1,
    };
    Variable::new("ConnectorPhaseRotation", kind, ReadWrite, value)
}

fn is_rotation(item: &str) -> bool {
    let Some((connector, rotation)) = item.split_once('.') else {
        return false;
    };
    let rotations = [
        "NotApplicable",
        "Unknown",
        "RST",
        "RTS",
        "SRT",
        "STR",
        "TRS",
        "TSR",
    ];
    connector.trim().parse::<u32>().is_ok() && rotations.contains(&rotation.trim())
}

/// Splits `Voltage.L1-N` into measurand and phase.
pub(super) fn measurand_and_phase(item: &str) -> (&str, Option<&str>) {
    match item.rsplit_once('.') {
        Some((measurand, phase)) if Phase::NAMES.contains(&phase) => (measurand, Some(phase)),
        _ => (item, None),
    }
}

/// Whether an item of `MeterValuesSampledData` and so on names a measurand, perhaps with a phase (9.1.17).
fn is_measurand(item: &str) -> bool {
    Measurand::NAMES.contains(&measurand_and_phase(item).0)
}

/// `ChargingScheduleAllowedChargingRateUnit` (9.4.2).
const fn rate_units(features: &Features) -> &'static str {
    match (features.limits_in_amperes, features.limits_in_watts) {
        (true, false) => "Current",
        (false, true) => "Power",
        _ => "Current,Power",
    }
}

/// `SupportedFeatureProfiles` (9.1.29).
pub(super) fn profiles(config: &StationConfig) -> String {
    let features = &config.features;
    let all = [
        (true, "Core"),
        (features.firmware, "FirmwareManagement"),
        (features.local_list, "LocalAuthListManagement"),
        (features.reservation, "Reservation"),
        (features.smart_charging, "SmartCharging"),
        (features.remote_trigger, "RemoteTrigger"),
    ];
    let offered = all.iter().filter(|(offered, _)| *offered);
    let names: Vec<_> = offered.map(|(_, name)| name.to_string()).collect();
    names.join(",")
}
