//! What messages tell a ledger, in words of no version.

use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::{DateTime, Decimal, Number};

use super::model::{IdToken, Sample};
use super::prices::Prices;
use crate::csms::TokenStatus;

/// The begin of a transaction in 1.6.
#[derive(Debug, Clone, PartialEq)]
pub struct Begin {
    /// The connector.
    pub connector: i64,
    /// Who charges.
    pub id_token: IdToken,
    /// When it began.
    pub at: DateTime,
    /// The energy register in Wh.
    pub meter: Decimal,
    /// The reservation that it uses.
    pub reservation: Option<i64>,
}

/// The end of a transaction in 1.6.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop {
    /// The number that the CSMS gave; whatever the station made up if it never got one.
    pub transaction_id: i64,
    /// Who stopped it, if somebody did.
    pub id_token: Option<IdToken>,
    /// When.
    pub at: DateTime,
    /// The energy register in Wh.
    pub meter: Decimal,
    /// Why, as the station wrote it.
    pub reason: String,
    /// Its `transactionData`.
    pub samples: Vec<Sample>,
}

/// Where in its life a transaction is when a message of 2.x tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It begins.
    Started,
    /// It runs.
    Updated,
    /// It ends.
    Ended,
}

/// A TransactionEvent of 2.x.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The id that the station gave.
    pub transaction_id: String,
    /// Where in its life it is.
    pub moment: Moment,
    /// The message's place in the sequence.
    pub seq_no: i64,
    /// When.
    pub at: DateTime,
    /// Whether it was written while the station was offline.
    pub offline: bool,
    /// Where.
    pub evse: Option<i64>,
    /// The connector of the EVSE.
    pub connector: Option<i64>,
    /// The token that was presented.
    pub id_token: Option<IdToken>,
    /// What the CSMS says about the token, if that is known.
    pub token_status: Option<TokenStatus>,
    /// Whether the token only stops the transaction (trigger reason StopAuthorized).
    pub stops: bool,
    /// What the meter said.
    pub samples: Vec<Sample>,
    /// The charging state.
    pub charging_state: Option<String>,
    /// Why it ended.
    pub stop_reason: Option<String>,
    /// The command that started it.
    pub remote_start_id: Option<i64>,
    /// The reservation that it uses.
    pub reservation: Option<i64>,
    /// What it tells about the price (2.1).
    pub prices: Prices,
}

impl Event {
    /// The register at the end, or else the last one; what it was at the begin says nothing about the end.
    pub(super) fn end_register(&self) -> Option<Decimal> {
        register_in(&self.samples, END).or_else(|| self.later_register())
    }

    /// The last reading that is not one of the begin, unless this is the begin.
    pub(super) fn last_register(&self) -> Option<Decimal> {
        match self.moment {
            Moment::Started => register(&self.samples),
            Moment::Updated | Moment::Ended => self.later_register(),
        }
    }

    fn later_register(&self) -> Option<Decimal> {
        let all = self.samples.iter().rev();
        let later = all.filter(|sample| sample.context.as_deref() != Some(BEGIN));
        later.filter_map(Sample::energy_wh).next()
    }

    /// The register of the begin, if the message tells it.
    pub(super) fn begin_register(&self) -> Option<Decimal> {
        match self.moment {
            Moment::Started => {
                register_in(&self.samples, BEGIN).or_else(|| register(&self.samples))
            }
            Moment::Updated | Moment::Ended => register_in(&self.samples, BEGIN),
        }
    }
}

pub(super) const BEGIN: &str = "Transaction.Begin";
pub(super) const END: &str = "Transaction.End";

/// The last reading of the energy register of the whole EVSE in Wh.
pub(super) fn register(samples: &[Sample]) -> Option<Decimal> {
    samples.iter().rev().find_map(Sample::energy_wh)
}

fn register_in(samples: &[Sample], context: &str) -> Option<Decimal> {
    let wanted = samples
        .iter()
        .rev()
        .filter(|sample| sample.context.as_deref() == Some(context));
    wanted.filter_map(Sample::energy_wh).next()
}

/// A number for these samples; other samples have another one.
pub(super) fn fingerprint(samples: &[Sample]) -> u64 {
    // Plain values; serde_json writes all of them.
    let text = serde_json::to_string(samples).unwrap_or_default();
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Sample {
    /// The energy register of the whole EVSE in Wh, if that is what was measured.
    #[must_use]
    pub fn energy_wh(&self) -> Option<Decimal> {
        let is = |member: &Option<String>, default: &str| {
            member.as_deref().is_none_or(|text| text == default)
        };
        let register = is(&self.measurand, "Energy.Active.Import.Register")
            && is(&self.location, "Outlet")
            && self.phase.is_none();
        if !register {
            return None;
        }
        let exponent = match self.unit.as_deref() {
            None | Some("Wh") => 0,
            Some("kWh") => 3,
            Some(_) => return None,
        };
        let exponent = self.multiplier.unwrap_or(0).checked_add(exponent)?;
        scaled(
            self.value.parse::<Number>().ok()?.to_decimal().ok()?,
            exponent,
        )
    }
}

/// `value` × 10^`exponent`, as long as a meter can be meant.
fn scaled(value: Decimal, exponent: i64) -> Option<Decimal> {
    let power = u32::try_from(exponent.unsigned_abs()).ok()?;
    let power = Decimal::from(10_i64.checked_pow(power)?);
    let scaled = match exponent {
        0 => return Some(value),
        1.. => value.checked_mul(*power),
        _ => value.checked_div(*power),
    };
    scaled.map(|value| value.normalize().into())
}
