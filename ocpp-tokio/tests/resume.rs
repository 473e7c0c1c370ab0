//! Downloads that break off, and go on.

#![cfg(feature = "station")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

#[path = "common/file_servers.rs"]
mod file_servers;
#[path = "common/pki.rs"]
mod pki;

use file_servers::{Place, Servers, options};
use ocpp_core::security::software::FirmwareHash;
use ocpp_core::station::JobFailure;
use ocpp_tokio::station::{Downloaded, Files, Progress, TransferError};

const TAG: &str = "\"v1\"";
const DATE: &str = "Wed, 15 May 2024 12:00:00 GMT";
const MDTM: &str = "20240515120000";

fn content(seed: u8) -> Vec<u8> {
    let numbers = (0..300u32).map(|n| u8::try_from(n * 31 % 251).unwrap().wrapping_add(seed));
    numbers.collect()
}

fn sha256(content: &[u8]) -> [u8; 32] {
    let mut hash = FirmwareHash::new();
    hash.update(content);
    hash.finish()
}

fn files() -> Files {
    Files::new(options()).unwrap()
}

async fn download(
    files: &Files,
    location: &str,
    place: &Place,
) -> Result<Downloaded, TransferError> {
    files.download(location, &place.file(), |_| {}).await
}

/// The file is there as a whole, and nothing else is.
fn whole(done: &Result<Downloaded, TransferError>, place: &Place, content: &[u8]) {
    let done = done.as_ref().unwrap();
    assert_eq!(
        (done.size, done.sha256),
        (content.len() as u64, sha256(content))
    );
    assert_eq!(std::fs::read(place.file()).unwrap(), content);
    let folder = place.file().parent().unwrap().to_owned();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
}

#[tokio::test]
async fn a_download_that_broke_off_at_any_byte_goes_on_there() {
    let servers = Servers::plain().await;
    let files = files();
    let content = content(0);
    for (base, version, first) in [
        (format!("http://{}/resume", servers.http), TAG, -80),
        (format!("http://{}/resume-dated", servers.http), DATE, -110),
        (format!("ftp://me:pw@{}/resume", servers.ftp), MDTM, 0),
    ] {
        servers.put(&content, version);
        servers.offsets();
        let last = i64::try_from(content.len()).unwrap();
        for cut in first..last {
            let place = Place::new("any-byte");
            servers.shared.cuts.lock().unwrap().push_back(cut);
            let error = download(&files, &base, &place).await.unwrap_err();
            assert_eq!(
                error.failure(),
                JobFailure::Connection,
                "{base} at {cut}: {error}"
            );
            let done = download(&files, &base, &place).await;
            whole(&done, &place, &content);
            let offset = usize::try_from(cut).unwrap_or(0);
            assert_eq!(servers.offsets(), [0, offset], "{base} at {cut}");
        }
    }
}

#[tokio::test]
async fn it_breaks_off_again_and_again_and_ends_well() {
    let servers = Servers::plain().await;
    let files = files();
    let content = content(0);
    for (location, version) in [
        (format!("http://{}/resume", servers.http), TAG),
        (format!("ftp://me:pw@{}/resume", servers.ftp), MDTM),
    ] {
        servers.put(&content, version);
        servers.offsets();
        let place = Place::new("again");
        let cuts = [50, -10, 70, 1, 90];
        servers.shared.cuts.lock().unwrap().extend(cuts);
        for _ in cuts {
            download(&files, &location, &place).await.unwrap_err();
        }
        whole(&download(&files, &location, &place).await, &place, &content);
        assert!(servers.offsets().is_sorted());
    }
}

#[tokio::test]
async fn a_control_connection_that_is_dropped_after_any_command_does_no_harm() {
    let servers = Servers::plain().await;
    let files = files();
    let content = content(0);
    servers.put(&content, MDTM);
    let location = format!("ftp://me:pw@{}/resume", servers.ftp);
    for commands in 0..9 {
        let place = Place::new("commands");
        servers.shared.cuts.lock().unwrap().push_back(100);
        download(&files, &location, &place).await.unwrap_err();
        servers.shared.commands.lock().unwrap().push_back(commands);
        // Whatever was there is there still.
        let _ = download(&files, &location, &place).await;
        servers.shared.commands.lock().unwrap().clear();
        whole(&download(&files, &location, &place).await, &place, &content);
    }
}

