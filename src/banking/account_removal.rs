//! Disconnecting one account of an Item: all that was read of it goes at once, its siblings
//! stay, and no later sync brings it back. Plaid has no call for it: what is left out is
//! remembered here, until she goes through Link's update mode again ([`super::repair`]).

use std::collections::{HashMap, HashSet};

use vault::{Reveal, RevealRefused, SystemPurpose};

use super::hold::{self, Hold};
use crate::{
    app::App,
    id::{AccountId, ItemId, PersonId, RowId},
    problem::{Kind, Problem, Result},
    store::{
        accounts::{self, AccountRow},
        annotations, attempts, balance_years,
        engine::Statement,
        items::ItemState,
        month_texts, month_totals, months,
        months::{Changes, Directory, MonthTokens},
        snapshots::{self, DebtEntry, Entry, HoldingEntry, RecurringEntry, SnapshotRow},
        transactions::{self, MonthToken, ROWS_PER_STATEMENT, TransactionRecord, TransactionRow},
    },
};

/// How often it is tried against others of the same person.
const TRIES: u32 = 8;

/// Rows that one statement deletes.
const ROWS_A_DELETE: usize = 5_000;

/// What there is of an account.
struct Belongings {
    transactions: Vec<RowId>,
    /// How many of them are in each month.
    counts: HashMap<MonthToken, u32>,
    annotations: Vec<RowId>,
}

/// Removes an account. A batch for every 2,000 transactions of the Item, and six more.
///
/// # Errors
/// Not found, where the account is another Item's, or the Item is going.
pub(crate) async fn remove_account(app: &App, item: ItemId, account: AccountId) -> Result<()> {
    for _ in 0..TRIES {
        let seen = hold::look(app, item).await?;
        let Some(seen) = seen.filter(|seen| seen.row.state != ItemState::Removing) else {
            return Err(Problem::not_found());
        };
        let person = PersonId(seen.row.user_id);
        let [row] = app
            .db
            .batch([accounts::of_person_by_id(person, account)])
            .await?;
        let row: Option<AccountRow> = row.rows()?.first()?;
        // One that is not here yet may be on its way; one of another Item is not this one's.
        if row.is_some_and(|row| row.item_id != item.0) {
            return Err(Problem::not_found());
        }
        let alongside = vec![
            transactions::clear_stage(person, item),
            attempts::clear(item),
        ];
        // Whatever sync is under way comes to nothing: it would bring the account back.
        let Some(hold) = seen.seize(app, alongside).await? else {
            continue;
        };
        if take_away(hold, account).await? {
            return Ok(());
        }
    }
    Err(Problem::unavailable(
        "The connection is busy; try again.",
        "an account's removal under contention",
    ))
}

/// False where somebody else took the Item over.
async fn take_away(mut hold: Hold<'_>, account: AccountId) -> Result<bool> {
    let (app, person, item) = (hold.app, hold.person(), hold.item);
    let keys = std::sync::Arc::clone(&hold.keys);
    let theirs = belongings(&hold, account).await?;
    if !hold.record.course.left_out.contains(&account.0) {
        hold.record.course.left_out.push(account.0);
    }
    let [directory, holdings, debts, payments, years] = app
        .db
        .batch([
            months::of_person(person),
            snapshots::of_person::<HoldingEntry>(&keys, person),
            snapshots::of_person::<DebtEntry>(&keys, person),
            snapshots::of_person::<RecurringEntry>(&keys, person),
            balance_years::of_item(person, item),
        ])
        .await?;
    let directory = keys.directory(&directory.rows()?)?;
    let mut batch = without(&hold, &directory, &theirs)?;
    batch.extend(deletes(&theirs.transactions, |ids| {
        transactions::delete(person, ids)
    }));
    batch.extend(deletes(&theirs.annotations, |ids| {
        annotations::delete(person, ids)
    }));
    batch.push(accounts::delete(person, account));
    batch.extend(rid::<HoldingEntry>(
        &hold,
        account,
        holdings.rows()?.all()?,
    )?);
    batch.extend(rid::<DebtEntry>(&hold, account, debts.rows()?.all()?)?);
    batch.extend(rid::<RecurringEntry>(
        &hold,
        account,
        payments.rows()?.all()?,
    )?);
    let years: Vec<balance_years::BalanceYearRow> = years.rows()?.all()?;
    for row in years {
        let mut year = row.open(&keys)?.reveal(&system()).map_err(foreign)?;
        year.points.retain(|point| point.account != account.0);
        batch.push(balance_years::put(&keys, item, hold.number, &year)?);
    }
    // Totals and words are made anew from what is left.
    batch.push(month_totals::delete_all(person));
    batch.push(month_texts::delete_all(person));
    match hold.write(batch).await {
        Ok(written) => Ok(written.is_some()),
        // Her first directory was written at the same moment.
        Err(problem) if problem.kind() == Kind::Conflict => Ok(false),
        Err(problem) => Err(problem),
    }
}

