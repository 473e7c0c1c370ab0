//! Passwords, certificates, logs, and firmware that is signed.

use ocpp_core::csms::remote::{Command, Operation};
use ocpp_core::security::Subject;
use ocpp_core::security::software::{SoftwareKey, SoftwareVerifier};
use ocpp_core::security::{CertificateRequest, CertificateVerifier, Purpose};
use serde_json::{Value, json};

use super::boot::CONNECT;
use super::{
    BOOTED, CASE, accepted, available, each_status, operation, registers, rejected, unavailable,
};
use crate::bench::Dial;
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::pki::{Authority, sign_firmware};
use crate::product::Product;
use crate::step::{
    DialStep, Rule, Step, absent, call, compared, expect_answering, expect_telling, is, known,
    operate, present, suits,
};

fn password(product: &Product) -> Result<(), &'static str> {
    let features = &product.features;
    let has = features.security_profile_1 || features.security_profile_2;
    has.then_some(())
        .ok_or("no security profile with a password")
}

fn with_password(product: &Product) -> u8 {
    if product.features.security_profile_1 {
        1
    } else {
        2
    }
}

fn certificates(product: &Product) -> Result<(), &'static str> {
    let features = &product.features;
    let has = features.security_profile_2 || features.security_profile_3;
    has.then_some(())
        .ok_or("no security profile with certificates")
}

fn client_certificates(product: &Product) -> Result<(), &'static str> {
    let has = product.features.security_profile_3;
    has.then_some(()).ok_or("no security profile 3")
}

fn any_profile(product: &Product) -> Result<(), &'static str> {
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

/// The key of the station of the lab.
fn own_key() -> Option<SoftwareKey> {
    SoftwareKey::generate(&mut |bytes| bytes.fill(77)).ok()
}

fn request() -> Option<CertificateRequest> {
    let subject = Subject::station(SERIAL_NUMBER, "Operator");
    own_key()?.certificate_request(&subject).ok()
}

fn csr(_: &Lab<'_>) -> Value {
    json!({"csr": request().map(|request| request.pem)})
}

/// A chain whose first certificate is for the key of the request and of this strength.
fn is_of_own_key(chain: &Value) -> bool {
    let chain = SoftwareVerifier.parse(chain.as_str().unwrap_or_default());
    let (Some(request), Ok(chain)) = (request(), chain) else {
        return false;
    };
    chain.first().is_some_and(|leaf| {
        request.public_key_sha256 == leaf.public_key_sha256 && leaf.key.is_sufficient()
    })
}

