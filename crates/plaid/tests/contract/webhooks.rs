//! What Plaid tells us unasked.

use plaid::webhook::{Refetch, Webhook};
use serde_json::Value;

use super::openapi::{Document, documents};
use super::sample::{FILLS, Fill, sample};

/// The webhook bodies of the document: schemas with a type and a code, which stand in
/// the description only, between backticks.
fn bodies(document: &Document) -> Vec<(String, String, &Value)> {
    let fixed = |schema: &Value, member: &str| -> Option<String> {
        let description = schema["properties"][member]["description"].as_str()?;
        description.split('`').nth(1).map(str::to_owned)
    };
    let found: Vec<_> = document
        .schemas()
        .filter(|name| name.ends_with("Webhook"))
        .filter_map(|name| {
            let schema = document.schema(name);
            Some((
                fixed(schema, "webhook_type")?,
                fixed(schema, "webhook_code")?,
                schema,
            ))
        })
        .collect();
    assert!(
        found.len() >= 20,
        "{} has few webhooks: {}",
        document.name,
        found.len()
    );
    found
}

#[test]
fn every_webhook_becomes_its_event() {
    for document in documents() {
        for (webhook_type, webhook_code, schema) in bodies(&document) {
            for fill in FILLS {
                let mut body = sample(&document, schema, fill);
                body["webhook_type"] = webhook_type.as_str().into();
                body["webhook_code"] = webhook_code.as_str().into();
                body["item_id"] = "wz666MBjYWTp2PDzzggYhM6oWWmBb".into();
                body["account_id"] = "BxBXxLj1m4HMXBm9WZZmCWVbPjX16EHwv99vp".into();
                if !matches!(fill, Fill::Newer) {
                    document.assert_valid(schema, &body);
                }
                let bytes = serde_json::to_vec(&body).expect("JSON");
                let event = Webhook::parse(&bytes).expect("a JSON object");
                assert_event(&webhook_type, &webhook_code, fill, &event);
            }
        }
    }
}

fn assert_event(webhook_type: &str, webhook_code: &str, fill: Fill, event: &Webhook) {
    let expected = match (webhook_type, webhook_code) {
        ("TRANSACTIONS", "SYNC_UPDATES_AVAILABLE") => {
            matches!(event, Webhook::SyncUpdatesAvailable { .. })
        }
        (
            "TRANSACTIONS",
            "INITIAL_UPDATE" | "HISTORICAL_UPDATE" | "DEFAULT_UPDATE" | "TRANSACTIONS_REMOVED",
        ) => matches!(event, Webhook::LegacyTransactions { .. }),
        // An error that is null says nothing is wrong: there is nothing to do.
        ("ITEM", "ERROR") if matches!(fill, Fill::Null) => matches!(event, Webhook::Other { .. }),
        ("ITEM", "ERROR") => matches!(event, Webhook::ItemError { .. }),
        ("ITEM", "LOGIN_REPAIRED") => matches!(event, Webhook::LoginRepaired { .. }),
        ("ITEM", "PENDING_DISCONNECT") => matches!(event, Webhook::PendingDisconnect { .. }),
        ("ITEM", "PENDING_EXPIRATION") => matches!(event, Webhook::PendingExpiration { .. }),
        ("ITEM", "USER_PERMISSION_REVOKED") => {
            matches!(event, Webhook::UserPermissionRevoked { .. })
        }
        ("ITEM", "USER_ACCOUNT_REVOKED") => matches!(event, Webhook::UserAccountRevoked { .. }),
        ("ITEM", "NEW_ACCOUNTS_AVAILABLE") => {
            matches!(event, Webhook::NewAccountsAvailable { .. })
        }
        ("ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED") => {
            matches!(event, Webhook::WebhookUpdateAcknowledged { .. })
        }
        ("HOLDINGS", "DEFAULT_UPDATE") => is_refetch(event, Refetch::Holdings),
        ("INVESTMENTS_TRANSACTIONS", "DEFAULT_UPDATE") => {
            is_refetch(event, Refetch::InvestmentTransactions)
        }
        ("TRANSACTIONS", "RECURRING_TRANSACTIONS_UPDATE") => is_refetch(event, Refetch::Recurring),
        ("LIABILITIES", "DEFAULT_UPDATE") => is_refetch(event, Refetch::Liabilities),
        _ => matches!(
            event,
            Webhook::Other { webhook_type: t, webhook_code: c }
                if t.as_str() == webhook_type && c.as_str() == webhook_code
        ),
    };
    assert!(
        expected,
        "{webhook_type}: {webhook_code} ({fill:?}) became {event:?}"
    );
}

fn is_refetch(event: &Webhook, expected: Refetch) -> bool {
    matches!(event, Webhook::Refetch { what, .. } if *what == expected)
}
