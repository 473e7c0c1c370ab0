//! The station driver with a CSMS that speaks another version of OCPP than before.

#![cfg(feature = "station")]
#![allow(clippy::expect_used, clippy::unwrap_used)] // helpers of tests, too

#[path = "common/csms.rs"]
mod csms;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use csms::Csms;
use ocpp_core::back_off::BackOffPolicy;
use ocpp_core::station::{
    AuthorizationStatus, CableState, ConnectorId, EvseId, Limit, Reading, StationConfig,
    StationState, Token,
};
use ocpp_tokio::station::{
    Answer, DriverConfig, Hardware, Notice, StationDriver, StationHandle, Storage,
};
use ocpp_tokio::{Identity, Version};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const AT: ConnectorId = ConnectorId::new(1, 1);

/// A meter that counts how often it is read, and what there was to notice.
#[derive(Debug, Clone, Default)]
struct Charger(Arc<Mutex<(i64, Vec<Notice>)>>);

impl Hardware for Charger {
    fn contactor(&mut self, _at: ConnectorId, _closed: bool) {}

    fn set_limit(&mut self, _at: ConnectorId, _limit: Option<Limit>) {}

    fn read_meter(&mut self, _evse: EvseId, answer: Answer<Reading>) {
        let mut this = self.0.lock().unwrap();
        this.0 += 1;
        answer.with(Reading::energy(1_000 + this.0));
    }

    fn notice(&mut self, notice: &Notice) {
        self.0.lock().unwrap().1.push(notice.clone());
    }
}

/// The address of a back end behind which its operator changes the program.
struct BackEnd {
    url: String,
    program: watch::Sender<SocketAddr>,
}

fn address(csms: &Csms) -> SocketAddr {
    let rest = csms.url.strip_prefix("ws://").unwrap();
    rest.split('/').next().unwrap().parse().unwrap()
}

impl BackEnd {
    async fn start(csms: &Csms) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/ocpp", listener.local_addr().unwrap());
        let (program, current) = watch::channel(address(csms));
        tokio::spawn(async move {
            while let Ok((mut station, _)) = listener.accept().await {
                let mut current = current.clone();
                tokio::spawn(async move {
                    let to = *current.borrow_and_update();
                    let Ok(mut csms) = TcpStream::connect(to).await else {
                        return;
                    };
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut station, &mut csms) => {}
                        // All connections end.
                        _ = current.changed() => {}
                    }
                });
            }
        });
        Self { url, program }
    }

    fn becomes(&self, csms: &Csms) {
        self.program.send(address(csms)).unwrap();
    }
}

fn config(versions: &[Version]) -> StationConfig {
    let mut config = StationConfig::new(versions[0], "Vendor", "Model", 1);
    config.versions = versions.to_vec();
    config.back_off = BackOffPolicy {
        wait_minimum: 1,
        repeat_times: 0,
        random_range: 0,
    };
    for (key, value) in [
        ("OCPPCommCtrlr.RetryBackOffWaitMinimum", "1"),
        ("OCPPCommCtrlr.RetryBackOffRepeatTimes", "0"),
        ("OCPPCommCtrlr.RetryBackOffRandomRange", "0"),
        ("OCPPCommCtrlr.NetworkProfileConnectionAttempts", "1"),
    ] {
        config.defaults.push((key.into(), value.into()));
    }
    config
}

fn run(
    config: StationConfig,
    url: &str,
    charger: &Charger,
) -> (StationHandle, tokio::task::JoinHandle<()>) {
    let setup = DriverConfig::new(config, url, Identity::new("CP-1").unwrap());
    let mut driver = StationDriver::new(setup, charger.clone(), Storage::memory()).unwrap();
    let station = driver.handle();
    let task = tokio::spawn(async move { driver.run().await.unwrap() });
    (station, task)
}

