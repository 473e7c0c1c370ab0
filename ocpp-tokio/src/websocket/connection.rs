//! The connection: one owner, no locks, every operation safe to cancel.

use core::future::{Future as _, poll_fn};
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;
use tokio::task::coop;
use tokio::time::{Duration, Instant, Sleep, sleep_until};

use super::ConnectionOptions;
use super::close::CloseCode;
use super::codec::{Codec, Event, Violation};
use super::end::End;
use super::pace::{Bucket, Credit, Due, KeepAlive, SharedCredit};
use super::transport::Transport;
use crate::info::ConnectionInfo;

/// Read at once from the socket, into the stack: an idle connection holds no read buffer.
const READ_CHUNK: usize = 16 * 1024;
/// With more than this waiting for the socket, [`Connection::send`] waits before it queues.
const HIGH_WATER: usize = 64 * 1024;
/// Decoding this much, in inflated bytes, takes one unit of tokio's budget (a task has 128 before it must yield).
const BUDGET_UNIT: usize = 16 * 1024;
/// So many pings, pongs and fragments count as a message.
const IDLE_FRAMES: u32 = 32;

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
    /// Ends the registration of a station with its server when the connection is dropped.
    _guard: Option<Guard>,
}

#[derive(Debug)]
enum Phase {
    Open,
    /// A close frame is queued or sent; everything that still comes is thrown away until the peer's close frame, the
    /// end of the stream, or the time-out.
    Closing(End, Pin<Box<Sleep>>),
    /// The last close frame goes out and our half of the stream ends.
    ShuttingDown {
        end: End,
        timer: Pin<Box<Sleep>>,
        /// Read on until the peer has seen our close frame and ended its half: closing a socket with unread bytes
        /// resets the connection, and the peer would never learn why.
        drain: bool,
        shut: bool,
    },
    Ended(End),
}

