//! An operator asks for hidden fields without her consent.

use serde_json::json;

use super::super::{console, customer, refused_in_the_log};

#[test]
fn nothing_is_revealed_without_a_consent() {
    let customer = customer();
    let mut order = json!({"command": "transaction.list", "arguments": customer.transactions()});
    order["reveal"] = json!(["transaction.amount"]);
    let refused = console().send(&order);
    let problem = refused.expect_problem(403, "consent-required");
    assert_eq!(problem["fields"], json!(["transaction.amount"]));
    assert_eq!(problem["user"], customer.holder.person.id.as_str());
    assert!(
        problem["resources"]
            .as_array()
            .unwrap()
            .contains(&json!(customer.account))
    );
    refused_in_the_log(&customer, "consent-required");
}

#[test]
fn a_request_that_she_has_not_answered_is_no_consent() {
    let customer = customer();
    let console = console();
    let user = customer.holder.person.id.clone();
    let consent = console.ask(&customer.holder.person, &[&user], &["user.email"], 1);
    let refused = console.give_under(&consent, "user.show", &json!({"user": user}));
    let problem = refused.expect_problem(403, "consent-refused");
    assert_eq!(problem["state"], "requested");
    refused_in_the_log(&customer, "consent-refused");
}