#[tokio::test]
async fn a_file_that_has_changed_begins_anew() {
    let servers = Servers::plain().await;
    let files = files();
    let http = format!("http://{}", servers.http);
    for (location, before, now) in [
        (format!("{http}/resume"), TAG, "\"v2\""),
        (
            format!("{http}/resume-dated"),
            DATE,
            "Thu, 16 May 2024 12:00:00 GMT",
        ),
        (
            format!("ftp://me:pw@{}/resume", servers.ftp),
            MDTM,
            "20240516120000",
        ),
    ] {
        let place = Place::new("changed");
        servers.put(&content(0), before);
        servers.shared.cuts.lock().unwrap().push_back(50);
        download(&files, &location, &place).await.unwrap_err();
        // Of the same size, so that nothing else tells.
        servers.put(&content(7), now);
        whole(
            &download(&files, &location, &place).await,
            &place,
            &content(7),
        );
        assert_eq!(servers.offsets().last(), Some(&0), "{location}");
        // Shorter than what is there already.
        servers.put(&content(0), before);
        servers.shared.cuts.lock().unwrap().push_back(50);
        std::fs::remove_file(place.file()).unwrap();
        download(&files, &location, &place).await.unwrap_err();
        servers.put(&content(9)[..20], before);
        whole(
            &download(&files, &location, &place).await,
            &place,
            &content(9)[..20],
        );
    }
}

#[tokio::test]
async fn without_ranges_or_without_a_version_a_download_begins_anew() {
    let servers = Servers::plain().await;
    let files = files();
    let http = format!("http://{}", servers.http);
    let ftp = format!("ftp://me:pw@{}", servers.ftp);
    let mut no_rest = b"no rest".to_vec();
    no_rest.extend(content(0));
    for (location, version, content) in [
        (format!("{http}/resume-norange"), TAG, content(0)),
        (format!("{http}/resume-unknown"), TAG, content(0)),
        // A weak tag tells that the meaning is the same, not the bytes.
        (format!("{http}/resume"), "W/\"v1\"", content(0)),
        (format!("{ftp}/resume-unknown"), MDTM, content(0)),
        (format!("{ftp}/resume"), MDTM, no_rest),
    ] {
        let place = Place::new("anew");
        servers.put(&content, version);
        servers.shared.cuts.lock().unwrap().push_back(50);
        download(&files, &location, &place).await.unwrap_err();
        whole(&download(&files, &location, &place).await, &place, &content);
        assert_eq!(servers.offsets(), [0, 0], "{location}");
    }
}

#[tokio::test]
async fn a_part_of_another_location_is_never_continued() {
    let servers = Servers::plain().await;
    let files = files();
    let place = Place::new("other");
    let location = |name: &str| format!("http://{}/resume{name}", servers.http);
    servers.put(&content(0), TAG);
    servers.shared.cuts.lock().unwrap().push_back(100);
    download(&files, &location("-a"), &place).await.unwrap_err();
    // The same tag, by chance.
    servers.put(&content(3), TAG);
    whole(
        &download(&files, &location("-b"), &place).await,
        &place,
        &content(3),
    );
    assert_eq!(servers.offsets(), [0, 0]);
    // Another attempt of the first has nothing left to go on with.
    servers.put(&content(0), TAG);
    whole(
        &download(&files, &location("-a"), &place).await,
        &place,
        &content(0),
    );
    assert_eq!(servers.offsets(), [0]);
}

#[tokio::test]
async fn progress_goes_on_where_it_was_and_what_a_power_cut_spoiled_is_not_trusted() {
    let servers = Servers::plain().await;
    let files = files();
    let place = Place::new("progress");
    let content = content(0);
    let location = format!("http://{}/resume", servers.http);
    servers.put(&content, TAG);
    servers.shared.cuts.lock().unwrap().push_back(100);
    download(&files, &location, &place).await.unwrap_err();
    // What came after the last checkpoint is garbage.
    let partial = place.file().with_extension("part");
    let mut spoiled = std::fs::read(&partial).unwrap();
    assert_eq!(spoiled.len(), 100);
    spoiled.extend([0; 50]);
    std::fs::write(&partial, spoiled).unwrap();
    let mut told = Vec::new();
    let file = place.file();
    let done = files.download(&location, &file, |progress| told.push(progress));
    whole(&done.await, &place, &content);
    let total = Some(300);
    assert_eq!(told.first(), Some(&Progress { done: 100, total }));
    assert_eq!(told.last(), Some(&Progress { done: 300, total }));
    // Less than was durable, or a description that cannot be read: anew.
    for spoil in ["part", "part.json"] {
        std::fs::remove_file(place.file()).unwrap();
        servers.shared.cuts.lock().unwrap().push_back(100);
        download(&files, &location, &place).await.unwrap_err();
        std::fs::write(place.file().with_extension(spoil), "x").unwrap();
        servers.offsets();
        whole(&download(&files, &location, &place).await, &place, &content);
        assert_eq!(servers.offsets(), [0], "{spoil}");
    }
}
