//! Four certified products, as their certificates describe them, and one that has all that the library has.

use ocpp_types::Version;

use crate::case::Side;
use crate::product::{CsmsRows, Features, Limits, Product, Timeouts, V2_0_1};

const ENERGY: &[&str] = &["Energy.Active.Import.Register"];

/// The names of the presets.
pub const NAMES: [&str; 5] = [
    "chaevi",
    "cs-technology",
    "evsis",
    "alpitronic",
    "full-2.0.1",
];

/// The names of the presets that are CSMSs.
pub const CSMS_NAMES: [&str; 3] = ["kevs", "csms-1.6", "csms-2.0.1"];

/// The preset of that name.
#[must_use]
pub fn named(name: &str) -> Option<Product> {
    match name {
        "chaevi" => Some(chaevi()),
        "cs-technology" => Some(cs_technology()),
        "evsis" => Some(evsis()),
        "alpitronic" => Some(alpitronic()),
        "full-2.0.1" => Some(full_v2_0_1()),
        "kevs" => Some(kevs()),
        "csms-1.6" => Some(csms_1_6()),
        "csms-2.0.1" => Some(csms_v2_0_1()),
        _ => None,
    }
}

/// What the three have in common.
const COMMON: Features = Features {
    detachable_cable: false,
    single_reader: true,
    offline_authorization: true,
    offline_unknown_ids: true,
    max_energy_on_invalid_id: false,
    authorization_cache: true,
    minimum_status_duration: false,
    keep_on_ev_disconnect: false,
    stop_on_ev_disconnect: true,
    local_start: true,
    local_stop: true,
    unlock_on_ev_disconnect: false,
    // For a fixed cable the other value is not permitted (erratum 3.85); the older form has no such row.
    keep_locked_on_ev_disconnect: true,
    sampled_measurands: ENERGY,
    local_list: true,
    remote_trigger: true,
    reservation: true,
    reservation_of_station: false,
    smart_charging: true,
    rate_in_amperes: true,
    rate_in_watts: false,
    secure_firmware_update: true,
    security_profile_1: true,
    security_profile_2: true,
    security_profile_3: true,
    delete_last_root: false,
    lock_prevents_plug_in: false,
    download_while_charging: false,
    evse_selection_enforced: false,
    stop_before_power_loss: false,
    resume_after_power_loss: false,
};

/// CHAEVI CV-3FD203P-U-001, certificate F01.OCA.0016.1175.CS.
#[must_use]
pub fn chaevi() -> Product {
    Product {
        name: "chaevi",
        model: "CHAEVI CV-3FD203P-U-001",
        side: Side::Station,
        version: Version::V1_6,
        connectors: 2,
        connector_kind: "cCCS1",
        features: Features {
            reservation_of_station: true,
            rate_in_amperes: false,
            rate_in_watts: true,
            stop_before_power_loss: true,
            ..COMMON
        },
        limits: Limits {
            get_configuration_keys: 5,
            aligned_measurands: 200,
            sampled_measurands: 200,
            sample_interval: (0, 300),
            heartbeat_interval: (60, 18_000),
            stop_meter_values: Some(2_147_483_647),
            stop_aligned_measurands: 200,
            stop_sampled_measurands: 200,
            ping_interval: 5,
            local_list: 5,
            send_local_list: 5,
            stack_level: 3,
            schedule_periods: 86_400,
            charging_profiles: Some(10),
            file_transfer: &["FTP", "FTPS", "HTTP", "HTTPS"],
            timeouts: Timeouts {
                trigger: 90,
                ..Timeouts::all(30)
            },
        },
        v2_0_1: V2_0_1::NONE,
    }
}

