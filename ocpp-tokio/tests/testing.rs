//! The mocks that others test with: what they are scripted to do happens, and what they expect is what was said.
#![cfg(feature = "testing")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

use ocpp_core::csms::Registration;
use ocpp_core::csms::remote::Operation;
use ocpp_core::station::{AuthorizationStatus, Fault, FaultCode};
use ocpp_tokio::csms::CsmsConfig;
use ocpp_tokio::testing::{MockCsms, MockError, MockStation, Reply};
use ocpp_tokio::{
    ConnectError, ConnectOptions, CsmsSecurity, Identity, Password, StationSecurity, Version,
    connect,
};
use serde_json::json;

const VERSIONS: [Version; 2] = [Version::V1_6, Version::V2_0_1];

#[tokio::test]
async fn a_session_goes_by_in_both_versions() {
    let csms = MockCsms::start().await.unwrap();
    for version in VERSIONS {
        let station = MockStation::connect(csms.url(), version).await.unwrap();
        assert!(station.boot().await.unwrap().is_accepted());
        station.plug(1);
        let status = station.present(1, "04A2B3C4").await.unwrap();
        assert_eq!(status, AuthorizationStatus::Accepted);
        station.charging(1).await.unwrap();
        station.deliver(1, 4_200);
        let begun = csms
            .csms()
            .transactions(0, 10, |of, it| of == station.identity() && it.is_open());
        let begun = begun.await.unwrap().transactions;
        let number = begun[0].transaction.reference;
        let handle = csms.csms().station(station.identity()).unwrap();
        handle.operate(Operation::Stop(number)).await.unwrap();
        station.stopped(1).await.unwrap();
        station.unplug(1);
        station.delivered().await.unwrap();
        let ended = csms.csms().transaction(number).await.unwrap().unwrap();
        assert_eq!(
            ended.transaction.bill().energy_wh.unwrap().to_string(),
            "4200"
        );
        let asked = match version {
            Version::V1_6 => "RemoteStopTransaction",
            _ => "RequestStopTransaction",
        };
        station.expect(asked).await.unwrap();
    }
}

#[tokio::test]
async fn answers_are_as_the_script_says() {
    let csms = MockCsms::start().await.unwrap();
    let station = MockStation::connect(csms.url(), Version::V1_6)
        .await
        .unwrap();
    station.boot().await.unwrap();
    let heartbeat = || station.call("Heartbeat", json!({}));
    let time = json!({"currentTime": "2030-01-01T00:00:00.000Z"});
    csms.once("Heartbeat", Reply::error("InternalError", "not today"));
    csms.always("Heartbeat", Reply::Payload(time.clone()));
    let refused = heartbeat().await.unwrap_err().to_string();
    assert!(refused.contains("InternalError"), "{refused}");
    assert_eq!(heartbeat().await.unwrap(), time);
    assert_eq!(heartbeat().await.unwrap(), time);
    csms.forget("Heartbeat");
    assert_ne!(heartbeat().await.unwrap(), time);

    // One card is not accepted, whatever the CSMS thinks.
    csms.answer_with("Authorize", |call| {
        let is_it = call.payload()?["idTag"] == "STOLEN";
        is_it.then(|| Reply::Payload(json!({"idTagInfo": {"status": "Blocked"}})))
    });
    assert_eq!(
        station.present(1, "STOLEN").await.unwrap(),
        AuthorizationStatus::Blocked
    );
    assert_eq!(
        station.present(1, "MINE").await.unwrap(),
        AuthorizationStatus::Accepted
    );
    let asked = csms.expect("Authorize").await.unwrap();
    assert_eq!(asked, json!({"idTag": "STOLEN"}));
    assert_eq!(
        csms.expect("Authorize").await.unwrap(),
        json!({"idTag": "MINE"})
    );
}

#[tokio::test]
async fn calls_are_sent_as_they_are() {
    let csms = MockCsms::start().await.unwrap();
    let station = MockStation::connect(csms.url(), Version::V2_0_1)
        .await
        .unwrap();
    let call = |action: &'static str, payload| csms.call(station.identity(), action, payload);
    assert!(matches!(
        call("Reset", json!({})).await,
        Err(MockError::NotConnected(_))
    ));
    station.boot().await.unwrap();
    // What no CSMS of this library would send.
    let wrong = call("Reset", json!({"type": "Sometimes"}))
        .await
        .unwrap_err();
    assert!(
        matches!(&wrong, MockError::CallError { code, .. } if code.contains("Violation")),
        "{wrong}"
    );
    let unknown = call("Dance", json!({})).await.unwrap_err();
    assert!(
        matches!(&unknown, MockError::CallError { code, .. } if code == "NotImplemented"),
        "{unknown}"
    );
    assert_eq!(station.expect("Dance").await.unwrap(), json!({}));
    // A text that is nothing does not end it.
    csms.send(station.identity(), "what?").unwrap();
    call("GetLocalListVersion", json!({})).await.unwrap();
}

