//! L01: signed firmware updates, and the plain ones of 1.6.

use ocpp_core::station::{JobEvent, JobFailure, Output};
use ocpp_core::testing::station::Bench;
use serde_json::{Value, json};

use crate::kit::*;

const ACTION: &str = "SignedFirmwareStatusNotification";

fn update(certificate: &str, retrieve: &str) -> Value {
    json!({
        "requestId": 7,
        "retries": 1,
        "retryInterval": 10,
        "firmware": {
            "location": "https://host/firmware.bin",
            "retrieveDateTime": retrieve,
            "signingCertificate": certificate,
            "signature": "c2lnbmF0dXJl",
        }
    })
}

/// A station that trusts a manufacturer, and a certificate of that manufacturer.
fn trusting() -> (Bench, Shared, String) {
    let maker = root("Maker");
    let (mut bench, world) = station();
    assert_eq!(
        install(&mut bench, "ManufacturerRootCertificate", &maker),
        "Accepted"
    );
    let certificate = firmware_signer(&maker, (2024, 2030));
    (bench, world, certificate)
}

fn order(bench: &mut Bench, certificate: &str) -> String {
    let now = bench.utc_in(0);
    status(bench, "SignedUpdateFirmware", update(certificate, &now))
}

#[test]
fn tc_080_a_signed_update_with_a_restart() {
    let (mut bench, _, certificate) = trusting();
    bench.new_firmware = Some("2.0".into());
    assert_eq!(order(&mut bench, &certificate), "Accepted");
    bench.run(1);
    let calls = bench.all_calls();
    let mut story = Vec::new();
    for call in &calls {
        match call.action.as_str() {
            ACTION => story.push(call.payload["status"].as_str().unwrap().to_string()),
            "SecurityEventNotification" => {
                story.push(call.payload["type"].as_str().unwrap().to_string());
            }
            "BootNotification" => {
                assert_eq!(call.payload["firmwareVersion"], "2.0");
                story.push("Boot".into());
            }
            _ => {}
        }
    }
    let expected = [
        "Downloading",
        "Downloaded",
        "SignatureVerified",
        "Installing",
        "InstallRebooting",
        "Boot",
        "StartupOfTheDevice",
        "FirmwareUpdated",
        "Installed",
    ];
    assert_eq!(story, expected);
    // WP:L01.FR.28
    let trigger = json!({"requestedMessage": "FirmwareStatusNotification"});
    assert_eq!(
        status(&mut bench, "ExtendedTriggerMessage", trigger),
        "Accepted"
    );
    let calls = bench.all_calls();
    assert_eq!(calls.last().unwrap().payload, json!({"status": "Idle"}));
}

#[test]
fn l01_fr_15_an_installation_that_did_not_bring_a_new_version_has_failed() {
    let (mut bench, _, certificate) = trusting();
    bench.new_firmware = Some("1.0".into());
    assert_eq!(order(&mut bench, &certificate), "Accepted");
    bench.run(1);
    let told = statuses(&mut bench, ACTION, 7);
    assert_eq!(told.last().unwrap(), "InstallationFailed");
}

#[test]
fn tc_081_a_wrong_signature_is_refused_after_the_download() {
    let (mut bench, world, certificate) = trusting();
    world.borrow_mut().bad_signature = true;
    assert_eq!(order(&mut bench, &certificate), "Accepted");
    bench.run(1);
    let calls = bench.all_calls();
    let of = |action: &str, member: &str| -> Vec<String> {
        let calls = calls.iter().filter(|call| call.action == action);
        calls
            .map(|call| call.payload[member].as_str().unwrap().to_string())
            .collect()
    };
    assert_eq!(
        of(ACTION, "status"),
        ["Downloading", "Downloaded", "InvalidSignature"]
    );
    assert_eq!(
        of("SecurityEventNotification", "type"),
        ["InvalidFirmwareSignature"]
    );
    // WP:L01.FR.29, also after a restart.
    bench.power_cycle();
    bench.all_calls();
    let trigger = json!({"requestedMessage": "FirmwareStatusNotification"});
    assert_eq!(
        status(&mut bench, "ExtendedTriggerMessage", trigger),
        "Accepted"
    );
    assert_eq!(statuses(&mut bench, ACTION, 7), ["InvalidSignature"]);
}

