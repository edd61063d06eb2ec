//! What changed beside the console: versions, and what the account's own log says. Each is a
//! leaf once, and stands in the week's review.

use end_to_end::{Console, TestApp};
use serde_json::{Value, json};

use super::{app, stage};

/// All changes of this week, page by page.
fn changes(console: &Console) -> Vec<Value> {
    let mut arguments = json!({});
    let mut rows = Vec::new();
    loop {
        let page = console.give("review.changes", &arguments).expect(200);
        rows.extend(page["rows"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else {
            return rows;
        };
        arguments["cursor"] = next.into();
    }
}

fn named<'a>(rows: &'a [Value], action: &str) -> Vec<&'a Value> {
    let action = format!("update {action}");
    rows.iter()
        .filter(|row| row["action"] == action.as_str())
        .collect()
}

#[test]
fn what_wrangler_did_stands_in_the_review_once() {
    let log = app().account_log();
    log.enter(
        "wrangler-1",
        json!({"description": "Put secret KEYRING", "request": {"text": "a planted secret"}}),
    );
    app().sweep();
    app().sweep();
    let reviewer = stage().auditor.log_in();
    let rows = changes(&reviewer);
    let [row] = named(&rows, "Put secret KEYRING")[..] else {
        panic!("one leaf: {rows:?}");
    };
    assert_eq!(row["kind"], "account.action");
    assert_eq!(row["actor"], "grace@example.com");
    assert_eq!(row["through"], "api_token wrangler");
    assert_eq!(row["what"], "workers script balance");
    assert_eq!(row["result"], "success");
    assert!(
        row["request"]
            .as_str()
            .unwrap()
            .starts_with("PUT /accounts/")
    );
    assert!(
        !json!(rows).to_string().contains("planted"),
        "what was set is nobody's"
    );
    for kind in ["deployment", "keyring.version"] {
        let of_kind = rows.iter().filter(|row| row["kind"] == kind);
        assert!(of_kind.clone().count() >= 1, "{kind}");
        assert!(of_kind.clone().all(|row| row["what"].is_string()), "{kind}");
    }
    app().audit_log().verified().unwrap();
}

#[test]
fn changes_are_for_those_who_review() {
    let reviewer = stage().auditor.log_in();
    let week = reviewer.give("review.changes", &json!({"week": "2026-11-16"}));
    assert_eq!(
        week.expect(200)["rows"],
        json!([]),
        "before there was anything"
    );
    for week in ["2026-11-17", "this one", "2026-11-16T00:00:00Z"] {
        reviewer
            .give("review.changes", &json!({"week": week}))
            .expect_problem(422, "validation");
    }
    reviewer
        .give("review.changes", &json!({"cursor": "-1"}))
        .expect_problem(422, "validation");
}

/// An instance of its own: what fails here would fail for all.
#[test]
fn what_failed_or_came_late_is_caught_up_with() {
    let app = TestApp::start_with_console(None);
    let operator = app.first_operator();
    let log = app.account_log();
    let seen = |wanted: &[&str]| {
        let rows = changes(&operator.log_in());
        let counts = wanted.iter().map(|what| named(&rows, what).len());
        counts.collect::<Vec<_>>()
    };
    for mode in ["error", "rate_limited", "html", "reset"] {
        let earlier = log.requests();
        log.fail(mode);
        log.enter(mode, json!({"description": mode}));
        app.sweep();
        assert!(log.requests() > earlier, "{mode}: it was asked");
        assert_eq!(seen(&[mode]), [0], "{mode}");
        log.heal();
        app.sweep();
        assert_eq!(seen(&[mode]), [1], "{mode}");
    }
    // Older than what is known already.
    log.enter("late", json!({"description": "late", "seconds_ago": 1800}));
    app.sweep();
    assert_eq!(seen(&["late"]), [1]);
    // More than a page, and more than one look appends.
    for number in 0..230 {
        let ago = 1_000 - number;
        log.enter(
            &format!("many-{number}"),
            json!({"description": "many", "seconds_ago": ago}),
        );
    }
    for _ in 0..5 {
        app.sweep();
    }
    assert_eq!(seen(&["many", "late", "html"]), [230, 1, 1]);
    app.audit_log().verified().unwrap();
}
