//! Values that meters sign (J01.FR.21, J02.FR.21), and transactions that begin with one (E01.FR.04).

use ocpp_types::v2_0_1::{MeterValue, ReadingContext, SignedMeterValue};
use ocpp_types::{BoundedString, DateTime};

use super::ChargingStation;
use super::meter_values::meter_value;
use super::points::Point;
use crate::station::authorization::Authorizing as _;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::vocabulary::{Reading, SignedValue};
use crate::time::Instant;

/// The signed value that is to begin a transaction at an EVSE.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Signature {
    /// The meter was asked for it.
    asked: bool,
    /// When it is asked again, because it has signed nothing.
    pub(super) again: Option<Instant>,
    /// The value, until it was told.
    pub(super) reading: Option<(DateTime, Reading)>,
    /// Whether it has come.
    pub(super) came: bool,
}

/// Which signatures go with values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signing {
    wanted: bool,
    key: bool,
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
const fn sign_variable(list: Standard) -> Standard {
    match list {
        Standard::AlignedMeasurands | Standard::AlignedEndedMeasurands => Standard::AlignedSign,
        // E02.FR.14, E03.FR.10, E04.FR.10, E05.FR.06, E07.FR.12, E08.FR.12, E09.FR.08, E10.FR.07, E11.FR.08, E12.FR.10.
        _ => Standard::SampledSign,
    }
}

impl ChargingStation {
    /// The values of a reading that a variable lists, signed if they are to be, and with the public key if that is to be told.
    pub(super) fn value(
        &mut self,
        core: &Context,
        number: Option<u64>,
        list: Standard,
        reading: &Reading,
        context: &ReadingContext,
        time: DateTime,
    ) -> Option<MeterValue> {
        let transaction = number.and_then(|number| self.transactions.get(number));
        let once = core.variables.text(Standard::SendPublicKey) == "OncePerTransaction";
        let untold = transaction.is_some_and(|t| !t.details.key_told);
        let signing = Signing {
            wanted: core.variables.bool(sign_variable(list)),
            key: once && untold
                || core.variables.text(Standard::SendPublicKey) == "EveryMeterValue",
        };
        let value = meter_value(core, list, reading, context, time, signing)?;
        let signed = |value: &MeterValue| {
            let mut values = value.sampled_value.iter();
            values.any(|value| value.signed_meter_value.is_some())
        };
        if once
            && untold
            && signed(&value)
            && let Some(transaction) = number.and_then(|number| self.transactions.get_mut(number))
        {
            transaction.details.key_told = true;
        }
        Some(value)
    }

    /// Asks the meter for the signed value with which a transaction begins, once somebody may charge with the cable that is
    /// there. Without SignReadings no such value comes, and no transaction begins with one.
    pub(super) fn ask_for_signature(&mut self, core: &mut Context, index: usize) {
        if !self.circumstances.start_points.has(Point::DataSigned) {
            return;
        }
        let ready = self.conditions(core, index).has(Point::PowerPathClosed);
        let evse = &self.evses[index];
        let told = evse.transaction.is_some() && evse.signature.reading.is_none();
        if (!ready || told) && evse.signature != Signature::default() {
            self.evses[index].signature = Signature::default();
        }
        if !ready || self.evses[index].transaction.is_some() {
            return;
        }
        let evse = &self.evses[index];
        let wanted = core.variables.bool(Standard::SampledSign) && self.may_start(core);
        if !wanted || evse.signature.asked {
            return;
        }
        let Some(time) = core.utc() else {
            return;
        };
        self.evses[index].signature.asked = true;
        core.sample(Sample {
            purpose: SamplePurpose::Signature,
            at: Some(self.place(index)),
            transaction: None,
            time,
        });
    }

    /// The meter has answered. One that has signed nothing is asked again after a while.
    pub(super) fn signature_came(
        &mut self,
        core: &Context,
        index: usize,
        reading: &Reading,
        time: DateTime,
    ) {
        let signature = &mut self.evses[index].signature;
        if reading.is_signed() {
            signature.came = true;
            signature.reading = Some((time, reading.clone()));
        } else {
            signature.again = Some(core.instant() + core.config.meter_timeout);
        }
    }

    /// It is time to ask a meter again.
    pub(super) fn signature_due(&mut self, index: usize, now: Instant) {
        let due = self.evses[index].signature.again;
        if due.is_some_and(|again| again <= now) {
            self.evses[index].signature = Signature::default();
        }
    }
}
