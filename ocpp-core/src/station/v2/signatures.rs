//! Values that meters sign (J01.FR.21, J02.FR.21), and transactions that begin with one (E01.FR.04).

use alloc::vec::Vec;

use ocpp_types::{BoundedString, DateTime};

use super::per_evse::{PerEvse, Timed};
use super::wire::SignedMeterValue;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::vocabulary::{ConnectorId, Reading, SignedValue};
use crate::time::Instant;

/// The signed value that is to begin a transaction at an EVSE.
#[derive(Debug, Default, PartialEq, Eq)]
struct Signature {
    /// The meter was asked for it.
    asked: bool,
    /// When it is asked again, because it has signed nothing.
    again: Option<Instant>,
    /// The value, until it was told.
    reading: Option<(DateTime, Reading)>,
    /// Whether it has come.
    came: bool,
}

impl Timed for Signature {
    fn timer(&self) -> Option<Instant> {
        self.again
    }
}

/// Which signatures go with values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signing {
    pub(super) wanted: bool,
    pub(super) key: bool,
}

impl Signing {
    /// A signature as 2.x tells it; the public key has to be there, and is empty if it is not told.
    pub(super) fn of(self, signed: &SignedValue) -> Option<SignedMeterValue> {
        if !self.wanted {
            return None;
        }
        let key = if self.key {
            signed.public_key.as_str()
        } else {
            ""
        };
        Some(SignedMeterValue::new(
            BoundedString::try_from(signed.data.as_str()).ok()?,
            BoundedString::try_from(signed.signing_method.as_str()).ok()?,
            BoundedString::try_from(signed.encoding_method.as_str()).ok()?,
            BoundedString::try_from(key).ok()?,
        ))
    }
}

/// The variable that says whether the values that another one lists are signed.
pub(super) const fn sign_variable(list: Standard) -> Standard {
    match list {
        Standard::AlignedMeasurands | Standard::AlignedEndedMeasurands => Standard::AlignedSign,
        // E02.FR.14, E03.FR.10, E04.FR.10, E05.FR.06, E07.FR.12, E08.FR.12, E09.FR.08, E10.FR.07, E11.FR.08, E12.FR.10.
        _ => Standard::SampledSign,
    }
}

/// The signed values that are to begin transactions.
#[derive(Debug)]
pub(super) struct Signatures(PerEvse<Signature>);

/// What decides whether a meter is asked for a signed value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking {
    /// Where.
    pub(super) at: ConnectorId,
    /// Whether somebody may charge with the cable that is there.
    pub(super) ready: bool,
    /// Whether a transaction has begun.
    pub(super) begun: bool,
    /// Whether one may begin.
    pub(super) may_start: bool,
}

impl Signatures {
    pub(super) fn new(evses: usize) -> Self {
        Self(PerEvse::new((0..evses).map(|_| Signature::default())))
    }

    /// Whether the value has come.
    pub(super) fn has_come(&self, index: usize) -> bool {
        self.0[index].came
    }

    /// The value that has begun a transaction, to be told.
    pub(super) fn take_reading(&mut self, index: usize) -> Option<(DateTime, Reading)> {
        self.0[index].reading.take()
    }

    /// Asks the meter for the signed value with which a transaction begins, once somebody may charge with the cable that is
    /// there. Without SignReadings no such value comes, and no transaction begins with one.
    pub(super) fn ask(&mut self, core: &mut Context, index: usize, asking: Asking) {
        let signature = &self.0[index];
        let told = asking.begun && signature.reading.is_none();
        if (!asking.ready || told) && *signature != Signature::default() {
            self.0[index] = Signature::default();
        }
        if !asking.ready || asking.begun {
            return;
        }
        let wanted = core.variables.bool(Standard::SampledSign) && asking.may_start;
        if !wanted || self.0[index].asked {
            return;
        }
        let Some(time) = core.utc() else {
            return;
        };
        self.0[index].asked = true;
        core.sample(Sample {
            purpose: SamplePurpose::Signature,
            at: Some(asking.at),
            transaction: None,
            time,
        });
    }

    /// The meter has answered. One that has signed nothing is asked again after a while.
    pub(super) fn answered(
        &mut self,
        core: &Context,
        index: usize,
        reading: &Reading,
        time: DateTime,
    ) {
        let signature = &mut self.0[index];
        if reading.is_signed() {
            signature.came = true;
            signature.reading = Some((time, reading.clone()));
        } else {
            signature.again = Some(core.instant() + core.config.meter_timeout);
        }
    }

    /// It may be time to ask meters again.
    pub(super) fn advance(&mut self, now: Instant) {
        for index in self.0.due(now) {
            if self.0[index].again.is_some_and(|again| again <= now) {
                self.0[index] = Signature::default();
            }
        }
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.0.next_timer()
    }

    /// The EVSEs where something may have changed since the last time.
    pub(super) fn take_changed(&mut self) -> Vec<usize> {
        self.0.take_changed()
    }

    /// How often EVSEs were looked at.
    #[cfg(feature = "testing")]
    pub(super) fn visits(&self) -> usize {
        self.0.visits()
    }
}
