//! What a server shows when TLS is begun with one cipher suite, or with an old version.
//!
//! Libraries leave out the suites and versions that have to be tried here. In TLS 1.2 the server says all that counts before
//! anything is encrypted: the lab begins, reads, and goes away.

use std::net::IpAddr;
use std::time::Duration;

use ocpp_conformance::bench::{Hello, SUITES, TlsVersion, Trouble, agreed, not_agreed};
use ocpp_conformance::pki::pem_of;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most that is read, in bytes.
const LONGEST: usize = 128 * 1024;

const V1_1: u16 = 0x0302;
const V1_2: u16 = 0x0303;
/// The numbers of [`SUITES`].
const NUMBERS: [u16; 4] = [0xc02b, 0xc02c, 0x009c, 0x009d];
/// The suites that TLS 1.1 has too: with elliptic curves and with RSA, AES and CBC.
const OLD_SUITES: [u16; 6] = [0xc00a, 0xc009, 0xc014, 0xc013, 0x0035, 0x002f];

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_HELLO_DONE: u8 = 14;

/// Begins, and reads what the server shows.
pub(super) async fn begin(url: &str, hello: &Hello) -> Result<Value, Trouble> {
    let Some(rest) = url.strip_prefix("wss://") else {
        let why = "there is no TLS at a ws:// URL".to_owned();
        return Err(Trouble::Impossible(why));
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let uri: hyper::Uri = url.parse().map_err(Trouble::broken)?;
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = uri.port_u16().unwrap_or(443);
    let broken = |error| Trouble::broken(format_args!("{authority}: {error}"));
    let mut tcp = TcpStream::connect((host, port)).await.map_err(broken)?;
    tcp.write_all(&client_hello(hello, host))
        .await
        .map_err(broken)?;
    let mut seen = Vec::new();
    let read = async {
        loop {
            match understood(&seen) {
                Heard::More if seen.len() < LONGEST => {}
                Heard::More => return not_agreed("it sends more than a handshake"),
                Heard::Is(shown) => return shown,
            }
            match tcp.read_buf(&mut seen).await {
                Ok(0) => return not_agreed("it closes the connection"),
                Ok(_) => {}
                Err(error) => return not_agreed(&error.to_string()),
            }
        }
    };
    let shown = timeout(PATIENCE, read).await;
    Ok(shown.unwrap_or_else(|_| not_agreed("it says nothing")))
}

/// A vector of bytes with its length before it.
fn vector<const WIDTH: usize>(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    let [.., a, b, c] = length.to_be_bytes();
    let length = [a, b, c];
    [&length[3 - WIDTH..], content].concat()
}

fn numbers(all: &[u16]) -> Vec<u8> {
    all.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [kind.to_be_bytes().to_vec(), vector::<2>(content)].concat()
}

/// The first record of a client.
fn client_hello(hello: &Hello, host: &str) -> Vec<u8> {
    let known = SUITES.iter().zip(NUMBERS);
    let mut wanted = known.filter(|(name, _)| hello.suite == Some(**name));
    let suites = match wanted.next() {
        Some((_, number)) => vec![number],
        None => OLD_SUITES.to_vec(),
    };
    let version = match hello.version {
        TlsVersion::Outdated => V1_1,
        _ => V1_2,
    };
    let mut extensions = Vec::new();
    // Addresses are no names (RFC 6066).
    if host.parse::<IpAddr>().is_err() {
        let name = [vec![0], vector::<2>(host.as_bytes())].concat();
        extensions.extend(extension(0, &vector::<2>(&name)));
    }
    // P-256, P-384, x25519; points without compression.
    let groups = numbers(&[0x0017, 0x0018, 0x001d]);
    extensions.extend(extension(10, &vector::<2>(&groups)));
    extensions.extend(extension(11, &vector::<1>(&[0])));
    if version == V1_2 {
        // ECDSA, RSA-PSS and RSA, with SHA-256 and SHA-384.
        let signatures = numbers(&[0x0403, 0x0503, 0x0804, 0x0805, 0x0401, 0x0501]);
        extensions.extend(extension(13, &vector::<2>(&signatures)));
    }
    // The extended master secret, and renegotiation as RFC 5746 wants it.
    extensions.extend(extension(23, &[]));
    extensions.extend(extension(0xff01, &[0]));
    let body = [
        version.to_be_bytes().to_vec(),
        // The random number protects nothing: no key follows from it.
        vec![0x5a; 32],
        // No session to resume, no compression.
        vector::<1>(&[]),
        vector::<2>(&numbers(&suites)),
        vector::<1>(&[0]),
        vector::<2>(&extensions),
    ];
    let message = [vec![1], vector::<3>(&body.concat())].concat();
    [&[HANDSHAKE, 3, 1], vector::<2>(&message).as_slice()].concat()
}

/// What has come so far.
#[derive(Debug, PartialEq)]
enum Heard {
    /// Not all of it.
    More,
    /// This.
    Is(Value),
}

fn split(bytes: &[u8], at: usize) -> Option<(&[u8], &[u8])> {
    bytes.split_at_checked(at)
}

/// A vector with a length of three bytes before it, and what follows.
fn long_vector(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = split(bytes, 3)?;
    let length = length
        .iter()
        .fold(0, |length, byte| length << 8 | usize::from(*byte));
    split(rest, length)
}

fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (number, rest) = split(bytes, 2)?;
    Some((u16::from_be_bytes(number.try_into().ok()?), rest))
}

