//! `webhook`: `POST /webhooks/plaid`, verified in full, written to the inbox, put on the queue,
//! answered. Each webhook is about another Item: equal ones that wait are one row, and the
//! second would write nothing. Nobody takes the messages: what is measured is the reply.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::contest::{Round, contest};
use super::lists::count_in;
use super::load::{Until, Wire};
use super::row::{Bar, Measured, Row};
use super::runtime::Runtime;
use super::seed::Seed;
use super::stage::{Stage, load};
use crate::client::{Client, Request, elements, string};

const ROUNDS: usize = 7;
/// Webhooks of one round, and of warming up.
const WEBHOOKS: usize = 200;
const PATH: &str = "/webhooks/plaid";
/// Nobody listens there: the stand-in is to sign, not to deliver.
const NOBODY: &str = "http://127.0.0.1:9/";

pub(super) const WEBHOOK: Row = Row {
    name: "webhook",
    unit: "× the twin",
    bar: Bar::AtLeast(1.0),
    measure: webhook,
};

pub(super) const BATCHES: Row = Row {
    name: "batches-webhook",
    unit: "database batches",
    bar: Bar::AtMost(2.0),
    measure: |stage| {
        let (seed, pair) = stage.still()?;
        // The system's keys cost the first one a batch more.
        let mut count = None;
        for number in 0..2 {
            let (jwt, body) = sign(&bank(seed), &format!("batches-{number}"))?;
            let request = Request::post(PATH, &Value::Null).field("plaid-verification", &jwt);
            let reply = pair.ours.client().send(&Request {
                body: Some(body),
                ..request
            })?;
            reply.expect(200)?;
            count = reply.header("server-timing").and_then(count_in);
        }
        Ok(Measured::Value(count.context("a reply without a count")?))
    },
};

fn webhook(stage: &mut Stage) -> Result<Measured> {
    let (seed, pair) = stage.still()?;
    let bank = bank(seed);
    let signed = |round: usize| {
        let numbers = round * WEBHOOKS..(round + 1) * WEBHOOKS;
        numbers
            .map(|number| wire(&bank, number))
            .collect::<Result<Vec<_>>>()
    };
    let rounds = (0..=ROUNDS).map(signed).collect::<Result<Vec<_>>>()?;
    let drive = |runtime: &Runtime, round: usize| {
        let requests = rounds.get(round).context("a round too many")?;
        load(runtime, requests, 200, Until::Sent).drive()
    };
    for runtime in pair.both() {
        drive(runtime, ROUNDS)?;
    }
    contest(
        ROUNDS,
        |round| Round::of(&pair.ours, || drive(&pair.ours, round)),
        |round| Round::of(&pair.twin, || drive(&pair.twin, round)),
    )
}

fn bank(seed: &Seed) -> Client {
    Client::new(seed.plaid_url())
}

fn wire(bank: &Client, number: usize) -> Result<Wire> {
    let (jwt, body) = sign(bank, &number.to_string())?;
    let fields = [
        ("content-type", "application/json"),
        ("plaid-verification", jwt.as_str()),
    ];
    Ok(Wire::new("POST", PATH, &fields, &body))
}

/// A webhook about some Item, as Plaid signs it: the token and the body.
fn sign(bank: &Client, item: &str) -> Result<(String, String)> {
    let body = json!({
        "webhook_type": "TRANSACTIONS",
        "webhook_code": "SYNC_UPDATES_AVAILABLE",
        "item_id": format!("bench-{item}"),
        "initial_update_complete": true,
        "historical_update_complete": true,
        "environment": "sandbox",
    });
    let fired = bank
        .post(
            "/_control/webhooks/fire",
            &json!({"url": NOBODY, "body": body}),
        )?
        .expect(200)?;
    let deliveries = elements(&fired, "/deliveries");
    let delivery = deliveries.first().context("the stand-in signed nothing")?;
    ensure!(
        deliveries.len() == 1,
        "the stand-in signed more than was asked"
    );
    Ok((string(delivery, "/jwt")?, string(delivery, "/body")?))
}
