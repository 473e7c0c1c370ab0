//! M03 to M05: the certificates of a station.

use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::{CASE, operation, raw};
use crate::case::{Case, Profile};
use crate::pki::{Authority, Failure};
use crate::step::{Rule, Step, absent, expect_telling, is, known, operate};

const INSTALL: &str = "InstallCertificate";
const LIST: &str = "GetInstalledCertificateIds";
const CSMS_ROOT: &str = "CSMSRootCertificate";
const MAKER_ROOT: &str = "ManufacturerRootCertificate";
const V2G_ROOT: &str = "V2GRootCertificate";
const MO_ROOT: &str = "MORootCertificate";
const V2G_CHAIN: &str = "V2GCertificateChain";

/// What makes a root.
type Root = fn() -> Result<Authority, Failure>;

fn pem(root: Root) -> String {
    root().and_then(|root| root.pem()).unwrap_or_default()
}

fn install(kind: &str, root: Root) -> Command {
    operation(Operation::InstallCertificate {
        kind: kind.to_owned(),
        certificate: pem(root),
    })
}

fn list(kind: Option<&str>) -> Command {
    operation(Operation::ListCertificates(kind.map(ToOwned::to_owned)))
}

fn hash(root: Root, algorithm: &str) -> Value {
    let hash = root().and_then(|root| root.hash_data(algorithm));
    hash.unwrap_or_default()
}

/// A certificate of a kind, as the station lists it.
fn listed(kind: &str, root: Root, algorithm: &str) -> Value {
    json!({"certificateType": kind, "certificateHashData": hash(root, algorithm)})
}

fn found(all: &[Value]) -> Value {
    json!({"status": "Accepted", "certificateHashDataChain": all})
}

/// *CertificateInstalled*.
macro_rules! installed {
    ($kind:expr, $root:expr) => {
        installed!($kind, $root, "Accepted")
    };
    ($kind:expr, $root:expr, $status:literal) => {
        Step::Reusable(
            "CertificateInstalled",
            &[
                operate("install the certificate", |_| install($kind, $root)),
                expect_telling(
                    "install",
                    INSTALL,
                    &[
                        is("/certificateType", $kind),
                        known("/certificate", "the certificate", |_| json!(pem($root))),
                    ],
                    |_| json!({"status": $status}),
                    &[is("/status", $status)],
                ),
            ],
        )
    };
}

/// *GetInstalledCertificates*.
macro_rules! gets {
    ($label:literal, $kind:expr, $root:expr, $algorithm:literal) => {
        Step::Reusable(
            "GetInstalledCertificates",
            &[
                operate("list the certificates of the kind", |_| list(Some($kind))),
                expect_telling(
                    $label,
                    LIST,
                    &[is("/certificateType/0", $kind)],
                    |_| found(&[listed($kind, $root, $algorithm)]),
                    &[
                        is(
                            "/response/certificateHashDataChain/0/certificateType",
                            $kind,
                        ),
                        known(
                            "/response/certificateHashDataChain/0/certificateHashData",
                            "that of the certificate",
                            |_| hash($root, $algorithm),
                        ),
                    ],
                ),
            ],
        )
    };
}

/// The station tells of a root by this algorithm, and is asked to delete it.
macro_rules! deleted {
    ($name:literal, $algorithm:literal, $status:literal) => {
        Step::Reusable(
            $name,
            &[
                gets!("list", CSMS_ROOT, Authority::second, $algorithm),
                operate("delete the root of the CSMS", |_| {
                    operation(Operation::DeleteCertificate(hash(
                        Authority::second,
                        $algorithm,
                    )))
                }),
                expect_telling(
                    "delete",
                    "DeleteCertificate",
                    &[
                        is("/certificateHashData/hashAlgorithm", $algorithm),
                        known("/certificateHashData/issuerNameHash", TOLD, |_| {
                            hash(Authority::second, $algorithm)["issuerNameHash"].take()
                        }),
                        known("/certificateHashData/issuerKeyHash", TOLD, |_| {
                            hash(Authority::second, $algorithm)["issuerKeyHash"].take()
                        }),
                        known("/certificateHashData/serialNumber", TOLD, |_| {
                            hash(Authority::second, $algorithm)["serialNumber"].take()
                        }),
                    ],
                    |_| json!({"status": $status}),
                    &[is("/status", $status)],
                ),
            ],
        )
    };
}
const TOLD: &str = "as it was told";

