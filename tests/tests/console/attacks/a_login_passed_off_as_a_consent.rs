//! A signature of a sign-in or of another approval is passed off as a consent, and the other
//! way around: an operator's page that asks for one thing gets another.

use serde_json::json;

use super::super::{app, console, customer};

#[test]
fn what_a_key_signed_for_a_login_is_no_consent() {
    let customer = customer();
    let console = console();
    let person = &customer.holder.person;
    let consent = console.ask(person, &[&person.id], &["user.email"], 1);
    let begun = app()
        .stranger()
        .post("/v1/passkey-challenges", &json!({"purpose": "sign_in"}));
    let begun = begun.expect(201);
    let credential = customer.holder.with_key(|key| key.get(&begun["options"]));
    let opened = customer.holder.open(&consent);
    customer
        .holder
        .send_signature(&consent, &opened, &credential)
        .expect_problem(401, "second-factor-refused");
    customer
        .holder
        .send_signature(&consent, &begun, &credential)
        .expect_problem(401, "second-factor-refused");
}

#[test]
fn what_a_key_signed_for_a_consent_is_no_login_and_no_approval() {
    let customer = customer();
    let console = console();
    let person = &customer.holder.person;
    let consent = console.ask(person, &[&person.id], &["user.email"], 1);
    let opened = customer.holder.open(&consent);
    let sign = || customer.holder.with_key(|key| key.get(&opened["options"]));
    let login = json!({"challenge": opened["challenge"], "credential": sign()});
    let refused = app().stranger().post("/v1/sessions/passkey", &login);
    assert!(
        [401, 404, 405, 422].contains(&refused.status()),
        "{}",
        refused.text()
    );
    let action = json!({"action": {"method": "DELETE", "path": "/v1/me", "body_sha256": null}});
    let begun = person.post("/v1/me/step-ups", &action).expect(201);
    let proof = json!({"challenge": begun["challenge"], "credential": sign()});
    person
        .post("/v1/me/step-ups/confirm", &proof)
        .expect_problem(401, "second-factor-refused");
    let proof = json!({"challenge": opened["challenge"], "credential": sign()});
    person
        .post("/v1/me/step-ups/confirm", &proof)
        .expect_problem(401, "second-factor-refused");
}