#[test]
fn l01_fr_24_a_certificate_that_is_not_valid_is_refused_before_the_download() {
    let (mut bench, _, _) = trusting();
    let maker = root("Other Maker");
    let expired = root("Maker");
    for certificate in [
        firmware_signer(&maker, (2024, 2030)),
        firmware_signer(&expired, (2020, 2021)),
        "garbage".into(),
    ] {
        assert_eq!(order(&mut bench, &certificate), "InvalidCertificate");
        assert_eq!(events(&mut bench), ["InvalidFirmwareSigningCertificate"]);
    }
    bench.run(60);
    assert!(
        !bench
            .outputs
            .iter()
            .any(|o| matches!(o, Output::Download { .. }))
    );
}

#[test]
fn l01_fr_13_and_16_dates_for_download_and_installation_survive_a_power_cut() {
    let (mut bench, _, certificate) = trusting();
    let retrieve = bench.utc_in(1000);
    let mut wanted = update(&certificate, &retrieve);
    wanted["firmware"]["installDateTime"] = json!(bench.utc_in(2000));
    assert_eq!(
        status(&mut bench, "SignedUpdateFirmware", wanted),
        "Accepted"
    );
    assert_eq!(statuses(&mut bench, ACTION, 7), ["DownloadScheduled"]);
    bench.run(500);
    bench.power_cycle();
    bench.run(400);
    assert!(statuses(&mut bench, ACTION, 7).is_empty());
    bench.run(200);
    let told = statuses(&mut bench, ACTION, 7);
    assert_eq!(
        told,
        [
            "Downloading",
            "Downloaded",
            "SignatureVerified",
            "InstallScheduled"
        ]
    );
    // What was downloaded may be gone: it is fetched again.
    bench.power_cycle();
    let told = statuses(&mut bench, ACTION, 7);
    assert_eq!(
        told,
        [
            "Downloading",
            "Downloaded",
            "SignatureVerified",
            "InstallScheduled"
        ]
    );
    bench.run(1000);
    assert_eq!(statuses(&mut bench, ACTION, 7), ["Installing", "Installed"]);
    let left = bench
        .stored
        .keys()
        .filter(|key| key.starts_with("firmware"));
    assert_eq!(left.collect::<Vec<_>>(), ["firmware-status"]);
}

#[test]
fn a_download_that_fails_is_tried_again_also_after_a_power_cut_and_not_for_ever() {
    let (mut bench, _, certificate) = trusting();
    bench.jobs = JobEvent::Failed(JobFailure::Connection);
    assert_eq!(order(&mut bench, &certificate), "Accepted");
    bench.run(5);
    assert_eq!(statuses(&mut bench, ACTION, 7), ["Downloading"]);
    bench.power_cycle();
    bench.run(60);
    let told = statuses(&mut bench, ACTION, 7);
    assert_eq!(
        told,
        ["Downloading", "DownloadFailed"],
        "one retry was left, and is used up"
    );
    bench.power_cycle();
    bench.run(60);
    assert!(statuses(&mut bench, ACTION, 7).is_empty());
}

#[test]
fn l01_fr_06_and_07_an_installation_waits_for_transactions_and_nobody_begins_another() {
    let maker = root("Maker");
    let mut two = config();
    two.evses.push(two.evses[0].clone());
    let (mut bench, _) = station_with(two);
    bench.start();
    assert_eq!(
        install(&mut bench, "ManufacturerRootCertificate", &maker),
        "Accepted"
    );
    let certificate = firmware_signer(&maker, (2024, 2030));
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.all_calls();
    assert_eq!(order(&mut bench, &certificate), "Accepted");
    bench.run(1);
    assert_eq!(bench.station.state().connectors[1].status, "Unavailable");
    bench.present(2, "TAG2");
    bench.plug(2, 1);
    let told = statuses(&mut bench, ACTION, 7);
    assert_eq!(told, ["Downloading", "Downloaded", "SignatureVerified"]);
    assert!(!bench.station.state().connectors[1].authorized);
    bench.present(1, "TAG1");
    bench.unplug(1, 1);
    bench.unplug(2, 1);
    bench.run(1);
    assert_eq!(statuses(&mut bench, ACTION, 7), ["Installing", "Installed"]);
    let state = bench.station.state();
    assert!(
        state
            .connectors
            .iter()
            .all(|connector| connector.status == "Available")
    );
}

