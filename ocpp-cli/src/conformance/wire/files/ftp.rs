//! A small FTP server: passive mode, any user, in clear or with TLS after `AUTH TLS` (RFC 959, 2428, 4217).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::{MAX_UPLOAD, Shelf};

/// How long a line may be.
const MAX_LINE: u64 = 4 * 1024;
/// How long a client may be silent, and how long it may take to open the connection for a file.
const PATIENCE: Duration = Duration::from_secs(60);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A client, as far as it has got.
struct Talk {
    shelf: Arc<Shelf>,
    tls: TlsAcceptor,
    /// Where the client reaches the server, and where it is.
    local: SocketAddr,
    remote: IpAddr,
    /// Whether connections for files use TLS.
    protected: bool,
    folder: String,
    /// Where the client is to open the connection for the next file.
    passive: Option<TcpListener>,
    /// Where the next file is to begin.
    offset: usize,
}

/// Serves a client until it goes.
pub(super) async fn serve(
    socket: TcpStream,
    shelf: Arc<Shelf>,
    tls: TlsAcceptor,
) -> io::Result<()> {
    let _ = socket.set_nodelay(true);
    let mut talk = Talk {
        shelf,
        tls,
        local: socket.local_addr()?,
        remote: socket.peer_addr()?.ip(),
        protected: false,
        folder: String::new(),
        passive: None,
        offset: 0,
    };
    let mut socket: BufReader<Box<dyn Stream>> = BufReader::new(Box::new(socket));
    say(&mut socket, "220 the files of the lab").await?;
    loop {
        let mut line = Vec::new();
        let reading = async {
            (&mut socket)
                .take(MAX_LINE)
                .read_until(b'\n', &mut line)
                .await
        };
        if timeout(PATIENCE, reading)
            .await
            .is_ok_and(|read| read.is_ok_and(|read| read == 0))
        {
            return Ok(());
        }
        if !line.ends_with(b"\n") {
            return say(&mut socket, "421 nothing came").await;
        }
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        let (command, argument) = line.split_once(' ').unwrap_or((&line, ""));
        match command.to_ascii_uppercase().as_str() {
            "QUIT" => return say(&mut socket, "221 bye").await,
            "AUTH" if argument.eq_ignore_ascii_case("TLS") => {
                say(&mut socket, "234 go ahead").await?;
                let secured = talk.tls.accept(socket.into_inner()).await?;
                socket = BufReader::new(Box::new(secured));
            }
            "RETR" | "STOR" => {
                let answer = match talk.find(command, argument) {
                    Ok((file, listener)) => {
                        say(&mut socket, "150 here it comes").await?;
                        talk.transfer(file, listener).await
                    }
                    Err(answer) => answer,
                };
                say(&mut socket, answer).await?;
            }
            command => {
                let answer = talk.answer(command, argument).await;
                say(&mut socket, &answer).await?;
            }
        }
    }
}

async fn say(socket: &mut BufReader<Box<dyn Stream>>, answer: &str) -> io::Result<()> {
    socket.write_all(format!("{answer}\r\n").as_bytes()).await?;
    socket.flush().await
}

/// A file that is about to be transferred.
enum File {
    Down(hyper::body::Bytes),
    Up(String),
}

impl Talk {
    /// A path as the file server knows it.
    fn path(&self, argument: &str) -> String {
        let path = match argument.strip_prefix('/') {
            Some(rest) => rest.to_owned(),
            None => format!("{}/{argument}", self.folder),
        };
        path.trim_matches('/').to_owned()
    }

