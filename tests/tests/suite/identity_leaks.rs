//! Passwords that leak: at sign-up, later, and while nobody can tell.

use end_to_end::{Applicant, Person};
use serde_json::{Value, json};

use super::app;

/// Signs up while the look-up fails so, and confirms.
fn person_while_the_look_up_fails(mode: &str, details: &Value) -> Person {
    let ada = app().applicant();
    app().pwned().fail(&ada.password, None, mode, details);
    ada.sign_up().expect(202);
    app().pwned().heal(&ada.password);
    let confirmed = ada.confirm(&app().mailbox().token_for(&ada.email));
    confirmed.expect(201);
    Person::new(ada, &confirmed)
}

fn password_of(person: &Person) -> Value {
    person.get("/v1/me").expect(200)["password"].take()
}

#[test]
fn a_reply_that_is_not_whole_is_a_failure_and_never_not_found() {
    let modes = [
        ("status", json!({"status": 500})),
        ("status", json!({"status": 503})),
        ("rate_limited", json!({})),
        ("html", json!({})),
        ("no_colon", json!({})),
        ("cut", json!({})),
        ("short", json!({})),
        ("empty", json!({})),
        ("huge", json!({})),
        ("reset", json!({})),
        ("hang", json!({"millis": 5_000})),
        ("slow", json!({"millis": 5_000})),
        ("drip", json!({"millis": 5_000})),
    ];
    for (mode, details) in modes {
        let ada = person_while_the_look_up_fails(mode, &details);
        assert_eq!(
            password_of(&ada),
            json!({"exposed": false}),
            "{mode}: looked up, it says"
        );

        // The next sign-in looks again, and now it is known.
        let before = app().pwned().look_ups(&ada.applicant.password);
        let reply = ada.applicant.sign_in();
        reply.expect(201);
        assert_eq!(
            app().pwned().look_ups(&ada.applicant.password),
            before + 1,
            "{mode}"
        );
        let password = reply.value("/user/password");
        assert!(password["checked_at"].is_string(), "{mode}: {password}");
        assert_eq!(password_of(&ada), password, "{mode}");
    }
}

#[test]
fn spellings_that_the_service_has_used_are_read() {
    for mode in ["lower", "lf", "thousands"] {
        let ada = app().applicant();
        app().pwned().leak(&ada.password, 1_234_567);
        app().pwned().fail(&ada.password, Some(1), mode, &json!({}));
        let problem = ada.sign_up().expect_problem(422, "password-exposed");
        assert_eq!(problem["exposed_count"], 1_234_567, "{mode}");
    }
}

#[test]
fn a_password_that_leaks_later_is_reported_at_the_next_sign_in_and_from_then_on() {
    let ada = app().person();
    assert_eq!(password_of(&ada)["exposed"], json!(false));
    app().pwned().leak(&ada.applicant.password, 42);

    let reply = ada.applicant.sign_in();
    reply.expect(201);
    assert_eq!(reply.value("/password_exposed"), json!(true));
    assert_eq!(reply.value("/exposed_count"), json!(42));
    let password = password_of(&ada);
    assert_eq!(
        (&password["exposed"], &password["exposed_count"]),
        (&json!(true), &json!(42))
    );

    // It stays so, whatever the service says or fails to say.
    app().pwned().fail(
        &ada.applicant.password,
        Some(1),
        "status",
        &json!({"status": 500}),
    );
    assert_eq!(
        ada.applicant.sign_in().value("/password_exposed"),
        json!(true)
    );
}

#[test]
fn a_password_that_leaked_while_the_look_up_failed_is_found_at_the_next_sign_in() {
    let ada = person_while_the_look_up_fails("status", &json!({"status": 500}));
    app().pwned().leak(&ada.applicant.password, 7);
    let reply = ada.applicant.sign_in();
    reply.expect(201);
    assert_eq!(reply.value("/password_exposed"), json!(true));
}

#[test]
fn an_answer_that_comes_too_late_for_the_reply_is_seen_later() {
    let ada = app().person();
    app().pwned().leak(&ada.applicant.password, 9);
    app().pwned().fail(
        &ada.applicant.password,
        Some(1),
        "slow",
        &json!({"millis": 4_000}),
    );
    let reply = ada.applicant.sign_in();
    reply.expect(201);
    assert_eq!(reply.value("/password_exposed"), json!(false));
    app().eventually("the account knows", || {
        password_of(&ada)["exposed"] == json!(true)
    });
    assert_eq!(password_of(&ada)["exposed_count"], json!(9));
}

#[test]
fn a_sign_in_does_not_fail_because_the_look_up_does() {
    let ada = app().person();
    let known = password_of(&ada);
    for (mode, details) in [
        ("reset", json!({})),
        ("html", json!({})),
        ("hang", json!({"millis": 5_000})),
    ] {
        app()
            .pwned()
            .fail(&ada.applicant.password, None, mode, &details);
        let reply = ada.applicant.sign_in();
        app().pwned().heal(&ada.applicant.password);
        reply.expect(201);
        assert_eq!(reply.value("/password_exposed"), json!(false), "{mode}");
        assert_eq!(
            password_of(&ada),
            known,
            "{mode}: a failure has taught something"
        );
    }
}

#[test]
fn a_wrong_password_says_nothing_of_leaks() {
    let ada = app().person().applicant;
    let wrong = Applicant {
        password: format!("{} not", ada.password),
        ..ada
    };
    app().pwned().leak(&wrong.password, 3);
    let problem = wrong.sign_in().expect_problem(401, "invalid-credentials");
    assert_eq!(problem["exposed_count"], json!(null));
}

#[test]
fn no_prefix_of_a_look_up_is_in_the_log() {
    let ada = app().person();
    let failing = person_while_the_look_up_fails("html", &json!({}));
    for person in [&ada, &failing] {
        person.applicant.sign_in().expect(201);
    }
    let log = app().stack().log();
    for person in [&ada, &failing] {
        let prefix = end_to_end::prefix(&person.applicant.password);
        let told = log
            .lines()
            .find(|line| line.contains("range") && line.contains(&prefix));
        assert_eq!(told, None);
    }
}
