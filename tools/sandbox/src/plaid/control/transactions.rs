//! Changes what the bank knows, and tells it.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::items::with_item;
use crate::control::{Asked, Refusal, done};
use crate::plaid::Plaid;
use crate::plaid::accounts::Account;
use crate::plaid::history::{Window, everyday};
use crate::plaid::item::Item;
use crate::plaid::recurring::post;
use crate::plaid::sync::{Mutation, final_cursor};
use crate::plaid::transaction::{Draft, Transaction};
use crate::seed::identifier;

/// Rows that are made up spread over the last days.
const RECENT_DAYS: i32 = 14;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Update {
    /// A number of rows to make up, or drafts.
    #[serde(default)]
    add: Option<Box<RawValue>>,
    #[serde(default)]
    modify: Vec<Draft>,
    #[serde(default)]
    remove: Vec<String>,
    /// Pending ids, or drafts that name one.
    #[serde(default)]
    post: Vec<Box<RawValue>>,
    #[serde(default = "yes")]
    webhooks: bool,
}

fn yes() -> bool {
    true
}

enum Adding {
    Rows(Vec<Draft>),
    MadeUp(usize),
}

impl Update {
    fn adding(&self) -> Result<Adding, Refusal> {
        let Some(add) = &self.add else {
            return Ok(Adding::Rows(Vec::new()));
        };
        if let Ok(count) = serde_json::from_str(add.get()) {
            return Ok(Adding::MadeUp(count));
        }
        serde_json::from_str(add.get())
            .map(Adding::Rows)
            .map_err(Refusal::bad)
    }

    fn posting(&self) -> Result<Vec<Draft>, Refusal> {
        let draft = |raw: &str| match serde_json::from_str::<String>(raw) {
            Ok(id) => Ok(Draft::naming(id)),
            Err(_) => serde_json::from_str(raw).map_err(Refusal::bad),
        };
        self.post.iter().map(|raw| draft(raw.get())).collect()
    }
}

pub(super) async fn update(
    State(plaid): State<Plaid>,
    Path(id): Path<String>,
    Asked(asked): Asked<Update>,
) -> Result<Json<Value>, Refusal> {
    let (adding, posting) = (asked.adding()?, asked.posting()?);
    let today = plaid.bank().settings.today;
    let changes = with_item(&plaid, &id, |item, outbox| {
        let mut changes = Changes::default();
        match adding {
            Adding::Rows(drafts) => {
                for draft in drafts {
                    changes.added.push(add(item, draft, today)?);
                }
            }
            Adding::MadeUp(count) => {
                let accounts: Vec<Account> = item.open_accounts().cloned().collect();
                let accounts: Vec<&Account> = accounts
                    .iter()
                    .filter(|account| account.has_transactions())
                    .collect();
                let first = Window::ending(today, RECENT_DAYS).first;
                for _ in 0..count {
                    let day = item.rng.i32(0..RECENT_DAYS);
                    let date = first.saturating_add(jiff::Span::new().days(day));
                    let row = everyday(&mut item.rng, &accounts, date);
                    item.ledger.add(&row).map_err(Refusal::bad)?;
                    changes.added.push(row.transaction_id);
                }
            }
        }
        for draft in asked.modify {
            let mut row = named(item, &draft)?;
            draft.apply(&mut row).map_err(Refusal::bad)?;
            item.ledger.modify(&row).map_err(Refusal::bad)?;
            changes.modified.push(row.transaction_id);
        }
        for draft in posting {
            let id = draft.transaction_id.clone().unwrap_or_default();
            let mut row = item.ledger.pending(&id).map_err(Refusal::bad)?;
            draft.apply(&mut row).map_err(Refusal::bad)?;
            changes.added.push(post(item, &row).map_err(Refusal::bad)?);
            changes.removed.push(id);
        }
        for id in asked.remove {
            item.ledger.remove(&id).map_err(Refusal::bad)?;
            changes.removed.push(id);
        }
        if asked.webhooks {
            item.announce_updates(outbox);
        }
        changes.version = item.ledger.version();
        Ok(changes)
    })?;
    Ok(Json(json!({
        "added": changes.added,
        "modified": changes.modified,
        "removed": changes.removed,
        "version": changes.version,
    })))
}

#[derive(Default)]
struct Changes {
    added: Vec<String>,
    modified: Vec<String>,
    removed: Vec<String>,
    version: u64,
}

fn named(item: &Item, draft: &Draft) -> Result<Transaction, Refusal> {
    let id = draft.transaction_id.as_deref();
    let id = id.ok_or_else(|| Refusal::bad("modify needs a transaction_id"))?;
    item.ledger.transaction(id).map_err(Refusal::bad)
}

fn add(item: &mut Item, draft: Draft, today: jiff::civil::Date) -> Result<String, Refusal> {
    let mut rng = item.rng.clone();
    let fresh = identifier(&mut rng, 37);
    item.rng = rng;
    let account = item
        .open_accounts()
        .find(|account| match &draft.account_id {
            Some(id) => account.account_id == *id,
            None => account.has_transactions(),
        })
        .ok_or_else(|| Refusal::missing("account"))?;
    let id = draft.transaction_id.clone().unwrap_or(fresh);
    let date = draft.date.unwrap_or(today);
    let mut row = Transaction {
        name: "Made by hand".to_owned(),
        iso_currency_code: account.balances.iso_currency_code.clone(),
        unofficial_currency_code: account.balances.unofficial_currency_code.clone(),
        ..Transaction::bare(id.clone(), account.account_id.clone(), date)
    };
    draft.apply(&mut row).map_err(Refusal::bad)?;
    item.ledger.add(&row).map_err(Refusal::bad)?;
    Ok(id)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mutate {
    mode: Mode,
    #[serde(default = "one_page")]
    after_pages: u64,
}

fn one_page() -> u64 {
    1
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Off,
    Once,
    Always,
}

pub(super) async fn mutate(
    State(plaid): State<Plaid>,
    Path(id): Path<String>,
    Asked(Mutate { mode, after_pages }): Asked<Mutate>,
) -> Result<Json<Value>, Refusal> {
    with_item(&plaid, &id, |item, _| {
        item.mutation = match mode {
            Mode::Off => Mutation::Off,
            Mode::Once => Mutation::Once { after_pages },
            Mode::Always => Mutation::Always { after_pages },
        };
        Ok(())
    })?;
    Ok(done())
}

/// Written by hand, so that the rows keep their amounts as they are.
pub(super) async fn truth(
    State(plaid): State<Plaid>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let body = {
        let bank = plaid.bank();
        let item = bank.item(&id).ok_or_else(|| Refusal::missing("Item"))?;
        tell(item).map_err(Refusal::bad)?
    };
    Ok(([(CONTENT_TYPE, "application/json")], Body::from(body)).into_response())
}

fn tell(item: &Item) -> Result<Vec<u8>, serde_json::Error> {
    let mut standing: Vec<_> = item.ledger.standing().collect();
    standing.sort_by(|one, other| one.id.cmp(&other.id));
    let mut removed: Vec<&str> = item.ledger.removed().collect();
    removed.sort_unstable();
    let accounts: Vec<&Account> = item.open_accounts().collect();
    let mut body = format!(
        "{{\"version\":{},\"cursor\":{},\"accounts\":{},\"removed\":{},\"transactions\":[",
        item.ledger.version(),
        serde_json::to_string(&final_cursor(item))?,
        serde_json::to_string(&accounts)?,
        serde_json::to_string(&removed)?,
    )
    .into_bytes();
    for (index, record) in standing.into_iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&record.row);
    }
    body.extend_from_slice(b"]}");
    Ok(body)
}
