//! Files that come and go. The simulated station reaches for the server, so that addresses that do not work fail as they
//! should; over plain HTTP it fetches and sends, over other protocols it only connects.

use std::time::Duration;

use ocpp_core::station::JobFailure;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Time for a whole transfer.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long an installation takes.
const INSTALLATION: Duration = Duration::from_secs(1);

/// An address taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Location<'a> {
    scheme: &'a str,
    host: &'a str,
    port: u16,
    path: &'a str,
}

impl<'a> Location<'a> {
    fn parse(location: &'a str) -> Option<Self> {
        let (scheme, rest) = location.split_once("://")?;
        let port = match scheme {
            "http" => 80,
            "https" => 443,
            "ftp" => 21,
            "ftps" => 990,
            "sftp" => 22,
            _ => return None,
        };
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (host, port),
        };
        let fits = !host.is_empty() && !path.contains(|c: char| c.is_control() || c == ' ');
        fits.then_some(Self {
            scheme,
            host,
            port,
            path,
        })
    }
}

pub(super) async fn download(location: String) -> Result<(), JobFailure> {
    transfer(&location, "GET", "").await
}

pub(super) async fn upload(location: String, file_name: String) -> Result<(), JobFailure> {
    let location = if location.ends_with('/') {
        format!("{location}{file_name}")
    } else {
        location
    };
    transfer(&location, "PUT", "Nothing to report.\n").await
}

pub(super) async fn install() -> Result<(), JobFailure> {
    tokio::time::sleep(INSTALLATION).await;
    Ok(())
}

pub(super) async fn verify() -> Result<(), JobFailure> {
    Err(JobFailure::Signature)
}

async fn transfer(location: &str, method: &str, body: &str) -> Result<(), JobFailure> {
    let location = Location::parse(location).ok_or(JobFailure::BadLocation)?;
    let status = timeout(PATIENCE, async {
        let host = location.host.trim_matches(['[', ']']);
        let mut socket = TcpStream::connect((host, location.port)).await?;
        if location.scheme != "http" {
            return Ok(200);
        }
        let (host, path, length) = (location.host, location.path, body.len());
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        socket.write_all(request.as_bytes()).await?;
        // The file itself is of no use to a simulation.
        let mut head = Vec::new();
        socket.take(1024).read_to_end(&mut head).await?;
        let head = String::from_utf8_lossy(&head);
        let status = head
            .split_ascii_whitespace()
            .nth(1)
            .and_then(|status| status.parse().ok());
        Ok::<u16, std::io::Error>(status.unwrap_or(500))
    });
    match status.await {
        Ok(Ok(200..300)) => Ok(()),
        Ok(Ok(401 | 403)) => Err(JobFailure::PermissionDenied),
        Ok(Ok(404 | 410)) => Err(JobFailure::NotFound),
        Ok(Ok(_)) => Err(JobFailure::Other),
        Ok(Err(_)) | Err(_) => Err(JobFailure::Connection),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let location = Location::parse("ftp://me:pw@example.com:2121/a/b").unwrap();
        assert_eq!(
            (location.host, location.port, location.path),
            ("example.com", 2121, "/a/b")
        );
        let location = Location::parse("http://[::1]").unwrap();
        assert_eq!(
            (location.host, location.port, location.path),
            ("[::1]", 80, "/")
        );
        for bad in [
            "",
            "example.com",
            "gopher://x/",
            "http:///x",
            "http://x:y/",
            "http://x/ y",
        ] {
            assert_eq!(Location::parse(bad), None, "{bad}");
        }
    }
}
