//! How a connection ends: by us, by the peer, or by accident.

use core::future::Future as _;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::{Connection, Kick, READ_CHUNK};
use crate::websocket::close::CloseCode;
use crate::websocket::codec::Violation;
use crate::websocket::end::End;

#[derive(Debug)]
pub(super) enum Phase {
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

impl Connection {
    /// Closes with a close handshake: sends what is queued and the close frame, and waits for the peer's answer for at
    /// most [`close_timeout`](crate::ConnectionOptions::close_timeout). Messages that still come are thrown away. Returns how the connection
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

    pub(super) fn end(&mut self, end: End) -> End {
        self.phase = Phase::Ended(end.clone());
        self.stalled = None;
        self.kick = None;
        self.ping.set_interval(None);
        end
    }

    pub(super) fn poll_shutting_down(&mut self, cx: &mut Context<'_>, writing: bool) -> Poll<End> {
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
    pub(super) fn misbehaved(&mut self, Violation { code, what }: Violation) {
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

    pub(super) fn lost(&mut self, kind: io::ErrorKind) -> End {
        let end = match core::mem::replace(&mut self.phase, Phase::Open) {
            Phase::Closing(end, _) | Phase::ShuttingDown { end, .. } | Phase::Ended(end) => end,
            Phase::Open => End::Lost(kind),
        };
        self.end(end)
    }

    pub(super) fn poll_kick(&mut self, cx: &mut Context<'_>) {
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
}
