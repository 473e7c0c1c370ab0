//! GetInstalledCertificateIds: M03.

use serde_json::json;

use super::super::CASE;
use super::{
    ACCEPTED, CHAIN, CSMS, CSMS_INSTALLED, CSMS_LISTED, LISTS_BOTH, MANUFACTURER,
    MANUFACTURER_INSTALLED, MANUFACTURER_LISTED, MO, MO_INSTALLED, MO_LISTED, V2G_INSTALLED,
    V2G_LISTED, both, signed_firmware, tls, vehicle_roots,
};
use crate::case::Case;
use crate::lab::{Call, Lab};
use crate::step::{absent, by_hand, call, is};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_M_12_CS",
        name: "Retrieve certificates from Charging Station - CSMSRootCertificate",
        about: "A root of the operator is listed.",
        requirements: &["M03.FR.01", "M03.FR.03", "M03.FR.04"],
        applies: tls,
        steps: &[CSMS_INSTALLED, CSMS_LISTED],
        ..CASE
    },
    Case {
        id: "TC_M_13_CS",
        name: "Retrieve certificates from Charging Station - ManufacturerRootCertificate",
        about: "The root of the manufacturer is listed.",
        requirements: &["M03.FR.01", "M03.FR.03", "M03.FR.04"],
        applies: signed_firmware,
        steps: &[MANUFACTURER_INSTALLED, MANUFACTURER_LISTED],
        ..CASE
    },
    Case {
        id: "TC_M_14_CS",
        name: "Retrieve certificates from Charging Station - V2GRootCertificate",
        about: "A root of vehicles is listed.",
        requirements: &["M03.FR.01", "M03.FR.03", "M03.FR.04"],
        applies: vehicle_roots,
        steps: &[V2G_INSTALLED, V2G_LISTED],
        ..CASE
    },
    Case {
        id: "TC_M_16_CS",
        name: "Retrieve certificates from Charging Station - MORootCertificate",
        about: "A root of mobility operators is listed.",
        requirements: &["M03.FR.01", "M03.FR.03", "M03.FR.04"],
        applies: vehicle_roots,
        steps: &[MO_INSTALLED, MO_LISTED],
        ..CASE
    },
    Case {
        id: "TC_M_17_CS",
        name: "Retrieve certificates from Charging Station - CSMSRootCertificate & ManufacturerRootCertificate",
        about: "Two types are asked for in one request; each root is listed with its own.",
        requirements: &["M03.FR.01", "M03.FR.03", "M03.FR.04"],
        applies: both,
        steps: &[
            CSMS_INSTALLED,
            MANUFACTURER_INSTALLED,
            call(
                "list",
                "GetInstalledCertificateIds",
                |_| json!({"certificateType": [CSMS, MANUFACTURER]}),
                &[ACCEPTED, LISTS_BOTH],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_M_18_CS",
        name: "Retrieve certificates from Charging Station - All certificateTypes",
        about: "Without a type everything is listed.",
        requirements: &["M03.FR.01", "M03.FR.03", "M03.FR.04"],
        applies: both,
        steps: &[
            CSMS_INSTALLED,
            MANUFACTURER_INSTALLED,
            call(
                "list",
                "GetInstalledCertificateIds",
                |_| json!({}),
                &[ACCEPTED, LISTS_BOTH],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_M_19_CS",
        name: "Retrieve certificates from Charging Station - No matching certificate found",
        about: "There is no root of this type, or it is deleted before.",
        requirements: &["M03.FR.01", "M03.FR.02"],
        steps: &[
            by_hand(
                "[clear] [clear.delete] roots of the type MORootCertificate are deleted",
                clear,
                &[],
            ),
            call(
                "list",
                "GetInstalledCertificateIds",
                |_| json!({"certificateType": [MO]}),
                &[is("/status", "NotFound"), absent(CHAIN)],
            ),
        ],
        ..CASE
    },
];

fn clear(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let asked = json!({"certificateType": [MO]});
    let list = Call::new("clear", "GetInstalledCertificateIds", asked);
    let answer = lab.call(list.one_of("/status", ["Accepted", "NotFound"]))?;
    let chains = answer.payload["certificateHashDataChain"].as_array();
    for chain in chains.cloned().unwrap_or_default() {
        let payload = json!({"certificateHashData": chain["certificateHashData"]});
        let delete = Call::new("clear.delete", "DeleteCertificate", payload);
        lab.call(delete.status("Accepted"))?;
    }
    Ok(())
}
