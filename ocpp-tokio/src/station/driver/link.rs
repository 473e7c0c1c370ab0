//! The connection of the station, in a task of its own.

use std::time::Duration;

use ocpp_core::security::{CertificateId, SecurityEventKind};
use ocpp_types::Version;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::client::{ConnectError, connect};
use crate::security::SecurityEvent;
use crate::station::provision::ConnectAttempt;
use crate::tls::TlsFailureKind;
use crate::websocket::{CloseCode, Connection, Incoming};

/// What the station wants of its connection.
#[derive(Debug)]
enum Order {
    Send(String),
    PingInterval(u32),
    Ping,
    Close,
}

/// What the connection tells.
#[derive(Debug)]
pub(super) enum LinkEvent {
    /// What secures the connection that is about to be open.
    Secured {
        root: Option<CertificateId>,
        certificate: Option<CertificateId>,
    },
    Connected(Version),
    Received(String),
    /// Something else came in.
    Alive,
    /// It could not be made for this reason, which is a security event.
    Refused(SecurityEventKind, String),
    /// It could not be made, or has ended, and why.
    Disconnected(String),
}

/// A connection that is being made, or is open. Dropped, it is broken off, as a network or the power does it: nothing follows.
#[derive(Debug)]
pub(super) struct Link {
    /// Tells its events from those of earlier ones.
    pub(super) number: u64,
    orders: mpsc::UnboundedSender<Order>,
    task: JoinHandle<()>,
}

impl Link {
    /// Begins to connect by these attempts, which are put together where blocking is allowed: a secure element may be asked.
    pub(super) fn open(
        number: u64,
        attempts: impl FnOnce() -> Result<Vec<ConnectAttempt>, String> + Send + 'static,
        patience: Duration,
        events: mpsc::Sender<(u64, LinkEvent)>,
    ) -> Self {
        let (orders, waiting) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            let attempts = tokio::task::spawn_blocking(attempts);
            let why = match tokio::time::timeout(patience, attempts).await {
                Ok(Ok(Ok(attempts))) => run(number, attempts, waiting, &events).await,
                Ok(Ok(Err(why))) => why,
                Ok(Err(error)) => error.to_string(),
                Err(_) => "the keys do not answer".to_owned(),
            };
            // The station may have ended.
            let _ = events.send((number, LinkEvent::Disconnected(why))).await;
        });
        Self {
            number,
            orders,
            task,
        }
    }

    /// Sends a message. What is sent after the end is lost, as it is on any network.
    pub(super) fn send(&self, text: String) {
        let _ = self.orders.send(Order::Send(text));
    }

    pub(super) fn ping_interval(&self, seconds: u32) {
        let _ = self.orders.send(Order::PingInterval(seconds));
    }

    /// Sends a ping now. [`LinkEvent::Alive`] follows if the CSMS answers.
    pub(super) fn ping(&self) {
        let _ = self.orders.send(Order::Ping);
    }

    /// Closes with a close handshake; [`LinkEvent::Disconnected`] follows.
    pub(super) fn close(&self) {
        let _ = self.orders.send(Order::Close);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The event in the words of the core.
fn kind(event: SecurityEvent) -> Option<SecurityEventKind> {
    match event {
        SecurityEvent::InvalidCsmsCertificate => Some(SecurityEventKind::InvalidCsmsCertificate),
        SecurityEvent::InvalidTlsVersion => Some(SecurityEventKind::InvalidTlsVersion),
        SecurityEvent::InvalidTlsCipherSuite => Some(SecurityEventKind::InvalidTlsCipherSuite),
        SecurityEvent::FailedToAuthenticateAtCsms => {
            Some(SecurityEventKind::FailedToAuthenticateAtCsms)
        }
        _ => None,
    }
}

/// 0 stands for never.
fn every(seconds: u32) -> Option<Duration> {
    (seconds > 0).then(|| Duration::from_secs(seconds.into()))
}

/// Connects by the first attempt that leads to a CSMS whose certificate is valid.
async fn first_that_works(
    attempts: Vec<ConnectAttempt>,
) -> Result<(Connection, ConnectAttempt), ConnectError> {
    let mut attempts = attempts.into_iter().peekable();
    loop {
        let Some(attempt) = attempts.next() else {
            // There is at least one.
            return Err(ConnectError::TimedOut);
        };
        let invalid = |error: &ConnectError| matches!(error, ConnectError::Tls(failure) if failure.kind == TlsFailureKind::PeerCertificate);
        match connect(&attempt.options).await {
            Ok(connection) => return Ok((connection, attempt)),
            Err(error) if invalid(&error) && attempts.peek().is_some() => {}
            Err(error) => return Err(error),
        }
    }
}

async fn run(
    number: u64,
    attempts: Vec<ConnectAttempt>,
    mut orders: mpsc::UnboundedReceiver<Order>,
    events: &mpsc::Sender<(u64, LinkEvent)>,
) -> String {
    let connecting = first_that_works(attempts);
    tokio::pin!(connecting);
    let mut ping_interval = None;
    let (mut connection, attempt) = loop {
        tokio::select! {
            connected = &mut connecting => match connected {
                Ok(connected) => break connected,
                Err(error) => {
                    if let Some(kind) = error.security_event().and_then(kind) {
                        let refused = LinkEvent::Refused(kind, error.to_string());
                        // The station may have ended.
                        let _ = events.send((number, refused)).await;
                    }
                    return error.to_string();
                }
            },
            order = orders.recv() => match order {
                Some(Order::Close) | None => return "given up".into(),
                Some(Order::PingInterval(seconds)) => ping_interval = Some(seconds),
                Some(Order::Send(_) | Order::Ping) => {}
            },
        }
    };
    let secured = LinkEvent::Secured {
        root: attempt.root,
        certificate: attempt.certificate,
    };
    // If the station has ended, the next event tells.
    let _ = events.send((number, secured)).await;
    if let Some(seconds) = ping_interval {
        connection.set_ping_interval(every(seconds));
    }
    let version = connection.info().version;
    if events
        .send((number, LinkEvent::Connected(version)))
        .await
        .is_err()
    {
        return "the station has ended".into();
    }
    loop {
        tokio::select! {
            received = connection.next() => {
                let event = match received {
                    Ok(Incoming::Text(text)) => LinkEvent::Received(text),
                    Ok(Incoming::Alive) => LinkEvent::Alive,
                    Err(end) => return end.to_string(),
                };
                if events.send((number, event)).await.is_err() {
                    return "the station has ended".into();
                }
            }
            order = orders.recv() => match order {
                Some(Order::Send(text)) => {
                    if let Err(end) = connection.send(&text).await {
                        return end.to_string();
                    }
                }
                Some(Order::PingInterval(seconds)) => {
                    connection.set_ping_interval(every(seconds));
                }
                Some(Order::Ping) => connection.ping(),
                Some(Order::Close) | None => {
                    return connection.close(CloseCode::NORMAL, "").await.to_string();
                }
            },
        }
    }
}
