//! The records of a station when the program is killed, or the power goes, at any moment.

#![cfg(feature = "station")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use ocpp_core::station::Record;
use ocpp_tokio::station::{Change, Records};

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ocpp-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A copy of the files, as a power cut leaves them.
    fn copy(&self, name: &str) -> Self {
        let copy = Self::new(name);
        for file in std::fs::read_dir(&self.0).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), copy.0.join(file.file_name())).unwrap();
        }
        copy
    }

    fn journal(&self) -> PathBuf {
        self.0.join("station.journal")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Change number `number`: one record comes, one goes, one is written again.
fn change(number: usize) -> Vec<Change> {
    let store = |key: String, value: String| Change::Store(Record { key, value });
    let mut changes = vec![
        store(format!("queue/{number:04}"), format!("{{\"n\":{number}}}")),
        store("last".into(), number.to_string()),
    ];
    if number > 2 {
        changes.push(Change::Remove(format!("queue/{:04}", number - 3)));
    }
    changes
}

/// What is there after the changes up to `number`.
fn after(number: Option<usize>) -> Vec<(String, String)> {
    let Some(number) = number else {
        return Vec::new();
    };
    let queue = number.saturating_sub(2)..=number;
    let mut all = vec![("last".to_string(), number.to_string())];
    all.extend(queue.map(|n| (format!("queue/{n:04}"), format!("{{\"n\":{n}}}"))));
    all
}

fn all(folder: &Path) -> Vec<(String, String)> {
    let records = Records::open(folder).unwrap();
    let all = records.all().unwrap().into_iter();
    all.map(|record| (record.key, record.value)).collect()
}

#[test]
fn a_power_cut_in_the_middle_of_the_journal_loses_nothing_that_was_durable() {
    let folder = Folder::new("records-cut");
    let records = Records::open(&folder.0).unwrap();
    let mut ends = vec![0];
    for number in 0..8 {
        records.change(change(number)).unwrap();
        let journal = std::fs::read(folder.journal()).unwrap();
        ends.push(journal.iter().rposition(|byte| *byte != 0).unwrap() + 1);
    }
    let whole = std::fs::read(folder.journal()).unwrap();
    // The program goes on: the copies are what a cut at that moment leaves on the disk.
    for cut in 0..=*ends.last().unwrap() {
        let near_an_end = ends.iter().any(|end| end.abs_diff(cut) < 2);
        if !near_an_end && cut % 23 != 0 {
            continue;
        }
        let copy = folder.copy("records-cut-copy");
        std::fs::write(copy.journal(), &whole[..cut]).unwrap();
        let complete = ends.iter().filter(|end| **end <= cut).count() - 1;
        assert_eq!(all(&copy.0), after(complete.checked_sub(1)), "cut at {cut}");
        // And it goes on from there.
        let records = Records::open(&copy.0).unwrap();
        for number in complete..12 {
            records.change(change(number)).unwrap();
        }
        drop(records);
        assert_eq!(all(&copy.0), after(Some(11)), "cut at {cut}");
    }
}

#[test]
fn the_journal_is_emptied_into_the_database_again_and_again() {
    let folder = Folder::new("records-full");
    let records = Records::open(&folder.0).unwrap();
    let last = 4_000;
    for number in 0..=last {
        records.change(change(number)).unwrap();
    }
    // Larger than the journal.
    let value = "x".repeat(1_000_000);
    let record = Record {
        key: "large".into(),
        value: value.clone(),
    };
    records.change(vec![Change::Store(record)]).unwrap();
    drop(records);
    let mut expected = after(Some(last));
    expected.insert(0, ("large".into(), value));
    assert_eq!(all(&folder.0), expected);
    let size = std::fs::metadata(folder.0.join("station.redb"))
        .unwrap()
        .len();
    assert!(size < 20_000_000, "{size} bytes");
}

/// The program that is killed.
#[test]
#[ignore = "runs as a part of the next test"]
fn writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os("OCPP_RECORDS") else {
        return;
    };
    let records = Records::open(Path::new(&folder)).unwrap();
    for number in 0..1_000_000 {
        records.change(change(number)).unwrap();
        println!("durable {number}");
    }
}

#[test]
fn a_program_that_is_killed_has_everything_that_it_said_was_durable() {
    for round in 0..6 {
        let folder = Folder::new("records-kill");
        let mut program = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "writes_until_it_is_killed"])
            .arg("--nocapture")
            .env("OCPP_RECORDS", &folder.0)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        // The journal is full after about 1,800: some rounds end before, some after.
        let until = format!("durable {}", 10 + round * 450);
        let found = lines.by_ref().any(|line| line.unwrap() == until);
        assert!(found);
        std::thread::sleep(Duration::from_micros(round * 700));
        program.kill().unwrap();
        program.wait().unwrap();
        let said = lines.map_while(Result::ok);
        let said = said.filter_map(|line| line.strip_prefix("durable ")?.parse::<usize>().ok());
        let said = said
            .last()
            .unwrap_or(10 + usize::try_from(round).unwrap() * 450);
        let found = all(&folder.0);
        // One more may have become durable that it had no time to tell.
        assert!(
            found == after(Some(said)) || found == after(Some(said + 1)),
            "{said}: {found:?}"
        );
    }
}
