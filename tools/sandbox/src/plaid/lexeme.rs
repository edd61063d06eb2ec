//! Amounts as JSON numbers that never pass through a float: minor units in, the shortest lexeme out.

use serde_json::value::RawValue;

/// A JSON number, kept as it was written.
pub(super) type Number = Box<RawValue>;

/// `minor` units of a currency with `scale` decimals: (1200, 2) → `12`, (8940, 2) → `89.4`.
pub(super) fn number(minor: i64, scale: u32) -> Number {
    raw(shortest(minor, scale))
}

/// The number 0.
pub(super) fn zero() -> Number {
    raw("0".to_owned())
}

/// Minor units of a plain decimal lexeme, rounded towards zero; None for exponents and such.
pub(super) fn minor_units(number: &RawValue, scale: u32) -> Option<i64> {
    let (negative, digits) = match number.get().strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number.get()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = usize::try_from(scale).ok()?;
    let fraction: String = fraction
        .chars()
        .chain("0".repeat(scale).chars())
        .take(scale)
        .collect();
    let magnitude: i64 = format!("{whole}{fraction}").parse().ok()?;
    Some(if negative { -magnitude } else { magnitude })
}

/// Whether this is a JSON number and nothing else.
pub(super) fn is_number(value: &RawValue) -> bool {
    value
        .get()
        .starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn raw(text: String) -> Number {
    // `shortest` only makes numbers; `null` would be the honest answer if it ever did not.
    RawValue::from_string(text).unwrap_or_default()
}

fn shortest(minor: i64, scale: u32) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let power = 10_u64.pow(scale);
    let (whole, fraction) = (minor.unsigned_abs() / power, minor.unsigned_abs() % power);
    if fraction == 0 {
        return format!("{sign}{whole}");
    }
    let width = scale as usize;
    let digits = format!("{fraction:0width$}");
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_written_as_plaid_writes_them() {
        let written = |minor, scale| number(minor, scale).get().to_owned();
        assert_eq!(written(1_234, 2), "12.34");
        assert_eq!(written(8_940, 2), "89.4");
        assert_eq!(written(1_200, 2), "12");
        assert_eq!(written(-5, 2), "-0.05");
        assert_eq!(written(1_500, 0), "1500");
        assert_eq!(written(1_001, 3), "1.001");
        assert_eq!(written(0, 2), "0");
    }

    proptest! {
        #[test]
        fn a_lexeme_reads_back_as_the_minor_units_it_was_made_of(minor in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0_u32..=8) {
            prop_assert_eq!(minor_units(&number(minor, scale), scale), Some(minor));
        }
    }
}