#[test]
fn a_station_that_does_not_download_while_somebody_charges() {
    let (mut bench, _, certificate) = trusting();
    let mut strict = config();
    strict.features.download_while_charging = false;
    let maker = root("Maker");
    let (mut strict, _) = station_with(strict);
    strict.start();
    assert_eq!(
        install(&mut strict, "ManufacturerRootCertificate", &maker),
        "Accepted"
    );
    strict.present(1, "TAG1");
    strict.plug(1, 1);
    strict.all_calls();
    let own = firmware_signer(&maker, (2024, 2030));
    assert_eq!(order(&mut strict, &own), "Accepted");
    assert_eq!(statuses(&mut strict, ACTION, 7), ["DownloadScheduled"]);
    strict.present(1, "TAG1");
    strict.run(1);
    assert_eq!(statuses(&mut strict, ACTION, 7)[0], "Downloading");
    // The usual station does.
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    assert_eq!(order(&mut bench, &certificate), "Accepted");
    assert_eq!(statuses(&mut bench, ACTION, 7)[0], "Downloading");
}

#[test]
fn l01_fr_26_another_update_takes_the_place_of_one_that_waits() {
    let (mut bench, _, certificate) = trusting();
    let later = bench.utc_in(1000);
    let waiting = update(&certificate, &later);
    assert_eq!(
        status(&mut bench, "SignedUpdateFirmware", waiting.clone()),
        "Accepted"
    );
    assert_eq!(
        status(&mut bench, "SignedUpdateFirmware", waiting),
        "AcceptedCanceled"
    );
}

#[test]
fn every_way_an_installation_can_fail_has_its_status() {
    for (failure, expected) in [
        (JobFailure::Invalid, "InstallVerificationFailed"),
        (JobFailure::Other, "InstallationFailed"),
    ] {
        let (mut bench, _, certificate) = trusting();
        let now = bench.utc_in(0);
        let mut wanted = update(&certificate, &now);
        wanted["firmware"]["installDateTime"] = json!(bench.utc_in(100));
        assert_eq!(
            status(&mut bench, "SignedUpdateFirmware", wanted),
            "Accepted"
        );
        bench.run(1);
        bench.jobs = JobEvent::Failed(failure);
        bench.run(100);
        assert_eq!(statuses(&mut bench, ACTION, 7).last().unwrap(), expected);
    }
}

#[test]
fn l01_fr_20_unsigned_updates_are_not_supported_beside_signed_ones() {
    let (mut bench, ..) = trusting();
    let now = bench.utc_in(0);
    let update = json!({"location": "ftp://host/firmware.bin", "retrieveDate": now});
    assert_eq!(
        bench.call("UpdateFirmware", update),
        Some(Err("NotSupported".into()))
    );
    assert!(
        !bench
            .outputs
            .iter()
            .any(|o| matches!(o, Output::Download { .. }))
    );
}

#[test]
fn an_unsigned_update_survives_a_power_cut() {
    let mut plain = config();
    plain.features.security = false;
    plain.defaults.clear();
    let mut bench = Bench::new(plain, ocpp_core::testing::station::friendly_v1_6());
    bench.start();
    bench.new_firmware = Some("2.0".into());
    let later = bench.utc_in(100);
    let update = json!({"location": "ftp://host/firmware.bin", "retrieveDate": later});
    assert_eq!(bench.call("UpdateFirmware", update), Some(Ok(json!({}))));
    bench.power_cycle();
    bench.run(200);
    let calls = bench.all_calls().into_iter();
    let told = calls.filter(|call| call.action == "FirmwareStatusNotification");
    let told: Vec<_> = told.map(|call| call.payload["status"].clone()).collect();
    assert_eq!(
        told,
        ["Downloading", "Downloaded", "Installing", "Installed"]
    );
}
