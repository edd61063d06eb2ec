//! The log cannot be written: nothing runs, and nothing is shown.

use end_to_end::TestApp;
use serde_json::json;

#[test]
fn where_the_log_cannot_be_written_no_command_runs() {
    let app = TestApp::start_with_console(None);
    let first = app.first_operator();
    let console = first.log_in();
    let ada = app.key_holder();
    let user = json!({"user": ada.person.id});
    let consent = console.ask(&ada.person, &[&ada.person.id], &["user.email"], 3);
    ada.grant(&consent);
    let session = console.rows("session.list", &user)[0]["session"].clone();
    // The next leaf's place is taken: no append lands.
    let broken = "UPDATE audit_head SET size=size-1";
    app.database().sql(broken, &json!([]));
    let shown = console.give_under(&consent, "user.show", &user);
    assert!(shown.status() >= 500, "{}", shown.text());
    assert!(!shown.text().contains(&ada.person.applicant.email));
    let ended = console.give(
        "session.revoke",
        &json!({"user": ada.person.id, "session": session}),
    );
    assert!(ended.status() >= 500, "{}", ended.text());
    ada.person.get("/v1/me").expect(200);
    let mended = "UPDATE audit_head SET size=size+1";
    app.database().sql(mended, &json!([]));
    let reply = console.give_under(&consent, "user.show", &user).expect(200);
    assert_eq!(
        reply["rows"][0]["email"],
        ada.person.applicant.email.as_str()
    );
    let own = ada
        .person
        .get(&format!("/v1/me/consents/{consent}"))
        .expect(200);
    assert_eq!(own["uses_left"], 2, "only what ran used it");
}
