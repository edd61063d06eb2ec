//! What is stored: lines of JSON, about a mebibyte of them in a segment, each segment encrypted
//! to the administrators by itself. Every segment begins with a line that says which it is.
//!
//! A person's lines end with one that says of which parts they were all; without it they count
//! for nothing.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Backup, source::Cells};
use crate::{
    id::{PersonId, RowId, hex},
    platform::random,
    problem::{Problem, Result},
    store::{backups::SegmentRow, transactions::MonthToken},
};

/// The format of a backup, in each segment and manifest.
pub(super) const FORMAT: &str = "balance-backup/v1";
/// How long a segment is at least, in bytes, but for the last of a step: one line more at most.
const LENGTH: usize = 1 << 20;

/// A line.
#[derive(Serialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub(super) enum Line<'a> {
    /// The first: which segment this is.
    Segment {
        format: &'static str,
        backup: u32,
        index: u32,
    },
    /// Rows of a table, in the order of its columns in the manifest.
    Rows {
        table: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        person: Option<RowId>,
        /// Of her transactions: which month's.
        #[serde(skip_serializing_if = "Option::is_none")]
        month: Option<MonthToken>,
        rows: &'a [Cells],
    },
    /// The lines about her since the last such line are all of it: of every month in `written`,
    /// and of all the rest where `rest`. `months` are all that she has, with their rows.
    Person {
        person: RowId,
        rest: bool,
        written: &'a [MonthToken],
        months: BTreeMap<String, u64>,
    },
    /// The lines about her since the last such line count for nothing: she was just changed.
    Discard { person: RowId },
}

impl<'a> Line<'a> {
    /// Rows that are nobody's own.
    pub(super) const fn shared(table: &'static str, rows: &'a [Cells]) -> Self {
        Self::Rows {
            table,
            person: None,
            month: None,
            rows,
        }
    }

    /// A person's.
    pub(super) const fn hers(table: &'static str, person: PersonId, rows: &'a [Cells]) -> Self {
        Self::Rows {
            table,
            person: Some(person.0),
            month: None,
            rows,
        }
    }

    pub(super) fn json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|_| Problem::internal("a line as no JSON"))
    }
}

/// Lines on their way out, and what of them is stored.
pub(super) struct Writer<'a> {
    backup: &'a Backup,
    number: u32,
    folder: &'static str,
    text: Vec<u8>,
    lines: u64,
    next: u32,
    pub(super) stored: Vec<SegmentRow>,
}

impl<'a> Writer<'a> {
    /// Of a backup that has `count` segments already.
    pub(super) fn new(backup: &'a Backup, number: u32, folder: &'static str, count: u32) -> Self {
        Self {
            backup,
            number,
            folder,
            text: Vec::new(),
            lines: 0,
            next: count,
            stored: Vec::new(),
        }
    }

    /// Appends a line. Where that makes a segment, it is stored.
    pub(super) async fn push(&mut self, line: &str) -> Result<()> {
        if self.text.is_empty() {
            let first = Line::Segment {
                format: FORMAT,
                backup: self.number,
                index: self.next,
            };
            self.text.extend_from_slice(first.json()?.as_bytes());
            self.text.push(b'\n');
        }
        self.text.extend_from_slice(line.as_bytes());
        self.text.push(b'\n');
        self.lines += 1;
        if self.text.len() >= LENGTH {
            self.flush().await?;
        }
        Ok(())
    }

    /// Stores what there is. One request, or none.
    ///
    /// The name has something random: whoever lost the lease and does not know it yet writes to
    /// another object.
    pub(super) async fn flush(&mut self) -> Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        let tail: [u8; 4] = random::bytes()?;
        let name = format!(
            "{}/{:08}/{:06}-{}.age",
            self.folder,
            self.number,
            self.next,
            hex(&tail)
        );
        let text = std::mem::take(&mut self.text);
        let object = self.backup.seal(&text)?;
        drop(text);
        self.backup.put(&name, &object).await?;
        self.stored.push(SegmentRow {
            idx: self.next,
            name,
            sha256: hex(&Sha256::digest(&object)),
            bytes: object.len() as u64,
            units: std::mem::take(&mut self.lines),
        });
        self.next += 1;
        Ok(())
    }
}
