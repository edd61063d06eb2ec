//! Plaid's manners: credentials, refusals, products, failures on order.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod standins;

use http::Method;
use sandbox::send;
use serde_json::{Value, json};
use standins::{PATIENCE, Standins, read};

async fn fail(plaid: &Standins, order: Value) {
    plaid.control(Method::POST, "/fail", order).await;
}

#[tokio::test]
async fn keys_are_taken_from_headers_or_body_and_wrong_or_missing_ones_refused() {
    let plaid = Standins::start(&[]).await;
    let url = format!("{}/institutions/get_by_id", plaid.plaid);
    let attempt = async |keys: Value| {
        let mut body = json!({ "institution_id": "ins_109508", "country_codes": ["US"] });
        let members = keys.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(members);
        let answer = send(Method::POST, &url, &[], body.to_string(), PATIENCE).await;
        let (status, reply) = read(&answer.unwrap());
        (status, reply["error_code"].clone())
    };
    let good = json!({ "client_id": "sandbox-client-id", "secret": "sandbox-secret" });
    assert_eq!(attempt(good).await.0, 200);
    let wrong = json!({ "client_id": "sandbox-client-id", "secret": "another" });
    assert_eq!(attempt(wrong).await, (400, json!("INVALID_API_KEYS")));
    let empty = json!({ "client_id": "", "secret": "x" });
    assert_eq!(attempt(empty).await, (400, json!("INVALID_FIELD")));
    assert_eq!(attempt(json!({})).await, (400, json!("MISSING_FIELDS")));
}

#[tokio::test]
async fn a_call_that_is_not_served_is_a_404_and_stands_in_the_log_without_its_secrets() {
    let plaid = Standins::start(&[]).await;
    let body = json!({ "access_token": "access-sandbox-planted", "amount": "1.00" });
    let refused = plaid.refused("/transfer/create", body).await;
    assert_eq!(refused, (404, "NOT_FOUND".to_owned()));
    let log = plaid.control(Method::GET, "/requests", Value::Null).await;
    assert_eq!(log["paths"], json!({ "/transfer/create": 1 }));
    let entry = &log["requests"][0];
    assert_eq!(
        (&entry["status"], &entry["error_code"]),
        (&json!(404), &json!("NOT_FOUND"))
    );
    assert_eq!(entry["body"]["amount"], "1.00");
    assert!(!log.to_string().contains("planted") && !log.to_string().contains("sandbox-secret"));
}

#[tokio::test]
async fn an_unknown_member_is_refused_by_its_path() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 0 })).await;
    let body = json!({ "access_token": item.access_token, "options": { "count": 5 } });
    let (status, reply) = read(&plaid.call("/transactions/sync", &body).await.unwrap());
    assert_eq!(
        (status, &reply["error_type"]),
        (400, &json!("INVALID_REQUEST"))
    );
    assert_eq!(
        reply["error_message"],
        "the following fields are not recognized by this endpoint: options.count"
    );
}

#[tokio::test]
async fn a_body_that_is_not_json_or_not_called_so_is_refused() {
    let plaid = Standins::start(&[]).await;
    let url = format!("{}/item/get", plaid.plaid);
    let answer = send(Method::POST, &url, &[], "{\"access_token\":", PATIENCE).await;
    let (status, reply) = read(&answer.unwrap());
    assert_eq!(
        (status, &reply["error_code"]),
        (400, &json!("INVALID_BODY"))
    );
}

