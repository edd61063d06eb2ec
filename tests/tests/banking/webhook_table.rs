//! Every webhook that Plaid's document knows: what each makes happen, and what it must not.
//! Each is a reason to look, never an answer: what it says is not believed.

mod bodies;

use end_to_end::{Connection, Keys, PlaidSchemas, webhook};
use serde_json::{Value, json};

use super::{app, assert_in_step, comes_into_step};
use bodies::table;

const SYNC: &str = "/transactions/sync";
const HOLDINGS: &str = "/investments/holdings/get";
const LIABILITIES: &str = "/liabilities/get";
const RECURRING: &str = "/transactions/recurring/get";

fn connected() -> Connection {
    let connection = app().connect(&app().person(), &json!({"transactions": 20}));
    app().come_to_rest(&connection);
    connection
}

/// All that a webhook about it could have changed, and what Plaid was asked.
fn footprint(connection: &Connection) -> (Vec<Value>, Vec<Value>, usize) {
    let database = app().database();
    let subject = Keys::system(database).item(&connection.bank.id);
    let item = json!([connection.row()]);
    (
        database.sql("SELECT * FROM item WHERE id=?", &item),
        database.sql(
            "SELECT * FROM inbox WHERE subject=? ORDER BY id",
            &json!([subject]),
        ),
        connection.bank.calls().len(),
    )
}

/// How often each was asked for since.
fn asked(connection: &Connection, endpoints: [&str; 3]) -> [usize; 3] {
    endpoints.map(|endpoint| connection.bank.calls_to(endpoint))
}

#[test]
fn every_body_that_is_sent_here_is_as_plaids_own_schema_says_and_none_is_missing() {
    let Some(schemas) = PlaidSchemas::of_environment() else {
        return;
    };
    let table = table("BxBXxLj1m4HMXBm9WZZmCWVbPjX16EHwv99vp");
    for (schema, kind, code, more) in &table {
        schemas.assert_valid(
            schema,
            &webhook("wz666MBjYWTp2PDzzggYhM6oWWmBb", kind, code, more),
        );
    }
    let mut sent: Vec<&str> = table.iter().map(|(schema, ..)| *schema).collect();
    sent.sort_unstable();
    assert_eq!(sent, schemas.webhooks());
}

