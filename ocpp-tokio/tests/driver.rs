//! The driver of a station with good, slow, silent and failing hardware.

#![cfg(feature = "station")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

#[path = "common/csms.rs"]
mod csms;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use csms::Csms;
use ocpp_core::back_off::BackOffPolicy;
use ocpp_core::station::{
    AuthorizationStatus, CableState, ConnectorConfig, ConnectorId, EvseConfig, EvseId, Fault,
    FaultCode, Limit, Reading, Registration, StationConfig, StationState, Token, UnlockResult,
};
use ocpp_tokio::station::{
    Answer, CallError, DriverConfig, Hardware, Notice, StationDriver, StationHandle, Storage,
    Unanswered,
};
use ocpp_tokio::{Identity, Version};
use serde_json::json;

const AT: ConnectorId = ConnectorId::new(1, 1);

/// How the hardware answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    AtOnce,
    /// From a thread of its own, much later.
    Late,
    Never,
}

/// What happened to the hardware.
#[derive(Debug, Default)]
struct Log {
    contactor: Vec<bool>,
    meters: usize,
    reboots: Vec<bool>,
    notices: Vec<Notice>,
}

#[derive(Debug, Clone)]
struct Charger {
    manner: Manner,
    /// How many restarts fail.
    failing: usize,
    log: Arc<Mutex<Log>>,
}

impl Charger {
    fn new(manner: Manner) -> Self {
        Self {
            manner,
            failing: 0,
            log: Arc::default(),
        }
    }

    fn answer<T: Send + 'static>(&self, answer: Answer<T>, value: T) {
        match self.manner {
            Manner::AtOnce => answer.with(value),
            Manner::Late => {
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_millis(600));
                    answer.with(value);
                });
            }
            // Neither answered nor dropped.
            Manner::Never => std::mem::forget(answer),
        }
    }
}

impl Hardware for Charger {
    fn contactor(&mut self, _at: ConnectorId, closed: bool) {
        self.log.lock().unwrap().contactor.push(closed);
    }

    fn set_limit(&mut self, _at: ConnectorId, _limit: Option<Limit>) {}

    fn read_meter(&mut self, _evse: EvseId, answer: Answer<Reading>) {
        let reading = {
            let mut log = self.log.lock().unwrap();
            log.meters += 1;
            Reading::energy(i64::try_from(1000 + log.meters).unwrap())
        };
        self.answer(answer, reading);
    }

    fn lock(&mut self, _at: ConnectorId, answer: Answer<bool>) {
        self.answer(answer, true);
    }

    fn unlock(&mut self, _at: ConnectorId, answer: Answer<UnlockResult>) {
        self.answer(answer, UnlockResult::Unlocked);
    }

    fn reboot(&mut self, hard: bool, answer: Answer<bool>) {
        let failed = {
            let mut log = self.log.lock().unwrap();
            log.reboots.push(hard);
            log.reboots.len() <= self.failing
        };
        self.answer(answer, !failed);
    }

    fn notice(&mut self, notice: &Notice) {
        self.log.lock().unwrap().notices.push(notice.clone());
    }
}

fn setup(version: Version, url: &str) -> DriverConfig {
    let config = StationConfig::builder(version, "Vendor", "Model")
        .evse(EvseConfig::new(vec![ConnectorConfig::socket()]))
        .with(|config| {
            config.meter_timeout = Duration::from_millis(300);
            config.back_off = BackOffPolicy {
                wait_minimum: 1,
                repeat_times: 0,
                random_range: 0,
            };
        })
        .build()
        .unwrap();
    let mut setup = DriverConfig::new(config, url, Identity::new("CP1").unwrap());
    setup.patience = Duration::from_millis(300);
    setup
}