const EVERY_KIND: Rule = absent("/certificateType");

const ISO: Case = Case {
    profile: Profile::Iso15118,
    ..CASE
};
const NOT_CERTIFIED: Case = Case {
    profile: Profile::None,
    ..CASE
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_M_01_CSMS",
        name: "Install CA certificate - CSMSRootCertificate",
        about: "A root of the CSMS is installed.",
        requirements: &["M05.FR.01"],
        steps: &[installed!(CSMS_ROOT, Authority::second)],
        ..CASE
    },
    Case {
        id: "TC_M_02_CSMS",
        name: "Install CA certificate - ManufacturerRootCertificate",
        about: "A root of the manufacturer is installed.",
        requirements: &["M05.FR.01"],
        steps: &[installed!(MAKER_ROOT, Authority::manufacturer)],
        ..CASE
    },
    Case {
        id: "TC_M_03_CSMS",
        name: "Install CA certificate - V2GRootCertificate",
        about: "A root for talking to vehicles is installed.",
        requirements: &["M05.FR.01"],
        steps: &[installed!(V2G_ROOT, Authority::stranger)],
        ..ISO
    },
    Case {
        id: "TC_M_04_CSMS",
        name: "Install CA certificate - MORootCertificate",
        about: "A root of who makes contracts is installed.",
        requirements: &["M05.FR.01"],
        steps: &[installed!(MO_ROOT, Authority::stranger)],
        ..ISO
    },
    Case {
        id: "TC_M_05_CSMS",
        name: "Install CA certificate - Failed",
        about: "The station does not take the root.",
        requirements: &["M05.FR.01", "M05.FR.03"],
        steps: &[installed!(CSMS_ROOT, Authority::second, "Failed")],
        ..CASE
    },
    Case {
        id: "TC_M_12_CSMS",
        name: "Retrieve certificates from Charging Station - CSMSRootCertificate",
        about: "Three times, with each of the hash algorithms.",
        requirements: &["M03.FR.01"],
        steps: &[
            gets!("sha256", CSMS_ROOT, Authority::second, "SHA256"),
            gets!("sha384", CSMS_ROOT, Authority::second, "SHA384"),
            gets!("sha512", CSMS_ROOT, Authority::second, "SHA512"),
        ],
        ..NOT_CERTIFIED
    },
    Case {
        id: "TC_M_13_CSMS",
        name: "Retrieve certificates from Charging Station - ManufacturerRootCertificate",
        about: "The roots of the manufacturer are listed.",
        requirements: &["M03.FR.01"],
        steps: &[gets!("list", MAKER_ROOT, Authority::manufacturer, "SHA256")],
        ..CASE
    },
    Case {
        id: "TC_M_14_CSMS",
        name: "Retrieve certificates from Charging Station - V2GRootCertificate",
        about: "The roots for talking to vehicles are listed.",
        requirements: &["M03.FR.01"],
        steps: &[gets!("list", V2G_ROOT, Authority::stranger, "SHA256")],
        ..ISO
    },
    Case {
        id: "TC_M_15_CSMS",
        name: "Retrieve certificates from Charging Station - V2GCertificateChain",
        about: "The certificate for talking to vehicles is listed with those that have signed it.",
        requirements: &["M03.FR.01", "M03.FR.05"],
        steps: &[
            operate("list the certificates of the kind", |_| {
                list(Some(V2G_CHAIN))
            }),
            expect_telling(
                "list",
                LIST,
                &[is("/certificateType/0", V2G_CHAIN)],
                |_| {
                    let mut chain = listed(V2G_CHAIN, Authority::successor, "SHA256");
                    chain["childCertificateHashData"] = json!([hash(Authority::csms, "SHA256")]);
                    found(&[chain])
                },
                &[
                    known(
                        "/response/certificateHashDataChain/0/certificateHashData",
                        "that of the certificate",
                        |_| hash(Authority::successor, "SHA256"),
                    ),
                    known(
                        "/response/certificateHashDataChain/0/childCertificateHashData/0",
                        "that of who has signed it",
                        |_| hash(Authority::csms, "SHA256"),
                    ),
                ],
            ),
        ],
        ..ISO
    },
    Case {
        id: "TC_M_16_CSMS",
        name: "Retrieve certificates from Charging Station - MORootCertificate",
        about: "The roots of who makes contracts are listed.",
        requirements: &["M03.FR.01"],
        steps: &[gets!("list", MO_ROOT, Authority::stranger, "SHA256")],
        ..ISO
    },
    Case {
        id: "TC_M_17_CSMS",
        name: "Retrieve certificates from Charging Station - CSMSRootCertificate & ManufacturerRootCertificate",
        about: "Two kinds are listed at once, for which there is no typed operation.",
        requirements: &["M03.FR.01"],
        steps: &[
            operate("list the roots of the CSMS and the manufacturer", |_| {
                raw(LIST, &json!({"certificateType": [CSMS_ROOT, MAKER_ROOT]}))
            }),
            expect_telling(
                "list",
                LIST,
                &[
                    is("/certificateType/0", CSMS_ROOT),
                    is("/certificateType/1", MAKER_ROOT),
                ],
                |_| {
                    found(&[
                        listed(CSMS_ROOT, Authority::second, "SHA256"),
                        listed(MAKER_ROOT, Authority::manufacturer, "SHA256"),
                    ])
                },
                &[
                    is(
                        "/response/certificateHashDataChain/0/certificateType",
                        CSMS_ROOT,
                    ),
                    is(
                        "/response/certificateHashDataChain/1/certificateType",
                        MAKER_ROOT,
                    ),
                ],
            ),
        ],
        ..NOT_CERTIFIED
    },
    Case {
        id: "TC_M_18_CSMS",
        name: "Retrieve certificates from Charging Station - All certificateTypes",
        about: "All certificates are listed.",
        requirements: &["M03.FR.01"],
        steps: &[
            operate("list all certificates", |_| list(None)),
            expect_telling(
                "list",
                LIST,
                &[EVERY_KIND],
                |_| {
                    found(&[
                        listed(CSMS_ROOT, Authority::csms, "SHA256"),
                        listed(CSMS_ROOT, Authority::second, "SHA256"),
                        listed(MAKER_ROOT, Authority::manufacturer, "SHA256"),
                    ])
                },
                &[
                    is(
                        "/response/certificateHashDataChain/0/certificateType",
                        CSMS_ROOT,
                    ),
                    is(
                        "/response/certificateHashDataChain/2/certificateType",
                        MAKER_ROOT,
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_M_19_CSMS",
        name: "Retrieve certificates from Charging Station - No matching certificate found",
        about: "There is no such certificate.",
        requirements: &["M03.FR.01", "M03.FR.02"],
        steps: &[
            operate("list the roots of the manufacturer", |_| {
                list(Some(MAKER_ROOT))
            }),
            expect_telling(
                "list",
                LIST,
                &[is("/certificateType/0", MAKER_ROOT)],
                |_| json!({"status": "NotFound"}),
                &[is("/status", "NotFound")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_M_20_CSMS",
        name: "Delete a certificate from a Charging Station - Success",
        about: "A root is installed, found and deleted, with each of the hash algorithms. The list may leave the kind out, and here has it.",
        requirements: &["M04.FR.01", "M04.FR.07"],
        steps: &[
            installed!(CSMS_ROOT, Authority::second),
            deleted!("deleted by SHA256", "SHA256", "Accepted"),
            installed!(CSMS_ROOT, Authority::second),
            deleted!("deleted by SHA384", "SHA384", "Accepted"),
            installed!(CSMS_ROOT, Authority::second),
            deleted!("deleted by SHA512", "SHA512", "Accepted"),
        ],
        ..CASE
    },
    Case {
        id: "TC_M_21_CSMS",
        name: "Delete a certificate from a Charging Station - Failed",
        about: "The station does not delete a root.",
        requirements: &["M04.FR.01", "M04.FR.07"],
        steps: &[
            installed!(CSMS_ROOT, Authority::second),
            deleted!("not deleted", "SHA256", "Failed"),
        ],
        ..CASE
    },
];
