//! `planetscale-…`: our Worker on `PlanetScale` (the stand-in, before a MariaDB) beside itself on
//! D1, endpoint by endpoint. The bar is of round trips to the database; requests a second and CPU
//! time (of workerd alone: the database is another process there) stand beside it.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::contest::{Round, contest};
use super::load::{Until, Wire};
use super::row::{Bar, Measured, Row};
use super::runtime::Runtime;
use super::seed::READER;
use super::stage::{Stage, load};
use crate::client::Reply;
use crate::newcomers::PASSWORD;

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(700);

pub(super) const ME: Row = row("planetscale-me", 1.0, |stage| read(stage, "/v1/me"));
pub(super) const ACCOUNTS: Row = row("planetscale-accounts", 1.0, |stage| {
    read(stage, "/v1/accounts")
});
pub(super) const LIST_100: Row = row("planetscale-list-100", 1.0, |stage| {
    read(stage, "/v1/transactions?limit=100")
});
/// A counter begun (five: insert, update, read as a transaction), a look at the account, and
/// the counter, the session and the account written together.
pub(super) const SIGN_IN: Row = row("planetscale-sign-in", 10.0, |stage| {
    let body = json!({"email": READER, "password": PASSWORD}).to_string();
    let json = [("content-type", "application/json")];
    let wire = |_: &str| Wire::new("POST", "/v1/sessions", &json, &body);
    beside(stage, 201, wire, |runtime, _| {
        let request = json!({"email": READER, "password": PASSWORD});
        runtime.client().post("/v1/sessions", &request)
    })
});

const fn row(name: &'static str, trips: f64, measure: fn(&mut Stage) -> Result<Measured>) -> Row {
    Row {
        name,
        unit: "round trips",
        bar: Bar::AtMost(trips),
        measure,
    }
}

fn read(stage: &mut Stage, path: &'static str) -> Result<Measured> {
    let wire = |token: &str| {
        let authorization = format!("Bearer {token}");
        Wire::new("GET", path, &[("authorization", &authorization)], "")
    };
    beside(stage, 200, wire, |runtime, token| {
        runtime.client().with_token(token).get(path)
    })
}

/// One request on both engines: its round trips on `PlanetScale`, and both under load.
fn beside(
    stage: &mut Stage,
    status: u16,
    wire: impl Fn(&str) -> Wire,
    once: impl Fn(&Runtime, &str) -> Result<Reply>,
) -> Result<Measured> {
    let engines = stage.engines()?;
    for (runtime, token) in [&engines.planetscale, &engines.d1] {
        once(runtime, token)?.expect(status)?;
    }
    let (runtime, token) = &engines.planetscale;
    let trips = trips(&once(runtime, token)?)?;
    let round = |(runtime, token): &(Runtime, String)| {
        let requests = [wire(token)];
        Round::of(runtime, || {
            load(runtime, &requests, status, Until::Time(ROUND)).drive()
        })
    };
    let measured = contest(
        ROUNDS,
        |_| round(&engines.planetscale),
        |_| round(&engines.d1),
    )?;
    match measured {
        Measured::Ratio { ours, other, .. } => Ok(Measured::Beside {
            value: trips,
            ours,
            other,
        }),
        other => Ok(other),
    }
}

/// The number in `trips;desc="4 round trips"`.
fn trips(reply: &Reply) -> Result<f64> {
    let timing = reply.header("server-timing").unwrap_or_default();
    let count = timing
        .split_once("trips;desc=\"")
        .and_then(|(_, rest)| rest.split_once(" round trips")?.0.parse().ok());
    let count = count.context("a reply without a count of round trips")?;
    ensure!(count > 0.0, "a reply that asked no database");
    Ok(count)
}
