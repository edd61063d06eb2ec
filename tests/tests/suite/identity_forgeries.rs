//! Attacks on the ceremonies of WebAuthn: each is stopped, and nothing is written.

use end_to_end::{Authenticator, Keys, Person};
use serde_json::{Value, json};

use super::app;

fn person_with_a_key() -> (Person, Authenticator) {
    let ada = app().person();
    let mut key = app().authenticator();
    ada.enrol(&mut key);
    (ada, key)
}

fn prove(person: &Person, asked: &Value, credential: &Value) -> end_to_end::Reply {
    person.applicant.client.post(
        "/v1/sessions/second-factor",
        &json!({"challenge": asked["challenge"], "credential": credential}),
    )
}

type Forgery = (&'static str, fn(&mut Authenticator));

/// What makes an answer one for somebody else, something else or somewhere else.
const FORGERIES: [Forgery; 8] = [
    ("another site's origin", |key| {
        key.origin = "https://balance.example.net".into();
    }),
    ("the same host, another port", |key| {
        key.origin = "http://localhost:1".into();
    }),
    ("another relying party", |key| {
        key.rp_id = "example.net".into();
    }),
    ("framed by another site", |key| key.cross_origin = true),
    ("the other ceremony", |key| {
        key.kind = Some(if key.user_handle.is_empty() {
            "webauthn.get"
        } else {
            "webauthn.create"
        });
    }),
    ("a payment", |key| key.kind = Some("payment.get")),
    ("nobody there", |key| key.user_present = false),
    ("another credential's id", |key| {
        key.credential_id = vec![7; 16];
    }),
];

#[test]
fn a_forged_assertion_signs_nobody_in() {
    let (ada, mut key) = person_with_a_key();
    for (name, forge) in FORGERIES {
        let asked = ada.applicant.sign_in().expect(202);
        let mut forged = key.clone();
        forge(&mut forged);
        let reply = prove(&ada, &asked, &forged.get(&asked["options"]));
        assert_eq!(reply.status(), 401, "{name}");
        reply.expect_problem(401, "second-factor-refused");
        // It was the forgery: the same key without it opens.
        key.counter = forged.counter;
        prove(&ada, &asked, &key.get(&asked["options"])).expect(201);
    }
}

#[test]
fn a_forged_registration_enrols_nothing() {
    let ada = app().person();
    for (name, forge) in FORGERIES {
        // The id of a credential is the authenticator's own to choose.
        if name == "another credential's id" {
            continue;
        }
        let mut key = app().authenticator();
        forge(&mut key);
        let body = ada.new_key(&mut key);
        let reply = ada.post("/v1/me/passkeys", &body);
        assert_eq!(reply.status(), 422, "{name}");
        reply.expect_problem(422, "key-refused");
    }
    assert_eq!(ada.get("/v1/me/passkeys").expect(200)["data"], json!([]));
}

#[test]
fn another_signature_another_challenge_and_another_user_are_refused() {
    let (ada, mut key) = person_with_a_key();
    let (eve, mut hers) = person_with_a_key();
    let asked = ada.applicant.sign_in().expect(202);

    // A key of her own with Ada's credential id.
    let mut twin = app().authenticator();
    twin.credential_id = key.credential_id.clone();
    twin.user_handle = key.user_handle.clone();
    twin.counter = 50;
    prove(&ada, &asked, &twin.get(&asked["options"])).expect_problem(401, "second-factor-refused");
    // Eve's own key, for Ada's sign-in and under Ada's handle.
    hers.user_handle = key.user_handle.clone();
    prove(&ada, &asked, &hers.get(&asked["options"])).expect_problem(401, "second-factor-refused");
    // Ada's answer to another challenge.
    let other = ada.applicant.sign_in().expect(202);
    prove(&ada, &asked, &key.get(&other["options"])).expect_problem(401, "second-factor-refused");
    // Ada's answer, under Eve's challenge.
    let of_eve = eve.applicant.sign_in().expect(202);
    prove(&ada, &of_eve, &key.get(&of_eve["options"])).expect_problem(401, "second-factor-refused");
    // A challenge made up, a bit turned, cut.
    let answer = key.get(&asked["options"]);
    let text = asked["challenge"].as_str().unwrap();
    let turned = format!(
        "{}{}",
        if text.starts_with('A') { 'B' } else { 'A' },
        &text[1..]
    );
    for challenge in ["", "x", &text[..text.len() - 4], &turned, &"A".repeat(5000)] {
        prove(&ada, &json!({"challenge": challenge}), &answer)
            .expect_problem(401, "second-factor-refused");
    }
    prove(&ada, &asked, &answer).expect(201);
}

#[test]
fn an_answer_that_was_used_is_good_for_nothing() {
    let (ada, mut key) = person_with_a_key();
    let asked = ada.applicant.sign_in().expect(202);
    let answer = key.get(&asked["options"]);
    prove(&ada, &asked, &answer).expect(201);
    prove(&ada, &asked, &answer).expect_problem(401, "second-factor-refused");
    // A fresh signature on the used challenge is no better.
    prove(&ada, &asked, &key.get(&asked["options"])).expect_problem(401, "second-factor-refused");
}

#[test]
fn a_challenge_is_good_for_five_minutes() {
    let (ada, mut key) = person_with_a_key();
    let keys = Keys::system(app().database());
    let asked = ada.applicant.sign_in().expect(202);
    let answer = key.get(&asked["options"]);
    let at = |seconds: i64| {
        let challenge = keys.aged(asked["challenge"].as_str().unwrap(), seconds);
        prove(&ada, &json!({"challenge": challenge}), &answer)
    };
    at(300).expect_problem(401, "second-factor-refused");
    at(240).expect(201);
    // Once is once, however young it says it is.
    at(0).expect_problem(401, "second-factor-refused");
}

#[test]
fn a_session_begins_with_a_token_of_its_own_whatever_was_sent() {
    let ada = app().person();
    let body = json!({"email": ada.applicant.email, "password": ada.applicant.password});
    let chosen = "A".repeat(43);
    let reply = app()
        .stranger()
        .call("POST", "/v1/sessions")
        .header("cookie", &format!("__Host-balance={chosen}"))
        .json(&body)
        .send();
    reply.expect(201);
    assert_ne!(reply.string("/token"), chosen);
    app()
        .stranger()
        .with_token(&chosen)
        .get("/v1/me")
        .expect_problem(401, "unauthenticated");
}

#[test]
fn a_challenge_for_one_thing_is_none_for_another() {
    let (ada, mut key) = person_with_a_key();
    let sign_in = app()
        .stranger()
        .post("/v1/passkey-challenges", &json!({"purpose": "sign_in"}))
        .expect(201);
    prove(&ada, &sign_in, &key.get(&sign_in["options"]))
        .expect_problem(401, "second-factor-refused");
    let step_up = ada.refused("POST", "/v1/me/recovery-codes", None).begin();
    prove(&ada, &step_up, &key.get(&step_up["options"]))
        .expect_problem(401, "second-factor-refused");
    let asked = ada.applicant.sign_in().expect(202);
    app()
        .stranger()
        .post(
            "/v1/sessions/passkey",
            &json!({"challenge": asked["challenge"], "credential": key.get(&asked["options"])}),
        )
        .expect_problem(401, "second-factor-refused");
    // Nor is one for enrolment good in another session of hers.
    let mut spare = app().authenticator();
    let body = ada.new_key(&mut spare);
    let asked = ada.applicant.sign_in().expect(202);
    let token = prove(&ada, &asked, &key.get(&asked["options"])).string("/token");
    app()
        .stranger()
        .with_token(&token)
        .post("/v1/me/passkeys", &body)
        .expect_problem(401, "second-factor-refused");
}

#[test]
fn a_copied_key_is_refused_and_its_owner_told() {
    let (ada, mut key) = person_with_a_key();
    let mut copy = key.clone();
    for _ in 0..2 {
        let asked = ada.applicant.sign_in().expect(202);
        prove(&ada, &asked, &key.get(&asked["options"])).expect(201);
    }
    let asked = ada.applicant.sign_in().expect(202);
    prove(&ada, &asked, &copy.get(&asked["options"])).expect_problem(401, "second-factor-refused");
    let mails = app().mailbox().wait_for(&ada.applicant.email, 3);
    assert!(
        mails
            .iter()
            .any(|mail| mail.subject == "A key of yours was refused"),
        "{mails:?}"
    );
}

#[test]
fn one_credential_is_one_persons() {
    let (_, key) = person_with_a_key();
    let eve = app().person();
    let mut stolen = key.clone();
    let body = eve.new_key(&mut stolen);
    let refused = eve.refused("POST", "/v1/me/passkeys", Some(&body));
    let approval = refused.approve(|_| json!({"password": eve.applicant.password}));
    refused.again(&approval).expect_problem(409, "key-enrolled");
    assert_eq!(eve.get("/v1/me/passkeys").expect(200)["data"], json!([]));
}

#[test]
fn an_answer_of_another_form_is_refused_before_it_is_looked_at() {
    let (ada, mut key) = person_with_a_key();
    let asked = ada.applicant.sign_in().expect(202);
    let good = key.get(&asked["options"]);
    let breaks: [fn(&mut Value); 7] = [
        |answer| answer["type"] = json!("password"),
        |answer| answer["rawId"] = json!("AAAA"),
        |answer| answer["id"] = json!(""),
        |answer| answer["response"]["signature"] = json!("not base64url!"),
        |answer| answer["response"]["authenticatorData"] = json!("A".repeat(40_000)),
        |answer| answer["response"] = json!(null),
        |answer| *answer = json!([1]),
    ];
    for break_it in breaks {
        let mut answer = good.clone();
        break_it(&mut answer);
        prove(&ada, &asked, &answer).expect_problem(422, "validation");
    }
    ada.applicant
        .client
        .post(
            "/v1/sessions/second-factor",
            &json!({"challenge": asked["challenge"], "credential": good, "totp": "123456"}),
        )
        .expect_field("body", "one_of");
}
