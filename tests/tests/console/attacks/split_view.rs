//! The log is shown in one form to some and in another to others. Each head is signed, so two
//! people who compare theirs, or one who kept an older one, see it.

use end_to_end::TestApp;
use serde_json::json;
use stack::Engine;
use tlog::{consistency_proof, verify_consistency};

#[test]
fn a_rewritten_past_does_not_begin_with_what_was_published() {
    let app = TestApp::start_with_console(None);
    app.first_operator().log_in();
    app.append_to_audit_log(20);
    app.sweep();
    let published = app.audit_log().verified().unwrap();
    // Whoever has the database and the log's key makes another past, which holds by itself.
    if Engine::of_environment() == Engine::D1 {
        for trigger in ["audit_leaf_stays", "audit_checkpoint_is_kept"] {
            app.database()
                .sql(&format!("DROP TRIGGER {trigger}"), &json!([]));
        }
    }
    let other =
        String::from_utf8_lossy(&published.leaves[5]).replace("command.done", "consent.used");
    app.database()
        .sql("UPDATE audit_leaf SET leaf=? WHERE idx=5", &json!([other]));
    app.database()
        .sql("DELETE FROM audit_checkpoint", &json!([]));
    app.append_to_audit_log(5);
    app.sweep();
    let rewritten = app.audit_log().verified().unwrap();
    let (old, new) = (&published.checkpoint, &rewritten.checkpoint);
    assert!(new.size > old.size);
    let proof = consistency_proof(&rewritten.tiles, old.size, new.size).unwrap();
    let holds = verify_consistency(old.size, old.root, new.size, new.root, &proof);
    assert!(holds.is_err(), "the heads are of one log");
}
