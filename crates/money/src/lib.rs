//! Exact amounts of money: an integer of minor units, a currency, a scale.
//!
//! A bank's amount is a decimal number and a binary float cannot hold it, so one is
//! read from the characters of its JSON number ([`Money::from_lexeme`]) into an
//! integer. `scale` is the number of decimals that integer carries: 1234 at scale 2
//! is 12.34. It is the currency's own (ISO 4217), unless a bank sent more decimals
//! than the currency has: then the scale is widened, because to round is to lie.
//!
//! ```
//! use money::{Currency, Money};
//!
//! let money = Money::from_lexeme("12.5", Currency::iso("USD")?)?;
//! assert_eq!((money.minor_units().0, money.scale()), (1250, 2));
//! assert_eq!(money.to_string(), "12.50");
//! # Ok::<(), money::MoneyError>(())
//! ```
//!
//! Invariant: no operation here rounds, wraps or passes through a float.
#![no_std]

extern crate alloc;

mod amount;
mod currency;
mod iso4217;
mod lexeme;

pub use amount::{MinorUnits, Money};
pub use currency::{Currency, MAX_CODE_LEN, UNOFFICIAL_SCALE};

use thiserror::Error;

/// The most decimals an amount can carry: `i64` still holds nine whole units then.
pub const MAX_SCALE: u8 = 18;

/// The longest JSON number that is read, in bytes.
pub const MAX_LEXEME_LEN: usize = 64;

/// Why something is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not a JSON number (RFC 8259, section 6), or longer than [`MAX_LEXEME_LEN`].
    #[error("not a JSON number")]
    NotANumber,
    /// More minor units than 64 bits hold.
    #[error("the amount is too large")]
    Overflow,
    /// More than [`MAX_SCALE`] decimals.
    #[error("the amount has more than {MAX_SCALE} decimals")]
    TooManyDecimals,
    /// Not a code of ISO 4217.
    #[error("not an ISO 4217 currency code")]
    UnknownCurrency,
    /// Neither an ISO 4217 code nor 1 to [`MAX_CODE_LEN`] letters, digits, `.`, `_` or `-`.
    #[error("not a currency code")]
    InvalidCurrency,
    /// Amounts of two currencies do not add up.
    #[error("the amounts are in different currencies")]
    CurrencyMismatch,
}
