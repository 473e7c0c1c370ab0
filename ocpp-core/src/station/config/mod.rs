//! What kind of station it is.

mod builder;
mod check;
mod components;
mod features;
mod file;
mod hardware;
mod limits;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::{Decimal, Version};
use serde::Deserialize;

use super::vocabulary::ConnectorId;
use crate::back_off::BackOffPolicy;

pub use builder::StationConfigBuilder;
pub use check::InvalidConfig;
pub use components::{ComponentConfig, VariableConfig};
pub use features::Features;
pub(crate) use features::built;
pub use hardware::{CableKind, ConnectorConfig, EvseConfig, GridConfig};
pub use limits::{Limits, Range};

/// What a meter of a usual AC station measures.
const MEASURANDS: [&str; 7] = [
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Power.Offered",
    "Current.Import",
    "Current.Offered",
    "Voltage",
    "SoC",
];

/// What the binding for tokio can do.
const FILE_TRANSFER: [&str; 4] = ["FTP", "FTPS", "HTTP", "HTTPS"];

/// The interfaces that 2.x has names for.
const INTERFACES: [&str; 8] = [
    "Wired0",
    "Wired1",
    "Wired2",
    "Wired3",
    "Wireless0",
    "Wireless1",
    "Wireless2",
    "Wireless3",
];

/// A configuration key of the vendor (1.6). The CSMS sees and changes it as it does the others; the application hears of
/// changes through [`Output::VariableChanged`](super::Output::VariableChanged).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VendorKey {
    /// Its name, at most 50 characters.
    pub key: String,
    /// Its first value, at most 500 characters.
    pub value: String,
    /// Whether the CSMS may only read it.
    #[serde(default)]
    pub read_only: bool,
}

/// A vendor whose `DataTransfer` the application answers
/// ([`Output::DataTransfer`](super::Output::DataTransfer)).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DataTransferVendor {
    /// Its identifier.
    pub vendor_id: String,
    /// Its messages; empty for all.
    #[serde(default)]
    pub messages: Vec<String>,
}

