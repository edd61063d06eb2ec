//! `list-100`, `list-1000`: a page of transactions, warm. Both sides read the same database, and
//! answer the same bytes before anything is measured.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::contest::{Round, contest};
use super::load::{Until, Wire};
use super::row::{Bar, Measured, Row};
use super::runtime::Runtime;
use super::seed::Seed;
use super::stage::{Stage, load};
use crate::client::{Client, elements};

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_millis(1_200);

pub(super) const LIST_100: Row = Row {
    name: "list-100",
    unit: "× the twin",
    bar: Bar::AtLeast(1.5),
    measure: |stage| list(stage, 100),
};

pub(super) const LIST_1000: Row = Row {
    name: "list-1000",
    unit: "× the twin",
    bar: Bar::AtLeast(2.5),
    measure: |stage| list(stage, 1000),
};

pub(super) const COLD_BATCHES: Row = Row {
    name: "batches-list-cold",
    unit: "database batches",
    bar: Bar::AtMost(2.0),
    measure: |stage| {
        let (seed, runtime) = stage.cold()?;
        first_page(seed, &runtime)
    },
};

pub(super) const WARM_BATCHES: Row = Row {
    name: "batches-list-warm",
    unit: "database batches",
    bar: Bar::AtMost(1.0),
    measure: |stage| {
        let (seed, pair) = stage.still()?;
        first_page(seed, &pair.ours)?;
        first_page(seed, &pair.ours)
    },
};

fn path(limit: usize) -> String {
    format!("/v1/transactions?limit={limit}")
}

fn first_page(seed: &Seed, runtime: &Runtime) -> Result<Measured> {
    batches(&runtime.client().with_token(&seed.reader), &path(100))
}

/// How many round trips to the database a GET says it took.
pub(super) fn batches(client: &Client, path: &str) -> Result<Measured> {
    let reply = client.get(path)?;
    let count = reply
        .header("server-timing")
        .and_then(count_in)
        .context("a reply without a count")?;
    Ok(Measured::Value(count))
}

/// The number in `db;desc="2 batches"`.
pub(super) fn count_in(timing: &str) -> Option<f64> {
    let (_, rest) = timing.split_once("db;desc=\"")?;
    rest.split_once(" batches")?.0.parse().ok()
}

fn list(stage: &mut Stage, limit: usize) -> Result<Measured> {
    let (seed, pair) = stage.still()?;
    let path = path(limit);
    let pages = pair
        .both()
        .map(|runtime| page(runtime, &seed.reader, &path, limit));
    let [ours, twin] = pages;
    ensure!(ours? == twin?, "the two sides answer {path} differently");
    let authorization = format!("Bearer {}", seed.reader);
    let requests = [Wire::new(
        "GET",
        &path,
        &[("authorization", &authorization)],
        "",
    )];
    let drive = |runtime: &Runtime, time| load(runtime, &requests, 200, Until::Time(time)).drive();
    for runtime in pair.both() {
        drive(runtime, ROUND)?;
    }
    contest(
        ROUNDS,
        |_| Round::of(&pair.ours, || drive(&pair.ours, ROUND)),
        |_| Round::of(&pair.twin, || drive(&pair.twin, ROUND)),
    )
}

/// A page's text but for its cursor, which is sealed under a fresh nonce each time.
fn page(runtime: &Runtime, token: &str, path: &str, limit: usize) -> Result<String> {
    let reply = runtime.client().with_token(token).get(path)?;
    let json = reply.expect(200)?;
    ensure!(
        elements(&json, "/data").len() == limit,
        "{path} was answered with another count"
    );
    let text = reply.text();
    let (data, cursor) = text
        .rsplit_once("\"next_cursor\":")
        .context("a page without a cursor")?;
    ensure!(
        cursor.starts_with('"'),
        "a page that ought to go on does not"
    );
    Ok(data.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_of_batches_is_read_out_of_server_timing() {
        assert_eq!(count_in("db;desc=\"2 batches\""), Some(2.0));
        assert_eq!(count_in("cpu, db;desc=\"12 batches, 1 hash\""), Some(12.0));
        assert_eq!(count_in("db;dur=3"), None);
    }
}
