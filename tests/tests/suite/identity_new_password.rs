//! A new password, by its owner or by mail, and what ends with the old one.

use end_to_end::{Applicant, Person};
use serde_json::{Value, json};

use super::app;

fn renewed(person: &Person) -> (String, Value) {
    let password = format!("{} renewed", person.applicant.password);
    let body = json!({"password": password});
    (password, body)
}

fn ask_for_reset(email: &str) -> end_to_end::Reply {
    app()
        .stranger()
        .post("/v1/password-resets", &json!({"email": email}))
}

fn reset(token: &str, password: &str) -> end_to_end::Reply {
    let body = json!({"token": token, "password": password});
    app().stranger().post("/v1/password-resets/confirm", &body)
}

/// The code of the newest mail that has one, once there are `count` mails.
fn code(email: &str, count: usize) -> String {
    let mails = app().mailbox().wait_for(email, count);
    mails
        .iter()
        .rev()
        .find_map(end_to_end::Mail::token)
        .expect("a code")
}

#[test]
fn a_change_ends_every_other_session_and_token_and_is_mailed() {
    let ada = app().person();
    let elsewhere = ada.on_another_device();
    let token = json!({"name": "a", "scopes": ["profile:read"], "expires_in_days": 1});
    let made = ada
        .by_password("POST", "/v1/me/tokens", Some(&token))
        .expect(201);
    let program = app().stranger().with_token(made["token"].as_str().unwrap());
    program.get("/v1/me").expect(200);

    let (password, body) = renewed(&ada);
    let changed = ada.by_password("PUT", "/v1/me/password", Some(&body));
    changed.expect(200);
    assert_eq!(changed.value("/password/exposed"), json!(false));
    ada.get("/v1/me").expect(200);
    elsewhere
        .get("/v1/me")
        .expect_problem(401, "unauthenticated");
    program.get("/v1/me").expect_problem(401, "unauthenticated");
    ada.applicant
        .sign_in()
        .expect_problem(401, "invalid-credentials");
    ada.applicant.sign_in_with(&password).expect(201);
    let mails = app().mailbox().wait_for(&ada.applicant.email, 3);
    assert!(
        mails
            .iter()
            .any(|mail| mail.subject == "Your password has changed"),
        "{mails:?}"
    );
}

#[test]
fn a_new_password_is_held_to_the_policy_of_what_else_protects_the_account() {
    let ada = app().person();
    let put = |password: &str| {
        let body = json!({"password": password});
        ada.call("PUT", "/v1/me/password").json(&body).send()
    };
    put("fourteen chars").expect_field("password", "password_too_short");
    put(&ada.applicant.email).expect_field("password", "password_personal");
    put(&"x".repeat(1025)).expect_field("password", "password_too_long");
    let mut key = app().authenticator();
    ada.enrol(&mut key);
    put("seven c").expect_field("password", "password_too_short");
    let body = json!({"password": "eight ch"});
    ada.by_key(&mut key, "PUT", "/v1/me/password", Some(&body))
        .expect(200);
}

#[test]
fn a_password_that_has_leaked_is_not_taken_and_a_new_one_ends_the_warning() {
    let ada = app().person();
    let exposed = || ada.get("/v1/me").expect(200)["password"]["exposed"].clone();
    app().pwned().leak(&ada.applicant.password, 3);
    ada.applicant.sign_in().expect(201);
    assert_eq!(exposed(), json!(true));

    let (password, body) = renewed(&ada);
    app().pwned().leak(&password, 8);
    let refused = ada.by_password("PUT", "/v1/me/password", Some(&body));
    assert_eq!(
        refused.expect_problem(422, "password-exposed")["exposed_count"],
        8
    );
    assert_eq!(exposed(), json!(true));

    let body = json!({"password": format!("{password} again")});
    ada.by_password("PUT", "/v1/me/password", Some(&body))
        .expect(200);
    assert_eq!(exposed(), json!(false));
}

#[test]
fn a_mailed_code_sets_a_password_once_and_removes_no_factor() {
    let ada = app().person();
    let mut key = app().authenticator();
    ada.enrol(&mut key);
    let email = &ada.applicant.email;
    ask_for_reset(email).expect(202);
    let first = code(email, 3);
    let (password, _) = renewed(&ada);
    reset(&first, "short").expect_field("password", "password_too_short");
    assert_eq!(
        reset(&first, &password).expect(200),
        json!({"status": "changed"})
    );
    ada.get("/v1/me").expect_problem(401, "unauthenticated");
    reset(&first, &password).expect_problem(422, "invalid-token");

    let asked = ada.applicant.sign_in_with(&password).expect(202);
    let proof = json!({"challenge": asked["challenge"], "credential": key.get(&asked["options"])});
    app()
        .stranger()
        .post("/v1/sessions/second-factor", &proof)
        .expect(201);
}

#[test]
fn a_sign_in_that_waits_for_its_second_factor_ends_with_its_password() {
    let ada = app().person();
    let mut key = app().authenticator();
    ada.enrol(&mut key);
    let asked = ada.applicant.sign_in().expect(202);
    let email = &ada.applicant.email;
    ask_for_reset(email).expect(202);
    let (password, _) = renewed(&ada);
    reset(&code(email, 3), &password).expect(200);

    let proof = json!({"challenge": asked["challenge"], "credential": key.get(&asked["options"])});
    app()
        .stranger()
        .post("/v1/sessions/second-factor", &proof)
        .expect_problem(401, "second-factor-refused");
}

#[test]
fn one_reset_ends_all_that_were_asked_for() {
    let ada = app().person();
    let email = &ada.applicant.email;
    ask_for_reset(email).expect(202);
    let first = code(email, 2);
    ask_for_reset(email).expect(202);
    let second = code(email, 3);
    assert_ne!(first, second);
    let (password, _) = renewed(&ada);
    reset(&first, &password).expect(200);
    reset(&second, &password).expect_problem(422, "invalid-token");
}

#[test]
fn asking_for_a_reset_tells_nothing_of_whose_email_it_is() {
    let known = app().person().applicant;
    let unknown = app().applicant();
    let before = app().mailbox().to(&known.email).len();
    let seen = |who: &Applicant| {
        let reply = ask_for_reset(&who.email);
        (
            reply.status(),
            reply.json(),
            reply.header_names(),
            reply.batches(),
            reply.argon2id_runs(),
        )
    };
    let expected = seen(&unknown);
    assert_eq!(seen(&known), expected);
    assert_eq!((expected.0, expected.3), (202, 2));
    // A mail each; a code only to who has an account.
    app().mailbox().wait_for(&known.email, before + 1);
    let told = app().mailbox().wait_for(&unknown.email, 1);
    assert!(told[0].token().is_none(), "{told:?}");
}

#[test]
fn a_code_of_another_kind_sets_no_password() {
    let late = app().applicant();
    late.sign_up().expect(202);
    let sign_up = app().mailbox().token_for(&late.email);
    let ada = app().person();
    for token in [&sign_up, &ada.token, "", &"x".repeat(300)] {
        reset(token, "a fine new password").expect_problem(422, "invalid-token");
    }
    late.confirm(&sign_up).expect(201);
}
