//! A person's rows under a newer key of hers: read page by page and written back in their
//! places, what they hold unchanged. A row that somebody writes meanwhile is under the newer key
//! by that, and stays as he wrote it.
//!
//! What is rewritten or gone within a day by itself is left: staged rows, attempts, replies that
//! are kept.

use serde::Deserialize;
use vault::{ColumnId, Generation, Place, Reveal, RowCipher, SystemPurpose};

use super::{
    engine::{Rows, SealedBytes, Select, Statement, Value},
    keys::UserKeys,
    table::Table,
};
use crate::{
    id::{PersonId, RowId},
    platform::random,
    problem::{Problem, Result},
};

/// A kind of rows.
pub(crate) struct Kind {
    table: Table,
    /// What it is called in a cursor.
    pub(crate) name: &'static str,
    read: Select,
    write: &'static str,
    /// As many as come in one statement, however long they are.
    pub(crate) rows: u32,
}

macro_rules! kinds {
    ($($table:ident $name:literal $owner:literal $row:literal $rows:literal;)*) => {
        /// All of them, in the order in which they are gone through.
        pub(crate) const KINDS: &[Kind] = &[$(Kind {
            table: Table::$table,
            name: $name,
            read: Select {
                columns: &[$row, "rev", "sealed"],
                from: concat!(
                    "FROM ", $name, " WHERE ", $owner, "=? AND ", $row, ">? ORDER BY ", $row, " LIMIT ?"
                ),
            },
            write: concat!(
                "UPDATE ", $name, " SET sealed=? WHERE ", $owner, "=? AND ", $row, "=? AND rev=?"
            ),
            rows: $rows,
        }),*];
    };
}

kinds! {
    Person "person" "id" "id" 1;
    Session "session" "user_id" "id" 200;
    ApiToken "api_token" "user_id" "id" 200;
    Passkey "passkey" "user_id" "id" 50;
    Totp "totp" "user_id" "user_id" 1;
    EmailChange "email_change" "user_id" "user_id" 1;
    Billing "billing" "user_id" "user_id" 1;
    Item "item" "user_id" "id" 20;
    Account "account" "user_id" "id" 200;
    Transaction "txn" "user_id" "id" 200;
    MonthDirectory "month_directory" "user_id" "user_id" 1;
    Annotation "annotation" "user_id" "id" 200;
    MonthTotal "month_total" "user_id" "id" 10;
    MonthText "month_text" "user_id" "id" 1;
    Snapshot "snapshot" "user_id" "id" 200;
    BalanceYear "balance_year" "user_id" "id" 10;
    AuditPart "audit_part" "user_id" "id" 200;
    Consent "consent" "user_id" "id" 20;
}

#[derive(Deserialize)]
struct Row {
    id: RowId,
    rev: u32,
    sealed: SealedBytes,
}

/// A page, looked through.
pub(crate) struct Page {
    pub(crate) looked_at: u32,
    /// The rows that are to be written.
    pub(crate) writes: Vec<Statement>,
    /// Where the next page begins; none on the last.
    pub(crate) next: Option<RowId>,
}

impl Kind {
    /// The rows behind `after`; none: from the first on.
    pub(crate) fn page(&self, person: PersonId, after: Option<RowId>) -> Statement {
        let after: Value = after.map_or_else(|| "".into(), Value::from);
        Statement::read(self.read, [person.0.into(), after, self.rows.into()])
    }

    /// Seals those of a page that are under an older key.
    pub(crate) fn reseal(&self, person: PersonId, keys: &UserKeys, rows: &Rows) -> Result<Page> {
        let rows: Vec<Row> = rows.all()?;
        let looked_at = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let next = rows.last().map(|row| row.id);
        let mut writes = Vec::new();
        for Row { id, rev, sealed } in rows {
            if let Some(again) = keys.reseal(self.table, id, rev, sealed)? {
                let place = [again, person.0.into(), id.into(), rev.into()];
                writes.push(Statement::write(self.write, place));
            }
        }
        Ok(Page {
            looked_at,
            writes,
            next: next.filter(|_| looked_at >= self.rows),
        })
    }
}

impl UserKeys {
    /// The same row under the newest key; none where it is under it.
    fn reseal(
        &self,
        table: Table,
        row: RowId,
        rev: u32,
        sealed: SealedBytes,
    ) -> Result<Option<Value>> {
        let damaged = |_| Problem::internal("a sealed row of no generation");
        let generation = RowCipher::generation_of(&sealed.0).map_err(damaged)?;
        if generation == self.newest() {
            return Ok(None);
        }
        let opened = self
            .open_bytes(table, row, rev, sealed)?
            .reveal(&Reveal::system(SystemPurpose::Reseal))
            .map_err(|_| Problem::internal("no right to a row"))?;
        let place = Place {
            table: table.id(),
            column: ColumnId::ROW,
            row_id: row.0,
            rev,
        };
        self.cipher(table)?
            .seal(opened.schema(), &place, opened.payload(), random::bytes()?)
            .map(|sealed| Some(Value::Sealed(sealed)))
            .map_err(|_| Problem::internal("a record could not be sealed"))
    }
}

/// The generation behind this one.
pub(crate) fn behind(generation: Generation) -> Result<Generation> {
    let next = generation.0.checked_add(1);
    next.map(Generation)
        .ok_or_else(|| Problem::internal("no more generations"))
}
