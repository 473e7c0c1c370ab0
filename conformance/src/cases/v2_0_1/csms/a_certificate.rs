//! A00, A02: certificates of stations.

use ocpp_core::csms::remote::Operation;
use serde_json::{Value, json};

use super::states::BOOTED;
use super::{CASE, CONNECT, accepted, dials, operation, rejected};
use crate::bench::Dial;
use crate::case::{Case, Profile};
use crate::cases::of_csms::{
    AGREES, certificate_request, client_certificates, is_of_own_key, is_strong, with_own_key,
};
use crate::lab::Lab;
use crate::pki::Authority;
use crate::step::{
    Rule, Step, call, expect_answering, expect_telling, is, operate, present, suits,
};

/// With the certificate of somebody.
fn with_certificate(lab: &Lab<'_>, certificate: Option<String>) -> Dial {
    Dial {
        certificate,
        ..lab.own_dial()
    }
}

fn csr(lab: &Lab<'_>, kind: &str) -> Value {
    let request = certificate_request(lab);
    json!({"csr": request.map(|request| request.pem), "certificateType": kind})
}

pub(super) const CHAIN: &str = "/certificateChain";
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
                expect_telling(
                    "trigger",
                    "TriggerMessage",
                    &[is("/requestedMessage", $message)],
                    accepted,
                    &[is("/status", "Accepted")],
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
pub(super) const RENEWED: Step = renewed!(
    "SignChargingStationCertificate",
    "ChargingStationCertificate",
    "renew the certificate of the station"
);

/// The CSMS sends what was signed.
pub(super) const SIGNED: Step = expect_answering(
    "signed",
    "CertificateSigned",
    &[
        is("/certificateType", "ChargingStationCertificate"),
        STRONG,
        OF_OWN_KEY,
    ],
    accepted,
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_A_07_CSMS",
        name: "TLS - Client-side certificate - valid certificate",
        about: "The station shows its certificate. Suites of TLS that it could agree on are tried one by one before.",
        requirements: &[
            "A00.FR.318",
            "A00.FR.409",
            "A00.FR.410",
            "A00.FR.415",
            "A00.FR.416",
            "A00.FR.421",
        ],
        profile: Profile::AdvancedSecurity,
        applies: client_certificates,
        secured: |_| 3,
        steps: &[Step::HangUp, AGREES, CONNECT, BOOTED],
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
        id: "TC_A_11_CSMS",
        name: "Update Charging Station Certificate by request of CSMS - Success - Charging Station Certificate",
        about: "The station has a new certificate signed and connects with it (errata 6.3.1 and 6.3.2).",
        requirements: &["A02.FR.11", "A02.FR.14", "F06.FR.01"],
        profile: Profile::AdvancedSecurity,
        applies: client_certificates,
        secured: |_| 3,
        steps: &[
            RENEWED,
            SIGNED,
            Step::HangUp,
            dials(
                "connect",
                "connects with the new certificate",
                |lab| with_own_key(lab, &lab.requested("CertificateSigned", CHAIN)),
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
];
