//! The standard components and variables with their types, units, bounds and access (part 2, "Referenced components and
//! variables").

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use compact_str::ToCompactString;
use ocpp_types::{Enumeration, Version};

use super::points::Point;
use super::wire::Measurand;
use crate::bounds::LONGEST_INTERVAL;
use crate::security::BasicAuthPassword;
use crate::station::config::StationConfig;
use crate::station::device_model::{
    ComponentName, DataType, DeviceModel, Kind, Standard, Variable, VariableAccess, decimal,
    is_organization,
};
use crate::station::vocabulary::EvseId;

use VariableAccess::{ReadOnly, ReadWrite, WriteOnly};

pub(super) const AVAILABILITY_STATE: &str = "AvailabilityState";

/// Enough for every message: frames have a bound of their own.
const BYTES_PER_MESSAGE: i64 = 65_000;
const STATES: &str = "Available,Occupied,Reserved,Unavailable,Faulted";
const COUNT: Kind = Kind::Integer {
    min: 0,
    max: i64::MAX,
};
const SECONDS: Kind = Kind::Integer {
    min: 0,
    max: LONGEST_INTERVAL as i64,
};

/// The number of things that there is room for; its maxLimit says for how many.
fn at_most(limit: usize) -> Kind {
    let max = i64::try_from(limit).unwrap_or(i64::MAX);
    Kind::Integer { min: 0, max }
}

/// Where a component is.
type Place = (Option<EvseId>, Option<u32>);

/// Collects variables.
struct Rows(DeviceModel);

impl Rows {
    fn add(&mut self, component: &'static str, (evse, connector): Place, variable: Variable) {
        let component = ComponentName {
            name: component,
            instance: None,
            evse,
            connector,
        };
        self.0.add(component, variable);
    }

    fn here(&mut self, component: &'static str, variable: Variable) {
        self.add(component, (None, None), variable);
    }

    fn flag(&mut self, component: &'static str, variable: &'static str, value: bool) {
        let variable = Variable::new(variable, Kind::Boolean, ReadWrite, value);
        self.here(component, variable);
    }

    /// What the hardware is like.
    fn fact(&mut self, component: &'static str, variable: &'static str, value: bool) {
        let variable = Variable::new(variable, Kind::Boolean, ReadOnly, value);
        self.here(component, variable);
    }

    fn seconds(&mut self, component: &'static str, variable: &'static str, value: i64) {
        let variable = Variable::new(variable, SECONDS, ReadWrite, value);
        self.here(component, variable.with_unit("s"));
    }

    fn count(
        &mut self,
        component: &'static str,
        variable: &'static str,
        value: impl ToCompactString,
    ) {
        self.here(component, Variable::new(variable, COUNT, ReadOnly, value));
    }

    fn measurands(
        &mut self,
        component: &'static str,
        variable: &'static str,
        value: &str,
        possible: &str,
    ) {
        let kind = Kind::List {
            allowed: is_measurand,
            min: 0,
            max: 30,
        };
        let variable = Variable::new(variable, kind, ReadWrite, value);
        self.here(component, variable.with_values(String::from(possible)));
    }

    fn text(&mut self, component: &'static str, variable: &'static str, value: &str) {
        let kind = Kind::Text { max: 1000 };
        self.here(component, Variable::new(variable, kind, ReadOnly, value));
    }
}

/// A list that has to say something: with no start point, for example, nobody would ever charge.
fn list(
    variable: &'static str,
    access: VariableAccess,
    allowed: fn(&str) -> bool,
    value: &str,
    values: &str,
) -> Variable {
    let kind = Kind::List {
        allowed,
        min: 1,
        max: 10,
    };
    Variable::new(variable, kind, access, value).with_values(String::from(values))
}

/// All variables of a station.
pub(crate) fn variables(config: &StationConfig) -> DeviceModel {
    let mut rows = Rows(DeviceModel::new(Version::V2_0_1));
    station(&mut rows, config);
    evses(&mut rows, config);
    communication(&mut rows, config);
    authorization(&mut rows, config);
    transactions(&mut rows, config);
    metering(&mut rows, config);
    if config.features.smart_charging {
        smart_charging(&mut rows, config);
    }
    for component in &config.components {
        rows.0.add_component(component);
    }
    rows.0.finish()
}

