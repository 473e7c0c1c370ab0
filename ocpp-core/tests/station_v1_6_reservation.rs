//! Reservations of the 1.6 station where cables are plugged in first, and stations that do without (4.9, 5.10, 5.13, 5.15).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod kit_v1_6;

use kit_v1_6::status;
use ocpp_core::Version;
use ocpp_core::station::{
    CableState, ConnectorConfig, ConnectorId, EvseConfig, Fault, FaultCode, Input, StationConfig,
};
use ocpp_core::testing::station::{Bench, friendly_v1_6};
use serde_json::json;

const AT: ConnectorId = ConnectorId::new(1, 1);

fn booted(config: StationConfig) -> Bench {
    let mut bench = Bench::new(config, friendly_v1_6());
    bench.start();
    bench.calls();
    bench
}

fn config(evses: u32, socket: bool) -> StationConfig {
    let mut config = StationConfig::new(Version::V1_6, "Vendor", "Model", evses);
    if socket {
        let evse = || EvseConfig::new(vec![ConnectorConfig::socket()]);
        config.evses = (0..evses).map(|_| evse()).collect();
    }
    config
}

fn reserve(bench: &mut Bench, connector: u32, seconds: i64) -> String {
    let expiry = bench.utc_in(seconds);
    let request = json!({"connectorId": connector, "expiryDate": expiry, "idTag": "OWNER",
        "reservationId": 5});
    status(bench, "ReserveNow", request)
}

/// The cable is put in, step by step with a socket.
fn plug(bench: &mut Bench, at: ConnectorId, socket: bool) {
    if socket {
        bench.cable(at, CableState::InSocket);
    }
    bench.cable(at, CableState::Connected);
}

fn used_reservation(bench: &mut Bench) -> bool {
    let calls = bench.calls();
    let start = calls.iter().find(|call| call.action == "StartTransaction");
    start.is_some_and(|call| call.payload["reservationId"] == 5)
}

#[test]
fn a_cable_in_the_last_free_connector_does_not_bypass_the_reservation() {
    for socket in [false, true] {
        // The connector itself, or the station.
        for reserved in [1, 0] {
            let mut bench = booted(config(1, socket));
            assert_eq!(reserve(&mut bench, reserved, 600), "Accepted");
            assert_eq!(bench.story(), ["Status 1 Reserved"]);
            plug(&mut bench, AT, socket);
            // G2: neither Available nor Preparing before the identity is presented.
            assert_eq!(bench.story(), [""; 0], "socket {socket}");
            bench.present(1, "OTHER");
            bench.present(0, "OTHER");
            bench.run(30);
            assert!(!bench.is_charging(AT), "socket {socket}");
            let remote = json!({"idTag": "OTHER", "connectorId": 1});
            assert_eq!(
                status(&mut bench, "RemoteStartTransaction", remote),
                "Rejected"
            );
            bench.calls();
            bench.present(1, "OWNER");
            assert!(bench.is_charging(AT), "socket {socket}");
            assert!(used_reservation(&mut bench), "socket {socket}");
            bench.unplug(1, 1);
            bench.calls();
            plug(&mut bench, AT, socket);
            bench.present(1, "OTHER");
            assert!(bench.is_charging(AT), "the reservation is used");
        }
    }
}

#[test]
fn a_cable_that_leaves_a_reserved_connector_changes_nothing_and_the_end_of_the_reservation_does() {
    for reserved in [1, 0] {
        let mut bench = booted(config(1, true));
        assert_eq!(reserve(&mut bench, reserved, 600), "Accepted");
        bench.calls();
        plug(&mut bench, AT, true);
        bench.cable(AT, CableState::InSocket);
        bench.cable(AT, CableState::Unplugged);
        plug(&mut bench, AT, true);
        bench.run(500);
        assert_eq!(bench.story(), [""; 0]);
        bench.run(150);
        assert_eq!(bench.story(), ["Status 1 Preparing"]);
        bench.present(1, "OTHER");
        assert!(bench.is_charging(AT));
    }
}

