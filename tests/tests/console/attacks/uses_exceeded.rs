//! An operator uses a consent more often than she allowed.

use serde_json::json;

use super::super::{console, customer, refused_in_the_log};

#[test]
fn a_consent_is_used_as_often_as_it_says() {
    let customer = customer();
    let console = console();
    let person = &customer.holder.person;
    let user = json!({"user": person.id});
    let consent = console.ask(person, &[&person.id], &["user.email"], 2);
    customer.holder.grant(&consent);
    console.give_under(&consent, "user.show", &user).expect(200);
    console.give_under(&consent, "user.show", &user).expect(200);
    let refused = console.give_under(&consent, "user.show", &user);
    let problem = refused.expect_problem(403, "consent-refused");
    assert_eq!(problem["state"], "exhausted");
    refused_in_the_log(&customer, "consent-refused");
}
