//! File transfers against small servers that also misbehave.

#![cfg(feature = "station")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

#[path = "common/file_servers.rs"]
mod file_servers;
#[path = "common/pki.rs"]
mod pki;

use file_servers::{Place, Servers, firmware, options};
use ocpp_core::security::software::FirmwareHash;
use ocpp_core::station::JobFailure;
use ocpp_tokio::station::{Files, Progress, TransferError};
use tokio::net::TcpListener;

fn files() -> Files {
    Files::new(options()).unwrap()
}

#[tokio::test]
async fn a_download_is_complete_hashed_and_told_step_by_step() {
    let servers = Servers::plain().await;
    let (http, ftp) = (servers.http, servers.ftp);
    let mut hash = FirmwareHash::new();
    hash.update(&firmware());
    let sha256 = hash.finish();
    for (name, location) in [
        ("http", format!("http://{http}/firmware")),
        ("http-secret", format!("http://me:pw@{http}/secret")),
        ("ftp", format!("ftp://me:pw@{ftp}/folder/firmware")),
        ("ftp-anonymous", format!("ftp://{ftp}/folder/firmware")),
    ] {
        let place = Place::new(name);
        let mut told = Vec::new();
        let (files, file) = (files(), place.file());
        let done = files.download(&location, &file, |progress| told.push(progress));
        let done = done.await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (done.size, done.sha256),
            (firmware().len() as u64, sha256),
            "{name}"
        );
        assert_eq!(std::fs::read(place.file()).unwrap(), firmware(), "{name}");
        let total = Some(done.size);
        assert_eq!(
            told.last(),
            Some(&Progress {
                done: done.size,
                total
            }),
            "{name}"
        );
        assert!(told.is_sorted_by_key(|progress| progress.done), "{name}");
    }
}

#[tokio::test]
async fn a_download_that_fails_says_why_and_leaves_nothing_behind() {
    let servers = Servers::plain().await;
    let (http, ftp) = (servers.http, servers.ftp);
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    for (name, location, expected) in [
        (
            "missing",
            format!("http://{http}/missing"),
            JobFailure::NotFound,
        ),
        (
            "password",
            format!("http://me:wrong@{http}/secret"),
            JobFailure::PermissionDenied,
        ),
        ("cut", format!("http://{http}/cut"), JobFailure::Connection),
        ("huge", format!("http://{http}/huge"), JobFailure::Invalid),
        (
            "endless",
            format!("http://{http}/endless"),
            JobFailure::Invalid,
        ),
        ("teapot", format!("http://{http}/teapot"), JobFailure::Other),
        (
            "no-tls",
            format!("https://{http}/firmware"),
            JobFailure::Connection,
        ),
        (
            "nobody",
            format!("http://{nobody}/firmware"),
            JobFailure::Connection,
        ),
        (
            "ftp-missing",
            format!("ftp://me:pw@{ftp}/missing"),
            JobFailure::NotFound,
        ),
        (
            "ftp-password",
            format!("ftp://me:wrong@{ftp}/folder/firmware"),
            JobFailure::PermissionDenied,
        ),
        (
            "ftp-cut",
            format!("ftp://me:pw@{ftp}/cut"),
            JobFailure::Connection,
        ),
        (
            "ftp-huge",
            format!("ftp://me:pw@{ftp}/huge"),
            JobFailure::Invalid,
        ),
        (
            "ftp-nobody",
            format!("ftp://{nobody}/firmware"),
            JobFailure::Connection,
        ),
        (
            "protocol",
            "gopher://host/file".into(),
            JobFailure::BadLocation,
        ),
        (
            "local",
            "file:///etc/passwd".into(),
            JobFailure::BadLocation,
        ),
    ] {
        let place = Place::new(name);
        let done = files().download(&location, &place.file(), |_| {}).await;
        let error = done.expect_err(name);
        assert_eq!(error.failure(), expected, "{name}: {error}");
        assert!(place.is_empty(), "{name}");
        assert!(!error.to_string().contains("wrong"), "{name}: {error}");
    }
}

