//! Security: certificates, TC_074 to TC_078.

use ocpp_core::security::software::verify_certificate_request;
use ocpp_types::Version;
use serde_json::{Value, json};

use super::CASE;
use super::security::{CPO_NAME, client_certificate, tls};
use crate::bench::{Server, ServerCertificate};
use crate::case::{Case, Profile, Setting};
use crate::lab::{Call, Expected, Lab, Message};
use crate::mutation::{Change::*, Flaw, fails};
use crate::pki::{Authority, key_of};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_074_CS",
        name: "Update Charge Point Certificate by request of Central System",
        about: "The station makes a new key and a request for a certificate, and connects anew with what it gets. The \
                request names the operator (CpoName) and the station's serial number.",
        requirements: &[
            "WP:A02.FR.02",
            "WP:A02.FR.03",
            "WP:A02.FR.06",
            "WP:A02.FR.08",
            "WP:A00.FR.511",
        ],
        profile: Profile::AdvancedSecurity,
        applies: client_certificate,
        config: CPO_NAME,
        secured: |_| 3,
        run: new_certificate,
        mutations: &[
            fails(
                Answer("ExtendedTriggerMessage", 0, "/status", REJECTED),
                "certificate.trigger/status",
            ),
            fails(Drop("SignCertificate", 0), "certificate.request"),
            fails(
                Replace("SignCertificate", 0, "/csr", r#""garbage""#),
                "certificate.csr",
            ),
            fails(Link(Flaw::SameKey), "certificate.key"),
            fails(Link(Flaw::OtherName), "certificate.commonName"),
            fails(Key("CpoName", "Other"), "certificate.organization"),
            fails(
                Answer("CertificateSigned", 0, "/status", REJECTED),
                "certificate.signed/status",
            ),
            fails(Link(Flaw::StaysAway), "reconnect"),
            fails(Link(Flaw::OldCertificate), "reconnect.certificate"),
            fails(Link(Flaw::NoCredentials), "reconnect.certificate"),
        ],
        ..CASE
    },
    Case {
        id: "TC_075_1_CS",
        name: "Install a certificate on the Charge Point - ManufacturerRootCertificate",
        about: "The root is installed and listed. Its hashes are those that the test system calculates itself.",
        requirements: &[
            "WP:M05.FR.01",
            "WP:M05.FR.02",
            "WP:M03.FR.03",
            "WP:M03.FR.04",
        ],
        applies: tls,
        secured: |_| 2,
        run: |lab| install(lab, MANUFACTURER, &Authority::manufacturer()?),
        mutations: INSTALL_MUTATIONS,
        ..CASE
    },
    Case {
        id: "TC_075_2_CS",
        name: "Install a certificate on the Charge Point - CentralSystemRootCertificate",
        about: "A second root, besides the one in use, is installed and listed. Decided: it is signed by itself; with \
                AdditionalRootCertificateCheck, which the products do not have, it would have to be signed by the other.",
        requirements: &[
            "WP:M05.FR.01",
            "WP:M05.FR.02",
            "WP:M03.FR.03",
            "WP:M03.FR.04",
        ],
        applies: tls,
        secured: |_| 2,
        run: |lab| install(lab, CSMS, &Authority::second()?),
        mutations: INSTALL_MUTATIONS,
        ..CASE
    },
    Case {
        id: "TC_076_CS",
        name: "Delete a specific certificate from the Charge Point",
        about: "A root that does not secure the connection is deleted and no longer listed.",
        requirements: &["WP:M04.FR.01", "WP:M04.FR.02", "WP:M03.FR.02"],
        applies: tls,
        secured: |_| 2,
        run: delete,
        mutations: &[
            fails(
                Answer("InstallCertificate", 0, "/status", REJECTED),
                "root/status",
            ),
            fails(Stale("GetInstalledCertificateIds", 1), "listed"),
            fails(
                Answer("DeleteCertificate", 0, "/status", r#""NotFound""#),
                "delete/status",
            ),
            fails(
                Misread(
                    "DeleteCertificate",
                    0,
                    "/certificateHashData/serialNumber",
                    r#""77""#,
                ),
                "delete/status",
            ),
            fails(Stale("GetInstalledCertificateIds", 2), "gone"),
            fails(
                Answer("GetInstalledCertificateIds", 1, "/status", r#""NotFound""#),
                "list/certificateHashData",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_077_CS",
        name: "Invalid ChargePointCertificate Security Event",
        about: "A certificate that cannot be read is refused and reported; the old one stays in use. Decided: the PEM is \
                malformed; a minute is long enough to see that the station does not connect anew. The certificate of the \
                next connection is compared with the one before.",
        requirements: &["WP:A02.FR.06", "WP:A02.FR.07"],
        profile: Profile::AdvancedSecurity,
        applies: client_certificate,
        config: CPO_NAME,
        secured: |_| 3,
        run: invalid_certificate,
        mutations: &[
            fails(
                Answer("ExtendedTriggerMessage", 0, "/status", REJECTED),
                "certificate.trigger/status",
            ),
            fails(Drop("SignCertificate", 0), "certificate.request"),
            fails(
                Answer("CertificateSigned", 0, "/status", r#""Accepted""#),
                "signed/status",
            ),
            fails(DropAll(EVENT), "event"),
            fails(
                ReplaceAll(EVENT, "/type", r#""InvalidCentralSystemCertificate""#),
                "event",
            ),
            fails(Link(Flaw::Restless), "reconnect"),
            fails(Link(Flaw::StaysAway), "again"),
            fails(Link(Flaw::OtherKey), "again.certificate"),
            fails(Link(Flaw::NoCredentials), "again.certificate"),
        ],
        ..CASE
    },
    Case {
        id: "TC_078_CS",
        name: "Invalid CentralSystemCertificate Security Event",
        about: "A server with a certificate that leads to no root of the station is refused, and reported as soon as there \
                is a connection again. Decided: the certificate is of another issuer. What older versions of the test \
                did is checked after that: a root that cannot be read is refused and reported.",
        requirements: &[
            "WP:A00.FR.307",
            "WP:A00.FR.309",
            "WP:A00.FR.310",
            "WP:M05.FR.06",
        ],
        applies: tls,
        config: &[Setting::if_implemented("AllowCSMSTLSWildcards", |_| {
            "false".to_owned()
        })],
        secured: |_| 2,
        run: invalid_server,
        mutations: &[
            fails(Link(Flaw::StaysAway), "reconnect"),
            fails(Link(Flaw::TrustsAnyServer), "refused"),
            fails(DropAll(EVENT), "event"),
            fails(
                ReplaceAll(EVENT, "/type", r#""InvalidTLSVersion""#),
                "event",
            ),
            fails(Replace(EVENT, 0, "/timestamp", r#""yesterday""#), "schema"),
            fails(
                Answer("InstallCertificate", 0, "/status", r#""Accepted""#),
                "malformed/status",
            ),
            fails(Drop(EVENT, 1), "malformed.event"),
        ],
        ..CASE
    },
];

const REJECTED: &str = r#""Rejected""#;
pub(super) const EVENT: &str = "SecurityEventNotification";
const CSMS: &str = "CentralSystemRootCertificate";
pub(super) const MANUFACTURER: &str = "ManufacturerRootCertificate";
const MALFORMED: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

const INSTALL_MUTATIONS: &[crate::mutation::Mutation] = &[
    fails(
        Answer("InstallCertificate", 0, "/status", REJECTED),
        "install/status",
    ),
    fails(
        Answer("InstallCertificate", 0, "/status", r#""Failed""#),
        "install/status",
    ),
    fails(
        Misread("InstallCertificate", 0, "/certificate", r#""garbage""#),
        "install/status",
    ),
    fails(
        Answer(
            "GetInstalledCertificateIds",
            0,
            "/certificateHashData",
            r#"[{"hashAlgorithm": "SHA256", "issuerNameHash": "00", "issuerKeyHash": "00", "serialNumber": "3"}]"#,
        ),
        "listed",
    ),
    fails(
        Answer("GetInstalledCertificateIds", 0, "/status", r#""NotFound""#),
        "list/status",
    ),
];

/// A security event of this type.
pub(super) fn event(label: &str, kind: &str) -> Expected {
    Expected::new(label, EVENT)
        .at("/type", kind)
        .present("/timestamp")
}

/// *RenewChargePointCertificate*, *RenewChargingStationCertificate*: with a check of the request, and of what the station
/// shows when it connects again.
pub(in crate::cases) fn new_certificate(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let request = lab.certificate_request("certificate")?;
    check_request(lab, &request)?;
    let chain = lab.sign("certificate.csr", &request)?;
    lab.take_links();
    lab.take_certificate("certificate", &chain)?;
    // Errata 6.2.122 and 6.2.123 of 2.0.1: a station that goes on with its connection is made to use the new certificate.
    let (_, connected) = match lab.product.version {
        Version::V1_6 => lab.expect_connection("reconnect")?,
        _ => lab.expect_connection_or_drop("reconnect")?,
    };
    let shown = connected.client_certificate.as_deref().map(key_of);
    let shown = shown.and_then(Result::ok);
    if shown != Some(key_of(&chain)?) {
        let got = "it showed another one, or none";
        return lab.fail("reconnect.certificate", "the new certificate", got);
    }
    lab.may_register("reconnect")
}

/// WP:A02.FR.03, WP:A00.FR.511: a request that can be read, for a new key, with the right names.
fn check_request(lab: &Lab<'_>, request: &Message) -> Result<(), Failed> {
    let csr = request.payload["csr"].as_str().unwrap_or_default();
    let info = match verify_certificate_request(csr) {
        Ok(info) => info,
        Err(error) => {
            let expected = "a certificate request that is in order";
            return lab.fail("certificate.csr", expected, error.to_string());
        }
    };
    let old = lab.connected().client_certificate.as_deref();
    if old.and_then(|old| key_of(old).ok()) == Some(info.public_key_sha256) {
        return lab.fail("certificate.key", "a new key", "it was the old one");
    }
    let names = [
        (
            "certificate.organization",
            &info.organization,
            &lab.parameters.vendor_name,
        ),
        (
            "certificate.commonName",
            &info.common_name,
            &lab.parameters.serial_number,
        ),
    ];
    for (label, got, wanted) in names {
        if got.as_ref() != Some(wanted) {
            return lab.fail(label, wanted.clone(), format!("it was {got:?}"));
        }
    }
    Ok(())
}

fn install(lab: &mut Lab<'_>, kind: &str, root: &Authority) -> Result<(), Failed> {
    lab.install("install", kind, root)?;
    let payload = json!({"certificateType": kind});
    let call = Call::new("list", "GetInstalledCertificateIds", payload);
    let answer = lab.call(call.status("Accepted"))?;
    let data = answer.payload["certificateHashData"].as_array().cloned();
    find(lab, "listed", &data.unwrap_or_default(), root).map(|_| ())
}

/// The entry of a root in the list.
fn find(lab: &Lab<'_>, label: &str, entries: &[Value], root: &Authority) -> Result<Value, Failed> {
    for entry in entries {
        if root.is(entry)? {
            return Ok(entry.clone());
        }
    }
    let wanted = root.hash_data("SHA256")?;
    lab.fail(
        label,
        format!("{wanted} in the list"),
        format!("there was {entries:?}"),
    )
}

fn delete(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let root = Authority::second()?;
    lab.root_installed("root", CSMS, &root)?;
    let before = lab.installed("list", CSMS)?;
    let entry = find(lab, "listed", &before, &root)?;
    let algorithm = entry["hashAlgorithm"].as_str().unwrap_or_default();
    let payload = json!({"certificateHashData": root.hash_data(algorithm)?});
    lab.call(Call::new("delete", "DeleteCertificate", payload).status("Accepted"))?;
    for entry in lab.installed("list.2", CSMS)? {
        if root.is(&entry)? {
            let got = format!("{entry} is still there");
            return lab.fail("gone", "no entry of the deleted certificate", got);
        }
    }
    Ok(())
}

fn invalid_certificate(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let before = lab.connected().client_certificate.clone();
    lab.certificate_request("certificate")?;
    lab.take_links();
    let payload = json!({"certificateChain": MALFORMED});
    lab.call(Call::new("signed", "CertificateSigned", payload).status("Rejected"))?;
    lab.expect(event("event", "InvalidChargePointCertificate"))?;
    lab.stays_connected("reconnect")?;
    let after = lab.reconnected("again")?.client_certificate;
    if after.is_some() && after == before {
        return Ok(());
    }
    let got = "it showed another one, or none";
    lab.fail("again.certificate", "the certificate as before", got)
}

fn invalid_server(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let from = lab.now();
    lab.reconnected("reconnect")?;
    let took = std::time::Duration::from_millis(lab.now().saturating_sub(from));
    lab.take_links();
    lab.serve(Server {
        certificate: ServerCertificate::Stranger,
        ..Server::default()
    })?;
    lab.drop_connection()?;
    lab.expect_refusal("refused")?;
    lab.no_connection("refused", took * 2)?;
    lab.serve(Server::default())?;
    lab.expect_connection("again")?;
    lab.may_register("again")?;
    lab.expect(event("event", "InvalidCentralSystemCertificate"))?;

    let payload = json!({"certificateType": CSMS, "certificate": MALFORMED});
    lab.call(Call::new("malformed", "InstallCertificate", payload).status("Rejected"))?;
    let reported = event("malformed.event", "InvalidCentralSystemCertificate");
    lab.expect(reported).map(|_| ())
}
