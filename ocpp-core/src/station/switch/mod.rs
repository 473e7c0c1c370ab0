//! Another version of OCPP at run time: a connection settles on it, and the station goes on in it.
//!
//! The station keeps its [`Context`]: clock, hardware, meters, connection, cache, local list, what was given up. The logic of
//! the version that was spoken winds up, then that of the other version begins with the records, as it would after a restart:
//!
//! 1. [`Station::begin_switch`]: every transaction ends in the version that it began in. Contactors open, meters are read, the last
//!    message of each transaction is stored. Until that is done nothing is read from the new connection; what comes in
//!    waits.
//! 2. [`Station::swap`]: the record [`SPOKEN`] says which version is spoken from now on. A power cut before it leaves a station
//!    of the former version without transactions, one after it a station of the new version: there is nothing in between.
//! 3. Who was charging goes on in a transaction of the new version, unless the new CSMS refuses them.
//!
//! Messages that are written in the former version stay in the records, and go out when it is spoken again.
//!
//! What the other logic reads is kept in memory, as [`Mirror`] of the records, if the station speaks several versions.

#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
mod change;

use alloc::boxed::Box;

use ocpp_types::Version;

use super::Station;
use super::behaviour::Behaviour;
use super::config::{InvalidConfig, StationConfig};
use super::context::Context;
use super::device_model::DeviceModel;
use super::output::Output;
use super::record::{Records, Texts};
use crate::session;

#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
pub(crate) use change::{Carried, Switch};

/// The record of the version that was spoken last.
pub(super) const SPOKEN: &str = "version";
/// Whether this library was built for more than one version of a station.
pub(super) const SEVERAL: bool = cfg!(all(feature = "v1_6", feature = "v2_0_1"));

/// Whether this library was built for stations of a version.
pub(super) const fn is_built(version: Version) -> bool {
    match version {
        Version::V1_6 => cfg!(feature = "v1_6"),
        Version::V2_0_1 => cfg!(feature = "v2_0_1"),
        Version::V2_1 => false,
    }
}

/// The versions that a station can speak, best first.
pub(super) fn spoken_by(config: &StationConfig) -> impl Iterator<Item = Version> {
    let versions = config.versions.iter().copied();
    versions.filter(|version| is_built(*version))
}

/// The version that was spoken last, as the records say it.
pub(super) fn last_spoken(records: &Texts) -> Option<Version> {
    let text = records.get(SPOKEN)?;
    ocpp_types::json::text(text)?.parse().ok()
}

/// The version that a station begins with: the one that was spoken last, else the best.
pub(super) fn first(config: &StationConfig, records: &Texts) -> Option<Version> {
    let last = last_spoken(records);
    let last = last.filter(|last| spoken_by(config).any(|version| version == *last));
    last.or_else(|| spoken_by(config).next())
}

/// The variables of a version, with their first values.
///
/// # Errors
/// When what the application has configured is impossible.
pub(super) fn variables(
    config: &StationConfig,
    version: Version,
) -> Result<DeviceModel, InvalidConfig> {
    match version {
        #[cfg(feature = "v1_6")]
        Version::V1_6 => Ok(super::v1_6::variables(config)),
        #[cfg(feature = "v2_0_1")]
        Version::V2_0_1 => {
            let variables = super::v2::variables(config);
            variables.check_application()?;
            Ok(variables)
        }
        #[allow(unreachable_patterns)] // when all versions are there
        _ => Err(InvalidConfig::new(
            "no version that this library was built for",
        )),
    }
}

/// The logic of a version, as the records describe it.
pub(super) fn logic(
    core: &mut Context,
    version: Version,
    records: &Records,
) -> Option<Box<dyn Behaviour>> {
    match version {
        #[cfg(feature = "v1_6")]
        Version::V1_6 => Some(Box::new(super::v1_6::ChargePoint::restore(core, records))),
        #[cfg(feature = "v2_0_1")]
        Version::V2_0_1 => Some(Box::new(super::v2::ChargingStation::restore(core, records))),
        #[allow(unreachable_patterns)] // when all versions are there
        _ => None,
    }
}

/// There is no other version.
#[cfg(not(all(feature = "v1_6", feature = "v2_0_1")))]
pub(crate) type Switch = core::convert::Infallible;

/// What is stored, as far as another version's logic begins with it: everything but what the [`Context`] keeps.
#[derive(Debug, Default)]
pub(super) struct Mirror(Texts);

impl Mirror {
    /// Whether the context keeps what a record says.
    fn is_kept(key: &str) -> bool {
        let kind = key.split('/').next().unwrap_or(key);
        matches!(
            kind,
            "cache" | "local-list" | "given-up" | "message-ids" | "format"
        )
    }

    pub(super) fn new(records: Texts) -> Self {
        let mut all = records;
        all.retain(|key, _| !Self::is_kept(key));
        Self(all)
    }

    fn note(&mut self, output: &Output) {
        match output {
            Output::Store(record) if !Self::is_kept(&record.key) => {
                self.0.insert(record.key.clone(), record.value.clone());
            }
            Output::Remove(key) => {
                self.0.remove(key);
            }
            _ => {}
        }
    }
}

impl Context {
    /// Follows what is stored, at the end of every input.
    pub(super) fn note_records(&mut self) {
        if !SEVERAL {
            return;
        }
        if let Some(mirror) = &mut self.mirror {
            for output in &self.outputs {
                mirror.note(output);
            }
        }
    }

    /// Says which messages wait for other versions.
    pub(super) fn tell_waiting(&mut self) {
        for (version, messages) in self.queue.waiting().to_vec() {
            self.output(Output::Waiting { version, messages });
        }
    }
}

#[cfg(not(all(feature = "v1_6", feature = "v2_0_1")))]
impl Station {
    pub(super) const fn begin_switch(&mut self, _version: Version) -> bool {
        false
    }

    pub(super) fn keep_unread(&mut self, _text: alloc::string::String) {}

    pub(super) const fn switch_disconnected(&mut self) {}

    pub(super) const fn note_departure(&mut self, _input: &super::Input) {}

    pub(super) const fn wind_up(&mut self) {}

    pub(super) const fn continue_switch(&mut self) -> bool {
        false
    }
}

impl Station {
    /// The connection is open, and the version that is spoken is settled.
    pub(super) fn open_session(&mut self) {
        let core = &mut self.core;
        core.session_input(session::Input::Connected);
        core.link_opened();
        self.logic.connected(core);
    }
}
