//! B09, B10, A05: slots for network profiles, the order in which they are tried, the security profile, and power cuts at every
//! place on the way.

#![allow(missing_docs, clippy::unwrap_used)]

mod kit_v2_0_1;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use kit_v2_0_1::{booted, booted_with, config, get, set, with};
use ocpp_core::Version;
use ocpp_core::security::SecurityEventKind;
use ocpp_core::station::{Connection, Input, Output, StationConfig};
use ocpp_core::testing::station::{Bench, friendly_v2_0_1};
use serde_json::{Value, json};

const COMM: &str = "OCPPCommCtrlr";
const PRIORITY: &str = "NetworkConfigurationPriority";
const OTHER: &str = "wss://other.example/ocpp";

fn profile(url: &str, security: i64) -> Value {
    json!({"ocppVersion": "OCPP20", "ocppTransport": "JSON", "ocppCsmsUrl": url, "messageTimeout": 45,
        "securityProfile": security, "ocppInterface": "Wired0"})
}

/// The answer to SetNetworkProfile: status and reason.
#[allow(clippy::needless_pass_by_value)] // Reads better in tests.
fn set_profile(bench: &mut Bench, slot: i64, data: Value) -> (String, String) {
    let request = json!({"configurationSlot": slot, "connectionData": data});
    let answer = bench.call("SetNetworkProfile", request).unwrap().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (
        text(&answer["status"]),
        text(&answer["statusInfo"]["reasonCode"]),
    )
}

fn accepted() -> (String, String) {
    ("Accepted".into(), String::new())
}

fn rejected(reason: &str) -> (String, String) {
    ("Rejected".into(), reason.into())
}

fn variable(bench: &mut Bench, component: &str, name: &str) -> String {
    let (component, name) = (json!({"name": component}), json!({"name": name}));
    let value = get(bench, &component, &name)["attributeValue"].clone();
    value.as_str().unwrap().to_owned()
}

/// The slots of the connections that the station has asked for since the last time.
fn slots(bench: &mut Bench) -> Vec<u32> {
    let outputs = std::mem::take(&mut bench.outputs);
    let slot = |output: Output| match output {
        Output::Connect(connection) => connection.slot,
        _ => None,
    };
    outputs.into_iter().filter_map(slot).collect()
}

/// Nobody answers at these slots.
type Silent = Rc<RefCell<BTreeSet<u32>>>;

fn with_silent(bench: &mut Bench) -> Silent {
    let silent = Silent::default();
    let known = Rc::clone(&silent);
    bench.world(move |output| match output {
        Output::Connect(Connection { slot, .. })
            if slot.is_some_and(|slot| known.borrow().contains(&slot)) =>
        {
            Some(vec![Input::Disconnected])
        }
        _ => None,
    });
    silent
}

/// A station that would rather use slot 2, after the restart.
fn moving(config: StationConfig) -> (Bench, Silent) {
    let mut bench = booted_with(config);
    let silent = with_silent(&mut bench);
    let security = variable(&mut bench, "SecurityCtrlr", "SecurityProfile");
    let url = if security == "0" || security == "1" {
        "ws://other.example/ocpp"
    } else {
        OTHER
    };
    let data = profile(url, security.parse().unwrap());
    assert_eq!(set_profile(&mut bench, 2, data), accepted());
    assert_eq!(set(&mut bench, COMM, PRIORITY, "2,1"), "Accepted");
    bench.outputs.clear();
    (bench, silent)
}

fn attempts(attempts: u32) -> StationConfig {
    let key = "OCPPCommCtrlr.NetworkProfileConnectionAttempts";
    let config = with(config(1), key, &attempts.to_string());
    with(config, "OCPPCommCtrlr.RetryBackOffRandomRange", "0")
}

fn reset(bench: &mut Bench) {
    let answer = bench.call("Reset", json!({"type": "OnIdle"}));
    assert_eq!(answer.unwrap().unwrap()["status"], "Accepted");
    bench.run(20);
}

