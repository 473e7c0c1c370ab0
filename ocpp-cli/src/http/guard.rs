//! Who may use an HTTP interface.
//!
//! It listens on this machine only unless it is told otherwise, but a browser on this machine shows pages of anybody. So a
//! page must not be able to use it: neither by a request to another site than its own (CSRF: `Origin`,
//! `Sec-Fetch-Site`), nor under a name of its own that leads to this machine (DNS rebinding: `Host`), nor with a form,
//! which cannot send JSON (`Content-Type`). Programs send no `Origin`, and are not kept out by any of this.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use hyper::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderMap, HeaderName, ORIGIN,
};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{Method, StatusCode, Uri, Version};
use tokio::net::TcpListener;
use tracing::warn;

use super::Reply;
use super::token::{BadTokens, Role, Tokens};

/// Options of programs with an HTTP interface.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "The HTTP interface")]
pub(crate) struct Args {
    /// Only requests with a token in this file are answered: Authorization: Bearer TOKEN. On each line a token of 16
    /// characters or more, after `read`, `operate` or `admin` if it may not do everything.
    #[arg(long, value_name = "FILE")]
    api_token_file: Option<PathBuf>,
    /// Listen on an address that other machines reach. Give a token too, and put TLS in front: the interface has none.
    #[arg(long)]
    api_remote: bool,
    /// A name by which browsers and programs reach the interface, besides localhost and IP addresses; may be given several
    /// times.
    #[arg(long, value_name = "NAME")]
    api_host: Vec<String>,
}

/// Why an interface does not listen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotOpen {
    #[error("{what} on {address}: {error}")]
    Bind {
        what: &'static str,
        address: SocketAddr,
        error: std::io::Error,
    },
    #[error(
        "{what} on {address} could be used by everybody who reaches this address: --api-remote says that this is meant, \
         --api-token-file keeps others out"
    )]
    Remote {
        what: &'static str,
        address: SocketAddr,
    },
    #[error(transparent)]
    Tokens(#[from] BadTokens),
}

impl Args {
    /// Listens on an address, with a guard that fits it.
    pub(crate) async fn open(
        &self,
        address: SocketAddr,
        what: &'static str,
    ) -> Result<(TcpListener, Guard), NotOpen> {
        let tokens = self
            .api_token_file
            .as_deref()
            .map(Tokens::read)
            .transpose()?;
        if !address.ip().is_loopback() {
            if !self.api_remote {
                return Err(NotOpen::Remote { what, address });
            }
            if tokens.is_none() {
                warn!("{what} on {address} can be used by everybody who reaches this address");
            }
        }
        let failed = |error| NotOpen::Bind {
            what,
            address,
            error,
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let guard = Guard {
            local: address.ip().is_loopback(),
            hosts: self.api_host.clone(),
            tokens,
        };
        Ok((listener, guard))
    }
}

/// Decides whether a request is answered.
#[derive(Debug)]
pub(crate) struct Guard {
    /// Only this machine reaches the interface.
    local: bool,
    /// Further names of this machine.
    hosts: Vec<String>,
    tokens: Option<Tokens>,
}

impl Guard {
    /// Looks at everything but the token and the body.
    pub(super) fn check(&self, head: &Parts) -> Result<(), Reply> {
        let host = self.check_host(head)?;
        check_origin(head, host.as_ref())
    }

    /// The name by which the interface is called must be one of this machine: an address, which no foreign name can stand
    /// for, or a name that was configured.
    fn check_host(&self, head: &Parts) -> Result<Option<Authority>, Reply> {
        let mut hosts = head.headers.get_all(HOST).iter();
        let host = match (hosts.next(), hosts.next()) {
            // Older than the header, and than browsers that matter.
            (None, _) if head.version == Version::HTTP_10 => None,
            (Some(host), None) => Some(host),
            _ => return Err(Reply::bad("one Host header is wanted")),
        };
        let parsed = host.map(|host| Authority::try_from(host.as_bytes()));
        let Ok(host) = parsed.transpose() else {
            return Err(Reply::bad("the Host header is no host"));
        };
        for name in [host.as_ref(), head.uri.authority()].into_iter().flatten() {
            if !self.is_here(name.host()) {
                let shown = crate::output::printable(name.host(), 100);
                return Err(forbidden(format!(
                    "the interface is not called {shown:?}: use an IP address or localhost, or start the program with \
                     --api-host"
                )));
            }
        }
        Ok(host)
    }

    fn is_here(&self, name: &str) -> bool {
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(ip) => ip.to_canonical().is_loopback() || !self.local,
            Err(_) => {
                let is = |known: &str| known.eq_ignore_ascii_case(name);
                is("localhost") || self.hosts.iter().any(|known| is(known))
            }
        }
    }

    /// What the token of a request permits; without tokens everything.
    pub(super) fn role(&self, headers: &HeaderMap) -> Result<Role, Reply> {
        let Some(tokens) = &self.tokens else {
            return Ok(Role::Admin);
        };
        let given = headers.get(AUTHORIZATION).map(|value| value.as_bytes());
        let bearer = given.and_then(|value| {
            let (scheme, given) = value.split_at_checked("bearer ".len())?;
            scheme.eq_ignore_ascii_case(b"bearer ").then_some(given)
        });
        if let Some(role) = bearer.and_then(|given| tokens.role(given.trim_ascii())) {
            return Ok(role);
        }
        let mut reply = Reply::error(
            StatusCode::UNAUTHORIZED,
            "the token is missing or wrong: Authorization: Bearer TOKEN",
        );
        reply.authenticate = true;
        Err(reply)
    }
}

fn forbidden(why: impl ToString) -> Reply {
    Reply::error(StatusCode::FORBIDDEN, why)
}

/// A page may use the interface only if it comes from there.
fn check_origin(head: &Parts, host: Option<&Authority>) -> Result<(), Reply> {
    let text = |name: &HeaderName| head.headers.get(name).map(|value| value.to_str());
    let site = HeaderName::from_static("sec-fetch-site");
    let reads = matches!(head.method, Method::GET | Method::HEAD);
    let foreign = "a page of another site may not use this interface";
    if !reads && matches!(text(&site), Some(Ok("cross-site" | "same-site"))) {
        return Err(forbidden(foreign));
    }
    let Some(origin) = text(&ORIGIN) else {
        return Ok(());
    };
    let own = origin.ok().and_then(|origin| {
        let origin: Uri = origin.parse().ok()?;
        let default = match origin.scheme_str()? {
            "http" => 80,
            // TLS in front of the interface.
            "https" => 443,
            _ => return None,
        };
        let place = |authority: &Authority| {
            let port = authority.port_u16().unwrap_or(default);
            (authority.host().to_ascii_lowercase(), port)
        };
        Some(place(origin.authority()?) == place(host?))
    });
    match own {
        Some(true) => Ok(()),
        _ => Err(forbidden(foreign)),
    }
}

/// A body is JSON, and says so: that is what a form of a page cannot do.
pub(super) fn check_body(headers: &HeaderMap, body: &[u8]) -> Result<(), Reply> {
    if body.is_empty() {
        return Ok(());
    }
    let unsupported = |why| Err(Reply::error(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json")) {
        return unsupported("a body needs the header Content-Type: application/json");
    }
    if headers.contains_key(CONTENT_ENCODING) {
        return unsupported("a body may not be compressed");
    }
    Ok(())
}
