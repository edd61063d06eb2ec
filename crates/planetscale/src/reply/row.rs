//! Rows and their cells, borrowed from the reply.
//! Invariant: a cell is given as what its column says it is, exactly, or not at all.

use std::fmt;

use super::Reply;
use super::column::Form;

/// A row of a reply.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    reply: &'r Reply,
    at: usize,
}

/// A cell, as its column's type says.
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Cell<'r> {
    /// `NULL`, which is not the same as empty.
    Null,
    /// A signed integer.
    I64(i64),
    /// An unsigned integer, or a year.
    U64(u64),
    /// A `FLOAT` or a `DOUBLE`.
    F64(f64),
    /// A `DECIMAL`, in its own digits.
    Decimal(&'r str),
    /// A `DATE`, `DATETIME`, `TIMESTAMP` or `TIME`, in MySQL's own form.
    Time(&'r str),
    /// The text of a JSON document.
    Json(&'r str),
    /// Text.
    Text(&'r str),
    /// Bytes: binary columns, `BIT` and geometry.
    Bytes(&'r [u8]),
}

/// Why a cell was not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnError {
    /// The column, counted from 0.
    pub column: usize,
    /// What is wrong with it.
    pub problem: ColumnProblem,
}

/// What is wrong with a cell that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnProblem {
    /// There is no such column.
    Missing,
    /// The column's type is another.
    OtherType,
    /// Text that is not UTF-8, or an integer outside of what was asked for.
    OutOfRange,
}

impl fmt::Display for ColumnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.problem {
            ColumnProblem::Missing => "is missing",
            ColumnProblem::OtherType => "is of another type",
            ColumnProblem::OutOfRange => "has a value out of range",
        };
        write!(f, "column {} {problem}", self.column)
    }
}

impl std::error::Error for ColumnError {}

type Read<T> = Result<Option<T>, ColumnError>;

impl<'r> Row<'r> {
    pub(super) const fn new(reply: &'r Reply, at: usize) -> Self {
        Self { reply, at }
    }

    /// How many cells the row has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.reply.columns.len()
    }

    /// The bytes of a cell of any type, as they came; `None` is NULL.
    ///
    /// # Errors
    /// [`ColumnProblem::Missing`].
    pub fn bytes(&self, column: usize) -> Read<&'r [u8]> {
        let cell = self.reply.cells.get(self.at, column);
        cell.map_err(|problem| error(column, problem))
    }

    /// The text of a cell: of every type but bytes, so also the digits of a `DECIMAL`
    /// and a date as MySQL writes it.
    ///
    /// # Errors
    /// [`ColumnProblem::OtherType`] for bytes.
    pub fn text(&self, column: usize) -> Read<&'r str> {
        match self.form(column)? {
            Form::Bytes => self.null_or(column, ColumnProblem::OtherType),
            _ => self.str(column),
        }
    }

    /// A whole number, signed or not, or a `DECIMAL` without a fraction (`SUM`).
    ///
    /// # Errors
    /// [`ColumnProblem::OtherType`], and [`ColumnProblem::OutOfRange`] beyond 64 bits.
    pub fn i64(&self, column: usize) -> Read<i64> {
        self.parsed(column, &[Form::Signed, Form::Unsigned, Form::Decimal])
    }

    /// [`Row::i64`] for numbers from zero up.
    ///
    /// # Errors
    /// As [`Row::i64`].
    pub fn u64(&self, column: usize) -> Read<u64> {
        self.parsed(column, &[Form::Unsigned, Form::Signed, Form::Decimal])
    }

    /// An integer as MySQL's `BOOL`: whatever is not 0 is true.
    ///
    /// # Errors
    /// As [`Row::i64`].
    pub fn bool(&self, column: usize) -> Read<bool> {
        Ok(self.i64(column)?.map(|number| number != 0))
    }

    /// A floating-point number.
    ///
    /// # Errors
    /// [`ColumnProblem::OtherType`] for all others, also `DECIMAL`: it would be rounded.
    pub fn f64(&self, column: usize) -> Read<f64> {
        self.parsed(column, &[Form::Float])
    }

    /// A cell as its column's type says.
    ///
    /// # Errors
    /// [`ColumnProblem::Missing`], and [`ColumnProblem::OutOfRange`] where the server
    /// sent what the type cannot hold.
    pub fn cell(&self, column: usize) -> Result<Cell<'r>, ColumnError> {
        let cell = match self.form(column)? {
            Form::Signed => self.i64(column)?.map(Cell::I64),
            Form::Unsigned => self.u64(column)?.map(Cell::U64),
            Form::Float => self.f64(column)?.map(Cell::F64),
            Form::Decimal => self.str(column)?.map(Cell::Decimal),
            Form::Time => self.str(column)?.map(Cell::Time),
            Form::Json => self.str(column)?.map(Cell::Json),
            Form::Text => self.str(column)?.map(Cell::Text),
            Form::Bytes => self.bytes(column)?.map(Cell::Bytes),
        };
        Ok(cell.unwrap_or(Cell::Null))
    }

    fn form(&self, column: usize) -> Result<Form, ColumnError> {
        let of = self.reply.columns.get(column);
        of.map(super::Column::form)
            .ok_or(error(column, ColumnProblem::Missing))
    }

    fn str(&self, column: usize) -> Read<&'r str> {
        let text = self.bytes(column)?.map(std::str::from_utf8).transpose();
        text.map_err(|_| error(column, ColumnProblem::OutOfRange))
    }

    fn parsed<T: std::str::FromStr>(&self, column: usize, forms: &[Form]) -> Read<T> {
        if !forms.contains(&self.form(column)?) {
            return self.null_or(column, ColumnProblem::OtherType);
        }
        let number = self.str(column)?.map(str::parse).transpose();
        number.map_err(|_| error(column, ColumnProblem::OutOfRange))
    }

    /// NULL is of every type: `SELECT NULL` has none of its own.
    fn null_or<T>(&self, column: usize, problem: ColumnProblem) -> Read<T> {
        match self.bytes(column)? {
            None => Ok(None),
            Some(_) => Err(error(column, problem)),
        }
    }
}

const fn error(column: usize, problem: ColumnProblem) -> ColumnError {
    ColumnError { column, problem }
}

/// The rows of a reply, one after the other.
#[derive(Clone)]
pub struct Rows<'r> {
    reply: &'r Reply,
    next: usize,
}

impl<'r> Rows<'r> {
    pub(super) const fn new(reply: &'r Reply) -> Self {
        Self { reply, next: 0 }
    }
}

impl<'r> Iterator for Rows<'r> {
    type Item = Row<'r>;

    fn next(&mut self) -> Option<Row<'r>> {
        let row = self.reply.row(self.next)?;
        self.next += 1;
        Some(row)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.reply.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Rows<'_> {}