fn station(rows: &mut Rows, config: &StationConfig) {
    const COMPONENT: &str = "ChargingStation";
    rows.fact(COMPONENT, "Available", true);
    rows.here(COMPONENT, state());
    if config.features.firmware {
        rows.flag(COMPONENT, "AllowNewSessionsPendingFirmwareUpdate", false);
    }
    let phases = config.evses.iter().map(|evse| evse.phases).max();
    rows.count(COMPONENT, "SupplyPhases", phases.unwrap_or(0));
    rows.text(COMPONENT, "Model", &config.model);
    rows.text(COMPONENT, "VendorName", &config.vendor);
    if let Some(serial) = &config.serial_number {
        rows.text(COMPONENT, "SerialNumber", serial);
    }
    if let Some(version) = &config.firmware_version {
        rows.text("Controller", "FirmwareVersion", version);
    }
    let time = Variable::new("DateTime", Kind::Text { max: 40 }, ReadOnly, "");
    rows.here("ClockCtrlr", time.with_data(DataType::DateTime));
    let is_heartbeat = |item: &str| item == "Heartbeat";
    let source = list(
        "TimeSource",
        ReadWrite,
        is_heartbeat,
        "Heartbeat",
        "Heartbeat",
    );
    rows.here("ClockCtrlr", source.with_data(DataType::SequenceList));
    rows.seconds("ClockCtrlr", "TimeAdjustmentReportingThreshold", 5);
    for instance in ["GetReport", "GetVariables", "SetVariables"] {
        let of_call = |variable, value: i64| {
            Variable::new(variable, COUNT, ReadOnly, value).with_instance(instance)
        };
        rows.here("DeviceDataCtrlr", of_call("ItemsPerMessage", 100));
        let bytes = of_call("BytesPerMessage", BYTES_PER_MESSAGE);
        rows.here("DeviceDataCtrlr", bytes);
    }
}

fn state() -> Variable {
    let kind = Kind::Text { max: 20 };
    Variable::new(AVAILABILITY_STATE, kind, ReadOnly, "")
        .with_data(DataType::OptionList)
        .with_values(STATES)
        .with_meaning(Standard::AvailabilityState)
}

fn evses(rows: &mut Rows, config: &StationConfig) {
    let fact = |name, value: bool| Variable::new(name, Kind::Boolean, ReadOnly, value);
    let phases = |value: u8| {
        let kind = Kind::Integer { min: 0, max: 3 };
        Variable::new("SupplyPhases", kind, ReadOnly, value)
    };
    let text = Kind::Text { max: 30 };
    for (id, evse) in (1..).zip(&config.evses) {
        let place = (Some(id), None);
        rows.add("EVSE", place, fact("Available", true));
        rows.add(
            "EVSE",
            place,
            fact("AllowReset", config.features.reset_evse),
        );
        rows.add("EVSE", place, state());
        rows.add("EVSE", place, phases(evse.phases));
        let lines = rust_decimal::Decimal::from(evse.phases.max(1));
        let power = evse.max_current.0.checked_mul(config.voltage.0);
        let power = power.and_then(|power| power.checked_mul(lines));
        let power = power.unwrap_or_default().normalize();
        let max = rust_decimal::prelude::ToPrimitive::to_i64(&power);
        let power = Variable::new("Power", text, ReadOnly, power)
            .with_data(DataType::Decimal)
            .with_unit("W")
            .with_max(max);
        rows.add("EVSE", place, power);
        for (number, connector) in (1..).zip(&evse.connectors) {
            let place = (Some(id), Some(number));
            rows.add("Connector", place, fact("Available", true));
            rows.add("Connector", place, state());
            let kind = Variable::new("ConnectorType", text, ReadOnly, &connector.kind);
            rows.add("Connector", place, kind);
            rows.add("Connector", place, phases(evse.phases));
            if connector.lock {
                let problem = fact("Problem", false).with_meaning(Standard::LockProblem);
                rows.add(super::lock_failure::COMPONENT, place, problem);
            }
        }
    }
}

