//! What a person says of a transaction, a category, a note, tags, is hers: it stays
//! whatever the bank does to the row, and goes when the row's account goes.

use end_to_end::{Connection, own_words_of};
use serde_json::{Value, json};

use super::{app, comes_into_step};

const NOTHING: &str = r#"{"corrected_category":null,"note":null,"tags":[]}"#;

pub(super) fn nothing() -> Value {
    serde_json::from_str(NOTHING).unwrap()
}

pub(super) fn everything() -> Value {
    json!({"corrected_category": "Coffee with Ada", "note": "Paid for both of us", "tags": ["friends", "2026"]})
}

pub(super) fn connected() -> Connection {
    app().connect(
        &app().person(),
        &json!({"institution_id": "ins_109509", "transactions": 5}),
    )
}

/// A bank, and one transaction at it that the test may do as it likes with.
pub(super) fn with_one() -> (Connection, String) {
    let connection = connected();
    let ids = connection.told(app(), r#"[{"name":"the one","amount":12.5}]"#);
    (connection, ids[0].clone())
}

/// The only transaction of this name in her list.
#[track_caller]
fn named(connection: &Connection, name: &str) -> Value {
    let mut rows = connection.person.transactions("", 1000);
    rows.retain(|row| row["name"] == name);
    assert_eq!(rows.len(), 1, "{name}: {rows:?}");
    rows.remove(0)
}

/// How many rows there are of what she said.
pub(super) fn kept(connection: &Connection) -> u64 {
    let person = connection.person.id.strip_prefix("usr_").unwrap();
    app().count_rows_where("annotation", &format!("user_id='{person}'"))
}

#[test]
fn what_she_says_is_shown_wherever_the_transaction_is() {
    let (connection, id) = with_one();
    let ada = &connection.person;
    let before = ada.get(&format!("/v1/transactions/{id}")).expect(200);
    assert_eq!(own_words_of(&before), nothing());
    assert_eq!(before, named(&connection, "the one"));
    let said = ada.annotate(&id, &everything()).expect(200);
    assert_eq!(own_words_of(&said), everything());
    // The bank's part is as it was, Plaid's category too.
    let mut expected = before;
    for member in ["corrected_category", "note", "tags"] {
        expected[member] = everything()[member].clone();
    }
    assert_eq!(said, expected);
    assert_eq!(ada.get(&format!("/v1/transactions/{id}")).expect(200), said);
    assert_eq!(named(&connection, "the one"), said);
    let found = ada.post("/v1/transactions/search", &json!({"text": "the one"}));
    assert_eq!(found.expect(200)["data"], json!([said]));
    let others = ada.transactions("", 1000).into_iter();
    let others = others.filter(|row| row["name"] != "the one");
    assert!(
        others
            .map(|row| own_words_of(&row))
            .all(|own| own == nothing())
    );
}

#[test]
fn a_part_that_is_left_out_stays_and_null_takes_it_back() {
    let (connection, id) = with_one();
    let say = |change: Value| own_words_of(&connection.person.annotate(&id, &change).expect(200));
    let mut expected = nothing();
    for (member, value) in [
        ("note", json!("a first word")),
        ("tags", json!(["one", "two"])),
        ("corrected_category", json!("Mine")),
        ("note", json!("another")),
        ("tags", json!(["two"])),
        ("note", Value::Null),
        ("corrected_category", json!("FOOD_AND_DRINK")),
        ("tags", json!([])),
        ("note", Value::Null),
        ("corrected_category", Value::Null),
    ] {
        expected[member] = value.clone();
        assert_eq!(say(json!({member: value})), expected, "{member}");
        assert_eq!(connection.person.own_words(&id), expected, "{member}");
    }
    assert_eq!(say(everything()), everything());
    assert_eq!(say(everything()), everything());
    assert_eq!(kept(&connection), 1);
    assert_eq!(say(nothing()), nothing());
    assert_eq!(kept(&connection), 0, "of nothing, nothing is kept");
}

#[test]
fn it_is_sealed() {
    let (connection, id) = with_one();
    let own = json!({"corrected_category": "planted-category", "note": "planted-note", "tags": ["planted-tag"]});
    connection.person.annotate(&id, &own).expect(200);
    assert_eq!(app().database().traces_of("planted-"), Vec::<String>::new());
}

#[test]
fn it_stays_when_the_bank_changes_the_transaction() {
    let (connection, id) = with_one();
    connection.person.annotate(&id, &everything()).expect(200);
    let truth = connection.bank.truth();
    let row = truth.transactions.iter().find(|row| row.name == "the one");
    let transaction = &row.unwrap().transaction_id;
    for change in [
        json!({"name": "renamed", "amount": 99}),
        // Into another month.
        json!({"date": "2025-12-31"}),
        json!({"category": {"primary": "TRAVEL", "detailed": "TRAVEL_FLIGHTS", "confidence_level": "HIGH"}}),
    ] {
        let mut modified = change.clone();
        modified["transaction_id"] = json!(transaction);
        connection.changed(&json!({"modify": [modified]}));
        assert_eq!(connection.person.own_words(&id), everything(), "{change}");
    }
    let shown = named(&connection, "renamed");
    assert_eq!(shown["date"], "2025-12-31");
    assert_eq!(shown["category"]["primary"], "TRAVEL");
    assert_eq!(own_words_of(&shown), everything());
}

#[test]
fn a_warm_look_is_one_batch_and_a_word_two() {
    let (connection, id) = with_one();
    let path = format!("/v1/transactions/{id}");
    connection.person.get(&path).expect(200);
    assert_eq!(connection.person.get(&path).batches(), 1);
    let say = |note: &str| connection.person.annotate(&id, &json!({"note": note}));
    say("cold").expect(200);
    assert_eq!(say("warm").batches(), 2);
}

#[test]
fn words_that_are_said_at_once_are_all_kept() {
    let connection = connected();
    let names: Vec<Value> = (0..4)
        .map(|n| json!({"name": format!("row {n}"), "amount": n}))
        .collect();
    let ids = connection.told(app(), &json!(names).to_string());
    let parts = [
        json!({"note": "a note"}),
        json!({"tags": ["a tag"]}),
        json!({"corrected_category": "Mine"}),
    ];
    std::thread::scope(|scope| {
        for id in &ids {
            for part in &parts {
                let ada = &connection.person;
                scope.spawn(move || {
                    loop {
                        // Where too many are at it, she is asked to try again.
                        let reply = ada.annotate(id, part);
                        if reply.status() != 503 {
                            break reply.expect(200);
                        }
                    }
                });
            }
        }
    });
    let all = json!({"note": "a note", "tags": ["a tag"], "corrected_category": "Mine"});
    for id in &ids {
        assert_eq!(connection.person.own_words(id), all);
    }
}

#[test]
fn words_that_are_said_while_the_bank_is_read_are_kept() {
    let (connection, id) = with_one();
    connection.bank.update(r#"{"add":1700,"webhooks":false}"#);
    let truth = connection.bank.truth();
    let row = truth.transactions.iter().find(|row| row.name == "the one");
    let modify =
        json!([{"transaction_id": row.unwrap().transaction_id, "name": "the one, renamed"}]);
    connection
        .bank
        .update(&json!({"modify": modify, "webhooks": false}).to_string());
    std::thread::scope(|scope| {
        let refresh = scope.spawn(|| connection.refresh());
        let mut said = 0;
        // Bounded: whoever never stops talking keeps the bank out.
        while (!refresh.is_finished() && said < 20) || said == 0 {
            said += 1;
            let note = json!({"note": format!("word {said}")});
            let reply = connection.person.annotate(&id, &note);
            if reply.status() != 503 {
                assert_eq!(reply.expect(200)["note"], note["note"]);
                assert_eq!(connection.person.own_words(&id)["note"], note["note"]);
            }
        }
        refresh.join().unwrap().expect(200);
    });
    comes_into_step(&connection);
    let shown = named(&connection, "the one, renamed");
    assert!(
        shown["note"]
            .as_str()
            .is_some_and(|note| note.starts_with("word ")),
        "{shown}"
    );
}
