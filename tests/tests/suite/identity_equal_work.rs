//! Whether an email is known shows in nothing: not in a reply, not in the work.

use end_to_end::{Applicant, Reply};
use serde_json::Value;

use super::app;

/// All that someone outside can see, and what we can count.
#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    body: Value,
    headers: Vec<String>,
    batches: u32,
    argon2id_runs: u32,
    look_ups: usize,
}

fn seen(reply: &Reply, password: &str) -> Seen {
    // A sign-in that failed lets its look-up end behind the reply.
    app().eventually("the password is looked up", || {
        app().pwned().look_ups(password) > 0
    });
    let mut body = reply.json();
    body["request_id"].take();
    Seen {
        status: reply.status(),
        body,
        headers: reply.header_names(),
        batches: reply.batches(),
        argon2id_runs: reply.argon2id_runs(),
        look_ups: app().pwned().look_ups(password),
    }
}

#[test]
fn a_sign_up_of_a_known_email_is_like_one_of_an_unknown() {
    let known = app().person().applicant;
    let mails_before = app().mailbox().to(&known.email).len();
    let again = Applicant {
        password: format!("{} again", known.password),
        ..known.clone()
    };
    let unknown = app().applicant();

    let (of_known, of_unknown) = (again.sign_up(), unknown.sign_up());
    let expected = seen(&of_unknown, &unknown.password);
    assert_eq!(seen(&of_known, &again.password), expected);
    assert_eq!(
        (expected.argon2id_runs, expected.batches, expected.look_ups),
        (1, 2, 1)
    );

    // One mail each: what it says is between us and her.
    let mails = app().mailbox().wait_for(&known.email, mails_before + 1);
    app().mailbox().wait_for(&unknown.email, 1);
    assert_eq!(mails.len(), mails_before + 1);
    assert_eq!(app().mailbox().to(&unknown.email).len(), 1);
    let told = mails.last().unwrap();
    assert!(
        told.token().is_none() && told.subject.contains("already"),
        "{told:?}"
    );
    known.sign_in().expect(201);
}

#[test]
fn an_exposed_password_is_refused_alike_for_a_known_and_an_unknown_email() {
    let known = app().person().applicant;
    let unknown = app().applicant();
    let leaked = Applicant {
        password: format!("{} leaked", known.password),
        ..known
    };
    let leaked_too = Applicant {
        password: format!("{} leaked", unknown.password),
        ..unknown
    };
    for who in [&leaked, &leaked_too] {
        app().pwned().leak(&who.password, 5);
    }
    let (of_known, of_unknown) = (leaked.sign_up(), leaked_too.sign_up());
    of_known.expect_problem(422, "password-exposed");
    assert_eq!(
        seen(&of_known, &leaked.password),
        seen(&of_unknown, &leaked_too.password)
    );
}

#[test]
fn a_wrong_password_for_a_known_email_is_like_one_for_an_unknown() {
    let known = app().person().applicant;
    let unknown = app().applicant();
    let (wrong, wrong_too) = (
        format!("{}?", known.password),
        format!("{}?", unknown.password),
    );

    let (of_known, of_unknown) = (known.sign_in_with(&wrong), unknown.sign_in_with(&wrong_too));
    let expected = seen(&of_unknown, &wrong_too);
    assert_eq!(seen(&of_known, &wrong), expected);
    assert_eq!(
        (
            expected.status,
            expected.argon2id_runs,
            expected.batches,
            expected.look_ups
        ),
        (401, 1, 2, 1)
    );
}

#[test]
fn delays_grow_alike_for_a_known_and_an_unknown_email() {
    let known = app().person().applicant;
    let unknown = app().applicant();
    let statuses = |who: &Applicant| -> Vec<(u16, bool)> {
        let tries = (0..7).map(|number| who.sign_in_with(&format!("{} {number}", who.password)));
        tries
            .map(|reply| (reply.status(), reply.header("retry-after").is_some()))
            .collect()
    };
    let expected = vec![
        (401, false),
        (401, false),
        (401, false),
        (401, false),
        (401, false),
        (429, true),
        (429, true),
    ];
    assert_eq!(statuses(&unknown), expected);
    assert_eq!(statuses(&known), expected);
}
