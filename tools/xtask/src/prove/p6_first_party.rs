//! P6: data is never sold, and nobody follows a person around. A real browser plays the
//! client's whole story and asks nobody but this service; a person takes her data with her,
//! and leaves: no key of hers remains, nor any row.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use stack::{Engine, StackOptions};

use super::browser::play;
use super::instance::{Applicant, Instance};
use super::promise::{Checks, Promise};
use super::step_up::stepped_up;
use crate::client::{Request, string};

pub(super) const PROMISE: Promise = Promise {
    name: "P6",
    sentence: "data is never sold, there are no trackers, and a person can take it and leave",
    unit: "requests to others, or things that stay",
    prove,
};

const ADA: Applicant = Applicant {
    email: "leaver@example.com",
    name: "Leaver",
    password: "nine slow barges at dawn",
};
/// What stays of someone who has left: that she has, so that no restore brings her back.
const STAYS: &str = "erasure";

fn prove(engine: Engine, checks: &mut Checks) -> Result<()> {
    let mut instance = Instance::start("p6", StackOptions::on(engine))?;
    play(
        &instance,
        &["banking.test.mjs", "pages.test.mjs", "leaving.test.mjs"],
        "a real browser asks nobody but this service, in the whole story",
        checks,
    )?;

    let token = instance.account(&instance.balance, &ADA)?;
    let ada = instance.balance.with_token(&token);
    let link = instance.link(&ada, &json!({"transactions": 20}))?;
    ada.post("/v1/items", &json!({"public_token": link.public_token}))?
        .expect(201)?;
    let id = string(&ada.get("/v1/me")?.expect(200)?, "/id")?;

    let export = stepped_up(&ada, &Request::get("/v1/me/export"), ADA.password)?.expect(200)?;
    let text = export.to_string();
    checks.holds(
        "the export holds her name, her email and her bank's transactions",
        [ADA.name, ADA.email, "transactions"]
            .iter()
            .all(|planted| text.contains(planted)),
        format!("{} bytes", text.len()),
    );

    let left = stepped_up(&ada, &Request::delete("/v1/me"), ADA.password)?.expect(202)?;
    let refused = ada.get("/v1/me")?;
    checks.holds(
        "her session ends with the request that erases her",
        refused.status == 401,
        refused.status,
    );
    let (erasure, receipt) = (string(&left, "/id")?, string(&left, "/token")?);
    let reader = instance.balance.with_token(&receipt);
    instance.eventually("the erasure", || {
        let shown = reader
            .get(&format!("/v1/erasures/{erasure}"))?
            .expect(200)?;
        Ok(shown.get("status") == Some(&Value::from("erased")))
    })?;
    let item = instance.item(&link.item)?;
    checks.holds(
        "Plaid was told to end its access",
        item.get("removed") == Some(&json!(true)),
        item.get("removed").unwrap_or(&Value::Null),
    );
    nothing_stays(&mut instance, &id, checks)?;
    instance.stop();
    Ok(())
}

/// No cell of any table has her id, but the note that she was erased.
fn nothing_stays(instance: &mut Instance, id: &str, checks: &mut Checks) -> Result<()> {
    let id = id.strip_prefix("usr_").context("an odd id")?.to_owned();
    let database = instance.database()?.ours();
    let hers: Vec<String> = database
        .cells()
        .filter(|(_, cell)| cell.text() == Some(&id))
        .map(|(place, _)| place)
        .collect();
    let (noted, stays): (Vec<String>, Vec<String>) = hers
        .into_iter()
        .partition(|place| place.split('.').next() == Some(STAYS));
    checks.holds(
        "that she has left is noted, so that a restore leaves her out",
        !noted.is_empty(),
        noted.join(", "),
    );
    let tables = database.counts().len();
    checks.none(
        "no key of hers remains, nor any row",
        stays,
        format!("{tables} tables searched for her id"),
    );
    Ok(())
}