#[tokio::test]
async fn an_upload_arrives_under_its_name() {
    let servers = Servers::plain().await;
    let (http, ftp) = (servers.http, servers.ftp);
    for (location, at) in [
        (format!("http://{http}/logs/"), "/logs/log.txt"),
        (format!("http://{http}/logs/mine"), "/logs/mine"),
        (format!("ftp://me:pw@{ftp}/logs/"), "logs/log.txt"),
        (format!("ftp://me:pw@{ftp}/logs/mine"), "logs/mine"),
    ] {
        let content = format!("log for {at}").repeat(10_000).into_bytes();
        let (mut told, size) = (Vec::new(), content.len());
        let files = files();
        let done = files.upload(&location, "log.txt", content.clone(), |progress| {
            told.push(progress);
        });
        done.await
            .unwrap_or_else(|error| panic!("{location}: {error}"));
        assert_eq!(
            servers.shared.stored.lock().unwrap().remove(at),
            Some(content),
            "{location}"
        );
        let done = size as u64;
        let total = Some(done);
        assert_eq!(told[0], Progress { done: 0, total });
        assert_eq!(told.last(), Some(&Progress { done, total }));
        assert!(told.is_sorted_by(|a, b| a.done < b.done), "{location}");
    }
    let refused = files()
        .upload("ftp://x:y@127.0.0.1:1/", "log", vec![], |_| {})
        .await;
    assert!(matches!(refused, Err(TransferError::Connection(_))));
}

#[tokio::test]
async fn over_tls_files_come_and_go_too() {
    let ca = pki::Ca::new();
    let servers = Servers::tls(&ca).await;
    let mut options = options();
    options.roots_pem = Some(ca.pem());
    options.implicit_ftps_port = servers.implicit_ftps.port();
    let trusting = Files::new(options.clone()).unwrap();
    options.roots_pem = Some(pki::Ca::new().pem());
    let distrusting = Files::new(options.clone()).unwrap();
    // N01.FR.15: what the CSMS is trusted with is enough, beside one that nobody can read.
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let roots = [broken.as_slice(), &ca.pem()];
    let as_the_csms = Files::trusting(options, &roots).unwrap();
    let mut hash = FirmwareHash::new();
    hash.update(&firmware());
    let sha256 = hash.finish();
    for (name, base) in [
        ("https", format!("https://{}", servers.http)),
        ("ftps-explicit", format!("ftps://me:pw@{}", servers.ftp)),
        (
            "ftps-implicit",
            format!("ftps://me:pw@{}", servers.implicit_ftps),
        ),
    ] {
        let place = Place::new(name);
        let location = format!("{base}/folder/firmware");
        let refused = distrusting.download(&location, &place.file(), |_| {}).await;
        let refused = refused.expect_err(name);
        assert!(matches!(refused, TransferError::Connection(_)), "{refused}");
        assert!(place.is_empty(), "{name}");
        as_the_csms
            .download(&location, &place.file(), |_| {})
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let done = trusting.download(&location, &place.file(), |_| {}).await;
        let done = done.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(done.sha256, sha256, "{name}");
        assert_eq!(std::fs::read(place.file()).unwrap(), firmware(), "{name}");

        let location = format!("{base}/logs/");
        let content = name.repeat(20_000).into_bytes();
        let refused = distrusting.upload(&location, "log", content.clone(), |_| {});
        refused.await.expect_err(name);
        let sent = trusting.upload(&location, "log", content.clone(), |_| {});
        sent.await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut stored = servers.shared.stored.lock().unwrap();
        let (http, ftp) = (stored.remove("/logs/log"), stored.remove("logs/log"));
        assert_eq!(http.or(ftp), Some(content), "{name}");
    }
    // In clear a server for TLS is none, and the other way round.
    let place = Place::new("clear");
    let location = format!("http://{}/folder/firmware", servers.http);
    assert!(
        trusting
            .download(&location, &place.file(), |_| {})
            .await
            .is_err()
    );
}
