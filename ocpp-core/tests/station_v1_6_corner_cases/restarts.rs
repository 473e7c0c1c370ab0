//! What a restart finds when the world did not stand still (1.6 sections 4.9, 4.10).

use ocpp_core::station::{CableState, ConnectorId, Input, JobEvent, Output};

use super::*;

fn resuming(mut config: StationConfig) -> StationConfig {
    config.features.resume_transactions = true;
    config
}

#[test]
fn a_car_that_left_in_the_dark_does_not_pay_for_the_next_one() {
    let mut bench = charging(resuming(config(1)));
    bench.run(100);
    bench.power_on(&[]);
    bench.run(1);
    let stop = last(&mut bench, "StopTransaction");
    assert_eq!(
        [&stop["reason"], &stop["transactionId"]],
        [&json!("EVDisconnected"), &json!(1001)]
    );
    assert_eq!(connector(&bench, 1), "Available");
    bench.plug(1, 1);
    assert_eq!(connector(&bench, 1), "Preparing");
}

#[test]
fn a_transaction_that_goes_on_holds_its_cable_again() {
    let mut bench = charging(resuming(sockets(1)));
    bench.outputs.clear();
    bench.power_cycle();
    let at = ConnectorId::new(1, 1);
    let lock = bench
        .outputs
        .iter()
        .position(|o| *o == Output::Lock(at))
        .unwrap();
    let closed = Output::Contactor { at, closed: true };
    let closed = bench.outputs.iter().position(|o| *o == closed).unwrap();
    assert!(
        lock < closed,
        "no energy through a cable that can be pulled"
    );
    assert_eq!(connector(&bench, 1), "Charging");
}

#[test]
fn finishing_is_for_cables_that_are_still_there() {
    let mut bench = charging(config(1));
    bench.power_on(&[]);
    assert_eq!(connector(&bench, 1), "Available");
    bench.plug(1, 1);
    assert_eq!(connector(&bench, 1), "Preparing");
    let mut bench = charging(config(1));
    let at = ConnectorId::new(1, 1);
    bench.power_on(&[(at, CableState::Connected)]);
    assert_eq!(connector(&bench, 1), "Finishing");
}

/// For every output of what `deed` does: cuts the power there, lets the station finish, and gives the calls and records.
fn at_every_output(
    prepare: impl Fn() -> Bench,
    deed: impl Fn(&mut Bench),
    judge: impl Fn(usize, &mut Bench),
) -> usize {
    for outputs in 0.. {
        let mut bench = prepare();
        bench.cut_power_after(outputs);
        deed(&mut bench);
        if !bench.power_was_cut() {
            return outputs;
        }
        bench.power_cycle();
        bench.run(600);
        judge(outputs, &mut bench);
    }
    0
}

#[test]
fn the_last_word_about_a_log_survives_a_power_cut_anywhere() {
    let log = json!({"logType": "SecurityLog", "requestId": 7, "log": {"remoteLocation": "http://files/"}});
    let cuts = at_every_output(
        || {
            let mut bench = booted(config(1));
            bench.all_calls();
            bench
        },
        |bench| {
            bench.call("GetLog", log.clone());
            bench.run(1);
        },
        |outputs, bench| {
            let calls = bench.all_calls();
            let mut of_log = calls
                .iter()
                .filter(|call| call.action == "LogStatusNotification");
            let last = of_log
                .next_back()
                .map(|call| call.payload["status"].clone());
            let promised = outputs > 0;
            assert!(
                last == Some(json!("Uploaded")) || !promised && last.is_none(),
                "after {outputs}: {last:?}"
            );
        },
    );
    assert!(cuts >= 8, "only {cuts} places to cut");
}

#[test]
fn a_log_whose_upload_is_replaced_by_diagnostics_is_said_to_have_failed() {
    let mut bench = booted(config(1));
    bench.world(|output| matches!(output, Output::Upload { .. }).then(std::vec::Vec::new));
    let log = json!({"logType": "SecurityLog", "requestId": 7, "log": {"remoteLocation": "http://files/"}});
    bench.call("GetLog", log);
    bench.run(1);
    bench.all_calls();
    bench.call("GetDiagnostics", json!({"location": "http://files/"}));
    bench.run(1);
    let told = last(&mut bench, "LogStatusNotification");
    assert_eq!(
        [&told["status"], &told["requestId"]],
        [&json!("UploadFailure"), &json!(7)]
    );
}

#[test]
fn no_reset_while_firmware_is_being_written() {
    let mut plain = config(1);
    plain.features.unsigned_firmware = true;
    let mut bench = booted(plain);
    bench.world(|output| match output {
        Output::Install { job } => Some(vec![Input::Job {
            job: *job,
            event: JobEvent::Started,
        }]),
        _ => None,
    });
    let update = json!({"location": "http://files/firmware", "retrieveDate": bench.utc_in(0)});
    bench.call("UpdateFirmware", update);
    bench.run(5);
    assert_eq!(
        last(&mut bench, "FirmwareStatusNotification")["status"],
        "Installing"
    );
    assert_eq!(
        status(&mut bench, "Reset", json!({"type": "Hard"})),
        "Rejected"
    );
}

#[test]
fn an_interruption_has_a_beginning_and_an_end_among_the_meter_values() {
    let mut sampled = resuming(StationConfig::new(Version::V1_6, "Vendor", "Model", 1));
    let key = "MeterValueSampleInterval".to_string();
    sampled.defaults.push((key, "10".into()));
    let mut bench = charging(sampled);
    bench.run(25);
    bench.calls();
    bench.power_cycle();
    bench.run(25);
    let contexts: Vec<_> = bench
        .calls()
        .into_iter()
        .filter(|call| call.action == "MeterValues")
        .map(|call| {
            let sampled = &call.payload["meterValue"][0]["sampledValue"][0];
            let context = sampled.get("context").cloned();
            context.unwrap_or_else(|| json!("Sample.Periodic"))
        })
        .collect();
    assert_eq!(
        contexts,
        ["Interruption.Begin", "Interruption.End", "Sample.Periodic"]
    );
}
