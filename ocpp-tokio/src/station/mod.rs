//! What a charging station on an operating system needs besides a connection: file transfers, and an embedded database
//! for its records, keys and logs. The station itself is [`ocpp_core::station::Station`].
//!
//! | the station wants | here |
//! |---|---|
//! | [`Output::Store`](ocpp_core::station::Output::Store), [`Remove`](ocpp_core::station::Output::Remove) | [`Records::change`] |
//! | [`Output::Download`](ocpp_core::station::Output::Download), [`Upload`](ocpp_core::station::Output::Upload) | [`Files`] |
//! | [`Output::SecurityEvent`](ocpp_core::station::Output::SecurityEvent) | [`Records::log`] |
//! | [`Output::MakeCertificateRequest`](ocpp_core::station::Output::MakeCertificateRequest), [`DeleteKey`](ocpp_core::station::Output::DeleteKey) | [`Keys`] |

mod files;
mod keys;
mod records;

pub use files::{Downloaded, Files, Progress, TransferError, TransferOptions};
pub use keys::Keys;
pub use records::{Change, LogEntry, Records, RecordsError};
