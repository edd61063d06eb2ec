//! The bank: connected, heard of by webhook, and disconnected.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::ADA;
use crate::client::{Request, elements, string};
use crate::demo::stage::{Stage, To};

/// How long the sync behind a webhook may take.
const SOON: Duration = Duration::from_secs(30);

/// A bank connection.
pub(super) struct Bank {
    /// Our id of it.
    connection: String,
    /// Plaid's.
    item: String,
}

pub(super) fn connect(stage: &mut Stage) -> Result<Bank> {
    stage.step(
        "A Link token",
        "For Plaid Link on Ada's device. It asks for reading, and for nothing that moves money.",
    );
    let request = Request::post("/v1/link-tokens", &json!({}));
    stage.ask_for("LINK_TOKEN", ADA, request, 201, |reply| {
        reply.string("/link_token")
    })?;

    stage.step(
        "In Link",
        "Here Ada would sign in at her bank: her password there goes to Plaid and never to \
         Balance. The stand-in plays her part.",
    );
    let body = json!({"link_token": stage.secret("LINK_TOKEN")?, "institution_id": "ins_109509"});
    let request = Request::post("/_control/link", &body);
    let reply = stage.ask_for("PUBLIC_TOKEN", To::Plaid, request, 200, |reply| {
        reply.string("/public_token")
    })?;
    let item = reply.string("/item_id")?;
    let link = reply.json();

    stage.step(
        "Connect the bank",
        "What the bank granted is checked before a row is read; accounts and transactions are \
         there with the reply.",
    );
    let institution = string(&link, "/metadata/institution/institution_id")?;
    let accounts = elements(&link, "/metadata/accounts").iter();
    let accounts: Vec<Value> = accounts
        .map(|account| json!({"name": account.get("name"), "mask": account.get("mask")}))
        .collect();
    let body = json!({
        "public_token": stage.secret("PUBLIC_TOKEN")?,
        "institution": {"institution_id": institution},
        "accounts": accounts,
    });
    let request = Request::post("/v1/items", &body).field("idempotency-key", "my-first-bank");
    let reply = stage.ask(ADA, request.clone(), 201)?;
    ensure!(
        reply.string("/status")? == "good",
        "the connection is not good"
    );
    let connection = reply.string("/id")?;

    stage.step(
        "The same once more",
        "As after a lost reply: the Idempotency-Key brings the first one back, and nothing is \
         done twice.",
    );
    let reply = stage.ask(ADA, request, 201)?;
    ensure!(
        reply.header("idempotent-replayed") == Some("true"),
        "it was not a replay"
    );
    ensure!(
        reply.string("/id")? == connection,
        "it is another connection"
    );
    Ok(Bank { connection, item })
}

pub(super) fn book(stage: &mut Stage, bank: &Bank) -> Result<()> {
    stage.step(
        "At the bank",
        "Something is booked. Plaid says so by a signed webhook, which is verified, written down \
         and answered at once.",
    );
    let row = json!({"name": "Kiosk am Fluss", "merchant_name": "Kiosk am Fluss", "amount": 4.75});
    let path = format!("/_control/items/{}/transactions", bank.item);
    stage.ask(To::Plaid, Request::post(&path, &json!({"add": [row]})), 200)?;

    stage.step(
        "It is there",
        "The sync ran from the queue, under the connection's lease; nobody had to ask for it.",
    );
    let body = json!({"text": "kiosk am fluss"});
    let search = Request::post("/v1/transactions/search", &body);
    let since = Instant::now();
    loop {
        let found = stage.ask_aside(ADA, &search)?.expect(200)?;
        if !elements(&found, "/data").is_empty() {
            break;
        }
        if since.elapsed() > SOON {
            bail!("it is still not there after {} s", SOON.as_secs());
        }
        thread::sleep(Duration::from_millis(50));
    }
    stage.ask(ADA, search, 200)?;
    Ok(())
}

pub(super) fn disconnect(stage: &mut Stage, bank: &Bank) -> Result<()> {
    stage.step(
        "Disconnect the bank",
        "What was read through it is deleted, and Plaid ends its access.",
    );
    let path = format!("/v1/items/{}", bank.connection);
    stage.ask(ADA, Request::delete(&path), 204)?;

    stage.step(
        "What is left",
        "Nothing here; and Plaid's access has ended.",
    );
    let reply = stage.ask(ADA, Request::get("/v1/transactions"), 200)?;
    ensure!(
        elements(&reply.json(), "/data").is_empty(),
        "transactions are left"
    );
    let path = format!("/_control/items/{}", bank.item);
    let item = stage
        .ask_aside(To::Plaid, &Request::get(&path))?
        .expect(200)?;
    let removed = item.get("removed").and_then(Value::as_bool);
    ensure!(removed == Some(true), "Plaid still has access");
    Ok(())
}
