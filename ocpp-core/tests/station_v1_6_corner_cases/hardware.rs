//! Locks and meters that take their time or do not answer, power that comes back (1.6 sections 4.9, 9.1.6).

use ocpp_core::station::{
    CableState, ConnectorId, Fault, FaultCode, Input, Output, Reading, UnlockResult,
};

use super::*;

const AT: ConnectorId = ConnectorId::new(1, 1);

/// A bench whose lock answers when it is told to.
fn with_slow_lock() -> Bench {
    let mut bench = booted(with(sockets(1), "ConnectionTimeOut", "60"));
    bench.world(|output| {
        matches!(output, Output::Lock(_) | Output::Unlock(_)).then(std::vec::Vec::new)
    });
    bench
}

fn orders(bench: &mut Bench) -> Vec<&'static str> {
    let order = |output: &Output| match output {
        Output::Lock(_) => Some("lock"),
        Output::Unlock(_) => Some("unlock"),
        _ => None,
    };
    let orders = bench.outputs.iter().filter_map(order).collect();
    bench.outputs.clear();
    orders
}

#[test]
fn an_authorization_ends_when_the_cable_goes_while_the_lock_closes() {
    for gone in [CableState::Unplugged, CableState::InSocket] {
        let mut bench = with_slow_lock();
        bench.outputs.clear();
        bench.present(1, "TAG1");
        bench.plug(1, 1);
        assert_eq!(orders(&mut bench), ["lock"]);
        bench.run(100);
        assert_eq!(connector(&bench, 1), "Preparing", "the lock is awaited");
        bench.cable(AT, gone);
        bench.input(Input::Locked {
            at: AT,
            success: true,
        });
        bench.run(59);
        assert!(bench.station.state().connectors[0].authorized);
        bench.run(2);
        assert!(!bench.station.state().connectors[0].authorized, "{gone:?}");
        let orders = orders(&mut bench);
        assert!(
            !orders.is_empty() && orders.iter().all(|order| *order == "unlock"),
            "nobody is locked in, or out; it is ordered again where the lock tells afterwards that it has closed: {gone:?} {orders:?}"
        );
        bench.input(Input::Unlocked {
            at: AT,
            result: UnlockResult::Unlocked,
        });
        bench.cable(AT, CableState::Unplugged);
        bench.plug(1, 1);
        assert_eq!(
            connector(&bench, 1),
            "Preparing",
            "the next one does not charge for free"
        );
        bench.run(1);
        assert!(!bench.station.state().connectors[0].authorized);
    }
}

#[test]
fn a_lock_that_opens_late_does_not_open_for_the_next_transaction() {
    let mut bench = with_slow_lock();
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.input(Input::Locked {
        at: AT,
        success: true,
    });
    assert_eq!(connector(&bench, 1), "Charging");
    bench.present(1, "TAG1");
    // The same driver starts again before the lock has opened.
    bench.present(1, "TAG1");
    bench.input(Input::Unlocked {
        at: AT,
        result: UnlockResult::Unlocked,
    });
    bench.input(Input::Locked {
        at: AT,
        success: true,
    });
    assert_eq!(connector(&bench, 1), "Charging");
}

#[test]
fn no_energy_before_the_meter_was_read() {
    let mut bench = booted(config(1));
    bench.world(|output| matches!(output, Output::ReadMeter(_)).then(std::vec::Vec::new));
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(60);
    assert_eq!(connector(&bench, 1), "Preparing");
    assert_eq!(count(&mut bench, "StartTransaction"), 0);
    assert!(
        !bench
            .outputs
            .iter()
            .any(|o| matches!(o, Output::Contactor { closed: true, .. }))
    );
    bench.input(Input::Meter {
        evse: 1,
        reading: Reading::energy(5_000_000),
    });
    assert_eq!(
        last(&mut bench, "StartTransaction")["meterStart"],
        5_000_000
    );
    assert_eq!(connector(&bench, 1), "Charging");
}

