//! A: passwords, certificates, security profiles.

use ocpp_core::csms::remote::{Operation, VariableName};
use ocpp_core::security::Subject;
use ocpp_core::security::software::{SoftwareKey, SoftwareVerifier};
use ocpp_core::security::{CertificateRequest, CertificateVerifier};
use serde_json::{Value, json};

use super::states::BOOTED;
use super::{CASE, CONNECT, accepted, operation, raw};
use crate::bench::Dial;
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::pki::Authority;
use crate::product::Product;
use crate::step::{
    DialStep, Rule, Step, call, expect_answering, is, known, number, operate, present, suits,
};

fn password(product: &Product) -> Result<(), &'static str> {
    let features = &product.features;
    let has = features.security_profile_1 || features.security_profile_2;
    has.then_some(())
        .ok_or("no security profile with a password")
}

fn client_certificates(product: &Product) -> Result<(), &'static str> {
    let has = product.features.security_profile_3;
    has.then_some(()).ok_or("no security profile 3")
}

const fn with_password(product: &Product) -> u8 {
    if product.features.security_profile_1 {
        1
    } else {
        2
    }
}

/// The other password.
const NEW_PASSWORD: &str = "New-Password_of.the:Lab-0815";
/// One that nobody has ever entered.
const WRONG_PASSWORD: &str = "Wrong-Password_of.the:Lab-4711";

/// 16 to 40 characters of a passwordString (A00.FR.205).
fn is_password(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let permitted = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '*' | '-' | '_' | '=' | ':' | '+' | '|' | '@' | '.')
    };
    (16..=40).contains(&text.chars().count()) && text.chars().all(permitted)
}