fn communication(rows: &mut Rows, config: &StationConfig) {
    const COMPONENT: &str = "OCPPCommCtrlr";
    let number = |name, min, max, access, value: i64| {
        Variable::new(name, Kind::Integer { min, max }, access, value)
    };
    rows.seconds(COMPONENT, "HeartbeatInterval", 300);
    let timeout = config.call_timeout.as_secs().clamp(1, 600);
    let timeout = i64::try_from(timeout).unwrap_or(600);
    let timeout = number("MessageTimeout", 1, 600, ReadOnly, timeout);
    rows.here(COMPONENT, timeout.with_instance("Default").with_unit("s"));
    let event = "TransactionEvent";
    let attempts = number("MessageAttempts", 1, 100, ReadWrite, 3);
    rows.here(COMPONENT, attempts.with_instance(event));
    let interval = Variable::new("MessageAttemptInterval", SECONDS, ReadWrite, 60);
    rows.here(COMPONENT, interval.with_instance(event).with_unit("s"));
    rows.seconds(COMPONENT, "OfflineThreshold", 300);
    let back_off = config.back_off;
    let minimum = back_off.wait_minimum.into();
    rows.seconds(COMPONENT, "RetryBackOffWaitMinimum", minimum);
    let range = back_off.random_range.into();
    rows.seconds(COMPONENT, "RetryBackOffRandomRange", range);
    let times = |name, value| number(name, 0, 20, ReadWrite, value);
    let repeat = times("RetryBackOffRepeatTimes", back_off.repeat_times.into());
    rows.here(COMPONENT, repeat);
    rows.seconds(COMPONENT, "WebSocketPingInterval", 60);
    rows.flag(COMPONENT, "UnlockOnEVSideDisconnect", true);
    rows.here(COMPONENT, times("ResetRetries", 0));
    // Encrypted ones should be among them, and HTTP (L01.FR.08, L02.FR.05, N01.FR.14).
    let protocols = config.file_transfer.join(",");
    let transfer = |item: &str| !item.is_empty();
    let transfer = list(
        "FileTransferProtocols",
        ReadOnly,
        transfer,
        &protocols,
        "FTP,FTPS,HTTP,HTTPS,SFTP",
    );
    rows.here(COMPONENT, transfer);
    network(rows, config);
    let profile = Kind::Integer { min: 0, max: 3 };
    let profile = Variable::new("SecurityProfile", profile, ReadOnly, 0);
    rows.here("SecurityCtrlr", profile.with_persistence());
    certificates(rows, config);
    let name = Kind::Checked(is_organization);
    let name = Variable::new("OrganizationName", name, ReadWrite, &config.vendor);
    rows.here("SecurityCtrlr", name);
    let password = Kind::Checked(is_password);
    let password = Variable::new("BasicAuthPassword", password, WriteOnly, "");
    rows.here("SecurityCtrlr", password);
}

/// Slots for network profiles (B09, B10).
fn network(rows: &mut Rows, config: &StationConfig) {
    const COMPONENT: &str = "OCPPCommCtrlr";
    let slots: Vec<String> = config
        .network_slots
        .iter()
        .map(ToString::to_string)
        .collect();
    let first = slots.first().cloned().unwrap_or_default();
    let is_slot = |item: &str| item.parse::<u32>().is_ok();
    let priority = list(
        "NetworkConfigurationPriority",
        ReadWrite,
        is_slot,
        &first,
        &slots.join(","),
    );
    rows.here(COMPONENT, priority.with_data(DataType::SequenceList));
    let attempts = Kind::Integer { min: 1, max: 100 };
    let attempts = Variable::new("NetworkProfileConnectionAttempts", attempts, ReadWrite, 3);
    rows.here(COMPONENT, attempts);
    let active = Kind::Integer {
        min: 0,
        max: u32::MAX.into(),
    };
    let active = Variable::new("ActiveNetworkProfile", active, ReadOnly, &first);
    rows.here(COMPONENT, active.with_persistence());
}

