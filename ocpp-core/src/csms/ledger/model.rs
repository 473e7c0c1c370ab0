//! What a ledger keeps of a transaction, and what becomes of it: a bill with warnings.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::{DateTime, Decimal};
use serde::{Deserialize, Serialize};

use super::prices::Prices;
use super::sequence::Sequence;
use crate::csms::{TokenStatus, TransactionId};

/// A token with its type. In 1.6 there is no type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IdToken {
    /// The text; compares without case.
    pub id_token: String,
    /// The type of 2.x, `ISO14443` for example.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

impl IdToken {
    /// A token of 1.6.
    #[must_use]
    pub fn of_1_6(id_tag: &str) -> Self {
        Self {
            id_token: id_tag.into(),
            kind: None,
        }
    }

    /// Whether it stands for charging without authorization (C02).
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.kind.as_deref() == Some("NoAuthorization")
    }

    /// Whether both are the same token: text without case, and type where both have one.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let kinds = self.kind.as_ref().zip(other.kind.as_ref());
        self.id_token.eq_ignore_ascii_case(&other.id_token)
            && kinds.is_none_or(|(one, other)| one == other)
    }
}

/// One value of a meter, as the station sent it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// When it was read.
    pub at: DateTime,
    /// The value, as written; a signed value may have none that is a number.
    pub value: String,
    /// What was measured; absent means `Energy.Active.Import.Register`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measurand: Option<String>,
    /// Why it was read, `Transaction.Begin` for example.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// On which phase; absent means on all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Where; absent means at the outlet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The unit; absent means Wh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The value times ten to the power of this (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiplier: Option<i64>,
    /// The signed value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<SignedValue>,
}

/// Readings that belong to no transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Outside {
    /// The EVSE; in 1.6 the connector; 0 for the main meter.
    pub evse: i64,
    /// The values.
    pub samples: Vec<Sample>,
}

/// A signed value, kept as it came: whoever checks it later needs every byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignedValue {
    /// The signed data, Base64 in 2.x. 1.6: `value` of a sample of the format `SignedData`.
    pub data: String,
    /// How it was signed (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_method: Option<String>,
    /// How it is encoded (2.x), `OCMF` for example.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding_method: Option<String>,
    /// The public key, Base64 (2.x); empty when the station does not send it each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// Why a transaction counts as over although its end has not arrived. Its end may still come, and is taken then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Presumption {
    /// A later transaction began at the same EVSE.
    LaterTransaction,
    /// Its connector has become available.
    ConnectorAvailable,
    /// The station has booted.
    Boot,
}

/// Who says that a transaction has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EndedBy {
    /// The station: its end has arrived.
    Station,
    /// The station says that it does not run and that no message about it waits (E14); its end is lost.
    TransactionStatus,
    /// The operator.
    Operator,
    /// There was no room for it any more, and something speaks for its end.
    Presumption,
}

/// The end of a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// When.
    pub at: DateTime,
    /// Why, as the station wrote it; empty if nobody knows.
    pub reason: String,
    /// Who says so.
    pub by: EndedBy,
}

