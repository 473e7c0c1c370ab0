//! One reader for several connectors, several connectors at one EVSE, groups (1.6 sections 3.5, 3.10, 4.9).

use ocpp_core::station::{
    AuthorizationStatus, CableState, ConnectorId, Input, Output, Token, TokenEffect,
};

use super::*;

/// The CSMS takes two seconds to decide about tokens.
fn slow() -> impl FnMut(&str, &Value) -> Answer {
    but(|action, _| {
        (action == "Authorize")
            .then(|| Answer::Late(2, json!({"idTagInfo": {"status": "Accepted"}})))
    })
}

fn started(config: StationConfig, script: impl FnMut(&str, &Value) -> Answer + 'static) -> Bench {
    let mut bench = Bench::new(config, script);
    bench.start();
    bench.calls();
    bench
}

/// A card at a reader for the whole station.
fn present(bench: &mut Bench, token: &str) {
    let token = Token::new(token);
    bench.input(Input::TokenPresented { evse: None, token });
}

/// What was decided last.
fn decision(bench: &Bench) -> (AuthorizationStatus, TokenEffect) {
    let decision = |output: &Output| match output {
        Output::TokenDecided { status, effect, .. } => Some((*status, *effect)),
        _ => None,
    };
    bench.outputs.iter().rev().find_map(decision).unwrap()
}

#[test]
fn the_cable_may_be_faster_than_the_csms() {
    let mut bench = started(config(2), slow());
    present(&mut bench, "TAG1");
    bench.run(1);
    bench.plug(2, 1);
    assert_eq!(connector(&bench, 2), "Preparing");
    bench.run(2);
    assert_eq!(connector(&bench, 2), "Charging");
}

#[test]
fn a_driver_who_may_charge_anywhere_may_not_at_a_connector_out_of_order() {
    let mut bench = booted(config(3));
    present(&mut bench, "TAG1");
    let inoperative = |connector: u32| json!({"connectorId": connector, "type": "Inoperative"});
    let answer = status(&mut bench, "ChangeAvailability", inoperative(1));
    assert_eq!(answer, "Accepted");
    bench.plug(1, 1);
    assert_eq!(connector(&bench, 1), "Unavailable");
    bench.plug(2, 1);
    assert_eq!(connector(&bench, 2), "Charging");
    // Nor anywhere once the whole station is out of order.
    present(&mut bench, "TAG2");
    assert_eq!(decision(&bench).1, TokenEffect::Authorized);
    status(&mut bench, "ChangeAvailability", inoperative(0));
    bench.plug(3, 1);
    assert_eq!(connector(&bench, 3), "Unavailable");
}

#[test]
fn of_two_connectors_at_one_evse_only_one_charges() {
    let mut two = config(1);
    two.evses[0].connectors.push(ConnectorConfig::fixed());
    let mut bench = booted(two);
    bench.present(1, "TAG1");
    // Who was authorized takes the other connector.
    bench.plug(1, 2);
    assert_eq!(
        [connector(&bench, 1), connector(&bench, 2)],
        ["Available", "Charging"]
    );
    bench.plug(1, 1);
    bench.present(1, "TAG2");
    assert_eq!(decision(&bench).0, AuthorizationStatus::ConcurrentTx);
    let start = json!({"idTag": "TAG3", "connectorId": 1});
    assert_eq!(
        status(&mut bench, "RemoteStartTransaction", start),
        "Rejected"
    );
    assert_eq!(connector(&bench, 1), "Preparing");
}

#[test]
fn any_transaction_of_the_group_can_be_stopped_at_a_shared_reader() {
    let groups = |action: &str, payload: &Value| {
        let group = payload["idTag"].as_str()?.get(..1)?.to_string();
        let info = json!({"status": "Accepted", "parentIdTag": group});
        match action {
            "Authorize" => Some(Answer::Respond(json!({"idTagInfo": info}))),
            "StartTransaction" => Some(Answer::Respond(
                json!({"transactionId": payload["connectorId"], "idTagInfo": info}),
            )),
            _ => None,
        }
    };
    let mut bench = started(config(2), but(groups));
    bench.present(1, "A1");
    bench.plug(1, 1);
    bench.present(2, "B1");
    bench.plug(2, 1);
    bench.calls();
    present(&mut bench, "B2");
    assert_eq!(
        decision(&bench),
        (AuthorizationStatus::Accepted, TokenEffect::Stopped)
    );
    let stop = last(&mut bench, "StopTransaction");
    assert_eq!(
        [&stop["transactionId"], &stop["idTag"]],
        [&json!(2), &json!("B2")]
    );
    present(&mut bench, "C1");
    assert_eq!(
        decision(&bench).0,
        AuthorizationStatus::Accepted,
        "connector 2 is free for C1"
    );
}

