//! DataTransfer (P01).

use ocpp_core::station::{DataTransferAnswer, DataTransferVendor, Input, JobId, Output};
use ocpp_core::testing::station::Bench;
use serde_json::{Value, json};

use super::kit_v2_0_1::*;
use super::last;

fn with_vendor() -> Bench {
    let mut config = config(1);
    config.data_transfer = vec![
        DataTransferVendor {
            vendor_id: "com.example".into(),
            messages: vec!["Greeting".into()],
        },
        DataTransferVendor {
            vendor_id: "org.example".into(),
            messages: Vec::new(),
        },
    ];
    booted_with(config)
}

fn handed(bench: &Bench) -> Option<(JobId, Option<String>)> {
    last(bench, |output| match output {
        Output::DataTransfer { job, data, .. } => Some((*job, data.clone())),
        _ => None,
    })
}

fn answer(bench: &mut Bench, job: JobId, data: Option<&str>) -> Value {
    bench.input(Input::DataTransferAnswered {
        job,
        status: DataTransferAnswer::Accepted,
        data: data.map(Into::into),
    });
    bench.late_answer().unwrap().unwrap()
}

#[test]
fn p01_fr_05_and_06_what_nobody_knows_is_not_handed_on() {
    let mut bench = with_vendor();
    for (request, expected) in [
        (json!({"vendorId": "net.example"}), "UnknownVendorId"),
        (
            json!({"vendorId": "com.example", "messageId": "Farewell"}),
            "UnknownMessageId",
        ),
        (json!({"vendorId": "com.example"}), "UnknownMessageId"),
    ] {
        assert_eq!(status(&mut bench, "DataTransfer", request), expected);
    }
    assert_eq!(handed(&bench), None);
}

#[test]
fn p01_fr_07_data_of_every_kind_reaches_the_application_and_comes_back() {
    let mut bench = with_vendor();
    let cases = [
        (json!("text"), "text", "hello", json!("hello")),
        (
            json!({"a": [1]}),
            r#"{"a":[1]}"#,
            r#"{"b":2}"#,
            json!({"b": 2}),
        ),
        (json!(7), "7", "7", json!("7")),
        (json!([true]), "[true]", "[1, 2]", json!([1, 2])),
        (json!("{"), "{", "{ no json", json!("{ no json")),
    ];
    for (sent, expected, answered, received) in cases {
        let request = json!({"vendorId": "COM.EXAMPLE", "messageId": "greeting", "data": sent});
        assert_eq!(bench.call("DataTransfer", request), None, "it waits");
        let (job, data) = handed(&bench).unwrap();
        assert_eq!(data.as_deref(), Some(expected));
        let answer = answer(&mut bench, job, Some(answered));
        assert_eq!(answer, json!({"status": "Accepted", "data": received}));
    }
    let request = json!({"vendorId": "org.example"});
    assert_eq!(bench.call("DataTransfer", request), None);
    let (job, data) = handed(&bench).unwrap();
    assert_eq!(data, None);
    assert_eq!(answer(&mut bench, job, None), json!({"status": "Accepted"}));
}

#[test]
fn an_application_that_says_nothing_or_too_late_is_not_waited_for() {
    let mut bench = with_vendor();
    let request = json!({"vendorId": "org.example"});
    assert_eq!(bench.call("DataTransfer", request.clone()), None);
    let (job, _) = handed(&bench).unwrap();
    bench.run(31);
    let late = bench.late_answer().unwrap().unwrap();
    assert_eq!(late, json!({"status": "Rejected"}));
    bench.input(Input::DataTransferAnswered {
        job,
        status: DataTransferAnswer::Accepted,
        data: None,
    });
    assert_eq!(bench.late_answer(), None);
    // Nor is an answer of before sent over a new connection.
    assert_eq!(bench.call("DataTransfer", request), None);
    let (job, _) = handed(&bench).unwrap();
    bench.network(false);
    bench.network(true);
    bench.run(60);
    bench.input(Input::DataTransferAnswered {
        job,
        status: DataTransferAnswer::Accepted,
        data: None,
    });
    assert_eq!(bench.late_answer(), None);
}

#[test]
fn a_flood_of_data_leaves_room_for_others() {
    let mut bench = with_vendor();
    let request = json!({"vendorId": "org.example"});
    for _ in 0..4 {
        assert_eq!(bench.call("DataTransfer", request.clone()), None);
    }
    assert_eq!(status(&mut bench, "DataTransfer", request), "Rejected");
    let data = json!({"getVariableData": [
        {"component": {"name": "AuthCtrlr"}, "variable": {"name": "Enabled"}}]});
    assert!(bench.call("GetVariables", data).is_some());
}
