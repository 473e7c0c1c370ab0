//! What a 2.0.1 station does at the command of the CSMS beside charging: logs, firmware, customer information, data of
//! vendors. Test names contain the requirements that they follow.

#![cfg(feature = "v2_0_1")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

#[path = "../kit_v2_0_1/mod.rs"]
mod kit_v2_0_1;

mod customer;
mod data_transfer;
mod firmware;
mod logs;

use ocpp_core::station::{Input, JobEvent, JobId, Output};
use ocpp_core::testing::station::{Bench, Call};
use serde_json::Value;

/// The requests of an action since the last time, everything else dropped.
fn told(bench: &mut Bench, action: &str) -> Vec<Value> {
    let calls = bench.all_calls().into_iter();
    let told = calls.filter(|call: &Call| call.action == action);
    told.map(|call| call.payload).collect()
}

/// Status and request id of each.
fn statuses(told: &[Value]) -> Vec<(String, Option<i64>)> {
    let one = |payload: &Value| {
        let status = payload["status"].as_str().unwrap_or_default().to_owned();
        (status, payload["requestId"].as_i64())
    };
    told.iter().map(one).collect()
}

/// The same where all are of one request.
fn of_request(told: &[Value], request: i64) -> Vec<String> {
    let one = |(status, of): (String, Option<i64>)| {
        assert_eq!(of, Some(request), "{status}");
        status
    };
    statuses(told).into_iter().map(one).collect()
}

/// The last output of a kind.
fn last<T>(bench: &Bench, pick: impl Fn(&Output) -> Option<T>) -> Option<T> {
    bench.outputs.iter().rev().find_map(pick)
}

fn count(bench: &Bench, is: impl Fn(&Output) -> bool) -> usize {
    bench.outputs.iter().filter(|output| is(output)).count()
}

fn news(bench: &mut Bench, job: JobId, event: JobEvent) {
    bench.input(Input::Job { job, event });
}
