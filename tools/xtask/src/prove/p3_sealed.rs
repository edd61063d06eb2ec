//! P3: a stolen database shows only metadata. Distinctive values are planted in everything that is
//! private, the service is put through its life, killed, restarted and stopped, and each time every
//! byte that it wrote is searched for every planted value in every common way of writing it down.
//!
//! Positive control: the same search over the same rows with the seals opened must find them all,
//! and over that file reversed, in hex and in base64, so that a search that finds nothing has shown
//! something. What the service must not keep at all, not even sealed, must be in neither.

mod control;
mod life;
mod plants;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use serde_json::Value;
use stack::{StackOptions, TEST_KEYRING};

use super::instance::{Instance, d1};
use super::opener::{self, Opened};
use super::promise::{Checks, Promise};
use super::sqlite::{self, Bytes, Database};
use super::traces::{self, Search};
use life::Life;

pub(super) const PROMISE: Promise = Promise {
    name: "P3",
    sentence: "private data is encrypted with a secret key; a stolen database shows only metadata",
    unit: "private values found, or rows not sealed",
    prove,
};

/// Another keyring than the one the rows are sealed under, of the same form.
const WRONG_KEYRING: &str =
    r#"{"current":1,"keys":{"1":"YW5vdGhlciBwdWJsaWMga2V5cmluZyBmb3IgdGVzdCE="}}"#;

/// Words of the operational columns (`docs/SECURITY.md`, what stays plain).
const WORDS: [&str; 6] = ["linking", "active", "removing", "plaid", "sync", "revoked"];

fn prove(checks: &mut Checks) -> Result<()> {
    let mut instance = Instance::start("p3", StackOptions::default())?;
    // What is in the files before anybody came: the schema's own words.
    instance.stack.kill_worker()?;
    let empty = everything(&instance.state())?;
    instance.stack.restart_worker()?;

    let life = Life::begin(&instance)?;
    instance.stack.kill_worker()?;
    let state = instance.state();
    let database = Database::of_instance(&d1(&state))?;
    let opened = opener::open(&database, TEST_KEYRING)?;
    let sealed = Search::new(life.plants.sealed())?;
    let forbidden = Search::new(life.plants.never_kept())?;
    let rest = Search::brief(everything_sealed(&opened, &empty)?)?;
    let searches = [&sealed, &forbidden, &rest];

    checks.holds(
        "values are planted",
        sealed.values().len() > 40 && forbidden.values().len() > 10,
        format!(
            "{} that are kept, {} that must not be, and {} more out of the opened rows; {} patterns",
            sealed.values().len(), forbidden.values().len(), rest.values().len(),
            searches.iter().map(|search| search.patterns()).sum::<usize>(),
        ),
    );
    found(
        &state,
        "killed in the middle of its life",
        &searches,
        checks,
    )?;
    rows(&database, &opened, checks);
    control::positive(
        &database,
        &opened,
        &sealed,
        &forbidden,
        &life.plants,
        checks,
    )?;
    wrong_keyring(&database, checks)?;

    instance.stack.restart_worker()?;
    life.go_on(&instance)?;
    instance.stack.kill_worker()?;
    found(
        &state,
        "restarted, used and killed again",
        &searches,
        checks,
    )?;
    instance.stack.restart_worker()?;
    life.end()?;
    log(&instance, &searches, checks);
    let state = instance.stop();
    found(
        &state,
        "restarted, half of it deleted, and stopped in order",
        &searches,
        checks,
    )
}

/// Searches every file, and every cell apart: a value may be torn apart between two pages.
fn found(state: &Path, when: &str, searches: &[&Search], checks: &mut Checks) -> Result<()> {
    let folder = d1(state);
    let (mut database, mut other, mut limiter) = (Vec::new(), Vec::new(), Vec::new());
    for file in sqlite::files(state)? {
        let place = if file.path.starts_with(&folder) {
            &mut database
        } else if file.path.starts_with(state.join("v3/ratelimit")) {
            &mut limiter
        } else {
            &mut other
        };
        place.push(file);
    }
    let kinds: BTreeSet<_> = database
        .iter()
        .filter_map(|file| file.path.extension()?.to_str())
        .collect();
    let kinds = kinds.into_iter().collect::<Vec<_>>().join(", ");
    let in_files = |files: &[Bytes]| -> BTreeSet<_> {
        let files = files.iter();
        files
            .flat_map(|file| searches.iter().flat_map(|search| search.find(&file.bytes)))
            .collect()
    };
    let size = |files: &[Bytes]| {
        let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
        format!("{} files, {bytes} bytes", files.len())
    };
    checks.none(
        format!("{when}: none is in the database's files"),
        in_files(&database),
        format!("{} ({kinds})", size(&database)),
    );
    checks.none(
        format!("{when}: none is in what else workerd keeps"),
        in_files(&other),
        size(&other),
    );
    // The platform's rate limiter counts by address, as it sees every request's anyway. Its
    // stand-in keeps its counters in a file of its own.
    let private = in_files(&limiter)
        .into_iter()
        .filter(|trace| !trace.what.contains(plants::ADDRESS));
    checks.none(
        format!("{when}: none but the address is in the rate limiter's counters"),
        private,
        size(&limiter),
    );
    let rows = Database::of_instance(&folder)?;
    let cells: Vec<u8> = rows
        .cells()
        .flat_map(|(_, value)| format!("{value}\n").into_bytes())
        .collect();
    let found: BTreeSet<_> = searches
        .iter()
        .flat_map(|search| search.find(&cells))
        .collect();
    checks.none(
        format!("{when}: none is in any cell"),
        found,
        format!("{} cells", rows.cells().count()),
    );
    Ok(())
}

