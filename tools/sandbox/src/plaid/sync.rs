//! `/transactions/sync`: pages of changes. A cursor names the Item, where the client's reading
//! began, how far it has come and up to which version of the ledger this reading goes. If the ledger
//! moves while a reading is under way, the reading fails and the client begins again from where it
//! began, as Plaid has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::accounts::Account;
use super::courier::Outgoing;
use super::errors::PlaidError;
use super::item::{Item, Stage};
use super::ledger::{Change, Record};
use super::lexeme;
use super::{Call, Reply};

const DEFAULT_COUNT: usize = 100;

/// Whether the bank changes something while a client reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutation {
    Off,
    /// In the next reading that has a page after so many.
    Once {
        after_pages: u64,
    },
    /// In each reading that began at a stored cursor.
    Always {
        after_pages: u64,
    },
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    cursor: String,
    count: Option<usize>,
    #[serde(default)]
    options: Options,
}

#[derive(Default, Deserialize)]
struct Options {
    include_original_description: Option<bool>,
    account_id: Option<String>,
}

/// A place in an Item's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cursor {
    item_id: String,
    /// Up to where the client had read before this reading.
    start: u64,
    /// Up to where it has now.
    position: u64,
    /// Up to where this reading goes; the position, when it is done.
    target: u64,
    /// Pages of this reading so far.
    pages: u64,
    /// The one account it is about; empty for all.
    account_id: String,
}

impl Cursor {
    /// Of a client that has read everything up to here.
    fn at(item_id: &str, version: u64, account_id: &str) -> Self {
        Self {
            item_id: item_id.to_owned(),
            start: version,
            position: version,
            target: version,
            pages: 0,
            account_id: account_id.to_owned(),
        }
    }

    fn encode(&self) -> String {
        let Self {
            item_id,
            start,
            position,
            target,
            pages,
            account_id,
        } = self;
        STANDARD.encode(format!(
            "1/{item_id}/{start}/{position}/{target}/{pages}/{account_id}"
        ))
    }

    fn decode(text: &str) -> Option<Self> {
        let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
        let mut parts = text.split('/');
        let mut next = || parts.next();
        if next()? != "1" {
            return None;
        }
        let cursor = Self {
            item_id: next()?.to_owned(),
            start: next()?.parse().ok()?,
            position: next()?.parse().ok()?,
            target: next()?.parse().ok()?,
            pages: next()?.parse().ok()?,
            account_id: next()?.to_owned(),
        };
        next().is_none().then_some(cursor)
    }

    fn under_way(&self) -> bool {
        self.position < self.target
    }
}

/// What a client that has read everything holds.
pub(super) fn final_cursor(item: &Item) -> String {
    Cursor::at(&item.id, item.ledger.version(), "").encode()
}

pub(super) fn sync(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    let asked: Asked = call.read()?;
    let (item, outbox) = call.item_and_outbox()?;
    item.require("transactions")?;
    item.sync_called = true;
    if item.stage == Stage::NotReady {
        return Ok(not_ready());
    }
    let reading = begin(item, &asked, outbox)?;
    Ok(page(item, &asked, reading))
}

fn not_ready() -> Reply {
    const NONE: [&[u8]; 0] = [];
    Reply::new()
        .rows("accounts", [NONE; 0])
        .rows("added", [NONE; 0])
        .member("has_more", &false)
        .rows("modified", [NONE; 0])
        .member("next_cursor", "")
        .rows("removed", [NONE; 0])
        .member("transactions_update_status", &Stage::NotReady)
}

/// Where this page starts; fails if the ledger moved under a reading.
fn begin(item: &mut Item, asked: &Asked, outbox: &mut Vec<Outgoing>) -> Result<Cursor, PlaidError> {
    let account_id = asked.options.account_id.clone().unwrap_or_default();
    let known = |id: &str| item.accounts.iter().any(|account| account.account_id == id);
    if !account_id.is_empty() && !known(&account_id) {
        return Err(PlaidError::of("INVALID_ACCOUNT_ID"));
    }
    let version = item.ledger.version();
    let fresh = |start: u64| Cursor {
        target: version,
        ..Cursor::at(&item.id, start, &account_id)
    };
    match asked.cursor.as_str() {
        "" => return Ok(fresh(0)),
        "now" => return Ok(fresh(version)),
        _ => {}
    }
    let cursor = Cursor::decode(&asked.cursor)
        .filter(|cursor| cursor.item_id == item.id && cursor.account_id == account_id)
        .filter(|cursor| cursor.start <= cursor.position && cursor.target <= version)
        .ok_or_else(|| PlaidError::field("cursor not associated with access_token"))?;
    if !cursor.under_way() {
        return Ok(fresh(cursor.position));
    }
    mutate(item, &cursor, outbox);
    if cursor.target != item.ledger.version() {
        return Err(PlaidError::of(
            "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION",
        ));
    }
    Ok(cursor)
}

