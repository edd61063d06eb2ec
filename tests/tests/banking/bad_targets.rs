//! Parameters, ids, methods and paths that name nothing.

use serde_json::json;

use super::app;
use super::bad_input::{assert_tells_nothing, connected};

#[test]
fn the_parameter_that_is_wrong_is_named() {
    let connection = connected();
    let ada = &connection.person;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=-1", "limit"),
        ("limit=", "limit"),
        ("limit=ten", "limit"),
        ("limit=1e2", "limit"),
        ("limit=4294967297", "limit"),
        ("from=yesterday", "from"),
        ("from=2026-13-01", "from"),
        ("to=2026-02-29", "to"),
        ("to=20260101", "to"),
        ("pending=1", "pending"),
        ("pending=", "pending"),
        ("account=planted-7f3a", "account"),
        ("account=item_00000000000000000000000000000000", "account"),
        ("text=coffee", "text"),
        ("Limit=3", "Limit"),
        ("cursor=planted-7f3a", "cursor"),
        ("limit=%ff", "limit"),
    ] {
        let reply = ada.get(&format!("/v1/transactions?{query}"));
        let problem = reply.expect_problem(422, "validation");
        assert_eq!(problem["errors"][0]["field"], field, "{query}: {problem}");
        assert_tells_nothing(&reply);
    }
    ada.get("/v1/transactions?limit=1&limit=2")
        .expect_problem(422, "validation");
    ada.get("/v1/transactions?&limit=1&").expect(200);
}

#[test]
fn what_is_no_id_names_nothing() {
    let ada = app().person();
    for id in [
        "item_",
        "item_0",
        "nonsense",
        "item_00000000000000000000000000000000000",
        "item_ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "00000000000000000000000000000000",
        "item_%00000000000000000000000000000000",
        "%2e%2e",
        "item_0000000000000000000000000000000%C3",
        "'%20OR%201=1--",
    ] {
        for path in [format!("/v1/items/{id}"), format!("/v1/accounts/{id}")] {
            let reply = ada.get(&path);
            reply.expect_problem(404, "not-found");
            assert_tells_nothing(&reply);
        }
        ada.delete(&format!("/v1/items/{id}"))
            .expect_problem(404, "not-found");
        ada.post(&format!("/v1/items/{id}/sync"), &json!({}))
            .expect_problem(404, "not-found");
    }
}

#[test]
fn methods_and_routes_that_are_not_there_are_told_apart() {
    let ada = app().person();
    for (method, path, allowed) in [
        ("PUT", "/v1/items", "GET,HEAD,POST"),
        ("DELETE", "/v1/accounts", "GET,HEAD"),
        ("POST", "/v1/transactions", "GET,HEAD"),
        ("GET", "/v1/link-tokens", "POST"),
        ("GET", "/webhooks/plaid", "POST"),
    ] {
        let reply = ada.call(method, path).send();
        reply.expect_problem(405, "method-not-allowed");
        let allow = reply.header("allow").expect("Allow");
        let mut methods: Vec<&str> = allow.split(',').map(str::trim).collect();
        methods.sort_unstable();
        assert_eq!(methods.join(","), allowed, "{method} {path}");
    }
    for path in [
        "/v1/item",
        "/v1/items/a/b/c",
        "/V1/items",
        "/v1/transfers",
        "/v1/items/",
    ] {
        ada.get(path).expect_problem(404, "not-found");
    }
}
