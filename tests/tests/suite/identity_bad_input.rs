//! Bodies that are not what a route takes: the right problem, and nothing done.

use serde_json::{Map, Value, json};

use super::app;

/// A route, the body it takes, and which of its members may be left out.
fn routes() -> Vec<(&'static str, Value, &'static [&'static str])> {
    let ada = app().applicant();
    vec![
        (
            "/v1/users",
            json!({"email": ada.email, "password": ada.password, "name": "Ada"}),
            &["name"],
        ),
        (
            "/v1/email-verifications",
            json!({"token": "A".repeat(43), "password": ada.password}),
            &[],
        ),
        (
            "/v1/sessions",
            json!({"email": ada.email, "password": ada.password}),
            &[],
        ),
    ]
}

fn members(body: &Value) -> Map<String, Value> {
    body.as_object().unwrap().clone()
}

#[test]
fn a_body_that_is_not_json_is_refused() {
    for (path, body, _) in routes() {
        let client = app().stranger();
        let send = |kind: &str, body: &[u8]| client.call("POST", path).body(kind, body).send();
        let good = body.to_string();
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonx",
            "",
            "application/json; charset=latin1",
        ] {
            send(kind, good.as_bytes()).expect_problem(415, "unsupported-media-type");
        }
        client
            .call("POST", path)
            .send()
            .expect_problem(415, "unsupported-media-type");
        let broken: [&[u8]; 8] = [
            b"",
            b"{",
            b"nonsense",
            b"{\"email\":}",
            b"{\"email\":\"\xff\xfe\"}",
            b"\xef\xbb\xbf{}",
            b"{\"email\":\"\\ud800\"}",
            b"{} {}",
        ];
        for body in broken {
            let reply = send("application/json", body);
            let refused = [400, 422].contains(&reply.status());
            assert!(
                refused,
                "{path}: {} for {:?}",
                reply.status(),
                String::from_utf8_lossy(body)
            );
            assert_eq!(
                reply.header("content-type"),
                Some("application/problem+json")
            );
            assert_eq!(reply.batches(), 0);
        }
        let two = format!("{good}{good}");
        send("application/json", two.as_bytes()).expect_problem(400, "bad-request");
    }
}

#[test]
fn a_member_that_is_missing_unknown_or_of_another_type_is_named() {
    for (path, body, optional) in routes() {
        let client = app().stranger();
        let send = |body: Value| {
            let reply = client.post(path, &body);
            assert_eq!(reply.batches(), 0, "{path}: {body}");
            reply
        };
        for name in members(&body).keys() {
            if !optional.contains(&name.as_str()) {
                let mut without = members(&body);
                without.remove(name);
                send(without.into()).expect_field(name, "missing");
            }
            let others = [json!(1), json!(true), json!([]), json!({"a": "b"})];
            let null = (!optional.contains(&name.as_str())).then_some(json!(null));
            for other in others.into_iter().chain(null) {
                let mut with = members(&body);
                with[name] = other;
                send(with.into()).expect_field(name, "type");
            }
        }
        let mut with = members(&body);
        with.insert("is_admin".into(), json!(true));
        send(with.into()).expect_field("is_admin", "unknown");
        for other in [json!([]), json!("text"), json!(null), json!(7)] {
            send(other).expect_problem(422, "validation");
        }
    }
}

#[test]
fn a_member_that_stands_twice_is_refused() {
    let client = app().stranger();
    let body = r#"{"email":"a@example.com","email":"b@example.com","password":"a password of some length"}"#;
    for path in ["/v1/users", "/v1/sessions"] {
        let reply = client
            .call("POST", path)
            .body("application/json", body)
            .send();
        reply.expect_problem(422, "validation");
        assert_eq!(reply.batches(), 0);
    }
}

#[test]
fn a_body_over_the_limit_is_refused() {
    for (path, body, _) in routes() {
        let client = app().stranger();
        let mut long = members(&body);
        long["password"] = json!("x".repeat(70_000));
        let reply = client.post(path, &long.into());
        reply.expect_problem(413, "body-too-large");
        assert_eq!(reply.batches(), 0);
    }
}

#[test]
fn a_value_over_its_bound_is_named() {
    let client = app().stranger();
    let long_password = "x".repeat(4_000);
    let sign_in = |email: &str, password: &str| {
        client.post(
            "/v1/sessions",
            &json!({"email": email, "password": password}),
        )
    };
    sign_in("ada@example.com", &long_password).expect_field("password", "password_too_long");
    sign_in(&"x".repeat(255), "a password").expect_field("email", "too_long");
    let verify = |token: &str, password: &str| {
        client.post(
            "/v1/email-verifications",
            &json!({"token": token, "password": password}),
        )
    };
    verify(&"x".repeat(129), "a password").expect_field("token", "too_long");
    verify("x", &long_password).expect_field("password", "password_too_long");
    let body = json!({"email": "ada@example.com", "password": "a fine long password", "name": "x".repeat(101)});
    client
        .post("/v1/users", &body)
        .expect_field("name", "name_invalid");
}

#[test]
fn a_wrong_method_is_told_which_are_right() {
    let client = app().stranger();
    for (path, allowed) in [
        ("/v1/users", "POST"),
        ("/v1/email-verifications", "POST"),
        ("/v1/passwords/range/ABCDE", "GET,HEAD"),
        ("/v1/accounts", "GET,HEAD"),
    ] {
        let reply = client.call("PUT", path).send();
        reply.expect_problem(405, "method-not-allowed");
        assert_eq!(reply.header("allow"), Some(allowed), "{path}");
    }
}

#[test]
fn a_header_beyond_ascii_is_no_reason_to_refuse() {
    let client = app().stranger();
    let reply = client
        .call("GET", "/v1/me")
        .header("user-agent", "Ünüsual/1.0")
        .send();
    reply.expect_problem(401, "unauthenticated");
}
