//! Stand-in for the `deflate` feature: types without values, so that nothing else needs to know.

use super::codec::Violation;

/// permessage-deflate; has no value without the feature `deflate`.
#[derive(Debug, Clone)]
pub enum Compression {}

pub(crate) fn offer(options: &Compression) -> &'static str {
    match *options {}
}

pub(crate) fn accept(options: &Compression, _offers: &str) -> Option<(Deflate, String)> {
    match *options {}
}

pub(crate) fn confirm(options: &Compression, _answer: &str) -> Result<Deflate, &'static str> {
    match *options {}
}

#[derive(Debug)]
pub(crate) enum Deflate {}

impl Deflate {
    pub(crate) fn deflate(&mut self, _data: &[u8]) -> Option<Vec<u8>> {
        match *self {}
    }

    pub(crate) fn inflate(
        &mut self,
        _piece: &[u8],
        _out: &mut Vec<u8>,
        _limit: usize,
        _cost: &mut usize,
    ) -> Result<(), Violation> {
        match *self {}
    }

    pub(crate) fn finish(
        &mut self,
        _out: &mut Vec<u8>,
        _limit: usize,
        _cost: &mut usize,
    ) -> Result<(), Violation> {
        match *self {}
    }
}
