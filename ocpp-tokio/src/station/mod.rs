//! What a charging station on an operating system needs besides a connection: file transfers, and an embedded database
//! for its records and its security log. The station itself is [`ocpp_core::station::Station`].
//!
//! | the station wants | here |
//! |---|---|
//! | [`Output::Store`](ocpp_core::station::Output::Store), [`Remove`](ocpp_core::station::Output::Remove) | [`Records::change`] |
//! | [`Output::Download`](ocpp_core::station::Output::Download), [`Upload`](ocpp_core::station::Output::Upload) | [`Files`] |
//! | [`Output::SecurityEvent`](ocpp_core::station::Output::SecurityEvent) | [`Records::log`] |

mod files;
mod records;

pub use files::{Downloaded, Files, Progress, TransferError, TransferOptions};
pub use records::{Change, LogEntry, Records, RecordsError};
