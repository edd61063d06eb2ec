//! What she said of transactions, and what banks said beside them, on its way into an
//! export.

use vault::RevealRefused;

use super::{reader::Reader, tables, writer::Writer};
use crate::{
    id::{RowId, TransactionId},
    problem::{Problem, Result},
    store::{
        annotations::{self, AnnotationRow},
        balance_years::{self, BalanceYearRow},
        engine::Rows,
        snapshots::{self, DebtEntry, Entry, HoldingEntry, RecurringEntry, SnapshotRow},
    },
};

impl Reader<'_> {
    /// Notes and tags, page by page; then holdings, debts, recurring payments and balances.
    pub(super) async fn banking(&self, writer: &mut Writer) -> Result<()> {
        self.annotations(writer).await?;
        let (keys, person) = (&self.signed.keys, self.signed.person);
        let [held, owed, again, years] = self
            .app
            .db
            .batch([
                snapshots::of_person::<HoldingEntry>(keys, person),
                snapshots::of_person::<DebtEntry>(keys, person),
                snapshots::of_person::<RecurringEntry>(keys, person),
                balance_years::of_person(person),
            ])
            .await?;
        let held = self.entries(&held.rows()?)?;
        writer.table(held.into_iter().map(tables::Holding))?;
        let owed = self.entries(&owed.rows()?)?;
        writer.table(owed.into_iter().map(tables::Debt))?;
        let again = self.entries(&again.rows()?)?;
        writer.table(again.into_iter().map(tables::Recurring))?;
        let years: Vec<BalanceYearRow> = years.rows()?.all()?;
        writer.begin::<tables::Balance>();
        for row in years {
            let year = row.open(keys)?.reveal(&self.signed.reveal);
            for point in year.map_err(foreign)?.points {
                writer.row(&tables::Balance(point))?;
            }
        }
        writer.end::<tables::Balance>()
    }

    async fn annotations(&self, writer: &mut Writer) -> Result<()> {
        let mut tags = Vec::new();
        let mut after = RowId([0; 16]);
        writer.begin::<tables::Annotation>();
        loop {
            let read = annotations::of_person(self.signed.person, after);
            let [rows] = self.app.db.batch([read]).await?;
            let rows: Vec<AnnotationRow> = rows.rows()?.all()?;
            let is_last = rows.len() < annotations::ROWS_PER_STATEMENT as usize;
            for row in rows {
                after = row.id;
                let id = TransactionId(row.id);
                let record = row.open(&self.signed.keys)?.reveal(&self.signed.reveal);
                let record = record.map_err(foreign)?;
                tags.extend(record.tags.iter().map(|tag| (id, tag.clone())));
                writer.row(&tables::Annotation { id, record })?;
            }
            if is_last {
                break;
            }
        }
        writer.end::<tables::Annotation>()?;
        writer.table(tags.iter().map(|(id, tag)| tables::Tag { id: *id, tag }))
    }

    fn entries<E: Entry>(&self, rows: &Rows) -> Result<Vec<E>> {
        let rows: Vec<SnapshotRow> = rows.all()?;
        let mut entries = Vec::new();
        for row in rows {
            let page = row.open::<E>(&self.signed.keys)?;
            let page = page.reveal(&self.signed.reveal).map_err(foreign)?;
            entries.extend(page.entries);
        }
        Ok(entries)
    }
}

fn foreign(_refused: RevealRefused) -> Problem {
    Problem::internal("a row of someone else's in an export")
}
