//! A currency's code and scale: official (ISO 4217) or a bank's own.
//! Follows ISO 4217, and Plaid's split into `iso_currency_code` and
//! `unofficial_currency_code`.
//! Invariant: the code is 1 to 12 ASCII bytes, so a currency is `Copy` and costs no heap.

use core::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::{MoneyError, iso4217};

/// The longest unofficial code, in bytes.
pub const MAX_CODE_LEN: usize = 12;

/// Decimals of a code outside ISO 4217. Most are cryptocurrencies, and 8 is what
/// exchanges quote; an amount with more is widened, one with fewer stays exact.
pub const UNOFFICIAL_SCALE: u8 = 8;

/// A currency, with the number of decimals its amounts have.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    /// Padded with zero bytes.
    code: [u8; MAX_CODE_LEN],
    len: u8,
    scale: u8,
}

impl Currency {
    /// A currency of ISO 4217, by its upper-case code.
    ///
    /// # Errors
    /// [`MoneyError::UnknownCurrency`].
    pub fn iso(code: &str) -> Result<Self, MoneyError> {
        let letters: [u8; 3] = code
            .as_bytes()
            .try_into()
            .map_err(|_| MoneyError::UnknownCurrency)?;
        let scale = iso4217::scale(letters).ok_or(MoneyError::UnknownCurrency)?;
        let [a, b, c] = letters;
        Ok(Self {
            code: [a, b, c, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            len: 3,
            scale,
        })
    }

    /// A code that is not ISO 4217's, such as `BTC` or `USDT`: [`UNOFFICIAL_SCALE`].
    /// Where ISO 4217 does have the code, that currency.
    ///
    /// # Errors
    /// [`MoneyError::InvalidCurrency`] unless 1 to [`MAX_CODE_LEN`] ASCII letters,
    /// digits, `.`, `_` or `-`.
    pub fn unofficial(code: &str) -> Result<Self, MoneyError> {
        if let Ok(official) = Self::iso(code) {
            return Ok(official);
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if code.is_empty() || !code.bytes().all(allowed) {
            return Err(MoneyError::InvalidCurrency);
        }
        let mut padded = [0; MAX_CODE_LEN];
        padded
            .get_mut(..code.len())
            .ok_or(MoneyError::InvalidCurrency)?
            .copy_from_slice(code.as_bytes());
        Ok(Self {
            code: padded,
            len: u8::try_from(code.len()).map_err(|_| MoneyError::InvalidCurrency)?,
            scale: UNOFFICIAL_SCALE,
        })
    }

    /// `XXX`: the code of ISO 4217 for "no currency", shown with 2 decimals.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            code: *b"XXX\0\0\0\0\0\0\0\0\0",
            len: 3,
            scale: iso4217::NO_CURRENCY,
        }
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        // ASCII by construction.
        self.code
            .get(..usize::from(self.len))
            .and_then(|code| core::str::from_utf8(code).ok())
            .unwrap_or_default()
    }

    /// The decimals an amount has, unless a bank sent more.
    #[must_use]
    pub const fn scale(&self) -> u8 {
        self.scale
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Code;

        impl Visitor<'_> for Code {
            type Value = Currency;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a currency code")
            }

            fn visit_str<E: de::Error>(self, code: &str) -> Result<Currency, E> {
                Currency::unofficial(code).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Code)
    }
}
