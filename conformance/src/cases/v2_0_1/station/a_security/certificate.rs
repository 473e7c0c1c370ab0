//! The certificate of the station: A02.

use std::time::Duration;

use ocpp_core::security::software::verify_certificate_request;
use serde_json::{Value, json};

use super::super::CASE;
use super::client_certificate;
use super::security_profile::ROOT;
use crate::case::{Case, Profile, Setting};
use crate::cases::v1_6::security_certificates::new_certificate;
use crate::lab::{Call, Expected, Lab, Message, Parameters, Reply};
use crate::mutation::{Change::*, Flaw, fails};
use crate::pki::Authority;
use crate::step::{Rule, Step, by_hand, call, expect_within, is, is_or_absent, request, suits};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_A_11_CS",
        name: "Update Charging Station Certificate by request of CSMS - Success - Charging Station Certificate",
        about: "The station makes a new key and a request for a certificate, and connects anew with what it gets; \
                if it does not do so in time, its connection is dropped (errata 6.2.122, 6.2.123). The \
                request names the operator (OrganizationName) and the station's serial number.",
        requirements: &[
            "A02.FR.02", "A02.FR.03", "A02.FR.06", "A02.FR.08", "A02.FR.09", "F06.FR.04",
            "F06.FR.05", "F06.FR.10",
        ],
        profile: Profile::AdvancedSecurity,
        applies: client_certificate,
        config: ORGANIZATION,
        secured: |_| 3,
        steps: &[RENEWED],
        ..CASE
    },
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
            ROOT,
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
        requirements: &["A02.FR.02", "A02.FR.03"],
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
    Case {
        id: "TC_A_23_CS",
        name: "Update Charging Station Certificate by request of CSMS - CertificateSignedRequest Timeout",
        about: "No certificate comes: the station asks again after CertSigningWaitMinimum, and once more after twice that. Then \
                it is given a certificate for each request, and takes at least one (erratum 6.2.5). The first request has to \
                come before the station would ask again, and the others before half of their wait has passed once more, or \
                one that is missing could not be told from the next. Decided: nothing here depends on how the station is \
                connected, so security profile 3 is not asked for.",
        requirements: &["A02.FR.17", "A02.FR.18"],
        profile: Profile::AdvancedSecurity,
        applies: |product| {
            client_certificate(product)?;
            match product.v2_0_1.signing_repeats {
                true => Ok(()),
                false => Err("a request for a certificate is not repeated (AS-3)"),
            }
        },
        config: &[
            Setting::new("SecurityCtrlr.CertSigningWaitMinimum", |p| {
                p.signing_wait.to_string()
            }),
            Setting::new("SecurityCtrlr.CertSigningRepeatTimes", |_| "1".to_owned()),
        ],
        steps: &[
            ROOT,
            TRIGGER,
            expect_within(
                "request",
                "SignCertificate",
                |p| p.signing_wait - 1,
                REQUEST_RULES,
            ),
            by_hand(
                "[again] no certificate comes: the station sends SignCertificate again, [again.seconds] not before \
                 CertSigningWaitMinimum has passed; [last] and once more, [last.seconds] not before twice that has passed",
                asks_again,
                &[fails(
                    Key("SecurityCtrlr.CertSigningWaitMinimum", "1"),
                    "again.seconds",
                )],
            ),
            by_hand(
                "[signed.1] [signed.2] [signed.3] the station accepts or rejects a certificate for each of its requests, and \
                 [accepted] accepts at least one",
                gets_all,
                &[fails(
                    Answer("CertificateSigned", 0, "/status", r#""Rejected""#),
                    "accepted",
                )],
            ),
        ],
        ..CASE
    },
];

/// The organization that certificates name.
pub(in super::super) const ORGANIZATION: &[Setting] =
    &[Setting::new("SecurityCtrlr.OrganizationName", |p| {
        p.vendor_name.clone()
    })];

/// Memory state *RenewChargingStationCertificate*.
pub(in super::super) const RENEWED: Step = by_hand(
    "[certificate.trigger] TriggerMessage of SignChargingStationCertificate is accepted; [certificate.request] \
     SignCertificate comes; [certificate.csr] [certificate.key] [certificate.organization] [certificate.commonName] with a \
     request in order, for a new key, with the right names; [certificate.signed] CertificateSigned is accepted; [reconnect] \
     the station connects anew, [reconnect.certificate] with the new certificate",
    new_certificate,
    &[
        fails(
            Answer("TriggerMessage", 0, "/status", r#""Rejected""#),
            "certificate.trigger/status",
        ),
        fails(Drop("SignCertificate", 0), "certificate.request"),
        fails(
            Replace("SignCertificate", 0, "/csr", r#""garbage""#),
            "certificate.csr",
        ),
        fails(Link(Flaw::SameKey), "certificate.key"),
        fails(
            Key("SecurityCtrlr.OrganizationName", "Other"),
            "certificate.organization",
        ),
        fails(Link(Flaw::OtherName), "certificate.commonName"),
        fails(
            Answer("CertificateSigned", 0, "/status", r#""Rejected""#),
            "certificate.signed/status",
        ),
        fails(Link(Flaw::StaysAway), "reconnect"),
        fails(Link(Flaw::KeepsConnection), "reconnect"),
        fails(Link(Flaw::OldCertificate), "reconnect.certificate"),
        fails(Link(Flaw::NoCredentials), "reconnect.certificate"),
    ],
);

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

/// The requests for certificates that have come.
fn requests(lab: &Lab<'_>) -> Vec<Message> {
    let taken = lab.taken.iter();
    let requests = taken.filter(|message| message.action == "SignCertificate");
    requests.cloned().collect()
}

fn asks_again(lab: &mut Lab<'_>) -> Result<(), Failed> {
    for (label, factor) in [("again", 1), ("last", 2)] {
        let since = requests(lab).last().map_or(lab.now(), |last| last.at);
        let wait = lab.parameters.signing_wait * factor;
        let within = Duration::from_secs((wait + wait / 2).into());
        let request = lab.with_rules(Expected::new(label, "SignCertificate"), REQUEST_RULES);
        lab.expect(request.within(within))?;
        lab.check_not_before(&format!("{label}.seconds"), since, wait)?;
    }
    Ok(())
}

fn gets_all(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let mut accepted = false;
    for (number, request) in requests(lab).into_iter().enumerate() {
        let chain = lab.sign("request/csr", &request)?;
        let payload = lab.dialect().certificate_signed(&chain);
        let label = format!("signed.{}", number + 1);
        let call = Call::new(label, "CertificateSigned", payload);
        let answer = lab.call(call.one_of("/status", ["Accepted", "Rejected"]))?;
        if answer.payload["status"] == "Accepted" {
            accepted = true;
            // It may connect anew with it.
            lab.lull()?;
        }
    }
    if accepted {
        return Ok(());
    }
    let got = "all were rejected";
    lab.fail("accepted", "at least one certificate to be accepted", got)
}

/// A certificate that nobody has asked for, and whose authority the station does not know.
fn invalid(serial_number: &str) -> Value {
    let chain = Authority::stranger().and_then(|root| root.station(serial_number));
    json!({
        "certificateChain": chain.unwrap_or_default(),
        "certificateType": "ChargingStationCertificate",
    })
}
