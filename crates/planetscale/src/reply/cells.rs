//! The cells of all rows, decoded into one buffer while the JSON is read.
//! A row is the lengths of its cells and one base64 of them all: −1 is NULL, 0 empty.
//! Invariant: the lengths of a row add up to its bytes, and all rows are as wide.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::ColumnProblem;

/// Set in an end: the cell is NULL. Never part of an end, since a reply is smaller.
const NULL: u32 = 1 << 31;

#[derive(Default)]
pub(super) struct Cells {
    bytes: Vec<u8>,
    /// Where each cell ends; it begins where the one before it ends.
    ends: Vec<u32>,
    rows: usize,
    width: usize,
}

impl Cells {
    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    /// The bytes of a cell; `None` is NULL.
    pub(super) fn get(&self, row: usize, column: usize) -> Result<Option<&[u8]>, ColumnProblem> {
        if column >= self.width || row >= self.rows {
            return Err(ColumnProblem::Missing);
        }
        let at = row * self.width + column;
        let end = *self.ends.get(at).ok_or(ColumnProblem::Missing)?;
        if end & NULL != 0 {
            return Ok(None);
        }
        let start = match at.checked_sub(1).and_then(|before| self.ends.get(before)) {
            Some(before) => before & !NULL,
            None => 0,
        };
        // 32 bits fit, also in wasm.
        let bytes = self.bytes.get(start as usize..end as usize);
        bytes.map(Some).ok_or(ColumnProblem::Missing)
    }

    fn end(&self) -> u32 {
        self.ends.last().map_or(0, |end| end & !NULL)
    }

    /// Notes the length of the next cell; false when there cannot be such a length.
    fn push_length(&mut self, length: i64) -> bool {
        let end = self.end();
        let next = match u32::try_from(length) {
            Ok(length) => end.checked_add(length).filter(|end| end & NULL == 0),
            Err(_) => (length == -1).then_some(end | NULL),
        };
        self.ends.extend(next);
        next.is_some()
    }

    /// Closes a row whose first cell is number `first`.
    fn close(&mut self, first: usize) -> Result<(), &'static str> {
        let width = self.ends.len() - first;
        if self.rows == 0 {
            self.width = width;
        }
        if width == 0 || width != self.width {
            return Err("rows differ in width");
        }
        if usize::try_from(self.end()).ok() != Some(self.bytes.len()) {
            return Err("lengths and values differ");
        }
        self.rows += 1;
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Cells {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Cells;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("rows")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Cells, A::Error> {
                let mut cells = Cells::default();
                while rows.next_element_seed(OneRow(&mut cells))?.is_some() {}
                Ok(cells)
            }
        }

        deserializer.deserialize_seq(All)
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
enum Member {
    Lengths,
    Values,
    #[serde(other)]
    Other,
}

struct OneRow<'a>(&'a mut Cells);

impl<'de> DeserializeSeed<'de> for OneRow<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneRow<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let cells = self.0;
        let first = cells.ends.len();
        while let Some(member) = members.next_key()? {
            match member {
                Member::Lengths => members.next_value_seed(Lengths(cells))?,
                Member::Values => members.next_value_seed(Values(cells))?,
                Member::Other => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        cells.close(first).map_err(A::Error::custom)
    }
}

struct Lengths<'a>(&'a mut Cells);

impl<'de> DeserializeSeed<'de> for Lengths<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Lengths<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("lengths")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut lengths: A) -> Result<(), A::Error> {
        while lengths.next_element_seed(Length(self.0))?.is_some() {}
        Ok(())
    }
}

/// One length: protobuf's JSON has it as a string, others as a number.
struct Length<'a>(&'a mut Cells);

impl Length<'_> {
    fn push<E: Error>(self, length: Option<i64>) -> Result<(), E> {
        match length {
            Some(length) if self.0.push_length(length) => Ok(()),
            _ => Err(E::custom("not a length")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Length<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Length<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a length")
    }

    fn visit_str<E: Error>(self, digits: &str) -> Result<(), E> {
        self.push(digits.parse().ok())
    }

    fn visit_u64<E: Error>(self, length: u64) -> Result<(), E> {
        self.push(i64::try_from(length).ok())
    }

    fn visit_i64<E: Error>(self, length: i64) -> Result<(), E> {
        self.push(Some(length))
    }
}

struct Values<'a>(&'a mut Cells);

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Values<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64")
    }

    fn visit_str<E: Error>(self, base64: &str) -> Result<(), E> {
        let decoded = STANDARD.decode_vec(base64, &mut self.0.bytes);
        decoded.map_err(|_| E::custom("not base64"))
    }
}
