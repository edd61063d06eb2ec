//! Who is an operator: the first by the deployment, the others by another; and as what.

use end_to_end::reason;
use serde_json::json;

use super::{app, console, customer, stage};

#[test]
fn the_first_is_named_by_the_deployment_and_nobody_follows_that_way() {
    let operators = console().rows("operator.list", &json!({}));
    let without = operators.iter().filter(|row| row["granted_by"].is_null());
    assert_eq!(without.count(), 1);
    assert_eq!(operators[0]["role"], "employee");
}

#[test]
fn each_grant_and_each_end_of_one_is_a_leaf() {
    let console = console();
    let bob = app().key_holder();
    let id = console.grant(&bob, "contractor");
    let theirs = bob.log_in();
    theirs.rows("user.show", &json!({"user": customer().holder.person.id}));
    console.rows("operator.revoke", &json!({"operator": id}));
    theirs
        .give("operator.list", &json!({}))
        .expect_problem(401, "unauthenticated");
    bob.person
        .post("/v1/operator/authorizations", &reason())
        .expect_problem(403, "not-an-operator");
    let again = console.give("operator.revoke", &json!({"operator": id}));
    again.expect_problem(404, "not-found");
    let leaves = console.rows("review.show", &json!({"session": console.session}));
    let kinds: Vec<&str> = leaves
        .iter()
        .map(|leaf| leaf["kind"].as_str().unwrap())
        .collect();
    assert!(kinds.contains(&"operator.granted") && kinds.contains(&"operator.revoked"));
}

#[test]
fn an_account_is_one_operator_at_most() {
    let console = console();
    let email = &stage().auditor.person.applicant.email;
    let arguments = json!({"email": email, "name": "again", "role": "employee"});
    console
        .give("operator.grant", &arguments)
        .expect_problem(409, "conflict");
    let nobody = json!({"email": "nobody@example.com", "name": "n", "role": "employee"});
    console
        .give("operator.grant", &nobody)
        .expect_problem(404, "not-found");
    for (member, value) in [
        ("name", json!("")),
        ("name", json!("a\nb")),
        ("role", json!("root")),
    ] {
        let mut arguments =
            json!({"email": app().person().applicant.email, "name": "n", "role": "employee"});
        arguments[member] = value;
        console
            .give("operator.grant", &arguments)
            .expect_problem(422, "validation");
    }
}

#[test]
fn a_role_gives_its_own_commands_only() {
    let customer = customer();
    let user = json!({"user": customer.holder.person.id});
    let session = json!({"session": console().session});
    let (contractor, auditor) = (stage().contractor.log_in(), stage().auditor.log_in());
    for (at, command, arguments) in [
        (
            &contractor,
            "operator.grant",
            json!({"email": "a@example.com", "name": "n", "role": "employee"}),
        ),
        (&contractor, "user.delete", user.clone()),
        (&contractor, "review.show", session.clone()),
        (&contractor, "auditor.invite", json!({"name": "n"})),
        (&auditor, "user.show", user.clone()),
        (&auditor, "item.list", user.clone()),
        (&auditor, "transaction.list", customer.transactions()),
        (
            &auditor,
            "consent.request",
            json!({"user": customer.holder.person.id, "resources": [], "fields": [], "purpose": "", "hours": 1, "uses": 1}),
        ),
        (
            &auditor,
            "operator.revoke",
            json!({"operator": auditor.operator}),
        ),
    ] {
        let refused = at.give(command, &arguments);
        refused.expect_problem(403, "role-insufficient");
    }
    contractor.rows("user.show", &user);
    auditor.rows("review.show", &session);
}

#[test]
fn nobody_ends_himself() {
    let console = console();
    let arguments = json!({"operator": console.operator});
    console
        .give("operator.revoke", &arguments)
        .expect_problem(403, "self-service");
}
