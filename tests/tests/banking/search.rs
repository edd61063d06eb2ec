//! `POST /v1/transactions/search`: text, which stands in no URL.

use end_to_end::Connection;
use serde_json::{Value, json};

use super::app;

/// A bank that knows these names, newest first.
fn with_names(names: &[&str]) -> Connection {
    let connection = app().connect(&app().person(), &json!({"transactions": 0}));
    let drafts: Vec<Value> = names
        .iter()
        .enumerate()
        .map(|(number, name)| json!({"name": name, "amount": 1, "date": format!("2026-05-{:02}", 28 - number)}))
        .collect();
    connection
        .bank
        .update(&json!({"add": drafts, "webhooks": false}).to_string());
    connection.refresh().expect(200);
    connection
}

fn found(connection: &Connection, request: &Value) -> Vec<String> {
    let page = connection
        .person
        .post("/v1/transactions/search", request)
        .expect(200);
    let rows = page["data"].as_array().unwrap();
    rows.iter()
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn text_is_found_in_any_case_accents_and_scripts_included() {
    let connection = with_names(&[
        "BLUE BOTTLE Coffee",
        "Café Élysée",
        "CAFE\u{301} NERO",
        "Straßenbahn Wien",
        "ΚΑΦΕΝΕΙΟΝ",
        "東京駅 キオスク",
        "Кофейня №1",
        "100% Juice_Bar",
    ]);
    let find = |text: &str| found(&connection, &json!({"text": text}));
    assert_eq!(find("blue bottle"), ["BLUE BOTTLE Coffee"]);
    assert_eq!(find("COFFEE"), ["BLUE BOTTLE Coffee"]);
    assert_eq!(find("élysée"), ["Café Élysée"]);
    assert_eq!(find("CAFÉ ÉLYSÉE"), ["Café Élysée"]);
    // Composed or not, accents typed or not: who looks for a café finds both.
    for text in ["café", "CAFÉ", "cafe\u{301}", "cafe"] {
        assert_eq!(find(text), ["Café Élysée", "CAFE\u{301} NERO"], "{text}");
    }
    assert_eq!(find("καφενειον"), ["ΚΑΦΕΝΕΙΟΝ"]);
    assert_eq!(find("キオスク"), ["東京駅 キオスク"]);
    assert_eq!(find("кофейня"), ["Кофейня №1"]);
    // No wildcard is one.
    assert_eq!(find("100%"), ["100% Juice_Bar"]);
    assert_eq!(find("100_"), Vec::<String>::new());
    assert_eq!(find("nothing of the kind"), Vec::<String>::new());
}

#[test]
fn the_merchant_and_the_banks_own_words_are_searched_too() {
    let connection = app().connect(&app().person(), &json!({"transactions": 0}));
    let add = json!([
        {"name": "One", "amount": 1, "merchant_name": "Zinnober & Söhne"},
        {"name": "Two", "amount": 1, "original_description": "POS 4711 ZINNOBERROT BERLIN"},
        {"name": "Three", "amount": 1},
    ]);
    connection
        .bank
        .update(&json!({"add": add, "webhooks": false}).to_string());
    connection.refresh().expect(200);
    let mut names = found(&connection, &json!({"text": "zinnober"}));
    names.sort();
    assert_eq!(names, ["One", "Two"]);
}

#[test]
fn a_search_is_paged_and_narrowed_like_a_list() {
    let names: Vec<String> = (0..28)
        .map(|n| format!("{} {n:02}", if n % 2 == 0 { "Tram" } else { "Bus" }))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let connection = with_names(&names);
    let mut seen: Vec<String> = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let request = json!({"text": "TRAM", "limit": 3, "cursor": cursor, "from": "2026-05-05"});
        let page = connection
            .person
            .post("/v1/transactions/search", &request)
            .expect(200);
        seen.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["name"].as_str().unwrap().to_owned()),
        );
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let expected: Vec<&str> = names
        .iter()
        .enumerate()
        .filter(|(n, name)| 28 - n >= 5 && name.starts_with("Tram"))
        .map(|(_, n)| *n)
        .collect();
    assert_eq!(seen, expected);
}

#[test]
fn a_text_has_one_to_a_hundred_characters() {
    let ada = app().person();
    let search = |text: &str| ada.post("/v1/transactions/search", &json!({"text": text}));
    search("").expect_field("text", "length");
    search(&"é".repeat(101)).expect_field("text", "length");
    search(&"é".repeat(100)).expect(200);
}
