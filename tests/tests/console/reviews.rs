//! The weekly review: every session is decided about by somebody else, in time, or nothing is
//! revealed any more. Weeks pass by moving a session's beginning back.

use end_to_end::{Console, TestApp};
use serde_json::{Value, json};

use super::{app, console, customer, stage};

fn status(app: &TestApp) -> Value {
    app.stranger().get("/audit/status").expect(200)
}

/// Every session of a list, page by page.
fn all(reviewer: &Console, mut arguments: Value) -> Vec<Value> {
    let mut rows = Vec::new();
    loop {
        let page = reviewer.give("review.list", &arguments).expect(200);
        rows.extend(page["rows"].as_array().unwrap().clone());
        if page["next_cursor"].is_null() {
            return rows;
        }
        arguments["cursor"] = page["next_cursor"].clone();
    }
}

fn row(console: &Console) -> Value {
    json!([console.session.strip_prefix("cse_").unwrap()])
}

#[test]
fn somebody_else_decides_about_a_session_that_is_over() {
    let customer = customer();
    let theirs = console();
    theirs.rows("user.show", &json!({"user": customer.holder.person.id}));
    assert_eq!(customer.newest()["reviewed"], "pending");
    let reviewer = stage().auditor.log_in();
    let decision =
        json!({"session": theirs.session, "decision": "approved", "note": "as the ticket says"});
    reviewer
        .give("review.decide", &decision)
        .expect_problem(409, "conflict");
    theirs.log_out();
    reviewer.rows("review.decide", &decision);
    assert_eq!(customer.newest()["reviewed"], "approved");
    let listed = all(&reviewer, json!({}));
    let listed = listed
        .iter()
        .find(|row| row["session"] == theirs.session.as_str());
    let listed = listed.unwrap();
    assert_eq!(listed["decision"], "approved");
    assert_eq!(listed["note"], "as the ticket says");
    assert_eq!(listed["decided_by"], "auditor of tests");
    let pending = all(&reviewer, json!({"pending": true}));
    assert!(
        pending
            .iter()
            .all(|row| row["session"] != theirs.session.as_str())
    );
    let changed = json!({"session": theirs.session, "decision": "flagged"});
    reviewer.rows("review.decide", &changed);
    assert_eq!(customer.newest()["reviewed"], "flagged");
    let leaves = reviewer.rows("review.show", &json!({"session": theirs.session}));
    let decided = leaves
        .iter()
        .filter(|leaf| leaf["kind"] == "review.decided");
    assert_eq!(decided.count(), 2, "a decision is never taken back unseen");
}

#[test]
fn only_sessions_that_showed_something_can_be_asked_for() {
    let customer = customer();
    let user = customer.holder.person.id.clone();
    let (quiet, curious) = (console(), console());
    quiet.rows("user.show", &json!({"user": user}));
    let consent = curious.ask(&customer.holder.person, &[&user], &["user.email"], 1);
    customer.holder.grant(&consent);
    curious
        .give_under(&consent, "user.show", &json!({"user": user}))
        .expect(200);
    let rows = all(&stage().auditor.log_in(), json!({"sensitive": true}));
    let sessions: Vec<&Value> = rows.iter().map(|row| &row["session"]).collect();
    assert!(sessions.contains(&&json!(curious.session)));
    assert!(!sessions.contains(&&json!(quiet.session)));
}

#[test]
fn the_week_is_closed_once() {
    app().sweep();
    app().sweep();
    let mirror = app().audit_log().verified().unwrap();
    let opened = |kind: &str| {
        let leaves = mirror.leaves.iter();
        let is_one =
            |leaf: &&Vec<u8>| String::from_utf8_lossy(leaf).contains(&format!("kind {kind}\n"));
        leaves.filter(is_one).count()
    };
    assert_eq!(opened("review.opened"), 1);
    assert_eq!(opened("keyring.version"), 1);
    assert!(opened("deployment") >= 1);
}

