//! What kind of station it is.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use ocpp_types::{Decimal, Version};

use super::vocabulary::ConnectorId;
use crate::back_off::BackOffPolicy;

/// The cable of a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CableKind {
    /// Attached to the station.
    #[default]
    Fixed,
    /// The driver's own, in a socket.
    Detachable,
}

/// One connector.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ConnectorConfig {
    /// Fixed or detachable.
    pub cable: CableKind,
    /// Whether the station can lock and unlock the cable in the socket.
    pub lock: bool,
    /// The type as 2.x writes it (`cType2`, `sType2`, `cCCS2`).
    pub kind: String,
}

impl ConnectorConfig {
    /// A fixed cable without a lock.
    #[must_use]
    pub fn fixed() -> Self {
        Self {
            cable: CableKind::Fixed,
            lock: false,
            kind: "cType2".to_string(),
        }
    }

    /// A socket with a lock.
    #[must_use]
    pub fn socket() -> Self {
        Self {
            cable: CableKind::Detachable,
            lock: true,
            kind: "sType2".to_string(),
        }
    }
}

/// One EVSE.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EvseConfig {
    /// Its connectors; one of them can be in use at a time.
    pub connectors: Vec<ConnectorConfig>,
    /// What it can deliver, in amperes for each phase.
    pub max_current: Decimal,
    /// How many phases it has; 0 for direct current.
    pub phases: u8,
}

impl EvseConfig {
    /// An AC EVSE of 32 amperes on three phases.
    #[must_use]
    pub fn new(connectors: Vec<ConnectorConfig>) -> Self {
        Self {
            connectors,
            max_current: Decimal::new(32, 0),
            phases: 3,
        }
    }
}

/// What a station offers beyond the minimum. Everything is on at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Features {
    /// An authorization cache.
    pub authorization_cache: bool,
    /// A local authorization list.
    pub local_list: bool,
    /// Charging for tokens that nobody can be asked about while offline.
    pub offline_unknown_tokens: bool,
    /// Reservations.
    pub reservation: bool,
    /// Reservations of the station as a whole (1.6: connector 0).
    pub reservation_of_station: bool,
    /// Charging profiles.
    pub smart_charging: bool,
    /// `TriggerMessage`.
    pub remote_trigger: bool,
    /// The messages of the security whitepaper (1.6).
    pub security: bool,
    /// Firmware updates and diagnostics.
    pub firmware: bool,
    /// Tokens at the station start transactions.
    pub local_start: bool,
    /// Tokens at the station stop transactions.
    pub local_stop: bool,
    /// Transactions that were open when the power was cut go on when it is back; otherwise they end with the restart.
    pub resume_transactions: bool,
    /// A second presentation of a token before the cable is plugged in withdraws the authorization.
    pub cancel_by_second_token: bool,
    /// A soft reset restarts the program; otherwise it only registers anew.
    pub soft_reset_reboots: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            authorization_cache: true,
            local_list: true,
            offline_unknown_tokens: true,
            reservation: true,
            reservation_of_station: true,
            smart_charging: true,
            remote_trigger: true,
            security: true,
            firmware: true,
            local_start: true,
            local_stop: true,
            resume_transactions: false,
            cancel_by_second_token: true,
            soft_reset_reboots: true,
        }
    }
}

/// How much of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Messages that are kept for delivery. When there is no room, meter values from the middle of transactions are
    /// thinned out; starts and ends never.
    pub queue: usize,
    /// Tokens in the authorization cache; the one that was not used for the longest time makes room.
    pub cache: usize,
    /// Tokens in the local list.
    pub local_list: usize,
    /// Tokens in one `SendLocalList`.
    pub send_local_list: usize,
    /// Keys in one `GetConfiguration` that names keys.
    pub get_configuration_keys: usize,
    /// Meter values in the end of a transaction (`transactionData`); when there is no room, every second is left out.
    pub transaction_data: usize,
    /// Charging profiles.
    pub charging_profiles: usize,
    /// The highest stack level of a charging profile.
    pub stack_level: u32,
    /// Periods of a charging schedule.
    pub schedule_periods: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue: 1_000,
            cache: 100,
            local_list: 1_000,
            send_local_list: 100,
            get_configuration_keys: 100,
            transaction_data: 100,
            charging_profiles: 20,
            stack_level: 9,
            schedule_periods: 24,
        }
    }
}

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

/// What kind of station it is: never changes while it runs. What the CSMS may change are the configuration keys or
/// variables.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StationConfig {
    /// The versions that it speaks, best first.
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
    pub evses: Vec<EvseConfig>,
    /// The line voltage of the area, in volts, between a phase and neutral: converts limits in watts.
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
    pub boot_retry: Duration,
    /// How long to wait for the response to a call.
    pub call_timeout: Duration,
    /// How long to wait for an answer of the meter before its last reading is taken.
    pub meter_timeout: Duration,
    /// Other than standard values of configuration keys (1.6) or variables (`Component.Variable`, 2.x) of a station
    /// that is new.
    pub defaults: Vec<(String, String)>,
    /// Where random numbers (of waiting times) begin: different for each station.
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
            voltage: Decimal::new(230, 0),
            main_meter: false,
            measurands: MEASURANDS.iter().map(ToString::to_string).collect(),
            features: Features::default(),
            limits: Limits::default(),
            back_off: BackOffPolicy::V1_6,
            boot_retry: Duration::from_secs(60),
            call_timeout: Duration::from_secs(30),
            meter_timeout: Duration::from_secs(5),
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

    /// Whether this can be a station.
    ///
    /// # Errors
    /// [`InvalidConfig`] says what is wrong.
    pub fn check(&self) -> Result<(), InvalidConfig> {
        let too_long = |text: &str, max| text.chars().count() > max;
        if self.versions.is_empty() {
            return Err(InvalidConfig("no version of OCPP"));
        }
        if self.evses.is_empty() || self.evses.iter().any(|evse| evse.connectors.is_empty()) {
            return Err(InvalidConfig("a station has an EVSE, an EVSE a connector"));
        }
        if self.connectors().count() > 1_000 {
            return Err(InvalidConfig("more than 1,000 connectors"));
        }
        if self.vendor.is_empty() || self.model.is_empty() {
            return Err(InvalidConfig("vendor and model must be given"));
        }
        if too_long(&self.vendor, 20) || too_long(&self.model, 20) {
            return Err(InvalidConfig("vendor and model have at most 20 characters"));
        }
        let serial_number = self.serial_number.as_deref().unwrap_or_default();
        if too_long(serial_number, 25) {
            return Err(InvalidConfig("the serial number has at most 25 characters"));
        }
        if too_long(self.firmware_version.as_deref().unwrap_or_default(), 50) {
            return Err(InvalidConfig(
                "the firmware version has at most 50 characters",
            ));
        }
        if self.limits.queue < 10 {
            return Err(InvalidConfig("the queue must take at least 10 messages"));
        }
        if self.features.reservation_of_station && !self.features.reservation {
            return Err(InvalidConfig(
                "reservation of the station without reservation",
            ));
        }
        Ok(())
    }
}

/// A configuration that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidConfig(pub &'static str);

impl fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl core::error::Error for InvalidConfig {}
