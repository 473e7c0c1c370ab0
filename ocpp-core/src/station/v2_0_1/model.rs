//! The device model: components and variables with their types, units, bounds and access (part 2, "Referenced components
//! and variables").
//!
//! A variable is known inside as `Component.Variable`, with the number of EVSE and connector after the component and the
//! instance after the variable where there are such: `EVSE:1.Power`, `Connector:1.2.Available`,
//! `OCPPCommCtrlr.MessageAttempts[TransactionEvent]`.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Enumeration;
use ocpp_types::v2_0_1::{Data, Measurand};

use super::points::Point;
use crate::bounds::LONGEST_INTERVAL;
use crate::station::config::StationConfig;
use crate::station::variables::{Access, Kind, Variable, is_organization};
use crate::station::vocabulary::EvseId;

use Access::{ReadOnly, ReadWrite, WriteOnly};

pub(super) const ALIGNED_MEASURANDS: &str = "AlignedDataCtrlr.Measurands";
pub(super) const ALIGNED_INTERVAL: &str = "AlignedDataCtrlr.Interval";
pub(super) const ALIGNED_ENDED_MEASURANDS: &str = "AlignedDataCtrlr.TxEndedMeasurands";
pub(super) const ALIGNED_ENDED_INTERVAL: &str = "AlignedDataCtrlr.TxEndedInterval";
pub(super) const ALIGNED_IDLE_ONLY: &str = "AlignedDataCtrlr.SendDuringIdle";
pub(super) const SAMPLED_STARTED: &str = "SampledDataCtrlr.TxStartedMeasurands";
pub(super) const SAMPLED_UPDATED: &str = "SampledDataCtrlr.TxUpdatedMeasurands";
pub(super) const SAMPLED_UPDATED_INTERVAL: &str = "SampledDataCtrlr.TxUpdatedInterval";
pub(super) const SAMPLED_ENDED: &str = "SampledDataCtrlr.TxEndedMeasurands";
pub(super) const SAMPLED_ENDED_INTERVAL: &str = "SampledDataCtrlr.TxEndedInterval";
pub(super) const AUTHORIZE_REMOTE: &str = "AuthCtrlr.AuthorizeRemoteStart";
pub(super) const AUTHORIZE_OFFLINE: &str = "AuthCtrlr.LocalAuthorizeOffline";
pub(super) const PRE_AUTHORIZE: &str = "AuthCtrlr.LocalPreAuthorize";
pub(super) const MASTER_PASS: &str = "AuthCtrlr.MasterPassGroupId";
pub(super) const OFFLINE_UNKNOWN: &str = "AuthCtrlr.OfflineTxForUnknownIdEnabled";
pub(super) const CACHE_ENABLED: &str = "AuthCacheCtrlr.Enabled";
pub(super) const CACHE_LIFE_TIME: &str = "AuthCacheCtrlr.LifeTime";
pub(super) const LIST_ENABLED: &str = "LocalAuthListCtrlr.Enabled";
pub(super) const HEARTBEAT_INTERVAL: &str = "OCPPCommCtrlr.HeartbeatInterval";
pub(super) const MESSAGE_TIMEOUT: &str = "OCPPCommCtrlr.MessageTimeout[Default]";
pub(super) const MESSAGE_ATTEMPTS: &str = "OCPPCommCtrlr.MessageAttempts[TransactionEvent]";
pub(super) const MESSAGE_RETRY: &str = "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]";
pub(super) const OFFLINE_THRESHOLD: &str = "OCPPCommCtrlr.OfflineThreshold";
pub(super) const BACK_OFF_MINIMUM: &str = "OCPPCommCtrlr.RetryBackOffWaitMinimum";
pub(super) const BACK_OFF_TIMES: &str = "OCPPCommCtrlr.RetryBackOffRepeatTimes";
pub(super) const BACK_OFF_RANDOM: &str = "OCPPCommCtrlr.RetryBackOffRandomRange";
pub(super) const PING_INTERVAL: &str = "OCPPCommCtrlr.WebSocketPingInterval";
pub(super) const UNLOCK_ON_EV_DISCONNECT: &str = "OCPPCommCtrlr.UnlockOnEVSideDisconnect";
pub(super) const BASIC_AUTH_PASSWORD: &str = "SecurityCtrlr.BasicAuthPassword";
pub(super) const CONNECTION_TIMEOUT: &str = "TxCtrlr.EVConnectionTimeOut";
pub(super) const MAX_ENERGY_INVALID: &str = "TxCtrlr.MaxEnergyOnInvalidId";
pub(super) const STOP_ON_EV_DISCONNECT: &str = "TxCtrlr.StopTxOnEVSideDisconnect";
pub(super) const STOP_ON_INVALID: &str = "TxCtrlr.StopTxOnInvalidId";
pub(super) const START_POINT: &str = "TxCtrlr.TxStartPoint";
pub(super) const STOP_POINT: &str = "TxCtrlr.TxStopPoint";
pub(super) const ITEMS_GET: &str = "DeviceDataCtrlr.ItemsPerMessage[GetVariables]";
pub(super) const ITEMS_SET: &str = "DeviceDataCtrlr.ItemsPerMessage[SetVariables]";
pub(super) const ITEMS_REPORT: &str = "DeviceDataCtrlr.ItemsPerMessage[GetReport]";
/// Told anew each time they are asked for.
pub(super) const DATE_TIME: &str = "ClockCtrlr.DateTime";
pub(super) const LIST_ENTRIES: &str = "LocalAuthListCtrlr.Entries";
pub(super) const PROFILE_ENTRIES: &str = "SmartChargingCtrlr.Entries[ChargingProfiles]";
pub(super) const AVAILABILITY_STATE: &str = "AvailabilityState";