fn certificates(rows: &mut Rows, config: &StationConfig) {
    const COMPONENT: &str = "SecurityCtrlr";
    let limits = &config.limits;
    let entries = at_most(limits.certificates);
    let entries = Variable::new("CertificateEntries", entries, ReadOnly, 0);
    rows.here(COMPONENT, entries);
    let chain = limits.certificate_chain;
    rows.count(COMPONENT, "MaxCertificateChainSize", chain);
    let check = config.features.additional_root_check;
    rows.fact(COMPONENT, "AdditionalRootCertificateCheck", check);
    // Erratum 2.62 of 2025-02: not there and false mean the same, and what is there can be set.
    rows.flag(COMPONENT, "AllowCSMSTLSWildcards", false);
    rows.seconds(COMPONENT, "CertSigningWaitMinimum", 600);
    let times = Kind::Integer { min: 0, max: 20 };
    let times = Variable::new("CertSigningRepeatTimes", times, ReadWrite, 3);
    rows.here(COMPONENT, times);
}

/// A01: sixteen to forty characters, and none that HTTP basic authentication forbids (A00.FR.202).
fn is_password(text: &str) -> bool {
    BasicAuthPassword::parse(text, BasicAuthPassword::LOWEST_MAX_LENGTH).is_ok()
}

fn authorization(rows: &mut Rows, config: &StationConfig) {
    let features = &config.features;
    rows.fact("AuthCtrlr", "Enabled", true);
    rows.flag("AuthCtrlr", "AuthorizeRemoteStart", true);
    rows.flag("AuthCtrlr", "LocalAuthorizeOffline", true);
    rows.flag("AuthCtrlr", "LocalPreAuthorize", false);
    rows.flag("AuthCtrlr", "DisableRemoteAuthorization", false);
    let token = Kind::Text { max: 36 };
    let master = Variable::new("MasterPassGroupId", token, ReadWrite, "");
    rows.here("AuthCtrlr", master);
    if features.offline_unknown_tokens {
        rows.flag("AuthCtrlr", "OfflineTxForUnknownIdEnabled", false);
    }
    if features.authorization_cache {
        rows.fact("AuthCacheCtrlr", "Available", true);
        rows.flag("AuthCacheCtrlr", "Enabled", true);
        rows.flag("AuthCacheCtrlr", "DisablePostAuthorize", false);
        let kind = Kind::Integer {
            min: 0,
            max: i64::from(u32::MAX),
        };
        let life = Variable::new("LifeTime", kind, ReadWrite, 864_000);
        rows.here("AuthCacheCtrlr", life.with_unit("s"));
    }
    if features.local_list {
        const COMPONENT: &str = "LocalAuthListCtrlr";
        rows.fact(COMPONENT, "Available", true);
        // D01.FR.13.
        rows.flag(COMPONENT, "Enabled", true);
        rows.flag(COMPONENT, "DisablePostAuthorize", false);
        rows.fact(COMPONENT, "SupportsExpiryDateTime", true);
        // D01.FR.12.
        // Its maxLimit tells how many tokens there is room for (part 2, 2.5.2).
        let entries = at_most(config.limits.local_list);
        rows.here(COMPONENT, Variable::new("Entries", entries, ReadOnly, 0));
        let items = config.limits.send_local_list;
        rows.count(COMPONENT, "ItemsPerMessage", items);
        rows.count(COMPONENT, "BytesPerMessage", BYTES_PER_MESSAGE);
    }
}

fn transactions(rows: &mut Rows, config: &StationConfig) {
    const COMPONENT: &str = "TxCtrlr";
    let ends = Point::ENDS.map(Point::name).join(",");
    let is_end: fn(&str) -> bool = |item| Point::ENDS.iter().any(|point| point.name() == item);
    let is_start: fn(&str) -> bool = |item| Point::ALL.iter().any(|point| point.name() == item);
    let path = Point::PowerPathClosed.name();
    let (is_start, starts) = match config.features.signed_meter_values {
        true => (is_start, Point::ALL.map(Point::name).join(",")),
        false => (is_end, ends.clone()),
    };
    rows.here(
        COMPONENT,
        list("TxStartPoint", ReadWrite, is_start, path, &starts),
    );
    rows.here(
        COMPONENT,
        list("TxStopPoint", ReadWrite, is_end, path, &ends),
    );
    rows.seconds(COMPONENT, "EVConnectionTimeOut", 60);
    rows.flag(COMPONENT, "StopTxOnEVSideDisconnect", true);
    rows.flag(COMPONENT, "StopTxOnInvalidId", true);
    if config.features.max_energy_on_invalid_id {
        let energy = Kind::Integer {
            min: 0,
            max: 1_000_000,
        };
        let energy = Variable::new("MaxEnergyOnInvalidId", energy, ReadWrite, 0);
        rows.here(COMPONENT, energy.with_unit("Wh"));
    }
}

