//! Numbers that are no amounts of money: quantities, prices, rates.
//! Follows JSON's grammar of numbers (RFC 8259, section 6).
//! Invariant: the value is exactly what was sent; there is no float on the way.

use std::fmt;

use serde_json::value::RawValue;

/// The longest that is held, in characters, written out.
const MAX_LEN: usize = 40;

/// An exact decimal, written out: no exponent, 40 characters at most.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Decimal(Box<str>);

impl Decimal {
    /// From the characters of a JSON number. `None` for anything else, and for one that
    /// is longer than 40 characters when written out.
    #[must_use]
    pub fn from_lexeme(lexeme: &str) -> Option<Self> {
        if lexeme.len() > MAX_LEN || serde_json::from_str::<&RawValue>(lexeme).is_err() {
            return None;
        }
        let (sign, number) = match lexeme.strip_prefix('-') {
            Some(number) => ("-", number),
            None => ("", lexeme),
        };
        let digit = |end: char| end.is_ascii_digit();
        if !number.starts_with(digit) || !number.ends_with(digit) {
            return None;
        }
        let (mantissa, exponent) = match number.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (number, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let written = if exponent == 0 {
            mantissa.to_owned()
        } else {
            shifted(whole, fraction, exponent)?
        };
        let text = format!("{sign}{written}");
        (text.len() <= MAX_LEN).then(|| Self(text.into()))
    }

    /// The decimal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn read(lexeme: Option<&RawValue>) -> Option<Self> {
        Self::from_lexeme(lexeme?.get())
    }
}

/// The digits with the point moved by `exponent` places.
fn shifted(whole: &str, fraction: &str, exponent: i32) -> Option<String> {
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    if point.unsigned_abs() as usize > MAX_LEN {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let count = i32::try_from(digits.len()).ok()?;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    let (whole, fraction) = if point <= 0 {
        (String::new(), format!("{}{digits}", zeros(-point)))
    } else if point >= count {
        (format!("{digits}{}", zeros(point - count)), String::new())
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(point).ok()?);
        (whole.to_owned(), fraction.to_owned())
    };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    Some(match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    })
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
