//! The interface for other languages on any texts, in any order: it never panics, what is refused changes nothing, and what comes out
//! can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocpp_ffi::{Fleet, RemoteStation, Session, Station, Time};
use serde_json::Value;

const STATION: &str =
    r#"{"versions": ["1.6"], "vendor": "Maker", "model": "One", "evse": [{}, {}]}"#;
const REMOTE: &str = r#"{"identity": "CP1", "seed": 1}"#;
const SESSION: &str = r#"{"version": "2.1", "role": "Csms", "max_queue": 4}"#;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut now = Time {
        monotonic: 0,
        utc: Some(1_715_774_400_000),
    };
    let (Ok(mut station), Ok(mut session)) =
        (Station::new(STATION, "", now), Session::new(SESSION))
    else {
        panic!("the configurations are right");
    };
    let (Ok(mut remote), Ok(mut fleet)) = (RemoteStation::new(REMOTE, ""), Fleet::new("", ""))
    else {
        panic!("the configurations are right");
    };
    // The first line may be a configuration or records, too.
    let first = text.lines().next().unwrap_or_default();
    let _ = Station::new(first, "", now);
    let _ = Station::new(STATION, first, now);
    let _ = Session::new(first);
    let _ = (Fleet::new(first, ""), Fleet::new("", first));
    while station.poll_output().is_some() {}
    for line in text.lines() {
        now.monotonic += 1_000;
        let before = station.state();
        let refused = station.handle(now, line).is_err();
        let outputs = std::iter::from_fn(|| station.poll_output()).inspect(|output| {
            serde_json::from_str::<Value>(output).expect("outputs are JSON");
        });
        assert!(
            outputs.count() == 0 || !refused,
            "what is refused asks for nothing: {line}"
        );
        assert!(
            !refused || station.state() == before,
            "what is refused changes nothing: {line}"
        );
        let _ = session.handle(now, line);
        while let Some(output) = session.poll_output() {
            serde_json::from_str::<Value>(&output).expect("outputs are JSON");
        }
        let _ = remote.handle(now, line);
        while let Some(output) = remote.poll_output() {
            serde_json::from_str::<Value>(&output).expect("outputs are JSON");
            fleet.serve(now, &mut remote).expect("the time is known");
        }
        let _ = fleet.handle(now, line);
        while let Some(output) = fleet.poll_output() {
            serde_json::from_str::<Value>(&output).expect("outputs are JSON");
        }
        let _ = ocpp_ffi::decode_frame("2.1", line)
            .map(|frame| ocpp_ffi::encode_frame("2.1", &frame).expect("a frame"));
    }
});
