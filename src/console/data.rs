//! What commands read: bank connections, transactions, subscriptions. What is hidden goes
//! from the row into its cell as [`Sensitive`]; the facts that are not are named one by one,
//! in [`fact`].

use consent::Field;
use money::Money;
use plaid::CivilDate;
use serde_json::Value;
use vault::{Reveal, Sensitive, SystemPurpose};

use super::sight::{Sight, Table, digits, hidden, plain};
use crate::{
    app::App,
    events::Message,
    id::{AccountId, ItemId, PersonId, RowId, TransactionId},
    platform::Timestamp,
    problem::{Problem, Result},
    store::{
        accounts::{self, AccountRow},
        annotations::{self, AnnotationRecord, AnnotationRow},
        billing::BillingRow,
        engine::Statement,
        items::{self, ItemRow, ItemState},
        keys::UserKeys,
        months,
        transactions::{self, MonthToken, TransactionRecord, TransactionRow},
    },
};

/// Rows that are looked through for those of an account.
const LOOKED_THROUGH: u32 = 4_000;
const DEFAULT_LIMIT: u32 = 20;
const MOST: u32 = 100;

/// A fact that is not hidden from operators.
pub(super) fn fact<T>(of: Sensitive<T>) -> Result<T> {
    of.reveal(&Reveal::system(SystemPurpose::ServeOperator))
        .map_err(|_| Problem::internal("no right to a fact"))
}

pub(super) fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| at.rfc3339().into())
}

fn amount(money: &Money) -> String {
    format!("{money} {}", money.currency())
}

/// Bank connections, each with its accounts.
pub(super) async fn items(
    app: &App,
    sight: &mut Sight,
    person: PersonId,
    keys: &UserKeys,
) -> Result<Table> {
    let [items, accounts] = app
        .db
        .batch([items::of_person(person), accounts::of_person(person)])
        .await?;
    let accounts: Vec<AccountRow> = accounts.rows()?.all()?;
    let mut accounts: Vec<Option<AccountRow>> = accounts.into_iter().map(Some).collect();
    let mut table = Table::new(vec![
        plain("item"),
        hidden("institution", Field::ItemInstitution),
        plain("status"),
        plain("last_synced_at"),
        plain("account"),
        hidden("name", Field::AccountName),
        plain("number"),
        hidden("balance", Field::AccountBalance),
    ]);
    let rows: Vec<ItemRow> = items.rows()?.all()?;
    for row in rows {
        let id = ItemId(row.id);
        let record = row.open(keys)?;
        let (item, user) = (id.public(), person.public());
        let status = fact(record.as_ref().map(|item| item.health))?;
        let status = serde_json::to_value(status).unwrap_or_default();
        let synced = time(fact(record.as_ref().map(|item| item.last_synced_at))?);
        let institution = record.map(|item| item.institution_name.clone());
        let institution = sight.show(&[&item, &user], Field::ItemInstitution, institution);
        let head = [item.clone().into(), institution, status, synced];
        let mut any = false;
        let of_item = |row: &&mut Option<AccountRow>| {
            row.as_ref().is_some_and(|account| account.item_id == id.0)
        };
        for account in accounts.iter_mut().filter(of_item).filter_map(Option::take) {
            let account_id = AccountId(account.id).public();
            let resources = [account_id.as_str(), &item, &user];
            let account = account.open(keys)?;
            let number = fact(account.as_ref().map(|account| account.mask.clone()))?;
            let name = account.as_ref().map(|account| account.name.clone());
            let balance = account
                .as_ref()
                .map(|account| account.current.as_ref().map(amount));
            let mut cells = head.to_vec();
            cells.push(account_id.clone().into());
            cells.push(sight.show(&resources, Field::AccountName, name));
            cells.push(digits(number.as_deref()));
            cells.push(sight.show(&resources, Field::AccountBalance, balance));
            table.rows.push(cells);
            any = true;
        }
        if !any {
            let mut cells = head.to_vec();
            cells.resize(table.columns.len(), Value::Null);
            table.rows.push(cells);
        }
    }
    Ok(table)
}

