//! The connection: one owner, no locks, every operation safe to cancel.

mod end;
mod read;
mod write;

use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;
use tokio::time::{Duration, Instant, Sleep};

use super::ConnectionOptions;
use super::close::CloseCode;
use super::codec::Codec;
use super::end::End;
use super::pace::{Bucket, Credit, KeepAlive, SharedCredit};
use super::transport::Transport;
use crate::auth::Credentials;
use crate::info::ConnectionInfo;
use crate::security::SecurityProfile;
use end::Phase;

/// Read at once from the socket, into the stack: an idle connection holds no read buffer.
const READ_CHUNK: usize = 16 * 1024;
/// With more than this waiting for the socket, [`Connection::send`] waits before it queues.
const HIGH_WATER: usize = 64 * 1024;

/// An open WebSocket connection that speaks one OCPP version.
///
/// It has one owner and needs no other task: [`recv`](Self::recv) also sends what is queued, answers pings, pings, and
/// notices a dead peer, so a program must keep calling it. All methods may be dropped while they wait (in
/// `tokio::select!`, say): no message is lost, sent twice or sent in part.
///
/// **Back-pressure.** [`queue`](Self::queue) never waits and grows a buffer; [`send`](Self::send) waits while 64 KiB
/// are queued. Whoever stops calling `recv` stops reading from the socket, and TCP makes the peer wait. A peer that takes
/// nothing of what is sent to it is not read either once four times
/// [`max_message`](ConnectionOptions::max_message) are queued, so that its requests cannot pile up answers.
///
/// **Fairness.** What a peer sends costs time in proportion to its length, whatever it is, and `recv` gives way to other
/// tasks in the course of it (tokio's cooperative budget), also while it takes no message out of it.
#[derive(Debug)]
pub struct Connection {
    io: Transport,
    codec: Codec,
    /// Received but not decoded yet; empty most of the time.
    unread: Vec<u8>,
    unread_at: usize,
    phase: Phase,
    info: Arc<ConnectionInfo>,
    ping: KeepAlive,
    /// Runs while the socket takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
    write_timeout: Duration,
    close_timeout: Duration,
    rate: Option<Bucket>,
    /// Pings, pongs and fragments that the rate has not been charged for.
    idle_frames: u32,
    /// Work that tokio's budget has not been charged for, in inflated bytes.
    debt: usize,
    /// With more than this waiting for the socket, nothing is read.
    read_below: usize,
    kick: Option<oneshot::Receiver<Kick>>,
    needs_flush: bool,
    #[cfg_attr(
        not(all(
            feature = "csms",
            any(feature = "v1_6", feature = "v2_0_1", feature = "v2_1")
        )),
        expect(dead_code, reason = "for the driver of a CSMS")
    )]
    admission: Option<Box<Admission>>,
    /// Ends the registration of a station with its server when the connection is dropped.
    _guard: Option<Guard>,
}

/// Why the server ends a connection from outside.
#[derive(Debug)]
pub(crate) struct Kick {
    pub(crate) code: CloseCode,
    pub(crate) end: End,
}

/// What a station has shown at the door of a CSMS.
#[derive(Debug)]
#[cfg_attr(
    not(all(
        feature = "csms",
        any(feature = "v1_6", feature = "v2_0_1", feature = "v2_1")
    )),
    expect(dead_code, reason = "for the driver of a CSMS")
)]
pub(crate) struct Admission {
    pub(crate) profile: SecurityProfile,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) common_name: Option<String>,
}

/// What a connection is made of after the handshake.
pub(crate) struct Parts {
    pub(crate) io: Transport,
    pub(crate) codec: Codec,
    pub(crate) unread: Vec<u8>,
    pub(crate) info: Arc<ConnectionInfo>,
    pub(crate) kick: Option<oneshot::Receiver<Kick>>,
    pub(crate) guard: Option<Guard>,
    /// What the station has left of its rate; a full one without.
    pub(crate) credit: Option<SharedCredit>,
    pub(crate) admission: Option<Box<Admission>>,
}

