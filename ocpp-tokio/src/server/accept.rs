//! From an HTTP request to an open connection.

use std::net::SocketAddr;

use http::{HeaderMap, Method, Request, StatusCode, Uri};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::judge::{Ask, Turn};
use super::refuse::not_websocket;
use super::source::Source;
use super::upgrade::{Kind, Pending, Upgrade};
use super::{Authenticator, Rejection, Server};
use crate::security::SecurityProfile;
use crate::tls::{ClientCertificate, TlsFailure};
use crate::websocket::handshake::{HeadError, parse_request, read_head, write_response};
use crate::websocket::{Connection, Io, Transport};

impl<A: Authenticator> Server<A> {
    /// Answers an upgrade request inside the user's own HTTP server, hyper or axum for example: send the response,
    /// then hand the upgraded byte stream to [`Pending::complete`]. `examples/axum` is a complete program.
    ///
    /// `profile` is the profile of the listener that the request came through, `certificate` the client certificate that
    /// was verified there, if any, and `remote` the other end of the TCP connection. Without `remote` the limits for
    /// addresses do not apply, and no [proxy](super::TrustedProxies) is believed. How long a request may take to arrive,
    /// and how many at a time, is for the HTTP server.
    pub fn upgrade<'a, B>(
        &'a self,
        request: &Request<B>,
        profile: SecurityProfile,
        certificate: Option<&'a ClientCertificate>,
        remote: Option<SocketAddr>,
    ) -> impl Future<Output = Upgrade> + Send + use<'a, A, B> {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        let ask = self.ask(method, uri, headers, remote);
        self.answer(ask, profile, certificate)
    }

    /// The same for a request without its body, as an extractor of axum gives it.
    pub fn upgrade_parts<'a>(
        &'a self,
        request: &http::request::Parts,
        profile: SecurityProfile,
        certificate: Option<&'a ClientCertificate>,
        remote: Option<SocketAddr>,
    ) -> impl Future<Output = Upgrade> + Send + use<'a, A> {
        let ask = self.ask(&request.method, &request.uri, &request.headers, remote);
        self.answer(ask, profile, certificate)
    }

    /// The address is the station's from here on.
    fn ask(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        remote: Option<SocketAddr>,
    ) -> Ask {
        let proxies = &self.shared.options.trusted_proxies;
        let remote = remote.map(|remote| proxies.client(remote, headers));
        Ask::read(method, uri, headers, remote)
    }

    async fn answer(
        &self,
        ask: Ask,
        profile: SecurityProfile,
        certificate: Option<&ClientCertificate>,
    ) -> Upgrade {
        let remote = ask.remote;
        let upgrade = self
            .decide(ask, profile, certificate, &mut Turn::Peer)
            .await;
        self.report_upgrade(remote, &upgrade);
        upgrade
    }

    fn report_upgrade(&self, remote: Option<SocketAddr>, upgrade: &Upgrade) {
        match &upgrade.outcome {
            Err(rejection)
            | Ok(Pending {
                kind: Kind::Close(rejection),
                ..
            }) => {
                self.shared.authenticator.rejected(remote, rejection);
            }
            Ok(_) => {}
        }
    }

    /// Carries out the whole handshake over any byte stream: reads the request, answers it, and opens the connection.
    ///
    /// # Errors
    /// Why there is no connection; the station was told in HTTP, and the authenticator through
    /// [`Authenticator::rejected`].
    pub async fn accept(
        &self,
        io: impl Io,
        profile: SecurityProfile,
        certificate: Option<&ClientCertificate>,
        remote: Option<SocketAddr>,
    ) -> Result<Connection, Rejection> {
        let io = Transport::Other(Box::new(io));
        let time = self.shared.options.handshake_timeout;
        let mut turn = Turn::Peer;
        let handshake = self.handshake(io, profile, certificate, remote, &mut turn);
        let result = timeout(time, handshake).await;
        let result = result.unwrap_or(Err(Rejection::TimedOut));
        let (pending, io, unread) = self.ended(remote, turn, result).await?;
        pending.open(io, unread).await
    }

    /// What follows from a handshake that ended without an answer; the others are dealt with.
    pub(super) async fn ended<T>(
        &self,
        remote: Option<SocketAddr>,
        turn: Turn,
        result: Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        if let Err(rejection) = &result
            && matches!(
                rejection,
                Rejection::TimedOut | Rejection::Broken(_) | Rejection::Tls(_) | Rejection::Crowded
            )
        {
            self.shared.authenticator.rejected(remote, rejection);
            if turn == Turn::Peer {
                self.shared.failures.failed(self.source(remote)).await;
            }
        }
        result
    }

    /// Whose share a connection counts for: nobody's if it is that of a proxy.
    pub(super) fn source(&self, remote: Option<SocketAddr>) -> Option<Source> {
        let remote = remote?.ip();
        let proxy = self.shared.options.trusted_proxies.trust(remote);
        (!proxy).then(|| Source::of(remote))
    }

    /// Up to the response. Closing a connection without common version may take a little longer and is left to
    /// [`Pending::open`].
    pub(super) async fn handshake(
        &self,
        mut io: Transport,
        profile: SecurityProfile,
        certificate: Option<&ClientCertificate>,
        remote: Option<SocketAddr>,
        turn: &mut Turn,
    ) -> Result<(Pending, Transport, Vec<u8>), Rejection> {
        let broken = |error: std::io::Error| match TlsFailure::from_io(&error) {
            Some(failure) => Rejection::Tls(failure),
            None => Rejection::Broken(error.kind()),
        };
        let request = match read_head(&mut io).await {
            Ok((head, unread)) => parse_request(&head).map(|request| (request, unread)),
            Err(error) => Err(error),
        };
        let mut client = remote;
        let (upgrade, unread) = match request {
            Ok((request, unread)) => {
                let (method, uri) = (request.method(), request.uri());
                let ask = self.ask(method, uri, request.headers(), remote);
                client = ask.remote;
                (self.decide(ask, profile, certificate, turn).await, unread)
            }
            Err(HeadError::Io(error)) => return Err(broken(error)),
            Err(HeadError::Malformed) => {
                self.shared.failures.failed(self.source(remote)).await;
                let (response, rejection) = *not_websocket(StatusCode::BAD_REQUEST);
                let outcome = Err(rejection);
                (Upgrade { response, outcome }, Vec::new())
            }
        };
        let written = async {
            io.write_all(&write_response(&upgrade.response)).await?;
            io.flush().await
        };
        let written = written.await;
        if upgrade.outcome.is_err() {
            // The peer must get to read the answer.
            let _ = io.shutdown().await;
        }
        // Whoever is turned away has the answer before anybody writes a log.
        self.report_upgrade(client, &upgrade);
        let pending = upgrade.outcome?;
        written.map_err(broken)?;
        Ok((pending, io, unread))
    }
}
