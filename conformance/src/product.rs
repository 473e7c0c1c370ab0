//! What a product is declared to be able to do: the feature table of a certificate.

use ocpp_core::station::{ConnectorConfig, EvseConfig, Range, StationConfig};
use ocpp_types::{Decimal, Version};
use serde::{Deserialize, Deserializer, Serialize};

/// A word of a product that is known for the whole run.
pub type Word = &'static str;

/// The optional features, by the ids of the certificates' tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)] // Each is a row of the table.
pub struct Features {
    /// HFS-1: detachable cables; otherwise they are fixed (HFS-2).
    pub detachable_cable: bool,
    /// HFS-10: one RFID reader for all connectors; otherwise each has its own.
    pub single_reader: bool,
    /// C-01.
    pub offline_authorization: bool,
    /// C-02.
    pub offline_unknown_ids: bool,
    /// C-03.
    pub max_energy_on_invalid_id: bool,
    /// C-04.
    pub authorization_cache: bool,
    /// C-05.
    pub minimum_status_duration: bool,
    /// C-06.1: `StopTransactionOnEVSideDisconnect` can be false.
    pub keep_on_ev_disconnect: bool,
    /// C-06.2: it can be true.
    pub stop_on_ev_disconnect: bool,
    /// C-07.
    pub local_start: bool,
    /// C-08.
    pub local_stop: bool,
    /// C-10.1: `UnlockConnectorOnEVSideDisconnect` can be true.
    pub unlock_on_ev_disconnect: bool,
    /// C-10.2: it can be false.
    pub keep_locked_on_ev_disconnect: bool,
    /// C-09.1, the measurands that `MeterValuesSampledData` is set to.
    #[serde(deserialize_with = "words")]
    pub sampled_measurands: &'static [&'static str],
    /// LA-0.
    pub local_list: bool,
    /// RT-0.
    pub remote_trigger: bool,
    ///
    pub reservation: bool,
    ///
    pub reservation_of_station: bool,
    /// The profile Smart Charging.
    pub smart_charging: bool,
    /// SC-1.1.
    pub rate_in_amperes: bool,
    /// SC-1.2.
    pub rate_in_watts: bool,
    /// F-1.
    pub secure_firmware_update: bool,
    /// SEC-1, C-11.
    pub security_profile_1: bool,
    /// SEC-2.
    pub security_profile_2: bool,
    /// SEC-3: the profile Advanced Security.
    pub security_profile_3: bool,
    /// AQ-1.
    pub delete_last_root: bool,
    /// AQ-2.
    pub lock_prevents_plug_in: bool,
    /// AQ-4.
    pub download_while_charging: bool,
    /// AQ-5.
    pub evse_selection_enforced: bool,
    /// AQ-7.1: StopTransaction before the power goes; otherwise after it is back (AQ-7.2).
    pub stop_before_power_loss: bool,
    /// With AQ-7.2: a transaction that was running goes on when the power is back.
    pub resume_after_power_loss: bool,
}

/// The vendor's own limits of the section Performance, in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeouts {
    /// From a call to its answer.
    pub response: u32,
    /// From an action to the request that it triggers.
    pub trigger: u32,
    /// From RemoteStartTransaction to StartTransaction.
    pub remote_start: u32,
    /// From RemoteStopTransaction to StopTransaction.
    pub remote_stop: u32,
}

impl Timeouts {
    /// The same limit for all four.
    #[must_use]
    pub const fn all(seconds: u32) -> Self {
        Self {
            response: seconds,
            trigger: seconds,
            remote_start: seconds,
            remote_stop: seconds,
        }
    }
}

/// The rows ORS of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// ORS-1.
    pub get_configuration_keys: usize,
    /// ORS-2.
    pub aligned_measurands: usize,
    /// ORS-3.
    pub sampled_measurands: usize,
    /// ORS-4 and 5, in seconds.
    pub sample_interval: (u32, u32),
    /// ORS-6 and 7, in seconds.
    pub heartbeat_interval: (u32, u32),
    /// ORS-8.
    pub stop_meter_values: Option<usize>,
    /// ORS-9.
    pub stop_aligned_measurands: usize,
    /// ORS-10.
    pub stop_sampled_measurands: usize,
    /// ORS-11, in seconds.
    pub ping_interval: u32,
    /// ORS-12.
    pub local_list: usize,
    /// ORS-13.
    pub send_local_list: usize,
    /// ORS-14.
    pub stack_level: u32,
    /// ORS-15.
    pub schedule_periods: usize,
    /// ORS-19.
    pub charging_profiles: Option<usize>,
    /// ORS-16.
    #[serde(deserialize_with = "words")]
    pub file_transfer: &'static [&'static str],
    /// Section Performance.
    pub timeouts: Timeouts,
}

