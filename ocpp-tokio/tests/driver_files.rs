//! The driver of a station with firmware, diagnostics and a slow secure element.

#![cfg(feature = "station")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

#[path = "common/csms.rs"]
mod csms;
#[path = "common/file_servers.rs"]
mod file_servers;
#[path = "common/pki.rs"]
mod pki;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use csms::Csms;
use file_servers::{Servers, firmware};
use ocpp_core::security::{CertificateRequest, KeyError, KeyId, KeyProvider, SigningUse, Subject};
use ocpp_core::station::{
    ConnectorConfig, ConnectorId, EvseConfig, EvseId, JobFailure, Limit, Reading, Registration,
    StationConfig,
};
use ocpp_core::time::DateTime;
use ocpp_tokio::station::{
    Answer, DriverConfig, FileKeys, Hardware, Installation, Progress, Provision, StationDriver,
    StationHandle, StationKeys, Storage, Transfer,
};
use ocpp_tokio::{Identity, Version};
use serde_json::json;
use tokio_rustls::rustls::sign::SigningKey;

/// What becomes of an installation.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Done,
    Restart,
    Failed,
    Dropped,
    /// Kept, and never told.
    Silent,
}

#[derive(Debug, Clone)]
struct Charger {
    fate: Fate,
    version: Arc<Mutex<String>>,
    told: Arc<Mutex<Vec<(Transfer, Progress)>>>,
    kept: Arc<Mutex<Vec<Installation>>>,
}

impl Charger {
    fn new(fate: Fate) -> Self {
        Self {
            fate,
            version: Arc::new(Mutex::new("1.0".into())),
            told: Arc::default(),
            kept: Arc::default(),
        }
    }
}

impl Hardware for Charger {
    fn contactor(&mut self, _at: ConnectorId, _closed: bool) {}

    fn set_limit(&mut self, _at: ConnectorId, _limit: Option<Limit>) {}

    fn read_meter(&mut self, _evse: EvseId, answer: Answer<Reading>) {
        answer.with(Reading::energy(0));
    }

    fn firmware_version(&self) -> Option<String> {
        Some(self.version.lock().unwrap().clone())
    }

    fn install(&mut self, installation: Installation) {
        assert_eq!(std::fs::read(installation.file()).unwrap(), firmware());
        assert_eq!(installation.downloaded().size, firmware().len() as u64);
        match self.fate {
            Fate::Done => installation.done(),
            Fate::Restart => {
                *self.version.lock().unwrap() = "2.0".into();
                installation.restart();
            }
            Fate::Failed => installation.failed(JobFailure::Other),
            Fate::Dropped => drop(installation),
            Fate::Silent => self.kept.lock().unwrap().push(installation),
        }
    }

    fn diagnostics(
        &mut self,
        _from: Option<DateTime>,
        _to: Option<DateTime>,
        answer: Answer<Vec<u8>>,
    ) {
        std::thread::spawn(move || answer.with(b"temperature of the rectifier: 61".to_vec()));
    }

    fn transfer(&mut self, file: Transfer, progress: Progress) {
        self.told.lock().unwrap().push((file, progress));
    }
}

fn run(csms: &Csms, charger: &Charger, storage: Storage) -> StationHandle {
    run_with_roots(csms, charger, storage, None)
}

fn run_with_roots(
    csms: &Csms,
    charger: &Charger,
    storage: Storage,
    roots: Option<Vec<u8>>,
) -> StationHandle {
    let config = StationConfig::builder(Version::V1_6, "Vendor", "Model")
        .evse(EvseConfig::new(vec![ConnectorConfig::fixed()]))
        .serial_number("SN-1")
        .default_value("CpoName", "Operator")
        // Roots of the factory mean TLS otherwise.
        .default_value("SecurityProfile", if roots.is_some() { "1" } else { "0" })
        .features(|features| features.unsigned_firmware = true)
        .build()
        .unwrap();
    let mut setup = DriverConfig::new(config, &*csms.url, Identity::new("CP1").unwrap());
    setup.installation = Duration::from_secs(1);
    if let Some(roots) = roots {
        let password = "0123456789abcdef0123456789abcdef01234567";
        setup.provision = Provision::default().with_password(password);
        setup.provision.roots = Some(roots);
    }
    let mut driver = StationDriver::new(setup, charger.clone(), storage).unwrap();
    let station = driver.handle();
    tokio::spawn(async move { driver.run().await.unwrap() });
    station
}

