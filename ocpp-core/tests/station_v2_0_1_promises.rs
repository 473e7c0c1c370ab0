//! What a 2.0.1 station has promised survives a power cut: a cable that stays locked for its owner (E05.FR.11, E09.FR.03), a
//! reset that waits until nobody charges (B12.FR.03).

#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_core::Version;
use ocpp_core::station::{
    CableState, ConnectorConfig, ConnectorId, EvseConfig, Output, StationConfig,
};
use ocpp_core::testing::station::{Bench, friendly_v2_0_1};
use serde_json::json;

const AT: ConnectorId = ConnectorId::new(1, 1);

fn charging(resume: bool) -> Bench {
    let mut config = StationConfig::new(Version::V2_0_1, "Vendor", "Model", 0);
    config.evses = vec![EvseConfig::new(vec![ConnectorConfig::socket()])];
    config.features.resume_transactions = resume;
    let unlock = "OCPPCommCtrlr.UnlockOnEVSideDisconnect";
    config.defaults.push((unlock.into(), "false".into()));
    let mut bench = Bench::new(config, friendly_v2_0_1());
    bench.real_time_clock = true;
    bench.start();
    bench.plug(1, 1);
    bench.present(1, "OWNER");
    bench.run(60);
    assert!(bench.is_charging(AT));
    bench
}

#[test]
fn a_cable_stays_locked_for_its_owner_over_a_power_cut() {
    let mut bench = charging(false);
    bench.cable(AT, CableState::InSocket);
    bench.run(5);
    assert_eq!(bench.outlet(AT).locked, Some(true));
    assert!(bench.stored.contains_key("cable-claim/1"));
    bench.power_cycle();
    bench.run(5);
    assert_eq!(bench.outlet(AT).locked, Some(true), "told so at the start");
    bench.present(1, "ANOTHER");
    bench.run(200);
    assert_eq!(bench.outlet(AT).locked, Some(true));
    bench.present(1, "OWNER");
    bench.run(5);
    assert_eq!(bench.outlet(AT).locked, Some(false));
    assert!(!bench.stored.contains_key("cable-claim/1"));
}

#[test]
fn a_cable_that_is_gone_after_a_power_cut_is_nobodys() {
    let mut bench = charging(false);
    bench.cable(AT, CableState::InSocket);
    bench.run(5);
    bench.off();
    bench.power_on(&[(AT, CableState::Unplugged)]);
    bench.run(5);
    assert_ne!(bench.outlet(AT).locked, Some(true));
    assert!(!bench.stored.contains_key("cable-claim/1"));
    bench.plug(1, 1);
    bench.present(1, "ANOTHER");
    bench.run(60);
    assert!(bench.is_charging(AT));
}

#[test]
fn a_reset_that_waits_until_nobody_charges_survives_a_power_cut() {
    let mut bench = charging(true);
    let answer = bench.call("Reset", json!({"type": "OnIdle"}));
    assert_eq!(answer.unwrap().unwrap()["status"], "Scheduled");
    bench.power_cycle();
    bench.run(60);
    assert!(bench.is_charging(AT), "the transaction goes on");
    bench.calls();
    bench.outputs.clear();
    bench.present(1, "OWNER");
    bench.unplug(1, 1);
    bench.run(60);
    let reboots = bench.outputs.iter();
    let reboots = reboots.filter(|output| matches!(output, Output::Reboot { .. }));
    assert_eq!(reboots.count(), 1);
    let calls = bench.calls();
    let boot = calls.iter().find(|call| call.action == "BootNotification");
    assert_eq!(boot.unwrap().payload["reason"], "ScheduledReset");
    assert!(!bench.stored.contains_key("reset-scheduled"));
}

#[test]
fn a_power_cut_that_ends_the_transaction_is_the_restart_that_was_promised() {
    let mut bench = charging(false);
    bench
        .call("Reset", json!({"type": "OnIdle"}))
        .unwrap()
        .unwrap();
    bench.outputs.clear();
    bench.power_cycle();
    bench.run(600);
    let reboot = |output: &Output| matches!(output, Output::Reboot { .. });
    assert!(!bench.outputs.iter().any(reboot));
    assert!(!bench.stored.contains_key("reset-scheduled"));
}
