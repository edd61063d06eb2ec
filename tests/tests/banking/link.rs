//! Link tokens, the exchange, and the first sync.

use end_to_end::{Keys, shown_account};
use serde_json::{Value, json};

use super::{app, assert_in_step, comes_into_step};

#[test]
fn a_link_token_asks_for_reading_and_for_nothing_else() {
    let ada = app().person();
    let reply = ada.post("/v1/link-tokens", &json!({}));
    let token = reply.expect(201);
    assert!(
        token["link_token"]
            .as_str()
            .unwrap()
            .starts_with("link-sandbox-")
    );
    assert!(token["expires_at"].as_str().unwrap().ends_with('Z'));
    let calls = app().bank().calls_to("/link/token/create");
    let asked = calls
        .iter()
        .map(|call| &call.body)
        .find(|body| body["user"]["client_user_id"] == ada.id.as_str());
    let asked = asked.expect("a call in her name");
    assert_eq!(asked["products"], json!(["transactions"]));
    assert_eq!(
        asked["additional_consented_products"],
        json!(["investments", "liabilities"])
    );
    assert_eq!(asked["transactions"]["days_requested"], 730);
    assert_eq!(
        asked["webhook"],
        format!("{}/webhooks/plaid", app().stack().origin())
    );
    assert!(asked["client_name"].as_str().unwrap().len() <= 30);
    assert!(asked.get("access_token").is_none());
    assert!(!asked.to_string().contains(&ada.applicant.email));
}

#[test]
fn a_repair_token_is_for_one_item_and_asks_for_no_products() {
    let ada = app().person();
    let connection = app().connect(&ada, &json!({"transactions": 1}));
    let reply = ada.post("/v1/link-tokens", &json!({"item_id": connection.id}));
    let token = reply.expect(201)["link_token"].as_str().unwrap().to_owned();
    let calls = connection.bank.calls();
    let asked = calls
        .iter()
        .rfind(|call| call.path == "/link/token/create")
        .expect("a call about the Item");
    assert!(asked.body.get("products").is_none());
    // In update mode Link repairs the Item that is there: nothing is to be exchanged.
    assert!(app().bank().link(&token, &json!({})).public_token.is_none());
}

#[test]
fn a_page_of_plaids_own_connects_once_it_is_finished() {
    let ada = app().person();
    let begun = ada
        .post("/v1/link-tokens", &json!({"hosted": true}))
        .expect(201);
    assert!(
        begun["hosted_link_url"]
            .as_str()
            .unwrap()
            .starts_with("https://")
    );
    let body = json!({"hosted_link": begun["hosted_link"]});
    ada.post("/v1/items", &body)
        .expect_problem(409, "link-pending");
    assert_eq!(ada.get("/v1/items").expect(200)["data"], json!([]));

    let token = begun["link_token"].as_str().unwrap();
    app().bank().link(token, &json!({"transactions": 12}));
    // It is nobody's but hers, and no other ticket is one.
    let eve = app().person();
    eve.post("/v1/items", &body)
        .expect_problem(422, "link-refused");
    for other in ["", "x", token] {
        ada.post("/v1/items", &json!({"hosted_link": other}))
            .expect_problem(422, "link-refused");
    }
    let made = ada.post("/v1/items", &body).expect(201);
    assert_eq!(made["status"], "good");
    assert_eq!(ada.transactions("", 100).len(), 12);
    // What was connected is not connected again.
    ada.post("/v1/items", &body)
        .expect_problem(409, "duplicate-item");
}

#[test]
fn a_connection_comes_from_link_or_from_plaids_page_and_not_from_both() {
    let ada = app().person();
    ada.post("/v1/items", &json!({}))
        .expect_field("public_token", "missing");
    ada.post(
        "/v1/items",
        &json!({"public_token": "public-1", "hosted_link": "x"}),
    )
    .expect_field("hosted_link", "one_of");
    // A repair connects nothing, so there is nothing to send afterwards.
    let connection = app().connect(&ada, &json!({"transactions": 1}));
    let begun = ada
        .post(
            "/v1/link-tokens",
            &json!({"item_id": connection.id, "hosted": true}),
        )
        .expect(201);
    assert!(begun["hosted_link_url"].is_string());
    assert_eq!(begun["hosted_link"], json!(null));
}

#[test]
fn linking_brings_accounts_in_the_reply_and_every_transaction() {
    let ada = app().person();
    let connection = app().connect(
        &ada,
        &json!({"institution_id": "ins_109509", "transactions": 700}),
    );
    let made = &connection.made;
    assert_eq!(made["status"], "good");
    assert_eq!(
        made["institution"],
        json!({"id": "ins_109509", "name": "First Gingham Credit Union"})
    );
    assert!(made["last_synced_at"].is_string());
    let keys = Keys::of(app().database(), &ada.id);
    let truth = connection.bank.truth();
    let expected: Vec<Value> = truth
        .accounts
        .iter()
        .map(|account| shown_account(&keys, &connection.id, account))
        .collect();
    assert_eq!(without_times(&made["accounts"]), sorted(expected.clone()));
    assert_eq!(
        without_times(&ada.get("/v1/accounts").expect(200)["data"]),
        sorted(expected)
    );
    assert_in_step(&connection);
}

