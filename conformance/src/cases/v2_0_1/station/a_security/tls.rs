//! How the station judges the server: A00.

use super::super::CASE;
use super::client_certificate;
use crate::bench::{Connected, Server, ServerCertificate};
use crate::case::{Case, Profile, Setting};
use crate::cases::v1_6::security::{
    check_certificate, check_credentials, check_no_certificate, check_profile, check_tls,
};
use crate::lab::{Expected, Lab};
use crate::mutation::{Change::*, Flaw, Mutation, fails};
use crate::product::Product;
use crate::step::{State, Step, by_hand};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_A_04_CS",
        name: "TLS - server-side certificate - Valid certificate",
        about: "After a restart the station connects with TLS 1.2 or higher and its password, shows no certificate, offers the \
                cipher suites that are required, and believes the server's certificate. Decided: with security profile 2; \
                TC_A_07 is about 3. The virtual bench has no TLS: it states what the station offers when ocpp-tokio connects it.",
        requirements: &[
            "A00.FR.309",
            "A00.FR.312",
            "A00.FR.313",
            "A00.FR.319",
            "A00.FR.321",
        ],
        applies: tls,
        secured: |_| 2,
        highest: |_| 2,
        steps: &[
            by_hand(
                "[Booting] Reset is accepted; [reconnect] the station connects; [reconnect.profile] with security profile 2; \
                 [reconnect.certificate] without a certificate; [reconnect.credentials] [reconnect.user] [reconnect.password] with \
                 its identity and its password; [reconnect.tls] [reconnect.ciphers] with TLS as it must be",
                with_password,
                &[
                    RESET_REJECTED,
                    fails(Link(Flaw::StaysAway), "reconnect"),
                    fails(Link(Flaw::Unsecured), "reconnect.profile"),
                    fails(Link(Flaw::NoCredentials), "reconnect.credentials"),
                    fails(Link(Flaw::OtherUser), "reconnect.user"),
                    fails(Link(Flaw::PasswordAsText), "reconnect.password"),
                    fails(Link(Flaw::NeedlessCertificate), "reconnect.certificate"),
                    fails(Link(Flaw::OldTls), "reconnect.tls"),
                    fails(Link(Flaw::OldCiphers), "reconnect.ciphers"),
                    fails(Link(Flaw::NoCiphers), "reconnect.ciphers"),
                ],
            ),
            REGISTERS,
        ],
        ..CASE
    },
    Case {
        id: "TC_A_05_CS",
        name: "TLS - server-side certificate - Invalid certificate",
        about: "The station refuses five kinds of bad certificates, connects again when the good one is back, and reports each. \
                Decided: it must refuse for twice the time that it took to connect again before (erratum 6.2.2). The last one has \
                a wildcard that fits the server's name (errata 6.2.3, 6.2.4); where the server has an address, or a name of less \
                than three labels, none does, and the wildcard is one for other servers.",
        requirements: &[
            "A00.FR.309",
            "A00.FR.310",
            "A00.FR.311",
            "A00.FR.412",
            "A00.FR.413",
            "A00.FR.414",
        ],
        applies: tls,
        secured: |_| 2,
        config: &[
            Setting::new("OCPPCommCtrlr.NetworkProfileConnectionAttempts", |_| {
                "3".to_owned()
            }),
            Setting::if_implemented("SecurityCtrlr.AllowCSMSTLSWildcards", |_| {
                "false".to_owned()
            }),
        ],
        steps: &[
            by_hand(
                "[slots] [slots.only] only the active slot is in NetworkConfigurationPriority",
                |lab| lab.only_active_slot(),
                &[],
            ),
            by_hand(
                "for each bad certificate: [KIND.reconnect] the connection is dropped and made again; [KIND.refused] it is \
                 dropped, and the station refuses the bad certificate; [KIND.again] it connects with the good one; \
                 [KIND.event] it reports InvalidCsmsCertificate",
                bad_certificates,
                &[
                    fails(Link(Flaw::StaysAway), "stranger.reconnect"),
                    fails(Link(Flaw::TrustsAnyServer), "stranger.refused"),
                    fails(Link(Flaw::TrustsWildcards), "wildcard.refused"),
                    fails(DropAll("SecurityEventNotification"), "stranger.event"),
                    fails(
                        ReplaceAll("SecurityEventNotification", "/type", r#""InvalidMessages""#),
                        "stranger.event",
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_A_06_CS",
        name: "TLS - server-side certificate - TLS version too low",
        about: "A station that has restarted does not connect to a server that speaks TLS 1.1 at most, connects when it speaks \
                more, and registers. That it reports the security event InvalidTLSVersion is optional (step 16). Decided: it \
                restarts by a Reset, for it is to register (steps 10 to 15); it must refuse for twice the time that it took \
                to connect again before.",
        requirements: &[
            "A00.FR.314",
            "A00.FR.316",
            "A00.FR.416",
            "A00.FR.417",
            "A00.FR.419",
        ],
        applies: tls,
        secured: |_| 2,
        config: &[Setting::new(
            "OCPPCommCtrlr.NetworkProfileConnectionAttempts",
            |_| "1".to_owned(),
        )],
        steps: &[
            by_hand(
                "[old.reconnect] the connection is dropped and made again; the server speaks TLS 1.1; [Booting] Reset is \
                 accepted; [old.refused] the station restarts, tries to connect, and does not; [old.again] it does when the \
                 server speaks more",
                old_version,
                &[
                    RESET_REJECTED,
                    fails(Link(Flaw::StaysAway), "old.reconnect"),
                    fails(Link(Flaw::OldTls), "old.refused"),
                ],
            ),
            // The event of the refused connection may come before that of the start, or after it.
            Step::Boots("restart", &[], "Available", "Available", true),
        ],
        ..CASE
    },
    Case {
        id: "TC_A_07_CS",
        name: "TLS - Client-side certificate - valid certificate",
        about: "After a restart the station shows a certificate of its own: with a strong key, a serial number, and the \
                station's serial number as the common name. TLS and cipher suites as in TC_A_04.",
        requirements: &[
            "A00.FR.401",
            "A00.FR.402",
            "A00.FR.415",
            "A00.FR.416",
            "A00.FR.422",
            "A00.FR.502",
            "A00.FR.503",
            "A00.FR.507",
            "A00.FR.508",
            "A00.FR.511",
        ],
        profile: Profile::AdvancedSecurity,
        applies: client_certificate,
        secured: |_| 3,
        steps: &[
            by_hand(
                "[Booting] Reset is accepted; [reconnect] the station connects; [reconnect.profile] with security profile 3; \
                 [reconnect.certificate] [reconnect.key] [reconnect.serialNumber] [reconnect.commonName] with a certificate as it \
                 must be; [reconnect.tls] [reconnect.ciphers] with TLS as it must be",
                with_certificate,
                &[
                    RESET_REJECTED,
                    fails(Link(Flaw::StaysAway), "reconnect"),
                    fails(Link(Flaw::Unsecured), "reconnect.profile"),
                    fails(Link(Flaw::NoCredentials), "reconnect.certificate"),
                    fails(Link(Flaw::OtherCertificate), "reconnect.commonName"),
                    fails(Link(Flaw::WeakKey), "reconnect.key"),
                    fails(Link(Flaw::NoSerialNumber), "reconnect.serialNumber"),
                    fails(Link(Flaw::OldTls), "reconnect.tls"),
                    fails(Link(Flaw::OldCiphers), "reconnect.ciphers"),
                    fails(Link(Flaw::NoCiphers), "reconnect.ciphers"),
                ],
            ),
            REGISTERS,
        ],
        ..CASE
    },
];

/// After *Booting* the descriptions want registration and statuses, and no security event.
const REGISTERS: Step = Step::Boots("restart", &[], "Available", "Available", false);
const RESET_REJECTED: Mutation = fails(
    Answer("Reset", 0, "/status", r#""Rejected""#),
    "Booting/status",
);

/// SEC-2.
pub(in super::super) const fn tls(product: &Product) -> Result<(), &'static str> {
    if product.features.security_profile_2 {
        Ok(())
    } else {
        Err("no security profile with TLS (SEC-2)")
    }
}

/// *Booting*, and how the station connects then.
fn connects_after_reset(lab: &mut Lab<'_>, profile: u8) -> Result<Connected, Failed> {
    lab.take_links();
    lab.reach(State::Booting)?;
    let (_, connected) = lab.expect_connection("reconnect")?;
    check_profile(lab, "reconnect.profile", &connected, profile)?;
    Ok(connected)
}

fn with_password(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let connected = connects_after_reset(lab, 2)?;
    check_no_certificate(lab, &connected)?;
    let password = lab.parameters.authorization_key.clone();
    check_credentials(lab, "reconnect", &connected, &password)?;
    check_tls(lab, &connected)
}

fn with_certificate(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let connected = connects_after_reset(lab, 3)?;
    check_certificate(lab, &connected)?;
    check_tls(lab, &connected)
}

fn bad_certificates(lab: &mut Lab<'_>) -> Result<(), Failed> {
    for (kind, certificate) in [
        ("stranger", ServerCertificate::Stranger),
        ("expired", ServerCertificate::Expired),
        ("future", ServerCertificate::Future),
        ("name", ServerCertificate::OtherName),
        ("wildcard", ServerCertificate::Wildcard),
    ] {
        let server = Server {
            endpoint: lab.slots.here,
            certificate,
            ..Server::default()
        };
        refuses(lab, kind, server, |lab| lab.drop_connection())?;
        lab.may_register(&format!("{kind}.again"))?;
        let event = Expected::new(format!("{kind}.event"), "SecurityEventNotification");
        lab.expect(event.at("/type", "InvalidCsmsCertificate"))?;
        lab.lull()?;
    }
    Ok(())
}

fn old_version(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let server = Server {
        endpoint: lab.connected().endpoint,
        old_tls: true,
        ..Server::default()
    };
    refuses(lab, "old", server, |lab| lab.reach(State::Booting))
}

/// The station does not connect to a server as long as it behaves so. Something makes it connect anew.
fn refuses(
    lab: &mut Lab<'_>,
    label: &str,
    server: Server,
    makes_anew: fn(&mut Lab<'_>) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let good = Server {
        endpoint: server.endpoint,
        ..Server::default()
    };
    let from = lab.now();
    lab.reconnected(&format!("{label}.reconnect"))?;
    let took = std::time::Duration::from_millis(lab.now().saturating_sub(from));
    lab.take_links();
    lab.serve(server)?;
    makes_anew(lab)?;
    let refused = format!("{label}.refused");
    lab.expect_refusal(&refused)?;
    lab.no_connection(&refused, took * 2)?;
    lab.serve(good)?;
    lab.expect_connection(&format!("{label}.again")).map(|_| ())
}
