//! A person's rows: what of them has changed since they were last stored, read so that it fits
//! together.
//!
//! What she has besides transactions, and how many transactions each month has and how new they
//! are, is read in one batch. Months that are as they were are not read. Those that are read are
//! held against what that batch said: where a sync was faster, she is read anew.

use std::collections::BTreeMap;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{
    segment::{Line, Writer},
    source::{BEGINNING, Cell, Cells, HERS, MONTH, MONTHS, Source},
    step::Step,
};
use crate::{
    id::{PersonId, RowId},
    platform::log,
    problem::Result,
    store::{
        backups::{self, HashesRow},
        engine::{EngineError, Outcome, Statement, Value},
        transactions::MonthToken,
    },
};

/// How often somebody is read who is being changed.
const TRIES: u32 = 3;
/// Rows of months that are read in one batch.
const ROWS: u64 = 1_000;

/// Months that are, at most: every one is a statement.
const MONTHS_AT_ONCE: usize = 24;

/// Enough to tell one state of some rows from another.
type Short = [u8; 8];

/// What was stored of someone.
#[derive(Default, PartialEq, Eq)]
struct Hashes {
    rest: Short,
    months: BTreeMap<MonthToken, Short>,
}

impl Hashes {
    /// None where it was never stored, or is of another form: then all of it is.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (rest, months) = bytes.split_first_chunk()?;
        let (months, tail) = months.as_chunks::<16>();
        let month = |bytes: &[u8; 16]| {
            let (token, hash) = bytes.split_first_chunk()?;
            Some((MonthToken(*token), hash.try_into().ok()?))
        };
        let months: Option<BTreeMap<MonthToken, Short>> = months.iter().map(month).collect();
        tail.is_empty().then_some(Self {
            rest: *rest,
            months: months?,
        })
    }

    fn bytes(&self) -> Vec<u8> {
        let months = self.months.iter();
        let months = months.flat_map(|(token, hash)| token.0.into_iter().chain(*hash));
        self.rest.into_iter().chain(months).collect()
    }
}

/// How an Item's transactions of a month are.
#[derive(Deserialize)]
struct MonthRow {
    month: MonthToken,
    item: RowId,
    rows: u64,
    newest: u64,
}

/// A month: its rows, and what they are known by.
#[derive(Clone, Default)]
struct Month {
    rows: u64,
    items: BTreeMap<RowId, (u64, u64)>,
}

impl Month {
    fn add(&mut self, item: RowId, rows: u64, newest: u64) {
        self.rows += rows;
        let of_item = self.items.entry(item).or_default();
        of_item.0 += rows;
        of_item.1 = of_item.1.max(newest);
    }

    fn hash(&self) -> Short {
        let mut hash = Sha256::new();
        for (item, (rows, newest)) in &self.items {
            hash.update(item.0);
            hash.update(rows.to_be_bytes());
            hash.update(newest.to_be_bytes());
        }
        short(hash)
    }
}

fn short(hash: Sha256) -> Short {
    let hash: [u8; 32] = hash.finalize().into();
    hash.first_chunk().copied().unwrap_or_default()
}

/// Stores what has changed of someone.
pub(super) async fn store(
    step: &mut Step<'_>,
    writer: &mut Writer<'_>,
    person: PersonId,
) -> Result<()> {
    for _ in 0..TRIES {
        if try_to_store(step, writer, person).await? {
            return Ok(());
        }
        let discard = Line::Discard { person: person.0 };
        writer.push(&discard.json()?).await?;
    }
    // What was stored of her before stands.
    log::warn(
        "backup-person-left",
        "changed while it was read, three times",
    );
    Ok(())
}

