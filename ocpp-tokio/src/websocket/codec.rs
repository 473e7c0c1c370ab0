//! RFC 6455 without I/O: bytes in, messages and control events out, frames queued for the socket.
//!
//! The header codec is tungstenite's. What lives here is what it leaves to its own connection type, which knows no
//! extensions: masking rules, fragmentation, limits, the answer to pings, the close handshake and, through
//! [`Deflate`], compressed messages. OCPP-J sends text only, so a binary message is refused.

use std::io::Cursor;

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::close::CloseCode;
use super::deflate::Deflate;

/// Longest frame header: two bytes, eight of length, four of mask.
const MAX_HEADER: usize = 14;
/// Longest payload of a control frame (RFC 6455 section 5.5).
const MAX_CONTROL: usize = 125;
/// A compressed message is inflated in pieces of this size as it arrives, so that no step does more than this much.
const INFLATE_AT: usize = 16 * 1024;
/// What a frame costs, in inflated bytes that take as long.
const FRAME_COST: usize = 64;
/// Buffers up to this size are kept between messages; larger ones are given back.
const KEEP_CAPACITY: usize = 1024;

/// Which side of the connection this is: clients mask, servers do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The charging station.
    Client,
    /// The CSMS.
    Server,
}

/// What the peer sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A complete text message, assembled and inflated.
    Text(String),
    /// A ping; its pong is already queued.
    Ping,
    /// A pong.
    Pong,
    /// The peer starts or answers the close handshake. The answer is queued if it was ours to give.
    Close(Option<CloseCode>, String),
}

/// The peer broke RFC 6455, RFC 7692 or one of our limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Violation {
    /// What the close frame says.
    pub(crate) code: CloseCode,
    /// What was wrong.
    pub(crate) what: &'static str,
}

const fn protocol(what: &'static str) -> Violation {
    Violation {
        code: CloseCode::PROTOCOL,
        what,
    }
}

/// The frame whose payload is being received.
#[derive(Debug)]
struct Incoming {
    opcode: OpCode,
    is_final: bool,
    mask: Option<[u8; 4]>,
    /// Payload bytes still to come.
    remaining: usize,
    /// Position in the mask.
    mask_at: usize,
}

#[derive(Debug)]
pub(crate) struct Codec {
    role: Role,
    max_message: usize,
    deflate: Option<Deflate>,
    header: [u8; MAX_HEADER],
    header_len: usize,
    incoming: Option<Incoming>,
    /// Data of the message being received, still compressed when `compressed`.
    message: Vec<u8>,
    /// What of a compressed message is inflated already.
    inflated: Vec<u8>,
    /// Bytes of the message that have been announced, as they travel.
    announced: usize,
    in_message: bool,
    compressed: bool,
    /// Work since [`Self::take_cost`], in inflated bytes that take as long.
    cost: usize,
    /// Frames since [`Self::take_idle_frames`] that were no message and did not end one.
    idle_frames: u32,
    control: Vec<u8>,
    /// Encoded frames that the socket has not taken yet, from `out_at` on.
    out: Vec<u8>,
    out_at: usize,
    /// The latest ping not answered yet. Only one is kept, as RFC 6455 section 5.5.3 allows, so that a peer that pings
    /// without reading cannot make us grow.
    pong: Option<Vec<u8>>,
    ping: bool,
    close_sent: bool,
}

impl Codec {
    pub(crate) fn new(role: Role, max_message: usize, deflate: Option<Deflate>) -> Self {
        Self {
            role,
            max_message,
            deflate,
            header: [0; MAX_HEADER],
            header_len: 0,
            incoming: None,
            message: Vec::new(),
            inflated: Vec::new(),
            announced: 0,
            in_message: false,
            compressed: false,
            cost: 0,
            idle_frames: 0,
            control: Vec::new(),
            out: Vec::new(),
            out_at: 0,
            pong: None,
            ping: false,
            close_sent: false,
        }
    }

    pub(crate) fn is_compressed(&self) -> bool {
        self.deflate.is_some()
    }

    /// What decoding has cost since the last call, in inflated bytes that take as long; it grows with the bytes that were
    /// decoded and the messages that came of them, whatever the peer sends.
    pub(crate) fn take_cost(&mut self) -> usize {
        core::mem::take(&mut self.cost)
    }

    /// Pings, pongs and fragments since the last call, ends of messages not counted.
    pub(crate) fn take_idle_frames(&mut self) -> u32 {
        core::mem::take(&mut self.idle_frames)
    }

