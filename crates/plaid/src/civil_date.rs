//! A day in the calendar, without a time zone.
//! Follows ISO 8601, `YYYY-MM-DD`, as Plaid sends transaction dates.
//! Invariant: the day exists (proleptic Gregorian), and text order is time order.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};
use thiserror::Error;

/// A day, such as `2026-02-28`. Ordered by time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate([u8; 10]);

/// Not a day of the calendar, written `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a date, YYYY-MM-DD")]
pub struct InvalidDate;

impl CivilDate {
    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`InvalidDate`].
    pub fn parse(text: &str) -> Result<Self, InvalidDate> {
        let bytes: [u8; 10] = text.as_bytes().try_into().map_err(|_| InvalidDate)?;
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else {
            return Err(InvalidDate);
        };
        let year = number(&[y1, y2, y3, y4])?;
        let month = number(&[m1, m2])?;
        let day = number(&[d1, d2])?;
        if day == 0 || day > days_in(year, month) {
            return Err(InvalidDate);
        }
        Ok(Self(bytes))
    }

    /// `YYYY-MM-DD`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Digits and hyphens only.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The month the day is in: `YYYY-MM`.
    #[must_use]
    pub fn month(&self) -> &str {
        self.as_str().get(..7).unwrap_or_default()
    }
}

fn number(digits: &[u8]) -> Result<u16, InvalidDate> {
    digits.iter().try_fold(0, |number, digit| {
        if digit.is_ascii_digit() {
            Ok(number * 10 + u16::from(digit - b'0'))
        } else {
            Err(InvalidDate)
        }
    })
}

/// 0 for a month that does not exist.
const fn days_in(year: u16, month: u16) -> u16 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 0,
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CivilDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CivilDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Date;

        impl Visitor<'_> for Date {
            type Value = CivilDate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date, YYYY-MM-DD")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<CivilDate, E> {
                CivilDate::parse(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Date)
    }
}
