//! A configuration step by step.

use alloc::string::{String, ToString};

use ocpp_types::Version;

use super::{
    ComponentConfig, DataTransferVendor, EvseConfig, Features, GridConfig, InvalidConfig, Limits,
    StationConfig,
};

/// Builds a [`StationConfig`] step by step, and checks it at the end.
///
/// ```
/// use ocpp_core::Version;
/// use ocpp_core::station::{ConnectorConfig, EvseConfig, StationConfig};
///
/// let config = StationConfig::builder(Version::V1_6, "Vendor", "Model")
///     .serial_number("CP-1")
///     .evse(EvseConfig::new(vec![ConnectorConfig::socket()]))
///     .features(|features| features.smart_charging = false)
///     .limits(|limits| limits.local_list = 100)
///     .default_value("HeartbeatInterval", "60")
///     .build()?;
/// assert_eq!(config.evses.len(), 1);
///
/// let impossible = StationConfig::builder(Version::V1_6, "Vendor", "Model").build();
/// assert!(impossible.is_err());
/// # Ok::<(), ocpp_core::station::InvalidConfig>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct StationConfigBuilder(StationConfig);

impl StationConfig {
    /// A station without EVSEs yet.
    pub fn builder(version: Version, vendor: &str, model: &str) -> StationConfigBuilder {
        StationConfigBuilder(Self::new(version, vendor, model, 0))
    }
}

impl StationConfigBuilder {
    /// One more EVSE.
    pub fn evse(mut self, evse: EvseConfig) -> Self {
        self.0.evses.push(evse);
        self
    }

    /// Its serial number.
    pub fn serial_number(mut self, serial_number: impl Into<String>) -> Self {
        self.0.serial_number = Some(serial_number.into());
        self
    }

    /// The version of its firmware.
    pub fn firmware_version(mut self, version: impl Into<String>) -> Self {
        self.0.firmware_version = Some(version.into());
        self
    }

    /// Its connection to the grid.
    pub fn grid(mut self, grid: GridConfig) -> Self {
        self.0.grid = grid;
        self
    }

    /// Changes features.
    pub fn features(mut self, change: impl FnOnce(&mut Features)) -> Self {
        change(&mut self.0.features);
        self
    }

    /// Changes limits.
    pub fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.0.limits);
        self
    }

    /// The first value of a configuration key (1.6) or variable (`Component.Variable`, 2.x).
    pub fn default_value(mut self, key: &str, value: &str) -> Self {
        self.0.defaults.push((key.to_string(), value.to_string()));
        self
    }

    /// One more vendor whose data transfers the application answers; without `messages` all of them.
    pub fn data_transfer(mut self, vendor_id: &str, messages: &[&str]) -> Self {
        self.0.data_transfer.push(DataTransferVendor {
            vendor_id: vendor_id.to_string(),
            messages: messages.iter().map(ToString::to_string).collect(),
        });
        self
    }

    /// One more component of the application (2.x).
    pub fn component(mut self, component: ComponentConfig) -> Self {
        self.0.components.push(component);
        self
    }

    /// Changes anything else.
    pub fn with(mut self, change: impl FnOnce(&mut StationConfig)) -> Self {
        change(&mut self.0);
        self
    }

    /// The configuration.
    ///
    /// # Errors
    /// [`InvalidConfig`] says why there can be no such station.
    pub fn build(self) -> Result<StationConfig, InvalidConfig> {
        self.0.check()?;
        Ok(self.0)
    }
}
