//! An operator goes on using a consent that she took back.

use serde_json::json;

use super::super::{console, customer, refused_in_the_log};

#[test]
fn a_consent_that_was_taken_back_opens_nothing_at_the_next_command() {
    let customer = customer();
    let console = console();
    let user = json!({"user": customer.holder.person.id});
    let person = &customer.holder.person;
    let consent = console.ask(person, &[&person.id], &["user.email"], 5);
    customer.holder.grant(&consent);
    console.give_under(&consent, "user.show", &user).expect(200);
    customer.holder.revoke(&consent);
    let refused = console.give_under(&consent, "user.show", &user);
    let problem = refused.expect_problem(403, "consent-refused");
    assert_eq!(problem["state"], "revoked");
    refused_in_the_log(&customer, "consent-refused");
}
