//! Amounts and their arithmetic.
//! Follows the money object of the API: `{"minor_units": -1234, "currency": "USD", "scale": 2}`.
//! Invariant: the scale is never below the currency's, nor above [`MAX_SCALE`].

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::lexeme::Decimal;
use crate::{Currency, MAX_SCALE, MoneyError};

/// A whole number of the smallest unit that an amount's scale can say.
///
/// Positive when money leaves the account (Plaid's sign).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct MinorUnits(pub i64);

/// An amount: `minor_units × 10^-scale` of `currency`, positive when money leaves
/// the account.
///
/// Two amounts are equal when all three members are; bring them to one scale first
/// ([`Money::rescale`]) where banks may have widened one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Members")]
pub struct Money {
    minor_units: MinorUnits,
    currency: Currency,
    scale: u8,
}

/// The members as they are read, before the invariant is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    minor_units: MinorUnits,
    currency: Currency,
    scale: u8,
}

impl TryFrom<Members> for Money {
    type Error = MoneyError;

    fn try_from(members: Members) -> Result<Self, MoneyError> {
        Self::with_scale(members.minor_units, members.currency, members.scale)
    }
}

impl Money {
    /// An amount at the currency's own scale.
    #[must_use]
    pub const fn new(minor_units: MinorUnits, currency: Currency) -> Self {
        Self {
            minor_units,
            currency,
            scale: currency.scale(),
        }
    }

    /// An amount at a given scale. One below the currency's is brought up to it.
    ///
    /// # Errors
    /// [`MoneyError::TooManyDecimals`] above [`MAX_SCALE`], [`MoneyError::Overflow`].
    pub fn with_scale(
        minor_units: MinorUnits,
        currency: Currency,
        scale: u8,
    ) -> Result<Self, MoneyError> {
        if scale > MAX_SCALE {
            return Err(MoneyError::TooManyDecimals);
        }
        Self {
            minor_units,
            currency,
            scale,
        }
        .rescale(scale)
    }

    /// Reads the characters of a JSON number, exponent included, exactly.
    ///
    /// The result has the currency's scale. Where the number has more decimals that
    /// are not zero, its scale is as many as it needs.
    ///
    /// # Errors
    /// [`MoneyError::NotANumber`], [`MoneyError::TooManyDecimals`], [`MoneyError::Overflow`].
    pub fn from_lexeme(lexeme: &str, currency: Currency) -> Result<Self, MoneyError> {
        let decimal = Decimal::parse(lexeme)?;
        let needed = match decimal.exponent {
            0.. => 0,
            negative => u8::try_from(negative.unsigned_abs())
                .ok()
                .filter(|decimals| *decimals <= MAX_SCALE)
                .ok_or(MoneyError::TooManyDecimals)?,
        };
        let scale = needed.max(currency.scale());
        // Not negative: `scale` is at least what a negative exponent needs.
        let zeros = decimal.exponent.saturating_add(i32::from(scale));
        let zeros = u32::try_from(zeros).map_err(|_| MoneyError::Overflow)?;
        let magnitude = if decimal.coefficient == 0 {
            0
        } else {
            10_u64
                .checked_pow(zeros)
                .and_then(|power| decimal.coefficient.checked_mul(power))
                .ok_or(MoneyError::Overflow)?
        };
        let minor_units = if decimal.negative {
            0_i64.checked_sub_unsigned(magnitude)
        } else {
            0_i64.checked_add_unsigned(magnitude)
        };
        Ok(Self {
            minor_units: MinorUnits(minor_units.ok_or(MoneyError::Overflow)?),
            currency,
            scale,
        })
    }

    /// The integer.
    #[must_use]
    pub const fn minor_units(&self) -> MinorUnits {
        self.minor_units
    }

    /// The currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// How many of the integer's digits are decimals.
    #[must_use]
    pub const fn scale(&self) -> u8 {
        self.scale
    }

    /// The same amount with more decimals, or with fewer where those are zero; never
    /// with fewer than the currency has.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]; [`MoneyError::TooManyDecimals`] above [`MAX_SCALE`]
    /// or where a digit that counts would be lost.
    pub fn rescale(self, scale: u8) -> Result<Self, MoneyError> {
        if scale > MAX_SCALE {
            return Err(MoneyError::TooManyDecimals);
        }
        let scale = scale.max(self.currency.scale());
        let MinorUnits(units) = self.minor_units;
        let factor = 10_i64
            .checked_pow(u32::from(scale.abs_diff(self.scale)))
            .ok_or(MoneyError::Overflow)?;
        let units = if scale >= self.scale {
            units.checked_mul(factor).ok_or(MoneyError::Overflow)?
        } else if units % factor == 0 {
            units / factor
        } else {
            return Err(MoneyError::TooManyDecimals);
        };
        Ok(Self {
            minor_units: MinorUnits(units),
            currency: self.currency,
            scale,
        })
    }

    /// The sum, at the wider of the two scales.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`], [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch);
        }
        let scale = self.scale.max(other.scale);
        let MinorUnits(left) = self.rescale(scale)?.minor_units;
        let MinorUnits(right) = other.rescale(scale)?.minor_units;
        Ok(Self {
            minor_units: MinorUnits(left.checked_add(right).ok_or(MoneyError::Overflow)?),
            currency: self.currency,
            scale,
        })
    }

    /// The amount with its sign turned.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] for the one integer that has no opposite.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        let MinorUnits(units) = self.minor_units;
        Ok(Self {
            minor_units: MinorUnits(units.checked_neg().ok_or(MoneyError::Overflow)?),
            ..self
        })
    }
}

/// The plain decimal number, without the currency: `-12.34`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MinorUnits(units) = self.minor_units;
        let sign = if units < 0 { "-" } else { "" };
        let magnitude = units.unsigned_abs();
        let scale = usize::from(self.scale);
        // At most 10^18, which fits.
        let divisor = 10_u64.saturating_pow(u32::from(self.scale));
        let (whole, decimals) = (magnitude / divisor, magnitude % divisor);
        if scale == 0 {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{decimals:0scale$}")
        }
    }
}
