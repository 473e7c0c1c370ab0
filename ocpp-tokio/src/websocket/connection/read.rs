//! What comes in, and what it may cost.

use core::mem::MaybeUninit;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::task::coop;
use tokio::time::{Instant, sleep_until};

use super::end::Phase;
use super::{Connection, Incoming, READ_CHUNK};
use crate::websocket::codec::Event;
use crate::websocket::end::End;
use crate::websocket::pace::Due;
use core::future::Future as _;

/// Decoding this much, in inflated bytes, takes one unit of tokio's budget (a task has 128 before it must yield).
const BUDGET_UNIT: usize = 16 * 1024;
/// So many pings, pongs and fragments count as a message.
const IDLE_FRAMES: u32 = 32;

impl Connection {
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
}
