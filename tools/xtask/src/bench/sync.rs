//! `sync-10000`: from the public token of a bank with 10,000 transactions to all of them sealed
//! and readable: exchange, check, twenty pages, staged and promoted. The stand-in's CPU time is
//! its own; ours and the twin's are those of their workerd. Each round is another person.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::contest::{Round, contest};
use super::load::Tally;
use super::row::{Bar, Measured, Row};
use super::runtime::Runtime;
use super::seed::Seed;
use super::stage::Stage;
use crate::client::{Client, elements};
use crate::newcomers::{await_whole, connect};

/// How many rounds are measured; one more warms both sides.
pub(super) const ROUNDS: usize = 5;
const TRANSACTIONS: u32 = 10_000;

pub(super) const SYNC_10000: Row = Row {
    name: "sync-10000",
    unit: "× the twin",
    bar: Bar::AtLeast(2.0),
    measure: sync,
};

fn sync(stage: &mut Stage) -> Result<Measured> {
    let (seed, pair) = stage.working()?;
    for runtime in pair.both() {
        whole(runtime, seed, ROUNDS)?;
        everything_is_there(&person(runtime, seed, ROUNDS)?)?;
    }
    contest(
        ROUNDS,
        |round| Round::of(&pair.ours, || whole(&pair.ours, seed, round)),
        |round| Round::of(&pair.twin, || whole(&pair.twin, seed, round)),
    )
}

fn person(runtime: &Runtime, seed: &Seed, round: usize) -> Result<Client> {
    let token = seed.syncing.get(round).context("a round too many")?;
    Ok(runtime.client().with_token(token))
}

fn whole(runtime: &Runtime, seed: &Seed, round: usize) -> Result<Tally> {
    let (person, bank) = (person(runtime, seed, round)?, Client::new(seed.plaid_url()));
    let started = Instant::now();
    let connected = connect(&person, &bank, TRANSACTIONS, None)?;
    await_whole(&person, &connected.item)?;
    Ok(Tally {
        requests: 1,
        took: started.elapsed(),
    })
}

/// Reads all pages and counts.
fn everything_is_there(person: &Client) -> Result<()> {
    let mut count = 0;
    let mut path = "/v1/transactions?limit=1000".to_owned();
    loop {
        let page = person.get(&path)?.expect(200)?;
        count += elements(&page, "/data").len();
        let Some(cursor) = page.get("next_cursor").and_then(|cursor| cursor.as_str()) else {
            break;
        };
        path = format!("/v1/transactions?limit=1000&cursor={cursor}");
    }
    ensure!(
        count == 10_000,
        "{count} of {TRANSACTIONS} transactions can be read"
    );
    Ok(())
}
