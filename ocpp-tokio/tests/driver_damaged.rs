//! A station whose files are damaged starts, and tells.

#![cfg(feature = "station")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

#[path = "common/csms.rs"]
mod csms;

use std::sync::{Arc, Mutex};

use csms::Csms;
use ocpp_core::station::{
    ConnectorConfig, ConnectorId, EvseConfig, EvseId, Limit, Reading, StationConfig,
};
use ocpp_tokio::station::{
    Answer, Change, DriverConfig, Hardware, Notice, Records, StationDriver, Storage,
};
use ocpp_tokio::{Identity, Version};

#[derive(Debug, Clone, Default)]
struct Charger(Arc<Mutex<Vec<Notice>>>);

impl Hardware for Charger {
    fn contactor(&mut self, _at: ConnectorId, _closed: bool) {}

    fn set_limit(&mut self, _at: ConnectorId, _limit: Option<Limit>) {}

    fn read_meter(&mut self, _evse: EvseId, answer: Answer<Reading>) {
        answer.with(Reading::energy(1000));
    }

    fn notice(&mut self, notice: &Notice) {
        self.0.lock().unwrap().push(notice.clone());
    }
}

#[tokio::test]
async fn what_is_damaged_is_told_to_people_and_to_the_csms_once() {
    for version in [Version::V1_6, Version::V2_0_1] {
        let folder = std::env::temp_dir().join(format!(
            "ocpp-driver-damaged-{}-{}",
            std::process::id(),
            version.as_str()
        ));
        let _ = std::fs::remove_dir_all(&folder);
        // An entry in the journal that the database has not taken over, with a damaged byte.
        let records = Records::open(&folder).unwrap();
        records
            .change(vec![Change::Remove("nothing".into())])
            .unwrap();
        let journal = folder.join("station.journal");
        let mut bytes = std::fs::read(&journal).unwrap();
        let database = std::fs::read(folder.join("station.redb")).unwrap();
        drop(records);
        bytes[25] ^= 1;
        std::fs::write(&journal, bytes).unwrap();
        std::fs::write(folder.join("station.redb"), database).unwrap();
        std::fs::create_dir_all(folder.join("keys")).unwrap();
        std::fs::write(folder.join("keys/key-1.pem"), "no key").unwrap();

        let csms = Csms::start(version).await;
        for first in [true, false] {
            let config = StationConfig::builder(version, "Vendor", "Model")
                .evse(EvseConfig::new(vec![ConnectorConfig::fixed()]))
                .build()
                .unwrap();
            let setup = DriverConfig::new(config, &*csms.url, Identity::new("CP1").unwrap());
            let charger = Charger::default();
            let storage = Storage::open(&folder).unwrap();
            let mut driver = StationDriver::new(setup, charger.clone(), storage).unwrap();
            let station = driver.handle();
            let running = tokio::spawn(async move { driver.run().await });
            if first {
                let event = csms.seen("SecurityEventNotification").await;
                let mut events = vec![event];
                while events.last().unwrap()["type"] != "RecordsUnreadable" {
                    events.push(csms.seen("SecurityEventNotification").await);
                }
                let info = events.last().unwrap()["techInfo"].as_str().unwrap();
                assert!(
                    info.starts_with("damaged: the last entry of the journal"),
                    "{info}"
                );
                assert!(info.contains("key-1.pem"), "{info}");
            } else {
                csms.seen("BootNotification").await;
            }
            station.shutdown().await;
            running.await.unwrap().unwrap();
            let notices = charger.0.lock().unwrap();
            let told = notices.iter().filter_map(|notice| match notice {
                Notice::Damaged(damaged) => Some(damaged.to_string()),
                _ => None,
            });
            let told: Vec<String> = told.collect();
            assert_eq!(told.len(), if first { 2 } else { 0 }, "{version}: {told:?}");
            let event = |notice: &&Notice| matches!(notice, Notice::SecurityEvent { event, .. } if *event == "RecordsUnreadable");
            assert_eq!(notices.iter().filter(event).count(), usize::from(first));
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