#[tokio::test]
async fn a_station_that_is_refused_is_not_there_until_it_is_accepted() {
    let csms = MockCsms::start().await.unwrap();
    csms.decide_boot("CP-1", Registration::Rejected, Some(1))
        .await
        .unwrap();
    let config = MockStation::config(csms.url(), Version::V1_6, "CP-1").unwrap();
    let station = MockStation::run(config).await.unwrap();
    assert!(!station.boot().await.unwrap().is_accepted());
    csms.decide_boot("CP-1", Registration::Accepted, None)
        .await
        .unwrap();
    let accepted = |state: &ocpp_core::station::StationState| {
        state.registration == Some(ocpp_core::station::Registration::Accepted)
    };
    station.until("accepted", accepted).await.unwrap();
}

#[tokio::test]
async fn what_happened_offline_is_told_afterwards() {
    let csms = MockCsms::start().await.unwrap();
    for (number, version) in VERSIONS.into_iter().enumerate() {
        let station = MockStation::connect(csms.url(), version).await.unwrap();
        station.boot().await.unwrap();
        station.plug(2);
        station.present(2, &format!("CARD-{number}")).await.unwrap();
        station.charging(2).await.unwrap();
        station.delivered().await.unwrap();
        csms.set_offline(true);
        station
            .until("offline", |state| !state.connected)
            .await
            .unwrap();
        station.deliver(2, 7);
        station.unplug(2);
        station.stopped(2).await.unwrap();
        let queued = station.state().await.unwrap().queued;
        assert!(queued > 0);
        csms.set_offline(false);
        station.delivered().await.unwrap();
        let all = csms
            .csms()
            .transactions(0, 10, |of, _| of == station.identity());
        let all = all.await.unwrap().transactions;
        assert_eq!(all.len(), 1);
        assert_eq!(
            all[0].transaction.bill().energy_wh.unwrap().to_string(),
            "7"
        );
    }
}

#[tokio::test]
async fn silence_is_endured_and_a_cut_connection_comes_back() {
    let csms = MockCsms::start().await.unwrap();
    let station = MockStation::connect(csms.url(), Version::V2_0_1)
        .await
        .unwrap();
    station.boot().await.unwrap();
    let fault = Fault::new(FaultCode::GroundFailure);
    csms.once("StatusNotification", Reply::Silence);
    let faulted = |call: &serde_json::Value| call["connectorStatus"] == "Faulted";
    csms.expect("BootNotification").await.unwrap();
    station.fault(1, Some(fault));
    csms.expect_with("StatusNotification", faulted)
        .await
        .unwrap();
    assert!(csms.cut(station.identity()));
    // It connects again and tells its state.
    csms.expect_with("StatusNotification", faulted)
        .await
        .unwrap();
    assert!(!csms.cut("NOBODY"));
}

#[tokio::test]
async fn passwords_count_if_the_test_wants_them() {
    let mut config = CsmsConfig::default();
    config.known_only = true;
    let csms = MockCsms::start_with(config, CsmsSecurity::Basic)
        .await
        .unwrap();
    let handle = csms.csms().put_station("CP-1").await.unwrap();
    let password = ocpp_core::csms::remote::Command::Password(Some("0123456789ABCDEF".into()));
    handle.command(password).await.unwrap();
    let config = || MockStation::config(csms.url(), Version::V2_0_1, "CP-1").unwrap();
    let mut right = config();
    right.provision = right.provision.with_password("0123456789ABCDEF");
    let station = MockStation::run(right).await.unwrap();
    assert!(station.boot().await.unwrap().is_accepted());
    drop(station);
    let wrong = StationSecurity::Basic(Password::text("FEDCBA9876543210").unwrap());
    let identity = Identity::new("CP-1").unwrap();
    let options = ConnectOptions::new(csms.url(), identity, &[Version::V2_0_1]);
    let refused = connect(&options.with_security(wrong)).await;
    assert!(
        matches!(refused, Err(ConnectError::Unauthorized)),
        "{refused:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_does_not_come_is_told_with_what_came_instead() {
    let csms = MockCsms::start().await.unwrap();
    let error = csms.expect("Authorize").await.unwrap_err().to_string();
    assert_eq!(error, "Authorize did not come; what came since: nothing");
}