fn link_token(more: &Value) -> Value {
    let mut body = json!({
        "client_name": "Balance",
        "language": "en",
        "country_codes": ["US"],
        "user": { "client_user_id": "u" },
        "products": ["transactions"],
    });
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

#[tokio::test]
async fn plaid_accepts_transfer_and_auth_and_the_item_comes_back_with_them() {
    let plaid = Standins::start(&[]).await;
    let asked = link_token(&json!({ "products": ["transactions", "transfer", "auth"] }));
    let token = plaid.ask("/link/token/create", asked).await["link_token"].clone();
    let linked = json!({ "link_token": token });
    let linked = plaid.control(Method::POST, "/link", linked).await;
    let exchange = json!({ "public_token": linked["public_token"] });
    let exchanged = plaid.ask("/item/public_token/exchange", exchange).await;
    let body = json!({ "access_token": exchanged["access_token"] });
    let item = plaid.ask("/item/get", body).await;
    for product in ["transfer", "auth"] {
        let products = item["item"]["products"].as_array().unwrap();
        assert!(products.contains(&json!(product)));
    }
}

#[tokio::test]
async fn an_item_comes_back_with_more_than_was_asked_for_when_a_test_says_so() {
    let plaid = Standins::start(&[]).await;
    let more = json!({ "consented_products": ["transfer", "a_product_of_tomorrow"] });
    plaid.control(Method::POST, "/defaults", more).await;
    let asked = json!({ "institution_id": "ins_109509", "initial_products": ["transactions"] });
    let public = plaid.ask("/sandbox/public_token/create", asked).await["public_token"].clone();
    let exchanged = json!({ "public_token": public });
    let exchanged = plaid.ask("/item/public_token/exchange", exchanged).await;
    let body = json!({ "access_token": exchanged["access_token"] });
    let item = &plaid.ask("/item/get", body).await["item"];
    assert_eq!(
        item["consented_products"],
        json!([
            "a_product_of_tomorrow",
            "balance",
            "balance_plus",
            "recurring_transactions",
            "transactions",
            "transactions_refresh",
            "transfer"
        ])
    );
    assert_eq!(item["products"], json!(["transactions"]));
}

#[tokio::test]
async fn a_link_token_is_refused_for_what_plaid_refuses_it_for() {
    let plaid = Standins::start(&[]).await;
    for (more, code) in [
        (json!({ "products": [] }), "INVALID_FIELD"),
        (json!({ "language": "tlh" }), "INVALID_FIELD"),
        (json!({ "country_codes": ["XX"] }), "INVALID_FIELD"),
        (
            json!({ "user": { "client_user_id": "a@b.example" } }),
            "INVALID_FIELD",
        ),
        (
            json!({ "redirect_uri": "http://x.example/?a=b" }),
            "INVALID_FIELD",
        ),
        (
            json!({ "transactions": { "days_requested": 731 } }),
            "INVALID_FIELD",
        ),
        (
            json!({ "additional_consented_products": ["balance"] }),
            "INVALID_PRODUCT",
        ),
        (
            json!({ "additional_consented_products": ["transactions"] }),
            "INVALID_FIELD",
        ),
        (json!({ "colour": "blue" }), "UNKNOWN_FIELDS"),
        (
            json!({ "access_token": "access-sandbox-nobody", "products": null }),
            "INVALID_ACCESS_TOKEN",
        ),
    ] {
        let refused = plaid.refused("/link/token/create", link_token(&more)).await;
        assert_eq!(refused, (400, code.to_owned()), "{more}");
    }
}

#[tokio::test]
async fn a_product_that_was_not_consented_to_is_refused_and_one_that_was_is_added_by_use() {
    let plaid = Standins::start(&[]).await;
    let item = plaid
        .item(json!({ "transactions": 0, "consented_products": ["investments"] }))
        .await;
    let body = json!({ "access_token": item.access_token });
    plaid.ask("/investments/holdings/get", body.clone()).await;
    let described = plaid.ask("/item/get", body.clone()).await;
    assert_eq!(
        described["item"]["products"],
        json!(["transactions", "investments"])
    );
    let refused = plaid.refused("/liabilities/get", body).await;
    assert_eq!(refused, (400, "ADDITIONAL_CONSENT_REQUIRED".to_owned()));
}

#[tokio::test]
async fn a_broken_login_fails_the_data_calls_and_update_mode_repairs_it() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 3 })).await;
    let body = json!({ "access_token": item.access_token });
    plaid.ask("/sandbox/item/reset_login", body.clone()).await;
    let refused = plaid.refused("/accounts/get", body.clone()).await;
    assert_eq!(refused, (400, "ITEM_LOGIN_REQUIRED".to_owned()));
    let update = link_token(&json!({ "access_token": item.access_token, "products": null }));
    let token = plaid.ask("/link/token/create", update).await["link_token"].clone();
    let linked = json!({ "link_token": token });
    let linked = plaid.control(Method::POST, "/link", linked).await;
    assert_eq!(linked["public_token"], Value::Null);
    plaid.ask("/accounts/get", body).await;
}

