//! What the device model of 2.0.1 says.

use serde_json::json;

use super::{Fact, Report, fact};
use crate::product::Product;

/// What a variable with a list can have: its values, or where they are not told what it has.
fn choices<'a>(report: &'a Report, key: &str) -> Option<Vec<&'a str>> {
    let told = report.find(key)?;
    match told.values.is_empty() {
        true => report.list(key),
        false => Some(told.values.iter().map(String::as_str).collect()),
    }
}

/// The members of a description that variables decide.
pub(super) fn facts(like: &Product, report: &Report) -> Vec<Fact> {
    let mut facts = Vec::new();
    let evses = report.0.iter().filter_map(|told| told.evse).max();
    if let Some(evses) = evses.filter(|evses| *evses > 0) {
        facts.push(fact("/connectors", "EVSE.AvailabilityState", evses));
    }
    for (pointer, key) in [
        ("/features/authorization_cache", "AuthCacheCtrlr.Available"),
        ("/features/local_list", "LocalAuthListCtrlr.Available"),
        ("/features/reservation", "ReservationCtrlr.Available"),
        ("/features/smart_charging", "SmartChargingCtrlr.Available"),
        (
            "/features/reservation_of_station",
            "ReservationCtrlr.NonEvseSpecific",
        ),
    ] {
        // A component without the variable is there too.
        let component = key.split('.').next().unwrap_or_default();
        let prefix = format!("{component}.");
        let there = report.0.iter().any(|told| told.key.starts_with(&prefix));
        let is = match report.text(key) {
            Some(_) => report.is_true(key),
            None => there && key.ends_with(".Available"),
        };
        facts.push(fact(pointer, key, is));
    }
    for (pointer, key) in [
        (
            "/features/offline_unknown_ids",
            "AuthCtrlr.OfflineTxForUnknownIdEnabled",
        ),
        (
            "/features/max_energy_on_invalid_id",
            "TxCtrlr.MaxEnergyOnInvalidId",
        ),
        ("/v2_0_1/cache_life_time", "AuthCacheCtrlr.LifeTime"),
    ] {
        facts.push(fact(pointer, key, report.has(key)));
    }
    for (pointer, key, value) in [
        (
            "/features/keep_on_ev_disconnect",
            "TxCtrlr.StopTxOnEVSideDisconnect",
            false,
        ),
        (
            "/features/stop_on_ev_disconnect",
            "TxCtrlr.StopTxOnEVSideDisconnect",
            true,
        ),
        (
            "/features/unlock_on_ev_disconnect",
            "OCPPCommCtrlr.UnlockOnEVSideDisconnect",
            true,
        ),
        (
            "/features/keep_locked_on_ev_disconnect",
            "OCPPCommCtrlr.UnlockOnEVSideDisconnect",
            false,
        ),
    ] {
        // A fixed cable is unlocked nowhere, whatever the variable says (erratum 3.85 of 1.6).
        let unlocks = key.ends_with("UnlockOnEVSideDisconnect");
        if let Some(can) = report.can_be(key, value)
            && (like.features.detachable_cable || !unlocks)
        {
            facts.push(fact(pointer, key, can));
        }
    }
    let start = "AuthCtrlr.AuthorizeRemoteStart";
    if report.has(start) {
        let can = [true, false].into_iter();
        let can: Vec<bool> = can
            .filter(|value| report.can_be(start, *value) == Some(true))
            .collect();
        facts.push(fact("/v2_0_1/authorize_remote_start", start, can));
    }
    for (pointer, key) in [
        ("/v2_0_1/start_points", "TxCtrlr.TxStartPoint"),
        ("/v2_0_1/stop_points", "TxCtrlr.TxStopPoint"),
    ] {
        if let Some(list) = choices(report, key) {
            facts.push(fact(pointer, key, list));
        }
    }
    let (start, stop) = ("TxCtrlr.TxStartPoint", "TxCtrlr.TxStopPoint");
    if let (Some(from), Some(to)) = (report.text(start), report.text(stop)) {
        facts.push(fact("/v2_0_1/points", start, json!([from, to])));
    }
    for (pointer, key) in [
        (
            "/features/sampled_measurands",
            "SampledDataCtrlr.TxUpdatedMeasurands",
        ),
        (
            "/limits/file_transfer",
            "OCPPCommCtrlr.FileTransferProtocols",
        ),
    ] {
        if let Some(list) = report.list(key) {
            facts.push(fact(pointer, key, list));
        }
    }
    let unit = "SmartChargingCtrlr.RateUnit";
    if let Some(units) = report.list(unit) {
        facts.push(fact(
            "/features/rate_in_amperes",
            unit,
            units.contains(&"A"),
        ));
        facts.push(fact("/features/rate_in_watts", unit, units.contains(&"W")));
    }
    for (pointer, key) in [
        (
            "/limits/stack_level",
            "SmartChargingCtrlr.ProfileStackLevel",
        ),
        (
            "/limits/schedule_periods",
            "SmartChargingCtrlr.PeriodsPerSchedule",
        ),
        (
            "/limits/send_local_list",
            "LocalAuthListCtrlr.ItemsPerMessage",
        ),
        (
            "/limits/ping_interval",
            "OCPPCommCtrlr.WebSocketPingInterval",
        ),
    ] {
        if let Some(number) = report.number(key) {
            facts.push(fact(pointer, key, number));
        }
    }
    let entries = "LocalAuthListCtrlr.Entries";
    if let Some(most) = report.find(entries).and_then(|told| whole(told.range.1)) {
        facts.push(fact("/limits/local_list", entries, most));
    }
    for (pointer, key) in [
        (
            "/limits/heartbeat_interval",
            "OCPPCommCtrlr.HeartbeatInterval",
        ),
        (
            "/limits/sample_interval",
            "SampledDataCtrlr.TxUpdatedInterval",
        ),
    ] {
        let range = report.find(key).map(|told| told.range);
        if let Some((Some(least), Some(most))) = range.map(|(a, b)| (whole(a), whole(b))) {
            facts.push(fact(pointer, key, json!([least, most])));
        }
    }
    let kind = "Connector.ConnectorType";
    if let Some(text) = report.text(kind) {
        facts.push(fact("/connector_kind", kind, text));
    }
    facts
}

/// Whatever is beyond all bounds is none.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Seconds, entries.
fn whole(number: Option<f64>) -> Option<u64> {
    let number = number.filter(|number| (0.0..f64::from(i32::MAX)).contains(number))?;
    Some(number as u64)
}
