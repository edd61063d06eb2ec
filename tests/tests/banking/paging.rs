//! `GET /v1/transactions`: order, pages, filters, limits, cursors.

use std::collections::HashSet;

use end_to_end::{Client, Connection, Keys};
use serde_json::{Value, json};

use super::{app, assert_in_step};

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

/// A list of rows, newest first, then by id.
fn assert_ordered(rows: &[Value]) {
    let key = |row: &Value| {
        let (date, id) = (row["date"].as_str().unwrap(), row["id"].as_str().unwrap());
        (std::cmp::Reverse(date.to_owned()), id.to_owned())
    };
    assert!(rows.is_sorted_by_key(key));
}

fn connected(transactions: u32) -> Connection {
    app().connect(&app().person(), &json!({"transactions": transactions}))
}

#[test]
fn pages_of_any_size_give_each_transaction_once_in_order() {
    let connection = connected(400);
    let whole = connection.person.transactions("", 1000);
    assert_eq!(whole.len(), 400);
    assert_ordered(&whole);
    for limit in [1, 7, 100, 399, 400, 401] {
        let paged = connection.person.transactions("", limit);
        assert_eq!(ids(&paged), ids(&whole), "pages of {limit}");
    }
}

#[test]
fn the_last_full_page_has_no_next_one() {
    let connection = connected(10);
    let page = connection
        .person
        .get("/v1/transactions?limit=10")
        .expect(200);
    assert_eq!(page["data"].as_array().unwrap().len(), 10);
    assert_eq!(page["next_cursor"], Value::Null);
    let page = connection
        .person
        .get("/v1/transactions?limit=9")
        .expect(200);
    assert!(page["next_cursor"].is_string());
}

#[test]
fn a_hundred_is_a_page_where_nobody_says() {
    let connection = connected(101);
    let page = connection.person.get("/v1/transactions").expect(200);
    assert_eq!(page["data"].as_array().unwrap().len(), 100);
}

#[test]
fn somebody_without_a_bank_has_an_empty_page() {
    let nobody = app().person();
    assert_eq!(
        nobody.get("/v1/transactions").expect(200),
        json!({"data": [], "next_cursor": null})
    );
    let found = nobody.post("/v1/transactions/search", &json!({"text": "coffee"}));
    assert_eq!(found.expect(200), json!({"data": [], "next_cursor": null}));
}

#[test]
fn a_month_of_thousands_is_paged_through() {
    let ada = app().person();
    let connection = app().connect(&ada, &json!({"transactions": 0}));
    let day = |number: u32| {
        format!(
            r#"{{"name":"Row {number}","amount":1,"date":"2026-03-{:02}"}}"#,
            number % 31 + 1
        )
    };
    let drafts: Vec<String> = (0..4_500).map(day).collect();
    connection.bank.update(&format!(
        r#"{{"add":[{}],"webhooks":false}}"#,
        drafts.join(",")
    ));
    connection.refresh().expect(200);
    super::comes_into_step(&connection);
    let paged = ada.transactions("", 700);
    assert_eq!(paged.len(), 4_500);
    assert_ordered(&paged);
    assert_eq!(ids(&paged).into_iter().collect::<HashSet<_>>().len(), 4_500);
}

