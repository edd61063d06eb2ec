//! What the bank changes arrives by itself: by webhook, through the queue, exactly.

use end_to_end::{Connection, Keys, TrueTransaction};
use serde_json::{Value, json};

use super::{app, assert_in_step, comes_into_step};

fn connected(transactions: u32) -> Connection {
    app().connect(&app().person(), &json!({"transactions": transactions}))
}

/// Ids of the bank's rows as a JSON list.
fn ids(rows: &[TrueTransaction]) -> Vec<&str> {
    rows.iter().map(|row| row.transaction_id.as_str()).collect()
}

#[test]
fn added_modified_and_removed_rows_arrive_by_webhook() {
    let connection = connected(120);
    let rows = connection.bank.truth().transactions;
    connection.bank.update(
        &json!({
            "add": [{"name": "new one", "amount": 4.5}, {"name": "another", "amount": -3000, "date": "2025-01-31"}],
            "modify": [
                {"transaction_id": rows[0].transaction_id, "name": "renamed", "amount": 77.07},
                {"transaction_id": rows[1].transaction_id, "date": "2025-02-28"},
                {"transaction_id": rows[2].transaction_id, "merchant_name": "A merchant after all"},
            ],
            "remove": [rows[3].transaction_id, rows[4].transaction_id],
        })
        .to_string(),
    );
    comes_into_step(&connection);
    assert_eq!(connection.bank.truth().transactions.len(), 120);
}

#[test]
fn a_posted_transaction_takes_the_place_of_its_pending_one() {
    let connection = connected(10);
    let added = connection.bank.update(
        r#"{"add":[{"name":"Tip to come","amount":20.00,"pending":true},{"name":"As it is","amount":7,"pending":true}]}"#,
    );
    comes_into_step(&connection);
    let pending = |n: usize| added["added"][n].as_str().unwrap().to_owned();
    let posted = connection.bank.update(
        &json!({"post": [{"transaction_id": pending(0), "amount": 24.5, "date": "2026-11-01"}, pending(1)]}).to_string(),
    );
    comes_into_step(&connection);
    let keys = Keys::of(app().database(), &connection.person.id);
    let rows = connection.person.transactions("", 100);
    let named = |name: &str| {
        rows.iter()
            .filter(|row| row["name"] == name)
            .collect::<Vec<_>>()
    };
    let [tip] = named("Tip to come")[..] else {
        panic!("twins: {rows:?}")
    };
    assert_eq!(
        tip["id"],
        keys.transaction(posted["added"][0].as_str().unwrap())
    );
    assert_eq!(tip["replaces"], keys.transaction(&pending(0)));
    assert_eq!(tip["pending"], false);
    assert_eq!(named("As it is").len(), 1);
}

