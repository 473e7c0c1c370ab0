//! What a driver is made of.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ocpp_core::station::StationConfig;
use ocpp_types::Version;

use crate::identity::Identity;
use crate::station::files::TransferOptions;
use crate::station::keys::{FileKeys, StationKeys};
use crate::station::provision::Provision;
use crate::station::records::{Records, RecordsError, failed};

/// What kind of station it is, and where its CSMS is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DriverConfig {
    /// What kind of station it is. The security profile of [`provision`](Self::provision), and in 1.6 its password, become
    /// the first values of their variables, unless the defaults name others; random numbers are mixed into the seed.
    pub station: StationConfig,
    /// The URL of the CSMS without the identity, `ws://` or `wss://`, until the CSMS sets another one.
    pub url: String,
    /// The identity of the station.
    pub identity: Identity,
    /// What secures the connection. Default: nothing.
    pub provision: Provision,
    /// What file transfers may do.
    pub transfers: TransferOptions,
    /// Whether to connect without being told. Default: yes.
    pub start: bool,
    /// How long to wait for an [`Answer`](crate::station::Answer) of the hardware. Default: 30 seconds. A restart may take
    /// four times as long.
    pub patience: Duration,
    /// How long an installation of firmware may take. Default: an hour.
    pub installation: Duration,
}

impl DriverConfig {
    /// With the defaults named at each field.
    #[must_use]
    pub fn new(station: StationConfig, url: impl Into<String>, identity: Identity) -> Self {
        Self {
            station,
            url: url.into(),
            identity,
            provision: Provision::default(),
            transfers: TransferOptions::default(),
            start: true,
            patience: Duration::from_secs(30),
            installation: Duration::from_secs(3600),
        }
    }

    /// The configuration that the station gets.
    pub(super) fn station_config(&self) -> StationConfig {
        let mut config = self.station.clone();
        // The station must know its profile to judge changes of it, in every version that it speaks, and in 1.6 its password,
        // without which a higher profile is refused.
        let mut firsts = Vec::new();
        for version in &config.versions {
            let profile = self.provision.profile().to_string();
            match version {
                Version::V1_6 if !config.features.security => {}
                Version::V1_6 => {
                    firsts.push(("SecurityProfile", profile));
                    let key = self.provision.authorization_key();
                    firsts.extend(key.map(|key| ("AuthorizationKey", key.to_owned())));
                }
                _ => firsts.push(("SecurityCtrlr.SecurityProfile", profile)),
            }
        }
        for (key, value) in firsts {
            if !config.defaults.iter().any(|(name, _)| name == key) {
                config.defaults.push((key.into(), value));
            }
        }
        // Stations that lose their CSMS at the same moment should not come back at the same moment.
        config.seed ^= rand::random::<u64>();
        config
    }
}

/// Where a station keeps what must survive a power cut.
#[derive(Debug)]
#[non_exhaustive]
pub struct Storage {
    /// Records and the security log.
    pub records: Records,
    /// Private keys.
    pub keys: Box<dyn StationKeys>,
    /// The file in which firmware waits for its installation.
    pub firmware: PathBuf,
}

impl Storage {
    /// In a folder, which is made if it is not there: a database, the private keys (`keys`), downloaded firmware
    /// (`firmware`).
    ///
    /// # Errors
    /// When something in it cannot be read, or another program has it open.
    pub fn open(folder: &Path) -> Result<Self, RecordsError> {
        Ok(Self {
            records: Records::open(folder)?,
            keys: Box::new(FileKeys::open(&folder.join("keys")).map_err(failed)?),
            firmware: folder.join("firmware"),
        })
    }

    /// In memory, forgotten with the program; firmware goes into a file of the system's folder for such.
    #[must_use]
    pub fn memory() -> Self {
        let name = format!("ocpp-firmware-{:016x}", rand::random::<u64>());
        Self {
            records: Records::memory(),
            keys: Box::new(FileKeys::memory()),
            firmware: std::env::temp_dir().join(name),
        }
    }

    /// With other keys: those of a secure element.
    #[must_use]
    pub fn with_keys(mut self, keys: impl StationKeys + 'static) -> Self {
        self.keys = Box::new(keys);
        self
    }
}
