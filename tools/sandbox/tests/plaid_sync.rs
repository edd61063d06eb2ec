//! `/transactions/sync` over the wire: a client that reads as Plaid says ends with the bank's truth.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod standins;

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};
use standins::{Item, Standins, text};

/// A client's copy of an Item.
#[derive(Default)]
struct Client {
    rows: BTreeMap<String, Value>,
    cursor: Option<String>,
    pages: usize,
}

impl Client {
    /// One page; false after the last.
    async fn page(&mut self, plaid: &Standins, item: &Item, count: usize) -> bool {
        let mut body = json!({ "access_token": item.access_token, "count": count });
        if let Some(cursor) = &self.cursor {
            body["cursor"] = json!(cursor);
        }
        let page = plaid.ask("/transactions/sync", body).await;
        let rows = |name: &str| page[name].as_array().unwrap().clone();
        let size = rows("added").len() + rows("modified").len() + rows("removed").len();
        assert!(size <= count);
        for mut row in rows("added").into_iter().chain(rows("modified")) {
            row.as_object_mut().unwrap().remove("original_description");
            self.rows.insert(id(&row), row);
        }
        for row in rows("removed") {
            self.rows.remove(&id(&row));
        }
        self.cursor = Some(page["next_cursor"].as_str().unwrap().to_owned());
        self.pages += 1;
        page["has_more"].as_bool().unwrap()
    }

    async fn read(&mut self, plaid: &Standins, item: &Item, count: usize) {
        while self.page(plaid, item, count).await {}
    }

    async fn assert_knows_the_truth(&self, plaid: &Standins, item: &Item) {
        let truth = plaid.truth(item).await;
        let rows: Vec<Value> = self.rows.values().cloned().collect();
        assert_eq!(json!(rows), truth["transactions"]);
        assert_eq!(json!(self.cursor), truth["cursor"]);
    }
}

fn id(row: &Value) -> String {
    row["transaction_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn twenty_pages_of_500_bring_ten_thousand_transactions() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 10_000 })).await;
    let mut client = Client::default();
    client.read(&plaid, &item, 500).await;
    assert_eq!((client.pages, client.rows.len()), (20, 10_000));
    client.assert_knows_the_truth(&plaid, &item).await;
}

#[tokio::test]
async fn changes_of_every_kind_reach_a_client_that_is_up_to_date_and_a_new_one_alike() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 50 })).await;
    let mut client = Client::default();
    client.read(&plaid, &item, 7).await;
    let known: Vec<String> = client.rows.keys().cloned().collect();
    let made = plaid
        .update(
            &item,
            json!({
                "add": [{ "amount": 4, "pending": true }, { "amount": 5 }],
                "modify": [{ "transaction_id": known[0], "name": "Renamed" }],
                "remove": [known[1]],
            }),
        )
        .await;
    client.read(&plaid, &item, 2).await;
    client.assert_knows_the_truth(&plaid, &item).await;
    let posted = plaid
        .update(
            &item,
            json!({ "post": [{ "transaction_id": made["added"][0], "amount": 4.5 }] }),
        )
        .await;
    client.read(&plaid, &item, 500).await;
    let row = &client.rows[posted["added"][0].as_str().unwrap()];
    assert_eq!(row["pending_transaction_id"], made["added"][0]);
    assert_eq!(row["amount"], 4.5);
    assert_eq!(row["pending"], false);
    client.assert_knows_the_truth(&plaid, &item).await;
    let mut newcomer = Client::default();
    newcomer.read(&plaid, &item, 500).await;
    newcomer.assert_knows_the_truth(&plaid, &item).await;
}