/// False where it was changed while it was read.
async fn try_to_store(
    step: &mut Step<'_>,
    writer: &mut Writer<'_>,
    person: PersonId,
) -> Result<bool> {
    let Some(found) = look(step, person).await? else {
        // She has left.
        return Ok(true);
    };
    let known = found.known.filter(|_| !step.is_whole()).unwrap_or_default();
    let mut hashes = Hashes::default();
    let mut hash = Sha256::new();
    for line in &found.rest {
        hash.update(line);
        hash.update(b"\n");
    }
    hashes.rest = short(hash);
    let months = found.months.iter();
    hashes.months = months
        .map(|(token, month)| (*token, month.hash()))
        .collect();
    if hashes == known {
        return Ok(true);
    }
    let rest = hashes.rest != known.rest;
    if rest {
        for line in &found.rest {
            writer.push(line).await?;
        }
    }
    let changed = |token: &&MonthToken| known.months.get(token) != hashes.months.get(token);
    let written: Vec<MonthToken> = hashes.months.keys().filter(changed).copied().collect();
    if !store_months(step, writer, person, &found.months, &written).await? {
        return Ok(false);
    }
    let all = found.months.iter();
    let end = Line::Person {
        person: person.0,
        rest,
        written: &written,
        months: all
            .map(|(token, month)| (token.hex(), month.rows))
            .collect(),
    };
    writer.push(&end.json()?).await?;
    step.people.push((person, hashes.bytes()));
    Ok(true)
}

/// What a look at somebody brings.
struct Found {
    known: Option<Hashes>,
    /// The lines of all but her transactions.
    rest: Vec<String>,
    months: BTreeMap<MonthToken, Month>,
}

/// One batch, where no table has more than a page. None where she is no more.
async fn look(step: &mut Step<'_>, person: PersonId) -> Result<Option<Found>> {
    let (outcomes, limit) = loop {
        let limit = step.limit;
        let mut batch = vec![
            backups::hashes(person),
            Statement::read(MONTHS, [person.0.into()]),
        ];
        batch.extend(
            HERS.iter()
                .map(|source| page(source, person, BEGINNING, limit)),
        );
        match step.batch(&batch).await {
            Err(EngineError::TooLarge) if step.shrink() => {}
            outcomes => break (outcomes?, limit),
        }
    };
    let mut outcomes = outcomes.into_iter();
    let mut next = || {
        outcomes
            .next()
            .ok_or(EngineError::Shape)
            .and_then(Outcome::rows)
    };
    let known: Option<HashesRow> = next()?.first()?;
    let mut months: BTreeMap<MonthToken, Month> = BTreeMap::new();
    for row in next()?.all::<MonthRow>()? {
        months
            .entry(row.month)
            .or_default()
            .add(row.item, row.rows, row.newest);
    }
    let mut rest = Vec::new();
    for source in HERS {
        let mut rows: Vec<Cells> = next()?.all()?;
        if source.name == "person" && rows.is_empty() {
            return Ok(None);
        }
        let mut limit = limit;
        while !rows.is_empty() {
            rest.push(Line::hers(source.name, person, &rows).json()?);
            if rows.len() < limit as usize {
                break;
            }
            let after = last_key(&rows);
            (rows, limit) = step
                .page(|limit| page(source, person, &after, limit))
                .await?;
        }
    }
    Ok(Some(Found {
        known: known.and_then(|row| Hashes::read(&row.hashes.0)),
        rest,
        months,
    }))
}

fn page(source: &Source, person: PersonId, after: &str, limit: u32) -> Statement {
    Statement::read(
        source.select,
        [person.0.into(), after.to_owned().into(), limit.into()],
    )
}

fn last_key(rows: &[Cells]) -> String {
    let key = rows.last().and_then(|row| row.text(0));
    key.unwrap_or_default()
}

