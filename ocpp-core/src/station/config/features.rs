//! What a station offers.

use serde::Deserialize;

/// What a station offers beyond the minimum, and how it behaves where the specification leaves the choice.
///
/// What this crate was built without (its Cargo features `firmware`, `local-list`, `reservation`, `security` and
/// `smart-charging`) is not offered, whatever stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
// Each is a feature of its own that certificates list.
#[allow(clippy::struct_excessive_bools)]
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
    /// Firmware that is not signed is installed, too: the `UpdateFirmware` of 1.6, which the whitepaper forbids
    /// (WP:L01.FR.20) and which is offered in any case without [`security`](Self::security); that of 2.x without signing
    /// certificate and signature (L02).
    pub unsigned_firmware: bool,
    /// Firmware is downloaded while somebody charges; otherwise the download waits (certification question AQ-4).
    pub download_while_charging: bool,
    /// Firmware is installed while somebody charges, without a restart of what charges (2.x, certification feature C-43);
    /// otherwise the installation waits.
    pub install_while_charging: bool,
    /// A download of firmware can be broken off for another update (certification feature C-60); otherwise the other one is
    /// rejected.
    pub cancel_firmware_update: bool,
    /// Only one CSMS root at a time, replaced by one that it has signed (`AdditionalRootCertificateCheck`).
    pub additional_root_check: bool,
    /// The last CSMS root can be deleted (certification question AQ-1).
    pub delete_last_root: bool,
    /// Energy for tokens that turn out to be invalid (`MaxEnergyOnInvalidId`).
    pub max_energy_on_invalid_id: bool,
    /// Statuses that do not last are not reported (1.6: `MinimumStatusDuration`).
    pub minimum_status_duration: bool,
    /// A transaction can outlive the cable at the car (1.6: `StopTransactionOnEVSideDisconnect` can be false).
    pub resume_after_ev_disconnect: bool,
    /// Charging profiles can have limits in amperes.
    pub limits_in_amperes: bool,
    /// Charging profiles can have limits in watts.
    pub limits_in_watts: bool,
    /// The hardware can hold a car to fewer phases than are wired, also while it charges (`Phases3to1`; 1.6:
    /// `ConnectorSwitch3to1PhaseSupported`): it obeys [`Limit::phases`](crate::station::Limit::phases). Without it, 2.x
    /// refuses profiles for fewer phases than an EVSE has (K01.FR.43), and the limit of the station is shared as if a car
    /// used all of them.
    pub switch_3_to_1_phase: bool,
    /// Tokens at the station start transactions.
    pub local_start: bool,
    /// Tokens at the station stop transactions.
    pub local_stop: bool,
    /// The driver must choose an EVSE before presenting a token (certification question AQ-5): a token at a reader for
    /// several EVSEs is refused unless one was chosen ([`Input::EvseSelected`](crate::station::Input::EvseSelected)).
    pub select_evse_first: bool,
    /// The user of a master pass selects at a display which transactions to stop
    /// ([`TokenEffect::SelectStops`](crate::station::TokenEffect::SelectStops)); otherwise a master pass stops all of them
    /// (2.x, C16).
    pub master_pass_selection: bool,
    /// Lights that blink when the CSMS says so (1.6: `BlinkRepeat`).
    pub blink: bool,
    /// Lights that can be dimmed (1.6: `LightIntensity`).
    pub dimmer: bool,
    /// Transactions that were open when the power was cut go on when it is back; otherwise they end with the restart.
    pub resume_transactions: bool,
    /// A second presentation of a token before the cable is plugged in withdraws the authorization.
    pub cancel_by_second_token: bool,
    /// A soft reset restarts the program; otherwise it only registers anew.
    pub soft_reset_reboots: bool,
    /// Single EVSEs can be reset (2.x, B11.FR.10: `AllowReset`):
    /// [`Output::ResetEvse`](crate::station::Output::ResetEvse).
    pub reset_evse: bool,
    /// The meters of EVSEs sign their values (2.x): [`Measured::signed`](crate::station::Measured::signed). With it there are
    /// the variables `SignReadings` and `PublicKeyWithSignedMeterValue`, and `TxStartPoint` can be `DataSigned`.
    pub signed_meter_values: bool,
    /// `GetBaseReport` can ask for the SummaryInventory (2.x, B07.FR.02).
    pub summary_inventory: bool,
}

/// What is in this program: a Cargo feature of this crate each. Asked for where a block is entered, so that what lies behind
/// it is left out of a firmware that does not offer it.
pub(crate) mod built {
    pub(crate) const FIRMWARE: bool = cfg!(feature = "firmware");
    pub(crate) const LOCAL_LIST: bool = cfg!(feature = "local-list");
    pub(crate) const RESERVATION: bool = cfg!(feature = "reservation");
    pub(crate) const SECURITY: bool = cfg!(feature = "security");
    pub(crate) const SMART_CHARGING: bool = cfg!(feature = "smart-charging");
}

impl Features {
    /// Without what is not in this program.
    pub(crate) fn as_built(mut self) -> Self {
        self.firmware &= built::FIRMWARE;
        self.local_list &= built::LOCAL_LIST;
        self.reservation &= built::RESERVATION;
        self.security &= built::SECURITY;
        self.smart_charging &= built::SMART_CHARGING;
        self
    }
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
            unsigned_firmware: false,
            download_while_charging: true,
            install_while_charging: false,
            cancel_firmware_update: true,
            additional_root_check: false,
            delete_last_root: false,
            max_energy_on_invalid_id: true,
            minimum_status_duration: true,
            resume_after_ev_disconnect: true,
            limits_in_amperes: true,
            limits_in_watts: true,
            switch_3_to_1_phase: false,
            local_start: true,
            local_stop: true,
            select_evse_first: false,
            master_pass_selection: false,
            blink: false,
            dimmer: false,
            resume_transactions: false,
            cancel_by_second_token: true,
            soft_reset_reboots: true,
            reset_evse: false,
            signed_meter_values: false,
            summary_inventory: true,
        }
    }
}
