//! An upgrade request that was answered, and the connection that it becomes.

use std::sync::Arc;

use http::Response;
use tokio::sync::oneshot;

use super::Rejection;
use super::registry::Registration;
use crate::info::ConnectionInfo;
use crate::websocket::{
    Admission, CloseCode, Codec, Connection, ConnectionOptions, Deflate, Guard, Io, Kick, Parts,
    Role, Transport,
};

/// The answer to an upgrade request inside the user's own HTTP server.
#[derive(Debug)]
#[must_use = "send the response, then complete the upgrade"]
#[non_exhaustive]
pub struct Upgrade {
    /// The response to send, whatever the outcome; its body tells people why a station was turned away.
    pub response: Response<String>,
    /// With status 101: what becomes a connection as soon as the HTTP server hands over the byte stream. Otherwise why
    /// not.
    pub outcome: Result<Pending, Rejection>,
}

/// An accepted handshake that waits for its byte stream. The station is registered already; dropping this takes it
/// back.
#[derive(Debug)]
pub struct Pending {
    pub(super) admission: Box<Admission>,
    pub(super) info: ConnectionInfo,
    pub(super) options: ConnectionOptions,
    pub(super) deflate: Option<Deflate>,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Station(Registration, oneshot::Receiver<Kick>),
    /// Opened only to be closed, because there is no common version.
    Close(Rejection),
}

impl Pending {
    /// The connection over the byte stream that followed the response, for example
    /// `TokioIo::new(hyper::upgrade::on(request).await?)`.
    ///
    /// # Errors
    /// [`Rejection::NoCommonVersion`] after the connection was opened and closed, as the specification wants it.
    pub async fn complete(self, io: impl Io) -> Result<Connection, Rejection> {
        self.open(Transport::Other(Box::new(io)), Vec::new()).await
    }

    pub(super) async fn open(
        self,
        io: Transport,
        unread: Vec<u8>,
    ) -> Result<Connection, Rejection> {
        let codec = Codec::new(Role::Server, self.options.max_message, self.deflate);
        let (kick, credit, guard, rejection) = match self.kind {
            Kind::Station(registration, kick) => {
                let credit = registration.credit();
                (
                    Some(kick),
                    credit,
                    Some(Box::new(registration) as Guard),
                    None,
                )
            }
            Kind::Close(rejection) => (None, None, None, Some(rejection)),
        };
        let parts = Parts {
            io,
            codec,
            unread,
            info: Arc::new(self.info),
            kick,
            guard,
            credit,
            admission: Some(self.admission),
        };
        let mut connection = Connection::new(parts, &self.options);
        match rejection {
            None => Ok(connection),
            Some(rejection) => {
                connection
                    .close(CloseCode::PROTOCOL, "no common OCPP version")
                    .await;
                Err(rejection)
            }
        }
    }
}
