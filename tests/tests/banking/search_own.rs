//! A search that knows what the person said: notes and tags as text, categories with
//! hers before the bank's, tags by themselves.

use end_to_end::Connection;
use serde_json::{Value, json};

use super::app;

/// Rows newest first; the category is Plaid's, then hers, her note, her tags.
type Row<'a> = (
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
    &'a [&'a str],
);

fn with_rows(rows: &[Row<'_>]) -> Connection {
    let connection = app().connect(&app().person(), &json!({"transactions": 0}));
    let draft = |(number, (name, plaids, ..)): (usize, &Row<'_>)| {
        let mut draft =
            json!({"name": name, "amount": 1, "date": format!("2026-05-{:02}", 28 - number)});
        if let Some(primary) = plaids {
            draft["category"] = json!({"primary": primary, "detailed": format!("{primary}_OTHER"), "confidence_level": "HIGH"});
        }
        draft
    };
    let drafts: Vec<Value> = rows.iter().enumerate().map(draft).collect();
    let ids = connection.told(app(), &json!(drafts).to_string());
    for (id, (_, _, category, note, tags)) in ids.iter().zip(rows) {
        let words = json!({"corrected_category": category, "note": note, "tags": tags});
        connection.person.annotate(id, &words).expect(200);
    }
    connection
}

fn found(connection: &Connection, request: &Value) -> Vec<String> {
    let path = "/v1/transactions/search";
    let page = connection.person.post(path, request).expect(200);
    let rows = page["data"].as_array().unwrap().iter();
    rows.map(|row| row["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn text_is_found_in_notes_and_tags_as_it_is_in_names() {
    let connection = with_rows(&[
        ("One", None, None, Some("Dinner at the CAFÉ with Zoë"), &[]),
        ("Two", None, None, None, &["café crawl", "Berlin"]),
        (
            "Cafe Three",
            None,
            None,
            Some("nothing to say"),
            &["berliner"],
        ),
        ("Four", None, Some("Café"), None, &[]),
        ("Five", None, None, None, &[]),
    ]);
    let find = |text: &str| found(&connection, &json!({"text": text}));
    // A category is no text.
    assert_eq!(find("cafe\u{301}"), ["One", "Two", "Cafe Three"]);
    assert_eq!(find("ZOE"), ["One"]);
    assert_eq!(find("berlin"), ["Two", "Cafe Three"]);
    // Two tags are not one text.
    assert_eq!(find("crawl Berlin"), [""; 0]);
    assert_eq!(find("nothing to say"), ["Cafe Three"]);
}

#[test]
fn what_was_taken_back_is_found_no_more() {
    let connection = with_rows(&[(
        "One",
        Some("TRAVEL"),
        Some("Mine"),
        Some("a word"),
        &["tag"],
    )]);
    let find = |request: Value| found(&connection, &request);
    assert_eq!(find(json!({"text": "a word"})), ["One"]);
    assert_eq!(find(json!({"category": "TRAVEL"})), [""; 0]);
    let id = connection.person.transactions("", 10)[0]["id"].clone();
    let nothing = json!({"corrected_category": null, "note": null, "tags": []});
    connection
        .person
        .annotate(id.as_str().unwrap(), &nothing)
        .expect(200);
    for gone in [
        json!({"text": "a word"}),
        json!({"tag": "tag"}),
        json!({"category": "Mine"}),
    ] {
        assert_eq!(find(gone.clone()), [""; 0], "{gone}");
    }
    assert_eq!(find(json!({"category": "TRAVEL"})), ["One"]);
}

#[test]
fn her_category_wins_over_the_banks() {
    let connection = with_rows(&[
        ("Bank's", Some("FOOD_AND_DRINK"), None, None, &[]),
        ("Hers", Some("FOOD_AND_DRINK"), Some("Fun"), None, &[]),
        (
            "Hers, as the bank's",
            Some("TRAVEL"),
            Some("FOOD_AND_DRINK"),
            None,
            &[],
        ),
        ("Hers alone", None, Some("Fun"), None, &[]),
        ("Nobody's", None, None, None, &[]),
        ("Accented", None, Some("Café"), None, &[]),
    ]);
    let find = |category: &str| found(&connection, &json!({"category": category}));
    assert_eq!(find("FOOD_AND_DRINK"), ["Bank's", "Hers, as the bank's"]);
    assert_eq!(find("FOOD_AND_DRINK_OTHER"), ["Bank's"]);
    assert_eq!(find("Fun"), ["Hers", "Hers alone"]);
    assert_eq!(find("TRAVEL"), [""; 0]);
    assert_eq!(find("TRAVEL_OTHER"), [""; 0]);
    // It is a name, not a text.
    assert_eq!(find("Fu"), [""; 0]);
    // One and the same name, composed and not.
    assert_eq!(find("Café"), ["Accented"]);
    assert_eq!(find("Cafe\u{301}"), ["Accented"]);
}

#[test]
fn a_tag_is_a_name_and_narrows_with_all_the_others() {
    let connection = with_rows(&[
        (
            "One",
            Some("TRAVEL"),
            None,
            Some("train"),
            &["work", "naïve"],
        ),
        ("Two", Some("TRAVEL"), None, Some("taxi"), &["work"]),
        (
            "Three",
            Some("FOOD_AND_DRINK"),
            None,
            Some("train snack"),
            &["work"],
        ),
        ("Four", Some("TRAVEL"), None, Some("train"), &["homework"]),
    ]);
    let find = |request: Value| found(&connection, &request);
    assert_eq!(find(json!({"tag": "work"})), ["One", "Two", "Three"]);
    assert_eq!(find(json!({"tag": "nai\u{308}ve"})), ["One"]);
    assert_eq!(find(json!({"tag": "wor"})), [""; 0]);
    let both = json!({"tag": "work", "category": "TRAVEL"});
    assert_eq!(find(both), ["One", "Two"]);
    let all = json!({"tag": "work", "category": "TRAVEL", "text": "TRAIN"});
    assert_eq!(find(all), ["One"]);
    let dated = json!({"tag": "work", "from": "2026-05-27", "to": "2026-05-27"});
    assert_eq!(find(dated), ["Two"]);
}

#[test]
fn one_of_the_three_must_be_there_and_in_bounds() {
    let ada = app().person();
    let search = |request: Value| ada.post("/v1/transactions/search", &request);
    search(json!({})).expect_field("text", "missing");
    search(json!({"from": "2026-01-01"})).expect_field("text", "missing");
    for (field, most) in [("text", 100), ("category", 64), ("tag", 40)] {
        search(json!({field: ""})).expect_field(field, "length");
        search(json!({field: "é".repeat(most + 1)})).expect_field(field, "length");
        search(json!({field: "é".repeat(most)})).expect(200);
        search(json!({field: 7})).expect_field(field, "type");
    }
}

#[test]
fn a_search_for_a_tag_is_paged_and_its_cursor_is_its_own() {
    let names: Vec<String> = (0..25).map(|n| format!("{n:02}")).collect();
    let tags = |n: usize| -> &[&str] {
        if n.is_multiple_of(3) {
            &["third"]
        } else {
            &["other"]
        }
    };
    let rows: Vec<Row<'_>> = names
        .iter()
        .enumerate()
        .map(|(n, name)| (name.as_str(), None, None, None, tags(n)))
        .collect();
    let connection = with_rows(&rows);
    let path = "/v1/transactions/search";
    let mut seen = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let request = json!({"tag": "third", "limit": 2, "cursor": cursor});
        let page = connection.person.post(path, &request).expect(200);
        let rows = page["data"].as_array().unwrap().iter();
        seen.extend(rows.map(|row| row["name"].as_str().unwrap().to_owned()));
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
        for another in [
            json!({"tag": "other", "limit": 2, "cursor": cursor}),
            json!({"category": "third", "limit": 2, "cursor": cursor}),
            json!({"text": "third", "limit": 2, "cursor": cursor}),
        ] {
            connection
                .person
                .post(path, &another)
                .expect_field("cursor", "cursor");
        }
    }
    let expected: Vec<&String> = names.iter().step_by(3).collect();
    assert_eq!(seen.iter().collect::<Vec<_>>(), expected);
}

#[test]
fn nobody_elses_words_are_found() {
    let rows: &[Row<'_>] = &[("One", None, Some("Mine"), Some("secret"), &["tag"])];
    let (ada, eve) = (
        with_rows(rows),
        with_rows(&[("Other", None, None, None, &[])]),
    );
    for request in [
        json!({"tag": "tag"}),
        json!({"category": "Mine"}),
        json!({"text": "secret"}),
    ] {
        assert_eq!(found(&ada, &request), ["One"]);
        assert_eq!(found(&eve, &request), [""; 0]);
    }
}

#[test]
fn a_warm_search_is_one_batch() {
    let connection = with_rows(&[("One", None, None, Some("a note"), &["tag"])]);
    let search = || {
        connection
            .person
            .post("/v1/transactions/search", &json!({"tag": "tag"}))
    };
    search().expect(200);
    assert_eq!(search().batches(), 1);
}