/// Understands the records that have come.
fn understood(mut records: &[u8]) -> Heard {
    let mut messages = Vec::new();
    while let Some((head, rest)) = split(records, 5) {
        // What something else says need not be as long as it seems to a reader of TLS.
        if !matches!(head[0], HANDSHAKE | ALERT) {
            return Heard::Is(not_agreed("it does not speak TLS"));
        }
        let length = usize::from(u16::from_be_bytes([head[3], head[4]]));
        let Some((content, rest)) = split(rest, length) else {
            break;
        };
        records = rest;
        match (head[0], content) {
            (HANDSHAKE, _) => messages.extend_from_slice(content),
            (ALERT, [_, alert, ..]) => return Heard::Is(not_agreed(&alert_words(*alert))),
            _ => return Heard::Is(not_agreed("it does not speak TLS")),
        }
    }
    in_messages(&messages).unwrap_or(Heard::More)
}

/// What the messages of a handshake show, if the last one has come.
fn in_messages(mut messages: &[u8]) -> Option<Heard> {
    let broken = Some(Heard::Is(not_agreed("its messages cannot be understood")));
    let (mut begun, mut chain) = (None, String::new());
    loop {
        let (kind, rest) = split(messages, 1)?;
        let (content, rest) = long_vector(rest)?;
        messages = rest;
        match kind {
            [SERVER_HELLO] => match server_hello(content) {
                Some(seen) => begun = Some(seen),
                None => return broken,
            },
            [CERTIFICATE] => match certificates(content) {
                Some(seen) => chain = seen,
                None => return broken,
            },
            [SERVER_HELLO_DONE] => {
                let Some((version, suite)) = begun else {
                    return broken;
                };
                return Some(Heard::Is(agreed(version, &suite, &chain)));
            }
            _ => {}
        }
    }
}

/// The version and the suite of a ServerHello.
fn server_hello(content: &[u8]) -> Option<(TlsVersion, String)> {
    let (version, rest) = number(content)?;
    let (_random, rest) = split(rest, 32)?;
    let (length, rest) = split(rest, 1)?;
    let (_session, rest) = split(rest, length[0].into())?;
    let (suite, _) = number(rest)?;
    let mut known = SUITES.iter().zip(NUMBERS);
    let name = known.find(|(_, number)| *number == suite);
    let name = name.map_or_else(|| format!("{suite:#06x}"), |(name, _)| (*name).to_owned());
    let version = match version {
        V1_2 => TlsVersion::V1_2,
        version if version < V1_2 => TlsVersion::Outdated,
        _ => TlsVersion::V1_3,
    };
    Some((version, name))
}