    /// Consumes bytes from the front of `input` up to the next event. `None` means that all of it was consumed.
    pub(crate) fn decode(&mut self, input: &mut &[u8]) -> Result<Option<Event>, Violation> {
        loop {
            let Some(incoming) = &mut self.incoming else {
                if !self.decode_header(input)? {
                    return Ok(None);
                }
                continue;
            };
            let take = incoming.remaining.min(input.len());
            let (payload, rest) = input.split_at(take);
            *input = rest;
            let target = match incoming.opcode {
                OpCode::Control(_) => &mut self.control,
                OpCode::Data(_) => &mut self.message,
            };
            let start = target.len();
            target.extend_from_slice(payload);
            if let Some(mask) = incoming.mask {
                apply_mask(&mut target[start..], mask, incoming.mask_at);
                incoming.mask_at = (incoming.mask_at + take) % 4;
            }
            incoming.remaining -= take;
            self.cost += take;
            let (opcode, is_final) = (incoming.opcode, incoming.is_final);
            let complete = incoming.remaining == 0;
            if self.compressed && self.message.len() >= INFLATE_AT {
                self.inflate_piece()?;
            }
            if !complete {
                return Ok(None);
            }
            self.incoming = None;
            self.cost += FRAME_COST;
            match opcode {
                OpCode::Data(_) if is_final => return self.finish_message().map(Some),
                OpCode::Data(_) => self.idle_frames = self.idle_frames.saturating_add(1),
                OpCode::Control(control) => {
                    self.idle_frames = self.idle_frames.saturating_add(1);
                    return self.finish_control(control).map(Some);
                }
            }
        }
    }

    /// Returns false when the header is not complete yet.
    fn decode_header(&mut self, input: &mut &[u8]) -> Result<bool, Violation> {
        let take = input.len().min(MAX_HEADER - self.header_len);
        let (bytes, _) = input.split_at(take);
        self.header[self.header_len..self.header_len + take].copy_from_slice(bytes);
        let available = self.header_len + take;
        let mut cursor = Cursor::new(&self.header[..available]);
        let parsed = FrameHeader::parse(&mut cursor).map_err(|_| protocol("reserved opcode"))?;
        let Some((header, length)) = parsed else {
            self.header_len = available;
            *input = &input[take..];
            return Ok(false);
        };
        let used = usize::try_from(cursor.position()).unwrap_or(MAX_HEADER);
        *input = &input[used.saturating_sub(self.header_len).min(take)..];
        self.header_len = 0;
        self.check_header(&header, length, used)?;
        let remaining = usize::try_from(length).map_err(|_| too_big())?;
        self.incoming = Some(Incoming {
            opcode: header.opcode,
            is_final: header.is_final,
            mask: header.mask,
            remaining,
            mask_at: 0,
        });
        Ok(true)
    }

    fn check_header(
        &mut self,
        header: &FrameHeader,
        length: u64,
        used: usize,
    ) -> Result<(), Violation> {
        if header.rsv2 || header.rsv3 {
            return Err(protocol("reserved bit set"));
        }
        if header.len(length) != used || length > i64::MAX as u64 {
            return Err(protocol("length not in its shortest form"));
        }
        match (self.role, header.mask.is_some()) {
            (Role::Server, false) => return Err(protocol("client frame without mask")),
            (Role::Client, true) => return Err(protocol("server frame with mask")),
            _ => {}
        }
        match header.opcode {
            OpCode::Control(_) => {
                if header.rsv1 {
                    return Err(protocol("reserved bit set"));
                }
                if !header.is_final || length > MAX_CONTROL as u64 {
                    return Err(protocol("control frame fragmented or too long"));
                }
                self.control.clear();
            }
            OpCode::Data(Data::Continue) => {
                if header.rsv1 {
                    return Err(protocol("reserved bit set"));
                }
                if !self.in_message {
                    return Err(protocol("continuation of no message"));
                }
                self.check_size(length)?;
            }
            OpCode::Data(data) => {
                if self.in_message {
                    return Err(protocol("new message inside a fragmented one"));
                }
                if header.rsv1 && self.deflate.is_none() {
                    return Err(protocol("reserved bit set"));
                }
                if data != Data::Text {
                    return Err(Violation {
                        code: CloseCode::UNSUPPORTED,
                        what: "binary message; OCPP-J is text",
                    });
                }
                self.check_size(length)?;
                self.in_message = true;
                self.compressed = header.rsv1;
            }
        }
        Ok(())
    }

    /// The limit holds for what travels and, in [`Self::finish_message`], for what comes out of the inflater. It is
    /// checked on the header, so nothing beyond it is ever buffered.
    fn check_size(&mut self, length: u64) -> Result<(), Violation> {
        let length = usize::try_from(length).map_err(|_| too_big())?;
        if length > self.max_message.saturating_sub(self.announced) {
            return Err(too_big());
        }
        self.announced += length;
        Ok(())
    }

    fn inflate_piece(&mut self) -> Result<(), Violation> {
        if let Some(deflate) = &mut self.deflate {
            let (max, cost) = (self.max_message, &mut self.cost);
            deflate.inflate(&self.message, &mut self.inflated, max, cost)?;
        }
        self.message.clear();
        Ok(())
    }