/// What comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A message.
    Text(String),
    /// A ping or a pong: the peer lives.
    Alive,
}

/// Something that lives as long as the connection.
pub(crate) type Guard = Box<dyn core::fmt::Debug + Send + Sync>;

impl Connection {
    pub(crate) fn new(parts: Parts, options: &ConnectionOptions) -> Self {
        let ping = KeepAlive::new(options.ping_interval, options.pong_timeout);
        let fresh = |limit| Arc::new(Mutex::new(Credit::new(limit, Instant::now())));
        let rate = options
            .rate
            .map(|limit| parts.credit.unwrap_or_else(|| fresh(limit)));
        Self {
            io: parts.io,
            codec: parts.codec,
            unread: parts.unread,
            unread_at: 0,
            phase: Phase::Open,
            info: parts.info,
            ping,
            stalled: None,
            write_timeout: options.write_timeout,
            close_timeout: options.close_timeout,
            rate: rate.map(Bucket::new),
            idle_frames: 0,
            debt: 0,
            read_below: options.max_message.saturating_mul(4),
            kick: parts.kick,
            needs_flush: false,
            admission: parts.admission,
            _guard: parts.guard,
        }
    }

    /// Who is at the other end, and what was agreed with it.
    #[must_use]
    pub fn info(&self) -> &Arc<ConnectionInfo> {
        &self.info
    }

    /// What the station has shown at the door, once.
    #[cfg(all(
        feature = "csms",
        any(feature = "v1_6", feature = "v2_0_1", feature = "v2_1")
    ))]
    pub(crate) fn take_admission(&mut self) -> Option<Box<Admission>> {
        self.admission.take()
    }

    /// Whether permessage-deflate was agreed.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.codec.is_compressed()
    }

    /// The next message. Also sends what is queued, answers and sends pings.
    ///
    /// # Errors
    /// How the connection ended, after the close handshake was carried out as far as the peer let it. The same again on
    /// every later call.
    pub async fn recv(&mut self) -> Result<String, End> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    /// As [`recv`](Self::recv), and tells of pings and pongs too.
    ///
    /// # Errors
    /// As [`recv`](Self::recv).
    pub async fn next(&mut self) -> Result<Incoming, End> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Queues a message; [`recv`](Self::recv) and [`flush`](Self::flush) send it. Does nothing once the connection is
    /// closing.
    pub fn queue(&mut self, text: &str) {
        if matches!(self.phase, Phase::Open) {
            self.codec.queue_text(text);
        }
    }

    /// Bytes that are queued and not yet taken by the socket.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.codec.pending()
    }

    /// Sends a message: waits for room, queues it, and waits until the socket has taken it.
    ///
    /// Dropped while it waits, it has either not queued the message, or the message is sent in full by the next call of
    /// any method.
    ///
    /// # Errors
    /// How the connection ended.
    pub async fn send(&mut self, text: &str) -> Result<(), End> {
        poll_fn(|cx| self.poll_flush_below(cx, HIGH_WATER)).await?;
        self.queue(text);
        self.flush().await
    }

    /// Waits until the socket has taken everything that is queued.
    ///
    /// # Errors
    /// How the connection ended.
    pub async fn flush(&mut self) -> Result<(), End> {
        poll_fn(|cx| self.poll_flush_below(cx, 0)).await
    }

    /// Sends a ping now, besides those of the ping interval. The pong counts as a sign of life; [`next`](Self::next) tells of
    /// it.
    pub fn ping(&mut self) {
        self.codec.queue_ping();
    }

    /// Changes the time between pings, as a change of `WebSocketPingInterval` demands; `None` stops them.
    pub fn set_ping_interval(&mut self, interval: Option<Duration>) {
        self.ping.set_interval(interval);
    }

    /// As [`recv`](Self::recv), for futures written by hand.
    ///
    /// # Errors
    /// As [`recv`](Self::recv).
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<String, End>> {
        loop {
            if let Incoming::Text(text) = ready!(self.poll_next(cx))? {
                return Poll::Ready(Ok(text));
            }
        }
    }
}