async fn until(station: &StationHandle, what: &str, wanted: impl Fn(&StationState) -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !wanted(&station.state().await.unwrap()) {
        assert!(Instant::now() < end, "it did not happen that {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn registered(station: &StationHandle) {
    until(station, "it is accepted", |state| {
        state.connected && state.registration == Some(Registration::Accepted)
    })
    .await;
}

async fn charging(station: &StationHandle) {
    station.cable(AT, CableState::InSocket);
    station.cable(AT, CableState::Connected);
    let status = station
        .present_and_wait(Some(1), Token::new("A1"))
        .await
        .unwrap();
    assert_eq!(status, AuthorizationStatus::Accepted);
    until(station, "it charges", |state| {
        state.connectors[0].transaction_id.is_some()
    })
    .await;
}

/// A driver in a task of its own.
fn run(
    setup: DriverConfig,
    charger: &Charger,
    storage: Storage,
) -> (StationHandle, tokio::task::JoinHandle<()>) {
    let mut driver = StationDriver::new(setup, charger.clone(), storage).unwrap();
    let station = driver.handle();
    let task = tokio::spawn(async move { driver.run().await.unwrap() });
    (station, task)
}

#[tokio::test]
async fn one_hardware_charges_in_both_versions() {
    for version in [Version::V1_6, Version::V2_0_1] {
        let csms = Csms::start(version).await;
        let charger = Charger::new(Manner::AtOnce);
        let setup = setup(version, &csms.url);
        let (station, task) = run(setup, &charger, Storage::memory());
        registered(&station).await;
        charging(&station).await;
        assert!(charger.log.lock().unwrap().contactor.ends_with(&[true]));
        let status = station
            .present_and_wait(Some(1), Token::new("A1"))
            .await
            .unwrap();
        assert_eq!(status, AuthorizationStatus::Accepted, "{version}");
        until(&station, "everything is delivered", |state| {
            state.queued == 0 && !state.connectors[0].authorized
        })
        .await;
        assert!(charger.log.lock().unwrap().contactor.ends_with(&[false]));
        let response = station.call("Heartbeat", "{}").await.unwrap();
        assert!(response.contains("currentTime"), "{response}");
        let refused = station.call("Nonsense", "{}").await.unwrap_err();
        assert!(matches!(refused, CallError::Failed(_)), "{refused}");
        station.shutdown().await;
        task.await.unwrap();
    }
}

#[tokio::test]
async fn slow_hardware_does_not_keep_the_station_from_answering() {
    let csms = Csms::start(Version::V1_6).await;
    let charger = Charger::new(Manner::Late);
    let mut setup = setup(Version::V1_6, &csms.url);
    setup.patience = Duration::from_secs(5);
    setup.station.meter_timeout = Duration::from_secs(5);
    let (station, _task) = run(setup, &charger, Storage::memory());
    registered(&station).await;
    // The answer to the order of the start.
    tokio::time::sleep(Duration::from_millis(700)).await;
    let unlocking = csms.call("UnlockConnector", json!({"connectorId": 1}));
    let other = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let begin = Instant::now();
        assert!(!station.state().await.unwrap().connectors.is_empty());
        station.variable("HeartbeatInterval").await.unwrap();
        station.call("Heartbeat", "{}").await.unwrap();
        assert!(begin.elapsed() < Duration::from_millis(400));
    };
    let begin = Instant::now();
    let (unlocked, ()) = tokio::join!(unlocking, other);
    assert_eq!(unlocked["status"], "Unlocked");
    assert!(begin.elapsed() >= Duration::from_millis(600));
    // A lock and a meter that take their time delay the transaction, and nothing else.
    charging(&station).await;
    let start = csms.seen("StartTransaction").await;
    assert!(start["meterStart"].as_u64().unwrap() > 1000, "{start}");
}

#[tokio::test]
async fn hardware_that_never_answers_is_taken_to_have_failed() {
    let csms = Csms::start(Version::V1_6).await;
    let charger = Charger::new(Manner::Never);
    let mut setup = setup(Version::V1_6, &csms.url);
    let defaults = &mut setup.station.defaults;
    defaults.push(("ResetRetries".into(), "1".into()));
    let (station, _task) = run(setup, &charger, Storage::memory());
    registered(&station).await;
    // The lock of the socket does not close: no energy, and the station is alive.
    station.cable(AT, CableState::Connected);
    let status = station
        .present_and_wait(Some(1), Token::new("A1"))
        .await
        .unwrap();
    assert_eq!(status, AuthorizationStatus::Accepted);
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!charger.log.lock().unwrap().contactor.contains(&true));
    station.cable(AT, CableState::Unplugged);
    let unlocked = csms.call("UnlockConnector", json!({"connectorId": 1}));
    assert_eq!(unlocked.await["status"], "UnlockFailed");
    assert_eq!(
        csms.call("Reset", json!({"type": "Hard"})).await["status"],
        "Accepted"
    );
    let failure = csms.seen_with("StatusNotification", |status| {
        status["errorCode"] == "ResetFailure"
    });
    assert_eq!(failure.await["connectorId"], 0);
    assert_eq!(charger.log.lock().unwrap().reboots, [true, true]);
    registered(&station).await;
}

#[tokio::test]
async fn a_restart_that_fails_is_tried_again_as_often_as_reset_retries_says() {
    for (version, key) in [
        (Version::V1_6, "ResetRetries"),
        (Version::V2_0_1, "OCPPCommCtrlr.ResetRetries"),
    ] {
        for (retries, succeeds) in [("2", true), ("1", false)] {
            let csms = Csms::start(version).await;
            let mut charger = Charger::new(Manner::AtOnce);
            charger.failing = 2;
            let (station, _task) = run(setup(version, &csms.url), &charger, Storage::memory());
            registered(&station).await;
            station.set_variable(key, retries).await.unwrap().unwrap();
            let kind = if version == Version::V1_6 {
                "Soft"
            } else {
                "Immediate"
            };
            let answer = csms.call("Reset", json!({"type": kind})).await;
            assert_eq!(answer["status"], "Accepted", "{version}");
            // Whether it worked or not, the station begins anew.
            csms.seen("BootNotification").await;
            csms.seen("BootNotification").await;
            registered(&station).await;
            let log = charger.log.lock().unwrap();
            let expected = if succeeds { 3 } else { 2 };
            assert_eq!(log.reboots.len(), expected, "{version}, {retries}");
            let failed = log.notices.iter().filter(|n| **n == Notice::RebootFailed);
            assert_eq!(failed.count(), 2);
        }
    }
}

