//! Exact limits in the unit that was asked for.
//!
//! Dividing watts by volts seldom ends. An [`Amount`] therefore keeps sum and quotient apart: it is worth
//! `whole + over / divisor`, with one divisor for a whole calculation: six times the voltage for amperes, six for watts
//! (6 is divisible by 1, 2 and 3 phases). Sums, minima and the cut to tenths are exact that way.

use rust_decimal::Decimal;

use super::RateUnit;

/// How to get from watts to amperes and back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Units {
    pub(super) wanted: RateUnit,
    /// Line voltage; zero when none is configured and none is needed.
    pub(super) voltage: Decimal,
    divisor: Decimal,
}

impl Units {
    pub(super) fn new(wanted: RateUnit, voltage: Option<Decimal>) -> Self {
        let voltage = voltage.unwrap_or(Decimal::ZERO);
        let divisor = match wanted {
            RateUnit::A => times(voltage, Decimal::from(6)),
            RateUnit::W => Decimal::from(6),
        };
        Self {
            wanted,
            voltage,
            divisor,
        }
    }
}

/// A limit in the wanted unit: `whole + over / divisor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) whole: Decimal,
    pub(super) over: Decimal,
    /// Whether a conversion took part, so that the answer is cut to tenths.
    pub(super) converted: bool,
}

fn times(a: Decimal, b: Decimal) -> Decimal {
    a.checked_mul(b).unwrap_or(Decimal::MAX)
}

fn plus(a: Decimal, b: Decimal) -> Decimal {
    a.checked_add(b).unwrap_or(Decimal::MAX)
}

/// Whether two decimals are equal; quick for those with equally many decimals, as nearly all have.
#[inline]
pub(super) fn same(a: Decimal, b: Decimal) -> bool {
    if a.scale() == b.scale() {
        a.mantissa() == b.mantissa()
    } else {
        a == b
    }
}

/// The lower of two decimals.
#[inline]
pub(super) fn lower(a: Decimal, b: Decimal) -> Decimal {
    let less = if a.scale() == b.scale() {
        b.mantissa() < a.mantissa()
    } else {
        b < a
    };
    if less { b } else { a }
}

/// `⌊10 × dividend / divisor⌋`, when the numbers are small enough for 128 bits.
fn quotient_in_tenths(dividend: Decimal, divisor: Decimal) -> Option<i64> {
    let (up, down) = (divisor.scale(), dividend.scale());
    if dividend.is_sign_negative() || divisor.mantissa() <= 0 || up.max(down) > 9 {
        return None;
    }
    let numerator = dividend.mantissa().checked_mul(10_i128.pow(up + 1))?;
    let denominator = divisor.mantissa().checked_mul(10_i128.pow(down))?;
    match (u64::try_from(numerator), u64::try_from(denominator)) {
        (Ok(numerator), Ok(denominator)) => i64::try_from(numerator / denominator).ok(),
        _ => i64::try_from(numerator / denominator).ok(),
    }
}

/// A number of tenths without a zero behind the point.
fn from_tenths(tenths: i64) -> Decimal {
    if tenths % 10 == 0 {
        Decimal::from(tenths / 10)
    } else {
        Decimal::new(tenths, 1)
    }
}

impl Amount {
    pub(super) const ZERO: Self = Self {
        whole: Decimal::ZERO,
        over: Decimal::ZERO,
        converted: false,
    };

    #[inline]
    pub(super) const fn whole(value: Decimal) -> Self {
        Self {
            whole: value,
            over: Decimal::ZERO,
            converted: false,
        }
    }

    /// Watts in total or amperes for each phase, on `phases` phases (1 to 3), in the wanted unit.
    #[inline]
    pub(super) fn convert(value: Decimal, unit: RateUnit, phases: u8, units: &Units) -> Self {
        match (unit, units.wanted) {
            (RateUnit::A, RateUnit::A) | (RateUnit::W, RateUnit::W) => Self::whole(value),
            (RateUnit::A, RateUnit::W) => Self {
                whole: times(times(value, units.voltage), Decimal::from(phases)),
                over: Decimal::ZERO,
                converted: true,
            },
            (RateUnit::W, RateUnit::A) => Self {
                whole: Decimal::ZERO,
                over: times(value, Decimal::from(6 / phases.max(1))),
                converted: true,
            },
        }
    }

