//! The cases of OCPP 1.6. Modules by subject; the order is that of the certificates.

mod boot;
mod profiles;
mod session;
mod smart_charging;
mod smart_charging_composite;

use ocpp_types::Version;

use crate::case::{Case, Profile, Side, always};

/// The cases of a station.
pub const STATION: &[&[Case]] = &[
    boot::CASES,
    session::CASES,
    smart_charging::CASES,
    smart_charging_composite::CASES,
];

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
    config: &[],
    run: |_| Ok(()),
    mutations: &[],
};
