//! Raising and lowering the security profile: A05.
//!
//! Decided for all of them: the other address of the test system stands for the second connectionData slot, as in
//! [`network_profile`](super::super::b_provisioning::network_profile).

use std::time::Duration;

use serde_json::{Value, json};

use super::super::CASE;
use super::super::b_provisioning::network_profile::{BOOTED, FIND_SLOTS, RESET, SET_ORDER};
use super::client_certificate;
use super::tls::tls;
use crate::bench::Server;
use crate::case::{Case, Profile};
use crate::lab::{Call, Lab};
use crate::mutation::{Change::*, Flaw, fails};
use crate::pki::Authority;
use crate::product::Product;
use crate::step::{Rule, Step, by_hand, call, is, known, one_of};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_A_19_CS",
        name: "Upgrade Charging Station Security Profile - Accepted",
        about: "A station gets to the next security profile with a network profile, and forgets the one before: from profile 1 to \
                2, from where it has no way back when the server offers profile 1 only (erratum 6.2.7); without profile 1 \
                from 2 to 3.",
        requirements: &["A05.FR.04", "A05.FR.05", "A05.FR.06"],
        applies: |product| match lowest(product) {
            1 => tls(product),
            _ => {
                tls(product)?;
                client_certificate(product)
            }
        },
        secured: lowest,
        highest: lowest,
        raises: true,
        steps: &[
            by_hand(
                "with profile 1 [root] the CSMS installs its root; with profile 2 [certificate.trigger] \
                 [certificate.request] [certificate.signed] the station gets a certificate",
                |lab| match lowest(lab.product) {
                    1 => lab.play(&ROOT),
                    _ => lab.certificate_renewed("certificate").map(|_| ()),
                },
                &[],
            ),
            FIND_SLOTS,
            profile(|lab| lab.new_profile(next(lab)), ACCEPTED),
            SET_ORDER,
            RESET,
            by_hand(
                "[connect] the station connects; [connect.address] to the address of the new profile; [connect.profile] with \
                 the security profile of it",
                raised,
                &[
                    fails(Link(Flaw::StaysAway), "connect"),
                    fails(Link(Flaw::StaysHere), "connect.address"),
                    fails(Link(Flaw::OldProfile), "connect.profile"),
                ],
            ),
            BOOTED,
            call(
                "security",
                "GetVariables",
                |_| variable("SecurityCtrlr", "SecurityProfile"),
                &[
                    is("/getVariableResult/0/attributeStatus", "Accepted"),
                    known(
                        "/getVariableResult/0/attributeValue",
                        "the new security profile",
                        |lab| next(lab).to_string().into(),
                    ),
                ],
            ),
            call(
                "priority",
                "GetVariables",
                |_| variable("OCPPCommCtrlr", "NetworkConfigurationPriority"),
                &[
                    is("/getVariableResult/0/attributeStatus", "Accepted"),
                    known(
                        "/getVariableResult/0/attributeValue",
                        "the new slot alone: the one before has a lower security profile",
                        |lab| lab.slots.new.to_string().into(),
                    ),
                ],
            ),
            by_hand(
                "from profile 1 to 2: [lower.refused] the server offers security profile 1 only: the station does not connect; \
                 [again] with profile 2 it does; [again.profile] with it",
                no_way_back,
                &[fails(Link(Flaw::FallsBack), "lower.refused").of("alpitronic")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_A_20_CS",
        name: "Upgrade Charging Station Security Profile - No valid CSMSRootCertificate installed",
        about: "Without a root of the CSMS no slot with security profile 2 gets into the order, where only the active one was \
                before (erratum 6.2.8). The profile itself may be rejected already (erratum 6.2.9).",
        requirements: &["A05.FR.02"],
        applies: |product| {
            from_one_to_two(product)?;
            match product.features.delete_last_root {
                true => Ok(()),
                false => Err("the last root cannot be removed (AQ-1)"),
            }
        },
        secured: |_| 1,
        highest: |_| 1,
        steps: &[
            by_hand(
                "[roots] the CSMS asks for its roots and deletes all of them ([roots.delete])",
                without_roots,
                &[],
            ),
            by_hand(
                "[slots] [slots.only] only the active slot is in NetworkConfigurationPriority",
                |lab| lab.only_active_slot(),
                &[],
            ),
            call(
                "profile",
                "SetNetworkProfile",
                |lab| lab.new_profile(2),
                &[one_of("/status", &["Accepted", "Rejected"])],
            ),
            ORDER_REJECTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_A_21_CS",
        name: "Upgrade Charging Station Security Profile - No valid ChargingStationCertificate installed",
        about: "Without a certificate of its own no slot with security profile 3 gets into the order. That there is none cannot \
                be arranged over OCPP (AQ-3): the station must have been delivered without, or somebody has removed it \
                before. Decided: any lower profile will do for the connection, so that the case comes before those in which a \
                station that stays gets a certificate.",
        requirements: &["A05.FR.03"],
        profile: Profile::AdvancedSecurity,
        applies: |product| {
            tls(product)?;
            client_certificate(product)?;
            match product.v2_0_1.delete_last_certificate {
                true => Ok(()),
                false => Err("the last certificate of the station cannot be removed (AQ-3)"),
            }
        },
        highest: |_| 2,
        steps: &[
            ROOT,
            FIND_SLOTS,
            profile(|lab| lab.new_profile(3), ACCEPTED),
            ORDER_REJECTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_A_22_CS",
        name: "Upgrade Charging Station Security Profile - Downgrade security profile - Rejected",
        about: "A network profile with security profile 1 is rejected over a connection with a higher one.",
        requirements: &["B09.FR.04"],
        applies: tls,
        secured: |_| 2,
        steps: &[FIND_SLOTS, profile(|lab| lab.new_profile(1), REJECTED)],
        ..CASE
    },
];

/// *CertificateInstalled*: the root of the operator.
pub(in super::super) const ROOT: Step = call(
    "root",
    "InstallCertificate",
    |_| root(&Authority::csms()),
    &[is("/status", "Accepted")],
);

/// Step 3, which must be rejected.
const ORDER_REJECTED: Step = call(
    "order",
    "SetVariables",
    |lab| lab.new_order(),
    &[is("/setVariableResult/0/attributeStatus", "Rejected")],
);

/// The payload of InstallCertificate.
pub(in super::super) fn root(authority: &Result<Authority, crate::pki::Failure>) -> Value {
    let pem = authority.as_ref().ok().and_then(|root| root.pem().ok());
    json!({"certificateType": "CSMSRootCertificate", "certificate": pem})
}

/// Step 1.
const fn profile(with: fn(&Lab<'_>) -> Value, rules: &'static [Rule]) -> Step {
    call("profile", "SetNetworkProfile", with, rules)
}

const ACCEPTED: &[Rule] = &[is("/status", "Accepted")];
const REJECTED: &[Rule] = &[is("/status", "Rejected")];

/// The lowest security profile of a product that can be raised.
const fn lowest(product: &Product) -> u8 {
    if product.features.security_profile_1 {
        1
    } else {
        2
    }
}

/// The security profile to which the station is raised.
const fn next(lab: &Lab<'_>) -> u8 {
    lowest(lab.product) + 1
}

fn from_one_to_two(product: &Product) -> Result<(), &'static str> {
    tls(product)?;
    match product.features.security_profile_1 {
        true => Ok(()),
        false => Err("no security profile 1 (C-61)"),
    }
}

fn variable(component: &str, name: &str) -> Value {
    json!({"getVariableData": [{"component": {"name": component}, "variable": {"name": name}}]})
}

fn has_profile(lab: &Lab<'_>, label: &str, wanted: u8, got: u8) -> Result<(), Failed> {
    if got == wanted {
        return Ok(());
    }
    let expected = format!("security profile {wanted}");
    lab.fail(label, expected, format!("it was {got}"))
}

fn raised(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let (_, connected) = lab.connects_to("connect", lab.slots.here.other())?;
    has_profile(
        lab,
        "connect.profile",
        next(lab),
        connected.security_profile,
    )
}

fn no_way_back(lab: &mut Lab<'_>) -> Result<(), Failed> {
    if lowest(lab.product) > 1 {
        return Ok(());
    }
    let here = lab.slots.here;
    lab.lull()?;
    lab.take_links();
    for endpoint in [here, here.other()] {
        lab.serve(Server {
            endpoint,
            profile: Some(1),
            ..Server::default()
        })?;
    }
    lab.drop_connection()?;
    let wait: Duration = lab.parameters.long_timeout;
    lab.no_connection("lower.refused", wait)?;
    lab.serve_at(here.other(), true)?;
    let (_, connected) = lab.expect_connection("again")?;
    has_profile(lab, "again.profile", 2, connected.security_profile)?;
    lab.may_register("again")
}

fn without_roots(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let asked = json!({"certificateType": ["CSMSRootCertificate"]});
    let call = Call::new("roots", "GetInstalledCertificateIds", asked);
    let answer = lab.call(call.one_of("/status", ["Accepted", "NotFound"]))?;
    let all = answer.payload["certificateHashDataChain"]
        .as_array()
        .cloned();
    for one in all.unwrap_or_default() {
        let payload = json!({"certificateHashData": one["certificateHashData"]});
        let call = Call::new("roots.delete", "DeleteCertificate", payload);
        lab.call(call.status("Accepted"))?;
    }
    Ok(())
}