#[test]
fn what_needs_nothing_done_writes_nothing_and_asks_nobody() {
    let connection = connected();
    let account = connection.bank.truth().accounts[0].account_id.clone();
    let before = footprint(&connection);
    let done_nothing_about = |schema: &str| {
        schema.starts_with("Link")
            || [
                "InitialUpdateWebhook",
                "HistoricalUpdateWebhook",
                "DefaultUpdateWebhook",
                "TransactionsRemovedWebhook",
                "InvestmentsHistoricalUpdateWebhook",
                "ItemAddResultWebhook",
            ]
            .contains(&schema)
    };
    let table = table(&account);
    let mut rows: Vec<_> = table
        .into_iter()
        .filter(|(schema, ..)| done_nothing_about(schema))
        .map(|(_, kind, code, more)| (kind, code, more))
        .collect();
    assert_eq!(rows.len(), 8);
    rows.extend([
        (
            "ITEM",
            "SOMETHING_OF_2031",
            json!({"error": null, "when": 7}),
        ),
        ("A_PRODUCT_OF_2031", "DEFAULT_UPDATE", json!({})),
        ("TRANSFER", "TRANSFER_EVENTS_UPDATE", json!({})),
        (
            "AUTH",
            "AUTOMATICALLY_VERIFIED",
            json!({"account_id": account}),
        ),
        // Those of the table without what makes them one.
        ("ITEM", "ERROR", json!({"error": null})),
        ("ITEM", "USER_ACCOUNT_REVOKED", json!({})),
        ("ITEM", "USER_ACCOUNT_REVOKED", json!({"account_id": ""})),
        ("ITEM", "PENDING_DISCONNECT", json!({"reason": "X"})),
        (
            "ITEM",
            "PENDING_EXPIRATION",
            json!({"consent_expiration_time": "next week"}),
        ),
        ("item", "user_permission_revoked", json!({})),
    ]);
    for (kind, code, more) in &rows {
        app().tell(&connection, kind, code, more);
    }
    // A message that had been sent would be worked off before this one's.
    let marker = connected();
    marker.bank.update(r#"{"add":1}"#);
    comes_into_step(&marker);
    assert_eq!(footprint(&connection), before);
    assert_in_step(&connection);
}

#[test]
fn of_changed_transactions_nothing_but_these_is_read() {
    let connection = connected();
    connection.bank.update(r#"{"add":3,"webhooks":false}"#);
    let before = asked(&connection, [SYNC, HOLDINGS, LIABILITIES]);
    let more = json!({"initial_update_complete": true, "historical_update_complete": true});
    app().tell(&connection, "TRANSACTIONS", "SYNC_UPDATES_AVAILABLE", &more);
    comes_into_step(&connection);
    app().come_to_rest(&connection);
    let after = asked(&connection, [SYNC, HOLDINGS, LIABILITIES]);
    assert!(after[0] > before[0]);
    assert_eq!(after[1..], before[1..], "nobody spoke of holdings or debts");
}

#[test]
fn changed_holdings_debts_and_recurring_payments_are_read_again() {
    for (kind, code, endpoint) in [
        ("HOLDINGS", "DEFAULT_UPDATE", HOLDINGS),
        ("INVESTMENTS_TRANSACTIONS", "DEFAULT_UPDATE", HOLDINGS),
        ("LIABILITIES", "DEFAULT_UPDATE", LIABILITIES),
        ("TRANSACTIONS", "RECURRING_TRANSACTIONS_UPDATE", RECURRING),
    ] {
        let connection = connected();
        let before = connection.bank.calls_to(endpoint);
        let account = &connection.bank.truth().accounts[0].account_id;
        let rows = table(account);
        let row = rows.iter().find(|row| row.1 == kind && row.2 == code);
        let (_, _, code, more) = row.unwrap();
        app().tell(&connection, kind, code, more);
        app().eventually("it is read again", || {
            connection.bank.calls_to(endpoint) > before
        });
        assert_in_step(&connection);
    }
}

#[test]
fn an_error_that_plaid_does_not_confirm_changes_nothing_she_sees() {
    let connection = connected();
    let before = connection.bank.calls_to(SYNC);
    let rows = table("none");
    let (_, kind, code, more) = &rows[6];
    app().tell(&connection, kind, code, more);
    app().eventually("it is looked at", || {
        connection.bank.calls_to(SYNC) > before
    });
    app().come_to_rest(&connection);
    assert_eq!(connection.status(), "good");
    assert_in_step(&connection);
}

#[test]
fn a_new_address_of_ours_is_recorded_and_nobody_is_asked() {
    let connection = connected();
    // Whatever came with the link has been told of.
    let before = (
        connection.report()["last_webhook_at"].clone(),
        connection.bank.calls().len(),
    );
    let rows = table("none");
    let (_, kind, code, more) = rows
        .iter()
        .find(|row| row.2 == "WEBHOOK_UPDATE_ACKNOWLEDGED")
        .unwrap();
    app().eventually("it is recorded", || {
        app().tell(&connection, kind, code, more);
        app().come_to_rest(&connection);
        connection.report()["last_webhook_at"].as_str() > before.0.as_str()
    });
    assert_eq!(connection.bank.calls().len(), before.1);
}

#[test]
fn all_of_them_twice_and_backwards_leave_what_the_last_look_at_the_bank_says() {
    let connection = connected();
    let account = connection.bank.truth().accounts[0].account_id.clone();
    connection
        .bank
        .update(r#"{"add":[{"name":"told of late","amount":1}],"webhooks":false}"#);
    // Neither of the two that take something away.
    let mut table = table(&account);
    table.truncate(19);
    for (_, kind, code, more) in table.iter().rev().chain(&table) {
        app().tell(&connection, kind, code, more);
        app().tell(&connection, kind, code, more);
    }
    app().come_to_rest(&connection);
    assert_in_step(&connection);
    assert_eq!(connection.status(), "good");
    let kinds: Vec<Value> = connection
        .warnings()
        .iter()
        .map(|warning| warning["kind"].clone())
        .collect();
    let mut distinct = kinds.clone();
    distinct.dedup();
    assert_eq!(kinds, distinct, "one warning of a kind");
}

#[test]
fn what_is_said_of_an_item_that_is_nobodys_touches_no_other() {
    let connection = connected();
    let account = connection.bank.truth().accounts[0].account_id.clone();
    let before = footprint(&connection);
    let url = format!("{}/webhooks/plaid", app().stack().origin());
    // Another Item by one letter's case.
    let other: String = connection
        .bank
        .id
        .chars()
        .map(|c| {
            if c.is_ascii_lowercase() {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    for (_, kind, code, more) in table(&account) {
        let order = json!({"url": url, "body": webhook(&other, kind, code, &more)});
        assert_eq!(app().bank().fire(&order), [200], "{kind} {code}");
    }
    let marker = connected();
    marker.bank.update(r#"{"add":1}"#);
    comes_into_step(&marker);
    assert_eq!(footprint(&connection), before);
    assert_in_step(&connection);
}

#[test]
fn neither_accounts_nor_dates_stand_readable_in_the_inbox() {
    let connection = connected();
    let account = connection.bank.truth().accounts[0].account_id.clone();
    for (_, kind, code, more) in table(&account) {
        if ["PENDING_EXPIRATION", "USER_ACCOUNT_REVOKED"].contains(&code) {
            app().tell(&connection, kind, code, &more);
        }
    }
    let (_, inbox, _) = footprint(&connection);
    let inbox = Value::from(inbox).to_string();
    for secret in [account.as_str(), connection.bank.id.as_str(), "2026-12-24"] {
        assert!(!inbox.contains(secret), "{secret} stands in {inbox}");
    }
}