/// An attempt that must be taken, or must not.
const fn dials(
    label: &'static str,
    words: &'static str,
    with: fn(&Lab<'_>) -> Dial,
    taken: bool,
) -> Step {
    Step::Dial(DialStep {
        label,
        words,
        with,
        agreed: if taken { Some("ocpp2.0.1") } else { None },
    })
}

/// With the certificate of somebody.
fn with_certificate(lab: &Lab<'_>, certificate: Option<String>) -> Dial {
    Dial {
        certificate,
        ..lab.own_dial()
    }
}

const SET: &str = "SetVariables";
const CHANGE_PASSWORD: Step = operate("give the station a new password", |_| {
    operation(Operation::SetPassword(NEW_PASSWORD.to_owned()))
});
const PASSWORD: &[Rule] = &[
    is("/setVariableData/0/component/name", "SecurityCtrlr"),
    is("/setVariableData/0/variable/name", "BasicAuthPassword"),
    suits(
        "/setVariableData/0/attributeValue",
        "16 to 40 characters of a password",
        is_password,
    ),
];

/// What became of the only variable of the last request.
fn result(component: &str, variable: &str, status: &str) -> Value {
    json!({"setVariableResult": [{
        "attributeStatus": status, "component": {"name": component}, "variable": {"name": variable},
    }]})
}

fn password_result(status: &str) -> Value {
    result("SecurityCtrlr", "BasicAuthPassword", status)
}

/// The key of the station of the lab.
fn own_key() -> Option<SoftwareKey> {
    SoftwareKey::generate(&mut |bytes| bytes.fill(77)).ok()
}

fn request(lab: &Lab<'_>) -> Option<CertificateRequest> {
    let subject = Subject::station(&lab.parameters.serial_number, &lab.parameters.vendor_name);
    own_key()?.certificate_request(&subject).ok()
}

fn csr(lab: &Lab<'_>, kind: &str) -> Value {
    json!({"csr": request(lab).map(|request| request.pem), "certificateType": kind})
}

/// PEM of a chain whose first certificate is strong enough.
fn is_strong(chain: &Value) -> bool {
    let chain = SoftwareVerifier.parse(chain.as_str().unwrap_or_default());
    let leaf = chain.ok().and_then(|chain| chain.into_iter().next());
    leaf.is_some_and(|leaf| leaf.key.is_sufficient())
}

/// The first certificate of the chain is for the key of the request.
fn is_of_own_key(chain: &Value) -> bool {
    let chain = SoftwareVerifier.parse(chain.as_str().unwrap_or_default());
    let own = own_key().and_then(|key| {
        let subject = Subject::station("any", "any");
        key.certificate_request(&subject).ok()
    });
    let (Some(own), Ok(chain)) = (own, chain) else {
        return false;
    };
    chain
        .first()
        .is_some_and(|leaf| leaf.public_key_sha256 == own.public_key_sha256)
}

const CHAIN: &str = "/certificateChain";
const STRONG: Rule = suits(
    CHAIN,
    "PEM of a certificate that is strong enough",
    is_strong,
);
const OF_OWN_KEY: Rule = suits(
    CHAIN,
    "a certificate for the key of the request",
    is_of_own_key,
);

/// The operator renews a certificate, and the station has a request signed.
macro_rules! renewed {
    ($message:literal, $kind:literal, $words:literal) => {
        Step::Reusable(
            $words,
            &[
                operate($words, |_| {
                    operation(Operation::Trigger {
                        message: $message.to_owned(),
                        evse: None,
                        connector: None,
                    })
                }),
                expect_answering(
                    "trigger",
                    "TriggerMessage",
                    &[is("/requestedMessage", $message)],
                    accepted,
                ),
                call(
                    "sign",
                    "SignCertificate",
                    |lab| csr(lab, $kind),
                    &[is("/status", "Accepted")],
                ),
            ],
        )
    };
}
const RENEWED: Step = renewed!(
    "SignChargingStationCertificate",
    "ChargingStationCertificate",
    "renew the certificate of the station"
);

fn rejected(_: &Lab<'_>) -> Value {
    json!({"status": "Rejected"})
}

/// The slot of the network profile.
const SLOT: i64 = 1;
/// The higher profile of A_19, in which a certificate shows who the CSMS is.
const HIGHER: u8 = 2;

fn with_profile(lab: &Lab<'_>, security_profile: u8) -> Dial {
    Dial {
        security_profile,
        ..lab.own_dial()
    }
}

fn names_slot(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.split(',').any(|slot| slot.trim() == "1")
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_A_01_CSMS",
        name: "Basic Authentication - Valid username/password combination",
        about: "The station shows its password.",
        requirements: &["A00.FR.204", "B01.FR.02"],
        applies: password,
        secured: with_password,
        steps: &[Step::HangUp, CONNECT, BOOTED],
        ..CASE
    },
    Case {
        id: "TC_A_03_CSMS",
        name: "Basic Authentication - Invalid password",
        about: "A station with a wrong password gets no connection. At the end it connects with its own, which the description leaves out.",
        requirements: &["A00.FR.204"],
        applies: password,
        secured: with_password,
        steps: &[
            Step::HangUp,
            dials(
                "wrong-password",
                "connects with a wrong password",
                |lab| Dial {
                    password: Some(lab.dialect().password_bytes(WRONG_PASSWORD)),
                    ..lab.own_dial()
                },
                false,
            ),
            CONNECT,
            BOOTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_A_07_CSMS",
        name: "TLS - Client-side certificate - valid certificate",
        about: "The station shows its certificate. Versions and suites of TLS are decided below the messages, and not checked here.",
        requirements: &[
            "A00.FR.409",
            "A00.FR.410",
            "A00.FR.415",
            "A00.FR.416",
            "A00.FR.421",
        ],
        profile: Profile::AdvancedSecurity,
        applies: client_certificates,
        secured: |_| 3,
        steps: &[Step::HangUp, CONNECT, BOOTED],
        ..CASE
    },
    Case {
        id: "TC_A_08_CSMS",
        name: "TLS - Client-side certificate - Invalid certificate",
        about: "A station with a certificate that nobody knows, that is over, or that names another station gets no connection.",
        requirements: &["A00.FR.405", "A00.FR.407", "A00.FR.409", "A00.FR.410"],
        profile: Profile::AdvancedSecurity,
        applies: client_certificates,
        secured: |_| 3,
        steps: &[
            Step::HangUp,
            dials(
                "stranger",
                "connects with a certificate of an unknown root",
                |lab| {
                    let serial = &lab.parameters.serial_number;
                    let root = Authority::stranger();
                    with_certificate(lab, root.and_then(|root| root.station(serial)).ok())
                },
                false,
            ),
            dials(
                "expired",
                "connects with a certificate that is over",
                |lab| {
                    let serial = &lab.parameters.serial_number;
                    let root = Authority::csms();
                    let certificate =
                        root.and_then(|root| root.station_of_years(serial, (2015, 2016)));
                    with_certificate(lab, certificate.ok())
                },
                false,
            ),
            dials(
                "other-name",
                "connects with the certificate of another station",
                |lab| {
                    let root = Authority::csms();
                    with_certificate(lab, root.and_then(|root| root.station("CP-4711")).ok())
                },
                false,
            ),
            CONNECT,
            BOOTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_A_09_CSMS",
        name: "Update Charging Station Password for HTTP Basic Authentication - Accepted",
        about: "From the answer on the new password counts.",
        requirements: &["A01.FR.02", "A01.FR.03"],
        applies: password,
        secured: with_password,
        steps: &[
            CHANGE_PASSWORD,
            expect_answering("password", SET, PASSWORD, |_| password_result("Accepted")),
            Step::HangUp,
            dials(
                "connect",
                "connects with the new password",
                |lab| {
                    let text = lab.requested(SET, "/setVariableData/0/attributeValue");
                    let text = text.as_str().unwrap_or_default();
                    Dial {
                        password: Some(lab.dialect().password_bytes(text)),
                        ..lab.own_dial()
                    }
                },
                true,
            ),
            BOOTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_A_10_CSMS",
        name: "Update Charging Station Password for HTTP Basic Authentication - Rejected",
        about: "The old password goes on counting. What the operator is told stands in the trace.",
        requirements: &["A01.FR.02", "A01.FR.04", "A01.FR.05"],
        applies: password,
        secured: with_password,
        steps: &[
            CHANGE_PASSWORD,
            expect_answering("password", SET, PASSWORD, |_| password_result("Rejected")),
            Step::HangUp,
            CONNECT,
            BOOTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_A_11_CSMS",
        name: "Update Charging Station Certificate by request of CSMS - Success - Charging Station Certificate",
        about: "The station has a new certificate signed and connects with it (errata 6.3.1 and 6.3.2).",
        requirements: &["A02.FR.11", "A02.FR.14", "F06.FR.01"],
        profile: Profile::AdvancedSecurity,
        applies: client_certificates,
        secured: |_| 3,
        steps: &[
            RENEWED,
            expect_answering(
                "signed",
                "CertificateSigned",
                &[
                    is("/certificateType", "ChargingStationCertificate"),
                    STRONG,
                    OF_OWN_KEY,
                ],
                accepted,
            ),
            Step::HangUp,
            dials(
                "connect",
                "connects with the new certificate",
                |lab| {
                    let chain = lab.requested("CertificateSigned", CHAIN);
                    with_certificate(lab, chain.as_str().map(ToOwned::to_owned))
                },
                true,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_A_12_CSMS",
        name: "Update Charging Station Certificate by request of CSMS - Success - V2G Certificate",
        about: "The station has a certificate signed for talking to vehicles.",
        requirements: &["A02.FR.11", "F06.FR.01"],
        profile: Profile::Iso15118,
        steps: &[
            renewed!(
                "SignV2GCertificate",
                "V2GCertificate",
                "renew the certificate for talking to vehicles"
            ),
            expect_answering(
                "signed",
                "CertificateSigned",
                &[is("/certificateType", "V2GCertificate"), STRONG, OF_OWN_KEY],
                accepted,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_A_14_CSMS",
        name: "Update Charging Station Certificate by request of CSMS - Invalid certificate",
        about: "The station does not take the certificate that was signed for it (erratum 6.3.3).",
        requirements: &["A02.FR.07"],
        profile: Profile::AdvancedSecurity,
        applies: client_certificates,
        secured: |_| 3,
        steps: &[
            RENEWED,
            expect_answering("signed", "CertificateSigned", &[present(CHAIN)], rejected),
            call(
                "event",
                "SecurityEventNotification",
                |lab| json!({"type": "InvalidChargingStationCertificate", "timestamp": lab.utc_in(0)}),
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_A_19_CSMS",
        name: "Upgrade Charging Station Security Profile - Accepted",
        about: "From profile 1 to 2; with the lower one the station gets no connection any more (errata 6.3.4 and 6.3.6). From 2 to 3 would \
                be the same with a certificate.",
        requirements: &["A05.FR.04", "A05.FR.07"],
        applies: |product| {
            let features = &product.features;
            let has = features.security_profile_1 && features.security_profile_2;
            has.then_some(()).ok_or("no security profiles 1 and 2")
        },
        secured: |_| 1,
        steps: &[
            operate("set a network profile with security profile 2", |lab| {
                let payload = json!({
                    "configurationSlot": SLOT,
                    "connectionData": {
                        "messageTimeout": lab.parameters.message_timeout,
                        "ocppCsmsUrl": "wss://csms.example.com/ocpp",
                        "ocppInterface": lab.parameters.network_interface,
                        "ocppTransport": "JSON", "ocppVersion": "OCPP20",
                        "securityProfile": HIGHER,
                    },
                });
                raw("SetNetworkProfile", &payload)
            }),
            expect_answering(
                "profile",
                "SetNetworkProfile",
                &[
                    known("/connectionData/messageTimeout", "the time-out", |lab| {
                        json!(lab.parameters.message_timeout)
                    }),
                    known("/connectionData/ocppInterface", "the interface", |lab| {
                        json!(lab.parameters.network_interface)
                    }),
                    is("/connectionData/ocppTransport", "JSON"),
                    is("/connectionData/ocppVersion", "OCPP20"),
                    number("/connectionData/securityProfile", 2),
                ],
                accepted,
            ),
            operate("let the station use the network profile first", |_| {
                let name = VariableName::new("OCPPCommCtrlr", "NetworkConfigurationPriority");
                operation(Operation::SetVariables(vec![(name, SLOT.to_string())]))
            }),
            expect_answering(
                "priority",
                SET,
                &[
                    is("/setVariableData/0/component/name", "OCPPCommCtrlr"),
                    is(
                        "/setVariableData/0/variable/name",
                        "NetworkConfigurationPriority",
                    ),
                    suits(
                        "/setVariableData/0/attributeValue",
                        "a list with the slot of the network profile",
                        names_slot,
                    ),
                ],
                |_| result("OCPPCommCtrlr", "NetworkConfigurationPriority", "Accepted"),
            ),
            operate("restart the station", |_| {
                operation(Operation::Reset {
                    immediately: false,
                    evse: None,
                })
            }),
            expect_answering("reset", "Reset", &[], accepted),
            Step::HangUp,
            dials(
                "higher",
                "connects with security profile 2",
                |lab| with_profile(lab, HIGHER),
                true,
            ),
            BOOTED,
            Step::HangUp,
            dials(
                "lower",
                "connects with security profile 1",
                |lab| with_profile(lab, 1),
                false,
            ),
            dials(
                "again",
                "connects with security profile 2",
                |lab| with_profile(lab, HIGHER),
                true,
            ),
        ],
        ..CASE
    },
];
