//! An operator uses a consent whose time is over. Time passes in the database: her key signed
//! the times, so the row of the consent is sealed anew as it would have been a day earlier, and
//! no signature comes with it.

use serde_json::json;

use super::super::{app, console, customer};

/// A text is signed within five minutes of its opening, or never.
#[test]
fn a_text_that_was_opened_too_long_ago_cannot_be_signed() {
    let customer = customer();
    let console = console();
    let person = &customer.holder.person;
    let consent = console.ask(person, &[&person.id], &["user.email"], 1);
    let mut opened = customer.holder.open(&consent);
    let ticket = opened["challenge"].as_str().unwrap();
    let keys = end_to_end::Keys::system(app().database());
    opened["challenge"] = json!(keys.aged(ticket, 301));
    customer
        .holder
        .sign(&consent, &opened)
        .expect_problem(401, "second-factor-refused");
    let shown = person
        .get(&format!("/v1/me/consents/{consent}"))
        .expect(200);
    assert_eq!(shown["state"], "requested");
}

/// Whoever could write the row could not move the times that she signed.
#[test]
fn the_times_are_part_of_what_she_signed() {
    let customer = customer();
    let console = console();
    let person = &customer.holder.person;
    let consent = console.ask(person, &[&person.id], &["user.email"], 1);
    let granted = customer.holder.grant(&consent);
    let text = granted["text"].as_str().unwrap();
    let time = |name: &str| -> u64 {
        let mut lines = text.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)).unwrap();
        value.trim().parse().unwrap()
    };
    assert_eq!(time("expires") - time("not-before"), 24 * 3_600);
    assert_eq!(time("issued"), time("not-before"));
    let row = json!([consent.strip_prefix("cns_").unwrap()]);
    let ends = "SELECT ends_at AS n FROM consent WHERE id=?";
    assert_eq!(app().database().number(ends, &row), time("expires"));
    // What stands plain beside it only says when she is told.
    app()
        .database()
        .sql("UPDATE consent SET ends_at=1 WHERE id=?", &row);
    app().eventually("she is told that it is over", || {
        app().sweep();
        app().database().number(ends, &row) == 0
    });
    let reply = console.give_under(&consent, "user.show", &json!({"user": person.id}));
    reply.expect(200);
}
