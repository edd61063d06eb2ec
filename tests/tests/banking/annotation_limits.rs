//! What nobody may say of a transaction, and who may say nothing.

use end_to_end::own_words_of;
use serde_json::{Value, json};

use super::annotations::{connected, everything, kept, nothing, with_one};
use super::app;

#[test]
fn each_part_has_its_bounds_in_characters() {
    let (connection, id) = with_one();
    let most = json!({
        "corrected_category": "é".repeat(64),
        "note": "カ".repeat(500),
        "tags": (10..30).map(|n| format!("{n}{}", "ß".repeat(38))).collect::<Vec<_>>(),
    });
    let said = connection.person.annotate(&id, &most).expect(200);
    assert_eq!(own_words_of(&said), most);
    let refused = |change: Value, field: &str| {
        let reply = connection.person.annotate(&id, &change);
        let problem = reply.expect_problem(422, "validation");
        let named = problem["errors"][0]["field"].as_str().unwrap();
        assert!(named.starts_with(field), "{change}: {problem}");
    };
    for category in [
        json!(""),
        json!("é".repeat(65)),
        json!(7),
        json!(["a"]),
        json!("  "),
    ] {
        refused(
            json!({"corrected_category": category}),
            "corrected_category",
        );
    }
    for note in [json!(""), json!("n".repeat(501)), json!(false), json!({})] {
        refused(json!({"note": note}), "note");
    }
    let twenty_one: Vec<String> = (0..21).map(|n| n.to_string()).collect();
    for tags in [
        json!([""]),
        json!(["t".repeat(41)]),
        json!(twenty_one),
        json!(["a", "b", "a"]),
        // One and the same word, composed and not.
        json!(["café", "cafe\u{301}"]),
        json!("friends"),
        json!([1]),
        json!([null]),
    ] {
        refused(json!({"tags": tags}), "tags");
    }
    refused(json!({"category": "Mine"}), "category");
    refused(json!({"note": "good", "amount": 1}), "amount");
    assert_eq!(connection.person.annotate(&id, &json!({})).status(), 422);
    assert_eq!(
        connection.person.own_words(&id),
        most,
        "nothing was written"
    );
}

#[test]
fn nobody_elses_transaction_and_none_at_all_are_told_alike() {
    let (ada, id) = with_one();
    let eve = connected();
    ada.person.annotate(&id, &everything()).expect(200);
    let nobodys = format!("txn_{}", "0".repeat(32));
    let told = |reply: end_to_end::Reply| {
        let mut problem = reply.expect_problem(404, "not-found");
        problem.as_object_mut().unwrap().remove("request_id");
        problem
    };
    let say = json!({"note": "hers now"});
    assert_eq!(
        told(eve.person.annotate(&id, &say)),
        told(eve.person.annotate(&nobodys, &say))
    );
    assert_eq!(
        told(eve.person.get(&format!("/v1/transactions/{id}"))),
        told(eve.person.get(&format!("/v1/transactions/{nobodys}")))
    );
    assert_eq!(kept(&eve), 0);
    assert_eq!(ada.person.own_words(&id), everything());
    for id in [
        "txn_0",
        "nonsense",
        "TXN_00000000000000000000000000000000",
        &nobodys.replace("txn", "acct"),
    ] {
        told(ada.person.annotate(id, &say));
        told(ada.person.get(&format!("/v1/transactions/{id}")));
    }
}

#[test]
fn only_a_token_that_may_write_says_anything() {
    let (connection, id) = with_one();
    let path = format!("/v1/transactions/{id}");
    app().assert_opened_by("transactions:write", &connection.person, |client| {
        let call = client.call("PATCH", &path);
        call.json(&json!({"note": "by a program"})).send()
    });
    assert_eq!(connection.person.own_words(&id)["note"], "by a program");
    app().assert_opened_by("transactions:read", &connection.person, |client| {
        client.get(&path)
    });
}

#[test]
fn a_body_that_is_no_json_object_says_nothing() {
    let (connection, id) = with_one();
    let path = format!("/v1/transactions/{id}");
    let send = |kind: &str, body: &str| {
        let call = connection.person.call("PATCH", &path);
        call.body(kind, body).send()
    };
    send("text/plain", r#"{"note":"x"}"#).expect_problem(415, "unsupported-media-type");
    send("application/json", "{").expect_problem(400, "bad-request");
    let twice = r#"{"note":"x","note":"y"}"#;
    send("application/json", twice).expect_field("note", "duplicate");
    for other in ["[]", "null", r#""note""#] {
        send("application/json", other).expect_field("body", "type");
    }
    let long = format!(r#"{{"note":"{}"}}"#, "x".repeat(70_000));
    send("application/json", &long).expect_problem(413, "body-too-large");
    assert_eq!(connection.person.own_words(&id), nothing());
}
