//! What README.md and docs/interfaces.md show is so: their examples are run.
//!
//! A block `http csms` or `http station` holds requests (`>`) and their answers (`<`); `console` a command (`$`) and the JSON
//! that it prints, `console text` a command and the lines that it prints; `sh` commands that are run one after the other; `sh slow` commands whose options are looked up only, because
//! they need minutes or a person. `…` stands for anything, as a line for any number of lines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::{Folder, Program, http, until};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The blocks of a page: what each is, and its lines.
fn blocks(page: &str) -> Vec<(String, Vec<String>)> {
    let text = std::fs::read_to_string(root().join(page)).unwrap();
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(kind) => {
                open = !open;
                if open {
                    all.push((kind.to_owned(), Vec::new()));
                }
            }
            None if open => all.last_mut().unwrap().1.push(line.to_owned()),
            None => {
                let hidden = ["    ocpp ", "    cargo ", "    curl "];
                let hidden = hidden.iter().any(|begin| line.starts_with(begin));
                assert!(!hidden, "{page}: a command outside of a block: {line}");
            }
        }
    }
    assert!(!open, "{page}: a block does not end");
    all
}

/// Whether a value is as it was shown. What is answered may have more members.
fn fits(shown: &Value, found: &Value) -> bool {
    match (shown, found) {
        (Value::String(any), _) if any == "…" => true,
        (Value::Object(shown), Value::Object(found)) => shown
            .iter()
            .all(|(name, value)| found.get(name).is_some_and(|found| fits(value, found))),
        (Value::Array(shown), Value::Array(found)) => {
            shown.len() == found.len() && shown.iter().zip(found).all(|(a, b)| fits(a, b))
        }
        _ => shown == found,
    }
}

/// The requests of a block, each with the status and body that answer it.
fn exchanges(lines: &[String]) -> Vec<(String, u16, Value)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for line in lines {
        if let Some(request) = line.strip_prefix("> ") {
            all.push((request.to_owned(), String::new()));
        } else {
            let line = line.strip_prefix("< ").unwrap_or(line);
            all.last_mut().expect("a request comes first").1 += line;
        }
    }
    let read = |(request, answer): (String, String)| {
        let (status, body) = answer.split_once(' ').expect("a status and a body");
        let body = serde_json::from_str(body).unwrap_or_else(|error| panic!("{body}: {error}"));
        (request, status.parse().unwrap(), body)
    };
    all.into_iter().map(read).collect()
}

#[test]
fn the_http_interfaces_answer_as_the_page_shows() {
    let args = ["csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
    let csms = Program::start(&args, 2);
    let url = format!("ws://{}", csms.address("stations"));
    let args = [
        "station",
        "--url",
        &url,
        "--id",
        "CP001",
        "--control",
        "127.0.0.1:0",
    ];
    let station = Program::start(&args, 1);
    let control = station.address("control");
    until("the station is accepted", || {
        let state = http(control, "GET", "/v1/state", &Value::Null).1;
        (state["registration"] == "Accepted" && state["queued"] == 0).then_some(())
    });
    let mut shown = 0;
    for (kind, lines) in blocks("docs/interfaces.md") {
        let address = match kind.as_str() {
            "http csms" => csms.address("operator"),
            "http station" => control,
            _ => continue,
        };
        for (request, status, answer) in exchanges(&lines) {
            let mut words = request.splitn(3, ' ');
            let (method, path) = (words.next().unwrap(), words.next().unwrap());
            let body = words.next().map(|body| serde_json::from_str(body).unwrap());
            let body = body.unwrap_or(Value::Null);
            let ask = || http(address, method, path, &body);
            let right = |found: &(u16, Value)| found.0 == status && fits(&answer, &found.1);
            if method == "GET" {
                // What follows from the requests before takes a moment.
                let mut last = Value::Null;
                let seen = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    until(&request, || {
                        let found = ask();
                        last = found.1.clone();
                        right(&found).then_some(())
                    });
                }));
                assert!(seen.is_ok(), "{request}\nshown {answer}\nfound {last}");
            } else {
                let found = ask();
                assert!(right(&found), "{request}\nshown {answer}\nfound {found:?}");
            }
            shown += 1;
        }
    }
    assert!(shown >= 12, "{shown} requests");
}

