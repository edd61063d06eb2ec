//! The closed set: what each command takes, does and leaves in the log.

use serde_json::{Value, json};

use super::{app, console, customer, stage};

#[test]
fn there_is_no_command_but_those_and_no_argument_but_theirs() {
    let console = console();
    let user = app().person().id;
    for order in [
        json!({"command": "sql.run", "arguments": {}}),
        json!({"command": "", "arguments": {}}),
        json!({"command": "user.show", "arguments": {}}),
        json!({"command": "user.show", "arguments": {"user": "usr_0"}}),
        json!({"command": "user.show", "arguments": {"user": user, "all": true}}),
        json!({"command": "user.show", "arguments": [user]}),
        json!({"command": "user.show", "arguments": {"user": user}, "reveal": ["password"]}),
        json!({"command": "user.show", "arguments": {"user": user}, "consent": "cns_1"}),
        json!({"command": "user.show", "arguments": {"user": user}, "reveal": ["account.name"]}),
        json!({"command": "operator.list", "arguments": {}, "more": 1}),
    ] {
        let refused = console.send(&order);
        assert!(
            [400, 422].contains(&refused.status()),
            "{order}: {}",
            refused.text()
        );
    }
    let nobody = console.give("user.show", &json!({"user": format!("usr_{:032x}", 7)}));
    nobody.expect_problem(404, "not-found");
}

#[test]
fn what_ran_is_in_her_log_with_who_and_why() {
    let customer = customer();
    let console = console();
    console.rows("item.status", &json!({"item": customer.connection.id}));
    let log = customer.holder.access_log();
    let kinds: Vec<&str> = log
        .iter()
        .map(|leaf| leaf["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["command.done", "command.intended", "key.enrolled"]);
    let done = &log[0]["event"];
    assert_eq!(done["command"], "item.status");
    assert_eq!(done["outcome"], "ran");
    assert_eq!(done["reason"], "She asks where a transfer is");
    assert_eq!(done["ticket"], "HELP-4711");
    assert_eq!(done["operator"]["id"], console.operator.as_str());
    assert_eq!(done["operator"]["role"], "employee");
    assert_eq!(done["session"], console.session.as_str());
    assert_eq!(log[0]["reviewed"], "pending");
    assert_eq!(log[2]["reviewed"], Value::Null);
    assert_eq!(log[1]["event"]["outcome"], Value::Null);
}

#[test]
fn a_connection_is_read_anew_when_an_operator_says_so() {
    let customer = customer();
    let bank = &customer.connection.bank;
    bank.update(r#"{"add":[{"name":"unsaid","amount":3}],"webhooks":false}"#);
    let rows = console().rows("item.resync", &json!({"item": customer.connection.id}));
    assert_eq!(rows[0]["status"], "wanted");
    app().eventually("it was read", || {
        app().sweep();
        let rows = customer.holder.person.transactions("", 100);
        rows.iter().any(|row| row["name"] == "unsaid")
    });
}

#[test]
fn a_session_of_hers_ends_when_an_operator_ends_it() {
    let customer = customer();
    let user = &customer.holder.person.id;
    let console = console();
    let rows = console.rows("session.list", &json!({"user": user}));
    let session = rows[0]["session"].as_str().unwrap();
    let arguments = json!({"user": user, "session": session});
    console.rows("session.revoke", &arguments);
    let over = customer.holder.person.get("/v1/me");
    over.expect_problem(401, "unauthenticated");
}

#[test]
fn an_account_is_erased_when_two_operators_agree() {
    let customer = customer();
    let user = &customer.holder.person.id;
    let (one, other) = (console(), stage().first.log_in());
    let proposed = one.rows("user.delete", &json!({"user": user}));
    let proposal = proposed[0]["proposal"].as_str().unwrap();
    let arguments = json!({"user": user, "proposal": proposal});
    one.give("user.delete", &arguments)
        .expect_problem(403, "self-service");
    let another = app().key_holder();
    let wrong = json!({"user": another.person.id, "proposal": proposal});
    other
        .give("user.delete", &wrong)
        .expect_problem(422, "validation");
    customer.holder.person.get("/v1/me").expect(200);
    let done = other.rows("user.delete", &arguments);
    assert_eq!(done[0]["status"], "erasing");
    let gone = customer.holder.person.get("/v1/me");
    gone.expect_problem(401, "unauthenticated");
    let again = other.give("user.delete", &arguments);
    again.expect_problem(404, "not-found");
    another.person.get("/v1/me").expect(200);
}

#[test]
fn an_erased_person_leaves_a_log_that_holds() {
    let customer = customer();
    let console = console();
    let user = customer.holder.person.id.clone();
    let consent = console.ask(&customer.holder.person, &[&user], &["user.email"], 1);
    customer.holder.grant(&consent);
    let gone = customer
        .holder
        .with_key(|key| customer.holder.person.by_key(key, "DELETE", "/v1/me", None));
    gone.expect(202);
    let row = json!([user.strip_prefix("usr_").unwrap()]);
    app().eventually("her consents and parts are gone", || {
        app().sweep();
        let count = |table| {
            let rows = format!("SELECT COUNT(*) AS n FROM {table} WHERE user_id=?");
            app().database().number(&rows, &row)
        };
        count("consent") + count("audit_part") == 0
    });
    app().audit_log().verified().unwrap();
    let rows = console.rows("review.show", &json!({"session": console.session}));
    assert!(rows.iter().any(|row| row["person"] == user.as_str()));
}
