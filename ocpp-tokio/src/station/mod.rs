//! What a charging station on an operating system needs besides a connection: file transfers, and an embedded database
//! for its records and its security log. The station itself is [`ocpp_core::station::Station`].
//!
//! | the station wants | here |
//! |---|---|
//! | [`Output::Store`](ocpp_core::station::Output::Store), [`Remove`](ocpp_core::station::Output::Remove) | [`Records::change`] |
//! | [`Output::Download`](ocpp_core::station::Output::Download), [`Upload`](ocpp_core::station::Output::Upload) | [`Files`] |
//! | [`Output::SecurityEvent`](ocpp_core::station::Output::SecurityEvent) | [`Records::log`] |

mod driver;
mod files;
mod handle;
mod hardware;
mod keys;
mod provision;
mod records;
mod secret;

pub use driver::{DriverConfig, StationDriver, StationError, Storage};
pub use files::{Downloaded, Files, Progress, TransferError, TransferOptions};
pub use handle::{CallError, StationHandle, Unanswered};
pub use hardware::{Answer, Hardware, Installation, Notice, Transfer, VendorData};
pub use keys::{FileKeys, StationKeys};
pub use provision::Provision;
pub use records::{Change, LogEntry, Records, RecordsError};
pub use secret::write_secret;