/// A transaction, running or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    /// Names it among all transactions of the CSMS; never used twice.
    pub reference: u64,
    /// How the station calls it.
    pub transaction_id: TransactionId,
    /// Where. 1.6: the connector. 0 while it is not known.
    pub evse: i64,
    /// The connector of the EVSE (2.x), if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<i64>,
    /// Who charges; `None` while nobody is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<IdToken>,
    /// The place in the sequence of the message that named the token; a token that only stopped counts least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) token_from: Option<i64>,
    /// The time of the first message that arrived.
    pub first_at: DateTime,
    /// When the first message arrived, by the clock of the CSMS; `None` in records of earlier builds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<DateTime>,
    /// When it began; `None` while its begin has not arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime>,
    /// The energy register at the begin in Wh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meter_start: Option<Decimal>,
    /// The place in the sequence of the message with the register at the begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) meter_start_from: Option<i64>,
    /// Its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
    /// When its end arrived, by the clock of the CSMS; `None` while it is open, and in records of earlier builds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_received_at: Option<DateTime>,
    /// The energy register at the end in Wh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meter_stop: Option<Decimal>,
    /// The last reading of the energy register in Wh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meter_last: Option<Decimal>,
    /// Its place in the sequence; in 1.6 its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) meter_last_from: Option<i64>,
    /// The charging state (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charging_state: Option<String>,
    /// Which sequence numbers have arrived (2.x).
    #[serde(default, skip_serializing_if = "Sequence::is_empty")]
    pub sequence: Sequence,
    /// The sequence number of the end (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) end_seq_no: Option<i64>,
    /// The command that started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_start_id: Option<i64>,
    /// The reservation that it used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation: Option<i64>,
    /// Whether one of its messages was written while the station was offline (2.x).
    #[serde(default)]
    pub offline: bool,
    /// Why it counts as over although its end has not arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presumed_over: Option<Presumption>,
    /// How many messages with meter values were kept.
    #[serde(default)]
    pub meter_records: u32,
    /// The highest register that any of its messages told, and the lowest after the begin: for finding one that runs backwards.
    #[serde(default)]
    pub(super) backwards: bool,
    /// Energy that flowed at this EVSE between the transaction before and this one, in Wh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy_before: Option<Decimal>,
    /// What the station told about its price (2.1).
    #[serde(default, skip_serializing_if = "Prices::is_empty")]
    pub prices: Prices,
    /// What the CSMS said about its token, if it was not accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<TokenStatus>,
    /// By the clock of the station it ran while another transaction did at the same EVSE.
    #[serde(default, skip_serializing_if = "is_false")]
    pub overlaps: bool,
    /// An earlier transaction of the station had the same id.
    #[serde(default)]
    pub id_used_before: bool,
    /// Its end came with a sequence number that another of its messages had (2.x).
    #[serde(default, skip_serializing_if = "is_false")]
    pub seq_no_used_twice: bool,
    /// Another end with other contents came; it was not taken.
    #[serde(default)]
    pub contradicted: bool,
    /// What came instead of the end or after it, the first ones. Its samples are with the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradictions: Vec<Contradiction>,
    /// The last messages with meter values, for knowing one that comes once more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) last_samples: Vec<u64>,
}

/// What the station told of a transaction after its end, and other than it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contradiction {
    /// When.
    pub at: DateTime,
    /// The energy register in Wh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meter: Option<Decimal>,
    /// Why it ended, as the station wrote it; empty if it did not say so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands in a reference"
)]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Transaction {
    /// Whether its end has not arrived, and nobody else has ended it.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Whether it holds its token: it is open and nothing speaks for its end.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.end.is_none() && self.presumed_over.is_none()
    }

    /// Whether its end has arrived; somebody else's word for it does not count.
    pub(super) fn is_ended_by_station(&self) -> bool {
        let end = self.end.as_ref();
        end.is_some_and(|end| end.by == EndedBy::Station)
    }

    /// Whether it is an end that nobody knows, of 1.6. Ids that the CSMS never gave are used again and again: -1, 0.
    pub(super) const fn has_made_up_id(&self) -> bool {
        matches!(self.transaction_id, TransactionId::Number(_))
            && self.started_at.is_none()
            && !self.is_open()
    }

    /// What can be billed; of a transaction that still runs, what could be billed now.
    #[must_use]
    pub fn bill(&self) -> Bill {
        let stop = self.meter_stop.or(self.meter_last);
        let energy = stop.zip(self.meter_start).and_then(|(stop, start)| {
            let energy = stop.checked_sub(*start)?;
            (!energy.is_sign_negative()).then(|| energy.normalize().into())
        });
        Bill {
            reference: self.reference,
            transaction_id: self.transaction_id.clone(),
            evse: self.evse,
            id_token: self.id_token.clone(),
            started_at: self.started_at,
            stopped_at: self.end.as_ref().map(|end| end.at),
            received_at: self.received_at,
            end_received_at: self.end_received_at,
            stop_reason: self.end.as_ref().map(|end| end.reason.clone()),
            meter_start: self.meter_start,
            meter_stop: stop,
            energy_wh: energy,
            prices: Box::new(self.prices.clone()),
            warnings: self.warnings(),
        }
    }

    fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let mut warn = |condition: bool, warning: Warning| {
            if condition {
                warnings.push(warning);
            }
        };
        let no_end = !self.is_ended_by_station();
        warn(self.started_at.is_none(), Warning::MissingBegin);
        warn(no_end, Warning::MissingEnd);
        warn(self.is_incomplete(), Warning::MissingMessages);
        warn(self.meter_start.is_none(), Warning::MissingMeterStart);
        warn(self.meter_stop.is_none(), Warning::MissingMeterStop);
        let stop = self.meter_stop.or(self.meter_last);
        let shrunk = stop
            .zip(self.meter_start)
            .is_some_and(|(stop, start)| stop < start);
        warn(self.backwards || shrunk, Warning::RegisterRunsBackwards);
        warn(self.energy_before.is_some(), Warning::EnergyOutside);
        let ended = self.end.as_ref().map(|end| end.at);
        let times = self.started_at.into_iter().chain(ended);
        let unset = times.clone().any(|at| at.unix_millis() < CLOCKS_ARE_SET);
        let reversed = self
            .started_at
            .zip(ended)
            .is_some_and(|(started, ended)| ended < started);
        warn(unset || reversed, Warning::ClockNotSet);
        warn(self.id_token.is_none(), Warning::MissingToken);
        warn(self.refused.is_some(), Warning::NotAuthorized);
        warn(self.overlaps, Warning::OverlapsOther);
        warn(self.id_used_before, Warning::IdUsedBefore);
        warn(self.seq_no_used_twice, Warning::SeqNoUsedTwice);
        warn(self.contradicted, Warning::Contradiction);
        warnings
    }

    /// Whether messages between the first and the last are missing (2.x).
    fn is_incomplete(&self) -> bool {
        self.sequence.has_gaps()
    }
}