/// Stores the transactions of some months, several months in a batch. False where they are not
/// those that the look found.
async fn store_months(
    step: &mut Step<'_>,
    writer: &mut Writer<'_>,
    person: PersonId,
    found: &BTreeMap<MonthToken, Month>,
    written: &[MonthToken],
) -> Result<bool> {
    let mut left = written;
    while !left.is_empty() {
        let (tokens, behind) = left.split_at(batch_of(found, left));
        left = behind;
        let (pages, limit) = loop {
            let limit = step.limit;
            let read = |token: &MonthToken| month_page(person, *token, BEGINNING, limit);
            let batch: Vec<Statement> = tokens.iter().map(read).collect();
            match step.batch(&batch).await {
                Err(EngineError::TooLarge) if step.shrink() => {}
                outcomes => break (outcomes?, limit),
            }
        };
        for (token, page) in tokens.iter().zip(pages) {
            let mut rows: Vec<Cells> = page.rows()?.all()?;
            let mut limit = limit;
            let mut month = Month::default();
            while !rows.is_empty() {
                for row in &rows {
                    if !add(&mut month, row) {
                        return Err(EngineError::Shape.into());
                    }
                }
                let line = Line::Rows {
                    table: MONTH.name,
                    person: Some(person.0),
                    month: Some(*token),
                    rows: &rows,
                };
                writer.push(&line.json()?).await?;
                if rows.len() < limit as usize {
                    break;
                }
                let after = last_key(&rows);
                let next = |limit| month_page(person, *token, &after, limit);
                (rows, limit) = step.page(next).await?;
            }
            if found.get(token).map(Month::hash) != Some(month.hash()) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// How many of these months are read together: one at least.
fn batch_of(found: &BTreeMap<MonthToken, Month>, tokens: &[MonthToken]) -> usize {
    let mut rows = 0;
    let fit = tokens.iter().take_while(|token| {
        rows += found.get(token).map_or(0, |month| month.rows);
        rows <= ROWS
    });
    fit.take(MONTHS_AT_ONCE).count().max(1)
}

fn month_page(person: PersonId, month: MonthToken, after: &str, limit: u32) -> Statement {
    let parameters: [Value; 4] = [
        person.0.into(),
        month.into(),
        after.to_owned().into(),
        limit.into(),
    ];
    Statement::read(MONTH.select, parameters)
}

/// Counts a row of [`MONTH`]. False where it is none.
fn add(month: &mut Month, row: &Cells) -> bool {
    let (Some(Cell::Text(item)), Some(Cell::Integer(rev))) = (row.0.get(2), row.0.get(4)) else {
        return false;
    };
    let (Some(item), Ok(rev)) = (RowId::parse(item), u64::try_from(*rev)) else {
        return false;
    };
    month.add(item, 1, rev);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: RowId = RowId([1; 16]);

    fn month(rows: &[(RowId, u64)]) -> Month {
        let mut month = Month::default();
        for (item, rev) in rows {
            month.add(*item, 1, *rev);
        }
        month
    }

    #[test]
    fn what_was_stored_is_read_again() {
        let hashes = Hashes {
            rest: [7; 8],
            months: BTreeMap::from([(MonthToken([1; 8]), [2; 8]), (MonthToken([3; 8]), [4; 8])]),
        };
        assert!(Hashes::read(&hashes.bytes()) == Some(hashes));
        for wrong in [&[0; 7][..], &[0; 23], &[0; 25]] {
            assert!(Hashes::read(wrong).is_none());
        }
    }

    #[test]
    fn a_month_is_another_when_a_row_came_went_or_was_written() {
        let before = month(&[(ITEM, 1), (ITEM, 2)]).hash();
        assert_eq!(before, month(&[(ITEM, 2), (ITEM, 1)]).hash());
        for after in [
            month(&[(ITEM, 1), (ITEM, 3)]),
            month(&[(ITEM, 2)]),
            month(&[(ITEM, 1), (ITEM, 2), (ITEM, 3)]),
            month(&[(ITEM, 1), (RowId([2; 16]), 2)]),
        ] {
            assert_ne!(before, after.hash());
        }
    }

    #[test]
    fn months_are_read_together_up_to_a_bound_and_one_at_least() {
        let of = |rows| Month {
            rows,
            items: BTreeMap::new(),
        };
        let token = |number| MonthToken([number; 8]);
        let found = BTreeMap::from([
            (token(1), of(600)),
            (token(2), of(400)),
            (token(3), of(1)),
            (token(4), of(5_000)),
        ]);
        let all: Vec<MonthToken> = found.keys().copied().collect();
        assert_eq!(batch_of(&found, &all), 2);
        assert_eq!(batch_of(&found, &all[2..]), 1);
        assert_eq!(batch_of(&found, &all[3..]), 1);
    }
}
