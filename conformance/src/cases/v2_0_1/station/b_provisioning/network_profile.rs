//! Network connection profiles: B09, B10.
//!
//! Decided for all of them: the test system has two addresses and sends the station to the one where it is not, in the slot
//! that is not active (erratum 6.2.17), and always resets it (erratum 6.2.18). What the station has is told by the connection:
//! its address shows which profile it was made with.

use super::super::CASE;
use super::super::a_security::security_profile::{ROOT, root};
use super::super::a_security::tls::tls;
use super::super::m_certificates::additional_check::additional_check;
use super::super::m_certificates::{CHAIN, CSMS, lists};
use super::offline::NO_RANDOM;
use crate::bench::{Endpoint, Server, ServerCertificate};
use crate::case::{Case, Setting};
use crate::lab::Lab;
use crate::mutation::{Change::*, Flaw, fails};
use crate::pki::Authority;
use crate::product::Product;
use crate::step::{Step, by_hand, call, is, one_of, suits};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_43_CS",
        name: "Set new NetworkConnectionProfile - Rejected",
        about: "A profile for a slot that does not exist is rejected.",
        requirements: &["B09.FR.02", "B09.FR.05"],
        steps: &[call(
            "profile",
            "SetNetworkProfile",
            |lab| lab.profile_of(999, lab.connected().security_profile),
            &[is("/status", "Rejected")],
        )],
        ..CASE
    },
    Case {
        id: "TC_B_45_CS",
        name: "Migrate to new ConnectionProfile - Success - Same CSMS Root",
        about: "After the restart the station connects to the address of the new profile.",
        requirements: &["B09.FR.01", "B10.FR.01", "B10.FR.04", "B10.FR.06"],
        steps: &[
            FIND_SLOTS,
            SET_PROFILE,
            SET_ORDER,
            RESET,
            by_hand(
                "[connect] the station connects; [connect.address] to the address of the new profile, with which it uses \
                 what was sent in step 1",
                |lab| {
                    lab.connects_to("connect", lab.slots.here.other())
                        .map(|_| ())
                },
                &[
                    fails(Link(Flaw::StaysAway), "connect"),
                    fails(Link(Flaw::StaysHere), "connect.address"),
                    fails(Forget("network-profile/"), "connect.address"),
                ],
            ),
            BOOTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_46_CS",
        name: "Migrate to new ConnectionProfile - Fallback mechanism - Same CSMS Root",
        about: "The CSMS at the new address cannot be reached: after as many attempts as NetworkProfileConnectionAttempts says \
                the station connects with the next profile in the order.",
        requirements: &["B10.FR.03", "B10.FR.04"],
        config: &[ATTEMPTS_2],
        steps: &[
            FIND_SLOTS,
            SET_PROFILE,
            SET_ORDER,
            by_hand(
                "nobody answers at the new address",
                |lab| lab.serve_at(lab.slots.here.other(), false),
                &[],
            ),
            RESET,
            by_hand(
                "[first] [second] the station tries to connect to the new address twice; [connect] then it connects; \
                 [connect.address] to the one before",
                falls_back,
                &[
                    fails(Link(Flaw::StaysAway), "first"),
                    fails(Link(Flaw::StaysHere), "first"),
                    fails(Key(ATTEMPTS, "1"), "second"),
                    fails(Key(ATTEMPTS, "3"), "connect.attempts"),
                ],
            ),
            BOOTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_47_CS",
        name: "Migrate to new ConnectionProfile - Fallback after NetworkProfileConnectionAttempts per \
               NetworkConfigurationPriority failed - New CSMS Root - New CSMS",
        about: "The CSMS at the new address shows a certificate below the old root, where the new one counts only: the station \
                goes back to the address before, where it still trusts the old root, and goes on listing it. Step 3 has one \
                attempt for each entry.",
        requirements: &[
            "B10.FR.03", "B10.FR.07", "M05.FR.12", "M05.FR.15", "M05.FR.16",
        ],
        applies: |product| {
            additional_check(product)?;
            falls_back_at_all(product)
        },
        secured: |_| 2,
        highest: |_| 2,
        config: &[Setting::new(ATTEMPTS, |_| "1".to_owned())],
        steps: &[
            ROOT,
            call(
                "second",
                "InstallCertificate",
                |_| root(&Authority::successor()),
                &[is("/status", "Accepted")],
            ),
            FIND_SLOTS,
            SET_PROFILE,
            SET_ORDER,
            RESET,
            by_hand(
                "[new] the station tries to connect to the new address, and refuses its certificate below the old root; \
                 [connect] then it connects; [connect.address] to the one before, whose certificate is below the old root too",
                |lab| {
                    let before = lab.slots.here;
                    lab.tries("new", before.other())?;
                    lab.connects_next("connect", before)
                },
                &[
                    fails(Link(Flaw::StaysAway), "new"),
                    fails(Link(Flaw::StaysHere), "new.address"),
                    fails(Link(Flaw::TrustsAnyServer), "new"),
                    fails(Key(ATTEMPTS, "2"), "connect.attempts"),
                ],
            ),
            BOOTED,
            call(
                "list",
                "GetInstalledCertificateIds",
                |_| serde_json::json!({"certificateType": [CSMS]}),
                &[
                    is("/status", "Accepted"),
                    suits(CHAIN, "a list with the old root", |chains| {
                        lists(chains, CSMS, Authority::csms())
                    }),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_49_CS",
        name: "Migrate to new ConnectionProfile - Fallback after NetworkProfileConnectionAttempts per \
               NetworkConfigurationPriority failed - Same CSMS Root",
        about: "Neither the new address nor the one before answers: after one attempt each the station goes on with the one \
                before, after RetryBackOffWaitMinimum at the earliest.",
        requirements: &["B10.FR.07"],
        applies: falls_back_at_all,
        config: &[
            Setting::new(ATTEMPTS, |_| "1".to_owned()),
            Setting::new("OCPPCommCtrlr.RetryBackOffRepeatTimes", |_| "0".to_owned()),
            NO_RANDOM,
            Setting::new(WAIT, |p| p.back_off.to_string()),
        ],
        steps: &[
            FIND_SLOTS,
            SET_PROFILE,
            SET_ORDER,
            by_hand(
                "nobody answers at the new address",
                |lab| lab.serve_at(lab.slots.here.other(), false),
                &[],
            ),
            RESET,
            by_hand(
                "nobody answers at the address before either; [new] the station tries to connect to the new address; [old] \
                 to the one before; [again] once more when somebody answers there; [again.seconds] after the wait",
                goes_on,
                &[
                    fails(Link(Flaw::StaysAway), "new"),
                    fails(Link(Flaw::StaysHere), "new.address"),
                    fails(Key(ATTEMPTS, "2"), "old.address"),
                    fails(Key(WAIT, "1"), "again.seconds"),
                ],
            ),
            BOOTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_50_CS",
        name: "Migrate to new ConnectionProfile - Success - New CSMS Root - New CSMS",
        about: "The CSMS at the new address shows a certificate below a root that was installed for it. The root of the present \
                one is installed first, if the station was delivered with it only; it has signed the new one where \
                AdditionalRootCertificateCheck wants that.",
        requirements: &["M05.FR.13"],
        applies: tls,
        secured: |_| 2,
        highest: |_| 2,
        steps: &[
            ROOT,
            call(
                "second",
                "InstallCertificate",
                |lab| match lab.product.v2_0_1.additional_root_check {
                    true => root(&Authority::successor()),
                    false => root(&Authority::second()),
                },
                &[is("/status", "Accepted")],
            ),
            FIND_SLOTS,
            SET_PROFILE,
            SET_ORDER,
            by_hand(
                "the certificate at the new address is one below the new root",
                |lab| {
                    lab.serve(Server {
                        endpoint: lab.slots.here.other(),
                        certificate: match lab.product.v2_0_1.additional_root_check {
                            true => ServerCertificate::Successor,
                            false => ServerCertificate::SecondRoot,
                        },
                        ..Server::default()
                    })
                },
                &[],
            ),
            RESET,
            by_hand(
                "[connect] the station connects; [connect.address] to the new address",
                |lab| {
                    lab.connects_to("connect", lab.slots.here.other())
                        .map(|_| ())
                },
                &[
                    fails(Link(Flaw::StaysAway), "connect"),
                    fails(Link(Flaw::StaysHere), "connect.address"),
                    fails(Forget("certificate/"), "connect.address"),
                ],
            ),
            BOOTED,
        ],
        ..CASE
    },
];

const ATTEMPTS: &str = "OCPPCommCtrlr.NetworkProfileConnectionAttempts";
const WAIT: &str = "OCPPCommCtrlr.RetryBackOffWaitMinimum";
const ATTEMPTS_2: Setting = Setting::new(ATTEMPTS, |_| "2".to_owned());

/// Which slot is active.
pub(in super::super) const FIND_SLOTS: Step = by_hand(
    "[slots] the CSMS reads OCPPCommCtrlr.ActiveNetworkProfile",
    |lab| lab.find_slots(),
    &[],
);

/// Step 1: a profile with the present security profile for the other slot.
const SET_PROFILE: Step = call(
    "profile",
    "SetNetworkProfile",
    |lab| lab.new_profile(lab.connected().security_profile),
    &[is("/status", "Accepted")],
);

/// Step 3: the other slot first.
pub(in super::super) const SET_ORDER: Step = call(
    "order",
    "SetVariables",
    |lab| lab.new_order(),
    &[one_of(
        "/setVariableResult/0/attributeStatus",
        &["Accepted", "RebootRequired"],
    )],
);

/// Step 5.
pub(in super::super) const RESET: Step = call(
    "reset",
    "Reset",
    |_| serde_json::json!({"type": "OnIdle"}),
    &[is("/status", "Accepted")],
);

/// *Booted* over the connection that is there.
pub(in super::super) const BOOTED: Step =
    Step::Boots("restart", &[], "Available", "Available", true);

fn falls_back_at_all(product: &Product) -> Result<(), &'static str> {
    match product.v2_0_1.network_fallback {
        true => Ok(()),
        false => Err("no way back to the profile that worked last (C-47)"),
    }
}

fn falls_back(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let before = lab.slots.here;
    for label in ["first", "second"] {
        lab.tries(label, before.other())?;
    }
    // A third attempt would be one too many.
    lab.connects_next("connect", before)
}

fn goes_on(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let before: Endpoint = lab.slots.here;
    lab.serve_at(before, false)?;
    lab.tries("new", before.other())?;
    let tried = lab.tries("old", before)?;
    lab.serve_at(before, true)?;
    let (at, _) = lab.connects_to("again", before)?;
    let wait = u64::from(lab.parameters.back_off) * 1_000;
    if at - tried < wait {
        let got = format!("it came after {} ms", at - tried);
        return lab.fail("again.seconds", format!("an attempt after {wait} ms"), got);
    }
    Ok(())
}