/// Enough for every message: frames have a bound of their own.
const BYTES_PER_MESSAGE: i64 = 65_000;
const STATES: &str = "Available,Occupied,Reserved,Unavailable,Faulted";

/// Where a variable stands in the device model, and what the model says about it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) component: &'static str,
    pub(super) evse: Option<EvseId>,
    pub(super) connector: Option<u32>,
    pub(super) variable: &'static str,
    pub(super) instance: Option<&'static str>,
    pub(super) data: Data,
    pub(super) unit: Option<&'static str>,
    pub(super) values: Option<String>,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
}

type Row = (Entry, Variable);

/// Collects rows for one component.
struct Rows(Vec<Row>);

impl Rows {
    fn add(
        &mut self,
        component: &'static str,
        place: (Option<EvseId>, Option<u32>),
        (variable, instance): (&'static str, Option<&'static str>),
        kind: Kind,
        access: Access,
        default: impl compact_str::ToCompactString,
    ) -> &mut Entry {
        let mut key = component.to_string();
        if let Some(evse) = place.0 {
            key += &format!(":{evse}");
        }
        if let Some(connector) = place.1 {
            key += &format!(".{connector}");
        }
        key += &format!(".{variable}");
        if let Some(instance) = instance {
            key += &format!("[{instance}]");
        }
        let (data, min, max) = match kind {
            Kind::Boolean => (Data::Boolean, None, None),
            Kind::Integer { min, max } => {
                let max = (max < i64::MAX).then_some(max);
                (Data::Integer, Some(min), max)
            }
            Kind::List { .. } => (Data::MemberList, None, None),
            Kind::Text { .. } | Kind::Checked(_) => (Data::String, None, None),
        };
        let mut definition = Variable::new("", kind, access, default);
        definition.key = Cow::Owned(key.clone());
        let entry = Entry {
            key,
            component,
            evse: place.0,
            connector: place.1,
            variable,
            instance,
            data,
            unit: None,
            values: None,
            min,
            max,
        };
        self.0.push((entry, definition));
        let last = self.0.len() - 1;
        &mut self.0[last].0
    }

    fn here(
        &mut self,
        component: &'static str,
        variable: &'static str,
        kind: Kind,
        access: Access,
        default: impl compact_str::ToCompactString,
    ) -> &mut Entry {
        self.add(
            component,
            (None, None),
            (variable, None),
            kind,
            access,
            default,
        )
    }

    fn flag(&mut self, component: &'static str, variable: &'static str, value: bool) {
        self.here(component, variable, Kind::Boolean, ReadWrite, value);
    }

