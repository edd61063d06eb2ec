//! An operator uses a consent that names another.

use serde_json::json;

use super::super::{console, customer, refused_in_the_log, stage};

#[test]
fn a_consent_is_for_the_operator_that_it_names() {
    let customer = customer();
    let person = &customer.holder.person;
    let consent = console().ask(person, &[&person.id], &["user.email"], 5);
    customer.holder.grant(&consent);
    let other = stage().contractor.log_in();
    let refused = other.give_under(&consent, "user.show", &json!({"user": person.id}));
    let problem = refused.expect_problem(403, "consent-refused");
    assert_eq!(problem["state"], "foreign");
    refused_in_the_log(&customer, "consent-refused");
}