#[tokio::test]
async fn an_amount_crosses_the_wire_as_the_lexeme_it_was_written_as() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 0 })).await;
    let url = format!("{}/_control/items/{}/transactions", plaid.plaid, item.id);
    let body = r#"{"add":[{"amount":1.10e2,"name":"a"},{"amount":0.1,"name":"b"},{"amount":-12345678901234.567,"name":"c","iso_currency_code":"KWD"}]}"#;
    let added = sandbox::send(Method::POST, &url, &[], body, standins::PATIENCE).await;
    assert_eq!(added.unwrap().status, 200);
    let body = json!({ "access_token": item.access_token });
    let page = text(&plaid.call("/transactions/sync", &body).await.unwrap());
    for lexeme in ["1.10e2", "0.1", "-12345678901234.567"] {
        assert!(page.contains(&format!("\"amount\":{lexeme},")), "{lexeme}");
    }
}

#[tokio::test]
async fn an_item_that_is_not_ready_gives_an_empty_cursor_and_then_its_parts() {
    let plaid = Standins::start(&[]).await;
    let item = plaid
        .item(json!({ "transactions": 200, "ready": "NOT_READY" }))
        .await;
    let body = json!({ "access_token": item.access_token, "count": 500 });
    let page = plaid.ask("/transactions/sync", body.clone()).await;
    assert_eq!(page["next_cursor"], "");
    assert_eq!(page["transactions_update_status"], "NOT_READY");
    assert_eq!(page["added"], json!([]));
    let advance = format!("/items/{}/advance", item.id);
    plaid.control(Method::POST, &advance, json!({})).await;
    let recent = plaid.ask("/transactions/sync", body.clone()).await;
    assert_eq!(
        recent["transactions_update_status"],
        "INITIAL_UPDATE_COMPLETE"
    );
    let count = recent["added"].as_array().unwrap().len();
    assert!((1..200).contains(&count));
    plaid.control(Method::POST, &advance, json!({})).await;
    let mut body = body;
    body["cursor"] = recent["next_cursor"].clone();
    let rest = plaid.ask("/transactions/sync", body).await;
    assert_eq!(
        rest["transactions_update_status"],
        "HISTORICAL_UPDATE_COMPLETE"
    );
    assert_eq!(rest["added"].as_array().unwrap().len(), 200 - count);
}

async fn page_after(plaid: &Standins, item: &Item, cursor: &Value) -> (u16, Value) {
    let body = json!({ "access_token": item.access_token, "count": 20, "cursor": cursor });
    standins::read(&plaid.call("/transactions/sync", &body).await.unwrap())
}

#[tokio::test]
async fn a_change_during_pagination_fails_the_next_page_and_a_restart_gets_through() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 100 })).await;
    let (_, first) = page_after(&plaid, &item, &json!("")).await;
    plaid.update(&item, json!({ "add": 1 })).await;
    let (status, refused) = page_after(&plaid, &item, &first["next_cursor"]).await;
    assert_eq!(status, 400);
    assert_eq!(refused["error_type"], "TRANSACTIONS_ERROR");
    assert_eq!(
        refused["error_code"],
        "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION"
    );
    let mut client = Client::default();
    client.read(&plaid, &item, 20).await;
    client.assert_knows_the_truth(&plaid, &item).await;
}

#[tokio::test]
async fn an_ordered_mutation_changes_a_delivered_row_once() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 100 })).await;
    let mutate = format!("/items/{}/mutate", item.id);
    let order = json!({ "mode": "once", "after_pages": 2 });
    plaid.control(Method::POST, &mutate, order).await;
    let (_, first) = page_after(&plaid, &item, &json!("")).await;
    let (status, second) = page_after(&plaid, &item, &first["next_cursor"]).await;
    assert_eq!(status, 200);
    let (status, _) = page_after(&plaid, &item, &second["next_cursor"]).await;
    assert_eq!(status, 400);
    let delivered: Vec<String> = [&first, &second]
        .iter()
        .flat_map(|page| page["added"].as_array().unwrap().iter().map(id))
        .collect();
    let before = plaid.truth(&item).await;
    let changed = before["transactions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| {
            let was = |page: &Value| {
                let mut rows = page["added"].as_array().unwrap().iter();
                rows.any(|old| id(old) == id(row) && old["amount"] != row["amount"])
            };
            delivered.contains(&id(row)) && (was(&first) || was(&second))
        });
    assert_eq!(changed.count(), 1);
    let mut client = Client::default();
    client.read(&plaid, &item, 20).await;
    client.assert_knows_the_truth(&plaid, &item).await;
}

