//! API tokens: good for their scopes, for their time, and for nothing else.

use end_to_end::{Client, Person};
use serde_json::{Value, json};

use super::app;

fn mint(person: &Person, scopes: &Value) -> (Client, Value) {
    let body = json!({"name": "Spreadsheet", "scopes": scopes, "expires_in_days": 30});
    let made = person
        .by_password("POST", "/v1/me/tokens", Some(&body))
        .expect(201);
    let token = made["token"].as_str().unwrap();
    assert!(token.starts_with("bal_"), "{token}");
    (app().stranger().with_token(token), made)
}

#[test]
fn a_token_is_shown_once_and_listed_with_its_last_use() {
    let ada = app().person();
    let (program, made) = mint(&ada, &json!(["accounts:read", "accounts:read"]));
    assert_eq!(made["scopes"], json!(["accounts:read"]));
    let listed = || ada.get("/v1/me/tokens").expect(200)["data"][0].clone();
    assert_eq!(listed()["token"], json!(null));
    assert_eq!(listed()["last_used_at"], json!(null));
    let reply = program.get("/v1/accounts");
    reply.expect(200);
    app().eventually("its use is noted", || listed()["last_used_at"].is_string());
    // Warm, a read is one batch, as with a session.
    assert_eq!(program.get("/v1/accounts").batches(), 1);
}

#[test]
fn a_token_opens_the_routes_of_its_scopes_and_no_other() {
    let ada = app().person();
    // Every route that takes a token, by what it needs.
    let routes = [
        ("GET", "/v1/me", "profile:read"),
        ("GET", "/v1/accounts", "accounts:read"),
        (
            "GET",
            "/v1/accounts/acct_00000000000000000000000000000000",
            "accounts:read",
        ),
        ("GET", "/v1/transactions", "transactions:read"),
        ("POST", "/v1/transactions/search", "transactions:read"),
        ("GET", "/v1/items", "items:read"),
        (
            "GET",
            "/v1/items/item_00000000000000000000000000000000",
            "items:read",
        ),
        ("POST", "/v1/link-tokens", "items:write"),
        ("POST", "/v1/items", "items:write"),
        (
            "POST",
            "/v1/items/item_00000000000000000000000000000000/sync",
            "items:write",
        ),
        (
            "DELETE",
            "/v1/items/item_00000000000000000000000000000000",
            "items:write",
        ),
    ];
    for scope in [
        "profile:read",
        "accounts:read",
        "transactions:read",
        "items:read",
        "items:write",
    ] {
        let (program, _) = mint(&ada, &json!([scope]));
        for (method, path, needed) in routes {
            let body = match path {
                "/v1/items" if method == "POST" => json!({"public_token": "public-sandbox-none"}),
                "/v1/transactions/search" => json!({"text": "coffee"}),
                _ => json!({}),
            };
            let mut call = program.call(method, path);
            if method == "POST" {
                call = call.json(&body);
            }
            let reply = call.send();
            if needed == scope {
                assert!(
                    ![401, 403].contains(&reply.status()),
                    "{scope}: {method} {path}"
                );
            } else {
                let problem = reply.expect_problem(403, "insufficient-scope");
                assert_eq!(problem["required"], needed, "{scope}: {method} {path}");
            }
        }
    }
}

#[test]
fn no_token_opens_what_is_its_owners_alone() {
    let ada = app().person();
    let every = json!([
        "profile:read",
        "accounts:read",
        "transactions:read",
        "items:read",
        "items:write"
    ]);
    let (program, _) = mint(&ada, &every);
    // Every other route that knows a caller, as the contract has it.
    let contract = program.get("/openapi.json").expect(200);
    let mut tried = 0;
    for (path, item) in contract["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let public = operation["security"] == json!([{}]);
            let security = operation["security"].as_array();
            let scoped = security.is_some_and(|list| {
                list.iter().any(|way| {
                    way["bearer"]
                        .as_array()
                        .is_some_and(|scopes| !scopes.is_empty())
                })
            });
            let anyone = security.is_some_and(|list| list.contains(&json!({})));
            // Whoever has left has a receipt, and no session.
            let by_receipt = operation["security"] == json!([{"receipt": []}]);
            // An operator has a token of the console's.
            let by_console = operation["security"] == json!([{"console": []}]);
            let is_hers = !(public || scoped || anyone || by_receipt || by_console);
            if !is_hers || !path.starts_with("/v1/") {
                continue;
            }
            tried += 1;
            let path = path.replace("{id}", "ses_00000000000000000000000000000000");
            let reply = program
                .call(&method.to_uppercase(), &path)
                .json(&json!({}))
                .send();
            assert_eq!(reply.status(), 403, "{method} {path}: {}", reply.text());
            reply.expect_problem(403, "session-required");
        }
    }
    assert!(tried > 15, "{tried}");
    program
        .post("/v1/passkey-challenges", &json!({"purpose": "enrolment"}))
        .expect_problem(403, "session-required");
}

#[test]
fn a_token_that_was_ended_or_made_up_opens_nothing() {
    let ada = app().person();
    let eve = app().person();
    let (program, made) = mint(&ada, &json!(["accounts:read"]));
    program.get("/v1/accounts").expect(200);
    let path = format!("/v1/me/tokens/{}", made["id"].as_str().unwrap());
    eve.delete(&path).expect_problem(404, "not-found");
    program.get("/v1/accounts").expect(200);
    ada.delete(&path).expect(204);
    program
        .get("/v1/accounts")
        .expect_problem(401, "unauthenticated");
    ada.delete(&path).expect_problem(404, "not-found");
    let session = &ada.token;
    for token in [
        "bal_".to_owned(),
        format!("bal_{}", "A".repeat(43)),
        // A session's token is no API token, nor the other way about.
        format!("bal_{session}"),
        made["token"].as_str().unwrap()[4..].to_owned(),
    ] {
        app()
            .stranger()
            .with_token(&token)
            .get("/v1/accounts")
            .expect_problem(401, "unauthenticated");
    }
}

#[test]
fn what_a_token_is_to_be_good_for_is_checked() {
    let ada = app().person();
    let ask = |name: &str, scopes: Value, days: u32| {
        let body = json!({"name": name, "scopes": scopes, "expires_in_days": days});
        ada.post("/v1/me/tokens", &body)
    };
    ask("", json!(["profile:read"]), 1).expect_field("name", "name_invalid");
    ask("a", json!([]), 1).expect_field("scopes", "missing");
    ask("a", json!(["profile:write"]), 1).expect_field("scopes", "scope_unknown");
    ask("a", json!(["profile:read"]), 0).expect_field("expires_in_days", "range");
    ask("a", json!(["profile:read"]), 366).expect_field("expires_in_days", "range");
}