    /// What the hardware is like.
    fn fact(&mut self, component: &'static str, variable: &'static str, value: bool) {
        self.here(component, variable, Kind::Boolean, ReadOnly, value);
    }

    fn seconds(&mut self, component: &'static str, variable: &'static str, value: i64) {
        let kind = Kind::Integer {
            min: 0,
            max: LONGEST_INTERVAL.into(),
        };
        let entry = self.here(component, variable, kind, ReadWrite, value);
        entry.unit = Some("s");
    }

    fn count(
        &mut self,
        component: &'static str,
        variable: &'static str,
        instance: Option<&'static str>,
        value: impl compact_str::ToCompactString,
    ) {
        let kind = Kind::Integer {
            min: 0,
            max: i64::MAX,
        };
        self.add(
            component,
            (None, None),
            (variable, instance),
            kind,
            ReadOnly,
            value,
        );
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
            max: 30,
        };
        let entry = self.here(component, variable, kind, ReadWrite, value);
        entry.values = Some(possible.to_string());
    }

    fn list(
        &mut self,
        component: &'static str,
        variable: &'static str,
        access: Access,
        allowed: fn(&str) -> bool,
        value: &str,
        values: &str,
    ) -> &mut Entry {
        let kind = Kind::List { allowed, max: 10 };
        let entry = self.here(component, variable, kind, access, value);
        entry.values = Some(values.to_string());
        entry
    }

    fn text(&mut self, component: &'static str, variable: &'static str, value: &str) {
        self.here(
            component,
            variable,
            Kind::Text { max: 1000 },
            ReadOnly,
            value,
        );
    }
}

/// All variables of a station.
pub(super) fn rows(config: &StationConfig) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    station(&mut rows, config);
    evses(&mut rows, config);
    communication(&mut rows, config);
    authorization(&mut rows, config);
    transactions(&mut rows);
    metering(&mut rows, config);
    if config.features.smart_charging {
        smart_charging(&mut rows, config);
    }
    rows.0
}

fn station(rows: &mut Rows, config: &StationConfig) {
    const COMPONENT: &str = "ChargingStation";
    rows.fact(COMPONENT, "Available", true);
    state(rows, COMPONENT, (None, None));
    let phases = config.evses.iter().map(|evse| evse.phases).max();
    rows.count(COMPONENT, "SupplyPhases", None, phases.unwrap_or(0));
    rows.text(COMPONENT, "Model", &config.model);
    rows.text(COMPONENT, "VendorName", &config.vendor);
    if let Some(serial) = &config.serial_number {
        rows.text(COMPONENT, "SerialNumber", serial);
    }
    if let Some(version) = &config.firmware_version {
        rows.text("Controller", "FirmwareVersion", version);
    }
    rows.here(
        "ClockCtrlr",
        "DateTime",
        Kind::Text { max: 40 },
        ReadOnly,
        "",
    )
    .data = Data::DateTime;
    let is_heartbeat = |item: &str| item == "Heartbeat";
    let source = rows.list(
        "ClockCtrlr",
        "TimeSource",
        ReadWrite,
        is_heartbeat,
        "Heartbeat",
        "Heartbeat",
    );
    source.data = Data::SequenceList;
    for (instance, items) in [
        ("GetReport", 100),
        ("GetVariables", 100),
        ("SetVariables", 100),
    ] {
        rows.count("DeviceDataCtrlr", "ItemsPerMessage", Some(instance), items);
        let bytes = BYTES_PER_MESSAGE;
        rows.count("DeviceDataCtrlr", "BytesPerMessage", Some(instance), bytes);
    }
}

fn state(rows: &mut Rows, component: &'static str, place: (Option<EvseId>, Option<u32>)) {
    let variable = (AVAILABILITY_STATE, None);
    let kind = Kind::Text { max: 20 };
    let entry = rows.add(component, place, variable, kind, ReadOnly, "");
    entry.data = Data::OptionList;
    entry.values = Some(STATES.to_string());
}