    fn finish_message(&mut self) -> Result<Event, Violation> {
        self.in_message = false;
        self.announced = 0;
        let bytes = if core::mem::take(&mut self.compressed) {
            self.inflated
                .reserve((4 * self.message.len()).min(self.max_message));
            self.inflate_piece()?;
            self.message = Vec::new();
            let mut inflated = core::mem::take(&mut self.inflated);
            if let Some(deflate) = &mut self.deflate {
                deflate.finish(&mut inflated, self.max_message, &mut self.cost)?;
            }
            inflated
        } else {
            core::mem::take(&mut self.message)
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Event::Text(text)),
            Err(_) => Err(Violation {
                code: CloseCode::INVALID_DATA,
                what: "text is not UTF-8",
            }),
        }
    }

    fn finish_control(&mut self, control: Control) -> Result<Event, Violation> {
        match control {
            Control::Ping => {
                if !self.close_sent {
                    self.pong = Some(core::mem::take(&mut self.control));
                }
                Ok(Event::Ping)
            }
            Control::Pong => Ok(Event::Pong),
            Control::Close => {
                let (code, reason) = parse_close(&self.control)?;
                self.queue_close(code.unwrap_or(CloseCode::NORMAL), "");
                Ok(Event::Close(code, reason))
            }
            Control::Reserved(_) => Err(protocol("reserved opcode")),
        }
    }

    /// Queues a text message. Nothing is sent after a close frame.
    pub(crate) fn queue_text(&mut self, text: &str) {
        if self.close_sent {
            return;
        }
        if let Some(deflate) = &mut self.deflate
            && let Some(compressed) = deflate.deflate(text.as_bytes())
        {
            self.queue_frame(OpCode::Data(Data::Text), true, &compressed);
            return;
        }
        self.queue_frame(OpCode::Data(Data::Text), false, text.as_bytes());
    }

    /// Queues a ping; several before the socket takes the first become one.
    pub(crate) fn queue_ping(&mut self) {
        self.ping = !self.close_sent;
    }

    /// Queues a close frame, once.
    pub(crate) fn queue_close(&mut self, code: CloseCode, reason: &str) {
        if self.close_sent {
            return;
        }
        self.pong = None;
        self.ping = false;
        let mut payload = Vec::with_capacity(2 + reason.len());
        payload.extend_from_slice(&code.get().to_be_bytes());
        let mut end = reason.len().min(MAX_CONTROL - 2);
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        payload.extend_from_slice(&reason.as_bytes()[..end]);
        self.queue_frame(OpCode::Control(Control::Close), false, &payload);
        self.close_sent = true;
    }

    fn queue_frame(&mut self, opcode: OpCode, rsv1: bool, payload: &[u8]) {
        let mask = match self.role {
            Role::Client => Some(rand::random::<[u8; 4]>()),
            Role::Server => None,
        };
        let header = FrameHeader {
            is_final: true,
            rsv1,
            rsv2: false,
            rsv3: false,
            opcode,
            mask,
        };
        self.out.reserve(MAX_HEADER + payload.len());
        // Writing into a vector cannot fail.
        let _ = header.format(payload.len() as u64, &mut self.out);
        let start = self.out.len();
        self.out.extend_from_slice(payload);
        if let Some(mask) = mask {
            apply_mask(&mut self.out[start..], mask, 0);
        }
    }

    /// Bytes waiting for the socket.
    pub(crate) fn pending(&self) -> usize {
        self.out.len() - self.out_at
    }

    /// The next bytes for the socket, control frames that were due included. Empty when there is nothing to send.
    pub(crate) fn output(&mut self) -> &[u8] {
        if self.pending() == 0 {
            if let Some(payload) = self.pong.take() {
                self.queue_frame(OpCode::Control(Control::Pong), false, &payload);
            }
            if core::mem::take(&mut self.ping) {
                self.queue_frame(OpCode::Control(Control::Ping), false, b"");
            }
        }
        &self.out[self.out_at..]
    }

    /// The socket took `n` bytes of [`Self::output`].
    pub(crate) fn sent(&mut self, n: usize) {
        self.out_at = (self.out_at + n).min(self.out.len());
        if self.out_at == self.out.len() {
            self.out_at = 0;
            if self.out.capacity() > KEEP_CAPACITY {
                self.out = Vec::new();
            } else {
                self.out.clear();
            }
        }
    }
}

const fn too_big() -> Violation {
    Violation {
        code: CloseCode::TOO_BIG,
        what: "message exceeds the limit",
    }
}

/// Checks the payload of a close frame (RFC 6455 section 5.5.1).
fn parse_close(payload: &[u8]) -> Result<(Option<CloseCode>, String), Violation> {
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        return if payload.is_empty() {
            Ok((None, String::new()))
        } else {
            Err(protocol("close frame with half a code"))
        };
    };
    let code = CloseCode::new(u16::from_be_bytes(*code))
        .ok_or(protocol("close code that must not be sent"))?;
    match core::str::from_utf8(reason) {
        Ok(reason) => Ok((Some(code), reason.to_owned())),
        Err(_) => Err(Violation {
            code: CloseCode::INVALID_DATA,
            what: "close reason is not UTF-8",
        }),
    }
}

/// XORs `data` with `mask`, which starts at byte `at` of the mask; eight bytes at a time.
fn apply_mask(data: &mut [u8], mut mask: [u8; 4], at: usize) {
    mask.rotate_left(at % 4);
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, tail) = data.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    for (byte, key) in tail.iter_mut().zip(mask.into_iter().cycle()) {
        *byte ^= key;
    }
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
