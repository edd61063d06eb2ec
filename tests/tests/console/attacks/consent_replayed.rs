//! What she signed for one consent is sent for another, or once more.

use serde_json::json;

use super::super::{app, console, customer};

#[test]
fn a_signature_is_good_for_one_consent_and_once() {
    let customer = customer();
    let console = console();
    let person = &customer.holder.person;
    let one = console.ask(person, &[&person.id], &["user.email"], 1);
    let other = console.ask(person, &[&person.id], &["user.email", "user.name"], 100);
    let opened = customer.holder.open(&one);
    let credential = customer.holder.with_key(|key| key.get(&opened["options"]));
    // Under the other's name, with either opening.
    customer
        .holder
        .send_signature(&other, &opened, &credential)
        .expect_problem(401, "second-factor-refused");
    let others = customer.holder.open(&other);
    customer
        .holder
        .send_signature(&other, &others, &credential)
        .expect_problem(401, "second-factor-refused");
    // Opened twice, signed by the first text.
    let again = customer.holder.open(&one);
    customer
        .holder
        .send_signature(&one, &again, &credential)
        .expect_problem(401, "second-factor-refused");
    customer
        .holder
        .send_signature(&one, &opened, &credential)
        .expect(200);
    customer
        .holder
        .send_signature(&one, &opened, &credential)
        .expect_problem(409, "conflict");
    let shown = person.get(&format!("/v1/me/consents/{other}")).expect(200);
    assert_eq!(shown["state"], "requested");
}

#[test]
fn a_ceremony_that_is_wrong_in_any_part_signs_nothing() {
    let customer = customer();
    let console = console();
    let person = &customer.holder.person;
    let consent = console.ask(person, &[&person.id], &["user.email"], 1);
    let opened = customer.holder.open(&consent);
    let forge = |change: &dyn Fn(&mut end_to_end::Authenticator)| {
        customer.holder.with_key(|key| {
            let mut forged = key.clone();
            change(&mut forged);
            key.counter += 10;
            forged.counter = key.counter;
            forged.get(&opened["options"])
        })
    };
    let stranger = app().authenticator();
    for credential in [
        forge(&|key| key.user_verified = false),
        forge(&|key| key.user_present = false),
        forge(&|key| key.origin = "https://balance.evil.example".to_owned()),
        forge(&|key| key.rp_id = "evil.example".to_owned()),
        forge(&|key| key.cross_origin = true),
        forge(&|key| key.kind = Some("webauthn.create")),
        forge(&|key| key.user_handle = vec![7; 16]),
        forge(&|key| key.credential_id = stranger.credential_id.clone()),
        json!({}),
        json!("signed"),
    ] {
        customer
            .holder
            .send_signature(&consent, &opened, &credential)
            .expect_problem(401, "second-factor-refused");
    }
    customer.holder.sign(&consent, &opened).expect(200);
}
