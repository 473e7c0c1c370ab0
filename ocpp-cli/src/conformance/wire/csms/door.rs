//! How the lab comes in as a station.

use std::sync::Arc;

use ocpp_conformance::bench::{Dial, Trouble};
use ocpp_conformance::pki::{Authority, station_key};
use ocpp_tokio::{
    ClientTls, ConnectError, ConnectOptions, Connection, Identity, Password, StationSecurity,
    TlsIdentity, Version, connect,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Longest answer to an upgrade that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// Versions that have this subprotocol.
fn version_of(subprotocol: &str) -> Option<Version> {
    match subprotocol {
        "ocpp1.6" => Some(Version::V1_6),
        "ocpp2.0.1" => Some(Version::V2_0_1),
        "ocpp2.1" => Some(Version::V2_1),
        _ => None,
    }
}

const fn subprotocol_of(version: Version) -> &'static str {
    match version {
        Version::V1_6 => "ocpp1.6",
        Version::V2_0_1 => "ocpp2.0.1",
        Version::V2_1 => "ocpp2.1",
    }
}

/// Tries to connect; the connection with its subprotocol, or why there is none.
pub(super) async fn open(
    url: &str,
    dial: &Dial,
) -> Result<Result<(Connection, String), String>, Trouble> {
    let known: Vec<Version> = dial
        .subprotocols
        .iter()
        .filter_map(|name| version_of(name))
        .collect();
    if known.len() < dial.subprotocols.len() || dial.user.is_some() {
        // What no client library offers.
        match upgrade(url, dial).await? {
            Ok(_) if dial.user.is_some() => {
                let why = "it upgrades a connection of a user who is not the station".to_owned();
                return Err(Trouble::NotDone(why));
            }
            Ok(agreed) if known.is_empty() => {
                let why = format!("it upgrades a connection with {agreed:?}");
                return Err(Trouble::NotDone(why));
            }
            Ok(agreed) if version_of(&agreed).is_none_or(|version| !known.contains(&version)) => {
                return Ok(Err(format!("it agrees on {agreed:?}")));
            }
            Ok(_) => {}
            Err(why) => return Ok(Err(why)),
        }
    }
    let identity = Identity::new(&dial.identity).map_err(Trouble::broken)?;
    let options = ConnectOptions::new(url, identity, &known).with_security(security(dial)?);
    match connect(&options).await {
        Ok(connection) => {
            let agreed = subprotocol_of(connection.info().version);
            Ok(Ok((connection, agreed.to_owned())))
        }
        Err(ConnectError::Unreachable(error)) => {
            Err(Trouble::broken(format_args!("{url}: {error}")))
        }
        Err(ConnectError::Options(why)) => Err(Trouble::Impossible(why.to_owned())),
        Err(error) => Ok(Err(error.to_string())),
    }
}

fn security(dial: &Dial) -> Result<StationSecurity, Trouble> {
    let password = dial.password.clone().map(Password::from_bytes);
    if dial.security_profile < 2 {
        return Ok(password.map_or(StationSecurity::Unsecured, StationSecurity::Basic));
    }
    let root = Authority::csms()?.pem()?;
    let identity = match &dial.certificate {
        Some(chain) => Some(TlsIdentity {
            chain_pem: chain.clone().into_bytes(),
            key_pem: key_of(dial)?.into_bytes(),
        }),
        None => None,
    };
    let tls = ClientTls::rustls(root.as_bytes(), identity.as_ref())
        .map_err(|error| Trouble::Impossible(error.to_string()))?;
    match password {
        Some(password) if dial.security_profile == 2 => {
            Ok(StationSecurity::TlsBasic(tls, password))
        }
        _ if identity.is_some() => Ok(StationSecurity::TlsCertificate(tls)),
        _ => Err(Trouble::Impossible(
            "the lab does not connect with TLS and neither a password nor a certificate".to_owned(),
        )),
    }
}

/// The private key of its certificate, PEM.
fn key_of(dial: &Dial) -> Result<String, Trouble> {
    match &dial.key {
        Some(key) => Ok(key.clone()),
        None => Ok(station_key()?),
    }
}

