//! Signing in to the console: with a key, by a code, for the terminal that asked.

use end_to_end::{begin, challenge, reason};
use serde_json::json;

use super::{app, stage};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

#[test]
fn a_session_has_a_reason_a_ticket_and_an_end() {
    let console = stage().employee.log_in();
    console.rows("operator.list", &json!({}));
    console.log_out();
    let over = console.give("operator.list", &json!({}));
    over.expect_problem(401, "unauthenticated");
    let again = console.client.delete("/v1/operator/sessions/current");
    again.expect_problem(401, "unauthenticated");
    let told = stage().first.log_in();
    let mine = json!({"session": console.session});
    let leaves = told.rows("review.show", &mine);
    let kinds: Vec<&str> = leaves
        .iter()
        .map(|leaf| leaf["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "session.opened",
            "command.intended",
            "command.done",
            "session.closed"
        ]
    );
}

#[test]
fn a_session_lasts_a_quarter_of_an_hour() {
    let console = stage().employee.log_in();
    let row = json!([console.session.strip_prefix("cse_").unwrap()]);
    let span = "SELECT expires_at-opened_at AS n FROM operator_session WHERE id=?";
    assert_eq!(app().database().number(span, &row), 900);
    let back = "UPDATE operator_session SET expires_at=expires_at-900 WHERE id=?";
    app().database().sql(back, &row);
    let over = console.give("operator.list", &json!({}));
    over.expect_problem(401, "unauthenticated");
}

#[test]
fn a_code_is_good_once_and_for_the_terminal_that_asked() {
    let operator = &stage().employee;
    let reply = operator.authorize(&reason());
    let code = reply.expect(201)["code"].as_str().unwrap().to_owned();
    let another = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let client = &operator.person.applicant.client;
    begin(client, &code, another).expect_problem(422, "invalid-token");
    begin(client, &code, VERIFIER).expect(201);
    begin(client, &code, VERIFIER).expect_problem(422, "invalid-token");
    begin(client, "nothing", VERIFIER).expect_problem(422, "invalid-token");
    begin(client, &code, "short").expect_problem(422, "validation");
}

#[test]
fn who_is_no_operator_gets_no_code() {
    let ada = app().key_holder();
    let refused = ada.person.post("/v1/operator/authorizations", &reason());
    refused.expect_problem(403, "not-an-operator");
    let stranger = app().stranger();
    let refused = stranger.post("/v1/operator/authorizations", &reason());
    refused.expect_problem(401, "unauthenticated");
}

#[test]
fn only_a_key_that_checks_who_holds_it_opens_the_console() {
    let operator = &stage().contractor;
    operator.with_key(|key| key.user_verified = false);
    let path = "/v1/operator/authorizations";
    let refused =
        operator.with_key(|key| operator.person.by_key(key, "POST", path, Some(&reason())));
    operator.with_key(|key| key.user_verified = true);
    let problem = refused.expect_problem(403, "step-up-required");
    assert_eq!(problem["methods"], json!(["passkey"]));
    operator.log_in();
}

#[test]
fn a_reason_is_bounded() {
    let operator = &stage().employee;
    for (member, value) in [
        ("code_challenge", json!("short")),
        ("reason_type", json!("curiosity")),
        ("reason", json!("")),
        ("reason", json!("x".repeat(501))),
        ("reason", json!("two\nlines")),
        ("ticket", json!("")),
        ("ticket", json!("with space")),
        ("ticket", json!(7)),
    ] {
        let mut body = reason();
        body[member] = value;
        let refused = operator.person.post("/v1/operator/authorizations", &body);
        refused.expect_problem(422, "validation");
        assert!(refused.text().contains(member));
    }
    let mut more = reason();
    more["more"] = json!(1);
    let refused = operator.person.post("/v1/operator/authorizations", &more);
    refused.expect_problem(422, "validation");
    assert_eq!(challenge().len(), 43);
}

#[test]
fn a_persons_token_gives_no_command_and_a_consoles_opens_no_account() {
    let console = stage().employee.log_in();
    let order = json!({"command": "operator.list", "arguments": {}});
    let person = &stage().employee.person;
    person
        .post("/v1/operator/commands", &order)
        .expect_problem(401, "unauthenticated");
    console
        .client
        .get("/v1/me")
        .expect_problem(401, "unauthenticated");
    console
        .client
        .get("/v1/transactions")
        .expect_problem(401, "unauthenticated");
}
