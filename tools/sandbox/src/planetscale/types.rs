//! A column's description as Vitess names it (`query.Field`), from MariaDB's. The type follows
//! from the column's, its flags and its character set, by the rules of Vitess's `MySQLToType`.

use mysql_async::Column;
use mysql_async::consts::{ColumnFlags, ColumnType};
use serde::Serialize;

/// What MySQL gives for bytes.
const BINARY: u16 = 63;
/// `utf8mb4_0900_ai_ci`, the connection's collation on PlanetScale: any text is converted to it,
/// so it is what every text column has.
const UTF8MB4: u16 = 255;

/// A member that is zero or empty is absent, as protobuf's JSON has it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Field {
    name: String,
    #[serde(rename = "type", skip_serializing_if = "is_null_type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    table: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    org_table: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    database: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    org_name: String,
    #[serde(skip_serializing_if = "is_zero")]
    column_length: u32,
    #[serde(skip_serializing_if = "is_zero")]
    charset: u32,
    #[serde(skip_serializing_if = "is_zero")]
    decimals: u32,
    #[serde(skip_serializing_if = "is_zero")]
    flags: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for references"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_null_type(name: &str) -> bool {
    name == "NULL_TYPE"
}

impl Field {
    /// `json` where the column is one that MariaDB keeps as text; `integer` where it is the value
    /// of an expression that MySQL makes a BIGINT of and MariaDB something narrower.
    pub(super) fn new(column: &Column, json: bool, integer: bool) -> Self {
        let mut flags = column.flags();
        let name = type_name(column.column_type(), flags, column.character_set());
        let (kind, charset, mut length) = if json {
            flags |= ColumnFlags::BINARY_FLAG | ColumnFlags::BLOB_FLAG;
            ("JSON", BINARY, u32::MAX)
        } else {
            (name, column.character_set(), column.column_length())
        };
        let kind = match kind {
            "INT8" | "INT16" | "INT24" | "INT32" if integer => "INT64",
            "UINT8" | "UINT16" | "UINT24" | "UINT32" if integer => "UINT64",
            kind => kind,
        };
        if kind == "GEOMETRY" {
            length = u32::MAX;
        }
        // MariaDB's are unsigned.
        if kind == "TIMESTAMP" {
            flags.remove(ColumnFlags::UNSIGNED_FLAG);
        }
        if is_number(kind) {
            flags |= ColumnFlags::NUM_FLAG;
        }
        Self {
            name: column.name_str().into_owned(),
            kind,
            table: column.table_str().into_owned(),
            org_table: column.org_table_str().into_owned(),
            database: column.schema_str().into_owned(),
            org_name: column.org_name_str().into_owned(),
            column_length: length,
            charset: u32::from(if charset == BINARY { BINARY } else { UTF8MB4 }),
            decimals: u32::from(column.decimals()),
            flags: u32::from(flags.bits()),
        }
    }
}

/// What MySQL marks with `NUM_FLAG`.
fn is_number(kind: &str) -> bool {
    let integer = kind.starts_with("INT") || kind.starts_with("UINT");
    integer
        || matches!(
            kind,
            "FLOAT32" | "FLOAT64" | "DECIMAL" | "YEAR" | "NULL_TYPE"
        )
}

fn type_name(kind: ColumnType, flags: ColumnFlags, charset: u16) -> &'static str {
    use ColumnType as T;
    let unsigned = flags.contains(ColumnFlags::UNSIGNED_FLAG);
    let pick = |signed, other| if unsigned { other } else { signed };
    // Of a text with a binary collation too, as in Vitess: the flag says it, not the charset.
    let binary = flags.contains(ColumnFlags::BINARY_FLAG) || charset == BINARY;
    let bytes = |text, bytes| if binary { bytes } else { text };
    match kind {
        T::MYSQL_TYPE_TINY => pick("INT8", "UINT8"),
        T::MYSQL_TYPE_SHORT => pick("INT16", "UINT16"),
        T::MYSQL_TYPE_INT24 => pick("INT24", "UINT24"),
        T::MYSQL_TYPE_LONG => pick("INT32", "UINT32"),
        T::MYSQL_TYPE_LONGLONG => pick("INT64", "UINT64"),
        T::MYSQL_TYPE_FLOAT => "FLOAT32",
        T::MYSQL_TYPE_DOUBLE => "FLOAT64",
        T::MYSQL_TYPE_DECIMAL | T::MYSQL_TYPE_NEWDECIMAL => "DECIMAL",
        T::MYSQL_TYPE_TIMESTAMP | T::MYSQL_TYPE_TIMESTAMP2 => "TIMESTAMP",
        T::MYSQL_TYPE_DATE | T::MYSQL_TYPE_NEWDATE => "DATE",
        T::MYSQL_TYPE_TIME | T::MYSQL_TYPE_TIME2 => "TIME",
        T::MYSQL_TYPE_DATETIME | T::MYSQL_TYPE_DATETIME2 => "DATETIME",
        T::MYSQL_TYPE_YEAR => "YEAR",
        T::MYSQL_TYPE_BIT => "BIT",
        T::MYSQL_TYPE_JSON => "JSON",
        T::MYSQL_TYPE_GEOMETRY => "GEOMETRY",
        T::MYSQL_TYPE_ENUM => "ENUM",
        T::MYSQL_TYPE_SET => "SET",
        T::MYSQL_TYPE_TINY_BLOB
        | T::MYSQL_TYPE_MEDIUM_BLOB
        | T::MYSQL_TYPE_LONG_BLOB
        | T::MYSQL_TYPE_BLOB => bytes("TEXT", "BLOB"),
        T::MYSQL_TYPE_VARCHAR | T::MYSQL_TYPE_VAR_STRING => bytes("VARCHAR", "VARBINARY"),
        T::MYSQL_TYPE_STRING if flags.contains(ColumnFlags::ENUM_FLAG) => "ENUM",
        T::MYSQL_TYPE_STRING if flags.contains(ColumnFlags::SET_FLAG) => "SET",
        T::MYSQL_TYPE_STRING => bytes("CHAR", "BINARY"),
        _ => "NULL_TYPE",
    }
}