    /// A value for one phase, in the wanted unit for one phase.
    pub(super) fn convert_one_phase(value: Decimal, unit: RateUnit, units: &Units) -> Self {
        Self::convert(value, unit, 1, units)
    }

    /// What is left for each of `phases` phases when this is the value for all of them together: amperes count for each
    /// phase already, watts are shared evenly.
    pub(super) fn share(self, phases: u8, units: &Units) -> Self {
        match units.wanted {
            RateUnit::A => self,
            RateUnit::W => Self {
                whole: Decimal::ZERO,
                over: plus(
                    times(self.whole, Decimal::from(6 / phases.max(1))),
                    // `over` of watts comes from sharing only and is never shared again.
                    self.over,
                ),
                converted: true,
            },
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            whole: plus(self.whole, other.whole),
            over: plus(self.over, other.over),
            converted: self.converted || other.converted,
        }
    }

    /// The value times the divisor.
    fn scaled(self, units: &Units) -> Decimal {
        plus(times(self.whole, units.divisor), self.over)
    }

    /// The lower of both. Of equals the one that needed no conversion.
    #[inline]
    pub(super) fn min(self, other: Self, units: &Units) -> Self {
        let (mine, theirs) = if self.over.is_zero() && other.over.is_zero() {
            (self.whole, other.whole)
        } else {
            (self.scaled(units), other.scaled(units))
        };
        let take_other = theirs < mine || (theirs == mine && self.converted);
        if take_other { other } else { self }
    }

    /// The value with up to twelve decimals more than the unit needs, never above the exact one.
    pub(super) fn exact(self, units: &Units) -> Decimal {
        if self.over.is_zero() {
            self.whole
        } else {
            self.cut_at(12, units)
        }
    }

    /// The value as it is answered: exact without a conversion, cut down to tenths after one.
    #[inline]
    pub(super) fn cut(self, units: &Units) -> Decimal {
        if !self.converted {
            self.whole
        } else if self.over.is_zero() {
            self.whole.trunc_with_scale(1).normalize()
        } else {
            match quotient_in_tenths(self.scaled(units), units.divisor) {
                Some(tenths) => from_tenths(tenths),
                None => self.cut_at(1, units),
            }
        }
    }

    /// The quotient cut down to so many decimals, or fewer when the number is too large for them.
    fn cut_at(self, places: u32, units: &Units) -> Decimal {
        let scaled = self.scaled(units);
        for places in (1..=places).rev() {
            let power = Decimal::from(10_u64.saturating_pow(places));
            let Some(raised) = scaled.checked_mul(power) else {
                continue;
            };
            // A multiple of the divisor divides without a remainder, so nothing is rounded.
            let rest = raised.checked_rem(units.divisor).unwrap_or(Decimal::ZERO);
            if let Some(quotient) = (raised - rest).checked_div(units.divisor)
                && let Some(value) = quotient.trunc().checked_div(power)
            {
                return value.normalize();
            }
        }
        Decimal::MAX
    }

    /// As [`cut`](Self::cut), but upwards: for minimum rates.
    pub(super) fn raise(self, units: &Units) -> Decimal {
        let down = self.cut(units);
        let exact = self.exact(units);
        if down < exact {
            plus(down, Decimal::new(1, 1))
        } else {
            down
        }
    }
}

/// A limit for all phases alike, or one for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// Watts in total or amperes for each phase.
    Same(Amount),
    /// One value for each of L1, L2, L3.
    Each([Amount; 3]),
}

impl Limit {
    fn each(self, phases: u8, units: &Units) -> [Amount; 3] {
        match self {
            Self::Same(amount) => [amount.share(phases, units); 3],
            Self::Each(amounts) => amounts,
        }
    }

    fn zip(
        self,
        other: Self,
        phases: u8,
        units: &Units,
        f: impl Fn(Amount, Amount) -> Amount,
    ) -> Self {
        match (self, other) {
            (Self::Same(a), Self::Same(b)) => Self::Same(f(a, b)),
            _ => {
                let (a, b) = (self.each(phases, units), other.each(phases, units));
                Self::Each([f(a[0], b[0]), f(a[1], b[1]), f(a[2], b[2])])
            }
        }
    }

    pub(super) fn min(self, other: Self, phases: u8, units: &Units) -> Self {
        self.zip(other, phases, units, |a, b| a.min(b, units))
    }

    pub(super) fn plus(self, other: Self, phases: u8, units: &Units) -> Self {
        self.zip(other, phases, units, Amount::plus)
    }
}
