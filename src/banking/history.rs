//! Reading transactions: whole months are fetched by their blind tokens, opened,
//! filtered, sorted by date (newest first) and then by id, and cut to a page.
//!
//! A warm page costs one batch: the directory as this isolate knows it says which
//! months to ask for, and the directory's row in the same batch whether that still
//! holds. The cursor is sealed; it names the last row shown and the filter.

mod cursor;
mod filter;
mod plan;
mod search;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use plaid::CivilDate;
use vault::{Opened, Reveal};

use crate::{
    app::App,
    id::{RowId, TransactionId},
    identity::{Access, Caller, Signed},
    problem::{Problem, Result},
    store::{
        annotations::{AnnotationRecord, AnnotationRow},
        engine::{EngineError, Outcome, Rows, Statement},
        months::{self, Directory},
        transactions::{ROWS_PER_STATEMENT, TransactionRecord, TransactionRow},
    },
};

pub(crate) use filter::{Filter, fold};

use cursor::Position;
#[cfg(fuzzing)]
pub(crate) use cursor::law::hold as cursor_law;
use plan::Plan;

/// Rows to ask for where a statement's rows turned out too long to come in one.
const FEWER_ROWS: u32 = 200;

/// A page: opened rows, in order, and where the next one starts.
pub(crate) struct Page {
    rows: Vec<Shown>,
    pub(crate) next_cursor: Option<String>,
}

/// A row of a page, and what she says of it.
pub(crate) struct Shown {
    id: TransactionId,
    date: CivilDate,
    opened: Opened,
    own: Option<AnnotationRecord>,
}

impl Shown {
    /// One that was read by itself.
    pub(super) fn new(
        id: TransactionId,
        opened: Opened,
        own: Option<AnnotationRecord>,
    ) -> Result<Self> {
        let date = TransactionRecord::date_of(&opened)?;
        Ok(Self {
            id,
            date,
            opened,
            own,
        })
    }

    pub(crate) const fn id(&self) -> TransactionId {
        self.id
    }

    /// The transaction, borrowed from its opened row.
    pub(crate) fn transaction(&self) -> Result<TransactionRecord<'_>> {
        TransactionRecord::decode(&self.opened)
    }

    /// What she says of it.
    pub(crate) const fn own(&self) -> Option<&AnnotationRecord> {
        self.own.as_ref()
    }
}

impl Page {
    /// Its rows, in order.
    pub(crate) fn rows(&self) -> &[Shown] {
        &self.rows
    }
}