/// The chain of a Certificate, PEM.
fn certificates(content: &[u8]) -> Option<String> {
    let (mut all, _) = long_vector(content)?;
    let mut chain = String::new();
    while !all.is_empty() {
        let (certificate, rest) = long_vector(all)?;
        all = rest;
        chain.push_str(&pem_of(certificate).ok()?);
    }
    Some(chain)
}

fn alert_words(alert: u8) -> String {
    let name = match alert {
        40 => "handshake_failure",
        47 => "illegal_parameter",
        70 => "protocol_version",
        71 => "insufficient_security",
        112 => "unrecognized_name",
        _ => return format!("the alert {alert}"),
    };
    format!("the alert {name}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::sync::Arc;

    use ocpp_conformance::pki::{Authority, server_key};
    use serde_json::json;
    use tokio_rustls::rustls::crypto::ring;
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use tokio_rustls::rustls::{ServerConfig, ServerConnection};

    use super::*;

    fn hello(version: TlsVersion, suite: Option<&'static str>) -> Hello {
        Hello {
            security_profile: 2,
            version,
            suite,
        }
    }

    /// What a server of rustls answers to this, with a certificate whose key is on a curve.
    fn answers(hello: &Hello) -> Vec<u8> {
        let chain = Authority::csms()
            .unwrap()
            .server_at("host.example")
            .unwrap();
        let chain = CertificateDer::from_pem_slice(chain.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(server_key().unwrap().as_bytes()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![chain], key)
            .unwrap();
        let mut server = ServerConnection::new(Arc::new(config)).unwrap();
        let sent = client_hello(hello, "host.example");
        server.read_tls(&mut sent.as_slice()).unwrap();
        // It may refuse: what it says to that counts.
        let _ = server.process_new_packets();
        let mut answer = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut answer).unwrap();
        }
        answer
    }

    fn shown(heard: Heard) -> Value {
        match heard {
            Heard::Is(shown) => shown,
            Heard::More => json!("more"),
        }
    }

    #[test]
    fn a_server_shows_its_suite_and_its_certificate_however_its_answer_is_cut() {
        let answer = answers(&hello(TlsVersion::V1_2, Some(SUITES[0])));
        for end in 0..answer.len() {
            assert_eq!(understood(&answer[..end]), Heard::More, "{end}");
        }
        let shown = shown(understood(&answer));
        let wanted = json!({
            "agreed": true, "version": "TLS 1.2", "cipherSuite": SUITES[0],
            "certificate": {
                "commonName": "host.example", "serialNumber": "B", "key": "EC 256",
                "keyIsSufficient": true,
            },
        });
        assert_eq!(shown, wanted);
    }

    #[test]
    fn a_server_refuses_suites_that_it_does_not_have_and_old_versions() {
        let rsa = shown(understood(&answers(&hello(
            TlsVersion::V1_2,
            Some(SUITES[2]),
        ))));
        let old = shown(understood(&answers(&hello(TlsVersion::Outdated, None))));
        assert_eq!(rsa["agreed"], false, "{rsa}");
        assert_eq!(old["agreed"], false, "{old}");
    }

    #[test]
    fn what_is_no_tls_or_broken_is_no_agreement() {
        let all = [
            b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
            // A ServerHello that ends too early.
            [&[22, 3, 3, 0, 6, 2, 0, 0, 2, 3, 3][..]].concat(),
            // A certificate whose length is wrong.
            [&[22, 3, 3, 0, 8, 11, 0, 0, 4, 0, 0, 9, 1][..]].concat(),
            // The end without a beginning.
            [&[22, 3, 3, 0, 4, 14, 0, 0, 0][..]].concat(),
        ];
        for bytes in all {
            let shown = shown(understood(&bytes));
            assert_eq!(shown["agreed"], false, "{bytes:?}: {shown}");
        }
    }
}