#[test]
fn every_path_that_an_interface_lists_is_described() {
    let page = std::fs::read_to_string(root().join("docs/interfaces.md")).unwrap();
    let csms = ["csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
    let csms = Program::start(&csms, 2);
    let station = [
        "station",
        "--url",
        "ws://127.0.0.1:1",
        "--id",
        "X",
        "--no-start",
    ];
    let station = Program::start(&[&station[..], &["--control", "127.0.0.1:0"]].concat(), 1);
    for address in [csms.address("operator"), station.address("control")] {
        let (status, index) = http(address, "GET", "/", &Value::Null);
        assert_eq!(status, 200);
        let paths = index["paths"].as_array().unwrap();
        assert!(paths.len() > 5, "{index}");
        for path in paths
            .iter()
            .flat_map(|path| path["path"].as_str().unwrap().split(", "))
        {
            assert!(page.contains(path), "{path} is not described");
        }
    }
}

/// Runs a line of a shell where the files of the project and the program are.
fn shell(folder: &Folder, line: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_ocpp")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("sh");
    command
        .args(["-c", line])
        .current_dir(folder.path())
        .env("PATH", format!("{}:{path}", program.display()));
    command
}

fn workplace(name: &str) -> Folder {
    let folder = Folder::new(name);
    let data = folder.path().join("examples/data");
    std::fs::create_dir_all(&data).unwrap();
    for file in std::fs::read_dir(root().join("examples/data")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), data.join(file.file_name())).unwrap();
    }
    folder
}

#[test]
fn commands_print_what_the_page_shows() {
    let folder = workplace("console");
    let mut shown = 0;
    for (kind, lines) in blocks("docs/interfaces.md") {
        if kind != "console" {
            continue;
        }
        let command = lines[0].strip_prefix("$ ").expect("a command comes first");
        let output = shell(&folder, command).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        // A report in one piece, or a value in each line.
        let values = serde_json::Deserializer::from_str(&printed).into_iter::<Value>();
        let found: Vec<Value> = values.map(|value| value.unwrap()).collect();
        let mut at = found.iter();
        let mut skip = false;
        for line in &lines[1..] {
            if line == "…" {
                skip = true;
                continue;
            }
            let wanted: Value = serde_json::from_str(line).unwrap();
            let is_there = match std::mem::take(&mut skip) {
                true => at.any(|found| fits(&wanted, found)),
                false => at.next().is_some_and(|found| fits(&wanted, found)),
            };
            assert!(is_there, "{command}\nshown {wanted}\nprinted {printed}");
        }
        assert!(at.next().is_none(), "{command} prints more: {printed}");
        shown += 1;
    }
    assert!(shown >= 3, "{shown} commands");
}

/// Whether a line is as it was shown, with anything in the place of `…`.
fn looks_like(shown: &str, line: &str) -> bool {
    match shown.split_once('…') {
        None => shown == line,
        Some((begin, end)) => {
            line.len() >= begin.len() + end.len() && line.starts_with(begin) && line.ends_with(end)
        }
    }
}

#[test]
fn commands_for_people_print_what_the_page_shows() {
    let folder = workplace("text");
    let mut shown = 0;
    for (kind, lines) in blocks("docs/interfaces.md") {
        if kind != "console text" {
            continue;
        }
        let command = lines[0].strip_prefix("$ ").expect("a command comes first");
        let output = shell(&folder, command).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let mut at = printed.lines();
        let mut skip = false;
        for line in &lines[1..] {
            if line == "…" {
                skip = true;
                continue;
            }
            let is_there = match std::mem::take(&mut skip) {
                true => at.any(|found| looks_like(line, found)),
                false => at.next().is_some_and(|found| looks_like(line, found)),
            };
            assert!(is_there, "{command}\nshown {line}\nprinted {printed}");
        }
        assert!(
            skip || at.next().is_none(),
            "{command} prints more: {printed}"
        );
        shown += 1;
    }
    assert!(shown >= 2, "{shown} commands");
}