/// A page of her transactions.
///
/// Warm one batch, cold two; one more where the directory has changed since, and
/// one for every 4,000 rows that a filter has to look through.
pub(crate) async fn list<A: Access>(
    app: &App,
    caller: Caller<A>,
    filter: &Filter,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page> {
    // The plan that the batch was made by; asked again if the batch is.
    let made: Mutex<Option<(Arc<Directory>, Plan)>> = Mutex::new(None);
    let (signed, mut outcomes) = caller
        .read_all(|signed| {
            let directory = signed.keys.cached_directory().unwrap_or_default();
            let after = cursor
                .map(|cursor| Position::open(&signed.keys, filter, cursor))
                .transpose()?;
            let mut plan = Plan::new(filter, after, limit, &directory);
            let batch = first_batch(&mut plan, &directory, signed);
            *made.lock().unwrap_or_else(PoisonError::into_inner) = Some((directory, plan));
            Ok(batch)
        })
        .await?;
    let made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (mut directory, mut plan) =
        made.ok_or_else(|| Problem::internal("a page without a plan"))?;
    let current = signed.keys.directory(&outcomes.remove(0).rows()?)?;
    if current.rev != directory.rev {
        plan = Plan::new(filter, plan.after, limit, &current);
        directory = current;
        outcomes = more(app, &mut plan, &directory, &signed).await?;
    }
    rows(app, &signed, filter, (plan, &directory), outcomes, limit).await
}

/// A page of what a text is found in, or of a list where there is none.
///
/// Warm two batches where the months are as they were when they were last searched.
pub(crate) async fn find<A: Access>(
    app: &App,
    caller: Caller<A>,
    filter: &Filter,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page> {
    if filter.text.is_none() {
        return list(app, caller, filter, cursor, limit).await;
    }
    match search::search(app, caller, filter, cursor, limit).await? {
        Ok(page) => Ok(page),
        Err(signed) => by_rows(app, &signed, filter, cursor, limit).await,
    }
}

/// Row by row, for whoever has been let in already.
async fn by_rows(
    app: &App,
    signed: &Signed,
    filter: &Filter,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page> {
    let after = cursor
        .map(|cursor| Position::open(&signed.keys, filter, cursor))
        .transpose()?;
    let [row] = app.db.batch([months::of_person(signed.person)]).await?;
    let directory = signed.keys.directory(&row.rows()?)?;
    let mut plan = Plan::new(filter, after, limit, &directory);
    let outcomes = more(app, &mut plan, &directory, signed).await?;
    rows(app, signed, filter, (plan, &directory), outcomes, limit).await
}

/// Looks through rows, batch by batch, until the page is full.
async fn rows(
    app: &App,
    signed: &Signed,
    filter: &Filter,
    (mut plan, directory): (Plan, &Directory),
    mut outcomes: Vec<Outcome>,
    limit: usize,
) -> Result<Page> {
    let mut found = Vec::new();
    loop {
        let mut batch = outcomes.into_iter();
        let mut said = match batch.next() {
            Some(said) => open_annotations(signed, &said.rows()?)?,
            None => HashMap::new(),
        };
        for outcome in batch {
            let mut sieve = Sieve {
                signed,
                directory,
                filter,
                after: plan.after.as_ref(),
                said: &mut said,
            };
            sieve.gather(outcome, &mut found)?;
        }
        if plan.is_full(&found) || plan.is_done(directory) {
            break;
        }
        outcomes = more(app, &mut plan, directory, signed).await?;
    }
    cut(signed, filter, found, limit)
}

fn first_batch(plan: &mut Plan, directory: &Directory, signed: &Signed) -> Vec<Statement> {
    let mut batch = vec![months::of_person(signed.person)];
    batch.extend(plan.next(directory, signed.person, ROWS_PER_STATEMENT));
    batch
}

async fn more(
    app: &App,
    plan: &mut Plan,
    directory: &Directory,
    signed: &Signed,
) -> Result<Vec<Outcome>> {
    let before = plan.clone();
    let batch = plan.next(directory, signed.person, ROWS_PER_STATEMENT);
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    match app.db.batch_all(&batch).await {
        Err(EngineError::TooLarge) => {
            *plan = before;
            let batch = plan.next(directory, signed.person, FEWER_ROWS);
            Ok(app.db.batch_all(&batch).await?)
        }
        outcomes => Ok(outcomes?),
    }
}

/// What keeps rows out of a page.
struct Sieve<'a> {
    signed: &'a Signed,
    directory: &'a Directory,
    filter: &'a Filter,
    after: Option<&'a Position>,
    /// What she says, by transaction; taken out by the row that it is about.
    said: &'a mut HashMap<RowId, AnnotationRecord>,
}

impl Sieve<'_> {
    /// Opens a statement's rows and keeps what the filter lets through.
    fn gather(&mut self, outcome: Outcome, found: &mut Vec<Shown>) -> Result<()> {
        let rows = outcome.rows()?;
        let rows: Vec<TransactionRow> = rows.all()?;
        found.reserve(rows.len());
        for row in rows {
            let (id, month) = (TransactionId(row.id), row.month);
            let opened = reveal(row, self.signed)?;
            let date = TransactionRecord::date_of(&opened)?;
            if !self.directory.places(&date, month) {
                return Err(Problem::internal("a transaction stands in another month"));
            }
            let is_in_place = self.filter.spans(&date)
                && self.after.is_none_or(|after| after.precedes(&date, id));
            if !is_in_place {
                continue;
            }
            let own = self.said.remove(&id.0);
            // What she says herself stands in no payload of the bank's.
            if own.is_none() && !self.filter.may_admit(opened.payload()) {
                continue;
            }
            if self.filter.is_sparse()
                && !(self.filter).admits(&TransactionRecord::decode(&opened)?, own.as_ref())
            {
                continue;
            }
            found.push(Shown {
                id,
                date,
                opened,
                own,
            });
        }
        Ok(())
    }
}

/// What she says of transactions, by their rows.
pub(super) fn open_annotations(
    signed: &Signed,
    rows: &Rows,
) -> Result<HashMap<RowId, AnnotationRecord>> {
    let rows: Vec<AnnotationRow> = rows.all()?;
    let open = |row: AnnotationRow| {
        let id = row.id;
        let record = row.open(&signed.keys)?.reveal(&signed.reveal);
        let record = record.map_err(|_| Problem::internal("a note of someone else's"))?;
        Ok((id, record))
    };
    rows.into_iter().map(open).collect()
}

pub(super) fn reveal(row: TransactionRow, signed: &Signed) -> Result<Opened> {
    let reveal: &Reveal = &signed.reveal;
    row.open(&signed.keys)?
        .reveal(reveal)
        .map_err(|_| Problem::internal("a transaction of someone else's"))
}

fn cut(signed: &Signed, filter: &Filter, mut found: Vec<Shown>, limit: usize) -> Result<Page> {
    found.sort_unstable_by(|a, b| order((&a.date, a.id.0), (&b.date, b.id.0)));
    let goes_on = found.len() > limit;
    found.truncate(limit);
    let next_cursor = match found.last() {
        Some(last) if goes_on => Some(
            Position {
                date: last.date,
                id: last.id.0,
            }
            .seal(&signed.keys, filter)?,
        ),
        _ => None,
    };
    Ok(Page {
        rows: found,
        next_cursor,
    })
}

/// Newest first, then by id.
fn order(a: (&CivilDate, RowId), b: (&CivilDate, RowId)) -> std::cmp::Ordering {
    b.0.cmp(a.0).then(a.1.cmp(&b.1))
}
