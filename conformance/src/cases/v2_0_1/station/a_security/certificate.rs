//! The certificate of the station: A02.

use ocpp_core::security::software::verify_certificate_request;
use serde_json::{Value, json};

use super::super::CASE;
use super::client_certificate;
use crate::case::{Case, Profile};
use crate::lab::{Parameters, Reply};
use crate::pki::Authority;
use crate::step::{Rule, Step, call, expect_within, is, is_or_absent, request, suits};

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_A_14_CS",
        name: "Update Charging Station Certificate by request of CSMS - Invalid certificate",
        about: "A certificate of another key and a stranger's authority is refused and reported. Decided: nothing here depends \
                on how the station is connected, so security profile 3 is not asked for.",
        requirements: &[
            "A02.FR.02", "A02.FR.03", "A02.FR.06", "A02.FR.07", "A03.FR.07",
        ],
        profile: Profile::AdvancedSecurity,
        applies: client_certificate,
        steps: &[
            TRIGGER,
            REQUEST,
            call(
                "signed",
                "CertificateSigned",
                |lab| invalid(&lab.parameters.serial_number),
                &[is("/status", "Rejected")],
            ),
            Step::Expect(request(
                "event",
                "SecurityEventNotification",
                &[is("/type", "InvalidChargingStationCertificate")],
                &[],
            )),
        ],
        ..CASE
    },
    Case {
        id: "TC_A_15_CS",
        name: "Update Charging Station Certificate by request of CSMS - SignCertificateRequest Rejected",
        about: "The CSMS refuses the request of the station. Decided: nothing here depends on how the station is connected, so \
                security profile 3 is not asked for; that it does not ask again for a minute is checked besides.",
        requirements: &["A02.FR.02", "A02.FR.03", "A02.FR.12"],
        profile: Profile::AdvancedSecurity,
        applies: client_certificate,
        steps: &[
            Step::Answer("SignCertificate", 1, || {
                Reply::Payload(json!({"status": "Rejected"}))
            }),
            TRIGGER,
            REQUEST,
            Step::Silence("quiet", |_| 60, &[]),
        ],
        ..CASE
    },
];

const TRIGGER: Step = call(
    "trigger",
    "TriggerMessage",
    |_| json!({"requestedMessage": "SignChargingStationCertificate"}),
    &[is("/status", "Accepted")],
);

const REQUEST: Step = expect_within("request", "SignCertificate", long, REQUEST_RULES);

const REQUEST_RULES: &[Rule] = &[
    suits(
        "/csr",
        "a request in PEM, with a key of RSA with 2048 bits or an elliptic curve with 224 bits, or more",
        |csr| {
            csr.as_str()
                .is_some_and(|csr| verify_certificate_request(csr).is_ok())
        },
    ),
    is_or_absent("/certificateType", "ChargingStationCertificate"),
];

fn long(parameters: &Parameters) -> u32 {
    u32::try_from(parameters.long_timeout.as_secs()).unwrap_or(u32::MAX)
}

/// A certificate that nobody has asked for, and whose authority the station does not know.
fn invalid(serial_number: &str) -> Value {
    let chain = Authority::stranger().and_then(|root| root.station(serial_number));
    json!({
        "certificateChain": chain.unwrap_or_default(),
        "certificateType": "ChargingStationCertificate",
    })
}
