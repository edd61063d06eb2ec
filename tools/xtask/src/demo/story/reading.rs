//! What Ada reads: accounts, and transactions by page, by day and by text.

use anyhow::{Context as _, Result, ensure};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::ADA;
use crate::client::{Request, elements, string};
use crate::demo::stage::Stage;

pub(super) fn read(stage: &mut Stage) -> Result<()> {
    stage.step("Accounts", "With the balances the bank gave last.");
    let reply = stage.ask(ADA, Request::get("/v1/accounts"), 200)?;
    ensure!(
        !elements(&reply.json(), "/data").is_empty(),
        "there are no accounts"
    );

    stage.step(
        "Transactions",
        "Newest first. What is read here was sealed until this request.",
    );
    let request = Request::get("/v1/transactions?limit=2");
    let first = stage.ask_for("CURSOR", ADA, request, 200, |reply| {
        reply.string("/next_cursor")
    })?;
    let first = first.json();
    let one = strings(&first, "/id")?;

    stage.step(
        "The next page",
        "The cursor is sealed too: where it points tells nobody anything.",
    );
    let path = format!(
        "/v1/transactions?limit=2&cursor={}",
        stage.secret("CURSOR")?
    );
    let two = strings(&stage.ask(ADA, Request::get(&path), 200)?.json(), "/id")?;
    ensure!(
        one.len() == 2 && two.len() == 2,
        "they are not pages of two"
    );
    ensure!(two.iter().all(|id| !one.contains(id)), "the pages overlap");

    stage.step(
        "A month",
        "Only the months that a range touches are fetched and opened.",
    );
    let newest: Date = string(&first, "/data/0/date")?
        .parse()
        .context("a date that is none")?;
    let (from, to) = (
        newest.first_of_month().to_string(),
        newest.last_of_month().to_string(),
    );
    let path = format!("/v1/transactions?from={from}&to={to}");
    let dates = strings(&stage.ask(ADA, Request::get(&path), 200)?.json(), "/date")?;
    ensure!(!dates.is_empty(), "the month is empty");
    for date in dates {
        ensure!(from <= date && date <= to, "{date} is not in the range");
    }

    stage.step(
        "Search",
        "By POST, because what one searches for is private and stands in no URL.",
    );
    let body = json!({"text": "coffee", "limit": 3});
    let reply = stage.ask(ADA, Request::post("/v1/transactions/search", &body), 200)?;
    ensure!(
        !elements(&reply.json(), "/data").is_empty(),
        "nothing was found"
    );
    Ok(())
}

/// A member of every element of a list.
fn strings(list: &Value, pointer: &str) -> Result<Vec<String>> {
    elements(list, "/data")
        .iter()
        .map(|element| string(element, pointer))
        .collect()
}
