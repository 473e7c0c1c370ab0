//! The driver of a station whose disk fails: it opens the contactors, says so once, and goes on by itself.

#![cfg(feature = "station")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

#[path = "common/csms.rs"]
mod csms;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use csms::Csms;
use ocpp_core::security::SecurityEventKind;
use ocpp_core::station::{
    AuthorizationStatus, CableState, ConnectorConfig, ConnectorId, EvseConfig, EvseId, Limit,
    Reading, Record, Registration, StationConfig, StationState, Token,
};
use ocpp_tokio::station::{
    Answer, Change, DriverConfig, Hardware, LogEntry, Notice, RecordStore, Records, RecordsError,
    StationDriver, StationHandle, Storage,
};
use ocpp_tokio::{Identity, Version};

const AT: ConnectorId = ConnectorId::new(1, 1);
const BOTH: [Version; 2] = [Version::V1_6, Version::V2_0_1];

/// A disk that fails when it is told to.
#[derive(Debug, Clone)]
struct Disk {
    records: Records,
    fails: Arc<AtomicBool>,
    /// How often it has failed.
    failures: Arc<AtomicUsize>,
}

impl Disk {
    fn new() -> Self {
        Self {
            records: Records::memory(),
            fails: Arc::default(),
            failures: Arc::default(),
        }
    }

    fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    fn failures(&self) -> usize {
        self.failures.load(Ordering::SeqCst)
    }

    fn works(&self) -> Result<(), RecordsError> {
        if self.fails.load(Ordering::SeqCst) {
            self.failures.fetch_add(1, Ordering::SeqCst);
            return Err(RecordsError::of_the_disk("no space left on device"));
        }
        Ok(())
    }
}

impl RecordStore for Disk {
    fn all(&mut self) -> Result<Vec<Record>, RecordsError> {
        self.works()?;
        self.records.all()
    }

    fn change(&mut self, changes: Vec<Change>) -> Result<(), RecordsError> {
        self.works()?;
        self.records.change(changes)
    }

    fn hardware(&mut self) -> Result<Option<String>, RecordsError> {
        self.works()?;
        self.records.hardware()
    }

    fn keep_hardware(&mut self, state: String) -> Result<(), RecordsError> {
        self.works()?;
        self.records.keep_hardware(state)
    }

    fn log(&mut self, entry: &LogEntry) -> Result<(), RecordsError> {
        self.works()?;
        self.records.log(entry)
    }

    fn security_log(&mut self) -> Result<Vec<LogEntry>, RecordsError> {
        self.works()?;
        self.records.security_log(None, None)
    }
}

#[derive(Debug, Default)]
struct Log {
    contactor: Vec<bool>,
    notices: Vec<Notice>,
}

#[derive(Debug, Clone, Default)]
struct Charger(Arc<Mutex<Log>>);

impl Charger {
    fn closed(&self) -> Option<bool> {
        self.0.lock().unwrap().contactor.last().copied()
    }

    fn told(&self, wanted: impl Fn(&Notice) -> bool) -> usize {
        let log = self.0.lock().unwrap();
        log.notices.iter().filter(|notice| wanted(notice)).count()
    }
}

impl Hardware for Charger {
    fn contactor(&mut self, _at: ConnectorId, closed: bool) {
        self.0.lock().unwrap().contactor.push(closed);
    }

    fn set_limit(&mut self, _at: ConnectorId, _limit: Option<Limit>) {}

    fn read_meter(&mut self, _evse: EvseId, answer: Answer<Reading>) {
        answer.with(Reading::energy(1000));
    }

    fn notice(&mut self, notice: &Notice) {
        self.0.lock().unwrap().notices.push(notice.clone());
    }
}

fn driver(version: Version, url: &str, disk: &Disk, charger: &Charger) -> StationDriver<Charger> {
    let config = StationConfig::builder(version, "Vendor", "Model")
        .evse(EvseConfig::new(vec![ConnectorConfig::fixed()]))
        .build()
        .unwrap();
    let setup = DriverConfig::new(config, url, Identity::new("CP1").unwrap());
    let mut storage = Storage::memory();
    storage.records = Records::with(disk.clone());
    StationDriver::new(setup, charger.clone(), storage).unwrap()
}

