//! Numbers of messages: every number that JSON can write is read, compares by value and is written back.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::cmp::Ordering;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use ocpp_types::{BoundedNumber, Decimal, Number, OutOfRange, Payload, Tenths, v1_6, v2_0_1};

fn number(text: &str) -> Number {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

/// Reads the text in both ways, which agree, and writes the number in both ways, which agree.
fn read(text: &str) -> Option<String> {
    let read: Option<Number> = serde_json::from_str(text).ok();
    assert_eq!(text.parse::<Number>().ok(), read, "{text}");
    let written = read.as_ref().map(ToString::to_string);
    assert_eq!(
        read.map(|number| serde_json::to_string(&number).unwrap()),
        written
    );
    written
}

#[test]
fn every_spelling_of_a_number() {
    for (text, written) in [
        ("0", "0"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("8", "8"),
        ("8.0", "8"),
        ("11.3", "11.3"),
        ("11.30", "11.3"),
        ("0.1", "0.1"),
        ("-0.05", "-0.05"),
        ("100", "100"),
        ("1e2", "100"),
        ("1E+2", "100"),
        ("1.5e-3", "0.0015"),
        ("120e-1", "12"),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808", "9223372036854775808"),
        ("123456789012345678", "123456789012345678"),
        ("12345678901234567.8", "12345678901234567.8"),
        (
            "0.1234567890123456789012345678",
            "0.1234567890123456789012345678",
        ),
        ("1.0000000000000000000000000000000000000000", "1"),
        ("0e999999999", "0"),
        ("0.00e-99999999999999999999999999", "0"),
        (
            "79228162514264337593543950335",
            "79228162514264337593543950335",
        ),
    ] {
        assert_eq!(read(text).as_deref(), Some(written), "{text}");
    }
}

#[test]
fn what_no_decimal_holds_is_written_back_as_it_came() {
    for text in [
        "5.551115123125783e-17",
        "-3.552713678800501E-15",
        "79228162514264337593543950336",
        "1e30",
        "1E+400",
        "-1e-400",
        "1e999999999",
        "1e-999999999999999999999999999999999999999999999999",
        "1.00000000000000000000000000000000001",
        "0.12345678901234567890123456789",
        "100000000000000000000000000000000000000000",
    ] {
        assert_eq!(read(text).as_deref(), Some(text));
        assert!(text.parse::<Decimal>().is_err(), "{text}");
    }
}

#[test]
fn what_is_no_number() {
    for text in [
        "",
        "-",
        ".5",
        "5.",
        "01",
        "-01",
        "00",
        "1e",
        "1e+",
        "+1",
        "1_0",
        "0x10",
        "NaN",
        "Infinity",
        "\"1\"",
        "null",
        "[1]",
        "{}",
        "1 2",
        "1.2.3",
        "--1",
        "1e1.5",
        "1e--1",
        "000000000000000000000000000001",
        "1.e5",
        "true",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn numbers_of_any_length_cost_no_more_than_their_text() {
    let digits = "7".repeat(100_000);
    for text in [
        digits.clone(),
        format!("0.{digits}"),
        format!("1e{digits}"),
        format!("1e-{digits}"),
        format!("{}1", "0.".to_owned() + &"0".repeat(100_000)),
        "1e999999999999".into(),
    ] {
        let number = number(&text);
        assert_eq!(number.to_string(), text);
        assert_eq!(number, number.clone());
        assert!(number > 0);
        assert_eq!(number.exact(), None);
        let _ = number.to_decimal();
        let _ = BoundedNumber::<0, 10, 1>::new(number);
    }
}

#[test]
fn bounds_are_judged_on_every_digit() {
    type Discharge = BoundedNumber<{ i64::MIN }, 0, { u32::MAX }>;
    type Percent = BoundedNumber<0, 100, { u32::MAX }>;
    for (text, fits) in [
        ("0.3", true),
        ("0.30", true),
        ("3e-1", true),
        ("1e30", true),
        ("123456789012345678901234567890123456789.5", true),
        ("1234567890123456789012345678901234567890e-1", true),
        ("0.30000000000000000000000000000000000001", false),
        ("123456789012345678901234567890123456789.55", false),
        ("1e-999999999999999999999999999999999999999999", false),
    ] {
        assert_eq!(Tenths::new(number(text)).is_ok(), fits, "{text}");
    }
    for (text, fits) in [
        ("0", true),
        ("-1e-400", true),
        ("-1e400", true),
        ("1e-400", false),
        ("0.00000000000000000000000000000000000000000001", false),
    ] {
        assert_eq!(Discharge::new(number(text)).is_ok(), fits, "{text}");
    }
    for (text, fits) in [
        ("100", true),
        ("1e2", true),
        ("0.1e3", true),
        ("99.99999999999999999999999999999999999999", true),
        ("100.00000000000000000000000000000000000001", false),
        ("-1e-30", false),
        ("1e-30", true),
    ] {
        assert_eq!(Percent::new(number(text)).is_ok(), fits, "{text}");
    }
    assert_eq!(
        Percent::new(number("1e300")),
        Err(OutOfRange::AboveMaximum(100))
    );
}

#[test]
fn calculations_round_half_to_even_or_are_out_of_range() {
    for (text, rounded) in [
        ("5e-29", "0"),
        (
            "5.000000000000000000000000000001e-29",
            "0.0000000000000000000000000001",
        ),
        ("15e-29", "0.0000000000000000000000000002"),
        ("25e-29", "0.0000000000000000000000000002"),
        ("-35e-29", "-0.0000000000000000000000000004"),
        ("1e-999999999999999999999999", "0"),
        ("1.00000000000000000000000000005", "1"),
        (
            "1.00000000000000000000000000015",
            "1.0000000000000000000000000002",
        ),
        ("7.99999999999999999999999999999", "8"),
        (
            "79228162514264337593543950335.4",
            "79228162514264337593543950335",
        ),
        (
            "-79228162514264337593543950334.5",
            "-79228162514264337593543950334",
        ),
        (
            "7922816251426433759354395033.55",
            "7922816251426433759354395034",
        ),
        (
            "7922816251426433759354395033.45",
            "7922816251426433759354395033.4",
        ),
    ] {
        assert_eq!(
            number(text).to_decimal().unwrap().to_string(),
            rounded,
            "{text}"
        );
    }
    for text in [
        "79228162514264337593543950335.5",
        "-79228162514264337593543950336",
        "1e29",
        "1e999999999999999999999999999999999999999",
    ] {
        let error = number(text).to_decimal().unwrap_err();
        assert_eq!(error, OutOfRange::BeyondDecimal);
        assert!(error.to_string().starts_with("out of range"), "{error}");
    }
}

#[test]
fn messages_with_such_numbers_are_read_strictly_and_leniently() {
    for value in ["-3.552713678800501e-15", "5.551115123125783e-17", "1e30"] {
        let json = format!(
            r#"{{"evseId":1,"meterValue":[{{"sampledValue":[{{"value":{value}}}],"timestamp":"2024-05-15T12:00:00Z"}}]}}"#
        );
        let strict = v2_0_1::MeterValuesRequest::decode(&json).unwrap();
        assert_eq!(strict.meter_value[0].sampled_value[0].value, number(value));
        let encoded = strict.encode().unwrap();
        assert_eq!(
            v2_0_1::MeterValuesRequest::decode(&encoded).unwrap(),
            strict
        );
        let lenient = v2_0_1::MeterValuesRequest::decode_lenient(&json).unwrap();
        assert_eq!((lenient.value, lenient.deviations.len()), (strict, 0));
    }
}

#[test]
fn what_is_wrong_with_a_number_is_said() {
    let profile = |limit: &str| {
        format!(
            r#"{{"connectorId":1,"csChargingProfiles":{{"chargingProfileId":1,"stackLevel":0,"chargingProfilePurpose":"TxProfile","chargingProfileKind":"Absolute","chargingSchedule":{{"chargingRateUnit":"A","chargingSchedulePeriod":[{{"startPeriod":0,"limit":{limit}}}]}}}}}}"#
        )
    };
    let error = v1_6::SetChargingProfileRequest::decode(&profile("0.30000000000000000000001"));
    assert_eq!(
        error.unwrap_err().issues()[0].expected,
        "a number with at most 1 decimal place"
    );
    assert!(v1_6::SetChargingProfileRequest::decode(&profile("1e30")).is_ok());
    for (value, expected) in [
        ("9223372036854775808", "an integer of 64 bits"),
        (
            "1e17",
            "an integer beyond 2^53 without fraction and exponent",
        ),
        ("1.5", "an integer"),
    ] {
        let json = format!(r#"{{"transactionId":{value}}}"#);
        let error = v1_6::RemoteStopTransactionRequest::decode(&json).unwrap_err();
        assert_eq!(error.issues()[0].expected, expected, "{value}");
    }
}

#[test]
fn floats_and_trees_of_values() {
    let tree = |value: f64| serde_json::from_value::<Number>(value.into()).unwrap();
    assert_eq!(tree(11.3).to_string(), "11.3");
    assert_eq!(tree(5.55e-17), number("5.55e-17"));
    assert_eq!(tree(1e300), number("1e300"));
    let read: Number = serde_json::from_reader(&b"11.3"[..]).unwrap();
    assert_eq!(read.to_string(), "11.3");
}

/// A number as digits before and behind the point, from text by hand: slow, and without limits of its own.
struct Plain {
    negative: bool,
    whole: Vec<u8>,
    fraction: Vec<u8>,
}

impl Plain {
    fn of(text: &str) -> Self {
        let negative = text.starts_with('-');
        let text = text.trim_start_matches('-').to_lowercase();
        let (significand, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = significand.split_once('.').unwrap_or((significand, ""));
        let digits = |text: &str| text.bytes().map(|byte| byte - b'0').collect::<Vec<_>>();
        let (mut whole, mut fraction) = (digits(whole), digits(fraction));
        for _ in 0..exponent.parse::<i64>().unwrap().max(0) {
            whole.push(if fraction.is_empty() {
                0
            } else {
                fraction.remove(0)
            });
        }
        for _ in exponent.parse::<i64>().unwrap()..0 {
            fraction.insert(0, whole.pop().unwrap_or(0));
        }
        while whole.first() == Some(&0) {
            whole.remove(0);
        }
        while fraction.last() == Some(&0) {
            fraction.pop();
        }
        Self {
            negative: negative && !(whole.is_empty() && fraction.is_empty()),
            whole,
            fraction,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        let size = |a: &Self, b: &Self| {
            a.whole
                .len()
                .cmp(&b.whole.len())
                .then(a.whole.cmp(&b.whole))
                .then(a.fraction.cmp(&b.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => size(self, other),
            (true, true) => size(other, self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }

    /// Rounded half to even at so many places, as digits without a point.
    fn rounded(&self, places: usize) -> Vec<u8> {
        let mut digits = vec![0];
        digits.extend(&self.whole);
        digits.extend((0..places).map(|at| self.fraction.get(at).copied().unwrap_or(0)));
        let rest = self.fraction.get(places..).unwrap_or(&[]);
        let up = match rest {
            [] | [0..=4, ..] => false,
            [5] => digits.last().unwrap() % 2 == 1,
            _ => true,
        };
        if up {
            for digit in digits.iter_mut().rev() {
                *digit = (*digit + 1) % 10;
                if *digit != 0 {
                    break;
                }
            }
        }
        digits
    }

    fn to_decimal(&self) -> Option<String> {
        (0..=28).rev().find_map(|places| {
            let digits = self.rounded(places);
            let first = digits
                .iter()
                .position(|digit| *digit != 0)
                .unwrap_or(digits.len());
            let mantissa = digits[first..]
                .iter()
                .fold(String::new(), |text, digit| text + &digit.to_string());
            let fits = mantissa.is_empty()
                || mantissa
                    .parse::<u128>()
                    .is_ok_and(|mantissa| mantissa < 1 << 96);
            fits.then(|| {
                let (whole, fraction) = digits.split_at(digits.len() - places);
                let text = |digits: &[u8]| {
                    digits
                        .iter()
                        .map(|digit| char::from(digit + b'0'))
                        .collect::<String>()
                };
                let (whole, fraction) = (text(whole), text(fraction));
                let whole = whole.trim_start_matches('0');
                let fraction = fraction.trim_end_matches('0');
                let sign = if self.negative && !mantissa.is_empty() {
                    "-"
                } else {
                    ""
                };
                let whole = if whole.is_empty() { "0" } else { whole };
                let point = if fraction.is_empty() { "" } else { "." };
                format!("{sign}{whole}{point}{fraction}")
            })
        })
    }
}

/// Numbers of many forms, close to each other often enough to be equal.
fn random(state: &mut u64) -> String {
    let mut below = |bound: u64| {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % bound
    };
    let mut text = String::new();
    if below(2) == 0 {
        text.push('-');
    }
    let digits = if below(3) == 0 { 32 } else { 3 };
    let kind = below(3);
    let mut digit = |first: bool| match kind {
        0 if !first => 0,
        1 => 9,
        _ => below(10).max(u64::from(first)),
    };
    let mut whole: String = (0..digits).map(|at| digit(at == 0).to_string()).collect();
    let mut fraction: String = (0..digits).map(|_| digit(false).to_string()).collect();
    match below(4) {
        0 => whole = "0".into(),
        1 => fraction.clear(),
        2 => fraction.push_str("50000"),
        _ => {}
    }
    text.push_str(&whole);
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(&fraction);
    }
    match below(4) {
        0 => {}
        1 => text.push_str(&format!("e-{}", below(40))),
        2 => text.push_str(&format!("E{}", below(4))),
        _ => text.push_str(&format!("e+0{}", below(40))),
    }
    text
}

#[test]
fn order_equality_hash_and_rounding_are_those_of_the_values() {
    let mut state = 7;
    let hash = |number: &Number| {
        let mut hasher = DefaultHasher::new();
        number.hash(&mut hasher);
        hasher.finish()
    };
    let mut equal = 0;
    for _ in 0..10_000 {
        let (a, b) = (random(&mut state), random(&mut state));
        let (plain_a, plain_b) = (Plain::of(&a), Plain::of(&b));
        let expected = plain_a.compare(&plain_b);
        let (number_a, number_b) = (number(&a), number(&b));
        assert_eq!(number_a.cmp(&number_b), expected, "{a} and {b}");
        assert_eq!(number_a == number_b, expected.is_eq(), "{a} and {b}");
        if expected.is_eq() {
            equal += 1;
            assert_eq!(hash(&number_a), hash(&number_b), "{a} and {b}");
        }
        let rounded = number_a
            .to_decimal()
            .ok()
            .map(|decimal| decimal.to_string());
        assert_eq!(rounded, plain_a.to_decimal(), "{a}");
        // Written and read again, and one decimal place further than its last digit.
        assert_eq!(number(&number_a.to_string()), number_a, "{a}");
        let places = plain_a.fraction.len();
        assert_eq!(Tenths::new(number_a.clone()).is_ok(), places <= 1, "{a}");
        if let Some(exact) = number_a.exact() {
            assert_eq!(Number::from(exact), number_a, "{a}");
            assert_eq!(number_a, exact);
        }
    }
    assert!(equal > 30, "only {equal} pairs were equal");
    // Exponents that no machine number holds.
    let huge = |text: &str| number(text);
    let nines = "9".repeat(60);
    for (less, more) in [
        (format!("1e{nines}"), format!("1e1{}", "0".repeat(60))),
        (format!("9.9e{nines}"), format!("1e1{}", "0".repeat(60))),
        (format!("1e-{nines}1"), format!("1e-{nines}0")),
        (format!("-1e{nines}"), format!("-1e-{nines}")),
    ] {
        assert!(huge(&less) < huge(&more), "{less} {more}");
    }
    assert_eq!(
        huge(&format!("10e{nines}")),
        huge(&format!("1e1{}", "0".repeat(60)))
    );
    assert_eq!(
        hash(&huge(&format!("10e{nines}"))),
        hash(&huge(&format!("1e1{}", "0".repeat(60))))
    );
}
