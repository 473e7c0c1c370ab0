//! Which configurations can be.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::fmt;

use ocpp_types::{Decimal, Version};

use super::{CableKind, FILE_TRANSFER, INTERFACES, StationConfig, built};
use crate::station::device_model::{DeviceModel, Standard, Variable};

/// A configuration that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidConfig(pub(in crate::station) Cow<'static, str>);

impl InvalidConfig {
    pub(in crate::station) const fn new(reason: &'static str) -> Self {
        Self(Cow::Borrowed(reason))
    }

    pub(in crate::station) const fn because(reason: String) -> Self {
        Self(Cow::Owned(reason))
    }
}

impl fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for InvalidConfig {}

impl StationConfig {
    /// Whether this can be a station.
    ///
    /// # Errors
    /// [`InvalidConfig`] says what is wrong.
    #[inline(never)] // For the reason that `behaviour::apart` gives.
    pub fn check(&self) -> Result<(), InvalidConfig> {
        self.check_identity()?;
        self.check_hardware()?;
        self.check_features()?;
        self.check_network()?;
        self.check_components()?;
        self.check_limits()
    }

    fn check_identity(&self) -> Result<(), InvalidConfig> {
        if self.versions.is_empty() {
            return Err(InvalidConfig::new("no version of OCPP"));
        }
        if self.vendor.is_empty() || self.model.is_empty() {
            return Err(InvalidConfig::new("vendor and model must be given"));
        }
        let v1_6 = self.versions.contains(&Version::V1_6);
        let texts = [
            ("vendor", Some(&self.vendor), if v1_6 { 20 } else { 50 }),
            ("model", Some(&self.model), 20),
            ("serial number", self.serial_number.as_ref(), 25),
            ("firmware version", self.firmware_version.as_ref(), 50),
            ("iccid", self.iccid.as_ref(), 20),
            ("imsi", self.imsi.as_ref(), 20),
            ("meter type", self.meter_type.as_ref(), 25),
            (
                "serial number of the meter",
                self.meter_serial_number.as_ref(),
                25,
            ),
        ];
        for (what, text, max) in texts {
            if text.is_some_and(|text| text.chars().count() > max) {
                let reason = format!("the {what} has at most {max} characters");
                return Err(InvalidConfig::because(reason));
            }
        }
        Ok(())
    }

    fn check_hardware(&self) -> Result<(), InvalidConfig> {
        if self.evses.is_empty() || self.evses.iter().any(|evse| evse.connectors.is_empty()) {
            return Err(InvalidConfig::new(
                "a station has an EVSE, an EVSE a connector",
            ));
        }
        if self.connectors().count() > 1_000 {
            return Err(InvalidConfig::new("more than 1,000 connectors"));
        }
        for (number, evse) in (1..).zip(&self.evses) {
            let nothing = |value: Decimal| value.0 <= rust_decimal::Decimal::ZERO;
            let reason = if nothing(evse.max_current) || evse.max_power.is_some_and(nothing) {
                "cannot deliver anything"
            } else if evse.phases > 3 {
                "has more than 3 phases"
            } else if evse
                .single_phase
                .is_some_and(|phase| !(1..=3).contains(&phase))
            {
                "has a single phase other than 1 to 3"
            } else if evse.phases == 0
                && evse
                    .connectors
                    .iter()
                    .any(|c| c.cable == CableKind::Detachable)
            {
                "delivers direct current through a detachable cable"
            } else {
                continue;
            };
            return Err(InvalidConfig::because(format!("EVSE {number} {reason}")));
        }
        self.check_grid()?;
        if self.voltage.0 <= rust_decimal::Decimal::ZERO {
            return Err(InvalidConfig::new("the voltage must be more than 0"));
        }
        let register = crate::station::ENERGY_IMPORT_REGISTER;
        if !self.measurands.iter().any(|name| name == register) {
            return Err(InvalidConfig::new(
                "a meter that does not measure Energy.Active.Import.Register",
            ));
        }
        Ok(())
    }

    fn check_grid(&self) -> Result<(), InvalidConfig> {
        let grid = &self.grid;
        if !(1..=3).contains(&grid.phases) {
            return Err(InvalidConfig::new("the grid has 1 to 3 phases"));
        }
        let limits = [grid.max_current, grid.max_power];
        let nothing = |limit: &Decimal| limit.0 <= rust_decimal::Decimal::ZERO;
        if limits.iter().flatten().any(nothing) {
            return Err(InvalidConfig::new("the grid cannot deliver anything"));
        }
        let most = self.evses.iter().map(|evse| evse.phases).max();
        if most > Some(grid.phases) {
            return Err(InvalidConfig::new("an EVSE has more phases than the grid"));
        }
        Ok(())
    }