async fn registered(station: &StationHandle) {
    while station.state().await.unwrap().registration != Some(Registration::Accepted) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn firmware_is_installed_as_the_hardware_says() {
    let servers = Servers::plain().await;
    for (fate, expected) in [
        (Fate::Done, "Installed"),
        (Fate::Restart, "Installed"),
        (Fate::Failed, "InstallationFailed"),
        (Fate::Dropped, "InstallationFailed"),
        (Fate::Silent, "InstallationFailed"),
    ] {
        let csms = Csms::start(Version::V1_6).await;
        let charger = Charger::new(fate);
        let station = run(&csms, &charger, Storage::memory());
        registered(&station).await;
        let location = format!("http://{}/firmware", servers.http);
        let order = json!({"location": location, "retrieveDate": "2020-01-01T00:00:00Z"});
        csms.call("UpdateFirmware", order).await;
        let before: &[&str] = if matches!(fate, Fate::Restart) {
            // What has not been delivered before the restart comes after it.
            &["Downloading"]
        } else {
            &["Downloading", "Downloaded", "Installing"]
        };
        let told = |status: &str| {
            let status = status.to_string();
            csms.seen_with("FirmwareStatusNotification", move |told| {
                told["status"] == status
            })
        };
        for status in before {
            told(status).await;
        }
        if matches!(fate, Fate::Restart) {
            csms.seen_with("BootNotification", |boot| boot["firmwareVersion"] == "2.0")
                .await;
        }
        told(expected).await;
        let told = charger.told.lock().unwrap();
        let size = firmware().len() as u64;
        let (first, last) = (told.first().unwrap(), told.last().unwrap());
        assert_eq!((first.0, first.1.done), (Transfer::Firmware, 0));
        assert_eq!((last.1.done, last.1.total), (size, Some(size)));
        // A download over the loopback is over within a second.
        assert_eq!(told.len(), 2, "{told:?}");
    }
}

#[tokio::test]
async fn diagnostics_are_the_report_of_the_station_and_what_the_hardware_adds() {
    let servers = Servers::plain().await;
    let csms = Csms::start(Version::V1_6).await;
    let charger = Charger::new(Fate::Done);
    let station = run(&csms, &charger, Storage::memory());
    registered(&station).await;
    let location = format!("ftp://me:pw@{}/logs/", servers.ftp);
    let answer = csms.call("GetDiagnostics", json!({"location": location}));
    let name = answer.await["fileName"].as_str().unwrap().to_string();
    csms.seen_with("DiagnosticsStatusNotification", |told| {
        told["status"] == "Uploaded"
    })
    .await;
    let stored = servers.shared.stored.lock().unwrap();
    let sent = String::from_utf8(stored[&format!("logs/{name}")].clone()).unwrap();
    assert!(sent.contains("\"firmwareVersion\": \"1.0\""), "{sent}");
    assert!(sent.ends_with("temperature of the rectifier: 61"), "{sent}");
}

/// N01.FR.15: nobody has to name the root of the CSMS twice.
#[tokio::test]
async fn files_are_trusted_with_the_roots_of_the_csms() {
    let ca = pki::Ca::new();
    let servers = Servers::tls(&ca).await;
    for (roots, expected) in [(Some(ca.pem()), "Uploaded"), (None, "UploadFailed")] {
        let csms = Csms::start(Version::V1_6).await;
        let charger = Charger::new(Fate::Done);
        let station = run_with_roots(&csms, &charger, Storage::memory(), roots);
        registered(&station).await;
        let location = format!("https://{}/logs/", servers.http);
        csms.call("GetDiagnostics", json!({"location": location}))
            .await;
        csms.seen_with("DiagnosticsStatusNotification", move |told| {
            told["status"] == expected
        })
        .await;
    }
}

/// A secure element that takes its time.
#[derive(Debug)]
struct Element(FileKeys);

impl KeyProvider for Element {
    fn make_request(
        &mut self,
        signing_use: SigningUse,
        subject: &Subject,
    ) -> Result<(KeyId, CertificateRequest), KeyError> {
        std::thread::sleep(Duration::from_millis(700));
        self.0.make_request(signing_use, subject)
    }

    fn delete(&mut self, key: &KeyId) -> Result<(), KeyError> {
        self.0.delete(key)
    }
}

impl StationKeys for Element {
    fn signing_key(&self, key: &KeyId) -> Option<Arc<dyn SigningKey>> {
        self.0.signing_key(key)
    }
}

#[tokio::test]
async fn a_secure_element_that_takes_its_time_does_not_hold_the_station_up() {
    let csms = Csms::start(Version::V1_6).await;
    let charger = Charger::new(Fate::Done);
    let storage = Storage::memory().with_keys(Element(FileKeys::memory()));
    let station = run(&csms, &charger, storage);
    registered(&station).await;
    let begin = Instant::now();
    let trigger = json!({"requestedMessage": "SignChargePointCertificate"});
    let answer = csms.call("ExtendedTriggerMessage", trigger).await;
    assert_eq!(answer["status"], "Accepted");
    station.call("Heartbeat", "{}").await.unwrap();
    assert!(begin.elapsed() < Duration::from_millis(600));
    let request = csms.seen("SignCertificate").await;
    assert!(begin.elapsed() >= Duration::from_millis(700));
    assert!(
        request["csr"]
            .as_str()
            .unwrap()
            .contains("CERTIFICATE REQUEST")
    );
}
