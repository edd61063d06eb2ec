//! Somebody who can write to the database edits, removes or swaps leaves. D1 refuses it; and
//! where he gets around that, as on PlanetScale, whoever verifies the log sees which.

use std::panic::{AssertUnwindSafe, catch_unwind};

use end_to_end::TestApp;
use serde_json::{Value, json};
use stack::Engine;

fn log_of_some_length() -> TestApp {
    let app = TestApp::start_with_console(None);
    let console = app.first_operator().log_in();
    for _ in 0..3 {
        console.rows("operator.list", &json!({}));
    }
    app.append_to_audit_log(300);
    app.sweep();
    app.audit_log().verified().unwrap();
    app
}

/// Takes the refusals away, as somebody could who may change the schema.
fn without_triggers(app: &TestApp) {
    if Engine::of_environment() != Engine::D1 {
        return;
    }
    for (name, what) in [
        ("audit_leaf_stays", "UPDATE"),
        ("audit_leaf_is_kept", "DELETE"),
    ] {
        let change = match what {
            "UPDATE" => "UPDATE audit_leaf SET leaf='x' WHERE idx=1",
            _ => "DELETE FROM audit_leaf WHERE idx=1",
        };
        let refused = catch_unwind(AssertUnwindSafe(|| app.database().sql(change, &json!([]))));
        let why = refused.unwrap_err().downcast::<String>().unwrap();
        assert!(why.contains("append-only"), "{what}: {why}");
        let drop = format!("DROP TRIGGER {name}");
        app.database().sql(&drop, &json!([]));
    }
}

fn leaf(app: &TestApp, index: u64) -> Value {
    let rows = app
        .database()
        .sql("SELECT leaf FROM audit_leaf WHERE idx=?", &json!([index]));
    rows[0]["leaf"].clone()
}

fn put(app: &TestApp, index: u64, leaf: &Value) {
    let put = "UPDATE audit_leaf SET leaf=? WHERE idx=?";
    app.database().sql(put, &json!([leaf, index]));
}

#[test]
fn whoever_verifies_sees_which_leaf_was_edited_swapped_or_removed() {
    let app = log_of_some_length();
    without_triggers(&app);
    let (one, next) = (leaf(&app, 107), leaf(&app, 108));
    let edited = one
        .as_str()
        .unwrap()
        .replace("command.done", "command.intended");
    put(&app, 107, &json!(edited));
    let wrong = app.audit_log().verified().err().unwrap();
    assert!(wrong.contains("hash 107 of level 0"), "{wrong}");

    put(&app, 107, &next);
    put(&app, 108, &one);
    let wrong = app.audit_log().verified().err().unwrap();
    assert!(wrong.contains("hash 107 of level 0"), "{wrong}");

    put(&app, 107, &one);
    put(&app, 108, &next);
    app.audit_log().verified().unwrap();
    let gone = "DELETE FROM audit_leaf WHERE idx=109";
    app.database().sql(gone, &json!([]));
    let missing = app.stranger().get("/audit/log/tile/entries/000");
    missing.expect_problem(500, "internal");
}

#[test]
fn a_log_that_got_shorter_is_not_signed_again() {
    let app = log_of_some_length();
    let before = app.audit_log().checkpoint();
    app.database()
        .sql("UPDATE audit_head SET size=size-2", &json!([]));
    app.sweep();
    let after = app.audit_log().checkpoint();
    assert_eq!((after.size, after.root), (before.size, before.root));
}