    fn check_features(&self) -> Result<(), InvalidConfig> {
        let features = &self.features;
        let needs = [
            (
                features.reservation_of_station && !features.reservation,
                "reservation of the station without reservation",
            ),
            (
                features.smart_charging && !features.limits_in_amperes && !features.limits_in_watts,
                "smart charging with limits in neither amperes nor watts",
            ),
            (
                !built::SMART_CHARGING
                    && (self.grid.max_current.is_some() || self.grid.max_power.is_some()),
                "a connection to the grid that is shared, without the Cargo feature smart-charging",
            ),
            (
                features.unsigned_firmware && !features.firmware,
                "unsigned firmware updates without firmware updates",
            ),
            (
                features.additional_root_check && !features.security,
                "the additional root certificate check without the security features",
            ),
            (
                features.firmware && self.file_transfer.is_empty(),
                "firmware updates and diagnostics without a file transfer protocol",
            ),
        ];
        for (impossible, reason) in needs {
            if impossible {
                return Err(InvalidConfig::new(reason));
            }
        }
        let known = |protocol: &String| FILE_TRANSFER.contains(&protocol.as_str());
        if let Some(protocol) = self.file_transfer.iter().find(|protocol| !known(protocol)) {
            let all = FILE_TRANSFER.join(", ");
            let reason = format!("{protocol} is no file transfer protocol of OCPP: {all}");
            return Err(InvalidConfig::because(reason));
        }
        for vendor in &self.vendor_keys {
            let length = vendor.key.chars().count();
            if !(1..=50).contains(&length) || vendor.value.chars().count() > 500 {
                let reason = format!(
                    "the vendor key {:?} has 1 to 50 characters, its value at most 500",
                    vendor.key
                );
                return Err(InvalidConfig::because(reason));
            }
        }
        let vendor = self
            .data_transfer
            .iter()
            .find(|vendor| vendor.vendor_id.is_empty() || vendor.vendor_id.chars().count() > 255);
        if vendor.is_some() {
            return Err(InvalidConfig::new(
                "vendor ids of data transfers have 1 to 255 characters",
            ));
        }
        Ok(())
    }

    /// B09.FR.06.
    fn check_network(&self) -> Result<(), InvalidConfig> {
        let slots = &self.network_slots;
        let twice = (1..)
            .zip(slots)
            .any(|(next, slot)| slots.iter().skip(next).any(|s| s == slot));
        if !(2..=10).contains(&slots.len()) || twice {
            return Err(InvalidConfig::new(
                "a station has two to ten slots for network profiles, each once",
            ));
        }
        let known = |name: &String| INTERFACES.contains(&name.as_str());
        if self.network_interfaces.is_empty() || !self.network_interfaces.iter().all(known) {
            let all = INTERFACES.join(", ");
            let reason = format!("a station has one or more of the interfaces {all}");
            return Err(InvalidConfig::because(reason));
        }
        Ok(())
    }

    fn check_limits(&self) -> Result<(), InvalidConfig> {
        let limits = &self.limits;
        if limits.queue < 10 {
            return Err(InvalidConfig::new(
                "the queue must take at least 10 messages",
            ));
        }
        let not_zero = [
            ("a cache", self.features.authorization_cache, limits.cache),
            ("a local list", self.features.local_list, limits.local_list),
            (
                "updates of the local list",
                self.features.local_list,
                limits.send_local_list,
            ),
            (
                "charging profiles",
                self.features.smart_charging,
                limits.charging_profiles,
            ),
            (
                "schedules",
                self.features.smart_charging,
                limits.schedule_periods,
            ),
            ("GetConfiguration", true, limits.get_configuration_keys),
            ("NotifyReport", true, limits.report_items),
            (
                "root certificates",
                self.features.security,
                limits.certificates,
            ),
            (
                "certificate chains",
                self.features.security,
                limits.certificate_chain,
            ),
            ("aligned measurands", true, limits.aligned_measurands),
            ("sampled measurands", true, limits.sampled_measurands),
        ];
        for (what, wanted, limit) in not_zero {
            if wanted && limit == 0 {
                return Err(InvalidConfig::because(format!("{what} with a limit of 0")));
            }
        }
        if limits.certificate_chain > 10_000 {
            return Err(InvalidConfig::new(
                "a certificate chain has at most 10,000 characters",
            ));
        }
        for (what, range) in [
            ("MeterValueSampleInterval", limits.sample_interval),
            ("HeartbeatInterval", limits.heartbeat_interval),
        ] {
            if range.min > range.max {
                return Err(InvalidConfig::because(format!(
                    "no value of {what} is possible"
                )));
            }
        }
        Ok(())
    }

    /// Whether the configured first values are possible. `tables` are those of the versions that the station speaks: a key is one of any of them.
    pub(in crate::station) fn check_defaults<'a>(
        &self,
        tables: &[&'a DeviceModel],
    ) -> Result<(), InvalidConfig> {
        for (key, value) in &self.defaults {
            let find = |table: &'a DeviceModel| table.get(table.find(key)?);
            let mut found = tables.iter().copied().filter_map(find).peekable();
            if found.peek().is_none() {
                return Err(InvalidConfig::because(format!("there is no key {key}")));
            }
            for variable in found {
                Self::check_default(key, value, variable)?;
            }
        }
        Ok(())
    }

    fn check_default(key: &str, value: &str, variable: &Variable) -> Result<(), InvalidConfig> {
        let reason = if !variable.accepts(value) {
            format!("{value:?} is no value of {key}")
        } else if variable.contradicts(value)
            && variable.standard != Some(Standard::SecurityProfile)
        {
            // The profile is read-only for the CSMS, but for whoever installs the station to decide: with it it connects at
            // first.
            format!(
                "{key} follows from the rest of the configuration: it is {:?}, not {value:?}",
                variable.value
            )
        } else {
            return Ok(());
        };
        Err(InvalidConfig::because(reason))
    }
}
