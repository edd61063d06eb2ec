//! A body that is malformed or too much is refused by the right problem: nothing is
//! written, nothing is repeated, nothing leaks.

use end_to_end::{Connection, Reply};
use serde_json::{Value, json};

use super::app;

/// Stands where a value is private or hostile; no reply may repeat it.
const PLANTED: &str = "planted-7f3a";

/// What takes a JSON body: its path, and a body that is in order but for the sender.
pub(crate) fn bodies() -> [(&'static str, Value); 3] {
    [
        (
            "/v1/link-tokens",
            json!({"item_id": format!("item_{}", "0".repeat(32))}),
        ),
        (
            "/v1/items",
            json!({"public_token": "public-sandbox-unknown", "accounts": [{"name": "A", "mask": null}]}),
        ),
        (
            "/v1/transactions/search",
            json!({"text": "coffee", "limit": 3}),
        ),
    ]
}

#[track_caller]
pub(crate) fn assert_tells_nothing(reply: &Reply) {
    let text = reply.text();
    for hint in [
        PLANTED, "serde", "expected", "line 1", "src/", ".rs", "SQLITE", "D1_", "panicked", "0x",
        "plaid_", "access-",
    ] {
        assert!(!text.contains(hint), "{hint:?} in {text}");
    }
}

pub(crate) fn connected() -> Connection {
    app().connect(
        &app().person(),
        &json!({"institution_id": "ins_109509", "transactions": 12}),
    )
}

#[test]
fn a_body_must_say_that_it_is_json_and_be_it() {
    let ada = app().person();
    for (path, body) in bodies() {
        let body = body.to_string();
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonx",
            "application/json; charset=latin1",
            "",
        ] {
            let reply = ada.call("POST", path).body(kind, body.as_str()).send();
            reply.expect_problem(415, "unsupported-media-type");
        }
        for malformed in [
            String::new(),
            "{".into(),
            "{]".into(),
            format!("{{\"{PLANTED}"),
            format!("{body}{body}"),
            format!("{body} {PLANTED}"),
            "\u{feff}{}".into(),
            "{'text':'x'}".into(),
            "[".repeat(50_000),
            format!("{{\"text\":{}1{}}}", "[".repeat(20_000), "]".repeat(20_000)),
        ] {
            let reply = ada
                .call("POST", path)
                .body("application/json", malformed.as_str())
                .send();
            let shown: String = malformed.chars().take(30).collect();
            assert!(
                [400, 422].contains(&reply.status()),
                "{path} {shown}: {}",
                reply.status()
            );
            assert_tells_nothing(&reply);
        }
        for bytes in [
            &b"\xff\xfe{}"[..],
            b"{\"text\":\"\xc3\x28\"}",
            b"{\"text\":\"\xed\xa0\x80\"}",
        ] {
            let reply = ada
                .call("POST", path)
                .body("application/json", bytes)
                .send();
            reply.expect_problem(400, "bad-request");
        }
        for not_an_object in [
            "[]",
            "null",
            "7",
            "\"text\"",
            "true",
            &format!("[\"{PLANTED}\"]"),
        ] {
            let reply = ada
                .call("POST", path)
                .body("application/json", not_an_object)
                .send();
            assert_eq!(
                reply.status(),
                422,
                "{path} {not_an_object}: {}",
                reply.text()
            );
            reply.expect_field("body", "type");
            assert_tells_nothing(&reply);
        }
    }
    assert_eq!(ada.get("/v1/items").expect(200)["data"], json!([]));
}

#[test]
fn a_body_over_the_limit_is_refused_unread() {
    let ada = app().person();
    for (path, _) in bodies() {
        let body = format!("{{\"text\":\"{}\"}}", "x".repeat(70_000));
        ada.call("POST", path)
            .body("application/json", body)
            .send()
            .expect_problem(413, "body-too-large");
    }
}