    async fn answer(&mut self, command: &str, argument: &str) -> String {
        let text = match command {
            "USER" => "331 any password will do",
            "PASS" => "230 welcome",
            "TYPE" | "MODE" | "STRU" | "PBSZ" | "NOOP" | "OPTS" => "200 as you like",
            "PROT" => {
                self.protected = argument.eq_ignore_ascii_case("P");
                "200 as you like"
            }
            "SYST" => "215 UNIX Type: L8",
            "FEAT" => {
                "211-more\r\n AUTH TLS\r\n PBSZ\r\n PROT\r\n EPSV\r\n SIZE\r\n REST STREAM\r\n211 that is all"
            }
            "PWD" => return format!("257 \"/{}\"", self.folder),
            "CWD" => {
                self.folder = self.path(argument);
                "250 there you are"
            }
            "MKD" => return format!("257 \"/{}\"", self.path(argument)),
            "SIZE" => match self.shelf.content(&self.path(argument)) {
                Some(content) => return format!("213 {}", content.len()),
                None => "550 there is no such file",
            },
            "REST" => match argument.parse() {
                Ok(offset) => {
                    self.offset = offset;
                    "350 from there"
                }
                Err(_) => "501 a number is wanted",
            },
            "PASV" | "EPSV" => return self.listen(command == "EPSV").await,
            _ => "502 not here",
        };
        text.to_owned()
    }

    /// Opens a port for the next file.
    async fn listen(&mut self, extended: bool) -> String {
        let listening = TcpListener::bind((self.local.ip(), 0)).await;
        let Ok((listener, port)) = listening.and_then(|listener| {
            let port = listener.local_addr()?.port();
            Ok((listener, port))
        }) else {
            return "425 no port is free".to_owned();
        };
        let answer = match self.local.ip() {
            _ if extended => format!("229 Entering Extended Passive Mode (|||{port}|)"),
            IpAddr::V4(ip) => {
                let [a, b, c, d] = ip.octets();
                let [high, low] = port.to_be_bytes();
                format!("227 Entering Passive Mode ({a},{b},{c},{d},{high},{low})")
            }
            IpAddr::V6(_) => return "522 EPSV is wanted".to_owned(),
        };
        self.passive = Some(listener);
        answer
    }

    /// What a command is about, and where the connection for it comes.
    fn find(&mut self, command: &str, argument: &str) -> Result<(File, TcpListener), &'static str> {
        let path = self.path(argument);
        let from = std::mem::take(&mut self.offset);
        let listener = self.passive.take().ok_or("425 PASV or EPSV first")?;
        if command.eq_ignore_ascii_case("STOR") {
            let name = Shelf::upload_name(&path).filter(|name| !name.is_empty());
            let name = name.ok_or("553 not there")?;
            return Ok((File::Up(name.to_owned()), listener));
        }
        let content = self.shelf.content(&path);
        let content = content.ok_or("550 there is no such file")?;
        let content = content.slice(from.min(content.len())..);
        Ok((File::Down(content), listener))
    }

    /// The connection for a file. Nobody else gets in between.
    async fn connected(&self, listener: &TcpListener) -> io::Result<TcpStream> {
        loop {
            let (socket, from) = listener.accept().await?;
            if from.ip() == self.remote {
                return Ok(socket);
            }
        }
    }

    /// The file itself.
    async fn transfer(&self, file: File, listener: TcpListener) -> &'static str {
        let Ok(Ok(socket)) = timeout(PATIENCE, self.connected(&listener)).await else {
            return "425 no connection for the file";
        };
        let mut data: Box<dyn Stream> = Box::new(socket);
        if self.protected {
            data = match timeout(PATIENCE, self.tls.accept(data)).await {
                Ok(Ok(secured)) => Box::new(secured),
                _ => return "425 TLS failed",
            };
        }
        match file {
            File::Down(content) => {
                self.shelf.takes_a_while().await;
                let sent = data.write_all(&content).await.is_ok() && data.shutdown().await.is_ok();
                if sent { "226 done" } else { "426 broken off" }
            }
            File::Up(name) => {
                let (mut buffer, mut size) = ([0; 16 * 1024], 0);
                loop {
                    match timeout(PATIENCE, data.read(&mut buffer)).await {
                        Ok(Ok(0)) => break,
                        Ok(Ok(more)) if size + more <= MAX_UPLOAD => size += more,
                        Ok(Ok(_)) => return "552 too large",
                        _ => return "426 broken off",
                    }
                }
                self.shelf.takes_a_while().await;
                self.shelf.took(name);
                "226 done"
            }
        }
    }
}
