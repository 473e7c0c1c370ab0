//! The station driver goes where a network profile sends it (2.0.1 B09, B10).

#![cfg(feature = "station")]
#![allow(clippy::expect_used, clippy::unwrap_used)] // helpers of tests, too

#[path = "common/csms.rs"]
mod csms;

use std::sync::{Arc, Mutex};

use csms::Csms;
use ocpp_core::station::{Apn, ConnectorId, EvseId, Limit, Reading, StationConfig, Vpn};
use ocpp_tokio::station::{Answer, DriverConfig, Hardware, StationDriver, Storage};
use ocpp_tokio::{Identity, Version};
use serde_json::{Value, json};

/// Writes down which networks it was told to use.
#[derive(Debug, Clone, Default)]
struct Charger(Arc<Mutex<Vec<String>>>);

impl Hardware for Charger {
    fn contactor(&mut self, _at: ConnectorId, _closed: bool) {}

    fn set_limit(&mut self, _at: ConnectorId, _limit: Option<Limit>) {}

    fn read_meter(&mut self, _evse: EvseId, answer: Answer<Reading>) {
        answer.with(Reading::energy(1_000));
    }

    fn network(&mut self, interface: Option<&str>, apn: Option<&Apn>, vpn: Option<&Vpn>) {
        let apn = apn.and_then(|apn| apn.password.clone());
        let told = format!("{interface:?} {apn:?} {}", vpn.is_some());
        self.0.lock().unwrap().push(told);
    }
}

fn variables(name: &str, value: &str) -> Value {
    json!({"setVariableData": [{"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": name},
        "attributeValue": value}]})
}

#[tokio::test]
async fn a_station_moves_to_the_csms_of_its_new_profile_and_back() {
    let old = Csms::start(Version::V2_0_1).await;
    let new = Csms::start(Version::V2_0_1).await;
    let config = StationConfig::new(Version::V2_0_1, "Vendor", "Model", 1);
    let identity = Identity::new("CP-1").unwrap();
    let setup = DriverConfig::new(config, old.url.as_str(), identity);
    let charger = Charger::default();
    let driver = StationDriver::new(setup, charger.clone(), Storage::memory());
    let mut driver = driver.unwrap();
    let run = tokio::spawn(async move { driver.run().await.map_err(|error| error.to_string()) });
    old.seen("BootNotification").await;

    let profile = json!({"configurationSlot": 2, "connectionData": {
        "ocppVersion": "OCPP20", "ocppTransport": "JSON", "ocppCsmsUrl": new.url, "messageTimeout": 20,
        "securityProfile": 0, "ocppInterface": "Wireless0",
        "apn": {"apn": "internet", "apnPassword": "secret", "apnAuthentication": "AUTO"}}});
    let answer = old.call("SetNetworkProfile", profile).await;
    assert_eq!(answer["status"], "Accepted", "{answer}");
    let order = variables("NetworkConfigurationPriority", "2,1");
    let answer = old.call("SetVariables", order).await;
    let result = &answer["setVariableResult"][0];
    assert_eq!(result["attributeStatus"], "Accepted", "{answer}");
    let answer = old.call("Reset", json!({"type": "OnIdle"})).await;
    assert_eq!(answer["status"], "Accepted", "{answer}");
    new.seen("BootNotification").await;
    let told = std::mem::take(&mut *charger.0.lock().unwrap());
    assert_eq!(told, [r#"Some("Wireless0") Some("secret") false"#]);

    // The first slot has the URL that the program was started with.
    let order = variables("NetworkConfigurationPriority", "1");
    new.call("SetVariables", order).await;
    new.call("Reset", json!({"type": "OnIdle"})).await;
    old.seen("BootNotification").await;
    let told = std::mem::take(&mut *charger.0.lock().unwrap());
    assert_eq!(told, ["None None false"]);
    run.abort();
}