/// How a bank connection fares.
pub(super) fn item_status(row: ItemRow, keys: &UserKeys) -> Result<Table> {
    let id = ItemId(row.id);
    let (wanted, failures, attempt) = (row.wanted, row.failures, row.attempt);
    let record = row.open(keys)?;
    let status = fact(record.as_ref().map(|item| item.health))?;
    let course = fact(record.map(|item| {
        let course = item.course;
        [
            ("last_synced_at", time(item.last_synced_at)),
            ("last_attempt_at", time(course.last_attempt_at)),
            ("failing_since", time(course.failing_since)),
            ("error", course.error.into()),
            ("next_try_at", time(course.next_try_at)),
            ("last_webhook_at", time(course.last_webhook_at)),
        ]
    }))?;
    let mut cells = vec![
        ("item", id.public().into()),
        ("status", serde_json::to_value(status).unwrap_or_default()),
    ];
    cells.extend(course);
    cells.extend([
        ("wanted", wanted.into()),
        ("attempts", attempt.into()),
        ("failures", failures.into()),
    ]);
    Ok(Table::one(cells))
}

/// Has a bank connection read anew.
pub(super) async fn resync(app: &App, item: ItemId) -> Result<Table> {
    app.db.batch([items::want_everything(item)]).await?;
    Message::Sync { item: item.0 }.send(app).await;
    Ok(Table::one(vec![
        ("item", item.public().into()),
        ("status", "wanted".into()),
    ]))
}

/// A bank connection, whoever's it is.
pub(super) async fn item(app: &App, item: ItemId) -> Result<ItemRow> {
    let [row] = app.db.batch([items::by_id(item)]).await?;
    let row: Option<ItemRow> = row.rows()?.first()?;
    row.filter(|row| row.state != ItemState::Removing)
        .ok_or_else(Problem::not_found)
}

/// A transaction on its way to its cells.
struct Facts {
    account: RowId,
    date: CivilDate,
    amount: String,
    name: String,
    category: Option<String>,
    pending: bool,
}

/// The newest transactions of an account.
pub(super) async fn transactions(
    app: &App,
    sight: &mut Sight,
    person: PersonId,
    keys: &UserKeys,
    account: AccountId,
    limit: Option<u32>,
) -> Result<Table> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::invalid_field(
            "arguments.limit",
            "range",
            "This takes 1 to 100.",
        ));
    }
    let [directory, row] = app
        .db
        .batch([
            months::of_person(person),
            accounts::of_person_by_id(person, account),
        ])
        .await?;
    let row: Option<AccountRow> = row.rows()?.first()?;
    let item = ItemId(row.ok_or_else(Problem::not_found)?.item_id).public();
    let directory = keys.directory(&directory.rows()?)?;
    let mut found = Vec::new();
    let mut left = LOOKED_THROUGH;
    // Month by month from the newest, until there are enough or it was enough to look through.
    for month in &directory.months {
        found.extend(of_month(app, person, keys, account, month.token, month.count).await?);
        left = left.saturating_sub(month.count);
        if found.len() >= limit as usize || left == 0 {
            break;
        }
    }
    let mut dated = Vec::with_capacity(found.len());
    for (id, facts) in found {
        let date = fact(facts.as_ref().map(|facts| facts.date))?;
        dated.push((date, id, facts));
    }
    dated.sort_by(|(a, one, _), (b, other, _)| b.cmp(a).then(one.0.cmp(&other.0)));
    dated.truncate(limit as usize);
    let ids: Vec<RowId> = dated.iter().map(|(_, id, _)| id.0).collect();
    let notes = notes(app, person, keys, &ids).await?;
    let mut table = Table::new(vec![
        plain("id"),
        hidden("date", Field::TransactionDate),
        hidden("amount", Field::TransactionAmount),
        hidden("name", Field::TransactionName),
        hidden("category", Field::TransactionCategory),
        hidden("note", Field::TransactionNote),
        plain("pending"),
    ]);
    for ((_, id, facts), note) in dated.into_iter().zip(notes) {
        let (txn, user, of) = (id.public(), person.public(), account.public());
        let resources = [txn.as_str(), &of, &item, &user];
        let pending = fact(facts.as_ref().map(|facts| facts.pending))?;
        let date = facts.as_ref().map(|facts| facts.date.to_string());
        let amount = facts.as_ref().map(|facts| facts.amount.clone());
        let name = facts.as_ref().map(|facts| facts.name.clone());
        let category = facts.map(|facts| facts.category);
        let note = match note {
            Some(note) => sight.show(&resources, Field::TransactionNote, note.map(|own| own.note)),
            None => Value::Null,
        };
        table.rows.push(vec![
            txn.clone().into(),
            sight.show(&resources, Field::TransactionDate, date),
            sight.show(&resources, Field::TransactionAmount, amount),
            sight.show(&resources, Field::TransactionName, name),
            sight.show(&resources, Field::TransactionCategory, category),
            note,
            pending.into(),
        ]);
    }
    Ok(table)
}

