//! `Idempotency-Key` on sign-up: sent again, answered as the first time.

use end_to_end::{Applicant, Reply};
use serde_json::json;

use super::{app, at_once};

fn sign_up_under(key: &str, who: &Applicant) -> Reply {
    let body = json!({"email": who.email, "password": who.password});
    who.client
        .call("POST", "/v1/users")
        .header("idempotency-key", key)
        .json(&body)
        .send()
}

#[test]
fn a_request_sent_again_is_answered_as_the_first_time_and_done_once() {
    let ada = app().applicant();
    let first = sign_up_under("a key", &ada);
    first.expect(202);
    assert_eq!(first.header("idempotent-replayed"), None);
    let again = sign_up_under("a key", &ada);
    assert_eq!(
        (again.status(), again.text()),
        (first.status(), first.text())
    );
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.header("content-type"), first.header("content-type"));
    assert_eq!((again.argon2id_runs(), again.batches()), (0, 1));

    // The mail of the next sign-up is the second that she gets.
    sign_up_under("another key", &ada).expect(202);
    app().mailbox().wait_for(&ada.email, 2);
    assert_eq!(app().mailbox().to(&ada.email).len(), 2);
}

#[test]
fn a_key_is_for_one_request() {
    let ada = app().applicant();
    sign_up_under("one request", &ada).expect(202);
    let other = Applicant {
        password: format!("{} changed", ada.password),
        ..ada
    };
    sign_up_under("one request", &other).expect_problem(422, "idempotency-key-reused");
}

#[test]
fn strangers_who_choose_the_same_key_do_not_meet() {
    for who in [app().applicant(), app().applicant()] {
        let reply = sign_up_under("1", &who);
        reply.expect(202);
        assert_eq!(reply.header("idempotent-replayed"), None);
        app().mailbox().wait_for(&who.email, 1);
    }
}

#[test]
fn of_many_at_once_under_one_key_one_is_done() {
    let ada = app().applicant();
    let replies = at_once(6, |_| sign_up_under("at once", &ada));
    let done =
        |reply: &&Reply| reply.status() == 202 && reply.header("idempotent-replayed").is_none();
    assert_eq!(replies.iter().filter(done).count(), 1, "{replies:?}");
    for reply in replies.iter().filter(|reply| !done(reply)) {
        match reply.status() {
            202 => assert_eq!(reply.header("idempotent-replayed"), Some("true")),
            _ => drop(reply.expect_problem(409, "idempotency-key-in-use")),
        }
    }
    sign_up_under("afterwards", &ada).expect(202);
    app().mailbox().wait_for(&ada.email, 2);
    assert_eq!(app().mailbox().to(&ada.email).len(), 2);
}

#[test]
fn a_request_that_was_refused_may_be_mended_under_the_same_key() {
    let ada = app().applicant();
    app().pwned().leak(&ada.password, 2);
    sign_up_under("mended", &ada).expect_problem(422, "password-exposed");
    let mended = Applicant {
        password: format!("{} mended", ada.password),
        ..ada
    };
    sign_up_under("mended", &mended).expect(202);
}

#[test]
fn what_is_no_key_is_refused() {
    let ada = app().applicant();
    let longest = "k".repeat(255);
    sign_up_under(&longest, &ada).expect(202);
    for key in ["", &format!("{longest}k"), "caf\u{e9}"] {
        let reply = sign_up_under(key, &ada);
        reply.expect_problem(400, "bad-request");
        assert_eq!(reply.batches(), 0);
    }
}
