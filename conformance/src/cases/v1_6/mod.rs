//! The cases of OCPP 1.6. Modules by subject; the order is that of the certificates.

mod boot;
mod configuration;
mod csms;
mod faults;
mod files;
mod firmware;
mod local_list;
mod meter_values;
mod offline;
mod power;
mod profiles;
mod remote;
mod reservation;
mod reservation_of_station;
mod reset;
pub(super) mod security;
pub(super) mod security_certificates;
mod security_files;
mod session;
mod session_end;
mod session_stop;
mod smart_charging;
mod smart_charging_composite;
mod tokens;
mod trigger;
mod unlock;

use ocpp_types::Version;

use crate::case::{Case, Profile, Side, always};

/// The cases of a central system.
pub use csms::CASES as CSMS;

/// The cases of a station.
pub const STATION: &[&[Case]] = &[
    boot::CASES,
    configuration::CASES,
    faults::CASES,
    files::CASES,
    firmware::CASES,
    local_list::CASES,
    meter_values::CASES,
    offline::CASES,
    power::CASES,
    remote::CASES,
    reservation::CASES,
    reservation_of_station::CASES,
    reset::CASES,
    security::CASES,
    security_certificates::CASES,
    security_files::CASES,
    session::CASES,
    session_end::CASES,
    session_stop::CASES,
    smart_charging::CASES,
    smart_charging_composite::CASES,
    tokens::CASES,
    trigger::CASES,
    unlock::CASES,
];

/// A status that no step expects, for mutations.
const OTHER_STATUS: &str = r#""SuspendedEV""#;

/// What most cases have in common; to be completed with `..CASE`.
const CASE: Case = Case {
    id: "",
    version: Version::V1_6,
    side: Side::Station,
    profile: Profile::Core,
    name: "",
    about: "",
    requirements: &[],
    applies: always,
    file_server: false,
    config: &[],
    facts: &[],
    secured: |_| 0,
    highest: |_| 3,
    raises: false,
    run: |_| Ok(()),
    steps: &[],
    mutations: &[],
};
