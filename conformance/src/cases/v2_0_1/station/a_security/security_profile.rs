//! Raising and lowering the security profile: A05.

use super::super::CASE;
use super::super::b_provisioning::network_profile::FIND_SLOTS;
use super::tls::tls;
use crate::case::Case;
use crate::step::{call, is};

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[Case {
    id: "TC_A_22_CS",
    name: "Upgrade Charging Station Security Profile - Downgrade security profile - Rejected",
    about: "A network profile with security profile 1 is rejected over a connection with a higher one.",
    requirements: &["B09.FR.04"],
    applies: tls,
    secured: |_| 2,
    steps: &[
        FIND_SLOTS,
        call(
            "profile",
            "SetNetworkProfile",
            |lab| lab.new_profile(1),
            &[is("/status", "Rejected")],
        ),
    ],
    ..CASE
}];
