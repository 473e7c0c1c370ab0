//! InstallCertificate with AdditionalRootCertificateCheck: M05.
//!
//! Decided for all of them: the old root of the operator is installed first, so that the station has it; a root that is there
//! already is accepted once more (M05.FR.17).

use serde_json::{Value, json};

use super::super::CASE;
use super::{ACCEPTED, CHAIN, CSMS, INSTALLED, installs, lists, tls};
use crate::bench::{Server, ServerCertificate};
use crate::case::Case;
use crate::lab::Lab;
use crate::mutation::{Change::*, fails};
use crate::pki::Authority;
use crate::product::Product;
use crate::step::{Step, by_hand, call, is, suits};

const OLD: Step = call(
    "old",
    "InstallCertificate",
    |_| installs(CSMS, Authority::csms()),
    INSTALLED,
);
/// Memory state *CertificateInstalled* of a root that the old one has signed.
const NEW: Step = call(
    "new",
    "InstallCertificate",
    |_| installs(CSMS, Authority::successor()),
    INSTALLED,
);
const RESET: Step = call("reset", "Reset", |_| json!({"type": "OnIdle"}), INSTALLED);
const BOOTED: Step = Step::Boots("Booted", &[], "Available", "Available", true);

fn asks(_: &Lab<'_>) -> Value {
    json!({"certificateType": [CSMS]})
}

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_M_09_CS",
        name: "Install CA certificate - AdditionalRootCertificateCheck - Rejected",
        about: "A new root that the old one has not signed is refused; the old one is the only one that is listed.",
        requirements: &["M05.FR.10", "M05.FR.11"],
        applies: additional_check,
        secured: |_| 2,
        steps: &[
            OLD,
            call(
                "install",
                "InstallCertificate",
                |_| installs(CSMS, Authority::second()),
                &[is("/status", "Rejected")],
            ),
            call(
                "list",
                "GetInstalledCertificateIds",
                asks,
                &[
                    ACCEPTED,
                    suits(CHAIN, "the old root, and nothing else", |chains| {
                        let one = chains.as_array().is_some_and(|chains| chains.len() == 1);
                        one && lists(chains, CSMS, Authority::csms())
                    }),
                ],
            ),
        ],
        mutations: &[fails(
            Answer(
                "GetInstalledCertificateIds",
                0,
                "/certificateHashDataChain/0/certificateHashData/serialNumber",
                r#""7""#,
            ),
            "list/certificateHashDataChain",
        )],
        ..CASE
    },
    Case {
        id: "TC_M_30_CS",
        name: "Install CA certificate - AdditionalRootCertificateCheck - Reconnect using new CSMS Root - Success",
        about: "The server shows a certificate below the new root, and the station connects: it does not need the old root any \
                more, which is not listed. With security profile 2 the station has no certificate to renew.",
        requirements: &["M05.FR.13"],
        applies: additional_check,
        secured: |_| 2,
        steps: &[
            OLD,
            NEW,
            call("before", "GetInstalledCertificateIds", asks, &[ACCEPTED]),
            by_hand(
                "the server shows a certificate below the new root from now on",
                |lab| serves(lab, ServerCertificate::Successor),
                &[],
            ),
            RESET,
            BOOTED,
            call(
                "list",
                "GetInstalledCertificateIds",
                asks,
                &[
                    ACCEPTED,
                    suits(CHAIN, "a list without the old root", |chains| {
                        chains.is_array() && !lists(chains, CSMS, Authority::csms())
                    }),
                ],
            ),
        ],
        mutations: &[fails(
            Stale("GetInstalledCertificateIds", 1),
            "list/certificateHashDataChain",
        )],
        ..CASE
    },
    Case {
        id: "TC_M_31_CS",
        name: "Install CA certificate - AdditionalRootCertificateCheck - Reconnect using new CSMS Root - Fallback mechanism",
        about: "The server still shows a certificate below the old root: the station falls back to it, and goes on listing it. \
                Not checked: that a first attempt fails, as a station may try both roots in one.",
        requirements: &["M05.FR.14"],
        applies: additional_check,
        secured: |_| 2,
        steps: &[
            OLD,
            NEW,
            RESET,
            BOOTED,
            call(
                "list",
                "GetInstalledCertificateIds",
                asks,
                &[
                    ACCEPTED,
                    suits(CHAIN, "a list with the old root", |chains| {
                        lists(chains, CSMS, Authority::csms())
                    }),
                ],
            ),
        ],
        ..CASE
    },
];

pub(in super::super) fn additional_check(product: &Product) -> Result<(), &'static str> {
    tls(product)?;
    match product.v2_0_1.additional_root_check {
        true => Ok(()),
        false => Err("no AdditionalRootCertificateCheck (AS-2)"),
    }
}

fn serves(lab: &mut Lab<'_>, certificate: ServerCertificate) -> Result<(), crate::unmet::Failed> {
    lab.serve(Server {
        certificate,
        ..Server::default()
    })
}
