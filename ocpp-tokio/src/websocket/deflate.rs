//! permessage-deflate (RFC 7692): negotiation, and bounded inflation.
//!
//! By default neither side keeps a compression context between messages: a connection then costs no memory while it is
//! idle, and the working state is borrowed from a pool for one message. A context can be kept
//! ([`Compression::context_takeover`]); that shrinks small JSON messages to a fraction, and costs about 300 kB for each
//! connection.

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use flate2::{Compress, Decompress, FlushCompress, FlushDecompress, Status};

use super::close::CloseCode;
use super::codec::Violation;

/// What every deflated message would end with; left out on the wire (RFC 7692 section 7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];
const MAX_WINDOW: u8 = 15;
/// The smallest window that zlib can deflate with; 8 is legal on the wire, but no zlib offers it.
const MIN_WINDOW: u8 = 9;
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
    deflaters: Mutex<Vec<Compress>>,
    inflaters: Mutex<Vec<Decompress>>,
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
    deflater: Option<Box<Compress>>,
    inflater: Option<Box<Decompress>>,
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
                .unwrap_or_else(|| {
                    Compress::new_with_window_bits(flate2::Compression::fast(), false, self.window)
                }),
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

    /// The message, at most `limit` bytes of it: more is refused while inflating.
    pub(crate) fn inflate(
        &mut self,
        mut data: Vec<u8>,
        limit: usize,
    ) -> Result<Vec<u8>, Violation> {
        data.extend_from_slice(&TAIL);
        let mut inflater = match self.inflater.take() {
            Some(kept) => *kept,
            None => self
                .theirs_fresh
                .then(|| take(&self.pool.inflaters))
                .flatten()
                .unwrap_or_else(|| Decompress::new(false)),
        };
        let output = inflate_all(&mut inflater, &data, limit)?;
        if self.theirs_fresh {
            inflater.reset(false);
            put(&self.pool.inflaters, inflater);
        } else {
            self.inflater = Some(Box::new(inflater));
        }
        Ok(output)
    }
}

fn deflate_all(deflater: &mut Compress, data: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(data.len() / 2 + 64);
    let before = deflater.total_in();
    loop {
        let done = usize::try_from(deflater.total_in() - before).ok()?;
        deflater
            .compress_vec(data.get(done..)?, &mut out, FlushCompress::Sync)
            .ok()?;
        let done = usize::try_from(deflater.total_in() - before).ok()?;
        // Room left over means that the flush is complete.
        if done == data.len() && out.len() < out.capacity() {
            break;
        }
        out.reserve(out.capacity().max(256));
    }
    out.ends_with(&TAIL)
        .then(|| out.truncate(out.len() - TAIL.len()))?;
    if out.is_empty() {
        // An empty message is one empty block (RFC 7692 section 7.2.3.6).
        out.push(0);
    }
    Some(out)
}

fn inflate_all(inflater: &mut Decompress, data: &[u8], limit: usize) -> Result<Vec<u8>, Violation> {
    const CORRUPT: Violation = Violation {
        code: CloseCode::INVALID_DATA,
        what: "corrupt compressed message",
    };
    const BOMB: Violation = Violation {
        code: CloseCode::TOO_BIG,
        what: "message exceeds the limit when inflated",
    };
    // One byte beyond the limit tells "exactly the limit" from "more".
    let bound = limit.saturating_add(1);
    let mut out = Vec::with_capacity(
        data.len()
            .saturating_mul(4)
            .clamp(256, 64 * 1024)
            .min(bound),
    );
    let mut at = 0;
    loop {
        if out.len() == out.capacity() {
            if out.len() > limit {
                return Err(BOMB);
            }
            let more = out.capacity().max(256).min(bound - out.len());
            out.reserve_exact(more);
        }
        let (before_in, before_out) = (inflater.total_in(), inflater.total_out());
        let status = inflater
            .decompress_vec(&data[at..], &mut out, FlushDecompress::Sync)
            .map_err(|_| CORRUPT)?;
        at += usize::try_from(inflater.total_in() - before_in).unwrap_or(0);
        let produced = inflater.total_out() != before_out;
        if out.len() > limit {
            return Err(BOMB);
        }
        match status {
            // A block marked final: the rest, if any, is a new stream (RFC 7692 section 7.2.3.4).
            Status::StreamEnd => {
                inflater.reset(false);
                if at >= data.len() || data[at..] == TAIL {
                    return Ok(out);
                }
            }
            Status::Ok | Status::BufError => {
                if at == data.len() && out.len() < out.capacity() {
                    return Ok(out);
                }
                if at == data.len() && !produced {
                    return Ok(out);
                }
                if !produced && inflater.total_in() == before_in && out.len() < out.capacity() {
                    return Err(CORRUPT);
                }
            }
        }
    }
}