/// Path, body, the field that is wrong, and why.
#[rustfmt::skip]
const WRONG_FIELDS: [(&str, &str, &str, &str); 26] = [
    ("/v1/link-tokens", r#"{"item_id":7}"#, "item_id", "type"),
    ("/v1/link-tokens", r#"{"item_id":"planted-7f3a"}"#, "item_id", "type"),
    ("/v1/link-tokens", r#"{"item_id":"ITEM_00000000000000000000000000000000"}"#, "item_id", "type"),
    ("/v1/link-tokens", r#"{"item_id":"acct_00000000000000000000000000000000"}"#, "item_id", "type"),
    ("/v1/link-tokens", r#"{"products":["transfer"]}"#, "products", "unknown"),
    ("/v1/items", "{}", "public_token", "missing"),
    ("/v1/items", r#"{"public_token":null}"#, "public_token", "missing"),
    ("/v1/items", r#"{"public_token":{"a":"planted-7f3a"}}"#, "public_token", "type"),
    ("/v1/items", r#"{"public_token":""}"#, "public_token", "length"),
    ("/v1/items", r#"{"public_token":"x","access_token":"planted-7f3a"}"#, "access_token", "unknown"),
    ("/v1/items", r#"{"public_token":"x","institution":"planted-7f3a"}"#, "institution", "type"),
    ("/v1/items", r#"{"public_token":"x","institution":{}}"#, "institution.institution_id", "missing"),
    ("/v1/items", r#"{"public_token":"x","institution":["ins_1"]}"#, "institution", "type"),
    ("/v1/items", r#"{"public_token":"x","accounts":{}}"#, "accounts", "type"),
    ("/v1/items", r#"{"public_token":"x","accounts":[{"mask":"1"}]}"#, "accounts[0].name", "missing"),
    ("/v1/items", r#"{"public_token":"x","accounts":[["name"]]}"#, "accounts[0]", "type"),
    ("/v1/transactions/search", "{}", "text", "missing"),
    ("/v1/transactions/search", r#"{"text":1}"#, "text", "type"),
    ("/v1/transactions/search", r#"{"text":"a","text":"b"}"#, "text", "duplicate"),
    ("/v1/transactions/search", r#"{"text":"x","limit":0}"#, "limit", "range"),
    ("/v1/transactions/search", r#"{"text":"x","limit":1001}"#, "limit", "range"),
    ("/v1/transactions/search", r#"{"text":"x","limit":-1}"#, "limit", "type"),
    ("/v1/transactions/search", r#"{"text":"x","limit":1.5}"#, "limit", "type"),
    ("/v1/transactions/search", r#"{"text":"x","from":"2026-02-30"}"#, "from", "type"),
    ("/v1/transactions/search", r#"{"text":"x","pending":"yes"}"#, "pending", "type"),
    ("/v1/transactions/search", r#"{"text":"x","account":"planted-7f3a"}"#, "account", "type"),
];

#[test]
fn the_field_that_is_wrong_is_named() {
    let ada = app().person();
    for (path, body, field, code) in WRONG_FIELDS {
        let reply = ada.call("POST", path).body("application/json", body).send();
        assert_eq!(reply.status(), 422, "{path} {body}: {}", reply.text());
        reply.expect_field(field, code);
        assert_tells_nothing(&reply);
    }
    let post = |path: &str, body: &Value| ada.post(path, body);
    post("/v1/link-tokens", &json!({PLANTED: 1})).expect_field(PLANTED, "unknown");
    post("/v1/items", &json!({"public_token": "x".repeat(513)}))
        .expect_field("public_token", "length");
    let accounts = vec![json!({"name": "A"}); 501];
    post(
        "/v1/items",
        &json!({"public_token": "x", "accounts": accounts}),
    )
    .expect_field("accounts", "length");
}

#[test]
fn an_idempotency_key_has_its_form_and_one_request() {
    let ada = app().person();
    let post = |key: &str, path: &str, body: &Value| {
        ada.call("POST", path)
            .header("idempotency-key", key)
            .json(body)
            .send()
    };
    for key in ["", &"k".repeat(256), "caf\u{e9}"] {
        post(key, "/v1/link-tokens", &json!({})).expect_problem(400, "bad-request");
    }
    post("one", "/v1/link-tokens", &json!({})).expect(201);
    post("one", "/v1/items", &json!({"public_token": "x"}))
        .expect_problem(422, "idempotency-key-reused");
    // Somebody else's key of the same name is another key.
    let eve = app().person();
    let token = eve
        .call("POST", "/v1/link-tokens")
        .header("idempotency-key", "one")
        .json(&json!({}))
        .send();
    assert_eq!(token.header("idempotent-replayed"), None);
    token.expect(201);
}

#[test]
fn nothing_of_what_was_refused_is_written() {
    let connection = connected();
    let ada = &connection.person;
    let dump = || {
        let hex = ada.id.strip_prefix("usr_").unwrap();
        [
            "item",
            "account",
            "txn",
            "txn_stage",
            "sync_attempt",
            "month_directory",
            "idempotent_reply",
        ]
        .map(|table| {
            app().database().sql(
                &format!("SELECT * FROM {table} WHERE user_id=?"),
                &json!([hex]),
            )
        })
    };
    let before = dump();
    for (path, body) in bodies() {
        let mut unknown = body.clone();
        unknown[PLANTED] = json!(PLANTED);
        for body in [json!([]), json!({PLANTED: PLANTED}), unknown] {
            let reply = ada
                .call("POST", path)
                .header("idempotency-key", PLANTED)
                .json(&body)
                .send();
            assert!((400..500).contains(&reply.status()), "{path} {body}");
        }
    }
    ada.post("/v1/items", &json!({"public_token": PLANTED}))
        .expect_problem(422, "link-refused");
    app()
        .stranger()
        .delete(&format!("/v1/items/{}", connection.id))
        .expect_problem(401, "unauthenticated");
    assert_eq!(dump(), before);
}
