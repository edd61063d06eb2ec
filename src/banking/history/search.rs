//! A search by text: through the words of whole months, sealed together, instead of through
//! every row. What is found there is read and held against the filter as on any page.
//!
//! Invariant: words are good for one version of their month; what they find is only ever a
//! candidate.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicU32, Ordering},
};

use plaid::CivilDate;

use super::{
    Filter, Page, Shown, Sieve, cursor::Position, cut, fold, open_annotations, order, plan::Plan,
};
use crate::{
    app::App,
    banking::month,
    id::{RowId, TransactionId},
    identity::{Access, Caller, Signed},
    platform::log,
    problem::{Problem, Result},
    store::{
        annotations::{self, AnnotationRecord},
        engine::{EngineError, Outcome, Statement},
        month_texts::{self, MonthTextRecord, MonthTextRow, Words},
        months::{self, Directory, Month},
        transactions::{self, TransactionRecord},
    },
};

/// Candidates that one batch reads.
const ROWS_PER_BATCH: usize = 1_000;
/// And that one statement brings: so few fit, however long what is said of them.
const ROWS_PER_STATEMENT: usize = 200;
/// How often it is tried against syncs that land.
const TRIES: u32 = 5;

/// The words of months, by their names.
type Texts = HashMap<String, MonthTextRecord>;

/// A page of what is found. `None`: a month is too long to be kept together, or transactions
/// keep coming: to be found row by row.
///
/// Warm two batches, cold four; for each month that changed since it was last searched one
/// for every 2,000 of its transactions, and one to keep its words.
pub(super) async fn search<A: Access>(
    app: &App,
    caller: Caller<A>,
    filter: &Filter,
    cursor: Option<&str>,
    limit: usize,
) -> Result<std::result::Result<Page, Signed>> {
    // The directory's revision that the words were asked for by.
    let asked = AtomicU32::new(0);
    let (signed, mut outcomes) = caller
        .read_all(|signed| {
            let directory = signed.keys.cached_directory().unwrap_or_default();
            asked.store(directory.rev, Ordering::Relaxed);
            let after = position(signed, filter, cursor)?;
            let plan = Plan::new(filter, after, limit, &directory);
            let mut batch = vec![months::of_person(signed.person)];
            batch.extend(texts(signed, plan.months(&directory)));
            Ok(batch)
        })
        .await?;
    let after = position(&signed, filter, cursor)?;
    let mut directory = signed.keys.directory(&outcomes.remove(0).rows()?)?;
    let mut kept = open(&signed, outcomes)?;
    let mut asked = asked.into_inner();
    for _ in 0..TRIES {
        let plan = Plan::new(filter, after, limit, &directory);
        let months: Vec<&Month> = plan.months(&directory).collect();
        if months.iter().any(|month| month.count > month_texts::MOST) {
            return Ok(Err(signed));
        }
        if asked != directory.rev {
            let batch = texts(&signed, months.iter().copied());
            kept = match batch.as_slice() {
                [] => Texts::new(),
                batch => open(&signed, app.db.batch_all(batch).await?)?,
            };
            asked = directory.rev;
        }
        if !renew(app, &signed, &directory, &months, &mut kept).await? {
            let [row] = app.db.batch([months::of_person(signed.person)]).await?;
            directory = signed.keys.directory(&row.rows()?)?;
            continue;
        }
        let candidates = candidates(&months, &kept, filter, after.as_ref())?;
        let found = Finder {
            app,
            signed: &signed,
            directory: &directory,
            filter,
            after: after.as_ref(),
        };
        let found = found.read(&candidates, limit).await?;
        return cut(&signed, filter, found, limit).map(Ok);
    }
    Ok(Err(signed))
}

fn position(signed: &Signed, filter: &Filter, cursor: Option<&str>) -> Result<Option<Position>> {
    cursor
        .map(|cursor| Position::open(&signed.keys, filter, cursor))
        .transpose()
}

/// The statements that bring the words of these months: one for each, because what fitted
/// into a row comes by itself, and two may be too long together.
fn texts<'d>(signed: &Signed, months: impl Iterator<Item = &'d Month>) -> Vec<Statement> {
    let of = |month: &Month| month_texts::of_month(&signed.keys, signed.person, &month.name);
    months.map(of).collect()
}

fn open(signed: &Signed, outcomes: Vec<Outcome>) -> Result<Texts> {
    let mut texts = Texts::new();
    for outcome in outcomes {
        let rows = outcome.rows()?;
        let rows: Vec<MonthTextRow> = rows.all()?;
        for row in rows {
            let record = row.open(&signed.keys)?.reveal(&signed.reveal);
            let record = record.map_err(|_| Problem::internal("words of someone else's"))?;
            texts.insert(record.month.clone(), record);
        }
    }
    Ok(texts)
}

