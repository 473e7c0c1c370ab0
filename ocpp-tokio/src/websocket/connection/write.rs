//! What goes out, as fast as the peer takes it.

use core::future::Future as _;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;

use tokio::io::AsyncWrite;
use tokio::time::{Instant, sleep_until};

use super::Connection;
use super::end::Phase;
use crate::websocket::end::End;

impl Connection {
    /// Writes until nothing is queued (ready) or the socket takes no more (pending).
    pub(super) fn poll_write_out(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), io::ErrorKind>> {
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
    pub(super) fn poll_stalled(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let timeout = self.write_timeout;
        self.stalled
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + timeout)))
            .as_mut()
            .poll(cx)
    }

    pub(super) fn poll_flush_below(
        &mut self,
        cx: &mut Context<'_>,
        level: usize,
    ) -> Poll<Result<(), End>> {
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