/// Looks through the Item's transactions, and what she said of any.
async fn belongings(hold: &Hold<'_>, account: AccountId) -> Result<Belongings> {
    let (app, person, keys) = (hold.app, hold.person(), &hold.keys);
    let mut theirs = Belongings {
        transactions: Vec::new(),
        counts: HashMap::new(),
        annotations: Vec::new(),
    };
    let mut after = RowId([0; 16]);
    loop {
        let read = transactions::of_item(person, hold.item, after);
        let [rows] = app.db.batch([read]).await?;
        let rows = rows.rows()?;
        let rows: Vec<TransactionRow> = rows.all()?;
        let is_last = rows.len() < ROWS_PER_STATEMENT as usize;
        for row in rows {
            let (id, month) = (row.id, row.month);
            after = id;
            let opened = row.open(keys)?.reveal(&system()).map_err(foreign)?;
            if TransactionRecord::decode(&opened)?.account == account.0 {
                theirs.transactions.push(id);
                *theirs.counts.entry(month).or_default() += 1;
            }
        }
        if is_last {
            break;
        }
    }
    let own: HashSet<RowId> = theirs.transactions.iter().copied().collect();
    let mut after = RowId([0; 16]);
    loop {
        let [rows] = app
            .db
            .batch([annotations::of_person(person, after)])
            .await?;
        let rows: Vec<annotations::AnnotationRow> = rows.rows()?.all()?;
        let is_last = rows.len() < annotations::ROWS_PER_STATEMENT as usize;
        for row in rows {
            let id = row.id;
            after = id;
            let record = row.open(keys)?.reveal(&system()).map_err(foreign)?;
            if own.contains(&id) || record.account == Some(account.0) {
                theirs.annotations.push(id);
            }
        }
        if is_last {
            return Ok(theirs);
        }
    }
}

/// The directory without the account's transactions: the guard and the write.
fn without(hold: &Hold<'_>, directory: &Directory, theirs: &Belongings) -> Result<Vec<Statement>> {
    if theirs.counts.is_empty() {
        return Ok(Vec::new());
    }
    let left = directory.months.iter().map(|month| {
        let gone = theirs.counts.get(&month.token).copied().unwrap_or_default();
        (month.token, month.count.saturating_sub(gone))
    });
    let counts: Vec<(MonthToken, u32)> = left.filter(|(_, count)| *count > 0).collect();
    let touched: Vec<MonthToken> = theirs.counts.keys().copied().collect();
    let changes = Changes {
        counts: &counts,
        touched: &touched,
    };
    let tokens = MonthTokens::new(&hold.keys);
    let after = directory.after(&tokens, &changes, std::iter::empty())?;
    months::replace(&hold.keys, directory.rev, &after)
}

fn deletes(ids: &[RowId], of: impl Fn(&[RowId]) -> Statement) -> Vec<Statement> {
    ids.chunks(ROWS_A_DELETE).map(of).collect()
}

/// The Item's snapshot of a topic without what is about the account.
fn rid<E: Entry>(
    hold: &Hold<'_>,
    account: AccountId,
    rows: Vec<SnapshotRow>,
) -> Result<Vec<Statement>> {
    let mut entries = Vec::new();
    for row in rows.into_iter().filter(|row| row.item_id == hold.item.0) {
        let page = row.open::<E>(&hold.keys)?;
        entries.extend(page.reveal(&system()).map_err(foreign)?.entries);
    }
    entries.retain(|entry| entry.account() != account.0);
    snapshots::replace(&hold.keys, hold.item, hold.number, &entries)
}

fn system() -> Reveal {
    Reveal::system(SystemPurpose::Synchronise)
}

fn foreign(_refused: RevealRefused) -> Problem {
    Problem::internal("a row of someone else's")
}
