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
        about: "A station with security profile 1 gets to profile 2 with a network profile, forgets the one before, and has no way \
                back when the server offers profile 1 only (erratum 6.2.7). From profile 2 to 3, for stations without \
                profile 1, is not checked: the description asks for the way from the profile that is there.",
        requirements: &["A05.FR.04", "A05.FR.05", "A05.FR.06"],
        applies: from_one_to_two,
        secured: |_| 1,
        highest: |_| 1,
        raises: true,
        steps: &[
            ROOT,
            FIND_SLOTS,
            profile(|lab| lab.new_profile(2), ACCEPTED),
            SET_ORDER,
            RESET,
            by_hand(
                "[connect] the station connects; [connect.address] to the address of the new profile; [connect.profile] with \
                 security profile 2",
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
                    is("/getVariableResult/0/attributeValue", "2"),
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
                "[lower.refused] the server offers security profile 1 only: the station does not connect; [again] with profile \
                 2 it does; [again.profile] with it",
                no_way_back,
                &[fails(Link(Flaw::FallsBack), "lower.refused")],
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
                be arranged over OCPP (AQ-3): the station must have been delivered without.",
        requirements: &["A05.FR.03"],
        profile: Profile::AdvancedSecurity,
        applies: |product| {
            tls(product)?;
            client_certificate(product)
        },
        secured: |_| 2,
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

fn has_profile_2(lab: &Lab<'_>, label: &str, profile: u8) -> Result<(), Failed> {
    match profile {
        2 => Ok(()),
        other => lab.fail(label, "security profile 2", format!("it was {other}")),
    }
}

fn raised(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let (_, connected) = lab.connects_to("connect", lab.slots.here.other())?;
    has_profile_2(lab, "connect.profile", connected.security_profile)
}

fn no_way_back(lab: &mut Lab<'_>) -> Result<(), Failed> {
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
    has_profile_2(lab, "again.profile", connected.security_profile)?;
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