/// An account's transactions of a month.
async fn of_month(
    app: &App,
    person: PersonId,
    keys: &UserKeys,
    account: AccountId,
    month: MonthToken,
    count: u32,
) -> Result<Vec<(TransactionId, Sensitive<Facts>)>> {
    /// As many as a row of the longest kind leaves room for.
    const ROWS: u32 = 500;
    let parts: Vec<Statement> = (0..=count / ROWS)
        .map(|part| transactions::of_months(person, &[month], ROWS, part * ROWS))
        .collect();
    let mut found = Vec::new();
    for outcome in app.db.batch_all(&parts).await? {
        let rows: Vec<TransactionRow> = outcome.rows()?.all()?;
        for row in rows {
            let id = TransactionId(row.id);
            let facts = row.open(keys)?.try_map(|opened| {
                let record = TransactionRecord::decode(&opened)?;
                Ok::<_, Problem>(Facts {
                    account: record.account,
                    date: record.date,
                    amount: amount(&record.amount()?),
                    name: record.name.into_owned(),
                    category: record.category.map(std::borrow::Cow::into_owned),
                    pending: record.pending,
                })
            })?;
            if fact(facts.as_ref().map(|facts| facts.account))? == account.0 {
                found.push((id, facts));
            }
        }
    }
    Ok(found)
}

/// What she says of each of these herself.
async fn notes(
    app: &App,
    person: PersonId,
    keys: &UserKeys,
    ids: &[RowId],
) -> Result<Vec<Option<Sensitive<AnnotationRecord>>>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let [rows] = app
        .db
        .batch([annotations::of_transactions(person, ids)])
        .await?;
    let rows: Vec<AnnotationRow> = rows.rows()?.all()?;
    let mut said = rows
        .into_iter()
        .map(|row| Ok((row.id, row.open(keys)?)))
        .collect::<Result<std::collections::HashMap<_, _>>>()?;
    Ok(ids.iter().map(|id| said.remove(id)).collect())
}

/// Where a person stands with Stripe.
pub(super) async fn subscription(
    app: &App,
    sight: &mut Sight,
    person: PersonId,
    keys: &UserKeys,
) -> Result<Table> {
    let [row] = app
        .db
        .batch([crate::store::billing::of_person(person)])
        .await?;
    let mut table = Table::new(vec![
        plain("user"),
        hidden("plan", Field::SubscriptionPlan),
        plain("status"),
        plain("asked_at"),
    ]);
    let user = person.public();
    let row: Option<BillingRow> = row.rows()?.first()?;
    let Some(row) = row else {
        table
            .rows
            .push(vec![user.into(), Value::Null, "none".into(), Value::Null]);
        return Ok(table);
    };
    let record = row.open(keys)?;
    let status = fact(record.as_ref().map(|record| {
        let subscription = record.subscription.as_ref();
        subscription.map(|subscription| subscription.status.name().to_owned())
    }))?;
    let asked_at = fact(record.as_ref().map(|record| record.asked_at))?;
    let plan = record.map(|record| {
        let price = record
            .subscription
            .and_then(|subscription| subscription.price);
        price.map(|price| price.id)
    });
    table.rows.push(vec![
        user.clone().into(),
        sight.show(&[&user], Field::SubscriptionPlan, plan),
        status.into(),
        time(asked_at),
    ]);
    Ok(table)
}
