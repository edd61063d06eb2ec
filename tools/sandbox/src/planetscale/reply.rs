//! A result on the wire: all cells of a row in one base64, their lengths beside it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mysql_async::Value as Cell;
use serde::Serialize;

use super::error::VitessError;
use super::session::Token;
use super::types::Field;

/// The body of a reply to Execute.
#[derive(Serialize)]
pub(super) struct Reply {
    pub(super) session: Token,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) result: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<VitessError>,
    /// Seconds.
    pub(super) timing: f64,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rows_affected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) insert_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) fields: Vec<Field>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    lengths: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    values: String,
}

impl Row {
    pub(super) fn new(cells: &[Option<Vec<u8>>]) -> Self {
        let lengths = cells.iter().map(|cell| match cell {
            Some(bytes) => bytes.len().to_string(),
            None => "-1".to_owned(),
        });
        let bytes: Vec<u8> = cells.iter().flatten().flatten().copied().collect();
        Self {
            lengths: lengths.collect(),
            values: STANDARD.encode(bytes),
        }
    }
}

/// MariaDB's own bytes of a cell, as its text protocol has them; none for NULL.
pub(super) fn bytes(cell: Option<Cell>) -> Option<Vec<u8>> {
    match cell {
        Some(Cell::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

/// A 64-bit number, absent where it is 0.
pub(super) fn number(value: u64) -> Option<String> {
    (value != 0).then(|| value.to_string())
}