/// Why the server ends a connection from outside.
#[derive(Debug)]
pub(crate) struct Kick {
    pub(crate) code: CloseCode,
    pub(crate) end: End,
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
            _guard: parts.guard,
        }
    }

    /// Who is at the other end, and what was agreed with it.
    #[must_use]
    pub fn info(&self) -> &Arc<ConnectionInfo> {
        &self.info
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

    /// Closes with a close handshake: sends what is queued and the close frame, and waits for the peer's answer for at
    /// most [`ConnectionOptions::close_timeout`]. Messages that still come are thrown away. Returns how the connection
    /// ended, which is the peer's doing if it was faster.
    pub async fn close(&mut self, code: CloseCode, reason: &str) -> End {
        self.start_close(
            code,
            End::ClosedHere {
                code,
                reason: reason.to_owned(),
            },
            reason,
        );
        loop {
            if let Err(end) = self.recv().await {
                return end;
            }
        }
    }

    /// Begins a close handshake; [`recv`](Self::recv) carries it out. Nothing can be queued any more.
    pub fn begin_close(&mut self, code: CloseCode, reason: &str) {
        self.start_close(
            code,
            End::ClosedHere {
                code,
                reason: reason.to_owned(),
            },
            reason,
        );
    }

    fn start_close(&mut self, code: CloseCode, end: End, reason: &str) {
        if matches!(self.phase, Phase::Open) {
            self.codec.queue_close(code, reason);
            let deadline = Instant::now() + self.close_timeout;
            self.phase = Phase::Closing(end, Box::pin(sleep_until(deadline)));
        }
    }

    fn end(&mut self, end: End) -> End {
        self.phase = Phase::Ended(end.clone());
        self.stalled = None;
        self.kick = None;
        self.ping.set_interval(None);
        end
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

    /// As [`next`](Self::next), for futures written by hand.
    ///
    /// # Errors
    /// As [`recv`](Self::recv).
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Incoming, End>> {
        loop {
            if let Phase::Open = self.phase {
                self.poll_kick(cx);
            }
            if let Phase::Ended(end) = &self.phase {
                return Poll::Ready(Err(end.clone()));
            }
            let written = self.poll_write_out(cx);
            if let Poll::Ready(Err(kind)) = written {
                return Poll::Ready(Err(self.lost(kind)));
            }
            if let Phase::ShuttingDown { .. } = self.phase {
                return self.poll_shutting_down(cx, written.is_pending()).map(Err);
            }
            if let Phase::Closing(end, timer) = &mut self.phase
                && timer.as_mut().poll(cx).is_ready()
            {
                let end = end.clone();
                return Poll::Ready(Err(self.end(end)));
            }
            if let Phase::Open = self.phase
                && written.is_pending()
                && self.poll_stalled(cx).is_ready()
            {
                return Poll::Ready(Err(self.end(End::PeerSilent)));
            }
            if let Phase::Open = self.phase
                && let Some(rate) = &mut self.rate
            {
                // Over its rate the peer is not read, but it is still written to, pinged and kicked.
                if rate.poll_ready(cx).is_pending() {
                    if self.ping.poll_due(cx) == Due::Ping {
                        self.codec.queue_ping();
                        continue;
                    }
                    return Poll::Pending;
                }
            }
            if let Phase::Open = self.phase
                && self.codec.pending() > self.read_below
            {
                // Written to and, above, given up after a while; a ping would only join the queue.
                return Poll::Pending;
            }
            while self.debt >= BUDGET_UNIT {
                ready!(coop::poll_proceed(cx)).made_progress();
                self.debt -= BUDGET_UNIT;
            }
            let mut chunk = [const { MaybeUninit::uninit() }; READ_CHUNK];
            let mut buffer = ReadBuf::uninit(&mut chunk);
            let unread = core::mem::take(&mut self.unread);
            let mut input = if self.unread_at < unread.len() {
                &unread[self.unread_at..]
            } else {
                match Pin::new(&mut self.io).poll_read(cx, &mut buffer) {
                    Poll::Pending => match self.ping.poll_due(cx) {
                        Due::Nothing => return Poll::Pending,
                        Due::Dead if matches!(self.phase, Phase::Open) => {
                            return Poll::Ready(Err(self.end(End::PeerSilent)));
                        }
                        Due::Dead => return Poll::Pending,
                        Due::Ping => {
                            self.codec.queue_ping();
                            continue;
                        }
                    },
                    Poll::Ready(Err(error)) => {
                        return Poll::Ready(Err(self.lost(error.kind())));
                    }
                    Poll::Ready(Ok(())) if buffer.filled().is_empty() => {
                        return Poll::Ready(Err(self.lost(io::ErrorKind::UnexpectedEof)));
                    }
                    Poll::Ready(Ok(())) => {
                        self.ping.heard();
                        buffer.filled()
                    }
                }
            };
            let decoded = loop {
                match self.codec.decode(&mut input) {
                    // One pong answers all pings that came together (RFC 6455 section 5.5.3).
                    Ok(Some(Event::Ping | Event::Pong)) if !input.is_empty() => {}
                    decoded => break decoded,
                }
            };
            self.charge();
            // What is left belongs to the next message.
            let left = input.len();
            if left == 0 {
                self.unread_at = 0;
            } else if unread.is_empty() {
                self.unread = input.to_vec();
                self.unread_at = 0;
            } else {
                self.unread_at = unread.len() - left;
                self.unread = unread;
            }
            match decoded {
                Ok(Some(Event::Text(text))) => {
                    if let Phase::Open = self.phase {
                        if let Some(rate) = &mut self.rate {
                            rate.take();
                        }
                        // What the message makes others do.
                        self.debt += BUDGET_UNIT;
                        return Poll::Ready(Ok(Incoming::Text(text)));
                    }
                }
                Ok(Some(Event::Close(code, reason))) => {
                    let end = match core::mem::replace(&mut self.phase, Phase::Open) {
                        Phase::Closing(end, _) => end,
                        _ => End::ClosedByPeer { code, reason },
                    };
                    let deadline = Instant::now() + self.close_timeout;
                    let timer = Box::pin(sleep_until(deadline));
                    self.phase = Phase::ShuttingDown {
                        end,
                        timer,
                        drain: false,
                        shut: false,
                    };
                }
                Ok(Some(Event::Ping | Event::Pong)) if matches!(self.phase, Phase::Open) => {
                    return Poll::Ready(Ok(Incoming::Alive));
                }
                Ok(Some(Event::Ping | Event::Pong) | None) => {}
                Err(violation) => self.misbehaved(violation),
            }
        }
    }

    /// Puts what decoding took on the bill.
    fn charge(&mut self) {
        self.debt = self.debt.saturating_add(self.codec.take_cost());
        let frames = self
            .idle_frames
            .saturating_add(self.codec.take_idle_frames());
        self.idle_frames = frames % IDLE_FRAMES;
        if let Some(rate) = &mut self.rate {
            for _ in 0..frames / IDLE_FRAMES {
                rate.take();
            }
        }
    }

    fn poll_shutting_down(&mut self, cx: &mut Context<'_>, writing: bool) -> Poll<End> {
        let Phase::ShuttingDown {
            end,
            timer,
            drain,
            shut,
        } = &mut self.phase
        else {
            return Poll::Pending;
        };
        let end = end.clone();
        let mut done = timer.as_mut().poll(cx).is_ready();
        if !done && !*shut {
            if writing {
                return Poll::Pending;
            }
            // From here on errors do not matter: what was to be said is said.
            let _ = ready!(Pin::new(&mut self.io).poll_shutdown(cx));
            *shut = true;
        }
        done |= !*drain;
        while !done {
            let mut chunk = [const { MaybeUninit::uninit() }; READ_CHUNK];
            let mut buffer = ReadBuf::uninit(&mut chunk);
            let read = ready!(Pin::new(&mut self.io).poll_read(cx, &mut buffer));
            done = read.is_err() || buffer.filled().is_empty();
        }
        Poll::Ready(self.end(end))
    }

    /// A broken stream of frames cannot be read any further; while closing nothing is left to say.
    fn misbehaved(&mut self, Violation { code, what }: Violation) {
        self.unread = Vec::new();
        self.unread_at = 0;
        match core::mem::replace(&mut self.phase, Phase::Open) {
            Phase::Open => {
                self.codec.queue_close(code, what);
                let deadline = Instant::now() + self.close_timeout;
                let end = End::PeerMisbehaved { code, what };
                let timer = Box::pin(sleep_until(deadline));
                self.phase = Phase::ShuttingDown {
                    end,
                    timer,
                    drain: true,
                    shut: false,
                };
            }
            Phase::Closing(end, timer) => {
                self.phase = Phase::ShuttingDown {
                    end,
                    timer,
                    drain: true,
                    shut: false,
                };
            }
            other => self.phase = other,
        }
    }

    fn lost(&mut self, kind: io::ErrorKind) -> End {
        let end = match core::mem::replace(&mut self.phase, Phase::Open) {
            Phase::Closing(end, _) | Phase::ShuttingDown { end, .. } | Phase::Ended(end) => end,
            Phase::Open => End::Lost(kind),
        };
        self.end(end)
    }

    fn poll_kick(&mut self, cx: &mut Context<'_>) {
        let Some(kick) = &mut self.kick else { return };
        if let Poll::Ready(result) = Pin::new(kick).poll(cx) {
            self.kick = None;
            if let Ok(Kick { code, end }) = result {
                let reason = match &end {
                    End::ClosedHere { reason, .. } => reason.clone(),
                    end => end.to_string(),
                };
                self.start_close(code, end, &reason);
            }
        }
    }

    /// Writes until nothing is queued (ready) or the socket takes no more (pending).
    fn poll_write_out(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), io::ErrorKind>> {
        loop {
            let output = self.codec.output();
            if output.is_empty() {
                break;
            }
            match Pin::new(&mut self.io).poll_write(cx, output) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero)),
                Poll::Ready(Ok(n)) => {
                    self.codec.sent(n);
                    self.stalled = None;
                    self.needs_flush = true;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error.kind())),
                Poll::Pending => return Poll::Pending,
            }
        }
        if self.needs_flush {
            match ready!(Pin::new(&mut self.io).poll_flush(cx)) {
                Ok(()) => self.needs_flush = false,
                Err(error) => return Poll::Ready(Err(error.kind())),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Called while output waits: ready when it has waited too long.
    fn poll_stalled(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let timeout = self.write_timeout;
        self.stalled
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + timeout)))
            .as_mut()
            .poll(cx)
    }

    fn poll_flush_below(&mut self, cx: &mut Context<'_>, level: usize) -> Poll<Result<(), End>> {
        self.poll_kick(cx);
        match &self.phase {
            Phase::Open => {}
            Phase::Closing(end, _) | Phase::ShuttingDown { end, .. } | Phase::Ended(end) => {
                return Poll::Ready(Err(end.clone()));
            }
        }
        match self.poll_write_out(cx) {
            Poll::Ready(Ok(())) => Poll::Ready(Ok(())),
            Poll::Ready(Err(kind)) => Poll::Ready(Err(self.lost(kind))),
            Poll::Pending if level > 0 && self.codec.pending() < level => Poll::Ready(Ok(())),
            Poll::Pending => {
                ready!(self.poll_stalled(cx));
                Poll::Ready(Err(self.end(End::PeerSilent)))
            }
        }
    }
}