/// Each cell is sealed, or of a form that cannot hold anything private.
fn rows(database: &Database, opened: &Opened, checks: &mut Checks) {
    let counts = database.counts();
    let empty = counts
        .iter()
        .filter(|(name, rows)| **rows == 0 && opener::is_sealed(database, name));
    checks.none(
        "every table with private rows has some",
        empty.map(|(name, _)| *name),
        counts
            .iter()
            .map(|(name, rows)| format!("{name} {rows}"))
            .collect::<Vec<_>>()
            .join(", "),
    );
    checks.none(
        "every sealed cell opens under the keyring, at its place",
        &opened.refused,
        format!("{} rows under {} keys", opened.payloads.len(), opened.keys),
    );
    let mut plain = 0;
    let odd: Vec<String> = database
        .cells()
        .filter(|(name, _)| !name.starts_with("d1_migrations.") && !name.starts_with("_cf_"))
        .filter(|(name, _)| !name.ends_with(".sealed") && !name.ends_with(".wrapped"))
        .inspect(|_| plain += 1)
        .filter(|(_, value)| !is_metadata(value))
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    checks.none(
        "every other cell is a number, an id, a hash, a blind index or a word of the list",
        odd,
        format!("{plain} cells"),
    );
}

fn is_metadata(value: &Value) -> bool {
    match value {
        Value::Null | Value::Number(_) => true,
        Value::String(text) => WORDS.contains(&text.as_str()) || is_index(text),
        _ => false,
    }
}

/// Lower-case hex of a month token, an id or blind index, or a hash.
fn is_index(text: &str) -> bool {
    [16, 32, 64].contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn wrong_keyring(database: &Database, checks: &mut Checks) -> Result<()> {
    let opened = opener::open(database, WRONG_KEYRING)?;
    checks.holds(
        "with another keyring nothing opens",
        opened.keys == 0 && opened.payloads.is_empty(),
        format!(
            "{} keys, {} rows, {} refused",
            opened.keys,
            opened.payloads.len(),
            opened.refused.len()
        ),
    );
    Ok(())
}

/// The Worker's own log lines; mails are among wrangler's, and not the database.
fn log(instance: &Instance, searches: &[&Search], checks: &mut Checks) {
    let log = instance.stack.log();
    let own: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("\"event\":"))
        .collect();
    let text = own.join("\n");
    let found: BTreeSet<_> = searches
        .iter()
        .flat_map(|search| search.find(text.as_bytes()))
        .collect();
    checks.none(
        "none is in a log line of the Worker",
        found,
        format!("{} lines", own.len()),
    );
}

/// Every file of the state, one behind the other.
fn everything(state: &Path) -> Result<Vec<u8>> {
    Ok(sqlite::files(state)?
        .into_iter()
        .flat_map(|file| file.bytes)
        .collect())
}

/// Every string in an opened row that is long enough to be looked for, whether planted or not.
/// Not what stands in plain by design, and not the schema's own words.
fn everything_sealed(opened: &Opened, empty: &[u8]) -> Result<Vec<traces::Value>> {
    let mut texts = BTreeMap::new();
    for (table, payload) in &opened.payloads {
        let value: Value = serde_json::from_str(payload).unwrap_or_default();
        collect(&value, &mut |text| {
            if text.len() >= traces::SHORTEST && !is_index(text) {
                texts
                    .entry(text.to_owned())
                    .or_insert_with(|| table.clone());
            }
        });
    }
    let mut values: Vec<traces::Value> = texts
        .into_iter()
        .map(|(text, table)| traces::Value {
            what: format!("{text:?} of a row in {table}"),
            text,
        })
        .collect();
    let words: BTreeSet<String> = Search::brief(values.clone())?
        .find(empty)
        .into_iter()
        .map(|trace| trace.what)
        .collect();
    values.retain(|value| !words.contains(&value.what));
    Ok(values)
}

fn collect(value: &Value, take: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, take)),
        Value::Object(members) => members.values().for_each(|member| collect(member, take)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
