//! Limits and behaviour.

use core::time::Duration;

use crate::csms::ledger;
use crate::session::Decoding;

/// Limits and behaviour of a [`RemoteStation`](super::RemoteStation).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The heartbeat interval of stations that have none of their own, in seconds. Default: 300.
    pub interval: i64,
    /// How the station's messages are decoded. Default: strictly.
    pub decoding: Decoding,
    /// How long the station may take to answer a call. Default: 30 s.
    pub call_timeout: Duration,
    /// How long the parts of a report may take, each from the one before. Default: 120 s.
    pub report_timeout: Duration,
    /// Whether a station that has connected with a security profile may come with no lower one from then on (A05; whitepaper of
    /// 1.6, A05). [`Command::LowestProfile`](super::Command::LowestProfile) lets it. Default: yes.
    pub raises_profile: bool,
    /// Whether the cost of each ended transaction is asked for ([`Question::Cost`](super::Question::Cost), I03). Default: no.
    pub asks_cost: bool,
    /// Whether the cost of a transaction is asked for with each of its messages that brings meter values while it runs, and told in the
    /// answer ([`Question::Cost`](super::Question::Cost), I02). Default: no.
    pub asks_running_cost: bool,
    /// Most commands that wait or are under way. Default: 64.
    pub max_commands: usize,
    /// Most connectors of a station. Default: 256. The state of further ones is not kept.
    pub max_connectors: usize,
    /// Most parts of a report that are collected. Default: 10,000.
    pub max_report_parts: usize,
    /// Most bytes that they have together. Default: 16 MiB.
    pub max_report_bytes: usize,
    /// How many items a request has that the station has told no limit for. Default: 1 (B05.FR.11, B06.FR.05).
    pub items_per_message: usize,
    /// How many transactions are held.
    pub ledger: ledger::Limits,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            interval: 300,
            decoding: Decoding::Strict,
            call_timeout: Duration::from_secs(30),
            report_timeout: Duration::from_secs(120),
            raises_profile: true,
            asks_cost: false,
            asks_running_cost: false,
            max_commands: 64,
            max_connectors: 256,
            max_report_parts: 10_000,
            max_report_bytes: 16 * 1024 * 1024,
            items_per_message: 1,
            ledger: ledger::Limits::default(),
        }
    }
}
