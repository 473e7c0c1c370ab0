//! A database and a bus that a test starts, stops and cuts off.
#![cfg(any(feature = "postgres", feature = "nats"))]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::peer::scratch;

/// Where a program is; `None`: it is not installed, and the test is skipped. With OCPP_REQUIRE_SERVERS it must be there.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for version in std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
    {
        folders.push(version.unwrap().path().join("bin"));
    }
    let found = folders
        .iter()
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        assert!(
            std::env::var_os("OCPP_REQUIRE_SERVERS").is_none(),
            "{name} is not installed"
        );
        eprintln!("skipped: {name} is not installed");
    }
    found
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A server of others, which ends with the test.
pub struct Server {
    command: Command,
    child: Child,
    pub port: u16,
    folder: PathBuf,
}

impl Server {
    async fn start(mut command: Command, port: u16, folder: PathBuf) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let server = Self {
            command,
            child,
            port,
            folder,
        };
        server.answers().await;
        server
    }

    async fn answers(&self) {
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// As if the power had gone.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Whatever it had on disk is gone.
    pub fn lose_everything(&mut self) {
        self.kill();
        std::fs::remove_dir_all(&self.folder).unwrap();
        std::fs::create_dir_all(&self.folder).unwrap();
    }

    pub async fn start_again(&mut self) {
        // A database that was killed leaves its children and this behind.
        let _ = std::fs::remove_file(self.folder.join("postmaster.pid"));
        loop {
            self.child = self.command.spawn().unwrap();
            let begun = async {
                while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            tokio::select! {
                () = begun => {}
                () = tokio::time::sleep(Duration::from_secs(20)) => panic!("it does not answer"),
            }
            // It gives up a moment later if something of the former one is still there.
            tokio::time::sleep(Duration::from_millis(500)).await;
            if self.child.try_wait().unwrap().is_none() {
                return;
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// PostgreSQL does not run as root.
fn as_somebody(command: &mut Command, folder: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    use std::os::unix::process::CommandExt as _;
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        return;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let id = |name: &str| {
        let line = users.lines().find(|line| line.starts_with(name))?;
        let mut parts = line.split(':').skip(2);
        let mut number = || parts.next()?.parse::<u32>().ok();
        Some((number()?, number()?))
    };
    let (user, group) = id("postgres:").or_else(|| id("nobody:")).unwrap();
    std::os::unix::fs::chown(folder, Some(user), Some(group)).unwrap();
    command.uid(user).gid(group).current_dir(folder);
}

/// A certificate of its own, with its key.
pub struct Certificate {
    pub pem: String,
    key: String,
}

impl Certificate {
    pub fn of(name: &str) -> Self {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        Self {
            pem: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        }
    }
}

/// A database of PostgreSQL on a free port.
pub async fn postgres(name: &str) -> Option<Server> {
    database_server(name, None).await
}

/// One that takes encrypted connections only.
pub async fn encrypted_postgres(name: &str, certificate: &Certificate) -> Option<Server> {
    database_server(name, Some(certificate)).await
}

async fn database_server(name: &str, certificate: Option<&Certificate>) -> Option<Server> {
    let (initdb, postgres) = (program("initdb")?, program("postgres")?);
    let folder = scratch(name);
    let mut command = Command::new(initdb);
    let options = [
        "-A",
        "trust",
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
        "-D",
    ];
    command.args(options).arg(&folder).stdout(Stdio::null());
    as_somebody(&mut command, &folder);
    assert!(command.status().unwrap().success(), "initdb");
    let port = free_port();
    let mut command = Command::new(postgres);
    command
        .arg("-D")
        .arg(&folder)
        .args(["-p", &port.to_string(), "-h", "127.0.0.1"]);
    // The power does not go in tests, and nobody else is to find it.
    for setting in [
        "unix_socket_directories=",
        "fsync=off",
        "max_connections=100",
    ] {
        command.args(["-c", setting]);
    }
    if let Some(certificate) = certificate {
        use std::os::unix::fs::PermissionsExt as _;
        let access = folder.join("pg_hba.conf");
        let files = [
            ("server.crt", certificate.pem.as_str()),
            ("server.key", certificate.key.as_str()),
            ("pg_hba.conf", "hostssl all all all trust\n"),
        ];
        let owner = std::fs::metadata(&access).unwrap();
        for (name, text) in files {
            use std::os::unix::fs::MetadataExt as _;
            let file = folder.join(name);
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
            std::os::unix::fs::chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        command.args(["-c", "ssl=on"]);
    }
    as_somebody(&mut command, &folder);
    let server = Server::start(command, port, folder).await;
    if certificate.is_some() {
        // Whoever tests encryption asks until it answers.
        return Some(server);
    }
    // It takes connections before it takes questions.
    while tokio_postgres_answers(port).await.is_none() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Some(server)
}

#[cfg(feature = "postgres")]
async fn tokio_postgres_answers(port: u16) -> Option<()> {
    let store = ocpp_tokio::csms::PostgresStore::open(&database(port)).await;
    store.ok().map(drop)
}

#[cfg(not(feature = "postgres"))]
async fn tokio_postgres_answers(_: u16) -> Option<()> {
    Some(())
}

pub fn database(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/postgres")
}

/// A server of NATS with JetStream on a free port.
pub async fn nats(name: &str) -> Option<Server> {
    let nats = program("nats-server")?;
    let folder = scratch(name);
    let port = free_port();
    let mut command = Command::new(nats);
    command
        .args(["-js", "-a", "127.0.0.1", "-p", &port.to_string(), "-sd"])
        .arg(&folder);
    Some(Server::start(command, port, folder).await)
}

/// A way to a server that can be cut: what is on it waits, and comes late.
pub struct Way {
    pub address: SocketAddr,
    cut: watch::Sender<bool>,
    /// How many bytes may still pass; then all connections break.
    bytes: Arc<AtomicI64>,
}

impl Way {
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (cut, is_cut) = watch::channel(false);
        let bytes = Arc::new(AtomicI64::new(i64::MAX));
        let left = Arc::clone(&bytes);
        tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                let (is_cut, left) = (is_cut.clone(), Arc::clone(&left));
                tokio::spawn(async move {
                    let Ok(there) = TcpStream::connect(("127.0.0.1", port)).await else {
                        return;
                    };
                    let (from_here, to_here) = here.into_split();
                    let (from_there, to_there) = there.into_split();
                    // When one of them ends, so does the other.
                    tokio::select! {
                        () = carry(from_here, to_there, is_cut.clone(), &left) => {}
                        () = carry(from_there, to_here, is_cut, &left) => {}
                    }
                });
            }
        });
        Self {
            address,
            cut,
            bytes,
        }
    }

    /// From now on nothing passes, or everything again that has waited.
    pub fn cut(&self, is_cut: bool) {
        self.cut.send_replace(is_cut);
    }

    /// After so many bytes the connection breaks that they pass over. Later ones are whole.
    pub fn cut_after(&self, bytes: i64) {
        self.bytes.store(bytes, Ordering::SeqCst);
    }
}

async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut is_cut: watch::Receiver<bool>,
    left: &AtomicI64,
) {
    let mut buffer = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if is_cut.wait_for(|is_cut| !is_cut).await.is_err() {
            return;
        }
        let passes = left.fetch_sub(i64::try_from(length).unwrap(), Ordering::SeqCst);
        let passes = usize::try_from(passes).unwrap_or(0);
        let sent = to.write_all(&buffer[..length.min(passes)]).await;
        if passes < length {
            left.store(i64::MAX, Ordering::SeqCst);
            return;
        }
        if sent.is_err() {
            return;
        }
    }
    // An end is told only over a way that is whole.
    let _ = is_cut.wait_for(|is_cut| !is_cut).await;
}
