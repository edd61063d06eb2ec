//! An operator has a consent for one field, and wants another.

use serde_json::json;

use super::super::{console, customer, refused_in_the_log};

#[test]
fn a_consent_opens_the_fields_that_it_names_and_no_other() {
    let customer = customer();
    let console = console();
    let person = &customer.holder.person;
    let consent = console.ask(person, &[&customer.account], &["transaction.amount"], 5);
    customer.holder.grant(&consent);
    let mut order = json!({
        "command": "transaction.list", "arguments": customer.transactions(), "consent": consent,
        "reveal": ["transaction.amount", "transaction.name"],
    });
    let problem = console.send(&order).expect_problem(403, "consent-required");
    assert_eq!(problem["fields"], json!(["transaction.name"]));
    refused_in_the_log(&customer, "consent-required");
    order["reveal"] = json!(["transaction.name"]);
    console.send(&order).expect_problem(403, "consent-required");
    let account = console.give_under(&consent, "item.list", &json!({"user": person.id}));
    account.expect_problem(403, "consent-required");
    let shown = person
        .get(&format!("/v1/me/consents/{consent}"))
        .expect(200);
    assert_eq!(shown["uses_left"], 5, "what was refused used nothing up");
}