/// CS Technology CHQ-G-100D, certificate OCA.0016.0888.CS.
#[must_use]
pub fn cs_technology() -> Product {
    Product {
        name: "cs-technology",
        model: "CS Technology CHQ-G-100D",
        side: Side::Station,
        version: Version::V1_6,
        connectors: 2,
        connector_kind: "cCCS1",
        features: Features {
            max_energy_on_invalid_id: true,
            minimum_status_duration: true,
            evse_selection_enforced: true,
            ..COMMON
        },
        limits: Limits {
            get_configuration_keys: 47,
            aligned_measurands: 5,
            sampled_measurands: 5,
            sample_interval: (1, 60),
            heartbeat_interval: (1, 99_999),
            stop_meter_values: None,
            stop_aligned_measurands: 6,
            stop_sampled_measurands: 1,
            ping_interval: 120,
            local_list: 100,
            send_local_list: 1,
            stack_level: 10,
            schedule_periods: 10,
            charging_profiles: None,
            file_transfer: &["FTP"],
            timeouts: Timeouts::all(60),
        },
        v2_0_1: V2_0_1::NONE,
    }
}

/// EVSIS JC-9932-100-CU07, certificate OCA.0016.0855.CS.
#[must_use]
pub fn evsis() -> Product {
    Product {
        name: "evsis",
        model: "EVSIS JC-9932-100-CU07",
        side: Side::Station,
        version: Version::V1_6,
        connectors: 2,
        connector_kind: "cCCS1",
        features: Features {
            keep_on_ev_disconnect: true,
            sampled_measurands: &[
                "Current.Offered",
                "Energy.Active.Import.Register",
                "Power.Active.Import",
                "Power.Offered",
                "SoC",
            ],
            ..COMMON
        },
        limits: Limits {
            get_configuration_keys: 3,
            aligned_measurands: 8,
            sampled_measurands: 8,
            sample_interval: (0, 300),
            heartbeat_interval: (0, 60),
            stop_meter_values: None,
            stop_aligned_measurands: 8,
            stop_sampled_measurands: 8,
            ping_interval: 0,
            local_list: 100_000,
            send_local_list: 100,
            stack_level: 5,
            schedule_periods: 24,
            charging_profiles: None,
            file_transfer: &["FTP", "HTTP", "HTTPS"],
            timeouts: Timeouts::all(30),
        },
        v2_0_1: V2_0_1::NONE,
    }
}

/// KEVS CSMS, certificate OCA.0016.0118.CSMS: all profiles of 1.6, without the security extension.
#[must_use]
pub fn kevs() -> Product {
    Product {
        name: "kevs",
        model: "KEVS CSMS",
        side: Side::Csms,
        features: Features {
            reservation_of_station: true,
            secure_firmware_update: false,
            security_profile_1: false,
            security_profile_2: false,
            security_profile_3: false,
            ..COMMON
        },
        limits: Limits {
            timeouts: Timeouts::all(30),
            ..chaevi().limits
        },
        ..chaevi()
    }
}

/// A central system of 1.6 with all that this library has.
#[must_use]
pub fn csms_1_6() -> Product {
    Product {
        name: "csms-1.6",
        model: "every feature of the library",
        features: Features {
            reservation_of_station: true,
            ..COMMON
        },
        ..kevs()
    }
}

/// A CSMS of 2.0.1 with all that this library has.
#[must_use]
pub fn csms_v2_0_1() -> Product {
    Product {
        name: "csms-2.0.1",
        version: Version::V2_0_1,
        v2_0_1: V2_0_1 {
            reset_evse: true,
            trigger_messages: &[
                "BootNotification",
                "LogStatusNotification",
                "FirmwareStatusNotification",
                "MeterValues",
                "StatusNotification",
                "TransactionEvent",
            ],
            summary_inventory: true,
            customer_identifiers: true,
            csms: CsmsRows {
                unlock: true,
                transaction_status: true,
                configuration_inventory: true,
                pending: true,
                get_several: true,
                set_several: true,
                full_inventory: true,
                reserve_by_type: true,
                reserve_any: true,
                refuses_strangers: false,
            },
            ..V2_0_1::NONE
        },
        ..csms_1_6()
    }
}

/// What the Alpitronic certificate lists in C-40 for all five variables.
const DC_MEASURANDS: &[&str] = &[
    "Current.Import",
    "Current.Offered",
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Power.Offered",
];

