//! An operator has one person's consent, and wants to see another; or another account of hers.

use serde_json::json;

use super::super::{console, customer, refused_in_the_log};

#[test]
fn a_consent_opens_nobody_elses_data() {
    let (customer, other) = (customer(), customer());
    let console = console();
    let person = &customer.holder.person;
    let consent = console.ask(person, &[&person.id], &["user.email"], 5);
    customer.holder.grant(&consent);
    let others = json!({"user": other.holder.person.id});
    let refused = console.give_under(&consent, "user.show", &others);
    let problem = refused.expect_problem(403, "consent-refused");
    assert_eq!(problem["state"], "foreign");
    assert!(
        !refused
            .text()
            .contains(&other.holder.person.applicant.email)
    );
    refused_in_the_log(&other, "consent-refused");
}

#[test]
fn a_consent_for_one_account_opens_no_other_of_hers() {
    let customer = customer();
    let console = console();
    let person = &customer.holder.person;
    let rows = person.transactions("", 100);
    let mut others = rows.iter().map(|row| row["account_id"].as_str().unwrap());
    let another = others.find(|account| **account != *customer.account);
    let another = another.expect("transactions of two accounts");
    let consent = console.ask(person, &[another], &["transaction.amount"], 5);
    customer.holder.grant(&consent);
    let refused = console.give_under(&consent, "transaction.list", &customer.transactions());
    refused.expect_problem(403, "consent-required");
    refused_in_the_log(&customer, "consent-required");
    let hers = json!({"user": person.id, "account": another});
    let reply = console
        .give_under(&consent, "transaction.list", &hers)
        .expect(200);
    assert_eq!(reply["revealed"], json!(["transaction.amount"]));
}