#[test]
fn a_reviewer_from_outside_reads_for_a_week_and_nothing_else() {
    let theirs = console();
    theirs.rows("operator.list", &json!({}));
    let invited = theirs.rows("auditor.invite", &json!({"name": "Someone & Partners"}));
    let token = invited[0]["token"].as_str().unwrap();
    let outside = Console {
        client: app().stranger().with_token(token),
        session: String::new(),
        operator: invited[0]["operator"].as_str().unwrap().to_owned(),
        token: token.to_owned(),
    };
    let shown = outside
        .client
        .get("/v1/operator/sessions/current")
        .expect(200);
    assert_eq!(shown["operator"]["id"], outside.operator.as_str());
    assert_eq!(shown["operator"]["role"], "auditor");
    assert!(shown["token"].is_null(), "a token is shown once");
    let listed = outside.rows("review.list", &json!({}));
    assert!(!listed.is_empty());
    outside.rows("review.changes", &json!({}));
    outside.rows("review.show", &json!({"session": theirs.session}));
    theirs.log_out();
    let decision = json!({"session": theirs.session, "decision": "approved"});
    outside
        .give("review.decide", &decision)
        .expect_problem(403, "role-insufficient");
    let user = json!({"user": customer().holder.person.id});
    outside
        .give("user.show", &user)
        .expect_problem(403, "role-insufficient");
    let span = "SELECT expires_at-opened_at AS n FROM operator_session WHERE operator_id=?";
    let operator = json!([outside.operator.strip_prefix("opr_").unwrap()]);
    assert_eq!(app().database().number(span, &operator), 7 * 86_400);
}

/// What operators are mailed when a review is late.
const LATE: &str = "A review at Balance is late";

/// An instance of its own: what is late here would be late for all.
#[test]
fn after_a_week_there_is_an_alarm_and_after_two_nothing_is_revealed() {
    let app = TestApp::start_with_console(None);
    let first = app.first_operator();
    let boss = first.log_in();
    let employee = app.key_holder();
    boss.grant(&employee, "employee");
    let ada = app.key_holder();
    let user = json!({"user": ada.person.id});
    let console = employee.log_in();
    let consent = console.ask(&ada.person, &[&ada.person.id], &["user.email"], 9);
    ada.grant(&consent);
    console.give_under(&consent, "user.show", &user).expect(200);
    let begins = status(&app);
    assert_eq!(begins["sessions"], 2);
    assert_eq!(begins["unreviewed"], 2);
    assert_eq!(
        (&begins["overdue"], &begins["reveal"]),
        (&json!(false), &json!("on"))
    );

    let back = |days: i64| {
        let back = format!(
            "UPDATE operator_session SET opened_at=opened_at-{} WHERE id=?",
            days * 86_400
        );
        app.database().sql(&back, &row(&boss));
    };
    back(8);
    let late = status(&app);
    assert_eq!(
        (&late["overdue"], &late["reveal"]),
        (&json!(true), &json!("on"))
    );
    console.give_under(&consent, "user.show", &user).expect(200);
    app.sweep();
    app.sweep();
    for operator in [&first, &employee] {
        let address = &operator.person.applicant.email;
        let alarms = app.mailbox().wait_for_subject(address, LATE);
        assert_eq!(alarms.len(), 1, "each is told once");
    }
    back(7);
    let too_late = status(&app);
    assert_eq!(too_late["reveal"], "suspended");
    let refused = console.give_under(&consent, "user.show", &user);
    refused.expect_problem(403, "reveal-suspended");
    console.give("user.show", &user).expect(200);
    app.sweep();
    app.sweep();
    let mirror = app.audit_log().verified().unwrap();
    let count = |kind: &str| {
        let line = format!("kind {kind}\n");
        let leaves = mirror.leaves.iter();
        leaves
            .filter(|leaf| String::from_utf8_lossy(leaf).contains(&line))
            .count()
    };
    assert_eq!(count("reveal.suspended"), 1);
    // The session became an older one.
    assert_eq!(count("review.overdue"), 2);

    boss.log_out();
    let decision = json!({"session": boss.session, "decision": "approved"});
    console.rows("review.decide", &decision);
    assert_eq!(status(&app)["reveal"], "on");
    console.give_under(&consent, "user.show", &user).expect(200);
}
