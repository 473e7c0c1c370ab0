//! What the records of a station make of damaged files, and of those that a former program has written.

#![cfg(feature = "station")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use ocpp_core::security::{KeyProvider as _, SigningUse, Subject};
use ocpp_core::station::{Record, Station, StationConfig};
use ocpp_core::time::{Instant, Now};
use ocpp_tokio::Version;
use ocpp_tokio::station::{Change, FileKeys, LogEntry, Records, StationKeys as _};

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        /// Tests run at the same time.
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("ocpp-{name}-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn store(key: &str, value: &str) -> Change {
    Change::Store(Record {
        key: key.into(),
        value: value.into(),
    })
}

fn all(records: &Records) -> BTreeMap<String, String> {
    let all = records.all().unwrap().into_iter();
    all.map(|record| (record.key, record.value)).collect()
}

/// Both files as a power cut leaves them, with five entries in the journal that the database has not taken over; and where
/// each entry ends.
fn cut_short() -> (Vec<u8>, Vec<u8>, Vec<usize>) {
    let folder = Folder::new("damaged-source");
    let records = Records::open(&folder.0).unwrap();
    records.change(vec![store("before", "0")]).unwrap();
    drop(records);
    let records = Records::open(&folder.0).unwrap();
    let journal = folder.file("station.journal");
    let used = || {
        let bytes = std::fs::read(&journal).unwrap();
        bytes
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1)
    };
    let mut ends = Vec::new();
    for number in 0..5 {
        let changes = vec![
            store(&format!("key/{number}"), "1"),
            store("last", &number.to_string()),
        ];
        records.change(changes).unwrap();
        ends.push(used());
    }
    let files =
        ["station.redb", "station.journal"].map(|name| std::fs::read(folder.file(name)).unwrap());
    let [database, journal] = files;
    (database, journal, ends)
}

#[test]
fn a_damaged_byte_in_the_journal_costs_one_change_which_is_kept_and_told_once() {
    let (database, journal, ends) = cut_short();
    let folder = Folder::new("damaged-journal");
    for at in (0..ends[4]).step_by(5) {
        let mut bytes = journal.clone();
        bytes[at] ^= 0x20;
        std::fs::write(folder.file("station.redb"), &database).unwrap();
        std::fs::write(folder.file("station.journal"), &bytes).unwrap();
        let lost = ends.iter().position(|end| at < *end).unwrap();
        let records = Records::open(&folder.0).unwrap();
        let there = all(&records);
        let keys: Vec<&str> = there.keys().map(String::as_str).collect();
        let mut expected = vec!["before".to_string()];
        let others = (0..5).filter(|number| *number != lost);
        expected.extend(others.map(|number| format!("key/{number}")));
        expected.push("last".into());
        assert_eq!(keys, expected, "byte {at}");
        let last = if lost == 4 { "3" } else { "4" };
        assert_eq!(there["last"], last, "byte {at}");
        assert_eq!(records.take_found().len(), 1, "byte {at}");
        assert_eq!(records.damaged().unwrap().len(), 1, "byte {at}");
        // It goes on, and is not told again.
        records.change(vec![store("last", "9")]).unwrap();
        drop(records);
        let records = Records::open(&folder.0).unwrap();
        assert_eq!(all(&records)["last"], "9", "byte {at}");
        assert_eq!(records.take_found(), [], "byte {at}");
        assert_eq!(records.damaged().unwrap().len(), 1, "byte {at}");
    }
}

#[test]
fn a_journal_of_any_length_and_content_is_opened() {
    let (database, journal, ends) = cut_short();
    let folder = Folder::new("damaged-length");
    let mut contents: Vec<Vec<u8>> = (0..ends[4])
        .step_by(11)
        .map(|cut| journal[..cut].to_vec())
        .collect();
    contents.push(vec![0xFF; 300_000]);
    contents.push(b"{}".repeat(1000));
    for content in contents {
        std::fs::write(folder.file("station.redb"), &database).unwrap();
        std::fs::write(folder.file("station.journal"), &content).unwrap();
        let complete = ends.iter().filter(|end| **end <= content.len()).count();
        let whole = content == journal[..content.len().min(journal.len())];
        let records = Records::open(&folder.0).unwrap();
        let expected = if whole { complete } else { 0 };
        let there = all(&records)
            .into_keys()
            .filter(|key| key.starts_with("key/"));
        assert_eq!(there.count(), expected, "{} bytes", content.len());
    }
}

