//! A01, A05: password and security profile.

use ocpp_core::security::SecurityEventKind;
use ocpp_core::station::Output;
use serde_json::json;

use crate::kit::*;

#[test]
fn tc_083_a_higher_profile_is_used_for_a_new_connection_and_after_a_reset() {
    let csms = root("Operator Root");
    let (mut bench, _) = secure(&csms);
    assert_eq!(bench.connection().roots.len(), 1);
    assert!(bench.is_connected());
    assert_eq!(
        status(&mut bench, "Reset", json!({"type": "Hard"})),
        "Accepted"
    );
    bench.run(10);
    assert_eq!(bench.connection().security_profile, 2);
    assert!(bench.is_connected());
}

#[test]
fn tc_083_a_reset_right_after_the_change_finds_the_old_connection() {
    let csms = root("Operator Root");
    let (mut bench, _) = station();
    set(&mut bench, "AuthorizationKey", PASSWORD);
    assert_eq!(
        install(&mut bench, "CentralSystemRootCertificate", &csms),
        "Accepted"
    );
    bench.run(1);
    set(&mut bench, "SecurityProfile", "1");
    assert_eq!(bench.connection().security_profile, 0);
    assert_eq!(
        status(&mut bench, "Reset", json!({"type": "Hard"})),
        "Accepted"
    );
    bench.run(10);
    assert_eq!(bench.connection().security_profile, 1);
}

#[test]
fn tc_084_a05_fr_01_to_04_downgrades_and_missing_prerequisites_are_rejected() {
    let csms = root("Operator Root");
    let (mut bench, _) = station();
    for profile in ["1", "2", "3"] {
        assert_eq!(
            change(&mut bench, "SecurityProfile", profile),
            "Rejected",
            "no password, no root"
        );
    }
    set(&mut bench, "AuthorizationKey", PASSWORD);
    for profile in ["2", "3"] {
        assert_eq!(
            change(&mut bench, "SecurityProfile", profile),
            "Rejected",
            "no root"
        );
    }
    assert_eq!(
        install(&mut bench, "CentralSystemRootCertificate", &csms),
        "Accepted"
    );
    assert_eq!(
        change(&mut bench, "SecurityProfile", "3"),
        "Rejected",
        "no certificate"
    );
    let (mut bench, _) = secure(&csms);
    let before = records(&bench);
    bench.outputs.clear();
    for profile in ["0", "1", "2", "4", "-1", "two", ""] {
        assert_eq!(
            change(&mut bench, "SecurityProfile", profile),
            "Rejected",
            "{profile}"
        );
    }
    bench.run(60);
    assert_eq!(records(&bench), before);
    assert!(
        !bench
            .outputs
            .iter()
            .any(|o| matches!(o, Output::Disconnect))
    );
}

#[test]
fn a05_fr_08_without_a_connection_the_old_profile_comes_back() {
    let csms = root("Operator Root");
    let (mut bench, world) = station();
    set(&mut bench, "AuthorizationKey", PASSWORD);
    assert_eq!(
        install(&mut bench, "CentralSystemRootCertificate", &csms),
        "Accepted"
    );
    bench.run(1);
    bench.all_calls();
    world.borrow_mut().refuse = vec![Some(SecurityEventKind::InvalidCsmsCertificate); 3];
    set(&mut bench, "SecurityProfile", "2");
    bench.run(300);
    assert!(bench.is_connected());
    assert_eq!(bench.connection().security_profile, 0);
    assert_eq!(bench.station.variable("SecurityProfile"), Some("0"));
    // TC_078: three failed attempts are worth one notification.
    assert_eq!(events(&mut bench), ["InvalidCentralSystemCertificate"]);
    let profiles = bench.outputs.iter().filter_map(|output| match output {
        Output::Connect(wanted) => Some(wanted.security_profile),
        _ => None,
    });
    let profiles: Vec<u8> = profiles.collect();
    assert!(profiles.ends_with(&[2, 2, 2, 0]), "{profiles:?}");
}

#[test]
fn a05_fr_08_a_power_cut_does_not_forget_the_profile_that_worked() {
    let csms = root("Operator Root");
    let (mut bench, world) = station();
    set(&mut bench, "AuthorizationKey", PASSWORD);
    assert_eq!(
        install(&mut bench, "CentralSystemRootCertificate", &csms),
        "Accepted"
    );
    world.borrow_mut().refuse = vec![None; 4];
    set(&mut bench, "SecurityProfile", "2");
    bench.run(3);
    bench.power_cycle();
    assert_eq!(bench.connection().security_profile, 2);
    bench.run(300);
    assert_eq!(bench.connection().security_profile, 0);
    assert!(bench.is_connected());
}

#[test]
fn tc_083_once_it_has_worked_a_profile_is_never_left_again() {
    let csms = root("Operator Root");
    let (mut bench, world) = secure(&csms);
    world.borrow_mut().refuse = vec![None; 20];
    bench.network(false);
    bench.network(true);
    bench.run(3600);
    assert_eq!(bench.connection().security_profile, 2);
    bench.run(7200);
    assert!(bench.is_connected());
    assert_eq!(bench.connection().security_profile, 2);
}

#[test]
fn tc_073_a01_fr_11_a_new_password_is_logged_without_being_told() {
    let (mut bench, _) = station();
    bench.outputs.clear();
    set(&mut bench, "AuthorizationKey", PASSWORD);
    assert_eq!(bench.connection().password.as_deref(), Some(PASSWORD));
    let event = bench.outputs.iter().find_map(|output| match output {
        Output::SecurityEvent { kind, info } => Some((*kind, info.clone())),
        _ => None,
    });
    let (kind, info) = event.unwrap();
    assert_eq!(kind, SecurityEventKind::ReconfigurationOfSecurityParameters);
    assert!(!info.unwrap().contains(PASSWORD));
    for bad in ["", "4F43", "no password of any kind", &"4".repeat(42)] {
        assert_eq!(
            change(&mut bench, "AuthorizationKey", bad),
            "Rejected",
            "{bad}"
        );
    }
}

/// The key that TC_078 sets to false. It counts from the next connection on.
#[test]
fn tc_078_a_wildcard_in_the_name_of_the_csms_is_allowed_by_the_key() {
    let csms = root("Operator Root");
    let (mut bench, _) = secure(&csms);
    assert!(!bench.connection().allow_wildcards);
    for (value, allowed) in [("true", true), ("false", false)] {
        set(&mut bench, "AllowCSMSTLSWildcards", value);
        status(&mut bench, "Reset", json!({"type": "Hard"}));
        bench.run(10);
        assert_eq!(bench.connection().allow_wildcards, allowed);
    }
}