#[test]
fn what_is_no_network_profile_is_rejected_with_its_reason() {
    let mut bench = booted_with(with(config(1), "SecurityCtrlr.SecurityProfile", "1"));
    let good = || profile("ws://other.example:8080/ocpp", 1);
    for slot in [0, 4, 999, -1] {
        let answer = set_profile(&mut bench, slot, good());
        assert_eq!(answer, rejected("InvalidConfSlot"), "B09.FR.05 {slot}");
    }
    let lower = profile("ws://other.example/ocpp", 0);
    let answer = set_profile(&mut bench, 2, lower);
    assert_eq!(answer, rejected("NoSecurityDowngrade"), "B09.FR.04");
    for (member, value) in [
        ("ocppCsmsUrl", json!("http://other.example")),
        ("ocppCsmsUrl", json!("wss://other.example")),
        ("ocppCsmsUrl", json!("ws://user:secret@other.example")),
        ("ocppTransport", json!("SOAP")),
        ("ocppVersion", json!("OCPP15")),
        ("ocppVersion", json!("OCPP16")),
        ("messageTimeout", json!(0)),
        ("messageTimeout", json!(-5)),
        ("messageTimeout", json!(100_000)),
        ("securityProfile", json!(4)),
        ("securityProfile", json!(-1)),
        ("apn", json!({"apn": "", "apnAuthentication": "NONE"})),
    ] {
        let mut bad = good();
        bad[member] = value;
        let answer = set_profile(&mut bench, 2, bad.clone());
        assert_eq!(answer, rejected("InvalidNetworkConf"), "B09.FR.02 {bad}");
    }
    let stored = |key: &&String| key.starts_with("network-profile");
    assert_eq!(bench.stored.keys().filter(stored).count(), 0);
    assert_eq!(set_profile(&mut bench, 2, good()), accepted());
    assert_eq!(bench.stored.keys().filter(stored).count(), 1, "B09.FR.01");
}

#[test]
fn interfaces_that_the_station_does_not_have_are_rejected() {
    let mut config = config(1);
    config.network_interfaces = vec!["Wireless0".into()];
    let mut bench = booted_with(config);
    let mut data = profile("ws://other.example", 0);
    let answer = set_profile(&mut bench, 2, data.clone());
    assert_eq!(answer, rejected("InvalidNetworkConf"));
    data["ocppInterface"] = json!("Wireless0");
    assert_eq!(set_profile(&mut bench, 2, data), accepted());
}

#[test]
fn a_profile_that_cannot_be_stored_has_failed() {
    let mut bench = booted();
    bench.input(Input::StorageFailed { undone: Vec::new() });
    let data = profile("ws://other.example", 0);
    let (status, _) = set_profile(&mut bench, 2, data.clone());
    assert_eq!(status, "Failed", "B09.FR.03");
    let wrong = set_profile(&mut bench, 9, data);
    assert_eq!(
        wrong,
        rejected("InvalidConfSlot"),
        "what is wrong stays wrong"
    );
}

#[test]
fn an_order_of_slots_names_slots_that_can_be_used() {
    let mut bench = booted();
    for wrong in ["2", "1,2", "2,1", "1,1", "", "0", "9", "1,9", "one"] {
        let status = set(&mut bench, COMM, PRIORITY, wrong);
        assert_eq!(status, "Rejected", "B10.FR.02 {wrong:?}");
    }
    assert_eq!(variable(&mut bench, COMM, PRIORITY), "1");
    let data = profile("ws://other.example", 0);
    assert_eq!(set_profile(&mut bench, 2, data), accepted());
    for right in ["2,1", "2", "1"] {
        let status = set(&mut bench, COMM, PRIORITY, right);
        assert_eq!(status, "Accepted", "B10.FR.01 {right}");
    }
    let attempts = "NetworkProfileConnectionAttempts";
    assert_eq!(set(&mut bench, COMM, attempts, "0"), "Rejected");
    assert_eq!(set(&mut bench, COMM, attempts, "2"), "Accepted");
    assert_eq!(
        set(&mut bench, COMM, "ActiveNetworkProfile", "2"),
        "Rejected"
    );
}

