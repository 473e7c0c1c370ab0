//! The cases of OCPP 1.6. Modules by subject; the order is that of the certificates.

mod boot;
mod configuration;
mod faults;
mod files;
mod local_list;
mod meter_values;
mod offline;
mod power;
mod remote;
mod reservation;
mod reservation_of_station;
mod reset;
mod session;
mod session_end;
mod tokens;
mod trigger;
mod unlock;

use ocpp_types::Version;

use crate::case::{Case, Profile, Side, always};

/// The cases of a station.
pub const STATION: &[&[Case]] = &[
    boot::CASES,
    configuration::CASES,
    faults::CASES,
    files::CASES,
    local_list::CASES,
    meter_values::CASES,
    offline::CASES,
    power::CASES,
    remote::CASES,
    reservation::CASES,
    reservation_of_station::CASES,
    reset::CASES,
    session::CASES,
    session_end::CASES,
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
    run: |_| Ok(()),
    mutations: &[],
};
