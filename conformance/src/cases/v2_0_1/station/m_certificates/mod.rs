//! Block M, certificates: what a station has to trust (M03 to M05).

pub(super) mod additional_check;
pub(super) mod delete;
pub(super) mod install;
pub(super) mod list;

use serde_json::{Value, json};

use super::a_security::tls::tls;
use crate::pki::{Authority, Failure};
use crate::product::Product;
use crate::step::{Rule, Step, call, is};

pub(in super::super) const CSMS: &str = "CSMSRootCertificate";
const MANUFACTURER: &str = "ManufacturerRootCertificate";
pub(in super::super) const CHAIN: &str = "/certificateHashDataChain";

/// Those of the manufacturer verify firmware.
fn signed_firmware(product: &Product) -> Result<(), &'static str> {
    if product.limits.file_transfer.is_empty() {
        Err("no firmware updates")
    } else {
        Ok(())
    }
}

/// ISO 15118: roots of vehicles and of mobility operators.
fn vehicle_roots(product: &Product) -> Result<(), &'static str> {
    match product.v2_0_1.vehicle_roots {
        true => Ok(()),
        false => Err("no ISO 15118"),
    }
}

/// New roots of the operator need not be signed by the old one.
fn no_additional_check(product: &Product) -> Result<(), &'static str> {
    match product.v2_0_1.additional_root_check {
        true => Err("AdditionalRootCertificateCheck is true (AS-2)"),
        false => Ok(()),
    }
}

fn both(product: &Product) -> Result<(), &'static str> {
    tls(product)?;
    signed_firmware(product)
}

/// InstallCertificate of a root. One that cannot be made is no certificate, and the station says so.
fn installs(kind: &str, root: Result<Authority, Failure>) -> Value {
    let pem = root.and_then(|root| root.pem()).unwrap_or_default();
    json!({"certificateType": kind, "certificate": pem})
}

/// Whether the answer lists a root for its use.
pub(in super::super) fn lists(
    chains: &Value,
    kind: &str,
    root: Result<Authority, Failure>,
) -> bool {
    let Ok(root) = root else {
        return false;
    };
    let chains = chains.as_array().into_iter().flatten();
    let mut of_kind = chains.filter(|chain| chain["certificateType"] == kind);
    of_kind.any(|chain| root.is(&chain["certificateHashData"]).unwrap_or(false))
}

/// Memory state *CertificateInstalled* of the operator's second root.
const CSMS_INSTALLED: Step = call(
    "root",
    "InstallCertificate",
    |_| installs(CSMS, Authority::second()),
    INSTALLED,
);

/// Memory state *CertificateInstalled* of the manufacturer's root.
const MANUFACTURER_INSTALLED: Step = call(
    "maker",
    "InstallCertificate",
    |_| installs(MANUFACTURER, Authority::manufacturer()),
    INSTALLED,
);

const V2G: &str = "V2GRootCertificate";
const MO: &str = "MORootCertificate";

/// Memory state *CertificateInstalled* of a root of vehicles.
const V2G_INSTALLED: Step = call(
    "vehicle",
    "InstallCertificate",
    |_| installs(V2G, Authority::second()),
    INSTALLED,
);

/// Memory state *CertificateInstalled* of a root of mobility operators.
const MO_INSTALLED: Step = call(
    "mobility",
    "InstallCertificate",
    |_| installs(MO, Authority::second()),
    INSTALLED,
);

/// *GetInstalledCertificates* of the type.
const V2G_LISTED: Step = call(
    "list",
    "GetInstalledCertificateIds",
    |_| json!({"certificateType": [V2G]}),
    &[
        ACCEPTED,
        crate::step::suits(
            CHAIN,
            "a list with the hashes of the root, as V2GRootCertificate",
            |chains| lists(chains, V2G, Authority::second()),
        ),
    ],
);

/// *GetInstalledCertificates* of the type.
const MO_LISTED: Step = call(
    "list",
    "GetInstalledCertificateIds",
    |_| json!({"certificateType": [MO]}),
    &[
        ACCEPTED,
        crate::step::suits(
            CHAIN,
            "a list with the hashes of the root, as MORootCertificate",
            |chains| lists(chains, MO, Authority::second()),
        ),
    ],
);

const INSTALLED: &[Rule] = &[is("/status", "Accepted")];

const ACCEPTED: Rule = is("/status", "Accepted");

const LISTS_CSMS: Rule = crate::step::suits(
    CHAIN,
    "a list with the hashes of the root, as CSMSRootCertificate",
    |chains| lists(chains, CSMS, Authority::second()),
);

const LISTS_MANUFACTURER: Rule = crate::step::suits(
    CHAIN,
    "a list with the hashes of the root, as ManufacturerRootCertificate",
    |chains| lists(chains, MANUFACTURER, Authority::manufacturer()),
);

const LISTS_BOTH: Rule = crate::step::suits(
    CHAIN,
    "a list with the hashes of both roots, each with its type",
    |chains| {
        lists(chains, CSMS, Authority::second())
            && lists(chains, MANUFACTURER, Authority::manufacturer())
    },
);

/// Reusable state *GetInstalledCertificates* of the operator's roots.
const CSMS_LISTED: Step = call(
    "list",
    "GetInstalledCertificateIds",
    |_| json!({"certificateType": [CSMS]}),
    &[ACCEPTED, LISTS_CSMS],
);

/// The same of the manufacturer's.
const MANUFACTURER_LISTED: Step = call(
    "list",
    "GetInstalledCertificateIds",
    |_| json!({"certificateType": [MANUFACTURER]}),
    &[ACCEPTED, LISTS_MANUFACTURER],
);
