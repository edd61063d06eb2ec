//! The reply side of the range look-up: `SUFFIX:COUNT` rows, padding last.
//! Follows the Pwned Passwords API, version 3, and what its replies look like when
//! something between it and us has gone wrong.
//!
//! The service appends ten rows of padding or more to every range that asks for it,
//! however long (`padResponse` of HaveIBeenPwned/PwnedPasswordsCloudflareWorker, since
//! December 2022). So a reply that ends in a real row has lost its end, even where it
//! broke between two rows.
//!
//! Invariant: "not found" needs a reply that is whole, row for row, to its padding.

use subtle::{ConditionallySelectable, ConstantTimeEq};
use thiserror::Error;

use crate::range::{RangeQuery, SUFFIX_LEN};

/// The largest reply that is read, in bytes. Today's are under 100 kB.
pub const MAX_REPLY_BYTES: usize = 1 << 20;

/// A padded range never has fewer rows.
pub const MIN_PADDED_ROWS: usize = 800;

/// The longest count: `u64::MAX` with its thousands commas.
const MAX_COUNT_LEN: usize = 26;

/// What the look-up says of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// Not among the known leaks.
    NotFound,
    /// Seen in leaks.
    Found {
        /// How often, at least 1.
        count: u64,
    },
}

/// Why a reply proves nothing. The password then counts as unchecked.
///
/// Row numbers start at 1; nothing of a row's content is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MalformedReply {
    /// Over [`MAX_REPLY_BYTES`].
    #[error("the reply is larger than {MAX_REPLY_BYTES} bytes")]
    TooLarge,
    /// No row at all: an error page, a captive portal, an empty body.
    #[error("the reply has no colon in it")]
    NoRows,
    /// A row is not 35 hexadecimal digits, a colon and a count.
    #[error("row {row} is not a suffix and a count")]
    Row {
        /// The first such row.
        row: usize,
    },
    /// Fewer rows than padding guarantees.
    #[error("the reply has {rows} rows, a padded range has {MIN_PADDED_ROWS} or more")]
    TooFewRows {
        /// How many there were.
        rows: usize,
    },
    /// The padding, which comes last, is missing: the end was lost, or the request
    /// for padding was.
    #[error("the reply does not end in its padding")]
    CutShort,
}

/// Reads range replies.
pub struct RangeReply;

impl RangeReply {
    /// Looks for the password of `query` in the body of a reply with status 200.
    ///
    /// Every row is read and compared in constant time, whether or not an earlier
    /// one matched, so the time taken tells nothing about the suffix.
    ///
    /// # Errors
    /// [`MalformedReply`] when the body is not a whole padded range.
    pub fn check(body: &[u8], query: &RangeQuery) -> Result<Exposure, MalformedReply> {
        let mut found = 0_u64;
        let end = scan(body, |suffix, count| {
            let matches = suffix.ct_eq(query.suffix());
            // The larger of the two: padding may collide with a row.
            found = found.max(u64::conditional_select(&0, &count, matches));
        })?;
        // A leak that was seen needs no proof that the rest arrived.
        match (found, end) {
            (0, Ending::Padding) => Ok(Exposure::NotFound),
            (0, Ending::Row) => Err(MalformedReply::CutShort),
            (count, _) => Ok(Exposure::Found { count }),
        }
    }

    /// Holds a body to the same grammar before it is cached or passed on.
    ///
    /// # Errors
    /// [`MalformedReply`] when the body is not a whole padded range.
    pub fn validate(body: &[u8]) -> Result<(), MalformedReply> {
        match scan(body, |_, _| ())? {
            Ending::Padding => Ok(()),
            Ending::Row => Err(MalformedReply::CutShort),
        }
    }
}

/// What the last row was.
#[derive(Clone, Copy)]
enum Ending {
    Padding,
    Row,
}

/// Walks the rows without allocating; `visit` gets each suffix in upper case, and its count.
fn scan(
    body: &[u8],
    mut visit: impl FnMut(&[u8; SUFFIX_LEN], u64),
) -> Result<Ending, MalformedReply> {
    if body.len() > MAX_REPLY_BYTES {
        return Err(MalformedReply::TooLarge);
    }
    if !body.contains(&b':') {
        return Err(MalformedReply::NoRows);
    }
    // The service ends its last row without a line break; others add one.
    let rows = body.strip_suffix(b"\n").unwrap_or(body);
    let mut count_of_rows = 0;
    let mut last = Ending::Row;
    for line in rows.split(|byte| *byte == b'\n') {
        count_of_rows += 1;
        let malformed = MalformedReply::Row { row: count_of_rows };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (suffix, rest) = line.split_first_chunk().ok_or(malformed)?;
        let suffix = upper_hex_digits(suffix).ok_or(malformed)?;
        let digits = rest.strip_prefix(b":").ok_or(malformed)?;
        let count = parse_count(digits).ok_or(malformed)?;
        visit(&suffix, count);
        last = if count == 0 {
            Ending::Padding
        } else {
            Ending::Row
        };
    }
    if count_of_rows < MIN_PADDED_ROWS {
        return Err(MalformedReply::TooFewRows {
            rows: count_of_rows,
        });
    }
    Ok(last)
}

fn upper_hex_digits(suffix: &[u8; SUFFIX_LEN]) -> Option<[u8; SUFFIX_LEN]> {
    let all_hex = suffix
        .iter()
        .fold(true, |all, byte| all & byte.is_ascii_hexdigit());
    all_hex.then(|| suffix.map(|byte| byte.to_ascii_uppercase()))
}

/// Digits, or groups of three parted by commas. `None` for anything else.
fn parse_count(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > MAX_COUNT_LEN {
        return None;
    }
    let mut groups = text.split(|byte| *byte == b',');
    let first = groups.next()?;
    let grouped = first.len() < text.len();
    if first.is_empty() || (grouped && first.len() > 3) {
        return None;
    }
    groups.try_fold(parse_digits(0, first)?, |count, group| {
        (group.len() == 3).then_some(())?;
        parse_digits(count, group)
    })
}

fn parse_digits(start: u64, digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(start, |number, byte| {
        byte.is_ascii_digit().then_some(())?;
        number.checked_mul(10)?.checked_add(u64::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests;
