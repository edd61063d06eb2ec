//! What a person said of a pending transaction goes over to the posted one, in whatever
//! pieces the bank tells of it; and it goes for good with the account, the bank, and her.

use end_to_end::{Connection, Keys, own_words_of};
use serde_json::{Value, json};

use super::{app, assert_in_step, comes_into_step};

fn words() -> Value {
    json!({"corrected_category": "Tips", "note": "for the waiter", "tags": ["out", "june"]})
}

/// A bank with a pending transaction of which she has said something: Plaid's id of it.
fn with_pending(date: &str) -> (Connection, String) {
    let connection = app().connect(
        &app().person(),
        &json!({"institution_id": "ins_109509", "transactions": 5}),
    );
    let draft = json!({"name": "Tip to come", "amount": 20.5, "pending": true, "date": date});
    let added = connection.changed(&json!({"add": [draft]}));
    let pending = added["added"][0].as_str().unwrap().to_owned();
    let id = hers(&connection, &pending);
    connection.person.annotate(&id, &words()).expect(200);
    (connection, pending)
}

/// How the API names a transaction of hers.
fn hers(connection: &Connection, plaid_id: &str) -> String {
    Keys::of(app().database(), &connection.person.id).transaction(plaid_id)
}

/// A posted transaction that names its pending one, as a draft.
fn posted(pending: &str, date: &str) -> Value {
    json!({"name": "Tip to come", "amount": 24.5, "date": date, "pending_transaction_id": pending})
}

/// The posted transaction is there alone, with what was said of the pending one.
#[track_caller]
fn took_it_over(connection: &Connection, plaid_id: &str) {
    let id = hers(connection, plaid_id);
    assert_eq!(connection.person.own_words(&id), words());
    let mut rows = connection.person.transactions("", 1000);
    rows.retain(|row| row["name"] == "Tip to come");
    let [row] = &rows[..] else {
        panic!("not one: {rows:?}")
    };
    assert_eq!(row["id"], id.as_str());
    assert_eq!(own_words_of(row), words());
    assert_eq!(rows_of(connection, "annotation"), 1);
}

fn rows_of(connection: &Connection, table: &str) -> u64 {
    let person = connection.person.id.strip_prefix("usr_").unwrap();
    app().count_rows_where(table, &format!("user_id='{person}'"))
}

#[test]
fn the_posted_transaction_takes_it_over_by_webhook() {
    let (connection, pending) = with_pending("2026-10-12");
    let post = json!({"post": [{"transaction_id": pending, "amount": 24.5, "date": "2026-10-13"}]});
    let done = connection.bank.update(&post.to_string());
    comes_into_step(&connection);
    took_it_over(&connection, done["added"][0].as_str().unwrap());
    let gone = hers(&connection, &pending);
    let path = format!("/v1/transactions/{gone}");
    connection
        .person
        .get(&path)
        .expect_problem(404, "not-found");
    connection
        .person
        .annotate(&gone, &words())
        .expect_problem(404, "not-found");
}

#[test]
fn also_where_it_comes_pages_after_the_pending_one_went() {
    let (connection, pending) = with_pending("2026-10-12");
    let quietly = |update: Value| connection.bank.update(&update.to_string());
    quietly(json!({"remove": [pending], "webhooks": false}));
    quietly(json!({"add": 1300, "webhooks": false}));
    let done = quietly(json!({"add": [posted(&pending, "2026-10-14")], "webhooks": false}));
    connection.refresh().expect(200);
    comes_into_step(&connection);
    took_it_over(&connection, done["added"][0].as_str().unwrap());
}

#[test]
fn also_where_it_comes_pages_before_the_pending_one_goes() {
    let (connection, pending) = with_pending("2026-10-12");
    let quietly = |update: Value| connection.bank.update(&update.to_string());
    let done = quietly(json!({"add": [posted(&pending, "2026-10-14")], "webhooks": false}));
    quietly(json!({"add": 1300, "webhooks": false}));
    quietly(json!({"remove": [pending], "webhooks": false}));
    connection.refresh().expect(200);
    comes_into_step(&connection);
    took_it_over(&connection, done["added"][0].as_str().unwrap());
}

#[test]
fn also_where_it_comes_a_sync_later_in_another_month() {
    let (connection, pending) = with_pending("2026-10-31");
    connection.changed(&json!({"remove": [pending]}));
    assert_in_step(&connection);
    let gone = format!("/v1/transactions/{}", hers(&connection, &pending));
    connection
        .person
        .get(&gone)
        .expect_problem(404, "not-found");
    // And nothing happens for a while.
    connection.changed(&json!({"add": 3}));
    let done = connection.changed(&json!({"add": [posted(&pending, "2026-11-02")]}));
    assert_in_step(&connection);
    took_it_over(&connection, done["added"][0].as_str().unwrap());
}

#[test]
fn also_where_the_pending_one_goes_a_sync_later() {
    let (connection, pending) = with_pending("2026-10-31");
    let done = connection.changed(&json!({"add": [posted(&pending, "2026-11-02")]}));
    let posted = done["added"][0].as_str().unwrap();
    took_it_over(&connection, posted);
    connection.changed(&json!({"remove": [pending]}));
    assert_in_step(&connection);
    took_it_over(&connection, posted);
}

