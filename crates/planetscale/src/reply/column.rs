//! What a column is called and holds.
//! Follows Vitess's `query.proto`, message `Field` and enum `Type`.

use serde::Deserialize;
use serde::de::Deserializer;

use super::Count;
use crate::BINARY;

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    name: Box<str>,
    kind: ColumnType,
    charset: u32,
    flags: u32,
}

/// A column's type, by Vitess's name for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "Vitess's own names")]
pub enum ColumnType {
    /// The type of a bare `NULL`, which replies leave out.
    Null,
    Int8,
    Int16,
    Int24,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint24,
    Uint32,
    Uint64,
    Float32,
    Float64,
    Decimal,
    Year,
    Date,
    Datetime,
    Timestamp,
    Time,
    Char,
    Varchar,
    Text,
    Binary,
    Varbinary,
    Blob,
    Enum,
    Set,
    Bit,
    Json,
    Geometry,
    /// One that is newer than this crate: bytes or text, as its charset says.
    Other(Box<str>),
}

/// How the bytes of a cell are to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Signed,
    Unsigned,
    Float,
    Decimal,
    Time,
    Json,
    Text,
    Bytes,
}

impl Column {
    /// The name, or the alias, that the statement gave it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type.
    #[must_use]
    pub const fn kind(&self) -> &ColumnType {
        &self.kind
    }

    /// MySQL's id of the collation; 63 is binary. Text arrives as UTF-8 whatever it is.
    #[must_use]
    pub const fn charset(&self) -> u32 {
        self.charset
    }

    /// MySQL's column flags, such as 1 for `NOT NULL`.
    #[must_use]
    pub const fn flags(&self) -> u32 {
        self.flags
    }

    pub(super) const fn form(&self) -> Form {
        match self.kind {
            ColumnType::Int8
            | ColumnType::Int16
            | ColumnType::Int24
            | ColumnType::Int32
            | ColumnType::Int64 => Form::Signed,
            ColumnType::Uint8
            | ColumnType::Uint16
            | ColumnType::Uint24
            | ColumnType::Uint32
            | ColumnType::Uint64
            | ColumnType::Year => Form::Unsigned,
            ColumnType::Float32 | ColumnType::Float64 => Form::Float,
            ColumnType::Decimal => Form::Decimal,
            ColumnType::Date | ColumnType::Datetime | ColumnType::Timestamp | ColumnType::Time => {
                Form::Time
            }
            ColumnType::Json => Form::Json,
            _ if self.charset == BINARY => Form::Bytes,
            _ => Form::Text,
        }
    }
}

const NAMES: [(&str, ColumnType); 30] = [
    ("NULL_TYPE", ColumnType::Null),
    ("INT8", ColumnType::Int8),
    ("INT16", ColumnType::Int16),
    ("INT24", ColumnType::Int24),
    ("INT32", ColumnType::Int32),
    ("INT64", ColumnType::Int64),
    ("UINT8", ColumnType::Uint8),
    ("UINT16", ColumnType::Uint16),
    ("UINT24", ColumnType::Uint24),
    ("UINT32", ColumnType::Uint32),
    ("UINT64", ColumnType::Uint64),
    ("FLOAT32", ColumnType::Float32),
    ("FLOAT64", ColumnType::Float64),
    ("DECIMAL", ColumnType::Decimal),
    ("YEAR", ColumnType::Year),
    ("DATE", ColumnType::Date),
    ("DATETIME", ColumnType::Datetime),
    ("TIMESTAMP", ColumnType::Timestamp),
    ("TIME", ColumnType::Time),
    ("CHAR", ColumnType::Char),
    ("VARCHAR", ColumnType::Varchar),
    ("TEXT", ColumnType::Text),
    ("BINARY", ColumnType::Binary),
    ("VARBINARY", ColumnType::Varbinary),
    ("BLOB", ColumnType::Blob),
    ("ENUM", ColumnType::Enum),
    ("SET", ColumnType::Set),
    ("BIT", ColumnType::Bit),
    ("JSON", ColumnType::Json),
    ("GEOMETRY", ColumnType::Geometry),
];

impl ColumnType {
    fn named(name: Option<&str>) -> Self {
        let Some(name) = name else {
            return Self::Null;
        };
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map_or_else(|| Self::Other(name.into()), |(_, kind)| kind.clone())
    }
}

#[derive(Deserialize)]
struct RawField {
    name: Option<Box<str>>,
    #[serde(rename = "type")]
    kind: Option<String>,
    charset: Option<Count>,
    flags: Option<Count>,
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawField::deserialize(deserializer)?;
        // Both are 32 bits wide; what is not is no charset and no flag that is known.
        let number = |count: Option<Count>| u32::try_from(count.unwrap_or_default().0);
        Ok(Self {
            name: raw.name.unwrap_or_default(),
            kind: ColumnType::named(raw.kind.as_deref()),
            charset: number(raw.charset).unwrap_or_default(),
            flags: number(raw.flags).unwrap_or_default(),
        })
    }
}