/// Makes the words of months anew that have changed, and keeps them. False where the
/// directory changed meanwhile.
async fn renew(
    app: &App,
    signed: &Signed,
    directory: &Directory,
    months: &[&Month],
    kept: &mut Texts,
) -> Result<bool> {
    for month in months {
        let known = kept.get(&month.name);
        if known.is_some_and(|known| known.version == month.version) {
            continue;
        }
        let mut words: Vec<Words> = Vec::new();
        let rev = month::read(app, signed, month, |id, record, own| {
            words.push((id, day_of(&record.date), words_of(record, own)));
        });
        if rev.await? != directory.rev {
            return Ok(false);
        }
        words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let record = MonthTextRecord {
            month: month.name.clone(),
            version: month.version,
            words,
        };
        let batch = [
            months::is_at(signed.person, directory.rev),
            month_texts::put(&signed.keys, &record)?,
        ];
        match app.db.batch(batch).await {
            Ok(_) | Err(EngineError::Guard) => {}
            // Nobody waits for it: they are made again the next time.
            Err(error) => log::warn("words-not-kept", &error.to_string()),
        }
        kept.insert(month.name.clone(), record);
    }
    Ok(true)
}

fn day_of(date: &CivilDate) -> u8 {
    let day = date.as_str().get(8..).unwrap_or_default();
    day.parse().unwrap_or_default()
}

/// All that a text is looked for in, folded, each said once.
fn words_of(record: &TransactionRecord<'_>, own: Option<&AnnotationRecord>) -> String {
    let by_the_bank = [
        Some(&*record.name),
        record.merchant_name.as_deref(),
        record.original_description.as_deref(),
    ];
    let her_own = own
        .into_iter()
        .flat_map(|own| own.note.iter().chain(&own.tags));
    let all = by_the_bank
        .into_iter()
        .flatten()
        .chain(her_own.map(String::as_str));
    let mut words = String::new();
    for said in all {
        let said = fold(said);
        if !words.contains(&said) {
            words.push_str(&said);
            words.push('\n');
        }
    }
    words
}

/// What may be found, in the order of a list.
fn candidates(
    months: &[&Month],
    kept: &Texts,
    filter: &Filter,
    after: Option<&Position>,
) -> Result<Vec<RowId>> {
    let text = filter.text.as_deref().unwrap_or_default();
    let mut found = Vec::new();
    for month in months {
        let Some(record) = kept.get(&month.name) else {
            continue;
        };
        for (id, day, words) in &record.words {
            if !words.contains(text) {
                continue;
            }
            let date = CivilDate::parse(&format!("{}-{day:02}", month.name))
                .map_err(|_| Problem::internal("a day that is none"))?;
            let is_in_place = filter.spans(&date)
                && after.is_none_or(|after| after.precedes(&date, TransactionId(*id)));
            if is_in_place {
                found.push(*id);
            }
        }
    }
    Ok(found)
}

/// Reads candidates until a page is full.
struct Finder<'a> {
    app: &'a App,
    signed: &'a Signed,
    directory: &'a Directory,
    filter: &'a Filter,
    after: Option<&'a Position>,
}

impl Finder<'_> {
    async fn read(&self, candidates: &[RowId], limit: usize) -> Result<Vec<Shown>> {
        let mut found: Vec<Shown> = Vec::new();
        let most = (limit + 1).min(ROWS_PER_BATCH);
        for ids in candidates.chunks(most) {
            let person = self.signed.person;
            let statements = ids.chunks(ROWS_PER_STATEMENT).flat_map(|ids| {
                [
                    annotations::of_transactions(person, ids),
                    transactions::of_ids(person, ids),
                ]
            });
            let batch: Vec<Statement> = statements.collect();
            let mut outcomes = self.app.db.batch_all(&batch).await?.into_iter();
            while let (Some(said), Some(rows)) = (outcomes.next(), outcomes.next()) {
                let mut said = open_annotations(self.signed, &said.rows()?)?;
                let mut sieve = Sieve {
                    signed: self.signed,
                    directory: self.directory,
                    filter: self.filter,
                    after: self.after,
                    said: &mut said,
                };
                sieve.gather(rows, &mut found)?;
            }
            if found.len() > limit {
                break;
            }
        }
        found.sort_unstable_by(|a, b| order((&a.date, a.id.0), (&b.date, b.id.0)));
        Ok(found)
    }
}