fn evses(rows: &mut Rows, config: &StationConfig) {
    for (id, evse) in (1..).zip(&config.evses) {
        let place = (Some(id), None);
        rows.add(
            "EVSE",
            place,
            ("Available", None),
            Kind::Boolean,
            ReadOnly,
            true,
        );
        rows.add(
            "EVSE",
            place,
            ("AllowReset", None),
            Kind::Boolean,
            ReadOnly,
            false,
        );
        state(rows, "EVSE", place);
        let count = Kind::Integer { min: 0, max: 3 };
        rows.add(
            "EVSE",
            place,
            ("SupplyPhases", None),
            count,
            ReadOnly,
            evse.phases,
        );
        let phases = rust_decimal::Decimal::from(evse.phases.max(1));
        let power = evse.max_current.0.checked_mul(config.voltage.0);
        let power = power.and_then(|power| power.checked_mul(phases));
        let power = power.unwrap_or_default().normalize();
        let text = Kind::Text { max: 30 };
        let entry = rows.add("EVSE", place, ("Power", None), text, ReadOnly, power);
        entry.data = Data::Decimal;
        entry.unit = Some("W");
        entry.max = rust_decimal::prelude::ToPrimitive::to_i64(&power);
        for (number, connector) in (1..).zip(&evse.connectors) {
            let place = (Some(id), Some(number));
            rows.add(
                "Connector",
                place,
                ("Available", None),
                Kind::Boolean,
                ReadOnly,
                true,
            );
            state(rows, "Connector", place);
            let kind = &connector.kind;
            rows.add(
                "Connector",
                place,
                ("ConnectorType", None),
                text,
                ReadOnly,
                kind,
            );
            rows.add(
                "Connector",
                place,
                ("SupplyPhases", None),
                count,
                ReadOnly,
                evse.phases,
            );
        }
    }
}

fn communication(rows: &mut Rows, config: &StationConfig) {
    const COMPONENT: &str = "OCPPCommCtrlr";
    let here = (None, None);
    rows.seconds(COMPONENT, "HeartbeatInterval", 300);
    let wait = Kind::Integer { min: 1, max: 600 };
    let default = ("MessageTimeout", Some("Default"));
    let timeout = config.call_timeout.as_secs().clamp(1, 600);
    rows.add(COMPONENT, here, default, wait, ReadOnly, timeout)
        .unit = Some("s");
    let event = Some("TransactionEvent");
    let attempts = Kind::Integer { min: 1, max: 100 };
    rows.add(
        COMPONENT,
        here,
        ("MessageAttempts", event),
        attempts,
        ReadWrite,
        3,
    );
    let interval = Kind::Integer {
        min: 0,
        max: LONGEST_INTERVAL.into(),
    };
    let retry = ("MessageAttemptInterval", event);
    rows.add(COMPONENT, here, retry, interval, ReadWrite, 60)
        .unit = Some("s");
    rows.seconds(COMPONENT, "OfflineThreshold", 300);
    rows.seconds(
        COMPONENT,
        "RetryBackOffWaitMinimum",
        config.back_off.wait_minimum.into(),
    );
    rows.seconds(
        COMPONENT,
        "RetryBackOffRandomRange",
        config.back_off.random_range.into(),
    );
    let times = Kind::Integer { min: 0, max: 20 };
    let repeat = config.back_off.repeat_times;
    rows.here(
        COMPONENT,
        "RetryBackOffRepeatTimes",
        times,
        ReadWrite,
        repeat,
    );
    rows.seconds(COMPONENT, "WebSocketPingInterval", 60);
    rows.flag(COMPONENT, "UnlockOnEVSideDisconnect", true);
    rows.here(COMPONENT, "ResetRetries", times, ReadWrite, 0);
    let transfer = |item: &str| ["FTP", "FTPS", "HTTP", "HTTPS"].contains(&item);
    let protocols = "FTP,FTPS,HTTP,HTTPS";
    rows.list(
        COMPONENT,
        "FileTransferProtocols",
        ReadOnly,
        transfer,
        protocols,
        protocols,
    );
    rows.count(COMPONENT, "NetworkProfileConnectionAttempts", None, 3);
    rows.text(COMPONENT, "NetworkConfigurationPriority", "0");
    rows.count("SecurityCtrlr", "SecurityProfile", None, 0);
    rows.count("SecurityCtrlr", "CertificateEntries", None, 0);
    let name = Kind::Checked(is_organization);
    rows.here(
        "SecurityCtrlr",
        "OrganizationName",
        name,
        ReadWrite,
        &config.vendor,
    );
    let password = Kind::Checked(is_password);
    rows.here(
        "SecurityCtrlr",
        "BasicAuthPassword",
        password,
        WriteOnly,
        "",
    );
}