/// A product as its certificate describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// How the preset is called.
    #[serde(deserialize_with = "word")]
    pub name: Word,
    /// The holder and the model.
    #[serde(deserialize_with = "word")]
    pub model: Word,
    /// The version of OCPP.
    #[serde(with = "version")]
    pub version: Version,
    /// HFS-8.
    pub connectors: u32,
    /// The connector type as 2.x writes it.
    #[serde(deserialize_with = "word")]
    pub connector_kind: Word,
    /// The optional features.
    pub features: Features,
    /// The limits.
    pub limits: Limits,
    /// What only certificates of OCPP 2.0.1 have.
    pub v2_0_1: V2_0_1,
}

/// The rows that only certificates of OCPP 2.0.1 have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)] // Each is a row of the table.
pub struct V2_0_1 {
    /// C-09: what `TxStartPoint` can be.
    #[serde(deserialize_with = "words")]
    pub start_points: &'static [&'static str],
    /// C-10: what `TxStopPoint` can be.
    #[serde(deserialize_with = "words")]
    pub stop_points: &'static [&'static str],
    /// `TxStartPoint` and `TxStopPoint` of a station that is new.
    #[serde(deserialize_with = "pair")]
    pub points: (Word, Word),
    /// C-13.
    pub reset_evse: bool,
    /// C-29: what `TriggerMessage` can ask for.
    #[serde(deserialize_with = "words")]
    pub trigger_messages: &'static [&'static str],
    /// C-47.
    pub network_fallback: bool,
    /// C-48.1 and C-48.2: what `AuthorizeRemoteStart` can be.
    #[serde(deserialize_with = "flags")]
    pub authorize_remote_start: &'static [bool],
    /// C-53.
    pub cache_life_time: bool,
    /// C-56.
    pub summary_inventory: bool,
    /// C-28: `AlignedDataCtrlr.SendDuringIdle`.
    #[serde(default)]
    pub aligned_idle_only: bool,
    /// AQ-5: events are told of monitors that nobody has set, among them those of locks that fail (G05).
    #[serde(default)]
    pub hard_wired_monitors: bool,
    /// AS-3: a request for a certificate is repeated (`CertSigningRepeatTimes`).
    #[serde(default)]
    pub signing_repeats: bool,
    /// C-42: meter values are signed.
    #[serde(default)]
    pub signed_meter_values: bool,
    /// AQ-9: cars that speak no more than IEC 61851-1 can charge.
    #[serde(default)]
    pub iec_61851: bool,
    /// AQ-11: one certificate for the station and for V2G.
    #[serde(default)]
    pub combined_certificate: bool,
    /// Advanced Device Management: the criteria of `GetReport` (B08); none without custom reports.
    #[serde(default, deserialize_with = "words")]
    pub report_criteria: &'static [&'static str],
    /// C-07: a master pass, and a display where its user selects what to stop.
    #[serde(default)]
    pub master_pass_with_ui: bool,
    /// C-08: a master pass that stops everything.
    #[serde(default)]
    pub master_pass_without_ui: bool,
    /// C-58: `DisableRemoteAuthorization`.
    #[serde(default)]
    pub disable_remote_authorization: bool,
    /// C-59: `DisablePostAuthorize` of the cache.
    #[serde(default)]
    pub cache_disable_post_authorize: bool,
    /// LA-3: that of the local list.
    #[serde(default)]
    pub list_disable_post_authorize: bool,
    /// External systems can set limits (K11 to K13).
    #[serde(default)]
    pub external_limits: bool,
    /// C-20: `AllowNewSessionsPendingFirmwareUpdate` can be true.
    #[serde(default)]
    pub sessions_pending_update: bool,
    /// C-43.
    #[serde(default)]
    pub install_while_charging: bool,
    /// C-60.
    #[serde(default = "yes")]
    pub cancel_firmware_update: bool,
    /// AS-2: `AdditionalRootCertificateCheck` is true.
    #[serde(default)]
    pub additional_root_check: bool,
    /// C-14: customers are known by other identifiers than tokens.
    #[serde(default)]
    pub customer_identifiers: bool,
    /// Roots of vehicles and of mobility operators can be installed (ISO 15118).
    #[serde(default)]
    pub vehicle_roots: bool,
}

const fn yes() -> bool {
    true
}

// A description is read once in a run, and what it says is used until its end.

fn kept(text: String) -> Word {
    Box::leak(text.into_boxed_str())
}

fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
    String::deserialize(deserializer).map(kept)
}

fn pair<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(Word, Word), D::Error> {
    let (a, b) = <(String, String)>::deserialize(deserializer)?;
    Ok((kept(a), kept(b)))
}

fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static [Word], D::Error> {
    let all = Vec::<String>::deserialize(deserializer)?;
    let all: Vec<Word> = all.into_iter().map(kept).collect();
    Ok(Vec::leak(all))
}