#[test]
fn the_new_profile_is_used_after_the_restart() {
    let (mut bench, _) = moving(config(1));
    bench.run(600);
    assert!(
        bench.is_connected() && slots(&mut bench).is_empty(),
        "not before"
    );
    reset(&mut bench);
    let connection = bench.connection();
    assert_eq!(connection.slot, Some(2), "B10.FR.04");
    assert_eq!(connection.url, "ws://other.example/ocpp");
    assert_eq!(connection.versions, [Version::V2_0_1]);
    assert_eq!(connection.interface.as_deref(), Some("Wired0"));
    assert!(bench.calls().iter().any(|c| c.action == "BootNotification"));
    assert_eq!(variable(&mut bench, COMM, "ActiveNetworkProfile"), "2");
    let (component, name) = (
        json!({"name": COMM}),
        json!({"name": "MessageTimeout", "instance": "Default"}),
    );
    assert_eq!(get(&mut bench, &component, &name)["attributeValue"], "45");
    // Slot 1 still has what the station left the factory with.
    assert_eq!(set(&mut bench, COMM, PRIORITY, "1,2"), "Accepted");
    reset(&mut bench);
    assert_eq!(bench.connection().url, "");
    assert_eq!(get(&mut bench, &component, &name)["attributeValue"], "30");
}

#[test]
fn attempts_are_made_slot_by_slot_and_then_with_the_profile_that_worked() {
    let (mut bench, silent) = moving(attempts(2));
    silent.borrow_mut().extend([1, 2]);
    reset(&mut bench);
    bench.run(3_000);
    let seen = slots(&mut bench);
    assert_eq!(
        seen[..8],
        [2, 2, 1, 1, 1, 1, 2, 2],
        "B10.FR.03, B10.FR.07, B10.FR.08"
    );
    silent.borrow_mut().remove(&1);
    bench.run(3_000);
    assert!(bench.is_connected());
    assert_eq!(variable(&mut bench, COMM, "ActiveNetworkProfile"), "1");
}

#[test]
fn a_lost_connection_is_made_again_with_its_own_profile_first() {
    let (mut bench, silent) = moving(attempts(2));
    bench.run(100);
    silent.borrow_mut().insert(1);
    bench.network(false);
    bench.network(true);
    bench.run(1_000);
    assert_eq!(slots(&mut bench), [1, 1, 2], "B10.FR.03");
    assert!(bench.is_connected());
    let boots = bench.calls();
    let boots = boots.iter().filter(|c| c.action == "BootNotification");
    assert_eq!(boots.count(), 1, "B10.FR.10");
    // The next loss is one of slot 2.
    silent.borrow_mut().clear();
    bench.network(false);
    bench.network(true);
    bench.run(1_000);
    assert_eq!(slots(&mut bench), [2]);
    let boots = bench.calls();
    assert!(boots.iter().all(|c| c.action != "BootNotification"));
}

#[test]
fn attempts_wait_as_the_variables_say() {
    let mut bench = booted_with(attempts(3));
    for (name, value) in [
        ("RetryBackOffRepeatTimes", "2"),
        ("RetryBackOffWaitMinimum", "7"),
        ("RetryBackOffRandomRange", "0"),
    ] {
        assert_eq!(set(&mut bench, COMM, name, value), "Accepted");
    }
    let silent = with_silent(&mut bench);
    silent.borrow_mut().insert(1);
    bench.outputs.clear();
    bench.network(false);
    bench.network(true);
    let mut waits = Vec::new();
    let mut waited = 0;
    while waits.len() < 5 {
        bench.run(1);
        waited += 1;
        if !slots(&mut bench).is_empty() {
            waits.push(std::mem::take(&mut waited));
        }
        assert!(waited < 1_000, "{waits:?}");
    }
    assert_eq!(waits, [7, 14, 28, 28, 28], "part 4 section 5.3");
}

