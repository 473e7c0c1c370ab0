//! InstallCertificate: M05.

use serde_json::json;

use super::super::CASE;
use super::{
    ACCEPTED, CHAIN, CSMS, CSMS_INSTALLED, CSMS_LISTED, MANUFACTURER_INSTALLED,
    MANUFACTURER_LISTED, MO_INSTALLED, MO_LISTED, V2G_INSTALLED, V2G_LISTED, installs, lists,
    no_additional_check, signed_firmware, tls, vehicle_roots,
};
use crate::case::Case;
use crate::mutation::{Change::Answer, fails};
use crate::pki::Authority;
use crate::step::{call, is, suits};

/// What a station would list that has installed the expired root after all.
const EXPIRED_LISTED: &str = r#"[{"certificateType":"CSMSRootCertificate","certificateHashData":{"hashAlgorithm":"SHA256","issuerKeyHash":"16ae88b8403de2b42369857421e7ad43491657651fc1af301c8cc9a5b74a27d6","issuerNameHash":"6dc7226ab3855e9e4c8d1ca100af474b409c2b7854fabcf0119e33c1b8f40ff0","serialNumber":"5"}}]"#;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_M_01_CS",
        name: "Install CA certificate - CSMSRootCertificate",
        about: "A second root of the operator is installed and listed, with the hashes that the test system calculates \
                itself. With AdditionalRootCertificateCheck it would have to be signed by the other, which no product has.",
        requirements: &[
            "M05.FR.01", "M05.FR.02", "M03.FR.01", "M03.FR.03", "M03.FR.04",
        ],
        applies: tls,
        steps: &[CSMS_INSTALLED, CSMS_LISTED],
        ..CASE
    },
    Case {
        id: "TC_M_02_CS",
        name: "Install CA certificate - ManufacturerRootCertificate",
        about: "The root of the manufacturer is installed and listed.",
        requirements: &[
            "M05.FR.01", "M05.FR.02", "M03.FR.01", "M03.FR.03", "M03.FR.04",
        ],
        applies: signed_firmware,
        steps: &[MANUFACTURER_INSTALLED, MANUFACTURER_LISTED],
        ..CASE
    },
    Case {
        id: "TC_M_03_CS",
        name: "Install CA certificate - V2GRootCertificate",
        about: "A root of vehicles is installed and listed.",
        requirements: &[
            "M05.FR.01", "M05.FR.02", "M03.FR.01", "M03.FR.03", "M03.FR.04",
        ],
        applies: |product| {
            vehicle_roots(product)?;
            no_additional_check(product)
        },
        steps: &[V2G_INSTALLED, V2G_LISTED],
        ..CASE
    },
    Case {
        id: "TC_M_04_CS",
        name: "Install CA certificate - MORootCertificate",
        about: "A root of mobility operators is installed and listed.",
        requirements: &[
            "M05.FR.01", "M05.FR.02", "M03.FR.01", "M03.FR.03", "M03.FR.04",
        ],
        applies: |product| {
            vehicle_roots(product)?;
            no_additional_check(product)
        },
        steps: &[MO_INSTALLED, MO_LISTED],
        ..CASE
    },
    Case {
        id: "TC_M_07_CS",
        name: "Install CA certificate - Rejected - Certificate invalid",
        about: "A root that has expired is refused and not listed. Another one is installed before: step 4 wants a list, which \
                a station without any root does not have.",
        requirements: &["M05.FR.01", "M05.FR.07", "M03.FR.03"],
        applies: |product| {
            tls(product)?;
            no_additional_check(product)
        },
        steps: &[
            CSMS_INSTALLED,
            call(
                "install",
                "InstallCertificate",
                |_| installs(CSMS, Authority::expired()),
                &[is("/status", "Rejected")],
            ),
            call(
                "list",
                "GetInstalledCertificateIds",
                |_| json!({"certificateType": [CSMS]}),
                &[
                    ACCEPTED,
                    suits(CHAIN, "a list without the expired root", |chains| {
                        chains.is_array() && !lists(chains, CSMS, Authority::expired())
                    }),
                ],
            ),
        ],
        mutations: &[fails(
            Answer("GetInstalledCertificateIds", 0, CHAIN, EXPIRED_LISTED),
            "list/certificateHashDataChain",
        )],
        ..CASE
    },
];
