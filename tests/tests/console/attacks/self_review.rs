//! An operator reviews his own session, from that session or from a later one.

use serde_json::json;

use super::super::{app, console, stage};

#[test]
fn no_operator_reviews_himself() {
    let theirs = console();
    theirs.rows("operator.list", &json!({}));
    theirs.log_out();
    let later = console();
    let decision = json!({"session": theirs.session, "decision": "approved"});
    later
        .give("review.decide", &decision)
        .expect_problem(403, "self-service");
    let row = json!([theirs.session.strip_prefix("cse_").unwrap()]);
    let decided = "SELECT decision AS n FROM operator_session WHERE id=?";
    assert_eq!(app().database().number(decided, &row), 0);
    let seen = stage().first.log_in();
    let leaves = seen.rows("review.show", &json!({"session": later.session}));
    let last = leaves.last().unwrap();
    assert_eq!(
        (&last["command"], &last["outcome"]),
        (&json!("review.decide"), &json!("refused"))
    );
}