/// TLS of the station, for the upgrades that are written by hand.
fn connector(dial: &Dial) -> Result<TlsConnector, Trouble> {
    let root = Authority::csms()?.pem()?;
    let root = CertificateDer::from_pem_slice(root.as_bytes()).map_err(Trouble::broken)?;
    let mut roots = RootCertStore::empty();
    roots.add(root).map_err(Trouble::broken)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Trouble::broken)?
        .with_root_certificates(roots);
    let config = match &dial.certificate {
        None => config.with_no_client_auth(),
        Some(chain) => {
            let chain: Result<Vec<_>, _> =
                CertificateDer::pem_slice_iter(chain.as_bytes()).collect();
            let key = PrivateKeyDer::from_pem_slice(key_of(dial)?.as_bytes());
            let (chain, key) = (
                chain.map_err(Trouble::broken)?,
                key.map_err(Trouble::broken)?,
            );
            config
                .with_client_auth_cert(chain, key)
                .map_err(Trouble::broken)?
        }
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Asks for an upgrade with any subprotocols, as any user; the subprotocol that is agreed on, or why there is none. The connection
/// ends with that.
async fn upgrade(url: &str, dial: &Dial) -> Result<Result<String, String>, Trouble> {
    let uri: hyper::Uri = url.parse().map_err(Trouble::broken)?;
    let secure = url.starts_with("wss:");
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let authority = uri.authority().map_or(host, |authority| authority.as_str());
    let request = request(authority, uri.path(), dial);
    let broken = |error| Trouble::broken(format_args!("{url}: {error}"));
    let tcp = TcpStream::connect((host, port)).await.map_err(broken)?;
    if !secure {
        return Ok(answered(tcp, &request).await);
    }
    let name = ServerName::try_from(host.to_owned()).map_err(Trouble::broken)?;
    match connector(dial)?.connect(name, tcp).await {
        Ok(tls) => Ok(answered(tls, &request).await),
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// The head of a request for an upgrade.
fn request(authority: &str, path: &str, dial: &Dial) -> String {
    let path = path.trim_end_matches('/');
    let user = dial.user.as_ref().unwrap_or(&dial.identity);
    let credentials = dial.password.as_ref().map(|password| {
        let mut shown = format!("{user}:").into_bytes();
        shown.extend(password);
        format!("Authorization: Basic {}\r\n", base64(&shown))
    });
    // The key is the example of RFC 6455: nothing depends on it.
    format!(
        "GET {path}/{} HTTP/1.1\r\nHost: {authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Protocol: {}\r\n{}\r\n",
        dial.identity,
        dial.subprotocols.join(", "),
        credentials.unwrap_or_default(),
    )
}

/// What comes of it.
async fn answered(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
) -> Result<String, String> {
    let sent = stream.write_all(request.as_bytes()).await;
    let sent = match sent {
        Ok(()) => stream.flush().await,
        Err(error) => Err(error),
    };
    sent.map_err(|error| error.to_string())?;
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < LONGEST {
        match stream.read_buf(&mut head).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    agreed(&String::from_utf8_lossy(&head))
}

/// What the head of an answer agrees on.
fn agreed(head: &str) -> Result<String, String> {
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("101") {
        return Err(format!("it answers {status:?}"));
    }
    let mut headers = lines.filter_map(|line| line.split_once(':'));
    let agreed = headers.find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-protocol"));
    match agreed {
        Some((_, value)) => Ok(value.trim().to_owned()),
        // OCPP-J wants such a connection to be closed at once.
        None => Err("it agrees on no subprotocol".to_owned()),
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut bits = [0; 3];
        bits[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, bits[0], bits[1], bits[2]]);
        for place in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or_default();
            text.push(match place <= chunk.len() {
                true => DIGITS[digit].into(),
                false => '=',
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn an_upgrade_agrees_on_one_subprotocol_or_on_nothing() {
        let head = |more: &str| {
            format!("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n{more}\r\n")
        };
        let wanted = "Sec-WebSocket-Protocol: ocpp1.6\r\n";
        assert_eq!(agreed(&head(wanted)), Ok("ocpp1.6".to_owned()));
        assert!(agreed(&head("")).is_err());
        assert!(agreed("HTTP/1.1 400 Bad Request\r\n\r\n").is_err());
        assert!(agreed("").is_err());
    }

    #[test]
    fn credentials_are_written_as_rfc_4648_says() {
        for (plain, written) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(base64(plain.as_bytes()), written);
        }
    }
}
