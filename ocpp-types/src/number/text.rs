//! JSON numbers as text: what is one, how large it is, and how to round it, whatever its number of digits.
//!
//! Nothing here makes a number longer than its text: time and memory are in proportion to it, also for `1e999999999`.

use alloc::string::String;
use core::cmp::Ordering;
use core::hash::Hasher;

use rust_decimal::Decimal;

/// The most decimal places that [`Decimal`] holds.
const MAX_SCALE: i128 = 28;
/// The most digits that [`Decimal`] holds.
const MAX_DIGITS: i128 = 29;
/// Exponents beyond it are all the same: no text is long enough to balance them.
const HUGE: i128 = 1_000_000_000_000_000_000_000_000_000_000;

/// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
pub(crate) fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (significand, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let (whole, fraction) = match significand.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (significand, None),
    };
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(all_digits)
        && exponent.is_none_or(|e| all_digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

/// A JSON number taken apart: `± 0.DIGITS × 10^(exponent + shift)`, the digits beginning with one that is not zero.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    negative: bool,
    /// The digits before the point and behind it, without the zeros that the number begins with. Both empty for zero.
    whole: &'a str,
    fraction: &'a str,
    shift: i128,
    exponent: Exponent<'a>,
}

#[derive(Clone, Copy)]
struct Exponent<'a> {
    negative: bool,
    /// Without zeros at the beginning.
    digits: &'a str,
}

