//! permessage-deflate (RFC 7692): negotiation, and the contexts of a connection.
//!
//! By default neither side keeps a compression context between messages: a connection then costs no memory while it is
//! idle, and the working state is borrowed from a pool for one message. A context can be kept
//! ([`Compression::context_takeover`]); that shrinks small JSON messages to a fraction, and costs about 300 kB for each
//! connection.

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use zlib_rs::{Deflate as Zlib, DeflateFlush};

use super::codec::Violation;
use super::inflate::Inflater;

/// What every deflated message would end with; left out on the wire (RFC 7692 section 7.2.1).
pub(super) const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];
pub(super) const MAX_WINDOW: u8 = 15;
/// The smallest window that zlib can deflate with; 8 is legal on the wire, but no zlib offers it.
const MIN_WINDOW: u8 = 9;
/// zlib's fastest level: JSON shrinks nearly as well as with the others.
const LEVEL: i32 = 1;
/// Idle working states kept for all connections that share the options.
const POOL: usize = 16;

/// How permessage-deflate is offered and used.
#[derive(Clone)]
pub struct Compression {
    /// Keep the context between messages where the peer agrees: better ratio, about 300 kB for each connection.
    /// Default: false.
    pub context_takeover: bool,
    /// Messages shorter than this many bytes go uncompressed. Default: 64.
    pub threshold: usize,
    pool: Arc<Pool>,
}

impl Default for Compression {
    fn default() -> Self {
        Self {
            context_takeover: false,
            threshold: 64,
            pool: Arc::default(),
        }
    }
}

impl fmt::Debug for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compression")
            .field("context_takeover", &self.context_takeover)
            .field("threshold", &self.threshold)
            .finish_non_exhaustive()
    }
}

/// Working states of connections that keep no context, shared between them.
#[derive(Default)]
struct Pool {
    deflaters: Mutex<Vec<Zlib>>,
    #[allow(
        clippy::vec_box,
        reason = "they move between here and connections, which box them"
    )]
    inflaters: Mutex<Vec<Box<Inflater>>>,
}

fn take<T>(shelf: &Mutex<Vec<T>>) -> Option<T> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner).pop()
}

fn put<T>(shelf: &Mutex<Vec<T>>, item: T) {
    let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
    if shelf.len() < POOL {
        shelf.push(item);
    }
}

/// The parameters of one `permessage-deflate` element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Params {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    /// Outer: present. Inner: with a value.
    client_max_window_bits: Option<Option<u8>>,
}

impl Params {
    /// `None` for another extension, for unknown or repeated parameters and for values out of range: such an element
    /// must be declined (RFC 7692 section 7.1).
    fn parse(element: &str) -> Option<Self> {
        let mut parts = element.split(';').map(str::trim);
        if !parts.next()?.eq_ignore_ascii_case("permessage-deflate") {
            return None;
        }
        let mut params = Self::default();
        for part in parts {
            let (name, value) = match part.split_once('=') {
                Some((name, value)) => {
                    (name.trim_end(), Some(value.trim_start().trim_matches('"')))
                }
                None => (part, None),
            };
            let bits = || match value {
                None => Some(None),
                // No leading zeros, no signs.
                Some(text @ ("8" | "9" | "10" | "11" | "12" | "13" | "14" | "15")) => {
                    text.parse().ok().map(Some)
                }
                Some(_) => None,
            };
            let seen = match name.to_ascii_lowercase().as_str() {
                "server_no_context_takeover" if value.is_none() => {
                    core::mem::replace(&mut params.server_no_context_takeover, true)
                }
                "client_no_context_takeover" if value.is_none() => {
                    core::mem::replace(&mut params.client_no_context_takeover, true)
                }
                "server_max_window_bits" => {
                    params.server_max_window_bits.replace(bits()??).is_some()
                }
                "client_max_window_bits" => {
                    params.client_max_window_bits.replace(bits()?).is_some()
                }
                _ => return None,
            };
            if seen {
                return None;
            }
        }
        Some(params)
    }
}

/// What the client writes into `Sec-WebSocket-Extensions`.
pub(crate) fn offer(options: &Compression) -> &'static str {
    if options.context_takeover {
        "permessage-deflate; client_max_window_bits"
    } else {
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits"
    }
}

/// The server's choice among the client's offers (all header lines joined with commas): the first that it can keep, and
/// the answer for the header.
pub(crate) fn accept(options: &Compression, offers: &str) -> Option<(Deflate, String)> {
    offers.split(',').find_map(|element| {
        let offer = Params::parse(element.trim())?;
        let window = offer.server_max_window_bits.unwrap_or(MAX_WINDOW);
        if window < MIN_WINDOW {
            return None;
        }
        let ours_fresh = offer.server_no_context_takeover || !options.context_takeover;
        let theirs_fresh = offer.client_no_context_takeover || !options.context_takeover;
        let mut answer = String::from("permessage-deflate");
        if ours_fresh {
            answer.push_str("; server_no_context_takeover");
        }
        if theirs_fresh {
            answer.push_str("; client_no_context_takeover");
        }
        if offer.server_max_window_bits.is_some() {
            answer.push_str("; server_max_window_bits=");
            answer.push_str(&window.to_string());
        }
        Some((
            Deflate::new(options, window, ours_fresh, theirs_fresh),
            answer,
        ))
    })
}

