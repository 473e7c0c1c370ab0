//! Who may use the HTTP interfaces: not pages of other sites, not everybody on the network, and with a token only who has it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use common::{Folder, Program, http, http_with};
use serde_json::{Value, json};

const JSON: &str = "Content-Type: application/json";

/// Both programs with an interface, and a request that changes something: method, path, body.
fn programs(more: &[&str]) -> [(Program, &'static str, [&'static str; 3]); 2] {
    let csms = ["csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
    let station = [
        "station",
        "--url",
        "ws://127.0.0.1:1",
        "--id",
        "CP1",
        "--no-start",
        "--control",
        "127.0.0.1:0",
    ];
    let csms = Program::start(&[&csms, more].concat(), 2);
    let station = Program::start(&[&station[..], more].concat(), 1);
    [
        (
            csms,
            "operator",
            ["PUT", "/v1/tokens/EVIL", r#"{"status":"Accepted"}"#],
        ),
        (station, "control", ["POST", "/v1/plug", r#"{"evse":1}"#]),
    ]
}

/// A request with these headers; the status.
fn status(address: SocketAddr, request: [&str; 3], headers: &[&str]) -> u16 {
    let (status, answer) = http_with(address, request[0], request[1], headers, request[2]);
    assert_eq!(status == 200, answer["error"].is_null(), "{answer}");
    status
}

#[test]
fn a_page_of_another_site_can_do_nothing() {
    for (program, what, request) in programs(&["--api-host", "station.example"]) {
        let address = program.address(what);
        let (own, port) = (format!("Host: {address}"), address.port());
        let own_origin = format!("Origin: http://{address}");
        let (by_name, at_name) = ("Host: localhost:80", "Origin: http://localhost");
        let secure = ("Host: station.example", "Origin: https://station.example");
        let other_port = format!("Origin: http://127.0.0.1:{}", port.wrapping_add(1));
        // DNS rebinding: the name of the page leads to this machine.
        for host in [
            "evil.example",
            "evil.example:9001",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "8.8.8.8",
            "[2001:db8::1]:9001",
            "0x7f000001",
            "localhost.",
        ] {
            let host = format!("Host: {host}");
            assert_eq!(status(address, request, &[&host, JSON]), 403, "{host}");
            let look = ["GET", "/v1/health", ""];
            assert_eq!(status(address, look, &[&host]), 403, "{host}");
        }
        // Somebody else's page calls the interface by its right name.
        for origin in [
            "Origin: http://evil.example",
            "Origin: null",
            "Origin: https://127.0.0.1",
            "Origin: file://",
            "Origin: \u{e9}",
            other_port.as_str(),
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site",
        ] {
            assert_eq!(
                status(address, request, &[&own, JSON, origin]),
                403,
                "{origin}"
            );
        }
        let asks_first = ["OPTIONS", request[1], ""];
        let evil = "Origin: http://evil.example";
        assert_eq!(status(address, asks_first, &[&own, evil]), 403);
        // A form needs no leave of anybody.
        for kind in [
            "X-None: 1",
            "Content-Type: text/plain",
            "Content-Type: application/x-www-form-urlencoded",
            "Content-Type: multipart/form-data; boundary=x",
            "Content-Type: application/jsonp",
            "Content-Type: text/plain; application/json",
        ] {
            assert_eq!(status(address, request, &[&own, kind]), 415, "{kind}");
        }
        // Neither two hosts, nor none, nor nonsense.
        for hosts in [&[][..], &["Host: a b"], &[&own, "Host: evil.example"]] {
            assert_eq!(status(address, request, &[hosts, &[JSON]].concat()), 400);
        }
        // Nothing of that has happened; the right ones work.
        let state = http(address, "GET", "/v1/state", &Value::Null).1;
        assert_ne!(state["evses"][0]["plugged"], true);
        for (host, origin) in [
            (own.as_str(), own_origin.as_str()),
            (by_name, at_name),
            secure,
            ("Host: [::1]:1", "Sec-Fetch-Site: none"),
            (own.as_str(), "Sec-Fetch-Site: same-origin"),
            (own.as_str(), "X-None: 1"),
        ] {
            let kind = "content-type: Application/JSON; charset=utf-8";
            let done = status(address, request, &[host, origin, kind]);
            // A car that is plugged in already.
            assert!(matches!(done, 200 | 409), "{host} {origin}: {done}");
        }
    }
}

#[test]
fn a_request_without_a_body_needs_no_content_type() {
    for (program, what, _) in programs(&[]) {
        let address = program.address(what);
        let host = "Host: 127.0.0.1";
        assert_eq!(status(address, ["GET", "/", ""], &[host]), 200);
        assert_eq!(status(address, ["GET", "/v1/health", ""], &[host]), 200);
        if what == "control" {
            assert_eq!(status(address, ["POST", "/v1/start", ""], &[host]), 200);
            // As curl writes it with an empty --data.
            let form = "Content-Type: application/x-www-form-urlencoded";
            assert_eq!(
                status(address, ["POST", "/v1/stop", ""], &[host, form]),
                200
            );
        }
    }
}

#[test]
fn with_a_token_nobody_gets_in_without_it() {
    let folder = Folder::new("token");
    let file = folder.file("token");
    std::fs::write(&file, "correct-horse-battery\n").unwrap();
    for (program, what, request) in programs(&["--api-token-file", &file]) {
        let address = program.address(what);
        let host = "Host: localhost";
        for wrong in [
            "X-None: 1",
            "Authorization: Bearer",
            "Authorization: Bearer correct-horse-batter",
            "Authorization: Bearer correct-horse-battery!",
            "Authorization: Basic correct-horse-battery",
            "Authorization: correct-horse-battery",
            "Authorization: Bearer \u{e9}",
        ] {
            assert_eq!(
                status(address, request, &[host, JSON, wrong]),
                401,
                "{wrong}"
            );
            let look = ["GET", "/", ""];
            assert_eq!(status(address, look, &[host, wrong]), 401, "{wrong}");
        }
        for right in [
            "Authorization: Bearer correct-horse-battery",
            "authorization: bearer correct-horse-battery ",
        ] {
            let done = status(address, request, &[host, JSON, right]);
            assert!(matches!(done, 200 | 409), "{right}: {done}");
        }
        // A token does not help a page of another site.
        let headers = [
            host,
            JSON,
            "Authorization: Bearer correct-horse-battery",
            "Origin: http://evil.example",
        ];
        assert_eq!(status(address, request, &headers), 403);
    }
}

/// Starts a program that must not start, and says what it told.
fn refused(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .args(args)
        .output()
        .unwrap();
    assert!(!output.status.success(), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn an_interface_is_for_this_machine_unless_it_is_told_otherwise() {
    let folder = Folder::new("remote");
    let csms = ["csms", "--listen", "127.0.0.1:0", "--api", "0.0.0.0:0"];
    let station = [
        "station",
        "--url",
        "ws://127.0.0.1:1",
        "--id",
        "CP1",
        "--no-start",
        "--control",
        "[::]:0",
    ];
    for program in [&csms[..], &station[..]] {
        let told = refused(program);
        assert!(told.contains("--api-remote"), "{told}");
        for (name, content) in [
            ("empty", ""),
            ("short", "fifteen-letters"),
            ("two", "sixteen letters!"),
        ] {
            let file = folder.file(name);
            std::fs::write(&file, content).unwrap();
            let told = refused(&[program, &["--api-remote", "--api-token-file", &file]].concat());
            assert!(told.contains(&file) && told.contains("visible"), "{told}");
        }
        let missing = folder.file("missing");
        let told = refused(&[program, &["--api-remote", "--api-token-file", &missing]].concat());
        assert!(told.contains(&missing), "{told}");
    }
    let program = Program::start(&[&csms[..], &["--api-remote"]].concat(), 2);
    let port = program.address("operator").port();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let look = ["GET", "/v1/health", ""];
    // Addresses of this machine, which may be any; foreign names are still refused.
    assert_eq!(status(address, look, &["Host: 192.168.0.5:9001"]), 200);
    assert_eq!(status(address, look, &["Host: evil.example"]), 403);
    common::until("it is said", || {
        program
            .errors()
            .contains("everybody who reaches")
            .then_some(())
    });
}

#[test]
fn requests_are_bounded_and_bad_ones_harm_nobody() {
    for (program, what, request) in programs(&[]) {
        let address = program.address(what);
        let large = " ".repeat(5 << 20);
        let mut socket = TcpStream::connect(address).unwrap();
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: localhost\r\n{JSON}\r\nContent-Length: {}\r\n\r\n",
            request[0],
            request[1],
            large.len()
        );
        socket.write_all(head.as_bytes()).unwrap();
        // It may be turned away before everything is sent.
        let _ = socket.write_all(large.as_bytes());
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 413"),
            "{answer}"
        );
        for head in [
            format!("GET /v1/health HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(2_000_000)),
            format!("GET /v1/health HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: x\r\n".repeat(200)),
            "nonsense\r\n\r\n".to_owned(),
            "GET http://evil.example/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".to_owned(),
        ] {
            let mut socket = TcpStream::connect(address).unwrap();
            // It may be turned away before everything is sent.
            let _ = socket.write_all(head.as_bytes());
            let mut answer = Vec::new();
            let _ = socket.read_to_end(&mut answer);
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
        }
        // Half a request, and another one meanwhile.
        let mut slow = TcpStream::connect(address).unwrap();
        slow.write_all(b"GET /v1/hea").unwrap();
        assert_eq!(http(address, "GET", "/v1/health", &Value::Null).0, 200);
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(
            status(
                address,
                [request[0], request[1], &deep],
                &["Host: localhost", JSON]
            ),
            400
        );
        for text in [
            "\u{0}",
            "{",
            "[]",
            "null",
            "\"\"",
            "{\"evse\":1,\"evse\":1}",
        ] {
            let done = status(
                address,
                [request[0], request[1], text],
                &["Host: localhost", JSON],
            );
            assert_eq!(done, 400, "{text}");
        }
    }
}

#[test]
fn secrets_can_be_set_and_are_not_told() {
    for (version, key) in [
        ("1.6", "AuthorizationKey"),
        ("2.0.1", "SecurityCtrlr.BasicAuthPassword"),
    ] {
        let args = [
            "station",
            "--url",
            "ws://127.0.0.1:1",
            "--id",
            "CP1",
            "--version",
            version,
        ];
        let more = ["--control", "127.0.0.1:0", "--no-start", "--password"];
        let secret = "00112233445566778899aabbccddeeff";
        let station = Program::start(&[&args[..], &more, &[secret]].concat(), 1);
        let control = station.address("control");
        let path = format!("/v1/config/{key}");
        for value in [None, Some("ffeeddccbbaa99887766554433221100")] {
            if let Some(value) = value {
                let (done, answer) = http(control, "PUT", &path, &json!({"value": value}));
                assert_eq!(done, 200, "{answer}");
                assert!(!answer.to_string().contains(value));
            }
            for path in [
                &path,
                &path.to_uppercase().replace("/V1/CONFIG", "/v1/config"),
            ] {
                let (status, answer) = http(control, "GET", path, &Value::Null);
                assert_eq!(status, 403, "{path}: {answer}");
                let told = answer.to_string();
                assert!(told.contains("secret"), "{told}");
                assert!(!told.contains(secret) && !told.contains("ffeedd"), "{told}");
            }
        }
        let state = http(control, "GET", "/v1/state", &Value::Null)
            .1
            .to_string();
        assert!(!state.contains(secret), "{state}");
    }
}