/// The commands of a block, in one line each, without comments.
fn commands(lines: &[String]) -> Vec<String> {
    let text = lines.join("\n").replace("\\\n", " ");
    let without = |line: &str| line.split("  #").next().unwrap().trim().to_owned();
    let all = text.lines().map(without);
    all.filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// A program that runs until the end of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address that is free now.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

#[test]
fn the_commands_of_the_readme_work_as_written() {
    let folder = workplace("readme");
    // Other programs may use the addresses of the page.
    let addresses = ["127.0.0.1:9000", "127.0.0.1:9001", "127.0.0.1:9100"].map(|at| (at, free()));
    let has_curl = Command::new("curl").arg("--version").output().is_ok();
    let mut running = Vec::new();
    let mut last = String::new();
    let mut done = 0;
    for (kind, lines) in blocks("README.md") {
        if kind != "sh" {
            continue;
        }
        for written in commands(&lines) {
            let mut line = written.clone();
            for (at, free) in &addresses {
                line = line.replace(at, &free.to_string());
            }
            if line.starts_with("cargo ") || line.starts_with("git ") || line.starts_with("cd ") {
                check_cargo(&line);
                continue;
            }
            if line.starts_with("ocpp csms") || line.starts_with("ocpp station") {
                let mut waits_at = line
                    .split_whitespace()
                    .skip_while(|word| !matches!(*word, "--api" | "--control"));
                let waits_at: SocketAddr = waits_at.nth(1).unwrap().parse().unwrap();
                let child = shell(&folder, &format!("exec {line}"))
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap();
                running.push(Running(child));
                until("the program is up", || {
                    std::net::TcpStream::connect(waits_at).ok()
                });
                if line.starts_with("ocpp station") {
                    until("the station is accepted", || {
                        let state = http(waits_at, "GET", "/v1/state", &Value::Null).1;
                        (state["registration"] == "Accepted").then_some(())
                    });
                }
            } else {
                if line.starts_with("curl ") && !has_curl {
                    panic!("the README needs curl: {line}");
                }
                let output = shell(&folder, &line).output().unwrap();
                last = String::from_utf8_lossy(&output.stdout).into_owned();
                let told = String::from_utf8_lossy(&output.stderr);
                // A log with something wrong in it is status 1.
                let expected = i32::from(line.starts_with("ocpp validate"));
                assert_eq!(
                    output.status.code(),
                    Some(expected),
                    "{written}: {last}{told}"
                );
                assert!(!last.contains("\"error\""), "{written}: {last}");
                if line.contains("/v1/transactions") {
                    assert!(
                        last.contains("\"idToken\":\"04A2B3C4\""),
                        "{written}: {last}"
                    );
                }
            }
            done += 1;
        }
    }
    assert!(
        done >= 10,
        "{done} commands were run, the last one printed {last}"
    );
}

/// That what a `cargo` command names is there.
fn check_cargo(line: &str) {
    let words: Vec<&str> = line.split_whitespace().collect();
    for pair in words.windows(2) {
        match pair {
            ["-p", name] => {
                let manifests = ["schemas", "conformance"].map(str::to_owned);
                let named = name.trim_start_matches("example-");
                let named = named.trim_start_matches("ocpp-");
                let folders = [
                    (*name).to_owned(),
                    format!("examples/{named}"),
                    named.to_owned(),
                ];
                let is_there = folders
                    .iter()
                    .chain(&manifests)
                    .map(|folder| root().join(folder).join("Cargo.toml"))
                    .filter_map(|manifest| std::fs::read_to_string(manifest).ok())
                    .any(|text| text.contains(&format!("name = \"{name}\"")));
                assert!(is_there, "{line}: there is no package {name}");
            }
            ["--manifest-path" | "--path", path] => {
                assert!(root().join(path).exists(), "{line}: there is no {path}");
            }
            _ => {}
        }
    }
}

#[test]
fn slow_commands_of_the_readme_have_the_options_that_they_use() {
    let mut looked_at = 0;
    for (kind, lines) in blocks("README.md") {
        if kind != "sh slow" {
            continue;
        }
        for line in commands(&lines) {
            let words: Vec<&str> = line.split_whitespace().collect();
            if words[0] != "ocpp" {
                check_cargo(&line);
                if words[0].contains('/') {
                    assert!(root().join(words[0]).exists(), "{line}");
                }
                continue;
            }
            let subcommands = words[1..]
                .iter()
                .take_while(|word| word.chars().all(|c| c.is_ascii_lowercase()));
            let subcommands: Vec<&str> = subcommands.copied().collect();
            let help = Command::new(env!("CARGO_BIN_EXE_ocpp"))
                .args(&subcommands)
                .arg("--help")
                .output()
                .unwrap();
            assert!(help.status.success(), "{line}");
            let help = String::from_utf8(help.stdout).unwrap();
            for option in words.iter().filter(|word| word.starts_with("--")) {
                assert!(
                    help.contains(&format!("{option} ")) || help.contains(&format!("{option}\n")),
                    "{line}: {option}"
                );
            }
            looked_at += 1;
        }
    }
    assert!(looked_at >= 3, "{looked_at} commands");
}
