//! How the station judges the server: A00.

use super::super::CASE;
use crate::bench::{Server, ServerCertificate};
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab};
use crate::mutation::{Change::*, Flaw, fails};
use crate::product::Product;
use crate::step::by_hand;
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_A_05_CS",
        name: "TLS - server-side certificate - Invalid certificate",
        about: "The station refuses four kinds of bad certificates, connects again when the good one is back, and reports each. \
                Decided: it must refuse for twice the time that it took to connect again before (erratum 6.2.2). A name with a \
                wildcard (erratum 6.2.3) is not checked: a station without AllowCSMSTLSWildcards decides by itself whether it \
                takes one.",
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
        config: &[Setting::new(
            "OCPPCommCtrlr.NetworkProfileConnectionAttempts",
            |_| "3".to_owned(),
        )],
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
        about: "The station does not connect to a server that speaks TLS 1.1 at most, and connects again when it speaks more. \
                That it reports the security event is optional (step 16). Its start is told before the case begins, which is \
                when the station was switched on (step 14 needs a restart that the description has not).",
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
        steps: &[by_hand(
            "the server speaks TLS 1.1; [old.refused] the connection is dropped, and the station does not make another \
                 one; [old.again] it does when the server speaks more",
            old_version,
            &[
                fails(Link(Flaw::StaysAway), "old.reconnect"),
                fails(Link(Flaw::OldTls), "old.refused"),
            ],
        )],
        ..CASE
    },
];

/// SEC-2.
pub(in super::super) const fn tls(product: &Product) -> Result<(), &'static str> {
    if product.features.security_profile_2 {
        Ok(())
    } else {
        Err("no security profile with TLS (SEC-2)")
    }
}

fn bad_certificates(lab: &mut Lab<'_>) -> Result<(), Failed> {
    for (kind, certificate) in [
        ("stranger", ServerCertificate::Stranger),
        ("expired", ServerCertificate::Expired),
        ("future", ServerCertificate::Future),
        ("name", ServerCertificate::OtherName),
    ] {
        let server = Server {
            endpoint: lab.slots.here,
            certificate,
            ..Server::default()
        };
        refuses(lab, kind, server)?;
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
    refuses(lab, "old", server)
}

/// The station does not connect to a server as long as it behaves so.
fn refuses(lab: &mut Lab<'_>, label: &str, server: Server) -> Result<(), Failed> {
    let good = Server {
        endpoint: server.endpoint,
        ..Server::default()
    };
    let from = lab.now();
    lab.reconnected(&format!("{label}.reconnect"))?;
    let took = std::time::Duration::from_millis(lab.now().saturating_sub(from));
    lab.take_links();
    lab.serve(server)?;
    lab.drop_connection()?;
    let refused = format!("{label}.refused");
    lab.expect_refusal(&refused)?;
    lab.no_connection(&refused, took * 2)?;
    lab.serve(good)?;
    let again = format!("{label}.again");
    lab.expect_connection(&again)?;
    lab.may_register(&again)
}