#[test]
fn an_overwritten_profile_is_still_there_when_its_successor_does_not_work() {
    let mut bench = booted_with(attempts(1));
    let dead = "ws://dead.example/ocpp";
    bench.world(move |output| match output {
        Output::Connect(connection) if connection.url == dead => Some(vec![Input::Disconnected]),
        _ => None,
    });
    assert_eq!(set_profile(&mut bench, 1, profile(dead, 0)), accepted());
    // Not before a restart.
    bench.network(false);
    bench.network(true);
    bench.run(60);
    assert_eq!(bench.connection().url, "");
    bench.outputs.clear();
    reset(&mut bench);
    bench.run(600);
    assert!(bench.is_connected(), "the station is lost");
    assert_eq!(bench.connection().url, "", "B10.FR.07");
}

#[test]
fn secrets_of_networks_reach_the_application_and_nobody_else() {
    let mut bench = booted();
    let mut data = profile("ws://other.example", 0);
    data["ocppInterface"] = json!("Wireless0");
    data["apn"] = json!({"apn": "internet", "apnUserName": "me", "apnPassword": "SECRET-1", "simPin": 4711,
        "preferredNetwork": "26201", "useOnlyPreferredNetwork": true, "apnAuthentication": "PAP"});
    data["vpn"] = json!({"server": "vpn.example", "user": "me", "group": "us", "password": "SECRET-2",
        "key": "SECRET-3", "type": "IKEv2"});
    assert_eq!(set_profile(&mut bench, 2, data), accepted());
    assert_eq!(set(&mut bench, COMM, PRIORITY, "2,1"), "Accepted");
    reset(&mut bench);
    let connection = bench.connection();
    let (apn, vpn) = (
        connection.apn.clone().unwrap(),
        connection.vpn.clone().unwrap(),
    );
    assert_eq!((apn.name.as_str(), apn.sim_pin), ("internet", Some(4711)));
    assert_eq!(apn.password.as_deref(), Some("SECRET-1"));
    assert!(apn.only_preferred && apn.authentication == "PAP");
    assert_eq!(
        (vpn.password.as_str(), vpn.key.as_str()),
        ("SECRET-2", "SECRET-3")
    );
    assert_eq!(
        (vpn.kind.as_str(), vpn.group.as_deref()),
        ("IKEv2", Some("us"))
    );
    let shown = format!("{connection:?}");
    assert!(shown.contains("vpn.example"), "{shown}");
    for secret in ["SECRET", "4711"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let record = bench.stored.get_key_value("network-profile/0000000002");
    let (key, value) = record.unwrap();
    let record = ocpp_core::station::Record {
        key: key.clone(),
        value: value.clone(),
    };
    assert!(value.contains("SECRET-3"));
    assert!(!format!("{record:?}").contains("SECRET"), "{record:?}");
}

#[test]
fn nothing_is_done_again_after_a_connection_with_the_same_profile() {
    let (mut bench, _) = moving(config(1));
    reset(&mut bench);
    let before = bench.stored.clone();
    bench.network(false);
    bench.network(true);
    bench.run(600);
    assert!(bench.is_connected());
    let network = |stored: &std::collections::BTreeMap<String, String>| {
        let mut stored = stored.clone();
        stored.retain(|key, _| key.starts_with("network") || key.contains("network"));
        stored
    };
    assert_eq!(network(&before), network(&bench.stored));
}

/// The power goes at every place between the order to move and the first connection, whether the new CSMS answers or not.
#[test]
fn a_power_cut_at_any_place_loses_no_station() {
    for dead in [false, true] {
        let (mut cuts, mut at) = (0, 0);
        loop {
            let mut bench = booted_with(attempts(1));
            let silent = with_silent(&mut bench);
            if dead {
                silent.borrow_mut().insert(2);
            }
            bench.cut_power_after(at);
            let data =
                json!({"configurationSlot": 2, "connectionData": profile("ws://other.example", 0)});
            let told = bench.call("SetNetworkProfile", data).is_some();
            if told {
                let data = json!([{"component": {"name": COMM}, "variable": {"name": PRIORITY},
                    "attributeValue": "2,1"}]);
                let told = bench
                    .call("SetVariables", json!({"setVariableData": data}))
                    .is_some();
                if told {
                    bench.call("Reset", json!({"type": "OnIdle"}));
                    bench.run(30);
                }
            }
            let cut = bench.power_was_cut();
            if cut {
                bench.power_cycle();
                cuts += 1;
            }
            bench.run(900);
            assert!(bench.is_connected(), "lost after {at} outputs");
            let active = variable(&mut bench, COMM, "ActiveNetworkProfile");
            assert!(["1", "2"].contains(&active.as_str()));
            assert!(!dead || active == "1");
            if !cut {
                assert_eq!(active, if dead { "1" } else { "2" });
                break;
            }
            at += 1;
        }
        assert!(cuts > 6, "{cuts}");
    }
}

/// The power goes at every place after the restart.
fn cut_after_restart(ready: impl Fn() -> Bench, judge: impl Fn(&mut Bench)) {
    let mut at = 0;
    loop {
        let mut bench = ready();
        bench.switch_on();
        bench.cut_power_after(at);
        bench.start();
        bench.run(900);
        let cut = bench.power_was_cut();
        if cut {
            bench.power_cycle();
            bench.run(900);
        }
        assert!(bench.is_connected(), "lost after {at} outputs");
        judge(&mut bench);
        if !cut {
            break;
        }
        at += 1;
    }
    assert!(at > 10, "{at}");
}

#[test]
fn a_power_cut_on_the_way_to_the_new_csms_changes_nothing() {
    cut_after_restart(
        || moving(attempts(1)).0,
        |bench| {
            assert_eq!(bench.connection().slot, Some(2));
            assert_eq!(variable(bench, COMM, "ActiveNetworkProfile"), "2");
            assert_eq!(variable(bench, COMM, PRIORITY), "2,1");
        },
    );
    cut_after_restart(
        || {
            let (bench, silent) = moving(attempts(1));
            silent.borrow_mut().insert(2);
            bench
        },
        |bench| assert_eq!(bench.connection().slot, Some(1)),
    );
}

/// A station with security profile 0 that is to have 1.
fn rising() -> (Bench, Silent) {
    let mut bench = booted_with(attempts(2));
    let silent = with_silent(&mut bench);
    let data = profile("ws://secure.example/ocpp", 1);
    assert_eq!(set_profile(&mut bench, 2, data), accepted());
    let data = profile("ws://third.example/ocpp", 0);
    assert_eq!(set_profile(&mut bench, 3, data), accepted());
    let status = set(&mut bench, COMM, PRIORITY, "2,3,1");
    assert_eq!(status, "Accepted", "A05.FR.04");
    bench.outputs.clear();
    (bench, silent)
}

#[test]
fn with_a_higher_security_profile_all_lower_ones_are_forgotten() {
    let (mut bench, silent) = rising();
    let security = |bench: &mut Bench| variable(bench, "SecurityCtrlr", "SecurityProfile");
    assert_eq!(security(&mut bench), "0");
    reset(&mut bench);
    assert_eq!(bench.connection().security_profile, 1, "A05.FR.05");
    assert_eq!(security(&mut bench), "1", "A05.FR.06");
    assert_eq!(variable(&mut bench, COMM, PRIORITY), "2", "A05.FR.06");
    let raised = SecurityEventKind::ReconfigurationOfSecurityParameters;
    let is_told =
        |output: &Output| matches!(output, Output::SecurityEvent { kind, .. } if *kind == raised);
    assert!(bench.outputs.iter().any(is_told));
    // There is no way back, not even when nobody answers any more.
    for lower in [1, 3] {
        let answer = set_profile(&mut bench, lower, profile("ws://lower.example", 0));
        assert_eq!(answer, rejected("NoSecurityDowngrade"));
        let order = format!("{lower},2");
        assert_eq!(set(&mut bench, COMM, PRIORITY, &order), "Rejected");
    }
    bench.outputs.clear();
    silent.borrow_mut().insert(2);
    reset(&mut bench);
    bench.run(4_000);
    let seen = slots(&mut bench);
    let only = seen.iter().all(|slot| *slot == 2);
    assert!(seen.len() > 5 && only, "A05.FR.07 {seen:?}");
}

#[test]
fn a_higher_security_profile_that_does_not_work_leaves_the_others() {
    let (mut bench, silent) = rising();
    silent.borrow_mut().insert(2);
    reset(&mut bench);
    bench.run(1_000);
    assert_eq!(bench.connection().slot, Some(3));
    assert_eq!(bench.connection().security_profile, 0);
    let security = variable(&mut bench, "SecurityCtrlr", "SecurityProfile");
    assert_eq!(security, "0");
    assert_eq!(variable(&mut bench, COMM, PRIORITY), "2,3,1");
}

#[test]
fn a_power_cut_while_the_security_profile_rises_leaves_nothing_half_done() {
    cut_after_restart(
        || rising().0,
        |bench| {
            assert_eq!(bench.connection().slot, Some(2));
            assert_eq!(variable(bench, "SecurityCtrlr", "SecurityProfile"), "1");
            assert_eq!(variable(bench, COMM, PRIORITY), "2");
            let answer = set(bench, COMM, PRIORITY, "1,2");
            assert_eq!(answer, "Rejected", "what the factory gave is forgotten");
            assert!(!bench.stored.contains_key("network-profile/0000000003"));
        },
    );
}

#[test]
fn without_what_it_needs_a_higher_security_profile_is_refused() {
    let mut bench = booted_with(with(config(1), "SecurityCtrlr.SecurityProfile", "1"));
    for security in [2, 3] {
        let answer = set_profile(&mut bench, 2, profile(OTHER, security));
        assert_eq!(answer, accepted());
        let status = set(&mut bench, COMM, PRIORITY, "2,1");
        assert_eq!(status, "Rejected", "A05.FR.02, A05.FR.03");
        let answer = set_profile(&mut bench, 1, profile(OTHER, security));
        let in_order = "it is in the order already";
        assert_eq!(answer, rejected("InvalidNetworkConf"), "{in_order}");
    }
    let security = variable(&mut bench, "SecurityCtrlr", "SecurityProfile");
    assert_eq!(security, "1");
    assert_eq!(variable(&mut bench, COMM, PRIORITY), "1");
}

#[test]
fn the_owner_can_lower_the_security_profile() {
    let (mut bench, _) = rising();
    reset(&mut bench);
    bench
        .set_variable("SecurityCtrlr.SecurityProfile", "0")
        .unwrap();
    assert_eq!(bench.connection().security_profile, 0);
    assert_eq!(bench.connection().slot, Some(2));
    bench.power_cycle();
    bench.run(60);
    assert_eq!(bench.connection().security_profile, 0);
}

/// Without TLS a URL with it would lead nowhere.
#[test]
fn the_owner_can_go_back_to_connections_without_tls() {
    let key = "SecurityCtrlr.SecurityProfile";
    let (mut bench, _) = moving(with(attempts(1), key, "2"));
    reset(&mut bench);
    assert_eq!(bench.connection().url, OTHER);
    bench.set_variable(key, "1").unwrap();
    assert_eq!(bench.connection().security_profile, 1);
    assert_eq!(bench.connection().url, "ws://other.example/ocpp");
    bench.power_cycle();
    bench.run(60);
    assert_eq!(bench.connection().url, "ws://other.example/ocpp");
}

#[test]
fn a_profile_that_cannot_be_read_leaves_the_others() {
    let (mut bench, _) = moving(attempts(1));
    reset(&mut bench);
    let key = "network-profile/0000000002";
    bench.stored.insert(key.into(), "{broken".into());
    bench.power_cycle();
    bench.run(60);
    assert_eq!(bench.connection().slot, Some(1), "the next in the order");
    let aside = |kept: &String| kept.starts_with("unreadable/") && kept.ends_with(key);
    assert!(bench.stored.keys().any(aside));
    // Nothing that can be read says where to connect.
    assert_eq!(set(&mut bench, COMM, PRIORITY, "1"), "Accepted");
    for key in ["network-profile/0000000001", "network-proven"] {
        bench.stored.insert(key.into(), "{broken".into());
    }
    bench.power_cycle();
    bench.run(60);
    let factory = "what the station left the factory with";
    assert_eq!(bench.connection().url, "", "{factory}");
    assert!(bench.is_connected());
}

/// A CSMS that settles on a version that the station does not speak is none.
#[test]
fn a_connection_of_another_version_is_a_failed_attempt() {
    let (mut bench, _) = moving(attempts(2));
    let version = Version::V1_6;
    bench.world(move |output| match output {
        Output::Connect(connection) if connection.slot == Some(2) => {
            Some(vec![Input::Connected { version }])
        }
        _ => None,
    });
    reset(&mut bench);
    bench.run(1_000);
    assert_eq!(slots(&mut bench), [2, 2, 1]);
    assert_eq!(variable(&mut bench, COMM, "ActiveNetworkProfile"), "1");
}

#[test]
fn a_new_bench_has_the_profile_of_the_factory() {
    let mut bench = Bench::new(config(1), friendly_v2_0_1());
    bench.start();
    let connection = bench.connection();
    assert_eq!((connection.slot, connection.url.as_str()), (Some(1), ""));
    assert_eq!(connection.interface, None);
    assert_eq!(variable(&mut bench, COMM, "ActiveNetworkProfile"), "1");
}

#[test]
fn slots_are_configured() {
    for bad in [vec![], vec![1], vec![1, 1], (0..11).collect()] {
        let mut config = config(1);
        config.network_slots = bad.clone();
        assert!(config.check().is_err(), "B09.FR.06 {bad:?}");
    }
    let mut config = config(1);
    config.network_interfaces = vec!["Radio0".into()];
    assert!(config.check().is_err());
}

/// Erratum 2.62 of 2025-02: false unless it is set, and told with every connection over TLS.
#[test]
fn a_wildcard_in_the_name_of_the_csms_is_allowed_by_the_variable() {
    const SECURITY: &str = "SecurityCtrlr";
    const VARIABLE: &str = "AllowCSMSTLSWildcards";
    let mut bench = booted_with(with(config(1), "SecurityCtrlr.SecurityProfile", "2"));
    assert_eq!(variable(&mut bench, SECURITY, VARIABLE), "false");
    assert!(!bench.connection().allow_wildcards);
    for (value, allowed) in [("true", true), ("false", false)] {
        assert_eq!(set(&mut bench, SECURITY, VARIABLE, value), "Accepted");
        reset(&mut bench);
        assert_eq!(bench.connection().allow_wildcards, allowed);
    }
    let config = with(config(1), "SecurityCtrlr.AllowCSMSTLSWildcards", "true");
    let mut unsecured = booted_with(config.clone());
    reset(&mut unsecured);
    assert!(!unsecured.connection().allow_wildcards, "there is no TLS");
    let secured = with(config, "SecurityCtrlr.SecurityProfile", "2");
    assert!(booted_with(secured).connection().allow_wildcards);
}