#[test]
fn an_evse_must_be_chosen_first_where_the_station_says_so() {
    let mut choosy = config(2);
    choosy.features.select_evse_first = true;
    let mut bench = booted(choosy);
    present(&mut bench, "TAG1");
    assert_eq!(decision(&bench).1, TokenEffect::SelectFirst);
    bench.input(Input::EvseSelected { evse: Some(2) });
    present(&mut bench, "TAG1");
    assert_eq!(decision(&bench).1, TokenEffect::Authorized);
    bench.plug(1, 1);
    bench.plug(2, 1);
    assert_eq!(
        [connector(&bench, 1), connector(&bench, 2)],
        ["Preparing", "Charging"]
    );
    // A choice lasts a minute.
    bench.input(Input::EvseSelected { evse: Some(1) });
    bench.run(61);
    present(&mut bench, "TAG2");
    assert_eq!(decision(&bench).1, TokenEffect::SelectFirst);
    bench.present(1, "TAG2");
    assert_eq!(
        connector(&bench, 1),
        "Charging",
        "a reader of its own is a choice"
    );
}

#[test]
fn a_cable_that_stays_locked_is_released_by_its_owner_and_group_only() {
    let at = ConnectorId::new(1, 1);
    let groups = |action: &str, payload: &Value| {
        let group = payload["idTag"].as_str()?.get(..1)?.to_string();
        let info = json!({"status": "Accepted", "parentIdTag": group});
        match action {
            "Authorize" => Some(Answer::Respond(json!({"idTagInfo": info}))),
            "StartTransaction" => Some(Answer::Respond(
                json!({"transactionId": 7, "idTagInfo": info}),
            )),
            _ => None,
        }
    };
    let locked = with(sockets(1), "UnlockConnectorOnEVSideDisconnect", "false");
    let unlocks = |bench: &Bench| {
        bench
            .outputs
            .iter()
            .filter(|o| matches!(o, Output::Unlock(_)))
            .count()
    };
    for restart in [false, true] {
        let mut bench = started(locked.clone(), but(groups));
        // The cache knows the group of the second card.
        bench.present(1, "A2");
        bench.present(1, "A2");
        bench.present(1, "A1");
        bench.plug(1, 1);
        bench.cable(at, CableState::InSocket);
        assert_eq!(connector(&bench, 1), "Finishing");
        if restart {
            bench.power_cycle();
        }
        bench.outputs.clear();
        bench.present(1, "B1");
        assert_eq!(unlocks(&bench), 0, "a stranger");
        bench.present(1, "B1");
        bench.present(1, "A2");
        assert_eq!(unlocks(&bench), 1, "restart: {restart}");
        assert_eq!(
            decision(&bench),
            (AuthorizationStatus::Accepted, TokenEffect::None)
        );
    }
}

#[test]
fn a_token_that_is_too_long_to_be_told_is_nobody() {
    let mut bench = booted(config(1));
    bench.present(1, &"T".repeat(21));
    assert_eq!(decision(&bench).0, AuthorizationStatus::Invalid);
    assert_eq!(count(&mut bench, "Authorize"), 0);
    bench.present(1, &"T".repeat(20));
    assert_eq!(decision(&bench).0, AuthorizationStatus::Accepted);
}

#[test]
fn a_reservation_outlives_a_transaction_that_never_was() {
    let mut bench = booted(config(1));
    let reserve = json!({"connectorId": 1, "expiryDate": bench.utc_in(6_000), "idTag": "TAG1",
        "reservationId": 5});
    assert_eq!(status(&mut bench, "ReserveNow", reserve), "Accepted");
    bench.world(|output| matches!(output, Output::ReadMeter(_)).then(std::vec::Vec::new));
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.power_on(&[]);
    assert_eq!(connector(&bench, 1), "Reserved");
}
