//! Passwords and certificates.

use ocpp_core::csms::remote::{Command, Operation};
use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::security::{CertificateVerifier, Purpose};
use serde_json::{Value, json};

use super::boot::CONNECT;
use super::{BOOTED, CASE, accepted, operation, rejected};
use crate::bench::Dial;
use crate::case::{Case, Profile};
use crate::cases::of_csms::{
    AGREES, certificate_request, client_certificates, is_of_own_key, is_strong, names, password,
    tls, with_own_key, with_password, with_tls,
};
use crate::lab::Lab;
use crate::pki::Authority;
use crate::product::Product;
use crate::step::{
    DialStep, Rule, Step, absent, call, compared, expect_answering, expect_telling, is, known,
    operate, suits,
};

pub(super) fn any_profile(product: &Product) -> Result<(), &'static str> {
    let features = &product.features;
    let has = features.security_profile_1 || features.security_profile_2;
    let has = has || features.security_profile_3;
    has.then_some(()).ok_or("no security profile")
}

/// The other password.
const NEW_PASSWORD: &str = "1f1e1d1c1b1a191817161514131211100f0e0d0c";

/// Hexadecimal digits of 16 to 20 bytes.
fn is_password(value: &Value) -> bool {
    let digits = value.as_str().unwrap_or_default();
    digits.len().is_multiple_of(2)
        && (32..=40).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// With the password that the CSMS has sent.
fn with_new_password(lab: &Lab<'_>) -> Dial {
    let digits = lab.requested("ChangeConfiguration", "/value");
    let digits = digits.as_str().unwrap_or_default();
    Dial {
        password: Some(lab.dialect().password_bytes(digits)),
        ..lab.own_dial()
    }
}

fn csr(lab: &Lab<'_>) -> Value {
    json!({"csr": certificate_request(lab).map(|request| request.pem)})
}

/// A chain whose first certificate is signed by one of the others, or by the root of the operator.
fn is_signed(chain: &Value, now: &Value) -> bool {
    let now = now.as_str().and_then(|now| now.parse().ok());
    let chain = SoftwareVerifier.parse(chain.as_str().unwrap_or_default());
    let root = Authority::csms().and_then(|root| root.pem());
    let root = SoftwareVerifier.parse(&root.unwrap_or_default());
    let (Some(now), Ok(chain), Ok(root)) = (now, chain, root) else {
        return false;
    };
    let Some((leaf, issuers)) = chain.split_first() else {
        return false;
    };
    let purpose = Purpose::ChargingStation {
        common_name: None,
        organization: None,
        allow_future: false,
    };
    issuers.iter().chain(&root).any(|issuer| {
        let verified = SoftwareVerifier.verify_chain(&[&leaf.der], &[&issuer.der], now, &purpose);
        verified.is_ok()
    })
}

/// The chain that the CSMS has sent.
pub(super) fn signed(lab: &Lab<'_>) -> Value {
    lab.requested("CertificateSigned", "/certificateChain")
}

const RENEW: Step = operate("renew the certificate of the charge point", |_| {
    operation(Operation::Trigger {
        message: "SignChargePointCertificate".to_owned(),
        evse: None,
        connector: None,
    })
});
const TRIGGERED: Step = expect_telling(
    "trigger",
    "ExtendedTriggerMessage",
    &[
        is("/requestedMessage", "SignChargePointCertificate"),
        absent("/connectorId"),
    ],
    accepted,
    &[is("/status", "Accepted")],
);
const SIGN: Step = call("sign", "SignCertificate", csr, &[is("/status", "Accepted")]);
const OF_OWN_KEY: Rule = suits(
    "/certificateChain",
    "PEM of a certificate for the key of the request",
    is_of_own_key,
);
const CHAIN: &[Rule] = &[OF_OWN_KEY, STRONG];
const STRONG: Rule = suits(
    "/certificateChain",
    "PEM of a certificate with a key that is strong enough",
    is_strong,
);
/// The charge point has a certificate signed.
pub(super) const RENEWED: Step = Step::Reusable(
    "RenewChargePointCertificate",
    &[
        RENEW,
        TRIGGERED,
        SIGN,
        expect_answering(
            "signed",
            "CertificateSigned",
            &[
                OF_OWN_KEY,
                STRONG,
                compared(
                    "/certificateChain",
                    "PEM of a certificate that names the serial number of the charge point",
                    |lab| json!(lab.parameters.serial_number),
                    names,
                ),
                compared(
                    "/certificateChain",
                    "signed by a certificate that comes with it, or by the root of the lab",
                    |lab| json!(lab.utc_in(0)),
                    is_signed,
                ),
            ],
            accepted,
        ),
    ],
);

fn root(make: fn() -> Result<Authority, crate::pki::Failure>) -> String {
    make().and_then(|root| root.pem()).unwrap_or_default()
}

fn install(kind: &str, make: fn() -> Result<Authority, crate::pki::Failure>) -> Command {
    operation(Operation::InstallCertificate {
        kind: kind.to_owned(),
        certificate: root(make),
    })
}

const CSMS_ROOT: &str = "CentralSystemRootCertificate";
const MAKER_ROOT: &str = "ManufacturerRootCertificate";

fn listed(make: fn() -> Result<Authority, crate::pki::Failure>, algorithm: &str) -> Value {
    let hash = make().and_then(|root| root.hash_data(algorithm));
    json!({"status": "Accepted", "certificateHashData": [hash.unwrap_or_default()]})
}

/// A member of the hash data of a root.
fn hash(
    make: fn() -> Result<Authority, crate::pki::Failure>,
    algorithm: &str,
    member: &str,
) -> Value {
    listed(make, algorithm)["certificateHashData"][0][member].take()
}

const INSTALL_SECOND: Step = operate("install the second root of the operator", |_| {
    install(CSMS_ROOT, Authority::second)
});
const INSTALLED_SECOND: Step = expect_telling(
    "install",
    "InstallCertificate",
    &[
        is("/certificateType", CSMS_ROOT),
        known("/certificate", "the second root", |_| {
            json!(root(Authority::second))
        }),
    ],
    accepted,
    &[is("/status", "Accepted")],
);
pub(super) const INSTALL_ROOT: Step = operate("install the root of the central system", |_| {
    install(CSMS_ROOT, Authority::csms)
});
pub(super) const INSTALLED_ROOT: Step = expect_telling(
    "install",
    "InstallCertificate",
    &[is("/certificateType", CSMS_ROOT)],
    accepted,
    &[is("/status", "Accepted")],
);
const LIST_CSMS: Step = operate("list the roots of the central system", |_| {
    operation(Operation::ListCertificates(Some(CSMS_ROOT.to_owned())))
});

/// A root is installed, found, and deleted, by a charge point that uses this algorithm.
macro_rules! deleted_by {
    ($name:literal, $algorithm:literal) => {
        Step::Reusable(
            $name,
            &[
                INSTALL_SECOND,
                INSTALLED_SECOND,
                LIST_CSMS,
                expect_telling(
                    "list",
                    "GetInstalledCertificateIds",
                    &[is("/certificateType", CSMS_ROOT)],
                    |_| listed(Authority::second, $algorithm),
                    &[known(
                        "/response/certificateHashData/0/issuerKeyHash",
                        "that of the root",
                        |_| hash(Authority::second, $algorithm, "issuerKeyHash"),
                    )],
                ),
                operate("delete it", |lab| {
                    let hash = lab.told_operator("/response/certificateHashData/0");
                    operation(Operation::DeleteCertificate(hash))
                }),
                expect_telling(
                    "delete",
                    "DeleteCertificate",
                    &[
                        is("/certificateHashData/hashAlgorithm", $algorithm),
                        known(
                            "/certificateHashData/issuerNameHash",
                            "as it was told",
                            |_| hash(Authority::second, $algorithm, "issuerNameHash"),
                        ),
                        known(
                            "/certificateHashData/issuerKeyHash",
                            "as it was told",
                            |_| hash(Authority::second, $algorithm, "issuerKeyHash"),
                        ),
                        known(
                            "/certificateHashData/serialNumber",
                            "as it was told",
                            |_| hash(Authority::second, $algorithm, "serialNumber"),
                        ),
                    ],
                    accepted,
                    &[is("/status", "Accepted")],
                ),
            ],
        )
    };
}

/// SecurityEventNotification.
macro_rules! event {
    ($label:literal, $kind:literal) => {
        call(
            $label,
            "SecurityEventNotification",
            |lab| json!({"type": $kind, "timestamp": lab.utc_in(0)}),
            &[],
        )
    };
}
pub(super) use event;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_073_CSMS",
        name: "Update Charge Point Password for HTTP Basic Authentication",
        about: "The password is the decoded bytes, as the specification says.",
        requirements: &["WP:A01.FR.01", "WP:A01.FR.02", "WP:A01.FR.03"],
        applies: password,
        secured: with_password,
        steps: &[
            operate("give the charge point a new password", |_| {
                operation(Operation::SetPassword(NEW_PASSWORD.to_owned()))
            }),
            expect_telling(
                "password",
                "ChangeConfiguration",
                &[
                    is("/key", "AuthorizationKey"),
                    suits(
                        "/value",
                        "16 to 20 bytes in hexadecimal digits",
                        is_password,
                    ),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            Step::HangUp,
            Step::Dial(DialStep {
                label: "connect",
                words: "connects with the new password",
                with: with_new_password,
                agreed: Some("ocpp1.6"),
            }),
        ],
        ..CASE
    },
    Case {
        id: "TC_074_CSMS",
        name: "Update Charge Point Certificate by request of Central System",
        about: "The charge point has a new certificate signed and connects with it.",
        requirements: &["WP:A02.FR.02", "WP:A02.FR.03", "WP:A02.FR.04"],
        profile: Profile::AdvancedSecurity,
        applies: client_certificates,
        secured: |_| 3,
        steps: &[
            RENEWED,
            Step::HangUp,
            Step::Dial(DialStep {
                label: "connect",
                words: "connects with the new certificate",
                with: |lab| with_own_key(lab, &signed(lab)),
                agreed: Some("ocpp1.6"),
            }),
        ],
        ..CASE
    },
    Case {
        id: "TC_075_1_CSMS",
        name: "Install a certificate on the Charge Point - ManufacturerRootCertificate",
        about: "A root of the manufacturer is installed and found.",
        requirements: &["WP:M05", "WP:M03"],
        applies: tls,
        secured: |_| 2,
        steps: &[
            operate("install the root of the manufacturer", |_| {
                install(MAKER_ROOT, Authority::manufacturer)
            }),
            expect_telling(
                "install",
                "InstallCertificate",
                &[
                    is("/certificateType", MAKER_ROOT),
                    known("/certificate", "the root of the manufacturer", |_| {
                        json!(root(Authority::manufacturer))
                    }),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            operate("list the roots of the manufacturer", |_| {
                operation(Operation::ListCertificates(Some(MAKER_ROOT.to_owned())))
            }),
            expect_telling(
                "list",
                "GetInstalledCertificateIds",
                &[is("/certificateType", MAKER_ROOT)],
                |_| listed(Authority::manufacturer, "SHA256"),
                &[known(
                    "/response/certificateHashData/0/issuerKeyHash",
                    "that of the root",
                    |_| hash(Authority::manufacturer, "SHA256", "issuerKeyHash"),
                )],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_075_2_CSMS",
        name: "Install a certificate on the Charge Point - CentralSystemRootCertificate",
        about: "A root of the central system is installed and found.",
        requirements: &["WP:M05", "WP:M03"],
        applies: tls,
        secured: |_| 2,
        steps: &[
            INSTALL_SECOND,
            INSTALLED_SECOND,
            LIST_CSMS,
            expect_telling(
                "list",
                "GetInstalledCertificateIds",
                &[is("/certificateType", CSMS_ROOT)],
                |_| listed(Authority::second, "SHA256"),
                &[known(
                    "/response/certificateHashData/0/issuerKeyHash",
                    "that of the root",
                    |_| hash(Authority::second, "SHA256", "issuerKeyHash"),
                )],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_076_CSMS",
        name: "Delete a specific certificate from the Charge Point",
        about: "Three times, with each of the hash algorithms. The list at the end is optional, and not asked for.",
        requirements: &["WP:M04"],
        applies: tls,
        secured: |_| 2,
        steps: &[
            deleted_by!("deleted by SHA256", "SHA256"),
            deleted_by!("deleted by SHA384", "SHA384"),
            deleted_by!("deleted by SHA512", "SHA512"),
        ],
        ..CASE
    },
    Case {
        id: "TC_077_CSMS",
        name: "Invalid ChargePointCertificate Security Event",
        about: "The charge point does not take the certificate that was signed for it.",
        requirements: &["WP:A02.FR.07"],
        profile: Profile::AdvancedSecurity,
        applies: client_certificates,
        secured: |_| 3,
        steps: &[
            RENEW,
            TRIGGERED,
            SIGN,
            expect_answering("signed", "CertificateSigned", CHAIN, rejected),
            event!("event", "InvalidChargePointCertificate"),
        ],
        ..CASE
    },
    Case {
        id: "TC_078_CSMS",
        name: "Invalid CentralSystemCertificate Security Event",
        about: "The charge point does not take a root.",
        requirements: &["WP:M05"],
        applies: tls,
        secured: |_| 2,
        steps: &[
            INSTALL_SECOND,
            expect_telling(
                "install",
                "InstallCertificate",
                &[is("/certificateType", CSMS_ROOT)],
                rejected,
                &[is("/status", "Rejected")],
            ),
            event!("event", "InvalidCentralSystemCertificate"),
        ],
        ..CASE
    },
    Case {
        id: "TC_085_CSMS",
        name: "Basic Authentication - Valid username/password combination",
        about: "Without a password there is no connection.",
        requirements: &["WP:A00.FR.202", "WP:A00.FR.204"],
        applies: password,
        secured: with_password,
        steps: &[
            Step::HangUp,
            Step::Dial(DialStep {
                label: "without-password",
                words: "connects without a password",
                with: |lab| Dial {
                    password: None,
                    ..lab.own_dial()
                },
                agreed: None,
            }),
            CONNECT,
            BOOTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_086_CSMS",
        name: "TLS - server-side certificate - Valid certificate",
        about: "The central system has TLS 1.2 with four cipher suites and certificates for them, tried one by one: the charge point \
                offers one, looks at what is shown, and goes away. Then it connects as it usually does.",
        requirements: &[
            "WP:A00.FR.306",
            "WP:A00.FR.312",
            "WP:A00.FR.318",
            "WP:A00.FR.321",
        ],
        applies: tls,
        secured: with_tls,
        steps: &[Step::HangUp, AGREES, CONNECT, BOOTED],
        ..CASE
    },
    Case {
        id: "TC_087_CSMS",
        name: "TLS - Client-side certificate - valid certificate",
        about: "The same with a charge point that shows its certificate.",
        requirements: &["WP:A00.FR.318", "WP:A00.FR.409", "WP:A00.FR.410"],
        profile: Profile::AdvancedSecurity,
        applies: client_certificates,
        secured: |_| 3,
        steps: &[Step::HangUp, AGREES, CONNECT, BOOTED],
        ..CASE
    },
];