#[tokio::test]
async fn a_mutation_ordered_always_only_lets_a_reading_from_none_through() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 30 })).await;
    let mut client = Client::default();
    client.read(&plaid, &item, 500).await;
    plaid.update(&item, json!({ "add": 60 })).await;
    let mutate = format!("/items/{}/mutate", item.id);
    plaid
        .control(Method::POST, &mutate, json!({ "mode": "always" }))
        .await;
    for _ in 0..3 {
        let (status, page) = page_after(&plaid, &item, &json!(client.cursor)).await;
        assert_eq!((status, &page["has_more"]), (200, &json!(true)));
        let (status, _) = page_after(&plaid, &item, &page["next_cursor"]).await;
        assert_eq!(status, 400);
    }
    let mut newcomer = Client::default();
    newcomer.read(&plaid, &item, 20).await;
    newcomer.assert_knows_the_truth(&plaid, &item).await;
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_item_only_and_null_is_none() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 5 })).await;
    let other = plaid
        .control(Method::POST, "/items", json!({ "transactions": 5 }))
        .await;
    let path = format!("/items/{}/truth", other["item_id"].as_str().unwrap());
    let cursor = plaid.control(Method::GET, &path, Value::Null).await["cursor"].clone();
    for cursor in [
        cursor,
        json!("AAAA"),
        json!("not base64 at all"),
        Value::Null,
    ] {
        let body = json!({ "access_token": item.access_token, "cursor": cursor });
        let refused = plaid.refused("/transactions/sync", body).await;
        assert_eq!(refused, (400, "INVALID_FIELD".to_owned()));
    }
}

#[tokio::test]
async fn the_cursor_now_skips_what_was_and_an_account_filter_keeps_to_its_account() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 300 })).await;
    let (_, now) = page_after(&plaid, &item, &json!("now")).await;
    assert_eq!(
        (&now["added"], &now["has_more"]),
        (&json!([]), &json!(false))
    );
    let account = &now["accounts"][0]["account_id"];
    let body = json!({
        "access_token": item.access_token, "count": 500, "options": { "account_id": account },
    });
    let page = plaid.ask("/transactions/sync", body).await;
    let rows = page["added"].as_array().unwrap();
    assert!((1..300).contains(&rows.len()));
    assert!(rows.iter().all(|row| row["account_id"] == *account));
}

#[tokio::test]
async fn the_original_description_comes_on_request_only() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 5 })).await;
    let mut body = json!({ "access_token": item.access_token });
    let page = plaid.ask("/transactions/sync", body.clone()).await;
    assert_eq!(page["added"][0]["original_description"], Value::Null);
    body["options"] = json!({ "include_original_description": true });
    let page = plaid.ask("/transactions/sync", body).await;
    assert!(page["added"][0]["original_description"].is_string());
}

#[tokio::test]
async fn the_51st_sync_in_a_minute_is_refused_unless_limits_are_off() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 1 })).await;
    let body = json!({ "access_token": item.access_token });
    for _ in 0..50 {
        plaid.ask("/transactions/sync", body.clone()).await;
    }
    let refused = plaid.refused("/transactions/sync", body.clone()).await;
    assert_eq!(refused, (429, "TRANSACTIONS_SYNC_LIMIT".to_owned()));
    plaid
        .control(Method::POST, "/limits", json!({ "off": true }))
        .await;
    plaid.ask("/transactions/sync", body).await;
}

#[tokio::test]
async fn the_same_seed_and_date_give_the_same_bytes() {
    let mut pages = Vec::new();
    for _ in 0..2 {
        let plaid = Standins::start(&["--seed", "9", "--today", "2026-03-01"]).await;
        let item = plaid.item(json!({ "transactions": 120 })).await;
        let body = json!({ "access_token": item.access_token, "count": 500 });
        pages.push(plaid.call("/transactions/sync", &body).await.unwrap().body);
    }
    assert_eq!(pages[0], pages[1]);
}