impl<'a> Parts<'a> {
    /// `text` is a JSON number.
    pub(super) fn of(text: &'a str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (significand, exponent) = text.split_once(['e', 'E']).unwrap_or((text, ""));
        let (whole, fraction) = significand.split_once('.').unwrap_or((significand, ""));
        let whole = whole.trim_start_matches('0');
        let (fraction, shift) = if whole.is_empty() {
            let digits = fraction.trim_start_matches('0');
            (digits, -((fraction.len() - digits.len()) as i128))
        } else {
            (fraction, whole.len() as i128)
        };
        let (falls, exponent) = match exponent.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, exponent.strip_prefix('+').unwrap_or(exponent)),
        };
        Self {
            negative,
            whole,
            fraction,
            shift,
            exponent: Exponent {
                negative: falls,
                digits: exponent.trim_start_matches('0'),
            },
        }
    }

    fn digits(self) -> impl Iterator<Item = u8> {
        self.whole.bytes().chain(self.fraction.bytes())
    }

    /// The digits without the zeros at the end.
    fn significant(self) -> impl Iterator<Item = u8> {
        let (whole, fraction) = match self.fraction.trim_end_matches('0') {
            "" => (self.whole.trim_end_matches('0'), ""),
            fraction => (self.whole, fraction),
        };
        whole.bytes().chain(fraction.bytes())
    }

    fn is_zero(self) -> bool {
        self.significant().next().is_none()
    }

    /// How many digits stand before the point once the exponent is applied; negative for zeros behind it. Exponents beyond
    /// [`HUGE`] count as that.
    fn magnitude(self) -> i128 {
        self.exponent.clamped() + self.shift
    }

    /// The place of the last digit that is not zero, as a power of ten.
    pub(super) fn last_place(self) -> i128 {
        self.magnitude() - self.significant().count() as i128
    }

    /// By value, exact for every pair of texts.
    pub(super) fn compare(self, other: Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) if other.negative => return Ordering::Greater,
            (true, false) => return Ordering::Less,
            (false, true) if self.negative => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        match (self.negative, other.negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.compare_size(other),
            (true, true) => other.compare_size(self),
        }
    }

    fn compare_size(self, other: Self) -> Ordering {
        let wider = self.exponent.minus(other.exponent) + self.shift - other.shift;
        wider
            .cmp(&0)
            .then_with(|| self.significant().cmp(other.significant()))
    }

    /// What numbers of equal value have in common.
    pub(super) fn hash<H: Hasher>(self, state: &mut H) {
        state.write_u8(self.negative.into());
        // Where exponents are clamped, the shift would tell equal numbers apart.
        state.write_i128(self.magnitude().clamp(-HUGE / 2, HUGE / 2));
        for digit in self.significant() {
            state.write_u8(digit);
        }
        state.write_u8(0xff);
    }

    /// The same value as [`Decimal`] when it holds all digits.
    pub(super) fn exact(self) -> Option<Decimal> {
        let scale = (-self.last_place()).max(0);
        if self.is_zero() {
            return Some(Decimal::ZERO);
        }
        if scale > MAX_SCALE || self.magnitude() > MAX_DIGITS {
            return None;
        }
        self.at_scale(scale, |mantissa, _, _| mantissa)
    }

    /// The nearest [`Decimal`], of two equally near ones that whose last digit is even: with 28 decimal places, or as many
    /// as there is room for behind the digits before the point. `None` beyond the largest.
    pub(super) fn rounded(self) -> Option<Decimal> {
        let magnitude = self.magnitude();
        if magnitude > MAX_DIGITS {
            return None;
        }
        let scale = MAX_SCALE.min(MAX_DIGITS - magnitude);
        let half_even = |mantissa: i128, next: u8, more: bool| {
            let up = next > b'5' || next == b'5' && (more || mantissa % 2 == 1);
            mantissa + i128::from(up)
        };
        // 29 digits are too many for numbers above 7.9, 79, …: these get one place less.
        self.at_scale(scale, half_even).or_else(|| {
            let scale = scale - 1;
            (scale >= 0).then(|| self.at_scale(scale, half_even))?
        })
    }

    /// The digits down to `scale` places behind the point; `finish` sees the next digit and whether more follow that are not
    /// zero. The magnitude is at most [`MAX_DIGITS`].
    fn at_scale(self, scale: i128, finish: impl Fn(i128, u8, bool) -> i128) -> Option<Decimal> {
        let kept = self.magnitude() + scale;
        let mut digits = self.digits();
        let mut mantissa = 0_i128;
        for _ in 0..kept.max(0) {
            let digit = digits.next().unwrap_or(b'0');
            mantissa = mantissa
                .checked_mul(10)?
                .checked_add((digit - b'0').into())?;
        }
        // Above the first digit there are only zeros.
        let next = if kept < 0 { None } else { digits.next() };
        let more = kept < 0 || digits.any(|digit| digit != b'0');
        let mantissa = finish(mantissa, next.unwrap_or(b'0'), more);
        let mantissa = if self.negative { -mantissa } else { mantissa };
        Decimal::try_from_i128_with_scale(mantissa, u32::try_from(scale).ok()?).ok()
    }

    /// The number cut towards zero after `scale` decimal places, written without exponent. Only for numbers that have digits
    /// further behind the point: these are not longer than their text then.
    pub(super) fn cut(self, scale: u32) -> String {
        let mut text = String::new();
        let magnitude = self.magnitude();
        let scale = i128::from(scale);
        if magnitude + scale <= 0 {
            text.push('0');
            return text;
        }
        if self.negative {
            text.push('-');
        }
        let mut digits = self.digits();
        for place in (-scale..magnitude.max(1)).rev() {
            if place == -1 {
                text.push('.');
            }
            let digit = if place < magnitude {
                digits.next()
            } else {
                None
            };
            text.push(digit.unwrap_or(b'0').into());
        }
        text
    }
}

impl Exponent<'_> {
    fn clamped(self) -> i128 {
        let none = Exponent {
            negative: false,
            digits: "",
        };
        self.minus(none)
    }

    /// The difference; one beyond [`HUGE`] is about that much, with the right sign.
    fn minus(self, other: Self) -> i128 {
        let length = self.digits.len().max(other.digits.len());
        let digit = |exponent: Self, at: usize| {
            // Digits are aligned at their ends.
            let before = length - exponent.digits.len();
            let digit = at
                .checked_sub(before)
                .map_or(0, |at| exponent.digits.as_bytes()[at] - b'0');
            let digit = i128::from(digit);
            if exponent.negative { -digit } else { digit }
        };
        let mut difference = 0;
        for at in 0..length {
            difference = difference * 10 + digit(self, at) - digit(other, at);
            // What follows cannot change the sign any more.
            if difference.abs() > HUGE {
                return HUGE * difference.signum();
            }
        }
        difference
    }
}
