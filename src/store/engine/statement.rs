//! A statement as the aggregates write it, before an engine spells it.

use std::borrow::Cow;

use crate::id::RowId;

/// A typed parameter.
#[derive(Clone)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Text(Cow<'static, str>),
    /// A sealed value: base64 text in D1, binary in `MySQL`.
    Sealed(Vec<u8>),
    /// The members of `IN ?*`.
    List(Vec<Value>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<&'static str> for Value {
    fn from(value: &'static str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl From<RowId> for Value {
    fn from(value: RowId) -> Self {
        Self::Text(Cow::Owned(value.hex()))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// What a bulk insert does with a row whose key is there already.
#[derive(Clone, Copy)]
pub(crate) enum OnConflict {
    /// The batch fails with [`super::EngineError::Duplicate`].
    Fail,
    /// The row stays as it was, and the count of rows changed says so.
    Keep,
    /// The row stays as it was and is the batch's until it lands: for one that a later
    /// statement writes. What the count says is the engine's own affair.
    Hold,
    /// The row is overwritten, all but its key and its owner (`user_id`); `key` are the
    /// columns of its key.
    Replace { key: &'static [&'static str] },
}

/// A read: columns, and all that follows them from FROM on.
#[derive(Clone, Copy)]
pub(crate) struct Select {
    pub(crate) columns: &'static [&'static str],
    pub(crate) from: &'static str,
}

/// One statement of a batch.
#[derive(Clone)]
pub(crate) enum Statement {
    /// Rows out.
    Read {
        select: Select,
        parameters: Vec<Value>,
    },
    /// Rows changed.
    Write {
        sql: &'static str,
        parameters: Vec<Value>,
    },
    /// Many rows in, in one statement where they fit in one.
    Insert {
        table: &'static str,
        columns: &'static [&'static str],
        rows: Vec<Vec<Value>>,
        on_conflict: OnConflict,
    },
    /// Rows in from a SELECT; a row whose `key` is there is overwritten, all but its
    /// key and its owner.
    Copy {
        table: &'static str,
        columns: &'static [&'static str],
        select: &'static str,
        key: &'static [&'static str],
        parameters: Vec<Value>,
    },
    /// Aborts the batch unless `SELECT 1 <from>` finds a row.
    Guard {
        from: &'static str,
        parameters: Vec<Value>,
    },
}

impl Statement {
    /// `SELECT columns from`.
    pub(crate) fn read(select: Select, parameters: impl Into<Vec<Value>>) -> Self {
        Self::Read {
            select,
            parameters: parameters.into(),
        }
    }

    /// An UPDATE or DELETE.
    pub(crate) fn write(sql: &'static str, parameters: impl Into<Vec<Value>>) -> Self {
        Self::Write {
            sql,
            parameters: parameters.into(),
        }
    }

    /// One row in; taken keys fail.
    pub(crate) fn insert(
        table: &'static str,
        columns: &'static [&'static str],
        row: impl Into<Vec<Value>>,
    ) -> Self {
        Self::insert_all(table, columns, vec![row.into()], OnConflict::Fail)
    }

    /// Many rows in.
    pub(crate) fn insert_all(
        table: &'static str,
        columns: &'static [&'static str],
        rows: Vec<Vec<Value>>,
        on_conflict: OnConflict,
    ) -> Self {
        Self::Insert {
            table,
            columns,
            rows,
            on_conflict,
        }
    }

    /// Goes on only where `SELECT 1 <from>` finds a row.
    pub(crate) fn guard(from: &'static str, parameters: impl Into<Vec<Value>>) -> Self {
        Self::Guard {
            from,
            parameters: parameters.into(),
        }
    }
}
