//! `GET /v1/passwords/range/{prefix}`: the look-up for clients.

use end_to_end::prefix;
use serde_json::json;

use super::app;

fn path(password: &str) -> String {
    format!("/v1/passwords/range/{}", prefix(password))
}

#[test]
fn a_client_finds_a_leaked_password_by_itself() {
    let password = app().applicant().password;
    app().pwned().leak(&password, 17);
    let reply = app().stranger().get(&path(&password));
    assert_eq!(reply.status(), 200);
    assert_eq!(
        reply.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(reply.header("cache-control"), Some("public, max-age=86400"));
    assert_eq!(reply.header("set-cookie"), None);
    assert_eq!(reply.batches(), 0);
    let query = pwned::RangeQuery::for_password(&password);
    let exposure = pwned::RangeReply::check(reply.text().as_bytes(), &query);
    assert_eq!(exposure, Ok(pwned::Exposure::Found { count: 17 }));
}

#[test]
fn a_prefix_is_asked_for_once_a_day_in_either_case() {
    let password = app().applicant().password;
    let client = app().stranger();
    let first = client.get(&path(&password));
    assert_eq!(first.status(), 200);
    let again = client.get(&format!(
        "/v1/passwords/range/{}",
        prefix(&password).to_lowercase()
    ));
    assert_eq!(again.text(), first.text());
    assert_eq!(app().pwned().look_ups(&password), 1);
}

#[test]
fn session_and_cookie_are_ignored() {
    let password = app().applicant().password;
    let plain = app().stranger().get(&path(&password));
    let client = app().stranger();
    let call = client.call("GET", &path(&password));
    let reply = call
        .header("authorization", "Bearer nonsense")
        .header("cookie", "__Host-balance=x")
        .send();
    assert_eq!((reply.status(), reply.text()), (200, plain.text()));
    let asked = app().pwned().requests_for(&password);
    assert!(!json!(asked).to_string().contains("nonsense"));
}

#[test]
fn what_is_no_prefix_is_refused_without_asking_anyone() {
    let client = app().stranger();
    for bad in [
        "ABCD",
        "ABCDEF",
        "ABCDG",
        "%00%00%00%00%00",
        "%FF%FF%FF%FF%FF",
        "ABC%2F1",
    ] {
        let reply = client.get(&format!("/v1/passwords/range/{bad}"));
        reply.expect_field("prefix", "prefix_invalid");
    }
    client
        .get("/v1/passwords/range/")
        .expect_problem(404, "not-found");
}

#[test]
fn a_reply_that_is_not_whole_is_not_passed_on_and_not_kept() {
    for mode in [
        "html",
        "no_colon",
        "cut",
        "short",
        "empty",
        "huge",
        "reset",
        "rate_limited",
    ] {
        let password = app().applicant().password;
        // All of them, as the runtime itself asks again where a connection breaks.
        app().pwned().fail(&password, None, mode, &json!({}));
        app()
            .stranger()
            .get(&path(&password))
            .expect_problem(502, "upstream");
        app().pwned().heal(&password);
        let reply = app().stranger().get(&path(&password));
        assert_eq!(reply.status(), 200, "{mode}: the failure was kept");
    }
}