/// Changes a row that this reading has delivered, if it is time to.
fn mutate(item: &mut Item, cursor: &Cursor, outbox: &mut Vec<Outgoing>) {
    let due = match item.mutation {
        Mutation::Off => false,
        Mutation::Once { after_pages } => cursor.pages >= after_pages,
        Mutation::Always { after_pages } => cursor.pages >= after_pages && cursor.start > 0,
    };
    let delivered = item
        .ledger
        .changes(cursor.start, cursor.start, cursor.position)
        .find_map(|(_, change)| match change {
            Change::Added(record) | Change::Modified(record) => Some(record.id.clone()),
            Change::Removed(_) => None,
        });
    let Some(id) = delivered.filter(|_| due) else {
        return;
    };
    if matches!(item.mutation, Mutation::Once { .. }) {
        item.mutation = Mutation::Off;
    }
    if let Ok(mut transaction) = item.ledger.transaction(&id) {
        let code = transaction.iso_currency_code.as_deref();
        let scale = super::currency::Currency::scale_of(code.unwrap_or("BTC"));
        let minor = lexeme::minor_units(&transaction.amount, scale).unwrap_or(0);
        transaction.amount = lexeme::number(minor + 1, scale);
        let _ = item.ledger.modify(&transaction);
        item.announce_updates(outbox);
    }
}

fn page(item: &Item, asked: &Asked, reading: Cursor) -> Reply {
    let count = asked.count.unwrap_or(DEFAULT_COUNT);
    let described = asked.options.include_original_description == Some(true);
    let mut changes = item
        .ledger
        .changes(reading.start, reading.position, reading.target)
        .filter(|(_, change)| {
            let (Change::Added(record) | Change::Modified(record) | Change::Removed(record)) =
                change;
            reading.account_id.is_empty() || record.account_id == reading.account_id
        });
    let (mut added, mut modified, mut removed) = (Vec::new(), Vec::new(), Vec::new());
    let mut position = reading.position;
    for (number, change) in changes.by_ref().take(count) {
        position = number;
        match change {
            Change::Added(record) => added.push(record),
            Change::Modified(record) => modified.push(record),
            Change::Removed(record) => removed.push(record),
        }
    }
    let has_more = changes.next().is_some();
    let next = if has_more {
        Cursor {
            position,
            pages: reading.pages + 1,
            ..reading
        }
    } else {
        Cursor::at(&reading.item_id, reading.target, &reading.account_id)
    };
    let accounts: Vec<&Account> = item
        .open_accounts()
        .filter(|account| account.has_transactions())
        .collect();
    let descriptions = |records: Vec<&Record>| -> Vec<(Vec<u8>, bytes::Bytes)> {
        records
            .into_iter()
            .map(|record| (description(record, described), record.row.clone()))
            .collect()
    };
    let (added, modified) = (descriptions(added), descriptions(modified));
    let removed: Vec<String> = removed.into_iter().map(removal).collect();
    Reply::new()
        .member("accounts", &accounts)
        .rows("added", added.iter().map(whole_row))
        .member("has_more", &has_more)
        .rows("modified", modified.iter().map(whole_row))
        .member("next_cursor", &next.encode())
        .rows("removed", removed.iter().map(|row| [row.as_bytes()]))
        .member("transactions_update_status", &item.stage)
}

/// The row opened again, and the member that is only sent on request in the gap.
fn whole_row((description, row): &(Vec<u8>, bytes::Bytes)) -> [&[u8]; 2] {
    let open = row.strip_suffix(b"}").unwrap_or(row);
    [open, description]
}

fn description(record: &Record, wanted: bool) -> Vec<u8> {
    let text = record.original_description.as_ref().filter(|_| wanted);
    let value = serde_json::to_string(&text).unwrap_or_else(|_| "null".to_owned());
    format!(",\"original_description\":{value}}}").into_bytes()
}

fn removal(record: &Record) -> String {
    serde_json::json!({
        "account_id": record.account_id,
        "transaction_id": record.id,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_cursor_text_breaks_the_decoder(text in "\\PC{0,80}") {
            let _ = Cursor::decode(&text);
            let _ = Cursor::decode(&STANDARD.encode(&text));
        }

        #[test]
        fn a_cursor_reads_back_and_fits_in_256_characters(start in 0_u64.., position in 0_u64.., target in 0_u64.., pages in 0_u64..) {
            let cursor = Cursor {
                item_id: "x".repeat(37), start, position, target, pages,
                account_id: "y".repeat(37),
            };
            let text = cursor.encode();
            prop_assert!(text.len() <= 256);
            prop_assert_eq!(Cursor::decode(&text), Some(cursor));
        }
    }
}