/// Whatever is damaged in the database file: the station gets records, and what is lost is kept and told.
#[test]
fn a_damaged_database_is_kept_and_the_station_starts() {
    let (database, journal, _) = cut_short();
    let folder = Folder::new("damaged-database");
    let mut damages: Vec<Vec<u8>> = Vec::new();
    for at in (0..database.len()).step_by(11_003) {
        let mut bytes = database.clone();
        bytes[at] ^= 0x10;
        damages.push(bytes);
    }
    // The head of the file, and in it the commit that counts.
    for at in (0..320).step_by(5) {
        let mut bytes = database.clone();
        bytes[at] ^= 0x01;
        damages.push(bytes);
    }
    let used = database.iter().rposition(|byte| *byte != 0).unwrap();
    let lengths = [0, 1, 100, 4096, used / 2, used, database.len() - 1];
    damages.extend(lengths.map(|length| database[..length].to_vec()));
    damages.push(vec![0; database.len()]);
    damages.push(b"something else".to_vec());
    let (mut whole, mut aside) = (0, 0);
    for (number, damage) in damages.iter().enumerate() {
        for file in std::fs::read_dir(&folder.0).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
        std::fs::write(folder.file("station.redb"), damage).unwrap();
        std::fs::write(folder.file("station.journal"), &journal).unwrap();
        let records = Records::open(&folder.0).unwrap_or_else(|error| panic!("{number}: {error}"));
        let there = all(&records);
        let found = records.take_found();
        // What the journal has is there in any case.
        assert_eq!(there["last"], "4", "{number}: {found:?}");
        if found.is_empty() {
            assert_eq!(there["before"], "0", "{number}");
            whole += 1;
        } else {
            assert_eq!(found[0].what, "station.redb", "{number}: {found:?}");
            assert!(Path::new(&found[0].kept_as).exists(), "{number}");
            assert_eq!(records.damaged().unwrap().len(), 1);
            aside += 1;
        }
        records.change(vec![store("after", "1")]).unwrap();
        drop(records);
        assert_eq!(
            all(&Records::open(&folder.0).unwrap())["after"],
            "1",
            "{number}"
        );
    }
    assert!(whole > 0 && aside > 10, "{whole} whole, {aside} aside");
}

#[test]
fn damaged_databases_are_kept_up_to_a_number() {
    let folder = Folder::new("damaged-number");
    for round in 1..6 {
        std::fs::write(folder.file("station.redb"), format!("damage {round}")).unwrap();
        let records = Records::open(&folder.0).unwrap();
        assert_eq!(records.take_found().len(), 1, "told in any case");
        drop(records);
    }
    for number in 1..=3 {
        let kept = folder.file(&format!("station.redb.damaged-{number}"));
        assert_eq!(
            std::fs::read_to_string(kept).unwrap(),
            format!("damage {number}")
        );
    }
    assert!(!folder.file("station.redb.damaged-4").exists());
}

#[test]
fn an_entry_of_the_security_log_that_cannot_be_read_is_shown_as_it_is() {
    let folder = Folder::new("damaged-log");
    let records = Records::open(&folder.0).unwrap();
    let entry = LogEntry {
        time: None,
        event: "InvalidMessages".into(),
        info: None,
    };
    records.log(&entry).unwrap();
    drop(records);
    // A later program has written an entry that this one does not know.
    let database = redb::Database::create(folder.file("station.redb")).unwrap();
    let writing = database.begin_write().unwrap();
    let log = redb::TableDefinition::<u64, &str>::new("security-log");
    writing
        .open_table(log)
        .unwrap()
        .insert(7, "{\"severity\":3}")
        .unwrap();
    writing.commit().unwrap();
    drop(database);
    let records = Records::open(&folder.0).unwrap();
    records.log(&entry).unwrap();
    let log = records.security_log(None, None).unwrap();
    assert_eq!(log.len(), 3);
    assert_eq!(log[1].info.as_deref(), Some("{\"severity\":3}"));
}

/// The files that a program wrote before records had a format, as a power cut left them: half of the records in the database,
/// half in the journal.
fn former(folder: &Folder, version: Version) {
    let name = if version == Version::V1_6 {
        "v1_6"
    } else {
        "v2_0_1"
    };
    for file in ["station.redb", "station.journal"] {
        let packed = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data/state_format_1")
            .join(name);
        let packed = std::fs::read(packed.join(format!("{file}.gz"))).unwrap();
        let mut content = Vec::new();
        flate2::read::GzDecoder::new(packed.as_slice())
            .read_to_end(&mut content)
            .unwrap();
        std::fs::write(folder.file(file), content).unwrap();
    }
}

