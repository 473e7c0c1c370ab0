//! The CSMS's value of a station and a station, one against the other.

#![cfg(all(feature = "v1_6", feature = "v2_0_1"))]
#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_core::Version;
use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{
    Command, CommandError, Config, Input, Link, Operation, Outcome, Output, RemoteStation,
    TokenInfo, VariableName,
};
use ocpp_core::csms::services::LocalLists;
use ocpp_core::station::StationConfig;
use ocpp_core::testing::station::{Bench, friendly};
use ocpp_core::time::{Instant, Now};
use serde_json::{Value, json};

/// What came of a command that the station has carried out, and the requests that it took.
fn carry_out(
    remote: &mut RemoteStation,
    station: &mut Bench,
    operation: Operation,
) -> (Result<Outcome, CommandError>, Vec<(String, Value)>) {
    let now = Now {
        monotonic: Instant::ORIGIN,
        utc: Some(station.utc()),
    };
    let command = Command::Operation(operation);
    remote.handle(now, Input::Command { id: 1, command });
    let (mut came, mut requests) = (None, Vec::new());
    while let Some(output) = remote.poll_output() {
        match output {
            Output::Transmit(text) => {
                let frame: Value = serde_json::from_str(&text).unwrap();
                let action = frame[2].as_str().unwrap().to_owned();
                let answer = station.call(&action, frame[3].clone()).unwrap();
                let answer = match answer {
                    Ok(response) => json!([3, frame[1], response]),
                    Err(code) => json!([4, frame[1], code, "", {}]),
                };
                requests.push((action, frame[3].clone()));
                remote.handle(now, Input::Received(answer.to_string()));
            }
            Output::CommandEnded { outcome, .. } => came = Some(outcome),
            _ => {}
        }
    }
    (came.unwrap(), requests)
}

fn meet(version: Version, change: fn(&mut StationConfig)) -> (RemoteStation, Bench) {
    let mut config = StationConfig::new(version, "Vendor", "Model", 1);
    change(&mut config);
    let mut station = Bench::new(config, friendly());
    station.start();
    let mut remote = RemoteStation::new("CP1", Config::default(), 42);
    let now = Now {
        monotonic: Instant::ORIGIN,
        utc: Some(station.utc()),
    };
    remote.handle(now, Input::Connected(Link::unsecured(version)));
    while remote.poll_output().is_some() {}
    (remote, station)
}

/// D01: a list that takes several messages arrives, whole and under the version that the CSMS remembers.
#[test]
fn a_local_list_in_several_messages_arrives() {
    for version in [Version::V1_6, Version::V2_0_1] {
        let (mut remote, mut station) = meet(version, |config| config.limits.send_local_list = 3);
        let info = TokenInfo::of(TokenStatus::Accepted);
        let tokens = |count: usize| -> Vec<(IdToken, TokenInfo)> {
            let tokens = (0..count).map(|number| IdToken {
                id_token: format!("TAG{number}"),
                kind: Some("ISO14443".into()),
            });
            tokens.map(|token| (token, info.clone())).collect()
        };
        let mut lists = LocalLists::new();
        for (count, parts) in [(8, 3), (13, 2), (12, 1)] {
            let operation = lists.next("CP1", &tokens(count)).unwrap();
            let (outcome, requests) = carry_out(&mut remote, &mut station, operation.clone());
            assert!(
                matches!(outcome, Ok(Outcome::Accepted { .. })),
                "{version:?} {outcome:?}"
            );
            let sent = requests
                .iter()
                .filter(|(action, _)| action == "SendLocalList");
            assert_eq!(sent.count(), parts, "{version:?}");
            let change = lists.sent("CP1", &operation, &outcome).unwrap();
            lists.apply(&change).unwrap();
            let told = station
                .call("GetLocalListVersion", json!({}))
                .unwrap()
                .unwrap();
            let told = told["listVersion"]
                .as_i64()
                .or(told["versionNumber"].as_i64());
            assert_eq!(told, lists.version("CP1"), "{version:?}");
            assert_eq!(lists.next("CP1", &tokens(count)), None);
        }
    }
}

/// 1.6 section 9.1: no more keys at once than GetConfigurationMaxKeys.
#[test]
fn many_keys_of_1_6_are_read_in_parts() {
    let few = |config: &mut StationConfig| config.limits.get_configuration_keys = 4;
    let (mut remote, mut station) = meet(Version::V1_6, few);
    let mut names: Vec<_> = (0..9)
        .map(|number| VariableName::key(&format!("Unknown{number}")))
        .collect();
    names.push(VariableName::key("HeartbeatInterval"));
    let (outcome, requests) = carry_out(&mut remote, &mut station, Operation::GetVariables(names));
    let Ok(Outcome::Variables(results)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(requests.len(), 4, "the question, and three parts");
    let statuses: Vec<&str> = results.iter().map(|it| it.status.as_str()).collect();
    assert_eq!(statuses[..9], ["NotSupported"; 9]);
    assert_eq!(statuses[9], "Accepted");
    assert!(results[9].value.is_some());
}