/// One connector remains for the reservation; whoever has plugged in at another one may charge.
#[test]
fn a_reservation_of_the_station_keeps_one_connector_and_not_more() {
    let second = ConnectorId::new(2, 1);
    let mut bench = booted(config(2, false));
    assert_eq!(reserve(&mut bench, 0, 600), "Accepted");
    assert_eq!(bench.story(), [""; 0]);
    bench.plug(1, 1);
    let story = ["Status 1 Preparing", "Status 2 Reserved"];
    assert_eq!(bench.story(), story);
    bench.plug(2, 1);
    // No connector is free now: none of the two that are plugged in may be used up.
    bench.present(1, "OTHER");
    bench.present(2, "OTHER");
    assert!(!bench.is_charging(AT) && !bench.is_charging(second));
    bench.unplug(2, 1);
    bench.present(1, "OTHER");
    assert!(bench.is_charging(AT));
    bench.plug(2, 1);
    bench.present(2, "THIRD");
    assert!(!bench.is_charging(second));
    bench.calls();
    bench.present(2, "OWNER");
    assert!(bench.is_charging(second));
    assert!(used_reservation(&mut bench));
}

/// Two connectors of one EVSE cannot be used at the same time: neither is free beside the other.
#[test]
fn a_reservation_of_the_station_counts_evses() {
    let mut config = config(1, false);
    let connectors = vec![ConnectorConfig::fixed(), ConnectorConfig::fixed()];
    config.evses = vec![EvseConfig::new(connectors)];
    let mut bench = booted(config);
    assert_eq!(reserve(&mut bench, 0, 600), "Accepted");
    assert_eq!(bench.story(), ["Status 1 Reserved", "Status 2 Reserved"]);
    bench.plug(1, 2);
    bench.present(1, "OTHER");
    assert!(!bench.is_charging(ConnectorId::new(1, 2)));
    bench.present(1, "OWNER");
    assert!(bench.is_charging(ConnectorId::new(1, 2)));
}

/// 5.13: what is wrong with the connector is said before what is wrong with the date.
#[test]
fn a_date_in_the_past_is_rejected_where_a_reservation_would_be_possible() {
    for connector in [1, 0] {
        let mut bench = booted(config(1, false));
        assert_eq!(reserve(&mut bench, connector, -1), "Rejected");
        let fault = Some(Fault::new(FaultCode::GroundFailure));
        bench.input(Input::Fault { at: None, fault });
        assert_eq!(reserve(&mut bench, connector, -1), "Faulted");
        assert_eq!(reserve(&mut bench, connector, 600), "Faulted");
        let mut bench = booted(config(1, false));
        let off = json!({"connectorId": connector, "type": "Inoperative"});
        assert_eq!(status(&mut bench, "ChangeAvailability", off), "Accepted");
        assert_eq!(reserve(&mut bench, connector, -1), "Unavailable");
    }
}

/// TC_042_1, TC_043_1, TC_048_4, TC_050_4.
#[test]
fn a_station_without_a_feature_says_so_in_the_response_that_has_a_word_for_it() {
    let mut config = config(1, false);
    config.features.local_list = false;
    config.features.reservation = false;
    config.features.reservation_of_station = false;
    config.features.smart_charging = false;
    let mut bench = booted(config);
    let version = bench.call("GetLocalListVersion", json!({}));
    assert_eq!(version, Some(Ok(json!({"listVersion": -1}))));
    let list = json!({"listVersion": 1, "updateType": "Full", "localAuthorizationList": []});
    assert_eq!(status(&mut bench, "SendLocalList", list), "NotSupported");
    for connector in [0, 1] {
        assert_eq!(reserve(&mut bench, connector, 600), "Rejected");
    }
    let cancel = json!({"reservationId": 5});
    assert_eq!(status(&mut bench, "CancelReservation", cancel), "Rejected");
    // There the response has none: the error of the same name.
    let schedule = bench.call(
        "GetCompositeSchedule",
        json!({"connectorId": 1, "duration": 60}),
    );
    assert_eq!(schedule, Some(Err("NotSupported".into())));
}
