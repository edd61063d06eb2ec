//! The old Worker on the new schema: for the minutes of a deployment, and after a roll-back. Every
//! migration only adds (`tools/xtask/src/schema/expand.rs`); here every table has what a coming one
//! may add, and this Worker goes on.

use end_to_end::{TestApp, heals};
use serde_json::json;

#[test]
fn this_worker_goes_on_where_every_table_has_a_later_ones_columns() {
    let app = TestApp::start(None);
    let before = app.connect(&app.person(), &json!({"transactions": 30}));
    app.come_to_rest(&before);
    let tables = app.database().tables();
    assert!(tables.len() > 20, "{tables:?}");
    for table in &tables {
        let add = |column: &str| app.sql(&format!("ALTER TABLE {table} ADD COLUMN {column}"));
        add("from_a_later_one INTEGER NOT NULL DEFAULT 7");
        add("of_a_later_one INTEGER");
    }

    // Who was there, and who comes now: sign-up, a bank, a sync, the sweep, a way out.
    let news = json!({"add": [{"name": "afterwards", "amount": 1}], "webhooks": false});
    before.bank.update(&news.to_string());
    assert_eq!(before.bank.fire("SYNC_UPDATES_AVAILABLE", 1), [200]);
    heals(&app, &before.person, &[&before]);
    assert_eq!(before.person.transactions("", 100).len(), 31);
    let eve = app.person();
    let connection = app.connect(&eve, &json!({"transactions": 30}));
    heals(&app, &eve, &[&connection]);
    assert_eq!(eve.transactions("", 100).len(), 30);
    eve.by_password("DELETE", "/v1/me", None).expect(202);
    app.eventually("nothing is left of her", || {
        app.database().let_time_pass();
        app.sweep();
        app.count_rows("person") == 1
    });
    before.person.get("/v1/me").expect(200);
}
