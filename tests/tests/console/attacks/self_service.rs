//! An operator looks at his own account, or gives himself a consent.

use serde_json::json;

use super::super::stage;

#[test]
fn no_operator_serves_himself() {
    let console = stage().employee.log_in();
    let own = &stage().employee.person.id;
    for (command, arguments) in [
        ("user.show", json!({"user": own})),
        ("session.list", json!({"user": own})),
        ("user.delete", json!({"user": own})),
        (
            "consent.request",
            json!({"user": own, "resources": [own], "fields": ["user.email"], "purpose": "me", "hours": 1, "uses": 1}),
        ),
    ] {
        let refused = console.give(command, &arguments);
        refused.expect_problem(403, "self-service");
    }
    let log = stage().employee.access_log();
    assert_eq!(log[0]["event"]["why_not"], "self-service");
}