async fn until(
    station: &StationHandle,
    what: &str,
    wanted: impl Fn(&StationState) -> bool,
) -> StationState {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let state = station.state().await.unwrap();
        if wanted(&state) {
            return state;
        }
        assert!(
            Instant::now() < end,
            "it did not happen that {what}: {state:?}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_charging_station_follows_its_csms_from_one_version_to_the_other_and_back() {
    let v1_6 = Csms::start(Version::V1_6).await;
    let v2_0_1 = Csms::start(Version::V2_0_1).await;
    let back_end = BackEnd::start(&v1_6).await;
    let charger = Charger::default();
    let config = config(&[Version::V2_0_1, Version::V1_6]);
    let (station, task) = run(config, &back_end.url, &charger);
    let boot = v1_6.seen("BootNotification").await;
    assert_eq!(boot["chargePointVendor"], "Vendor");
    // Seen there does not mean that the answer is here.
    until(&station, "it is registered", |state| {
        state.registration.is_some()
    })
    .await;
    station.cable(AT, CableState::Connected);
    let decided = station.present_and_wait(Some(1), Token::new("A1")).await;
    assert_eq!(decided.unwrap(), AuthorizationStatus::Accepted);
    v1_6.seen("StartTransaction").await;
    until(&station, "the transaction is known", |state| {
        state.connectors[0].transaction_id.is_some()
    })
    .await;

    back_end.becomes(&v2_0_1);
    let boot = v2_0_1.seen("BootNotification").await;
    assert_eq!(boot["chargingStation"]["vendorName"], "Vendor");
    let is = |kind: &'static str| move |event: &serde_json::Value| event["eventType"] == kind;
    let started = v2_0_1.seen_with("TransactionEvent", is("Started")).await;
    assert_eq!(started["idToken"]["idToken"], "A1");
    let state = until(&station, "it charges", |state| state.queued == 0).await;
    assert_eq!(state.version, Version::V2_0_1);
    assert_eq!(state.waiting, [(Version::V1_6, 1)]);
    let told = charger.0.lock().unwrap().1.clone();
    let (from, to) = (Version::V2_0_1, Version::V1_6);
    let change = Notice::VersionChanged { from, to };
    let back = Notice::VersionChanged { from: to, to: from };
    assert!(told.contains(&change) && told.contains(&back), "{told:?}");
    let waiting = Notice::Waiting {
        version: Version::V1_6,
        messages: 1,
    };
    assert!(told.contains(&waiting), "{told:?}");

    // The stop waited for its version, and is told with what the meter showed when the version changed.
    back_end.becomes(&v1_6);
    let stop = v1_6.seen("StopTransaction").await;
    assert_eq!(
        (&stop["transactionId"], &stop["reason"]),
        (&json!(1), &json!("Other"))
    );
    assert!(stop["meterStop"].as_i64().unwrap() > 1_001, "{stop}");
    v1_6.seen("StartTransaction").await;
    back_end.becomes(&v2_0_1);
    let ended = v2_0_1.seen_with("TransactionEvent", is("Ended")).await;
    let id = &ended["transactionInfo"]["transactionId"];
    assert_eq!(id, &started["transactionInfo"]["transactionId"]);
    task.abort();
}

#[tokio::test]
async fn a_slot_of_1_6_is_gone_through_and_left_like_any_other() {
    let v2_0_1 = Csms::start(Version::V2_0_1).await;
    let v1_6 = Csms::start(Version::V1_6).await;
    let behind = BackEnd::start(&v1_6).await;
    let charger = Charger::default();
    let config = config(&[Version::V2_0_1, Version::V1_6]);
    let (station, task) = run(config, &v2_0_1.url, &charger);
    v2_0_1.seen("BootNotification").await;
    let profile = json!({"configurationSlot": 2, "connectionData": {
        "ocppVersion": "OCPP16", "ocppTransport": "JSON", "ocppCsmsUrl": behind.url, "messageTimeout": 20,
        "securityProfile": 0, "ocppInterface": "Wired0"}});
    let answer = v2_0_1.call("SetNetworkProfile", profile).await;
    assert_eq!(answer["status"], "Accepted", "{answer}");
    let order = json!({"setVariableData": [{"component": {"name": "OCPPCommCtrlr"},
        "variable": {"name": "NetworkConfigurationPriority"}, "attributeValue": "2,1"}]});
    v2_0_1.call("SetVariables", order).await;
    v2_0_1.call("Reset", json!({"type": "Immediate"})).await;
    let boot = v1_6.seen("BootNotification").await;
    assert_eq!(boot["chargePointVendor"], "Vendor");
    until(&station, "1.6 is spoken", |state| {
        state.version == Version::V1_6
    })
    .await;
    // A lost connection leads to the same slot again, and so does a restart in 1.6.
    behind.becomes(&v1_6);
    until(&station, "the connection is lost", |state| !state.connected).await;
    until(&station, "it is connected", |state| state.connected).await;
    v1_6.call("Reset", json!({"type": "Hard"})).await;
    v1_6.seen("BootNotification").await;
    // When nobody is there any more, it is the turn of the other slot.
    behind.becomes(&v2_0_1);
    drop(v1_6);
    let boot = v2_0_1.seen("BootNotification").await;
    assert_eq!(boot["chargingStation"]["vendorName"], "Vendor");
    let state = until(&station, "2.0.1 is spoken", |state| state.connected).await;
    assert_eq!(state.version, Version::V2_0_1);
    task.abort();
}