/// J01.FR.21, J02.FR.21.
fn signatures(rows: &mut Rows) {
    const MODES: [&str; 3] = ["Never", "OncePerTransaction", "EveryMeterValue"];
    rows.flag("SampledDataCtrlr", "SignReadings", false);
    rows.flag("AlignedDataCtrlr", "SignReadings", false);
    let kind = Kind::List {
        allowed: |item| MODES.contains(&item),
        min: 1,
        max: 1,
    };
    let mode = Variable::new("PublicKeyWithSignedMeterValue", kind, ReadWrite, MODES[1]);
    let mode = mode.with_data(DataType::OptionList);
    rows.here("OCPPCommCtrlr", mode.with_values(MODES.join(",")));
}

fn metering(rows: &mut Rows, config: &StationConfig) {
    let known = |name: &&String| is_measurand(name);
    let possible: Vec<_> = config.measurands.iter().filter(known).cloned().collect();
    let possible = possible.join(",");
    let register = "Energy.Active.Import.Register";
    let component = "SampledDataCtrlr";
    rows.fact(component, "Available", true);
    rows.fact(component, "Enabled", true);
    for variable in [
        "TxStartedMeasurands",
        "TxUpdatedMeasurands",
        "TxEndedMeasurands",
    ] {
        rows.measurands(component, variable, register, &possible);
    }
    rows.seconds(component, "TxUpdatedInterval", 60);
    rows.seconds(component, "TxEndedInterval", 0);
    if config.features.signed_meter_values {
        signatures(rows);
    }
    let component = "AlignedDataCtrlr";
    rows.fact(component, "Available", true);
    rows.fact(component, "Enabled", true);
    for variable in ["Measurands", "TxEndedMeasurands"] {
        rows.measurands(component, variable, register, &possible);
    }
    rows.seconds(component, "Interval", 0);
    rows.seconds(component, "TxEndedInterval", 0);
    rows.flag(component, "SendDuringIdle", false);
}

fn smart_charging(rows: &mut Rows, config: &StationConfig) {
    const COMPONENT: &str = "SmartChargingCtrlr";
    rows.fact(COMPONENT, "Available", true);
    rows.fact(COMPONENT, "Enabled", true);
    let entries = at_most(config.limits.charging_profiles);
    let entries = Variable::new("Entries", entries, ReadOnly, 0);
    rows.here(COMPONENT, entries.with_instance("ChargingProfiles"));
    rows.count(COMPONENT, "ProfileStackLevel", config.limits.stack_level);
    let periods = config.limits.schedule_periods;
    rows.count(COMPONENT, "PeriodsPerSchedule", periods);
    let unit = |item: &str| item == "A" || item == "W";
    let features = &config.features;
    let units = match (features.limits_in_amperes, features.limits_in_watts) {
        (true, false) => "A",
        (false, true) => "W",
        _ => "A,W",
    };
    rows.here(COMPONENT, list("RateUnit", ReadOnly, unit, units, units));
    rows.flag(COMPONENT, "NotifyChargingLimitWithSchedules", false);
    rows.fact(COMPONENT, "Phases3to1", features.switch_3_to_1_phase);
    let kind = Kind::Checked(is_percentage);
    let change = Variable::new("LimitChangeSignificance", kind, ReadWrite, 0);
    let change = change.with_data(DataType::Decimal).with_unit("Percent");
    rows.here(COMPONENT, change);
}

fn is_percentage(text: &str) -> bool {
    let (none, all) = (
        rust_decimal::Decimal::ZERO,
        rust_decimal::Decimal::ONE_HUNDRED,
    );
    decimal(text).is_some_and(|number| (none..=all).contains(&number.0))
}

fn is_measurand(item: &str) -> bool {
    Measurand::NAMES.contains(&item)
}