/// As the specification writes it.
mod version {
    use ocpp_types::Version;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    #[allow(clippy::trivially_copy_pass_by_ref)] // What serde wants.
    pub(super) fn serialize<S: Serializer>(version: &Version, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(version.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Version, D::Error> {
        let text = String::deserialize(from)?;
        let known = text.parse();
        known.map_err(|_| D::Error::custom(format!("there is no version {text} of OCPP")))
    }
}

fn flags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static [bool], D::Error> {
    Vec::deserialize(deserializer).map(|all: Vec<bool>| &*Vec::leak(all))
}

impl V2_0_1 {
    /// Whether parking bays have sensors (C-09.6, C-10.5).
    #[must_use]
    pub fn has_bay_sensors(&self) -> bool {
        let mut points = self.start_points.iter().chain(self.stop_points);
        points.any(|point| *point == "ParkingBayOccupancy")
    }

    /// For products that speak another version.
    pub const NONE: Self = Self {
        start_points: &[],
        stop_points: &[],
        points: ("", ""),
        reset_evse: false,
        trigger_messages: &[],
        network_fallback: false,
        authorize_remote_start: &[],
        cache_life_time: false,
        summary_inventory: false,
        aligned_idle_only: false,
        hard_wired_monitors: false,
        signing_repeats: false,
        signed_meter_values: false,
        iec_61851: false,
        combined_certificate: false,
        report_criteria: &[],
        master_pass_with_ui: false,
        master_pass_without_ui: false,
        disable_remote_authorization: false,
        cache_disable_post_authorize: false,
        list_disable_post_authorize: false,
        external_limits: false,
        sessions_pending_update: false,
        install_while_charging: false,
        cancel_firmware_update: true,
        additional_root_check: false,
        customer_identifiers: false,
        vehicle_roots: false,
    };
}

/// A product that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impossible(pub String);

impl std::fmt::Display for Impossible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Impossible {}

impl Product {
    /// Whether there can be such a product.
    ///
    /// # Errors
    /// [`Impossible`] says why not.
    pub fn check(&self) -> Result<(), Impossible> {
        let features = &self.features;
        let limits = &self.limits;
        let refuse = |what: &str| Err(Impossible(format!("{}: {what}", self.name)));
        if self.connectors == 0 {
            return refuse("a station without connectors");
        }
        if features.reservation_of_station && !features.reservation {
            return refuse("R-1 (reservation of the station) needs R-0 (reservation)");
        }
        if !features.keep_on_ev_disconnect && !features.stop_on_ev_disconnect {
            return refuse("one of C-06.1 and C-06.2 must be declared");
        }
        if features.unlock_on_ev_disconnect && !features.detachable_cable {
            return refuse("C-10.1 (unlocking) needs a detachable cable (HFS-1, erratum 3.85)");
        }
        if !features.unlock_on_ev_disconnect && !features.keep_locked_on_ev_disconnect {
            return refuse("one of C-10.1 and C-10.2 must be declared");
        }
        if features.resume_after_power_loss && features.stop_before_power_loss {
            return refuse(
                "a transaction that is stopped before the power goes (AQ-7.1) cannot go on",
            );
        }
        if features.smart_charging && !features.rate_in_amperes && !features.rate_in_watts {
            return refuse("Smart Charging needs SC-1.1 or SC-1.2");
        }
        if features.security_profile_3 && !features.security_profile_2 {
            return refuse("SEC-3 needs SEC-2: a profile is reached step by step");
        }
        if self.v2_0_1.master_pass_with_ui && self.v2_0_1.master_pass_without_ui {
            return refuse("C-07 (a master pass with a display) and C-08 (one without)");
        }
        if features.offline_unknown_ids && !features.offline_authorization {
            return refuse("C-02 (unknown ids offline) needs C-01 (authorization offline)");
        }
        for (what, (least, most)) in [
            ("MeterValueSampleInterval", limits.sample_interval),
            ("HeartbeatInterval", limits.heartbeat_interval),
        ] {
            if least > most {
                return refuse(&format!("{what} between {least} and {most}"));
            }
        }
        if features.local_list && (limits.local_list == 0 || limits.send_local_list == 0) {
            return refuse("LA-0 (local list) with no room for an entry");
        }
        let sampled = features.sampled_measurands.len();
        if sampled > limits.sampled_measurands {
            return refuse("more measurands in C-09.1 than ORS-3 permits");
        }
        Ok(())
    }

    /// The same product with shorter intervals than it permits, for tests in real time of a station that takes them.
    #[must_use]
    pub const fn with_short_intervals(mut self) -> Self {
        self.limits.heartbeat_interval.0 = 1;
        if self.limits.sample_interval.0 > 1 {
            self.limits.sample_interval.0 = 1;
        }
        self
    }

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