/// The begin of 2016, in milliseconds since 1970. OCPP 1.6 is not older: a clock that says so has not been set.
pub(super) const CLOCKS_ARE_SET: i64 = 1_451_606_400_000;

/// What can be billed of a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// The transaction's number in the CSMS.
    pub reference: u64,
    /// How the station calls it.
    pub transaction_id: TransactionId,
    /// Where. 1.6: the connector. 0 if nobody said so.
    pub evse: i64,
    /// Who charged.
    pub id_token: Option<IdToken>,
    /// When it began.
    pub started_at: Option<DateTime>,
    /// When it ended; `None` while it runs.
    pub stopped_at: Option<DateTime>,
    /// When the first message arrived, by the clock of the CSMS.
    #[serde(default)]
    pub received_at: Option<DateTime>,
    /// When the end arrived, by the clock of the CSMS.
    #[serde(default)]
    pub end_received_at: Option<DateTime>,
    /// Why it ended, as the station wrote it; empty if nobody knows.
    pub stop_reason: Option<String>,
    /// The energy register at the begin in Wh.
    pub meter_start: Option<Decimal>,
    /// The energy register at the end in Wh; of an end that did not tell it, the last reading.
    pub meter_stop: Option<Decimal>,
    /// What was charged in Wh; `None` if a register is missing or runs backwards.
    pub energy_wh: Option<Decimal>,
    /// What the station told about the price (2.1).
    #[serde(default, skip_serializing_if = "Prices::is_empty")]
    pub prices: Box<Prices>,
    /// Why the money could be wrong; empty if nothing speaks against the bill.
    pub warnings: Vec<Warning>,
}

/// Why a bill could be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Warning {
    /// The begin has not arrived.
    MissingBegin,
    /// The end has not arrived.
    MissingEnd,
    /// Messages between the first and the last are missing: sequence numbers have gaps (2.x, E01.FR.07).
    MissingMessages,
    /// Nobody told the register at the begin.
    MissingMeterStart,
    /// Nobody told the register at the end; the last reading stands for it, if there is one.
    MissingMeterStop,
    /// The register was lower at a later time.
    RegisterRunsBackwards,
    /// Energy flowed at this EVSE between the transaction before and this one.
    EnergyOutside,
    /// A time is before 2016, or the end is before the begin.
    ClockNotSet,
    /// Nobody is known who charged.
    MissingToken,
    /// The CSMS did not accept the token, and the station charged nevertheless: it was offline, or went on.
    NotAuthorized,
    /// By the clock of the station another transaction ran at the same EVSE at the same time.
    OverlapsOther,
    /// An earlier transaction of the station had the same id.
    IdUsedBefore,
    /// The end came with a sequence number that another message of the transaction had (2.x, E01.FR.07): one of the two may
    /// stand for messages that are missing.
    SeqNoUsedTwice,
    /// A second end with other contents came.
    Contradiction,
}