/// What kind of station it is: never changes while it runs. What the CSMS may change are the configuration keys or
/// variables.
///
/// It can be written as a file (any format with a serde implementation, TOML for example): the fields are the keys, the
/// EVSEs are called `evse`, durations are seconds, `defaults` is a table, and what is left out has its default. A value
/// that was read is not checked; [`check`](Self::check) and [`Station::restore`](super::Station::restore) do that.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct StationConfig {
    /// The versions that it speaks, best first.
    #[serde(deserialize_with = "file::versions")]
    pub versions: Vec<Version>,
    /// Vendor, at most 20 characters in 1.6 and 50 in 2.x.
    pub vendor: String,
    /// Model, at most 20 characters.
    pub model: String,
    /// Serial number, at most 25 characters.
    pub serial_number: Option<String>,
    /// Firmware version, at most 50 characters.
    pub firmware_version: Option<String>,
    /// Of the SIM card.
    pub iccid: Option<String>,
    /// Of the SIM card.
    pub imsi: Option<String>,
    /// Of the main meter.
    pub meter_type: Option<String>,
    /// Of the main meter.
    pub meter_serial_number: Option<String>,
    /// The EVSEs, numbered from 1 in this order.
    #[serde(rename = "evse")]
    pub evses: Vec<EvseConfig>,
    /// The connection to the grid. Without limits, the EVSEs may take what they can deliver all at once.
    pub grid: GridConfig,
    /// The line voltage of the area, in volts, between a phase and neutral: converts limits in watts.
    #[serde(
        deserialize_with = "hardware::decimal",
        serialize_with = "hardware::exact"
    )]
    pub voltage: Decimal,
    /// Whether there is a main meter.
    pub main_meter: bool,
    /// What the meters can measure, as 1.6 and 2.x name it.
    pub measurands: Vec<String>,
    /// What it offers.
    pub features: Features,
    /// How much of everything.
    pub limits: Limits,
    /// How long to wait before connecting again.
    pub back_off: BackOffPolicy,
    /// Waiting time between attempts to register when the CSMS leaves it open.
    #[serde(
        deserialize_with = "file::seconds",
        serialize_with = "file::whole_seconds"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub boot_retry: Duration,
    /// How long to wait for the response to a call.
    #[serde(
        deserialize_with = "file::seconds",
        serialize_with = "file::whole_seconds"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub call_timeout: Duration,
    /// How long to wait for an answer of the meter before its last reading is taken.
    #[serde(
        deserialize_with = "file::seconds",
        serialize_with = "file::whole_seconds"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub meter_timeout: Duration,
    /// Protocols of firmware, diagnostics and logs, as `SupportedFileTransferProtocols` (1.6) names them; what else the
    /// CSMS wants is refused by the application.
    pub file_transfer: Vec<String>,
    /// The slots for network profiles, at least two (2.x B09.FR.06). The first one holds what the station was installed with.
    pub network_slots: Vec<u32>,
    /// The interfaces over which it can be told to connect, as 2.x names them.
    pub network_interfaces: Vec<String>,
    /// Vendors whose `DataTransfer` the application answers; all others are unknown.
    pub data_transfer: Vec<DataTransferVendor>,
    /// Configuration keys of the vendor besides those of the specification (1.6).
    pub vendor_keys: Vec<VendorKey>,
    /// Components and variables of the application besides those of the specification (2.x).
    #[serde(rename = "component")]
    pub components: Vec<ComponentConfig>,
    /// Other than standard values of configuration keys (1.6) or variables (`Component.Variable`, 2.x) of a station
    /// that is new.
    #[serde(deserialize_with = "file::table", serialize_with = "file::as_table")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "alloc::collections::BTreeMap<String, serde_json::Value>")
    )]
    pub defaults: Vec<(String, String)>,
    /// Where random numbers begin, those of waiting times and of transaction ids (2.x). **Hand in a random number, another one
    /// at each start**: with the same one as others, stations try to connect in step with each other, and ids are told apart by
    /// serial number and time only.
    pub seed: u64,
}

impl StationConfig {
    /// A station with `evses` EVSEs with one fixed cable each.
    #[must_use]
    pub fn new(version: Version, vendor: &str, model: &str, evses: u32) -> Self {
        let evse = EvseConfig::new(alloc::vec![ConnectorConfig::fixed()]);
        Self {
            versions: alloc::vec![version],
            vendor: vendor.to_string(),
            model: model.to_string(),
            serial_number: None,
            firmware_version: None,
            iccid: None,
            imsi: None,
            meter_type: None,
            meter_serial_number: None,
            evses: (0..evses).map(|_| evse.clone()).collect(),
            grid: GridConfig::default(),
            voltage: Decimal::new(230, 0),
            main_meter: false,
            measurands: MEASURANDS.iter().map(ToString::to_string).collect(),
            features: Features::default(),
            limits: Limits::default(),
            back_off: BackOffPolicy::V1_6,
            boot_retry: Duration::from_secs(60),
            call_timeout: Duration::from_secs(30),
            meter_timeout: Duration::from_secs(5),
            file_transfer: FILE_TRANSFER.iter().map(ToString::to_string).collect(),
            network_slots: alloc::vec![1, 2, 3],
            network_interfaces: INTERFACES.iter().map(ToString::to_string).collect(),
            data_transfer: Vec::new(),
            vendor_keys: Vec::new(),
            components: Vec::new(),
            defaults: Vec::new(),
            seed: 0,
        }
    }

    /// All connectors, EVSE by EVSE.
    pub fn connectors(&self) -> impl Iterator<Item = (ConnectorId, &ConnectorConfig)> {
        (1..).zip(&self.evses).flat_map(|(evse, config)| {
            (1..)
                .zip(&config.connectors)
                .map(move |(connector, config)| (ConnectorId::new(evse, connector), config))
        })
    }
}

impl Default for StationConfig {
    /// A 1.6 station that has neither a name nor EVSEs yet.
    fn default() -> Self {
        Self::new(Version::V1_6, "", "", 0)
    }
}
