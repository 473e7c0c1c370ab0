//! The station of `ocpp-core` that is a product.

use ocpp_core::station::{ConnectorConfig, EvseConfig, Range, StationConfig};
use ocpp_types::{Decimal, Version};

use super::{Impossible, Product};

impl Product {
    /// The variables of a new station of 2.0.1 that have other values than those of the library.
    fn variables(&self, measurands: &str, ping: &str) -> Vec<(String, String)> {
        let (start, stop) = self.v2_0_1.points;
        let unlock = self.features.unlock_on_ev_disconnect.to_string();
        let measured = [
            "SampledDataCtrlr.TxStartedMeasurands",
            "SampledDataCtrlr.TxUpdatedMeasurands",
            "SampledDataCtrlr.TxEndedMeasurands",
            "AlignedDataCtrlr.Measurands",
            "AlignedDataCtrlr.TxEndedMeasurands",
        ];
        let others = [
            ("TxCtrlr.TxStartPoint", start),
            ("TxCtrlr.TxStopPoint", stop),
            ("OCPPCommCtrlr.WebSocketPingInterval", ping),
            ("OCPPCommCtrlr.UnlockOnEVSideDisconnect", unlock.as_str()),
        ];
        let measured = measured.iter().map(|key| (*key, measurands));
        let all = measured.chain(others);
        all.map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    /// The station of `ocpp-core` that is this product.
    ///
    /// # Errors
    /// [`Impossible`] if there can be no such product.
    pub fn station(&self) -> Result<StationConfig, Impossible> {
        self.check()?;
        let declared = &self.features;
        let mut config = StationConfig::new(self.version, "Vendor", "Model", self.connectors);
        config.serial_number = Some("CP-0815".to_owned());
        config.firmware_version = Some("1.0.0".to_owned());
        let mut connector = if declared.detachable_cable {
            ConnectorConfig::socket()
        } else {
            ConnectorConfig::fixed()
        };
        self.connector_kind.clone_into(&mut connector.kind);
        config.evses = (0..self.connectors)
            .map(|_| match (self.version, declared.detachable_cable) {
                (Version::V1_6, _) | (_, true) => EvseConfig::new(vec![connector.clone()]),
                // The certified one delivers 400 kW of direct current.
                _ => EvseConfig::dc(
                    vec![connector.clone()],
                    Decimal::new(500, 0),
                    Decimal::new(400_000, 0),
                ),
            })
            .collect();
        let protocols = self.limits.file_transfer.iter();
        config.file_transfer = protocols.map(ToString::to_string).collect();
        let features = &mut config.features;
        features.authorization_cache = declared.authorization_cache;
        features.local_list = declared.local_list;
        features.offline_unknown_tokens = declared.offline_unknown_ids;
        features.reservation = declared.reservation;
        features.reservation_of_station = declared.reservation_of_station;
        features.smart_charging = declared.smart_charging;
        features.remote_trigger = declared.remote_trigger;
        features.security = declared.security_profile_1 || declared.security_profile_2;
        features.local_start = declared.local_start;
        features.local_stop = declared.local_stop;
        features.max_energy_on_invalid_id = declared.max_energy_on_invalid_id;
        features.minimum_status_duration = declared.minimum_status_duration;
        features.resume_after_ev_disconnect = declared.keep_on_ev_disconnect;
        features.limits_in_amperes = declared.rate_in_amperes;
        features.limits_in_watts = declared.rate_in_watts;
        features.download_while_charging = declared.download_while_charging;
        features.delete_last_root = declared.delete_last_root;
        features.select_evse_first = declared.evse_selection_enforced;
        features.resume_transactions = declared.resume_after_power_loss;
        features.summary_inventory = self.v2_0_1.summary_inventory;
        features.master_pass_selection = self.v2_0_1.master_pass_with_ui;
        features.install_while_charging = self.v2_0_1.install_while_charging;
        features.additional_root_check = self.v2_0_1.additional_root_check;
        // Only certificates of 2.0.1 say so.
        features.cancel_firmware_update =
            self.version == Version::V1_6 || self.v2_0_1.cancel_firmware_update;
        features.reset_evse = self.v2_0_1.reset_evse;
        features.signed_meter_values = self.v2_0_1.signed_meter_values;
        features.firmware = !self.limits.file_transfer.is_empty();
        let limits = &mut config.limits;
        limits.get_configuration_keys = self.limits.get_configuration_keys;
        limits.local_list = self.limits.local_list;
        limits.send_local_list = self.limits.send_local_list;
        limits.stack_level = self.limits.stack_level;
        limits.schedule_periods = self.limits.schedule_periods;
        limits.aligned_measurands = self.limits.aligned_measurands;
        limits.sampled_measurands = self.limits.sampled_measurands;
        limits.stop_aligned_measurands = self.limits.stop_aligned_measurands;
        limits.stop_sampled_measurands = self.limits.stop_sampled_measurands;
        let range = |(least, most)| Range::new(least, most);
        limits.sample_interval = range(self.limits.sample_interval);
        limits.heartbeat_interval = range(self.limits.heartbeat_interval);
        if let Some(values) = self.limits.stop_meter_values {
            limits.transaction_data = values;
        }
        if let Some(profiles) = self.limits.charging_profiles {
            limits.charging_profiles = profiles;
        }
        let measurands = declared.sampled_measurands.join(",");
        let ping = self.limits.ping_interval.to_string();
        config.defaults = match self.version {
            Version::V1_6 => vec![
                ("MeterValuesSampledData".to_owned(), measurands),
                ("WebSocketPingInterval".to_owned(), ping),
            ],
            _ => self.variables(&measurands, &ping),
        };
        config
            .check()
            .map_err(|error| Impossible(error.to_string()))?;
        Ok(config)
    }
}
