//! Another email: confirmed from both mailboxes, or not at all.

use end_to_end::{Applicant, Person};
use serde_json::{Value, json};

use super::app;

fn ask(person: &Person, email: &str) {
    let body = json!({"email": email});
    person
        .by_password("POST", "/v1/me/email-changes", Some(&body))
        .expect(202);
}

fn confirm(person: &Person, current: &str, new: &str) -> end_to_end::Reply {
    let body = json!({"current_token": current, "new_token": new});
    person.post("/v1/me/email-changes/confirm", &body)
}

/// The newest code to an address, once it has so many mails.
fn code(email: &str, count: usize) -> String {
    let mails = app().mailbox().wait_for(email, count);
    mails
        .last()
        .and_then(end_to_end::Mail::token)
        .expect("a code")
}

#[test]
fn both_codes_together_change_the_email() {
    let ada = app().person();
    let (old, new) = (ada.applicant.email.clone(), app().applicant().email);
    ask(&ada, &new);
    let (current, fresh) = (code(&old, 2), code(&new, 1));
    for (one, other) in [(&current, &current), (&fresh, &fresh), (&fresh, &current)] {
        confirm(&ada, one, other).expect_problem(422, "invalid-token");
    }
    // Not hers, not from another account.
    confirm(&app().person(), &current, &fresh).expect_problem(422, "invalid-token");
    assert_eq!(ada.get("/v1/me").expect(200)["email"], json!(old));

    let changed = confirm(&ada, &current, &fresh).expect(200);
    assert_eq!(changed["email"], json!(new));
    assert_eq!(ada.get("/v1/me").expect(200), changed);
    confirm(&ada, &current, &fresh).expect_problem(422, "invalid-token");
    ada.applicant
        .sign_in()
        .expect_problem(401, "invalid-credentials");
    let moved = Applicant {
        email: new.clone(),
        ..ada.applicant.clone()
    };
    moved.sign_in().expect(201);
    for (address, count) in [(&old, 3), (&new, 2)] {
        let mails = app().mailbox().wait_for(address, count);
        assert_eq!(mails.last().unwrap().subject, "Your address has changed");
    }
    // The old one is free again.
    let heir = Applicant {
        password: format!("{} of an heir", ada.applicant.password),
        ..ada.applicant
    };
    heir.sign_up().expect(202);
    heir.confirm(&code(&old, 4)).expect(201);
}

#[test]
fn a_taken_email_is_refused_in_its_mailbox_only() {
    let ada = app().person();
    let taken = app().person().applicant;
    let free = app().applicant().email;
    let seen = |email: &str| -> (Value, u32) {
        let body = json!({"email": email});
        let reply = ada.by_password("POST", "/v1/me/email-changes", Some(&body));
        (reply.expect(202), reply.batches())
    };
    assert_eq!(seen(&taken.email), seen(&free));
    let told = app().mailbox().wait_for(&taken.email, 2);
    assert!(told[1].token().is_none(), "{told:?}");
    taken.sign_in().expect(201);
}

#[test]
fn an_email_that_was_taken_meanwhile_is_not_taken_over() {
    let ada = app().person();
    let other = app().applicant();
    ask(&ada, &other.email);
    let (current, fresh) = (code(&ada.applicant.email, 2), code(&other.email, 1));
    other.sign_up().expect(202);
    other.confirm(&code(&other.email, 2)).expect(201);
    confirm(&ada, &current, &fresh).expect_problem(422, "invalid-token");
    other.sign_in().expect(201);
    ada.applicant.sign_in().expect(201);
}

#[test]
fn only_the_last_change_asked_for_can_be_confirmed() {
    let ada = app().person();
    let (first, second) = (app().applicant().email, app().applicant().email);
    ask(&ada, &first);
    let old_current = code(&ada.applicant.email, 2);
    ask(&ada, &second);
    let current = code(&ada.applicant.email, 3);
    confirm(&ada, &old_current, &code(&first, 1)).expect_problem(422, "invalid-token");
    confirm(&ada, &current, &code(&first, 1)).expect_problem(422, "invalid-token");
    confirm(&ada, &current, &code(&second, 1)).expect(200);
}

#[test]
fn a_name_can_be_changed_and_taken_away() {
    let ada = app().person();
    let patch = |body: Value| ada.call("PATCH", "/v1/me").json(&body).send();
    assert_eq!(
        patch(json!({"name": "  Ada King "})).expect(200)["name"],
        "Ada King"
    );
    assert_eq!(ada.get("/v1/me").expect(200)["name"], "Ada King");
    patch(json!({"name": "\u{7}"})).expect_field("name", "name_invalid");
    patch(json!({})).expect_field("name", "missing");
    assert_eq!(
        patch(json!({"name": null})).expect(200)["name"],
        json!(null)
    );
}
