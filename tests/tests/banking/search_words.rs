//! A search goes through words that are kept for whole months: what changes is found as it
//! is now, and what is found is what a look at every row would find.

use end_to_end::{Connection, Person};
use serde_json::{Value, json};

use super::app;

fn page(person: &Person, request: &Value) -> Value {
    person.post("/v1/transactions/search", request).expect(200)
}

fn names(page: &Value) -> Vec<String> {
    let rows = page["data"].as_array().unwrap().iter();
    rows.map(|row| row["name"].as_str().unwrap().to_owned())
        .collect()
}

fn found(connection: &Connection, text: &str) -> Vec<String> {
    names(&page(
        &connection.person,
        &json!({"text": text, "limit": 1000}),
    ))
}

#[test]
fn what_changes_is_found_as_it_is_now() {
    let connection = app().connect(&app().person(), &json!({"transactions": 40}));
    assert_eq!(found(&connection, "quagmire"), Vec::<String>::new());
    let ids = connection.told(
        app(),
        r#"[{"name":"Quagmire One","amount":1,"date":"2026-05-02"},
            {"name":"Quagmire Two","amount":1,"date":"2026-05-01"}]"#,
    );
    assert_eq!(
        found(&connection, "quagmire"),
        ["Quagmire One", "Quagmire Two"]
    );

    let note = json!({"note": "a walk by the fen"});
    connection.person.annotate(&ids[1], &note).expect(200);
    assert_eq!(found(&connection, "THE FEN"), ["Quagmire Two"]);
    let nothing = json!({"note": null});
    connection.person.annotate(&ids[1], &nothing).expect(200);
    assert_eq!(found(&connection, "the fen"), Vec::<String>::new());

    let truth = connection.bank.truth();
    let at_the_bank = |name: &str| {
        let mut rows = truth.transactions.iter();
        rows.find(|row| row.name == name)
            .unwrap()
            .transaction_id
            .clone()
    };
    let update = json!({
        "modify": [{"transaction_id": at_the_bank("Quagmire One"), "name": "Morass One"}],
        "remove": [at_the_bank("Quagmire Two")],
        "webhooks": false,
    });
    connection.bank.update(&update.to_string());
    connection.refresh().expect(200);
    assert_eq!(found(&connection, "quagmire"), Vec::<String>::new());
    assert_eq!(found(&connection, "morass"), ["Morass One"]);

    let bank = format!("/v1/items/{}", connection.id);
    connection.person.call("DELETE", &bank).send().expect(204);
    assert_eq!(found(&connection, "morass"), Vec::<String>::new());
}

#[test]
fn the_second_search_reads_the_words_and_what_was_found_in_them() {
    let connection = app().connect(&app().person(), &json!({"transactions": 600}));
    let request = json!({"text": "uber"});
    page(&connection.person, &request);
    let again = connection.person.post("/v1/transactions/search", &request);
    again.expect(200);
    assert!(again.batches() <= 3, "{} batches", again.batches());
    let nothing = json!({"text": "nothing of the kind"});
    let nowhere = connection.person.post("/v1/transactions/search", &nothing);
    nowhere.expect(200);
    assert!(nowhere.batches() <= 2, "{} batches", nowhere.batches());
}

#[test]
fn it_finds_what_a_look_at_every_row_finds_page_by_page() {
    let connection = app().connect(&app().person(), &json!({"transactions": 1_200}));
    let all = connection.person.transactions("", 1000);
    let says = |row: &Value, text: &str| {
        let parts = ["name", "merchant_name", "original_description"];
        parts.iter().any(|part| {
            let said = row[part].as_str().unwrap_or_default();
            said.to_lowercase().contains(text)
        })
    };
    for text in ["a", "uber", "pos", "payroll", "st", "#", "zzzz"] {
        let expected: Vec<&Value> = all
            .iter()
            .filter(|row| says(row, text))
            .map(|row| &row["id"])
            .collect();
        let mut seen = Vec::new();
        let mut cursor = Value::Null;
        loop {
            let request = json!({"text": text, "limit": 170, "cursor": cursor});
            let found = page(&connection.person, &request);
            let rows = found["data"].as_array().unwrap().iter();
            seen.extend(rows.map(|row| row["id"].clone()));
            cursor = found["next_cursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        assert!(
            seen.iter().eq(expected.iter().copied()),
            "{text}: {} of {}",
            seen.len(),
            expected.len()
        );
    }
}

#[test]
fn a_thousand_long_rows_are_found_at_once_and_again() {
    let connection = app().connect(&app().person(), &json!({"transactions": 3}));
    let row = |number: u32| {
        let name = format!("Verbose {number}{}", " and so on".repeat(140));
        json!({"name": name, "amount": 1, "date": format!("2026-0{}-11", number % 2 + 4)})
    };
    // A page of Plaid's at a time, as many as one update takes.
    for first in [0, 250, 500, 750] {
        let rows: Vec<Value> = (first..first + 250).map(row).collect();
        connection.told(app(), &json!(rows).to_string());
    }
    for _ in 0..2 {
        assert_eq!(found(&connection, "verbose").len(), 1_000);
        assert_eq!(
            found(&connection, "verbose 77 and"),
            [row(77)["name"].as_str().unwrap()]
        );
    }
}
