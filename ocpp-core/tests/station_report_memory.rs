//! How much memory a report takes. A test program of its own, because it counts the allocations of all threads.
#![allow(clippy::unwrap_used)]

use ocpp_core::Version;
use ocpp_core::station::{Input, Output, Station, StationConfig};
use ocpp_core::time::{Instant, Now};

const NOW: Now = Now {
    monotonic: Instant::ORIGIN,
    utc: None,
};

/// Hands over an input, and gives the CALLs that the station sends; only what the station itself does is measured.
fn input(station: &mut Station, most: &mut u64, input: Input) -> Vec<String> {
    let mut calls = Vec::with_capacity(2_000);
    let counted = allocation_counter::measure(|| {
        station.handle(NOW, input);
        while let Some(output) = station.poll_output() {
            match output {
                Output::Transmit(text) if text.starts_with("[2,") => calls.push(text),
                _ => {}
            }
        }
    });
    *most = counted.bytes_max.max(*most);
    calls
}

/// The most memory that a page of a report of everything takes, and how many there are.
fn full_inventory(evses: u32) -> (u64, usize) {
    let config = StationConfig::new(Version::V2_0_1, "Vendor", "Model", evses);
    let mut station = Station::restore(config, [], NOW).unwrap();
    let mut most = 0;
    let version = Version::V2_0_1;
    input(&mut station, &mut most, Input::Start);
    let mut calls = input(&mut station, &mut most, Input::Connected { version });
    let report = r#"[2,"report","GetBaseReport",{"requestId":1,"reportBase":"FullInventory"}]"#;
    let mut asked = false;
    let mut pages = 0;
    while let Some(call) = calls.pop() {
        if !asked && calls.is_empty() && call.contains("SecurityEvent") {
            asked = true;
            most = 0;
            let text = report.to_string();
            calls.extend(input(&mut station, &mut most, Input::Received(text)));
        }
        pages += usize::from(call.contains("NotifyReport"));
        let id = call.split('"').nth(1).unwrap();
        let answer = if call.contains("BootNotification") {
            r#"{"status":"Accepted","currentTime":"2024-05-15T12:00:00Z","interval":300}"#
        } else {
            "{}"
        };
        let text = format!("[3,\"{id}\",{answer}]");
        calls.extend(input(&mut station, &mut most, Input::Received(text)));
    }
    assert!(asked, "the station was never quiet");
    (most, pages)
}

#[test]
fn a_report_of_everything_takes_the_memory_of_a_page() {
    let (small, few) = full_inventory(4);
    let (big, many) = full_inventory(1_000);
    assert!(many > 40 * few, "{few} and {many} pages");
    assert!(
        big < small + 10_000 && big < 100_000,
        "{small} bytes for {few} pages, {big} for {many}"
    );
}
