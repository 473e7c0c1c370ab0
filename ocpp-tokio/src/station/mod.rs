//! A charging station on an operating system: everything around [`ocpp_core::station::Station`].
//!
//! A charger maker implements [`Hardware`] (three methods for a simple charger) and gets a running station for OCPP 1.6 and
//! 2.0.1:
//!
//! ```no_run
//! use ocpp_core::station::{
//!     CableState, ConnectorConfig, ConnectorId, EvseConfig, EvseId, Limit, Reading, StationConfig,
//!     Token,
//! };
//! use ocpp_tokio::station::{Answer, DriverConfig, Hardware, StationDriver, Storage};
//! use ocpp_tokio::{Identity, Version};
//!
//! struct Charger {
//!     serial_line: std::sync::mpsc::Sender<Answer<Reading>>,
//! }
//!
//! impl Hardware for Charger {
//!     fn contactor(&mut self, at: ConnectorId, closed: bool) {
//!         println!("contactor {at}: {closed}");
//!     }
//!
//!     fn set_limit(&mut self, at: ConnectorId, limit: Option<Limit>) {
//!         println!("control pilot {at}: {limit:?}");
//!     }
//!
//!     fn read_meter(&mut self, _evse: EvseId, answer: Answer<Reading>) {
//!         // The thread of the serial line answers with `answer.with(Reading::energy(12_345))`; the station goes on.
//!         let _ = self.serial_line.send(answer);
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (serial_line, _) = std::sync::mpsc::channel();
//! let config = StationConfig::builder(Version::V1_6, "Vendor", "Model")
//!     .evse(EvseConfig::new(vec![ConnectorConfig::fixed()]))
//!     .build()?;
//! let mut setup = DriverConfig::new(config, "wss://csms.example/ocpp", Identity::new("CP-1")?);
//! setup.provision.roots = Some(std::fs::read("csms-root.pem")?);
//! setup.provision = setup.provision.with_password("0123456789ABCDEF0123");
//! let storage = Storage::open("/var/lib/charger".as_ref())?;
//! let mut driver = StationDriver::new(setup, Charger { serial_line }, storage)?;
//!
//! // What the charger notices goes through the handle, from any thread.
//! let station = driver.handle();
//! std::thread::spawn(move || {
//!     station.cable(ConnectorId::new(1, 1), CableState::Connected);
//!     station.present(Some(1), Token::new("04A2B3C4"));
//! });
//! driver.run().await?;
//! # Ok(())
//! # }
//! ```
//!
//! `examples/station` is a complete one; `ocpp station` is another, with simulated hardware.
//!
//! # What the station wants, and who does it
//!
//! | the station wants ([`Output`]) | who does it |
//! |---|---|
//! | `Store`, `Remove` | [`Records`]: durable before anything later is carried out |
//! | `Connect`, `Disconnect`, `Transmit`, `PingInterval`, `Ping` | the driver, with [`Provision`] and [`StationKeys`] |
//! | `Contactor`, `SetLimit`, `ReadMeter`, `Lock`, `Unlock` | [`Hardware`] |
//! | `Reboot` | the driver closes the connection; [`Hardware::reboot`], tried again `ResetRetries` times (1.6 section 9.1.22); the driver begins anew |
//! | `SetClock`, `TokenDecided`, `DataTransfer`, `CustomerData`, `VariableChanged`, `SetVariable` | [`Hardware`] |
//! | `Download`, `VerifyFirmware` | the driver, with [`Files`]; progress to [`Hardware::transfer`] |
//! | `Install` | [`Hardware::install`] |
//! | `Upload` | the driver: the security log from [`Records`], its own report with [`Hardware::diagnostics`] |
//! | `CancelJob` | the driver |
//! | `MakeCertificateRequest`, `DeleteKey` | [`StationKeys`]: [`FileKeys`], or a secure element |
//! | `SecurityEvent` | [`Records::log`] (A04.FR.04), and [`Hardware::notice`] |
//! | `CallEnded` | whoever waits for [`StationHandle::call`] |
//! | `Dropped`, `Unreadable` | [`Hardware::notice`] |
//!
//! # Damaged files
//!
//! A damaged entry of the journal costs its change and no other; a damaged database is kept under another name, and what can
//! still be read of it counts; a key file that is no key is kept under another name. [`Notice::Damaged`] tells each once, and
//! the CSMS gets the security event `RecordsUnreadable`. All files are made with mode 0600, folders with 0700, and those of a
//! former program get it when they are opened.
//!
//! # Hardware that is slow, silent, or gone
//!
//! The driver never waits for the hardware: an [`Answer`] is sent when it is known. One that does not come within
//! [`DriverConfig::patience`], or is dropped, counts as the failure that the method names; for meters,
//! [`meter_timeout`](ocpp_core::station::StationConfig::meter_timeout) decides. An answer counts once, and never for a
//! station value that has ended in the meantime. What the hardware has told about cables, cars, faults and parking bays is
//! remembered, and told to the next station value.
//!
//! # Power cuts
//!
//! To drop the future of [`StationDriver::run`], to kill the program or to cut the power is the same: what had to be durable
//! is. [`Storage::open`] puts everything into one folder:
//!
//! | file | contents | durable |
//! |---|---|---|
//! | `station.redb`, `station.journal` | records, security log | before the next output; a change is there as a whole or not at all |
//! | `keys/*.pem` | private keys, mode 0600 | before the certificate request leaves |
//! | `firmware` | the last download | before it is reported |
//! | `firmware.part`, `firmware.part.json` | a download that broke off | every 4 MiB, and when it broke off |
//!
//! # A full or failing disk
//!
//! The records cannot be written, or at the start not be read: contactors open, nobody begins to charge, and nothing is said
//! that is not durable. The connection, heartbeats, statuses and requests that store nothing go on. The driver tries again
//! after 1, 2, 4 … 30 seconds and goes on by itself: see "When nothing can be stored" in [`ocpp_core::station`].
//! [`Notice::StorageFailed`] and [`Notice::StorageRestored`] tell people, once each. Entries of the security log wait too, up to
//! 100 of them. Only [`Storage::open`] fails, when another program has the folder open, or something in it cannot be read that
//! is not the database.
//!
//! # Limits and defaults
//!
//! | limit | default | when it is reached |
//! |---|---|---|
//! | answer of the hardware | 30 s ([`DriverConfig::patience`]) | the failure that the method names |
//! | restart of the hardware | four times as long | the restart has failed |
//! | installation of firmware | 1 h ([`DriverConfig::installation`]) | it has failed |
//! | what is queued when an installed firmware wants a restart | 1 s | delivered after the restart |
//! | closing the connection before a restart or at the end | 4 s | it is broken off |
//! | file | 1 GiB ([`TransferOptions::max_size`]) | the download fails |
//! | silence of a server of files | 60 s ([`TransferOptions::patience`]) | the transfer fails, and can go on later |
//! | security log | 10 000 entries | the oldest make room |
//! | journal | 256 KiB | the database catches up |
//!
//! [`Output`]: ocpp_core::station::Output

mod driver;
mod files;
mod handle;
mod hardware;
mod keys;
mod provision;
mod records;
mod secret;

pub use crate::private::make_private;
pub use driver::{DriverConfig, StationDriver, StationError, Storage};
pub use files::{Downloaded, Files, Progress, TransferError, TransferOptions};
pub use handle::{CallError, StationHandle, Unanswered};
pub use hardware::{Answer, CustomerInquiry, Hardware, Installation, Notice, Transfer, VendorData};
pub use keys::{FileKeys, StationKeys};
pub use provision::Provision;
pub use records::{Change, Damaged, FolderContents, LogEntry, RecordStore, Records, RecordsError};
pub use secret::write_secret;
