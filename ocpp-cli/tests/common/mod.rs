//! The program as a process, and its HTTP interfaces.
#![allow(dead_code, unreachable_pub, reason = "every test program uses a part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running `ocpp`, killed at the end.
pub struct Program {
    child: Child,
    /// The addresses that it told, by their first word.
    addresses: Vec<(String, SocketAddr)>,
    /// What it wrote on standard error so far.
    errors: Arc<Mutex<String>>,
}

impl Program {
    /// Starts it and waits until it has told `addresses` addresses.
    pub fn start(args: &[&str], addresses: usize) -> Self {
        Self::start_with(args, addresses, Stdio::piped())
    }

    /// A management system on free ports, with its operator interface.
    pub fn csms(more: &[&str]) -> Self {
        let csms = ["csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
        Self::start(&[&csms, more].concat(), 2)
    }

    /// Starts it with another standard error.
    pub fn start_with(args: &[&str], addresses: usize, errors_to: Stdio) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ocpp"))
            .args(args)
            .stdout(Stdio::piped())
            .stderr(errors_to)
            .spawn()
            .unwrap();
        let errors = Arc::new(Mutex::new(String::new()));
        if let Some(from) = child.stderr.take() {
            let heard = Arc::clone(&errors);
            std::thread::spawn(move || {
                for line in BufReader::new(from).lines().map_while(Result::ok) {
                    eprintln!("{line}");
                    let mut heard = heard.lock().unwrap();
                    heard.push_str(&line);
                    heard.push('\n');
                }
            });
        }
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told = Vec::new();
        while told.len() < addresses {
            let line = lines
                .next()
                .expect("the program told its addresses")
                .unwrap();
            let (what, url) = line.split_once(": ").unwrap();
            if let Some((_, rest)) = url.split_once("://") {
                let address = rest.split('/').next().unwrap().parse().unwrap();
                told.push((what.to_string(), address));
            }
        }
        Self {
            child,
            addresses: told,
            errors,
        }
    }

    /// What it wrote on standard error so far.
    pub fn errors(&self) -> String {
        self.errors.lock().unwrap().clone()
    }

    pub fn address(&self, what: &str) -> SocketAddr {
        let found = self.addresses.iter().find(|(name, _)| name == what);
        found.unwrap().1
    }

    /// All of this name, in the order in which it told them.
    pub fn addresses(&self, what: &str) -> Vec<SocketAddr> {
        let found = self.addresses.iter().filter(|(name, _)| name == what);
        found.map(|(_, address)| *address).collect()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// SIGTERM, as a service manager sends it. Says whether it ended well.
    pub fn terminate(&mut self) -> bool {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success());
        until("the program ends", || self.child.try_wait().unwrap()).success()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<std::process::ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request and reads the answer: status and JSON.
pub fn http(address: SocketAddr, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let (kind, body) = if body.is_null() {
        (Vec::new(), String::new())
    } else {
        (vec!["Content-Type: application/json"], body.to_string())
    };
    http_with(
        address,
        method,
        path,
        &[vec!["Host: localhost"], kind].concat(),
        &body,
    )
}

/// The same with these headers.
pub fn http_with(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[&str],
    body: &str,
) -> (u16, Value) {
    let (status, _, body) = raw(address, method, path, headers, body);
    (status, serde_json::from_str(&body).unwrap())
}

/// The same as it is: status, head, body.
pub fn raw(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[&str],
    body: &str,
) -> (u16, String, String) {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let headers: String = headers
        .iter()
        .map(|header| format!("{header}\r\n"))
        .collect();
    let length = body.len();
    write!(
        socket,
        "{method} {path} HTTP/1.1\r\n{headers}Connection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head
        .split_ascii_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    (status, head.to_owned(), body.to_owned())
}

/// The answer of a request that has to work.
pub fn ask(address: SocketAddr, method: &str, path: &str, body: &Value) -> Value {
    let (status, answer) = http(address, method, path, body);
    assert_eq!(status, 200, "{method} {path} {body}: {answer}");
    answer
}

/// Asks until the answer is right.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "it did not happen that {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A folder of its own for a test, removed at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ocpp-cli-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().into()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