/// What the client makes of the server's answer. An answer that does not fit the offer must fail the connection
/// (RFC 7692 section 5.1).
pub(crate) fn confirm(options: &Compression, answer: &str) -> Result<Deflate, &'static str> {
    let params = Params::parse(answer.trim()).ok_or("extension that was not offered")?;
    let window = match params.client_max_window_bits {
        Some(None) => return Err("client_max_window_bits without a value"),
        Some(Some(bits)) if bits < MIN_WINDOW => return Err("client_max_window_bits too small"),
        Some(Some(bits)) => bits,
        None => MAX_WINDOW,
    };
    let ours_fresh = params.client_no_context_takeover || !options.context_takeover;
    Ok(Deflate::new(
        options,
        window,
        ours_fresh,
        params.server_no_context_takeover,
    ))
}

/// One connection's agreement, and the contexts that it keeps.
pub(crate) struct Deflate {
    threshold: usize,
    /// Window of what we send.
    window: u8,
    /// No context is kept between messages that we send, or that we receive.
    ours_fresh: bool,
    theirs_fresh: bool,
    deflater: Option<Box<Zlib>>,
    /// Kept between messages, or busy with one.
    inflater: Option<Box<Inflater>>,
    pool: Arc<Pool>,
}

impl fmt::Debug for Deflate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflate")
            .field("window", &self.window)
            .field("ours_fresh", &self.ours_fresh)
            .field("theirs_fresh", &self.theirs_fresh)
            .finish_non_exhaustive()
    }
}

impl Deflate {
    fn new(options: &Compression, window: u8, ours_fresh: bool, theirs_fresh: bool) -> Self {
        Self {
            threshold: options.threshold,
            window,
            ours_fresh,
            theirs_fresh,
            deflater: None,
            inflater: None,
            pool: Arc::clone(&options.pool),
        }
    }

    /// The compressed message without its tail; `None` when it is better sent as it is.
    pub(crate) fn deflate(&mut self, data: &[u8]) -> Option<Vec<u8>> {
        if data.len() < self.threshold {
            return None;
        }
        let pooled = self.ours_fresh && self.window == MAX_WINDOW;
        let mut deflater = match self.deflater.take() {
            Some(kept) => *kept,
            None => pooled
                .then(|| take(&self.pool.deflaters))
                .flatten()
                .unwrap_or_else(|| Zlib::new(LEVEL, false, self.window)),
        };
        let result = deflate_all(&mut deflater, data);
        if self.ours_fresh || result.is_none() {
            deflater.reset();
        }
        if !self.ours_fresh {
            self.deflater = Some(Box::new(deflater));
        } else if pooled {
            put(&self.pool.deflaters, deflater);
        }
        // Without a context nothing depends on what was thrown away. With one, the peer must see every message that
        // went through it.
        result.filter(|compressed| !self.ours_fresh || compressed.len() < data.len())
    }

    /// Inflates a piece of a message behind what is in `out`; more than `limit` bytes of it are refused. `cost` grows by
    /// the work that was done, in inflated bytes that take as long.
    pub(crate) fn inflate(
        &mut self,
        piece: &[u8],
        out: &mut Vec<u8>,
        limit: usize,
        cost: &mut usize,
    ) -> Result<(), Violation> {
        let inflater = self.inflater.get_or_insert_with(|| {
            take(&self.pool.inflaters).unwrap_or_else(|| Box::new(Inflater::new()))
        });
        inflater.piece(piece, out, limit, cost)
    }

    /// The message is complete: adds what is left of it.
    pub(crate) fn finish(
        &mut self,
        out: &mut Vec<u8>,
        limit: usize,
        cost: &mut usize,
    ) -> Result<(), Violation> {
        let Some(inflater) = &mut self.inflater else {
            return Ok(());
        };
        inflater.finish(out, limit, cost)?;
        if self.theirs_fresh
            && let Some(mut inflater) = self.inflater.take()
        {
            inflater.reset();
            put(&self.pool.inflaters, inflater);
        }
        Ok(())
    }
}

/// Compresses with a sync flush at the end. `None` only if zlib fails, which it does not.
fn deflate_all(deflater: &mut Zlib, data: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0; data.len() / 2 + 64];
    let (read, written) = (deflater.total_in(), deflater.total_out());
    loop {
        let done = usize::try_from(deflater.total_in() - read).ok()?;
        let filled = usize::try_from(deflater.total_out() - written).ok()?;
        let (input, room) = (data.get(done..)?, out.get_mut(filled..)?);
        deflater
            .compress(input, room, DeflateFlush::SyncFlush)
            .ok()?;
        let done = usize::try_from(deflater.total_in() - read).ok()?;
        let filled = usize::try_from(deflater.total_out() - written).ok()?;
        // Room left over means that the flush is complete.
        if done == data.len() && filled < out.len() {
            out.truncate(filled);
            break;
        }
        out.resize(out.len() * 2, 0);
    }
    out.ends_with(&TAIL)
        .then(|| out.truncate(out.len() - TAIL.len()))?;
    if out.is_empty() {
        // An empty message is one empty block (RFC 7692 section 7.2.3.6).
        out.push(0);
    }
    Some(out)
}