/// A chain whose first certificate has the serial number of the station as common name.
fn names_station(chain: &Value) -> bool {
    let chain = SoftwareVerifier.parse(chain.as_str().unwrap_or_default());
    let leaf = chain.ok().and_then(|chain| chain.into_iter().next());
    leaf.and_then(|leaf| leaf.common_name).as_deref() == Some(SERIAL_NUMBER)
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

/// As in [`Parameters::of`](crate::lab::Parameters::of).
const SERIAL_NUMBER: &str = "CP-0815";

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
const CHAIN: &[Rule] = &[suits(
    "/certificateChain",
    "PEM of a certificate for the key of the request, strong enough",
    is_of_own_key,
)];

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

/// A status with the number of the request that the CSMS sent.
macro_rules! tells {
    ($label:literal, $action:literal, $request:literal, $status:literal) => {
        call(
            $label,
            $action,
            |lab| json!({"status": $status, "requestId": lab.requested($request, "/requestId")}),
            &[],
        )
    };
}

fn update(lab: &Lab<'_>, signature: String) -> Command {
    let certificate = Authority::manufacturer().and_then(|root| root.firmware_signer());
    operation(Operation::UpdateFirmware {
        location: lab.parameters.firmware_location.clone(),
        retrieve_at: lab.later(0),
        install_at: None,
        signature: Some((certificate.unwrap_or_default(), signature)),
    })
}

const UPDATE: &str = "SignedUpdateFirmware";
const LOCATION: Rule = known("/firmware/location", "the place of the firmware", |lab| {
    json!(lab.parameters.firmware_location)
});
/// No signature of anything.
const NO_SIGNATURE: &str = "bm8gc2lnbmF0dXJl";

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
            RENEW,
            TRIGGERED,
            SIGN,
            expect_answering(
                "signed",
                "CertificateSigned",
                &[
                    suits(
                        "/certificateChain",
                        "PEM of a certificate for the key of the request, strong enough",
                        is_of_own_key,
                    ),
                    suits(
                        "/certificateChain",
                        "PEM of a certificate that names the serial number of the charge point",
                        names_station,
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
            Step::HangUp,
            Step::Dial(DialStep {
                label: "connect",
                words: "connects with the new certificate",
                with: |lab| {
                    let chain = lab.requested("CertificateSigned", "/certificateChain");
                    Dial {
                        certificate: chain.as_str().map(ToOwned::to_owned),
                        ..lab.own_dial()
                    }
                },
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
        applies: certificates,
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
        applies: certificates,
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
        applies: certificates,
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
        applies: certificates,
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
        id: "TC_079_CSMS",
        name: "Get Security Log",
        about: "The security log is uploaded.",
        requirements: &["WP:N01"],
        applies: any_profile,
        secured: |product| with_password(product).max(1),
        steps: &[
            operate("get the security log", |lab| {
                operation(Operation::GetLog {
                    security: true,
                    location: lab.parameters.log_location.clone(),
                    from: None,
                    until: None,
                })
            }),
            expect_telling(
                "log",
                "GetLog",
                &[
                    is("/logType", "SecurityLog"),
                    known("/log/remoteLocation", "the place for logs", |lab| {
                        json!(lab.parameters.log_location)
                    }),
                    present("/requestId"),
                ],
                |_| json!({"status": "Accepted", "filename": "security.log"}),
                &[is("/status", "Accepted")],
            ),
            tells!("uploading", "LogStatusNotification", "GetLog", "Uploading"),
            tells!("uploaded", "LogStatusNotification", "GetLog", "Uploaded"),
        ],
        ..CASE
    },
    Case {
        id: "TC_080_CSMS",
        name: "Secure Firmware Update",
        about: "Signed firmware is downloaded, verified and installed.",
        requirements: &["WP:L01"],
        applies: |product| {
            any_profile(product)?;
            let has = product.features.secure_firmware_update;
            has.then_some(()).ok_or("no secure firmware update")
        },
        secured: |product| with_password(product).max(1),
        steps: &[
            operate("update the firmware, which is signed", |lab| {
                update(
                    lab,
                    sign_firmware(&lab.parameters.firmware).unwrap_or_default(),
                )
            }),
            expect_telling(
                "update",
                UPDATE,
                &[
                    LOCATION,
                    known("/firmware/signature", "the signature", |lab| {
                        json!(sign_firmware(&lab.parameters.firmware).unwrap_or_default())
                    }),
                    known(
                        "/firmware/signingCertificate",
                        "the certificate of the signer",
                        |_| {
                            let certificate =
                                Authority::manufacturer().and_then(|root| root.firmware_signer());
                            json!(certificate.unwrap_or_default())
                        },
                    ),
                    present("/requestId"),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            tells!(
                "downloading",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "Downloading"
            ),
            tells!(
                "downloaded",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "Downloaded"
            ),
            tells!(
                "verified",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "SignatureVerified"
            ),
            each_status("unavailable", unavailable),
            tells!(
                "installing",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "Installing"
            ),
            tells!(
                "rebooting",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "InstallRebooting"
            ),
            Step::HangUp,
            CONNECT,
            call(
                "boot",
                "BootNotification",
                registers,
                &[is("/status", "Accepted")],
            ),
            event!("event", "FirmwareUpdated"),
            each_status("available", available),
            tells!(
                "installed",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "Installed"
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_081_CSMS",
        name: "Secure Firmware Update - Invalid Signature",
        about: "The signature is wrong.",
        requirements: &["WP:L01"],
        applies: |product| {
            any_profile(product)?;
            let has = product.features.secure_firmware_update;
            has.then_some(()).ok_or("no secure firmware update")
        },
        secured: |product| with_password(product).max(1),
        steps: &[
            operate("update the firmware, with a wrong signature", |lab| {
                update(lab, NO_SIGNATURE.to_owned())
            }),
            expect_telling(
                "update",
                UPDATE,
                &[LOCATION, is("/firmware/signature", NO_SIGNATURE)],
                accepted,
                &[is("/status", "Accepted")],
            ),
            tells!(
                "downloading",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "Downloading"
            ),
            tells!(
                "downloaded",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "Downloaded"
            ),
            tells!(
                "invalid",
                "SignedFirmwareStatusNotification",
                "SignedUpdateFirmware",
                "InvalidSignature"
            ),
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
];