#[test]
fn a_transaction_whose_meter_was_never_read_leaves_no_trace() {
    let mut bench = booted(config(1));
    bench.world(|output| matches!(output, Output::ReadMeter(_)).then(std::vec::Vec::new));
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(20);
    bench.unplug(1, 1);
    bench.run(20);
    assert_eq!(connector(&bench, 1), "Available");
    assert_eq!(
        count(&mut bench, "StartTransaction") + count(&mut bench, "StopTransaction"),
        0
    );
    assert!(
        !bench
            .stored
            .keys()
            .any(|key| key.starts_with("transaction/"))
    );
}

#[test]
fn power_that_comes_back_before_it_was_gone_lets_charging_begin_again() {
    let mut bench = charging(config(1));
    bench.input(Input::PowerFailing {
        time_to_report: true,
    });
    assert_eq!(last(&mut bench, "StopTransaction")["reason"], "PowerLoss");
    bench.present(1, "TAG1");
    assert_ne!(connector(&bench, 1), "Charging");
    bench.input(Input::PowerRestored);
    bench.present(1, "TAG1");
    assert_eq!(connector(&bench, 1), "Charging");
}

#[test]
fn an_error_in_the_communication_with_the_car_is_a_warning() {
    let mut bench = charging(config(1));
    let fault = Fault::new(FaultCode::EvCommunicationError);
    bench.input(Input::Fault {
        at: Some(AT),
        fault: Some(fault),
    });
    let told = last(&mut bench, "StatusNotification");
    assert_eq!(
        [&told["errorCode"], &told["status"]],
        [&json!("EVCommunicationError"), &json!("Charging")]
    );
}

#[test]
fn after_the_end_nothing_is_said_about_a_transaction() {
    let aligned = with(config(1), "ClockAlignedDataInterval", "10");
    let mut bench = charging(aligned);
    bench.world(|output| matches!(output, Output::ReadMeter(_)).then(std::vec::Vec::new));
    bench.run(9);
    bench.calls();
    bench.present(1, "TAG1");
    bench.run(3);
    bench.input(Input::Meter {
        evse: 1,
        reading: Reading::energy(2_000),
    });
    let actions: Vec<_> = bench.calls().into_iter().map(|call| call.action).collect();
    let stop = actions
        .iter()
        .position(|action| action == "StopTransaction")
        .unwrap();
    assert!(
        !actions[stop..].contains(&"MeterValues".to_string()),
        "{actions:?}"
    );
    bench.run(60);
    assert!(
        !bench
            .stored
            .keys()
            .any(|key| key.starts_with("transaction-data/"))
    );
}

#[test]
fn values_that_the_csms_asks_for_survive_a_power_cut() {
    let mut bench = charging(config(1));
    for _ in 0..3 {
        bench.run(30);
        let trigger = json!({"requestedMessage": "MeterValues", "connectorId": 1});
        assert_eq!(status(&mut bench, "TriggerMessage", trigger), "Accepted");
    }
    let told = last(&mut bench, "MeterValues");
    let told: i64 = told["meterValue"][0]["sampledValue"][0]["value"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(told > 1_000);
    bench.power_cycle();
    bench.run(1);
    assert!(
        last(&mut bench, "StopTransaction")["meterStop"]
            .as_i64()
            .unwrap()
            >= told
    );
}

#[test]
fn after_a_start_the_hardware_is_made_safe() {
    let mut bench = Bench::new(config(1), friendly_v1_6());
    bench.start();
    assert!(bench.outputs.contains(&Output::Contactor {
        at: AT,
        closed: false
    }));
    assert!(bench.outputs.contains(&Output::SetLimit {
        at: AT,
        limit: None
    }));
}

#[test]
fn an_unlock_finishes_the_transaction_first() {
    let mut bench = with_slow_lock();
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.input(Input::Locked {
        at: AT,
        success: true,
    });
    bench.outputs.clear();
    bench.call("UnlockConnector", json!({"connectorId": 1}));
    let open = Output::Contactor {
        at: AT,
        closed: false,
    };
    let place = |wanted: &Output| bench.outputs.iter().position(|o| o == wanted);
    assert!(
        place(&open) < place(&Output::Unlock(AT)),
        "never under load"
    );
    assert_eq!(
        last(&mut bench, "StopTransaction")["reason"],
        "UnlockCommand"
    );
}