#[test]
fn every_account_is_listed_those_without_transactions_too() {
    let ada = app().person();
    let connection = app().connect(
        &ada,
        &json!({"institution_id": "ins_109508", "transactions": 50}),
    );
    let keys = Keys::of(app().database(), &ada.id);
    let expected: Vec<Value> = connection
        .bank
        .truth()
        .accounts
        .iter()
        .map(|account| shown_account(&keys, &connection.id, account))
        .collect();
    assert_eq!(
        without_times(&connection.made["accounts"]),
        sorted(expected)
    );
}

#[test]
fn an_account_is_shown_by_its_id() {
    let ada = app().person();
    let connection = app().connect(&ada, &json!({"transactions": 1}));
    for account in connection.made["accounts"].as_array().unwrap() {
        let id = account["id"].as_str().unwrap();
        assert_eq!(&ada.get(&format!("/v1/accounts/{id}")).expect(200), account);
    }
}

#[test]
fn a_history_longer_than_a_request_may_fetch_goes_on_by_itself() {
    let ada = app().person();
    let connection = app().connect(&ada, &json!({"transactions": 5_200}));
    comes_into_step(&connection);
    assert_eq!(connection.status(), "good");
}

#[test]
fn a_bank_that_is_not_ready_hands_over_when_it_is() {
    let ada = app().person();
    let connection = app().connect(&ada, &json!({"transactions": 300, "ready": "NOT_READY"}));
    assert_eq!(connection.made["status"], "preparing");
    assert_eq!(ada.transactions("", 100), Vec::<Value>::new());
    for _stage in ["INITIAL_UPDATE_COMPLETE", "HISTORICAL_UPDATE_COMPLETE"] {
        connection.bank.advance();
        comes_into_step(&connection);
        assert_eq!(connection.status(), "good");
    }
    assert_eq!(connection.bank.truth().transactions.len(), 300);
}

#[test]
fn the_same_accounts_are_refused_before_anything_is_exchanged() {
    let ada = app().person();
    let first = app().connect(
        &ada,
        &json!({"institution_id": "ins_109510", "transactions": 5}),
    );
    let (again, refused) = app().try_to_connect(&ada, &json!({"institution_id": "ins_109510"}));
    refused.expect_problem(409, "duplicate-item");
    assert!(again.state()["access_token"].is_null(), "it was exchanged");
    assert_eq!(
        ada.get("/v1/items").expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_in_step(&first);
    // Another bank is no duplicate, nor is the same bank of somebody else.
    app().connect(
        &ada,
        &json!({"institution_id": "ins_109509", "transactions": 1}),
    );
    app().connect(
        &app().person(),
        &json!({"institution_id": "ins_109510", "transactions": 1}),
    );
}

#[test]
fn a_public_token_is_good_for_one_exchange() {
    let ada = app().person();
    let connection = app().connect(&ada, &json!({"transactions": 1}));
    let used = connection.bank.state()["public_token"]
        .as_str()
        .unwrap()
        .to_owned();
    for token in [
        used.as_str(),
        "public-sandbox-00000000-0000-4000-8000-000000000000",
        "nonsense",
    ] {
        ada.post("/v1/items", &json!({"public_token": token}))
            .expect_problem(422, "link-refused");
    }
    assert_eq!(
        ada.get("/v1/items").expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn linking_sent_twice_under_one_key_links_once() {
    let ada = app().person();
    let token = ada
        .post("/v1/link-tokens", &json!({}))
        .string("/link_token");
    let linked = app().bank().link(&token, &json!({"transactions": 3}));
    let body = json!({"public_token": linked.public_token});
    let send = || {
        ada.call("POST", "/v1/items")
            .header("idempotency-key", "my first bank")
            .json(&body)
            .send()
    };
    let (first, second) = (send(), send());
    first.expect(201);
    assert_eq!(second.expect(201), first.json());
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
    assert_eq!(
        ada.get("/v1/items").expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let exchanges = app().bank().calls_to("/item/public_token/exchange");
    assert!(!exchanges.is_empty());
}

#[test]
fn connections_are_listed_oldest_first_and_shown_with_their_accounts() {
    let ada = app().person();
    let first = app().connect(
        &ada,
        &json!({"institution_id": "ins_109509", "transactions": 1}),
    );
    let second = app().connect(
        &ada,
        &json!({"institution_id": "ins_109510", "transactions": 1}),
    );
    let list = ada.get("/v1/items").expect(200);
    let ids: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, [first.id.as_str(), second.id.as_str()]);
    assert_eq!(list["next_cursor"], Value::Null);
    assert_eq!(second.shown(), second.made);
}

/// Accounts without the time of their figures, by id.
fn without_times(accounts: &Value) -> Vec<Value> {
    let mut accounts = accounts.as_array().expect("accounts").clone();
    for account in &mut accounts {
        let time = account
            .as_object_mut()
            .expect("an account")
            .remove("updated_at");
        assert!(time.is_some_and(|time| time.is_string()));
    }
    sorted(accounts)
}

fn sorted(mut accounts: Vec<Value>) -> Vec<Value> {
    accounts.sort_by_key(|account| account["id"].as_str().map(str::to_owned));
    accounts
}
