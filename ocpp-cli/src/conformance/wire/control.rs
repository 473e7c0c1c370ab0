//! The hands of the wire bench: the control interface of the station.

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use ocpp_conformance::bench::Trouble;
use serde_json::Value;
use tokio::net::TcpStream;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where the control interface is.
#[derive(Debug, Clone)]
pub(super) struct Control {
    /// Host and port.
    authority: String,
    /// What comes before `/v1`.
    base: String,
}

impl Control {
    pub(super) fn new(url: &str) -> Result<Self, Trouble> {
        let uri: hyper::Uri = url
            .parse()
            .map_err(|error| Trouble(format!("{url}: {error}")))?;
        let authority = uri.authority().map(ToString::to_string);
        match (uri.scheme_str(), authority) {
            (Some("http"), Some(authority)) => Ok(Self {
                authority,
                base: uri.path().trim_end_matches('/').to_owned(),
            }),
            _ => Err(Trouble(format!("{url} is not http://HOST:PORT"))),
        }
    }

    /// Posts to `/v1/WHAT` and waits until that is done.
    pub(super) async fn post(&self, what: &str, body: Value) -> Result<(), Trouble> {
        let trouble = |error: &dyn std::fmt::Display| Trouble(format!("/v1/{what}: {error}"));
        let answer = self.exchange(what, body).await;
        let (status, text) = answer.map_err(|error| trouble(&error))?;
        if status.is_success() {
            return Ok(());
        }
        Err(trouble(&format!("{status} {text}")))
    }

    async fn exchange(
        &self,
        what: &str,
        body: Value,
    ) -> Result<(hyper::StatusCode, String), Failure> {
        let stream = TcpStream::connect(&self.authority).await?;
        let io = TokioIo::new(stream);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
        // Ends with the exchange.
        tokio::spawn(connection);
        let request = Request::post(format!("{}/v1/{what}", self.base))
            .header(HOST, &self.authority)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body.to_string())))?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}
