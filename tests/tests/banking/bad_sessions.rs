//! A session that does not hold opens nothing, on any route.

use end_to_end::{Call, Client, Reply};
use serde_json::{Value, json};

use super::bad_input::{bodies, connected};
use super::{app, assert_in_step};

/// Every route that is a person's own, with a method and perhaps a body.
fn private_routes() -> Vec<(&'static str, String, Option<Value>)> {
    let (item, account) = (
        format!("item_{}", "0".repeat(32)),
        format!("acct_{}", "0".repeat(32)),
    );
    let mut routes: Vec<_> = bodies()
        .into_iter()
        .map(|(path, body)| ("POST", path.to_owned(), Some(body)))
        .collect();
    routes.extend([
        ("GET", "/v1/items".to_owned(), None),
        ("GET", format!("/v1/items/{item}"), None),
        ("DELETE", format!("/v1/items/{item}"), None),
        ("POST", format!("/v1/items/{item}/sync"), Some(json!({}))),
        ("GET", "/v1/accounts".to_owned(), None),
        ("GET", format!("/v1/accounts/{account}"), None),
        ("GET", "/v1/transactions".to_owned(), None),
    ]);
    routes
}

fn send(client: &Client, (method, path, body): &(&str, String, Option<Value>)) -> Reply {
    let call = client.call(method, path);
    body.iter().fold(call, Call::json).send()
}

#[test]
fn without_a_session_that_holds_every_route_answers_401() {
    let ended = app().person();
    let expired = app().person();
    let hex = expired.id.strip_prefix("usr_").unwrap();
    app().database().sql(
        "UPDATE session SET expires_at=1 WHERE user_id=?",
        &json!([hex]),
    );
    let list = ended.get("/v1/sessions").expect(200);
    let session = list["data"][0]["id"].as_str().unwrap();
    ended.delete(&format!("/v1/sessions/{session}")).expect(204);
    let stranger = app().stranger();
    // Of the right form, but nobody's; and a person's own, cut or with one letter changed.
    let token = app().person().token;
    let (cut, end) = token.split_at(token.len() - 1);
    let changed = format!("{cut}{}", if end == "A" { "Q" } else { "A" });
    for route in private_routes() {
        for (who, client) in [
            ("nobody", stranger.clone()),
            ("an ended session", (*ended).clone()),
            ("an expired session", (*expired).clone()),
            (
                "a made-up token",
                stranger.with_token(&"A".repeat(token.len())),
            ),
            ("a changed token", stranger.with_token(&changed)),
            ("a cut token", stranger.with_token(cut)),
            ("a long token", stranger.with_token(&"A".repeat(4_000))),
            ("an empty token", stranger.with_token("")),
        ] {
            let reply = send(&client, &route);
            assert_eq!(reply.status(), 401, "{who}: {} {}", route.0, route.1);
            reply.expect_problem(401, "unauthenticated");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        }
        let (method, path, _) = &route;
        let basic = stranger
            .call(method, path)
            .header("authorization", "Basic dXNlcjpwYXNz")
            .send();
        basic.expect_problem(401, "unauthenticated");
    }
}

#[test]
fn a_cookie_from_another_site_changes_nothing() {
    let connection = connected();
    let cookie = format!("__Host-balance={}", connection.person.token);
    let stranger = app().stranger();
    let path = format!("/v1/items/{}", connection.id);
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let call = stranger.call("DELETE", &path).header("cookie", &cookie);
        let call = origin
            .into_iter()
            .fold(call, |call, origin| call.header("origin", origin));
        call.send().expect_problem(403, "cross-site");
    }
    assert_in_step(&connection);
    let own = app().stack().origin();
    stranger
        .call("DELETE", &path)
        .header("cookie", &cookie)
        .header("origin", &own)
        .send()
        .expect(204);
}