#[test]
fn a_later_word_on_the_posted_one_is_not_undone() {
    let (connection, pending) = with_pending("2026-10-31");
    let done = connection.changed(&json!({"post": [pending]}));
    let posted = done["added"][0].as_str().unwrap();
    let id = hers(&connection, posted);
    connection
        .person
        .annotate(&id, &json!({"note": null, "tags": ["mine"]}))
        .expect(200);
    // The bank tells of it once more, its pending one named again.
    connection.changed(&json!({"modify": [{"transaction_id": posted, "amount": 25}]}));
    connection.bank.mutate("always");
    connection.changed(&json!({"add": 900}));
    connection.bank.mutate("off");
    comes_into_step(&connection);
    let expected = json!({"corrected_category": "Tips", "note": null, "tags": ["mine"]});
    assert_eq!(connection.person.own_words(&id), expected);
}

#[test]
fn it_stays_through_a_reading_from_none() {
    let (connection, pending) = with_pending("2026-10-31");
    let steady = connection.told(
        app(),
        r#"[{"name":"steady","amount":1,"date":"2025-03-04"}]"#,
    );
    connection.person.annotate(&steady[0], &words()).expect(200);
    connection.changed(&json!({"add": 400}));
    // Everything is read from none; the pending one is posted, and others are missing.
    let truth = connection.bank.truth().transactions;
    let of_none: Vec<&str> = truth
        .iter()
        .filter(|row| row.name != "steady" && row.transaction_id != pending)
        .map(|row| row.transaction_id.as_str())
        .take(60)
        .collect();
    let update = json!({"add": 900, "remove": of_none, "post": [pending], "webhooks": false});
    let done = connection.bank.update(&update.to_string());
    connection.bank.mutate("always");
    connection.refresh().expect(200);
    connection.bank.mutate("off");
    comes_into_step(&connection);
    assert_eq!(connection.person.own_words(&steady[0]), words());
    let posted = done["added"].as_array().unwrap().last().unwrap();
    let id = hers(&connection, posted.as_str().unwrap());
    assert_eq!(connection.person.own_words(&id), words());
}

#[test]
fn it_goes_with_the_account_and_a_siblings_stays() {
    let (connection, _) = with_pending("2026-10-31");
    let keys = Keys::of(app().database(), &connection.person.id);
    let accounts = connection.bank.truth().accounts;
    let drafts = accounts.iter().map(|account| {
        json!({"account_id": account.account_id, "name": "in each", "amount": 1, "date": "2026-06-01"})
    });
    let drafts: Vec<Value> = drafts.collect();
    let ids = connection.told(app(), &json!(drafts).to_string());
    for id in &ids {
        connection.person.annotate(id, &words()).expect(200);
    }
    let before = rows_of(&connection, "annotation");
    assert_eq!(before, 1 + ids.len() as u64);
    let gone = keys.account(&accounts[1].account_id);
    connection
        .person
        .delete(&format!("/v1/accounts/{gone}"))
        .expect(204);
    assert_eq!(rows_of(&connection, "annotation"), before - 1);
    let gone = format!("/v1/transactions/{}", ids[1]);
    connection
        .person
        .get(&gone)
        .expect_problem(404, "not-found");
    assert_eq!(connection.person.own_words(&ids[0]), words());
    assert_eq!(connection.person.own_words(&ids[2]), words());
    // Nor is it there once the account is let in again.
    connection
        .person
        .post(&format!("/v1/items/{}/repairs", connection.id), &json!({}))
        .expect(200);
    comes_into_step(&connection);
    let nothing = json!({"corrected_category": null, "note": null, "tags": []});
    assert_eq!(connection.person.own_words(&ids[1]), nothing);
}

#[test]
fn also_what_was_said_of_a_row_that_the_bank_took_back_goes_with_its_account() {
    let (connection, pending) = with_pending("2026-10-31");
    let keys = Keys::of(app().database(), &connection.person.id);
    let truth = connection.bank.truth().transactions;
    let row = truth
        .iter()
        .find(|row| row.transaction_id == pending)
        .unwrap();
    let account = keys.account(&row.account_id);
    connection.changed(&json!({"remove": [pending]}));
    connection
        .person
        .delete(&format!("/v1/accounts/{account}"))
        .expect(204);
    assert_eq!(rows_of(&connection, "annotation"), 0);
}

#[test]
fn it_goes_with_the_bank() {
    let (connection, _) = with_pending("2026-10-31");
    let other = app().connect(
        &connection.person,
        &json!({"institution_id": "ins_109510", "transactions": 0}),
    );
    let kept = other.told(app(), r#"[{"name":"kept","amount":1}]"#);
    other.person.annotate(&kept[0], &words()).expect(200);
    let path = format!("/v1/items/{}", connection.id);
    connection.person.delete(&path).expect(204);
    assert_eq!(rows_of(&connection, "annotation"), 1);
    assert_eq!(other.person.own_words(&kept[0]), words());
}

#[test]
fn it_goes_with_the_person() {
    let (connection, _) = with_pending("2026-10-31");
    let ada = &connection.person;
    ada.get("/v1/cash-flow").expect(200);
    for table in ["annotation", "month_total", "snapshot", "balance_year"] {
        assert!(rows_of(&connection, table) > 0, "{table} has a row to go");
    }
    ada.by_password("DELETE", "/v1/me", None).expect(202);
    let person = ada.id.strip_prefix("usr_").unwrap();
    app().eventually("nothing is left of her", || {
        app().sweep();
        let mut traces = app().database().traces_of(person);
        traces.retain(|trace| !trace.starts_with("erasure: "));
        traces.is_empty()
    });
}