/// Alpitronic Hypercharger HYC 400 US, certificate F01.OCA.0201.0108.CS.
#[must_use]
pub fn alpitronic() -> Product {
    Product {
        name: "alpitronic",
        model: "Alpitronic Hypercharger HYC 400 US",
        side: Side::Station,
        version: Version::V2_0_1,
        connectors: 4,
        connector_kind: "cCCS1",
        features: Features {
            sampled_measurands: DC_MEASURANDS,
            local_list: false,
            reservation: false,
            smart_charging: false,
            rate_in_amperes: false,
            delete_last_root: true,
            download_while_charging: true,
            ..COMMON
        },
        limits: Limits {
            get_configuration_keys: 1_000,
            aligned_measurands: 30,
            sampled_measurands: 30,
            sample_interval: (0, 86_400),
            heartbeat_interval: (1, 86_400),
            stop_meter_values: None,
            stop_aligned_measurands: 30,
            stop_sampled_measurands: 30,
            ping_interval: 5,
            local_list: 1,
            send_local_list: 1,
            stack_level: 0,
            schedule_periods: 1,
            charging_profiles: None,
            file_transfer: &["FTP", "FTPS", "HTTP", "HTTPS"],
            timeouts: Timeouts::all(30),
        },
        v2_0_1: V2_0_1 {
            start_points: &[
                "EVConnected",
                "Authorized",
                "PowerPathClosed",
                "EnergyTransfer",
            ],
            stop_points: &[
                "EVConnected",
                "Authorized",
                "PowerPathClosed",
                "EnergyTransfer",
            ],
            points: ("PowerPathClosed", "PowerPathClosed"),
            reset_evse: false,
            trigger_messages: &["MeterValues", "StatusNotification", "BootNotification"],
            network_fallback: true,
            authorize_remote_start: &[true, false],
            cache_life_time: true,
            delete_last_certificate: true,
            combined_certificate: true,
            ..V2_0_1::NONE
        },
    }
}

/// Every optional feature of OCPP 2.0.1 that the library has.
#[must_use]
pub fn full_v2_0_1() -> Product {
    let certified = alpitronic();
    Product {
        name: "full-2.0.1",
        model: "every feature of the library",
        side: Side::Station,
        connectors: 2,
        connector_kind: "sType2",
        features: Features {
            detachable_cable: true,
            single_reader: false,
            max_energy_on_invalid_id: true,
            keep_on_ev_disconnect: true,
            unlock_on_ev_disconnect: true,
            local_list: true,
            smart_charging: true,
            rate_in_amperes: true,
            rate_in_watts: true,
            ..certified.features
        },
        limits: Limits {
            local_list: 100,
            send_local_list: 100,
            stack_level: 9,
            schedule_periods: 24,
            ..certified.limits
        },
        v2_0_1: V2_0_1 {
            start_points: &[
                "ParkingBayOccupancy",
                "EVConnected",
                "Authorized",
                "DataSigned",
                "PowerPathClosed",
                "EnergyTransfer",
            ],
            stop_points: &[
                "ParkingBayOccupancy",
                "EVConnected",
                "Authorized",
                "PowerPathClosed",
                "EnergyTransfer",
            ],
            trigger_messages: &[
                "MeterValues",
                "StatusNotification",
                "BootNotification",
                "TransactionEvent",
                "LogStatusNotification",
                "FirmwareStatusNotification",
            ],
            summary_inventory: true,
            aligned_idle_only: true,
            hard_wired_monitors: true,
            signing_repeats: true,
            signed_meter_values: true,
            reset_evse: true,
            iec_61851: true,
            combined_certificate: false,
            report_criteria: &["Available", "Enabled", "Problem"],
            master_pass_with_ui: true,
            disable_remote_authorization: true,
            cache_disable_post_authorize: true,
            list_disable_post_authorize: true,
            external_limits: true,
            sessions_pending_update: true,
            customer_identifiers: true,
            vehicle_roots: true,
            ..certified.v2_0_1
        },
        ..certified
    }
}