#[tokio::test]
async fn after_removal_and_after_rotation_the_old_token_opens_nothing() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 3 })).await;
    let old = json!({ "access_token": item.access_token });
    let rotated = plaid
        .ask("/item/access_token/invalidate", old.clone())
        .await;
    let refused = plaid.refused("/item/get", old).await;
    assert_eq!(refused, (400, "INVALID_ACCESS_TOKEN".to_owned()));
    let new = json!({ "access_token": rotated["new_access_token"] });
    plaid.ask("/item/remove", new.clone()).await;
    let refused = plaid.refused("/item/get", new).await;
    assert_eq!(refused, (400, "ITEM_NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn a_custom_user_brings_its_own_accounts_and_amounts() {
    let plaid = Standins::start(&["--today", "2026-05-01"]).await;
    let user = r#"{"override_accounts":[{"type":"depository","subtype":"checking","currency":"JPY","starting_balance":1000,"meta":{"name":"Yen"},"transactions":[{"date_transacted":"2026-04-01","date_posted":"2026-04-02","amount":1980,"description":"Ramen","currency":"JPY"}]}]}"#;
    let asked = json!({
        "institution_id": "ins_109508",
        "initial_products": ["transactions"],
        "options": { "override_username": "user_custom", "override_password": user },
    });
    let public = plaid.ask("/sandbox/public_token/create", asked).await["public_token"].clone();
    let exchanged = json!({ "public_token": public });
    let exchanged = plaid.ask("/item/public_token/exchange", exchanged).await;
    let body = json!({ "access_token": exchanged["access_token"] });
    let page = plaid.ask("/transactions/sync", body).await;
    assert_eq!(page["accounts"][0]["name"], "Yen");
    assert_eq!(page["added"].as_array().unwrap().len(), 1);
    assert_eq!(page["added"][0]["amount"], 1980);
}

#[tokio::test]
async fn a_password_that_names_an_error_makes_it() {
    let plaid = Standins::start(&[]).await;
    let asked = json!({
        "institution_id": "ins_109508",
        "initial_products": ["transactions"],
        "options": { "override_password": "error_ITEM_LOCKED" },
    });
    let refused = plaid.refused("/sandbox/public_token/create", asked).await;
    assert_eq!(refused, (400, "ITEM_LOCKED".to_owned()));
}

#[tokio::test]
async fn an_ordered_error_comes_as_often_as_ordered() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 3 })).await;
    let body = json!({ "access_token": item.access_token });
    let order = json!({ "endpoint": "/item/get", "error_code": "INTERNAL_SERVER_ERROR", "times": 2, "skip": 1 });
    fail(&plaid, order).await;
    plaid.ask("/item/get", body.clone()).await;
    for _ in 0..2 {
        let refused = plaid.refused("/item/get", body.clone()).await;
        assert_eq!(refused, (500, "INTERNAL_SERVER_ERROR".to_owned()));
    }
    plaid.ask("/item/get", body).await;
}

#[tokio::test]
async fn half_a_page_has_good_headers_and_never_the_rest() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 100 })).await;
    let body = json!({ "access_token": item.access_token });
    for mode in ["half", "reset", "lost"] {
        fail(
            &plaid,
            json!({ "endpoint": "/transactions/sync", "mode": mode }),
        )
        .await;
        let broken = plaid.call("/transactions/sync", &body).await;
        assert!(broken.is_err(), "{mode}");
    }
    fail(
        &plaid,
        json!({ "endpoint": "/transactions/sync", "mode": "hang", "millis": 1 }),
    )
    .await;
    assert!(plaid.call("/transactions/sync", &body).await.is_err());
    plaid.ask("/transactions/sync", body).await;
}

#[tokio::test]
async fn replies_of_no_use_come_as_ordered() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 3 })).await;
    let body = json!({ "access_token": item.access_token });
    for (mode, status, is_json) in [
        ("malformed", 200, false),
        ("empty", 200, false),
        ("wrong_shape", 200, true),
        ("html", 502, false),
        ("slow", 200, true),
    ] {
        let order = json!({ "endpoint": "/transactions/sync", "mode": mode, "millis": 1 });
        fail(&plaid, order).await;
        let answer = plaid.call("/transactions/sync", &body).await.unwrap();
        let parsed = serde_json::from_slice::<Value>(&answer.body).is_ok();
        assert_eq!((answer.status, parsed), (status, is_json), "{mode}");
    }
}

#[tokio::test]
async fn a_lost_reply_has_had_its_effect() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 3 })).await;
    let body = json!({ "access_token": item.access_token });
    fail(
        &plaid,
        json!({ "endpoint": "/item/remove", "mode": "lost" }),
    )
    .await;
    assert!(plaid.call("/item/remove", &body).await.is_err());
    let refused = plaid.refused("/item/get", body).await;
    assert_eq!(refused, (400, "ITEM_NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn a_misspelt_control_member_is_refused_by_name() {
    let plaid = Standins::start(&[]).await;
    let url = format!("{}/_control/items", plaid.plaid);
    let answer = send(Method::POST, &url, &[], r#"{"transaction":5}"#, PATIENCE).await;
    let (status, reply) = read(&answer.unwrap());
    assert_eq!(status, 400);
    assert!(reply["error"].as_str().unwrap().contains("`transaction`"));
}

#[tokio::test]
async fn a_reset_forgets_items_orders_and_requests() {
    let plaid = Standins::start(&[]).await;
    let item = plaid.item(json!({ "transactions": 3 })).await;
    fail(
        &plaid,
        json!({ "endpoint": "/item/get", "error_code": "RATE_LIMIT", "times": null }),
    )
    .await;
    let body = json!({ "access_token": item.access_token });
    plaid.refused("/item/get", body.clone()).await;
    plaid.control(Method::POST, "/reset", json!({})).await;
    let refused = plaid.refused("/item/get", body).await;
    assert_eq!(refused, (400, "INVALID_ACCESS_TOKEN".to_owned()));
    let log = plaid.control(Method::GET, "/requests", Value::Null).await;
    assert_eq!(log["count"], 1);
}
