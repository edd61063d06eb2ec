//! A connection that came with more than reading is gone before a row is read.

use serde_json::json;

use super::app;

/// What could move money, open an account number or tell who she is; and one that
/// nobody knows yet.
const FORBIDDEN: [&str; 16] = [
    "auth",
    "transfer",
    "payment_initiation",
    "pay_by_bank",
    "processor_payments",
    "investments_auth",
    "signal",
    "standing_orders",
    "identity",
    "identity_match",
    "income_verification",
    "employment",
    "assets",
    "cra_base_report",
    "Transactions",
    "something_of_2031",
];

#[test]
fn a_connection_granted_more_than_reading_is_removed_at_once() {
    let ada = app().person();
    for product in FORBIDDEN {
        for grant in [
            json!({"products": ["transactions", product], "transactions": 3}),
            json!({"products": ["transactions"], "consented_products": [product], "transactions": 3}),
        ] {
            let (item, reply) = app().try_to_connect(&ada, &grant);
            let problem = reply.expect_problem(422, "not-read-only");
            assert!(
                problem["detail"].as_str().unwrap().contains(product),
                "{problem}"
            );
            assert_eq!(item.state()["removed"], true, "{product}: still at Plaid");
            let asked: Vec<String> = item.calls().into_iter().map(|call| call.path).collect();
            assert_eq!(
                asked,
                ["/item/get", "/item/remove"],
                "{product}: nothing else was asked"
            );
        }
    }
    assert_eq!(ada.get("/v1/items").expect(200)["data"], json!([]));
    assert_eq!(ada.get("/v1/accounts").expect(200)["data"], json!([]));
    let person = ada.id.strip_prefix("usr_").unwrap();
    for table in ["item", "account", "txn", "txn_stage", "sync_attempt"] {
        assert_eq!(
            app().count_rows_where(table, &format!("user_id='{person}'")),
            0,
            "{table}"
        );
    }
}

#[test]
fn every_product_that_only_reads_is_let_in() {
    let products = [
        "transactions",
        "transactions_refresh",
        "recurring_transactions",
        "balance",
        "balance_plus",
    ];
    let more = ["investments", "liabilities"];
    let grant = json!({"products": products, "consented_products": more, "transactions": 3});
    let connection = app().connect(&app().person(), &grant);
    assert_eq!(connection.made["status"], "good");
}

#[test]
fn a_grant_that_could_not_be_checked_at_first_is_checked_before_a_row_is_read() {
    let ada = app().person();
    let token = ada
        .post("/v1/link-tokens", &json!({}))
        .string("/link_token");
    let linked = app().bank().link(
        &token,
        &json!({"transactions": 3, "consented_products": ["transfer"]}),
    );
    linked.item.fail(
        "/item/get",
        &json!({"error_code": "INTERNAL_SERVER_ERROR", "times": 1}),
    );
    let reply = ada.post("/v1/items", &json!({"public_token": linked.public_token}));
    assert_eq!(reply.expect(201)["status"], "preparing");
    assert_eq!(reply.json()["accounts"], json!([]));
    app().database().let_time_pass_for(&linked.item.id);
    app().sweep();
    app().eventually("the connection is removed", || {
        linked.item.state()["removed"] == true
    });
    app().eventually("nothing is left of it", || {
        ada.get("/v1/items").expect(200)["data"] == json!([])
    });
    assert_eq!(linked.item.calls_to("/transactions/sync"), 0);
}

#[test]
fn a_refused_connection_is_removed_even_where_plaid_fails_at_first() {
    let ada = app().person();
    let token = ada
        .post("/v1/link-tokens", &json!({}))
        .string("/link_token");
    let linked = app().bank().link(
        &token,
        &json!({"transactions": 3, "products": ["transactions", "auth"]}),
    );
    linked.item.fail(
        "/item/remove",
        &json!({"error_code": "INTERNAL_SERVER_ERROR", "times": 2}),
    );
    let reply = ada.post("/v1/items", &json!({"public_token": linked.public_token}));
    reply.expect_problem(422, "not-read-only");
    assert_eq!(ada.get("/v1/items").expect(200)["data"], json!([]));
    app().eventually("Plaid is told again", || {
        app().database().let_time_pass_for(&linked.item.id);
        app().sweep();
        linked.item.state()["removed"] == true
    });
}
