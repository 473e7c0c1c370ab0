//! The rows of a certificate's tables.

use serde::{Deserialize, Serialize};

use super::Word;
use super::read::{flags, pair, words, yes};

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
    /// AQ-3: the last certificate of the station can be removed, by other means than OCPP.
    #[serde(default)]
    pub delete_last_certificate: bool,
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
    /// What only CSMSs declare.
    #[serde(default)]
    pub csms: CsmsRows,
}

/// The rows that only certificates of CSMSs of OCPP 2.0.1 have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)] // Each is a row of the table.
pub struct CsmsRows {
    /// C-11: connectors can be unlocked.
    pub unlock: bool,
    /// C-16: stations can be asked what a transaction is doing.
    pub transaction_status: bool,
    /// C-17: the ConfigurationInventory.
    pub configuration_inventory: bool,
    /// C-44: a station can be told Pending before it is accepted.
    pub pending: bool,
    /// C-45: several variables are read in one request.
    pub get_several: bool,
    /// C-46: several variables are set in one request.
    pub set_several: bool,
    /// C-50.2: the FullInventory.
    pub full_inventory: bool,
    /// a connector type can be reserved.
    pub reserve_by_type: bool,
    /// any EVSE can be reserved.
    pub reserve_any: bool,
    /// AQ-16: a station that nobody knows gets no connection.
    pub refuses_strangers: bool,
}

impl CsmsRows {
    /// For products of the other side.
    pub const NONE: Self = Self {
        unlock: false,
        transaction_status: false,
        configuration_inventory: false,
        pending: false,
        get_several: false,
        set_several: false,
        full_inventory: false,
        reserve_by_type: false,
        reserve_any: false,
        refuses_strangers: false,
    };
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
        delete_last_certificate: false,
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
        csms: CsmsRows::NONE,
    };
}