async fn until(station: &StationHandle, what: &str, wanted: impl Fn(&StationState) -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !wanted(&station.state().await.unwrap()) {
        assert!(Instant::now() < end, "it did not happen that {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

const fn is_failure(notice: &Notice) -> bool {
    matches!(notice, Notice::StorageFailed(_))
}

fn is_recovery(notice: &Notice) -> bool {
    *notice == Notice::StorageRestored
}

#[tokio::test]
async fn a_disk_that_fails_stops_the_energy_and_not_the_station() {
    for version in BOTH {
        let (disk, charger) = (Disk::new(), Charger::default());
        let csms = Csms::start(version).await;
        let mut driver = driver(version, &csms.url, &disk, &charger);
        let station = driver.handle();
        let running = tokio::spawn(async move { driver.run().await });
        until(&station, "it is accepted", |state| {
            state.registration == Some(Registration::Accepted)
        })
        .await;
        station.cable(AT, CableState::Connected);
        let status = station
            .present_and_wait(Some(1), Token::new("A1"))
            .await
            .unwrap();
        assert_eq!(status, AuthorizationStatus::Accepted);
        until(&station, "it charges", |_| charger.closed() == Some(true)).await;

        disk.fail(true);
        // Something that would be stored.
        station.security_event(SecurityEventKind::TamperDetectionActivated, None);
        until(&station, "it notices", |state| state.storage_failed).await;
        assert_eq!(charger.closed(), Some(false), "{version}: at once");
        // Statuses go out, and it tries again.
        let faulted = csms.seen_with("StatusNotification", |payload| {
            payload["status"] == "Faulted" || payload["connectorStatus"] == "Faulted"
        });
        faulted.await;
        until(&station, "it has tried again", |_| disk.failures() > 2).await;
        let state = station.state().await.unwrap();
        assert!(state.connected, "{version}");
        assert_eq!(charger.told(is_failure), 1, "{version}: once");
        assert_eq!(charger.told(is_recovery), 0, "{version}");

        disk.fail(false);
        until(&station, "it charges again", |state| {
            !state.storage_failed && charger.closed() == Some(true)
        })
        .await;
        assert_eq!(charger.told(is_recovery), 1, "{version}");
        let event = csms.seen_with("SecurityEventNotification", |payload| {
            payload["type"] == "MemoryExhaustion"
        });
        event.await;
        // The log has what happened meanwhile.
        let log = disk.records.security_log(None, None).unwrap();
        let tamper = log
            .iter()
            .filter(|entry| entry.event == "TamperDetectionActivated");
        assert_eq!(tamper.count(), 1, "{version}: {log:?}");
        station.shutdown().await;
        running.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_station_waits_for_records_that_cannot_be_read_with_open_contactors() {
    for version in BOTH {
        let (disk, charger) = (Disk::new(), Charger::default());
        disk.fail(true);
        let csms = Csms::start(version).await;
        let mut driver = driver(version, &csms.url, &disk, &charger);
        let station = driver.handle();
        station.cable(AT, CableState::Connected);
        let running = tokio::spawn(async move { driver.run().await });
        until(&station, "it has tried again", |_| disk.failures() > 1).await;
        assert_eq!(charger.closed(), Some(false), "{version}");
        assert_eq!(charger.told(is_failure), 1, "{version}: once");
        assert!(!station.state().await.unwrap().connected, "{version}");
        disk.fail(false);
        until(&station, "it is accepted, and knows the cable", |state| {
            state.registration == Some(Registration::Accepted)
                && state.connectors[0].cable == CableState::Connected
        })
        .await;
        assert_eq!(charger.told(is_recovery), 1, "{version}");
        station.shutdown().await;
        running.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_station_that_waits_for_its_records_can_be_ended() {
    let (disk, charger) = (Disk::new(), Charger::default());
    disk.fail(true);
    let mut driver = driver(Version::V1_6, "ws://127.0.0.1:1/", &disk, &charger);
    let station = driver.handle();
    let running = tokio::spawn(async move { driver.run().await });
    until(&station, "it has tried", |_| disk.failures() > 0).await;
    station.shutdown().await;
    running.await.unwrap().unwrap();
}