#[test]
fn transactions_that_come_between_pages_disturb_none_of_those_that_were_there() {
    let connection = connected(300);
    let before = ids(&connection.person.transactions("", 1000));
    let mut seen: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = connection
            .person
            .get(&format!("/v1/transactions?limit=37{cursor}"))
            .expect(200);
        seen.extend(page["data"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
        // New ones, today and long ago: before and behind the page just read.
        connection.bank.update(
            r#"{"webhooks":false,"add":[{"amount":1,"name":"today"},{"amount":2,"name":"long ago","date":"2025-02-03"}]}"#,
        );
        connection.refresh().expect(200);
    }
    assert_ordered(&seen);
    let seen = ids(&seen);
    assert_eq!(
        seen.iter().collect::<HashSet<_>>().len(),
        seen.len(),
        "one came twice"
    );
    let of_before: Vec<&String> = seen.iter().filter(|id| before.contains(id)).collect();
    assert_eq!(
        of_before,
        before.iter().collect::<Vec<_>>(),
        "one was passed over"
    );
    assert_in_step(&connection);
}

#[test]
fn the_row_a_cursor_names_may_go_and_the_next_page_still_follows() {
    let connection = connected(60);
    let keys = Keys::of(app().database(), &connection.person.id);
    let whole = ids(&connection.person.transactions("", 1000));
    let page = connection
        .person
        .get("/v1/transactions?limit=20")
        .expect(200);
    let last = &whole[19];
    let truth = connection.bank.truth();
    let named = truth
        .transactions
        .iter()
        .find(|row| keys.transaction(&row.transaction_id) == *last)
        .unwrap();
    connection
        .bank
        .update(&json!({"remove": [named.transaction_id], "webhooks": false}).to_string());
    connection.refresh().expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = connection
        .person
        .get(&format!("/v1/transactions?limit=20&cursor={cursor}"))
        .expect(200);
    assert_eq!(ids(next["data"].as_array().unwrap()), whole[20..40]);
}

#[test]
fn filters_narrow_to_what_the_bank_would_say() {
    let ada = app().person();
    let connection = app().connect(
        &ada,
        &json!({"institution_id": "ins_109509", "transactions": 500}),
    );
    let pending: Vec<String> = (0..5)
        .map(|n| format!(r#"{{"name":"P{n}","amount":{n},"pending":true}}"#))
        .collect();
    connection.bank.update(&format!(
        r#"{{"add":[{}],"webhooks":false}}"#,
        pending.join(",")
    ));
    connection.refresh().expect(200);
    let keys = Keys::of(app().database(), &ada.id);
    let truth = connection.bank.truth();
    let (from, to) = ("2025-11-15", "2026-04-10");
    for (number, account) in truth.accounts.iter().map(Some).chain([None]).enumerate() {
        for dates in [
            (None, None),
            (Some(from), None),
            (None, Some(to)),
            (Some(from), Some(to)),
            (Some(to), Some(to)),
        ] {
            for pending in [None, Some(true), Some(false)] {
                let expected: HashSet<String> = truth
                    .transactions
                    .iter()
                    .filter(|row| {
                        account.is_none_or(|account| row.account_id == account.account_id)
                    })
                    .filter(|row| dates.0.is_none_or(|from| row.date.as_str() >= from))
                    .filter(|row| dates.1.is_none_or(|to| row.date.as_str() <= to))
                    .filter(|row| pending.is_none_or(|pending| row.pending == pending))
                    .map(|row| keys.transaction(&row.transaction_id))
                    .collect();
                let mut query = String::new();
                let mut add = |name: &str, value: Option<String>| {
                    query.extend(value.map(|value| format!("&{name}={value}")));
                };
                add(
                    "account",
                    account.map(|account| keys.account(&account.account_id)),
                );
                add("from", dates.0.map(str::to_owned));
                add("to", dates.1.map(str::to_owned));
                add("pending", pending.map(|pending| pending.to_string()));
                let rows = ada.transactions(&query, [1000, 13, 100, 50][number % 4]);
                assert_ordered(&rows);
                assert_eq!(rows.len(), expected.len(), "{query}");
                assert_eq!(
                    ids(&rows).into_iter().collect::<HashSet<_>>(),
                    expected,
                    "{query}"
                );
            }
        }
    }
    let nobodys = format!("&account=acct_{}", "0".repeat(32));
    assert_eq!(ada.transactions(&nobodys, 100), Vec::<Value>::new());
    assert_eq!(
        ada.transactions("&from=2026-04-10&to=2025-11-15", 100),
        Vec::<Value>::new()
    );
}

#[test]
fn a_cursor_is_good_for_its_person_and_its_filters_only() {
    let connection = connected(30);
    let ada = &connection.person;
    let other = app().connect(&app().person(), &json!({"transactions": 30}));
    let cursor_of = |client: &Client, query: &str| {
        client
            .get(&format!("/v1/transactions?limit=3{query}"))
            .string("/next_cursor")
    };
    let good = cursor_of(ada, "");
    let filtered = cursor_of(ada, "&pending=false");
    let others = cursor_of(&other.person, "");
    let (first, rest) = good.split_at(good.len() / 2);
    let flipped = format!(
        "{first}{}{}",
        if rest.starts_with('A') { 'B' } else { 'A' },
        &rest[1..]
    );
    for (what, cursor) in [
        ("another filter's", filtered.as_str()),
        ("another person's", &others),
        ("a flipped one", &flipped),
        ("a cut one", first),
        ("garbage", "garbage"),
        ("no base64", "%2B%2F%3D%3D"),
        ("nothing", ""),
        ("a long one", &"A".repeat(5_000)),
    ] {
        let reply = ada.get(&format!("/v1/transactions?limit=3&cursor={cursor}"));
        assert_eq!(reply.status(), 422, "{what}");
        reply.expect_field("cursor", "cursor");
    }
    let search = ada.post(
        "/v1/transactions/search",
        &json!({"text": "a", "cursor": good}),
    );
    search.expect_field("cursor", "cursor");
    ada.get(&format!(
        "/v1/transactions?limit=3&cursor={filtered}&pending=false"
    ))
    .expect(200);
    // Another size of page is no other filter.
    ada.get(&format!("/v1/transactions?limit=9&cursor={good}"))
        .expect(200);
    // The same person from another session of hers.
    ada.on_another_device()
        .get(&format!("/v1/transactions?limit=3&cursor={good}"))
        .expect(200);
}

#[test]
fn a_cursor_tells_nothing() {
    let connection = connected(30);
    let page = connection
        .person
        .get("/v1/transactions?limit=3")
        .expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let last = &page["data"][2];
    let date = last["date"].as_str().unwrap();
    let id = last["id"].as_str().unwrap().trim_start_matches("txn_");
    assert!(!cursor.contains(date) && !cursor.contains(id));
    assert!(
        cursor
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    );
    // Sealed anew each time: equal cursors would tell that nothing changed.
    assert_ne!(
        connection
            .person
            .get("/v1/transactions?limit=3")
            .string("/next_cursor"),
        cursor
    );
}

#[test]
fn a_page_costs_one_batch_where_her_keys_are_warm() {
    let connection = connected(300);
    connection
        .person
        .get("/v1/transactions?limit=100")
        .expect(200);
    let warm = connection.person.get("/v1/transactions?limit=100");
    assert_eq!(warm.batches(), 1);
    let cursor = warm.string("/next_cursor");
    assert_eq!(
        connection
            .person
            .get(&format!("/v1/transactions?limit=100&cursor={cursor}"))
            .batches(),
        1
    );
}