#[test]
fn a_pending_row_whose_removal_comes_a_page_later_is_shown_at_no_time_beside_its_posted_one() {
    let connection = connected(0);
    let added = connection
        .bank
        .update(r#"{"add":[{"name":"twin","amount":5,"pending":true}],"webhooks":false}"#);
    connection.refresh().expect(200);
    let pending = added["added"][0].as_str().unwrap();
    // The posted row at the start of a long batch, the removal at its very end.
    connection
        .bank
        .update(&json!({"post": [pending], "webhooks": false}).to_string());
    connection.bank.update(r#"{"add":1200,"webhooks":false}"#);
    connection.refresh().expect(200);
    let twins = connection
        .person
        .transactions("", 1000)
        .into_iter()
        .filter(|row| row["name"] == "twin");
    assert_eq!(twins.count(), 1);
    assert_in_step(&connection);
}

#[test]
fn a_change_of_thousands_arrives_whole() {
    let connection = connected(900);
    let rows = connection.bank.truth().transactions;
    let modify: Vec<Value> = rows[..300]
        .iter()
        .map(|row| json!({"transaction_id": row.transaction_id, "name": "Relabelled"}))
        .collect();
    connection.bank.update(
        &json!({"add": 2_600, "modify": modify, "remove": ids(&rows[300..500])}).to_string(),
    );
    comes_into_step(&connection);
}

#[test]
fn a_refresh_by_hand_fetches_what_no_webhook_told() {
    let connection = connected(30);
    connection
        .bank
        .update(r#"{"add":[{"name":"untold","amount":1}],"webhooks":false}"#);
    let shown = connection.refresh().expect(200);
    assert_eq!(shown["status"], "good");
    assert_eq!(shown["id"], connection.id.as_str());
    assert_in_step(&connection);
}

#[test]
fn a_refresh_with_nothing_new_changes_nothing() {
    let connection = connected(30);
    let before = connection.person.transactions("", 100);
    connection.refresh().expect(200);
    assert_eq!(connection.person.transactions("", 100), before);
}

#[test]
fn a_mutation_during_pagination_starts_the_batch_again() {
    let connection = connected(40);
    connection.bank.update(r#"{"add":1400,"webhooks":false}"#);
    connection.bank.mutate("once");
    connection.refresh().expect(200);
    comes_into_step(&connection);
    assert_eq!(connection.status(), "good");
    let mutations = connection
        .bank
        .calls()
        .into_iter()
        .filter(|call| call.status == Some(400))
        .count();
    assert_eq!(mutations, 1, "the bank did mutate");
}

#[test]
fn a_mutation_during_the_first_sync_starts_it_again() {
    let ada = app().person();
    let token = ada
        .post("/v1/link-tokens", &json!({}))
        .string("/link_token");
    let linked = app().bank().link(&token, &json!({"transactions": 1_300}));
    linked.item.mutate("once");
    let reply = ada.post("/v1/items", &json!({"public_token": linked.public_token}));
    let made = reply.expect(201);
    let id = reply.string("/id");
    let connection = Connection {
        person: ada,
        id,
        bank: linked.item,
        made,
    };
    comes_into_step(&connection);
}

#[test]
fn where_every_batch_from_the_stored_cursor_mutates_everything_is_reconciled_from_none() {
    let connection = connected(700);
    let rows = connection.bank.truth().transactions;
    // Removed rows do not come in a reading from none: they are to be found missing.
    connection
        .bank
        .update(&json!({"add": 900, "remove": ids(&rows[..150]), "webhooks": false}).to_string());
    connection.bank.mutate("always");
    connection.refresh().expect(200);
    connection.bank.mutate("off");
    comes_into_step(&connection);
    // And it goes on from the new cursor as before.
    connection
        .bank
        .update(&json!({"add": 3, "remove": ids(&rows[150..152])}).to_string());
    comes_into_step(&connection);
}

#[test]
fn a_reconciliation_from_none_leaves_her_other_bank_alone() {
    let ada = app().person();
    let steady = app().connect(
        &ada,
        &json!({"institution_id": "ins_109509", "transactions": 200}),
    );
    let moving = app().connect(
        &ada,
        &json!({"institution_id": "ins_109510", "transactions": 600}),
    );
    let rows = moving.bank.truth().transactions;
    moving
        .bank
        .update(&json!({"add": 800, "remove": ids(&rows[..60]), "webhooks": false}).to_string());
    moving.bank.mutate("always");
    moving.refresh().expect(200);
    moving.bank.mutate("off");
    app().eventually("both banks are in step", || {
        moving.refresh();
        end_to_end::differences(app().database(), &ada, &[&steady, &moving]).is_empty()
    });
}

#[test]
fn two_banks_of_one_person_may_change_at_once() {
    let ada = app().person();
    let banks: Vec<Connection> = ["ins_109508", "ins_109509", "ins_109510", "ins_127287"]
        .map(|bank| app().connect(&ada, &json!({"institution_id": bank, "transactions": 50})))
        .into();
    for round in 0..5 {
        for bank in &banks {
            bank.bank.update(&json!({"add": 20 + round}).to_string());
        }
    }
    let all: Vec<&Connection> = banks.iter().collect();
    app().eventually("all banks are in step", || {
        app().sweep();
        end_to_end::differences(app().database(), &ada, &all).is_empty()
    });
}

#[test]
fn an_account_that_is_opened_later_appears_with_its_transactions() {
    let connection = connected(10);
    let account = connection
        .bank
        .open_account(&json!({"name": "Holiday fund"}));
    let id = account["account_id"].as_str().unwrap();
    connection
        .bank
        .update(&json!({"add": [{"account_id": id, "amount": 10, "name": "first"}]}).to_string());
    comes_into_step(&connection);
    let accounts = connection.person.get("/v1/accounts").expect(200);
    assert!(
        accounts["data"]
            .as_array()
            .unwrap()
            .iter()
            .any(|account| account["name"] == "Holiday fund")
    );
}