#[tokio::test]
async fn the_station_goes_on_without_its_handle_and_knows_the_hardware_after_a_restart() {
    let csms = Csms::start(Version::V1_6).await;
    let charger = Charger::new(Manner::AtOnce);
    let mut driver = StationDriver::new(
        setup(Version::V1_6, &csms.url),
        charger.clone(),
        Storage::memory(),
    )
    .unwrap();
    let station = driver.handle();
    // Told before it runs: part of what it begins with.
    station.cable(AT, CableState::Connected);
    let mut fault = Fault::new(FaultCode::HighTemperature);
    fault.warning = true;
    station.fault(None, Some(fault));
    drop(station);
    let task = tokio::spawn(async move { driver.run().await });
    for _ in 0..2 {
        csms.seen("BootNotification").await;
        csms.seen_with("StatusNotification", |status| {
            status["connectorId"] == 0 && status["errorCode"] == "HighTemperature"
        })
        .await;
        csms.seen_with("StatusNotification", |status| {
            status["connectorId"] == 1 && status["status"] == "Preparing"
        })
        .await;
        csms.call("Reset", json!({"type": "Soft"})).await;
    }
    assert!(!task.is_finished());
}

#[tokio::test]
async fn after_a_power_cut_the_records_tell_what_was_going_on() {
    let folder = std::env::temp_dir().join(format!("ocpp-driver-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let csms = Csms::start(Version::V1_6).await;
    let charger = Charger::new(Manner::AtOnce);
    let storage = Storage::open(&folder).unwrap();
    let (station, task) = run(setup(Version::V1_6, &csms.url), &charger, storage);
    registered(&station).await;
    charging(&station).await;
    csms.seen("StartTransaction").await;
    // To drop the future is to cut the power.
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(station.state().await, Err(Unanswered::Ended));
    let storage = Storage::open(&folder).unwrap();
    let (station, task) = run(setup(Version::V1_6, &csms.url), &charger, storage);
    let stop = csms.seen("StopTransaction").await;
    assert_eq!(
        (&stop["transactionId"], &stop["reason"]),
        (&json!(1), &json!("PowerLoss"))
    );
    until(&station, "it is delivered", |state| state.queued == 0).await;
    station.shutdown().await;
    task.await.unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_shutdown_ends_everything_in_order() {
    let csms = Csms::start(Version::V1_6).await;
    let charger = Charger::new(Manner::AtOnce);
    let (station, task) = run(setup(Version::V1_6, &csms.url), &charger, Storage::memory());
    registered(&station).await;
    let (first, second) = (station.clone(), station.clone());
    tokio::join!(first.shutdown(), second.shutdown());
    task.await.unwrap();
    assert_eq!(csms.closed().await, "closed by the peer (1000)");
    // Nobody answers, and nothing panics.
    station.cable(AT, CableState::Connected);
    station.shutdown().await;
    assert_eq!(station.state().await, Err(Unanswered::Ended));
    let token = station.present_and_wait(None, Token::new("A1")).await;
    assert_eq!(token, Err(Unanswered::Ended));
    let call = station.call("Heartbeat", "{}").await;
    assert!(matches!(
        call,
        Err(CallError::Unanswered(Unanswered::Ended))
    ));
}

#[tokio::test]
async fn a_shutdown_needs_no_csms_and_late_answers_do_no_harm() {
    // Nobody listens there.
    let charger = Charger::new(Manner::Late);
    let setup = setup(Version::V2_0_1, "ws://127.0.0.1:9");
    let (station, task) = run(setup, &charger, Storage::memory());
    station.cable(AT, CableState::Connected);
    let waiting = tokio::spawn({
        let station = station.clone();
        async move { station.present_and_wait(Some(1), Token::new("A1")).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let begin = Instant::now();
    station.shutdown().await;
    task.await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(5));
    // Decided offline, or not at all.
    let _ = waiting.await.unwrap();
    // The answers of the hardware come now.
    tokio::time::sleep(Duration::from_millis(800)).await;
}

#[test]
fn a_runtime_that_ends_takes_the_station_with_it() {
    let charger = Charger::new(Manner::Late);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let station = runtime.block_on(async {
        let csms = Csms::start(Version::V1_6).await;
        let setup = setup(Version::V1_6, &csms.url);
        let (station, _task) = run(setup, &charger, Storage::memory());
        registered(&station).await;
        station.cable(AT, CableState::Connected);
        station
    });
    drop(runtime);
    station.cable(AT, CableState::Unplugged);
    std::thread::sleep(Duration::from_millis(700));
}
