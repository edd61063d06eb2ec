//! What changed in a week beside the console, as it stands in the week's review: versions of
//! the Worker and of the keyring, backups, and what the account's own log says.

use serde_json::Value;
use tlog::Kind as Deed;

use super::{
    operator::AtConsole,
    sight::{Table, plain},
};
use crate::{
    app::App,
    audit::{Told, Week},
    problem::{Problem, Result},
    store::audit_log::{self, PartRow},
};

/// Leaves that one list shows.
const PAGE: u32 = 100;

const COLUMNS: [&str; 11] = [
    "leaf", "kind", "noted_at", "at", "what", "action", "result", "actor", "through", "from",
    "request",
];

/// The changes of a week, by its Monday; of the one that goes on where none is named. In their
/// order, from the leaf `cursor` on. One batch.
pub(super) async fn list(
    app: &App,
    at: &AtConsole,
    week: Option<&str>,
    cursor: Option<&str>,
) -> Result<Table> {
    let week = match week {
        None => Week::now(),
        Some(name) => Week::parse(name).ok_or_else(|| {
            Problem::invalid_field(
                "arguments.week",
                "invalid",
                "A week is named by its Monday, as 2026-11-23.",
            )
        })?,
    };
    let first: u64 = match cursor {
        None => 0,
        Some(text) => text.parse().map_err(|_| {
            Problem::invalid_field(
                "arguments.cursor",
                "invalid",
                "This is not where a page ended.",
            )
        })?,
    };
    let [rows] = app
        .db
        .batch([audit_log::about_from(week.review(), first, PAGE + 1)])
        .await?;
    let mut rows: Vec<PartRow> = rows.rows()?.all()?;
    let mut table = Table::new(COLUMNS.map(plain).to_vec());
    if let Some(next) = rows.get(PAGE as usize) {
        table.next_cursor = Some(next.index.to_string());
        rows.truncate(PAGE as usize);
    }
    for row in rows {
        table.rows.push(cells(Told::open(&at.system, row)?));
    }
    Ok(table)
}

fn cells(mut told: Told) -> Vec<Value> {
    let mut cells: Vec<Value> = vec![
        told.index.into(),
        told.kind.name().into(),
        told.at.rfc3339().into(),
    ];
    if told.kind == Deed::AccountAction {
        let mut take = |path: [&str; 2]| told.take(&["entry", path[0], path[1]]);
        let at = take(["action", "time"]);
        let product = take(["resource", "product"]);
        let what = joined(&[
            product,
            take(["resource", "type"]),
            take(["resource", "id"]),
        ]);
        let action = joined(&[take(["action", "type"]), take(["action", "description"])]);
        let result = take(["action", "result"]);
        let email = take(["actor", "email"]);
        let actor = match email {
            Value::String(email) if !email.is_empty() => email.into(),
            _ => joined(&[take(["actor", "type"]), take(["actor", "id"])]),
        };
        let name = take(["actor", "token_name"]);
        let through = joined(&[take(["actor", "context"]), name]);
        let from = take(["actor", "ip_address"]);
        let request = joined(&[take(["raw", "method"]), take(["raw", "uri"])]);
        cells.extend([at, what, action, result, actor, through, from, request]);
    } else {
        cells.push(Value::Null);
        let version = told.take(&["version"]);
        let manifest = told.take(&["manifest"]);
        cells.push(joined(&[version, manifest, told.take(&["sha256"])]));
        cells.resize(COLUMNS.len(), Value::Null);
    }
    cells
}

/// Those that are there, with a space between.
fn joined(parts: &[Value]) -> Value {
    let words: Vec<&str> = parts
        .iter()
        .filter_map(Value::as_str)
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        Value::Null
    } else {
        words.join(" ").into()
    }
}
