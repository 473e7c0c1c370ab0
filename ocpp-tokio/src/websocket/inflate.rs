//! Inflating what a peer deflated, at a cost that the length of the message bounds.
//!
//! DEFLATE lets a peer write blocks that carry nothing: an empty one takes ten bits, and one with code tables of its own
//! takes eleven bytes and as long to read as hundreds of bytes of text. So a message may have only so many blocks as its
//! length explains ([`FREE_BLOCKS`], [`BYTES_PER_BLOCK`]); everybody else's compressor stays far below.

use zlib_rs::{Inflate, InflateFlush, Status};

use super::close::CloseCode;
use super::codec::Violation;
use super::deflate::{MAX_WINDOW, TAIL};

/// Blocks that a message of any length may have.
const FREE_BLOCKS: u64 = 64;
/// Beyond these a block must carry this many bytes on average, compressed and inflated ones added up. The smallest
/// compressors (128 symbols to a block) and those that flush every fifty bytes come to more.
const BYTES_PER_BLOCK: u64 = 32;
/// What reading a block can cost, in inflated bytes that take as long: the tables of its codes.
const BLOCK_COST: usize = 256;
/// Inflated at a time.
const STEP: usize = 16 * 1024;

const CORRUPT: Violation = Violation {
    code: CloseCode::INVALID_DATA,
    what: "corrupt compressed message",
};
const BOMB: Violation = Violation {
    code: CloseCode::TOO_BIG,
    what: "message exceeds the limit when inflated",
};
const SHATTERED: Violation = Violation {
    code: CloseCode::POLICY,
    what: "compressed message in too many blocks",
};

/// Working state for one message at a time; it keeps the context of earlier messages until it is [reset](Self::reset).
pub(super) struct Inflater {
    zlib: Inflate,
    step: Box<[u8]>,
    /// Compressed bytes read and inflated bytes written since the message began.
    read: u64,
    written: u64,
    blocks: u64,
    /// Nothing was read since the message, or the stream that follows a final block, began.
    at_start: bool,
}

impl Inflater {
    pub(super) fn new() -> Self {
        Self {
            zlib: Inflate::new(false, MAX_WINDOW),
            step: vec![0; STEP].into_boxed_slice(),
            read: 0,
            written: 0,
            blocks: 0,
            at_start: true,
        }
    }

    /// Inflates a piece of a message behind what is in `out`; more than `limit` bytes of it are refused.
    ///
    /// `cost` grows by the work that was done, in inflated bytes that take as long.
    pub(super) fn piece(
        &mut self,
        mut piece: &[u8],
        out: &mut Vec<u8>,
        limit: usize,
        cost: &mut usize,
    ) -> Result<(), Violation> {
        while !piece.is_empty() {
            let before = self.read;
            self.read += self
                .advance(piece, InflateFlush::Block, out, limit, cost)?
                .0;
            let taken = usize::try_from(self.read - before).unwrap_or(usize::MAX);
            piece = piece.get(taken..).unwrap_or_default();
            self.blocks += 1;
            if self.blocks > FREE_BLOCKS + (self.read + self.written) / BYTES_PER_BLOCK {
                return Err(SHATTERED);
            }
        }
        Ok(())
    }

    /// The message is complete: what is left of it, and ready for the next one.
    pub(super) fn finish(
        &mut self,
        out: &mut Vec<u8>,
        limit: usize,
        cost: &mut usize,
    ) -> Result<(), Violation> {
        // The sender of a final block has left no tail out.
        if !self.at_start {
            self.piece(&TAIL, out, limit, cost)?;
            // What is still held back: bits that were read, and a match that had no room.
            while self
                .advance(&[], InflateFlush::SyncFlush, out, limit, cost)?
                .1
                == self.step.len()
            {}
        }
        (self.read, self.written, self.blocks) = (0, 0, 0);
        self.at_start = true;
        Ok(())
    }

    /// Forgets the context.
    pub(super) fn reset(&mut self) {
        self.zlib.reset(false);
    }

    /// At most one block, and one step of output. Gives how many bytes were read and written.
    fn advance(
        &mut self,
        input: &[u8],
        flush: InflateFlush,
        out: &mut Vec<u8>,
        limit: usize,
        cost: &mut usize,
    ) -> Result<(u64, usize), Violation> {
        let (read, written) = (self.zlib.total_in(), self.zlib.total_out());
        let status = self.zlib.decompress(input, &mut self.step, flush);
        let status = status.map_err(|_| CORRUPT)?;
        let read = self.zlib.total_in() - read;
        let written = usize::try_from(self.zlib.total_out() - written).unwrap_or(STEP);
        self.written += written as u64;
        self.at_start &= read == 0;
        *cost += written + BLOCK_COST;
        if out.len() + written > limit {
            return Err(BOMB);
        }
        out.extend_from_slice(self.step.get(..written).unwrap_or_default());
        // A block marked final: the rest, if any, is a new stream (RFC 7692 section 7.2.3.4).
        if status == Status::StreamEnd {
            self.zlib.reset(false);
            self.at_start = true;
        }
        Ok((read, written))
    }
}
