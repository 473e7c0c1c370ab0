//! DeleteCertificate: M04.

use serde_json::{Value, json};

use super::super::CASE;
use super::super::a_security::certificate::{ORGANIZATION, RENEWED};
use super::super::a_security::client_certificate;
use super::{
    ACCEPTED, CHAIN, CSMS, CSMS_INSTALLED, CSMS_LISTED, installs, lists, no_additional_check, tls,
};
use crate::case::{Case, Profile};
use crate::mutation::{Change::Stale, fails};
use crate::pki::Authority;
use crate::step::{call, is, one_of, suits};

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_M_20_CS",
        name: "Delete a certificate from a Charging Station - Success",
        about: "A root is listed, deleted, and not listed any more. Decided: a second root of the operator is the one that \
                goes, so that the connection does not depend on it; the first one stays, so that there is a list afterwards, \
                and a station may refuse to delete the last one.",
        requirements: &["M04.FR.01", "M04.FR.02", "M03.FR.03"],
        applies: |product| {
            tls(product)?;
            // Two independent roots.
            no_additional_check(product)
        },
        steps: &[
            call(
                "first",
                "InstallCertificate",
                |_| installs(CSMS, Authority::csms()),
                &[ACCEPTED],
            ),
            CSMS_INSTALLED,
            CSMS_LISTED,
            call(
                "delete",
                "DeleteCertificate",
                |_| deletes(Authority::second()),
                &[ACCEPTED],
            ),
            call(
                "gone",
                "GetInstalledCertificateIds",
                |_| json!({"certificateType": [CSMS]}),
                &[
                    ACCEPTED,
                    suits(CHAIN, "a list without the root", |chains| {
                        chains.is_array() && !lists(chains, CSMS, Authority::second())
                    }),
                ],
            ),
        ],
        mutations: &[fails(
            Stale("GetInstalledCertificateIds", 1),
            "gone/certificateHashDataChain",
        )],
        ..CASE
    },
    Case {
        id: "TC_M_22_CS",
        name: "Delete a certificate from a Charging Station - No matching certificate found",
        about: "A certificate that the station does not have cannot be deleted. A root is installed before: step 1 wants a \
                list.",
        requirements: &["M04.FR.01", "M04.FR.04"],
        applies: tls,
        steps: &[
            CSMS_INSTALLED,
            CSMS_LISTED,
            call(
                "delete",
                "DeleteCertificate",
                |_| deletes(Authority::stranger()),
                &[is("/status", "NotFound")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_M_23_CS",
        name: "Delete a certificate from a Charging Station - Unable to delete the Charging Station Certificate",
        about: "The certificate of the station itself stays, whether the station admits that it has it or not.",
        requirements: &["M04.FR.01", "M04.FR.06"],
        profile: Profile::AdvancedSecurity,
        applies: client_certificate,
        config: ORGANIZATION,
        secured: |_| 3,
        steps: &[
            RENEWED,
            call(
                "list",
                "GetInstalledCertificateIds",
                |_| json!({}),
                &[ACCEPTED],
            ),
            call(
                "delete",
                "DeleteCertificate",
                |lab| {
                    let own = lab.connected().client_certificate.as_deref();
                    let data = Authority::csms()
                        .and_then(|csms| csms.hash_data_of(own.unwrap_or_default(), "SHA256"));
                    json!({"certificateHashData": data.unwrap_or_default()})
                },
                &[one_of("/status", &["NotFound", "Failed"])],
            ),
        ],
        ..CASE
    },
];

fn deletes(root: Result<Authority, crate::pki::Failure>) -> Value {
    let data = root.and_then(|root| root.hash_data("SHA256"));
    json!({"certificateHashData": data.unwrap_or_default()})
}
