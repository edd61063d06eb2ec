//! Who is not Plaid is refused, writes nothing, and does not make us hammer Plaid.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use end_to_end::{Bank, Connection, TestApp};
use serde_json::{Value, json};

/// A signature that does not hold, by the names of the stand-in.
const BAD: [&str; 14] = [
    "none",
    "garbage",
    "bad",
    "alg_none",
    "hs256",
    "es384",
    "wrong_body",
    "stale",
    "future",
    "unknown_kid",
    "bad_kid",
    "no_kid",
    "no_iat",
    "no_hash",
];

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

fn instance() -> (TestApp, Connection) {
    let app = TestApp::start(None);
    let connection = app.connect(&app.person(), &json!({"transactions": 5}));
    (app, connection)
}

fn fire(bank: &Bank, connection: &Connection, more: &Value) -> u16 {
    let mut order = json!({"item_id": connection.bank.id, "code": "SYNC_UPDATES_AVAILABLE"});
    order
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    bank.fire(&order)[0]
}

/// All that a webhook could have changed.
fn dump(app: &TestApp) -> Vec<Value> {
    ["inbox", "item", "sync_attempt", "txn_stage", "txn"]
        .iter()
        .flat_map(|table| app.sql(&format!("SELECT * FROM {table}")))
        .collect()
}

fn look_ups(bank: &Bank) -> usize {
    bank.calls_to("/webhook_verification_key/get").len()
}

#[test]
fn every_signature_that_does_not_hold_is_refused_and_writes_nothing() {
    let (app, connection) = instance();
    let bank = app.bank();
    let before = dump(&app);
    for signature in BAD.into_iter().chain(["expired_key"]) {
        assert_eq!(
            fire(&bank, &connection, &json!({"signature": signature})),
            401,
            "{signature}"
        );
    }
    for (iat, status) in [
        (-310, 401),
        (-290, 200),
        (50, 200),
        (75, 401),
        (i64::MAX / 2, 401),
        (i64::MIN / 2, 401),
    ] {
        let iat = now().saturating_add(iat);
        let body = json!({"webhook_type": "NOTHING", "webhook_code": "TO_DO"});
        let url = format!("{}/webhooks/plaid", app.stack().origin());
        let order = json!({"url": url, "body": body, "signature": "iat", "iat": iat});
        assert_eq!(bank.fire(&order), [status], "iat {iat}");
    }
    let stranger = app.stranger();
    let body = json!({"webhook_type": "TRANSACTIONS", "webhook_code": "SYNC_UPDATES_AVAILABLE", "item_id": connection.bank.id});
    for token in [
        "",
        "..",
        "a.b",
        "a.b.c.d",
        "e30.e30.e30",
        "\u{e9}.\u{e9}.\u{e9}",
        &"A".repeat(20_000),
    ] {
        let reply = stranger
            .call("POST", "/webhooks/plaid")
            .header("plaid-verification", token)
            .json(&body)
            .send();
        reply.expect_problem(401, "invalid-signature");
    }
    stranger
        .post("/webhooks/plaid", &body)
        .expect_problem(401, "invalid-signature");
    assert_eq!(dump(&app), before);
    assert_eq!(
        fire(&bank, &connection, &json!({})),
        200,
        "a good one is let in"
    );
}

#[test]
fn a_new_key_is_looked_up_and_a_withdrawn_one_is_refused() {
    let (mut app, connection) = instance();
    let bank = app.bank();
    // Webhooks of the link may still be under way: two at once may both ask.
    bank.wait_for_webhooks();
    assert_eq!(fire(&bank, &connection, &json!({})), 200);
    let before = look_ups(&bank);
    bank.rotate_keys(&json!({}));
    for _ in 0..20 {
        assert_eq!(fire(&bank, &connection, &json!({})), 200);
    }
    assert_eq!(
        look_ups(&bank) - before,
        1,
        "the new key was looked up once"
    );
    // An isolate that knows no key yet asks, and hears that this one is withdrawn.
    bank.expire_key();
    app.stack_mut().restart_worker().unwrap();
    assert_eq!(fire(&bank, &connection, &json!({})), 401);
    bank.rotate_keys(&json!({}));
    assert_eq!(fire(&bank, &connection, &json!({})), 200);
}

#[test]
fn a_flood_of_unknown_keys_does_not_reach_plaid_and_shuts_nobody_out() {
    let (app, connection) = instance();
    let bank = app.bank();
    bank.wait_for_webhooks();
    assert_eq!(fire(&bank, &connection, &json!({})), 200);
    let before = look_ups(&bank);
    let order = json!({
        "item_id": connection.bank.id, "code": "SYNC_UPDATES_AVAILABLE", "signature": "unknown_kid", "times": 50,
    });
    for _ in 0..6 {
        let statuses = bank.fire(&order);
        assert!(
            statuses.iter().all(|status| [401, 429].contains(status)),
            "{statuses:?}"
        );
        assert_eq!(
            fire(&bank, &connection, &json!({})),
            200,
            "Plaid is let in beside them"
        );
    }
    // Ten a minute, and the flood may have gone on over the turn of a minute or two.
    let asked = look_ups(&bank) - before;
    assert!(
        (1..=30).contains(&asked),
        "300 forged webhooks made {asked} look-ups"
    );
}

#[test]
fn an_unknown_key_is_asked_for_once() {
    let (app, connection) = instance();
    let bank = app.bank();
    bank.wait_for_webhooks();
    assert_eq!(fire(&bank, &connection, &json!({})), 200);
    let before = look_ups(&bank);
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header =
        part(json!({"alg": "ES256", "kid": "00000000-0000-4000-8000-000000000000", "typ": "JWT"}));
    let claims = part(json!({"iat": now(), "request_body_sha256": "0".repeat(64)}));
    let token = format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode([0; 64]));
    let stranger = app.stranger();
    for _ in 0..40 {
        let forged = stranger
            .call("POST", "/webhooks/plaid")
            .header("plaid-verification", &token);
        forged
            .json(&json!({}))
            .send()
            .expect_problem(401, "invalid-signature");
    }
    assert_eq!(look_ups(&bank) - before, 1);
}

#[test]
fn while_plaid_cannot_say_which_key_it_is_nothing_is_believed_and_plaids_retry_is() {
    let (mut app, connection) = instance();
    let bank = app.bank();
    bank.wait_for_webhooks();
    // An isolate that has not used up any of its look-ups.
    app.stack_mut().restart_worker().unwrap();
    let rows = app.count_rows("inbox");
    let body = json!({"body": {"webhook_type": "NOTHING", "webhook_code": "TO_DO"}, "code": null});
    for (way, status) in [
        (json!({"error_code": "INTERNAL_SERVER_ERROR"}), 502),
        (json!({"error_code": "INVALID_API_KEYS"}), 502),
        (json!({"mode": "half"}), 502),
        // Plaid, the sender, waits ten seconds for us, and we thirty for Plaid.
        (json!({"mode": "hang", "millis": 60_000}), 0),
    ] {
        bank.rotate_keys(&json!({}));
        bank.fail("/webhook_verification_key/get", &way);
        assert_eq!(fire(&bank, &connection, &body), status, "{way}");
        assert_eq!(fire(&bank, &connection, &body), 200, "again after {way}");
    }
    assert_eq!(app.count_rows("inbox"), rows);
}