/// What was written into them.
fn written(version: Version) -> BTreeMap<String, String> {
    let text = if version == Version::V1_6 {
        include_str!("../../ocpp-core/tests/fixtures/records/v1_6.json")
    } else {
        include_str!("../../ocpp-core/tests/fixtures/records/v2_0_1.json")
    };
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_files_of_the_program_before_are_read_in_full() {
    for version in [Version::V1_6, Version::V2_0_1] {
        let folder = Folder::new("format-1");
        former(&folder, version);
        let records = Records::open(&folder.0).unwrap();
        assert_eq!(records.take_found(), [], "{version}");
        assert_eq!(all(&records), written(version), "{version}");
        assert_eq!(
            records.hardware().unwrap().unwrap(),
            "{\"registers\":[1000]}"
        );
        let log = records.security_log(None, None).unwrap();
        let events: Vec<&str> = log.iter().map(|entry| entry.event.as_str()).collect();
        assert_eq!(
            events,
            ["StartupOfTheDevice", "InvalidMessages"],
            "{version}"
        );
        let config = StationConfig::new(version, "Vendor", "Model", 3);
        let now = Now {
            monotonic: Instant::ORIGIN,
            utc: None,
        };
        let records = records.all().unwrap();
        let (_, report) = Station::restore_with_report(config, records, now).unwrap();
        assert_eq!(
            (report.format, report.is_clean()),
            (Some(1), true),
            "{version}: {report:?}"
        );
    }
}

#[test]
fn a_damaged_journal_of_the_program_before_costs_one_change() {
    let folder = Folder::new("format-1-damaged");
    let expected = written(Version::V1_6).len();
    for at in [5, 300, 2_000, 5_000] {
        former(&folder, Version::V1_6);
        let mut journal = std::fs::read(folder.file("station.journal")).unwrap();
        journal[at] ^= 0x40;
        std::fs::write(folder.file("station.journal"), journal).unwrap();
        let records = Records::open(&folder.0).unwrap();
        assert_eq!(all(&records).len(), expected - 1, "byte {at}");
        assert_eq!(records.take_found().len(), 1, "byte {at}");
    }
}

#[test]
fn a_key_file_that_is_no_key_is_kept_and_not_in_the_way_of_the_next_key() {
    let folder = Folder::new("damaged-keys");
    let subject = Subject::station("SN-1", "Op");
    let make = |keys: &mut FileKeys| keys.make_request(SigningUse::ChargingStation, &subject);
    let mut keys = FileKeys::open(&folder.0).unwrap();
    let (first, _) = make(&mut keys).unwrap();
    let (second, _) = make(&mut keys).unwrap();
    drop(keys);
    let path = folder.file(&format!("{}.pem", second.0));
    for damage in [&b"no key"[..], &[0xFF, 0xFE]] {
        std::fs::write(&path, damage).unwrap();
        let mut keys = FileKeys::open(&folder.0).unwrap();
        let found = keys.take_found();
        assert_eq!(found.len(), 1);
        assert_eq!(std::fs::read(&found[0].kept_as).unwrap(), damage);
        assert!(keys.signing_key(&first).is_some());
        assert!(keys.signing_key(&second).is_none());
        let (third, _) = make(&mut keys).unwrap();
        assert!(keys.signing_key(&third).is_some());
        keys.delete(&third).unwrap();
    }
    assert_eq!(FileKeys::open(&folder.0).unwrap().take_found(), []);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_state_also_if_it_was_there_before() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let open = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let folder = Folder::new("modes");
    let state = folder.file("new/state");
    let names = ["station.redb", "station.journal", "keys/key-1.pem"];
    let check = || {
        let records = Records::open(&state).unwrap();
        let mut keys = FileKeys::open(&state.join("keys")).unwrap();
        if keys
            .signing_key(&ocpp_core::security::KeyId("key-1".into()))
            .is_none()
        {
            let subject = Subject::station("SN-1", "Op");
            keys.make_request(SigningUse::ChargingStation, &subject)
                .unwrap();
        }
        records.change(vec![store("a", "1")]).unwrap();
        assert_eq!(mode(&state), 0o700);
        assert_eq!(mode(&state.join("keys")), 0o700);
        for name in names {
            assert_eq!(mode(&state.join(name)), 0o600, "{name}");
        }
    };
    check();
    // As a former program has left it.
    open(&state, 0o755);
    open(&state.join("keys"), 0o755);
    for name in names {
        open(&state.join(name), 0o644);
    }
    check();
}
