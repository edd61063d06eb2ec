//! Reading every transaction of a month, with what she says of each: for what is made of
//! whole months and kept with the version they had.

use std::collections::HashMap;

use super::history::{open_annotations, reveal};
use crate::{
    app::App,
    id::RowId,
    identity::Signed,
    problem::Result,
    store::{
        annotations::{self, AnnotationRecord},
        engine::EngineError,
        months::{self, Month},
        transactions::{self, ROWS_PER_STATEMENT, TransactionRecord, TransactionRow},
    },
};

/// Rows to ask for where a statement's rows turned out too long to come in one.
const FEWER_ROWS: u32 = 200;

/// Shows each transaction of a month to `look`, and says at which revision the directory
/// was when the last was read. A batch for every 2,000.
pub(super) async fn read(
    app: &App,
    signed: &Signed,
    month: &Month,
    mut look: impl FnMut(RowId, &TransactionRecord<'_>, Option<&AnnotationRecord>),
) -> Result<u32> {
    let mut per_statement = ROWS_PER_STATEMENT;
    let mut offset = 0;
    loop {
        let batch = [
            months::of_person(signed.person),
            annotations::of_months(signed.person, &[month.token]),
            transactions::of_months(signed.person, &[month.token], per_statement, offset),
        ];
        let [directory, said, rows] = match app.db.batch(batch).await {
            Err(EngineError::TooLarge) if per_statement > FEWER_ROWS => {
                per_statement = FEWER_ROWS;
                continue;
            }
            outcomes => outcomes?,
        };
        let rev = signed.keys.directory(&directory.rows()?)?.rev;
        let said: HashMap<RowId, AnnotationRecord> = open_annotations(signed, &said.rows()?)?;
        let rows = rows.rows()?;
        let rows: Vec<TransactionRow> = rows.all()?;
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        for row in rows {
            let id = row.id;
            let opened = reveal(row, signed)?;
            look(id, &TransactionRecord::decode(&opened)?, said.get(&id));
        }
        offset += count;
        if count < per_statement {
            return Ok(rev);
        }
    }
}
