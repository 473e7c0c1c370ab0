//! What meters show.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use compact_str::CompactString;
use ocpp_types::Decimal;

/// One value of a meter or another sensor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Measured {
    /// The measurand, as the specifications write it: `Energy.Active.Import.Register`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub measurand: CompactString,
    /// The phase as the specifications write it (`L1`, `L1-N`); `None` for all together.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub phase: Option<CompactString>,
    /// Where it was measured: `Outlet` if `None`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub location: Option<CompactString>,
    /// The unit as the specifications write it: `Wh`, `W`, `A`, `V`, `Percent`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub unit: CompactString,
    /// The value.
    pub value: Decimal,
    /// The same as the meter has signed it, if it does (2.x).
    pub signed: Option<Box<SignedValue>>,
}

/// A value as a meter has signed it (`SignedMeterValueType` of 2.x). What is longer than the type permits is not told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignedValue {
    /// What was signed with the signature, in Base64, at most 2,500 characters.
    pub data: String,
    /// How it was signed, for example `ECDSA-secp256r1-SHA256`, at most 50 characters.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub signing_method: CompactString,
    /// How it was encoded before, for example `OCMF`, at most 50 characters.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub encoding_method: CompactString,
    /// The key that proves it, in Base64, at most 2,500 characters. Whether it is told says `PublicKeyWithSignedMeterValue`.
    pub public_key: String,
}

impl Measured {
    /// A value over all phases at the outlet.
    #[must_use]
    pub fn new(measurand: &str, unit: &str, value: impl Into<Decimal>) -> Self {
        Self {
            measurand: CompactString::from(measurand),
            phase: None,
            location: None,
            unit: CompactString::from(unit),
            value: value.into(),
            signed: None,
        }
    }

    /// The same with what the meter has signed.
    #[must_use]
    pub fn signed_as(mut self, signed: SignedValue) -> Self {
        self.signed = Some(Box::new(signed));
        self
    }

    /// The same for one phase.
    #[must_use]
    pub fn on_phase(mut self, phase: &str) -> Self {
        self.phase = Some(CompactString::from(phase));
        self
    }
}

/// The name of the energy register, which every meter has.
pub const ENERGY_IMPORT_REGISTER: &str = "Energy.Active.Import.Register";

/// What a meter shows at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reading {
    /// All values. The one of `Energy.Active.Import.Register` over all phases, in Wh, is what transactions count.
    pub values: Vec<Measured>,
}

impl Reading {
    /// A reading of the energy register only, in Wh.
    #[must_use]
    pub fn energy(wh: impl Into<Decimal>) -> Self {
        Self {
            values: alloc::vec![Measured::new(ENERGY_IMPORT_REGISTER, "Wh", wh)],
        }
    }

    /// The same with another value.
    #[must_use]
    pub fn and(mut self, value: Measured) -> Self {
        self.values.push(value);
        self
    }

    /// Whether the meter has signed something of it.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.values.iter().any(|value| value.signed.is_some())
    }

    /// The energy register over all phases in Wh.
    #[must_use]
    pub fn energy_wh(&self) -> Option<Decimal> {
        let total = self
            .values
            .iter()
            .find(|v| v.measurand == ENERGY_IMPORT_REGISTER && v.phase.is_none())?;
        if total.unit == "kWh" {
            let thousand = rust_decimal::Decimal::ONE_THOUSAND;
            return total.value.0.checked_mul(thousand).map(Decimal);
        }
        Some(total.value)
    }
}