/// A01: sixteen to forty characters.
fn is_password(text: &str) -> bool {
    (16..=40).contains(&text.chars().count())
}

fn authorization(rows: &mut Rows, config: &StationConfig) {
    let features = &config.features;
    rows.fact("AuthCtrlr", "Enabled", true);
    rows.flag("AuthCtrlr", "AuthorizeRemoteStart", true);
    rows.flag("AuthCtrlr", "LocalAuthorizeOffline", true);
    rows.flag("AuthCtrlr", "LocalPreAuthorize", false);
    let token = Kind::Text { max: 36 };
    rows.here("AuthCtrlr", "MasterPassGroupId", token, ReadWrite, "");
    if features.offline_unknown_tokens {
        rows.flag("AuthCtrlr", "OfflineTxForUnknownIdEnabled", false);
    }
    if features.authorization_cache {
        rows.fact("AuthCacheCtrlr", "Available", true);
        rows.flag("AuthCacheCtrlr", "Enabled", true);
        let kind = Kind::Integer {
            min: 0,
            max: i64::from(u32::MAX),
        };
        let entry = rows.here("AuthCacheCtrlr", "LifeTime", kind, ReadWrite, 864_000);
        entry.unit = Some("s");
    }
    if features.local_list {
        rows.fact("LocalAuthListCtrlr", "Available", true);
        rows.flag("LocalAuthListCtrlr", "Enabled", true);
        rows.count("LocalAuthListCtrlr", "Entries", None, 0);
        let items = config.limits.send_local_list;
        rows.count("LocalAuthListCtrlr", "ItemsPerMessage", None, items);
        rows.count(
            "LocalAuthListCtrlr",
            "BytesPerMessage",
            None,
            BYTES_PER_MESSAGE,
        );
    }
}

fn transactions(rows: &mut Rows) {
    const COMPONENT: &str = "TxCtrlr";
    let names = Point::ALL.map(Point::name).join(",");
    let is_point = |item: &str| Point::ALL.iter().any(|point| point.name() == item);
    let path = Point::PowerPathClosed.name();
    rows.list(COMPONENT, "TxStartPoint", ReadWrite, is_point, path, &names);
    rows.list(COMPONENT, "TxStopPoint", ReadWrite, is_point, path, &names);
    rows.seconds(COMPONENT, "EVConnectionTimeOut", 60);
    rows.flag(COMPONENT, "StopTxOnEVSideDisconnect", true);
    rows.flag(COMPONENT, "StopTxOnInvalidId", true);
    let energy = Kind::Integer {
        min: 0,
        max: 1_000_000,
    };
    let entry = rows.here(COMPONENT, "MaxEnergyOnInvalidId", energy, ReadWrite, 0);
    entry.unit = Some("Wh");
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
    rows.count(COMPONENT, "Entries", Some("ChargingProfiles"), 0);
    rows.count(
        COMPONENT,
        "ProfileStackLevel",
        None,
        config.limits.stack_level,
    );
    rows.count(
        COMPONENT,
        "PeriodsPerSchedule",
        None,
        config.limits.schedule_periods,
    );
    let unit = |item: &str| item == "A" || item == "W";
    rows.list(COMPONENT, "RateUnit", ReadOnly, unit, "A,W", "A,W");
    rows.fact(COMPONENT, "Phases3to1", false);
    let kind = Kind::Text { max: 10 };
    let entry = rows.here(COMPONENT, "LimitChangeSignificance", kind, ReadOnly, 0);
    entry.data = Data::Decimal;
    entry.unit = Some("Percent");
}

fn is_measurand(item: &str) -> bool {
    Measurand::NAMES.contains(&item)
}
