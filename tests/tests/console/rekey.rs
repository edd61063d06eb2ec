//! The key-encryption key is rotated: every data key is wrapped under the new version, page by
//! page, and nothing that was sealed changes.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use end_to_end::{Console, Person, TestApp, differences};
use serde_json::{Value, json};
use stack::TEST_KEYRING;
use vault::{Generation, RowCipher};

use super::{app, console, customer};

/// The tests' keyring, with another key in front.
fn newer() -> String {
    let mut keyring: Value = serde_json::from_str(TEST_KEYRING).unwrap();
    keyring["current"] = json!(2);
    keyring["keys"]["2"] = json!("YSBuZXdlciBrZXkgZm9yIHRlc3RzIG9ubHkgLi4uLi4=");
    keyring.to_string()
}

fn versions(console: &Console) -> Vec<(u64, u64)> {
    let mut counts = std::collections::BTreeMap::new();
    let mut arguments = json!({});
    loop {
        let page = console.give("keys.status", &arguments).expect(200);
        for row in page["rows"].as_array().unwrap() {
            let version = row["version"].as_u64().unwrap();
            *counts.entry(version).or_insert(0) += row["keys"].as_u64().unwrap();
        }
        if page["next_cursor"].is_null() {
            return counts.into_iter().collect();
        }
        arguments["cursor"] = page["next_cursor"].clone();
    }
}

#[test]
fn keys_are_wrapped_anew_and_what_they_sealed_stays() {
    let mut app = TestApp::start_with_console(None);
    let first = app.first_operator();
    let ada = app.key_holder();
    let keys = app.count_rows("user_key");
    let sealed = |app: &TestApp| {
        app.database()
            .sql("SELECT id, sealed FROM person ORDER BY id", &json!([]))
    };
    let before = sealed(&app);
    assert_eq!(versions(&first.log_in()), [(1, keys)]);

    app.stack_mut().set_var("KEYRING", &newer());
    app.stack_mut().restart_worker().unwrap();
    ada.person.get("/v1/me").expect(200);
    let console = first.log_in();
    let mut arguments = json!({});
    let mut rewrapped = 0;
    loop {
        let page = console.give("keys.rewrap", &arguments).expect(200);
        rewrapped += page["rows"][0]["rewrapped"].as_u64().unwrap();
        if page["next_cursor"].is_null() {
            break;
        }
        arguments["cursor"] = page["next_cursor"].clone();
    }
    assert_eq!(rewrapped, keys);
    assert_eq!(versions(&console), [(2, keys)]);
    let again = console.give("keys.rewrap", &json!({})).expect(200);
    assert_eq!(again["rows"][0]["rewrapped"], 0);
    assert_eq!(sealed(&app), before);
    app.stack_mut().restart_worker().unwrap();
    ada.person.get("/v1/me").expect(200);
    let session = json!({"session": console.session});
    let seen = first.log_in().rows("review.show", &session);
    assert!(seen.iter().any(|leaf| leaf["command"] == "keys.rewrap"));
}

/// Tables that a rotation leaves to themselves: what is in them goes within a day.
const LEFT: [&str; 3] = ["txn_stage", "sync_attempt", "idempotent_reply"];

/// What her sealed rows hold, and under which of her keys each is.
fn sealed(person: &Person) -> BTreeMap<(String, String), (u16, Value)> {
    let rows = app().database().rows_of(&person.id).into_iter();
    rows.filter(|row| !LEFT.contains(&row.table))
        .filter_map(|row| {
            let id = row.columns["id"]
                .as_str()
                .or(row.columns["user_id"].as_str());
            let bytes = STANDARD.decode(row.columns["sealed"].as_str()?).unwrap();
            let Generation(generation) = RowCipher::generation_of(&bytes).unwrap();
            let name = (row.table.to_owned(), id.unwrap().to_owned());
            Some((name, (generation, row.record?)))
        })
        .collect()
}

/// One page of a rotation: how many rows were sealed anew, and where it goes on.
fn rotate(console: &Console, person: &Person, cursor: Option<&Value>) -> (u64, Option<Value>) {
    let mut arguments = json!({"user": person.id});
    if let Some(cursor) = cursor {
        arguments["cursor"] = cursor.clone();
    }
    let reply = console.give("keys.rotate", &arguments).expect(200);
    let next = reply["next_cursor"].clone();
    (
        reply["rows"][0]["resealed"].as_u64().unwrap(),
        (!next.is_null()).then_some(next),
    )
}

#[test]
fn a_person_gets_another_key_and_her_rows_are_under_it() {
    let customer = customer();
    let person = &customer.holder.person;
    // More than one command seals.
    let connection = app().connect(
        person,
        &json!({"transactions": 1_400, "institution_id": "ins_109509"}),
    );
    app().come_to_rest(&connection);
    let first = person.transactions("", 1)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    person
        .annotate(&first, &json!({"note": "under the old key"}))
        .expect(200);
    let before = sealed(person);
    assert!(before.values().all(|(generation, _)| *generation == 1));
    let listed = person.transactions("", 100);

    let console = console();
    let (mut resealed, mut cursor) = rotate(&console, person, None);
    assert!(cursor.is_some(), "it takes more than one command");
    // Broken off here, both keys are in use, and all of it is there.
    assert_eq!(person.transactions("", 100), listed);
    while let Some(at) = cursor {
        let (more, next) = rotate(&console, person, Some(&at));
        (resealed, cursor) = (resealed + more, next);
    }
    let after = sealed(person);
    for (name, (generation, record)) in &after {
        assert_eq!(*generation, 2, "{name:?}");
        let was = before.get(name).map(|(_, record)| record);
        // What happens at the console is written down meanwhile.
        let is_still = ["txn", "account", "annotation", "month_directory", "passkey"];
        if is_still.contains(&name.0.as_str()) {
            assert_eq!(Some(record), was, "{name:?}");
        }
    }
    assert!(before.keys().all(|name| after.contains_key(name)));
    assert!(
        resealed >= before.len() as u64,
        "{resealed} of {}",
        before.len()
    );

    // What the bank says later finds its rows again, by indexes that no rotation changes.
    connection
        .bank
        .update(r#"{"add":[{"name":"under the new key","amount":4}]}"#);
    let both = [&customer.connection, &connection];
    app().eventually("her list is what the bank knows", || {
        differences(app().database(), person, &both).is_empty()
    });
    assert!(
        person
            .transactions("", 100)
            .iter()
            .any(|row| row["name"] == "under the new key")
    );
    assert_eq!(person.own_words(&first)["note"], "under the old key");
    assert_eq!(
        app().count_rows_where(
            "user_key",
            &format!("user_id='{}'", person.id.strip_prefix("usr_").unwrap())
        ),
        3
    );
    for cursor in ["", "nothing", "txn:x", "user_key:"] {
        let arguments = json!({"user": person.id, "cursor": cursor});
        console
            .give("keys.rotate", &arguments)
            .expect_problem(422, "validation");
    }
}
