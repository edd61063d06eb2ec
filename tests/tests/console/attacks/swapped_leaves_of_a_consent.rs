//! Somebody who can write rows, and has no keys, makes the log of one consent say what it says
//! of another: that it was granted.

use serde_json::json;

use super::super::{app, console, customer};

#[test]
fn leaves_of_another_consent_grant_nothing() {
    let (customer, other) = (customer(), customer());
    let console = console();
    let (hers, theirs) = (&customer.holder.person, &other.holder.person);
    let asked = console.ask(hers, &[&hers.id], &["user.email"], 5);
    let granted = console.ask(theirs, &[&theirs.id], &["user.email"], 5);
    other.holder.grant(&granted);
    let row = |id: &str| id.strip_prefix("cns_").unwrap().to_owned();
    let copy =
        "INSERT INTO audit_subject (subject,id) SELECT ?, id FROM audit_subject WHERE subject=?";
    app()
        .database()
        .sql(copy, &json!([row(&asked), row(&granted)]));
    let refused = console.give_under(&asked, "user.show", &json!({"user": hers.id}));
    refused.expect_problem(500, "internal");
    assert!(!refused.text().contains(&hers.applicant.email));
    let newest = customer.newest();
    assert_eq!(newest["event"]["outcome"], "refused");
    assert_eq!(newest["event"]["why_not"], "internal");
}
