//! The records of a station on a file system that is full. Needs the right to mount one.

#![cfg(all(feature = "station", target_os = "linux"))]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use ocpp_core::station::Record;
use ocpp_tokio::station::{Change, Records};

/// A file system of 4 MiB, unmounted at the end.
struct Small(PathBuf);

impl Small {
    fn mount() -> Self {
        let path = std::env::temp_dir().join(format!("ocpp-full-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]);
        assert!(mount.arg(&path).status().unwrap().success());
        Self(path)
    }

    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("filler")).unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
        let _ = std::fs::remove_dir(&self.0);
    }
}

fn change(number: usize) -> Vec<Change> {
    // 2 kB: the journal is full after about a hundred.
    let value = format!("\"{number} {}\"", "x".repeat(2_000));
    vec![Change::Store(Record {
        key: format!("queue/{number:06}"),
        value,
    })]
}

#[test]
#[ignore = "mounts a file system"]
fn a_full_disk_fails_without_loss_and_works_again_when_there_is_room() {
    let disk = Small::mount();
    let folder = disk.0.join("state");
    let records = Records::open(&folder).unwrap();
    records.change(change(0)).unwrap();
    disk.fill();
    let mut done = 1;
    let error = loop {
        match records.change(change(done)) {
            Ok(()) => done += 1,
            Err(error) => break error,
        }
        assert!(done < 10_000, "it is never full");
    };
    assert!(error.is_of_the_disk(), "{error}");
    // It stays so, and nothing half is there.
    assert!(records.change(change(done)).is_err());
    disk.free();
    assert_eq!(records.all().unwrap().len(), done);
    records.change(change(done)).unwrap();
    done += 1;
    drop(records);
    // A start on a full disk: what is there can be read, now or when there is room.
    disk.fill();
    let records = Records::open(&folder).unwrap();
    if let Err(error) = records.all() {
        assert!(error.is_of_the_disk(), "{error}");
    }
    disk.free();
    let all = records.all().unwrap();
    assert_eq!(all.len(), done);
    assert!(records.take_found().is_empty());
}
