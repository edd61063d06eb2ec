//! A JSON number, read from its characters.
//! Follows RFC 8259, section 6.
//! Invariant: every digit counts; a number that does not fit is an error.

use crate::{MAX_LEXEME_LEN, MoneyError};

/// A JSON number as `±coefficient × 10^exponent`, in lowest terms: the coefficient
/// has no trailing zero, and zero is `0 × 10^0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) negative: bool,
    pub(crate) coefficient: u64,
    pub(crate) exponent: i32,
}

/// Beyond this, larger and smaller exponents mean the same: overflow.
const EXPONENT_LIMIT: i32 = 100_000;

impl Decimal {
    pub(crate) fn parse(lexeme: &str) -> Result<Self, MoneyError> {
        if lexeme.len() > MAX_LEXEME_LEN {
            return Err(MoneyError::NotANumber);
        }
        let text = lexeme.as_bytes();
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        let (whole, rest) = take_digits(text)?;
        if let [b'0', _, ..] = whole {
            return Err(MoneyError::NotANumber);
        }
        let (fraction, rest): (&[u8], _) = match rest {
            [b'.', rest @ ..] => take_digits(rest)?,
            _ => (&[], rest),
        };
        let scientific = match rest {
            [] => 0,
            [b'e' | b'E', b'-', rest @ ..] => -read_exponent(rest)?,
            [b'e' | b'E', b'+', rest @ ..] | [b'e' | b'E', rest @ ..] => read_exponent(rest)?,
            _ => return Err(MoneyError::NotANumber),
        };

        let mut coefficient = 0_u64;
        let mut trailing_zeros = 0_i32;
        for digit in whole.iter().chain(fraction) {
            if *digit == b'0' {
                trailing_zeros += 1;
                continue;
            }
            // Zeros only weigh once a digit follows them.
            for _ in 0..=trailing_zeros {
                coefficient = coefficient.checked_mul(10).ok_or(MoneyError::Overflow)?;
            }
            trailing_zeros = 0;
            coefficient = coefficient
                .checked_add(u64::from(digit - b'0'))
                .ok_or(MoneyError::Overflow)?;
        }
        if coefficient == 0 {
            return Ok(Self {
                negative: false,
                coefficient,
                exponent: 0,
            });
        }
        let decimals = i32::try_from(fraction.len()).map_err(|_| MoneyError::NotANumber)?;
        Ok(Self {
            negative,
            coefficient,
            exponent: scientific - decimals + trailing_zeros,
        })
    }
}

/// One digit or more, and what follows.
fn take_digits(text: &[u8]) -> Result<(&[u8], &[u8]), MoneyError> {
    let len = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match text.split_at_checked(len) {
        Some((digits, rest)) if len > 0 => Ok((digits, rest)),
        _ => Err(MoneyError::NotANumber),
    }
}

fn read_exponent(text: &[u8]) -> Result<i32, MoneyError> {
    let (digits, []) = take_digits(text)? else {
        return Err(MoneyError::NotANumber);
    };
    Ok(digits.iter().fold(0, |exponent: i32, digit| {
        (exponent * 10 + i32::from(digit - b'0')).min(EXPONENT_LIMIT)
    }))
}
