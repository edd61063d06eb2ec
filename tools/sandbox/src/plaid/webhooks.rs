//! The bodies of webhooks, by the schemas of the slice.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::errors::PlaidError;
use super::item::{Item, Stage};

fn body(item: &Item, kind: &str, code: &str, more: Value) -> Value {
    let mut members = Map::new();
    members.insert("environment".to_owned(), json!("sandbox"));
    members.insert("item_id".to_owned(), json!(item.id));
    members.insert("webhook_code".to_owned(), json!(code));
    members.insert("webhook_type".to_owned(), json!(kind));
    if let Value::Object(more) = more {
        members.extend(more);
    }
    Value::Object(members)
}

/// `INITIAL_UPDATE`, `HISTORICAL_UPDATE` or `DEFAULT_UPDATE`.
pub(super) fn transactions_update(item: &Item, code: &str, new: usize) -> Value {
    body(
        item,
        "TRANSACTIONS",
        code,
        json!({ "error": null, "new_transactions": new }),
    )
}

pub(super) fn sync_updates_available(item: &Item) -> Value {
    body(
        item,
        "TRANSACTIONS",
        "SYNC_UPDATES_AVAILABLE",
        json!({
            "initial_update_complete": item.stage >= Stage::Initial,
            "historical_update_complete": item.stage == Stage::Historical,
        }),
    )
}

pub(super) fn item_error(item: &Item) -> Value {
    let error = item
        .error
        .clone()
        .unwrap_or_else(|| PlaidError::of("ITEM_LOGIN_REQUIRED"));
    body(item, "ITEM", "ERROR", json!({ "error": error.embedded() }))
}

pub(super) fn update_acknowledged(item: &Item) -> Value {
    body(
        item,
        "ITEM",
        "WEBHOOK_UPDATE_ACKNOWLEDGED",
        json!({ "error": null, "new_webhook_url": item.webhook.as_deref().unwrap_or_default() }),
    )
}

/// The webhook of this code; None where the Item does not have the product that it is about.
pub(super) fn of_code(item: &Item, kind: Option<&str>, code: &str) -> Option<Value> {
    let soon = Timestamp::now() + SignedDuration::from_hours(7 * 24);
    let in_item = |more| Some(body(item, "ITEM", code, more));
    let accounts: Vec<&str> = item
        .open_accounts()
        .map(|account| account.account_id.as_str())
        .collect();
    match (kind.unwrap_or_default(), code) {
        ("HOLDINGS", "DEFAULT_UPDATE") => of_product(
            item,
            "investments",
            "HOLDINGS",
            json!({ "error": null, "new_holdings": 1, "updated_holdings": 0 }),
        ),
        ("INVESTMENTS_TRANSACTIONS", "DEFAULT_UPDATE") => of_product(
            item,
            "investments",
            "INVESTMENTS_TRANSACTIONS",
            json!({
                "error": null,
                "new_investments_transactions": 1,
                "cancelled_investments_transactions": 0,
            }),
        ),
        ("LIABILITIES", "DEFAULT_UPDATE") => of_product(
            item,
            "liabilities",
            "LIABILITIES",
            json!({
                "error": null,
                "account_ids_with_new_liabilities": [],
                "account_ids_with_updated_liabilities": {},
            }),
        ),
        (_, "DEFAULT_UPDATE") => of_product(
            item,
            "transactions",
            "TRANSACTIONS",
            json!({ "error": null, "new_transactions": 0 }),
        ),
        (_, "INITIAL_UPDATE" | "HISTORICAL_UPDATE") => {
            let count = item.ledger.standing().count();
            Some(transactions_update(item, code, count))
        }
        (_, "TRANSACTIONS_REMOVED") => {
            let removed: Vec<&str> = item.ledger.removed().collect();
            Some(body(
                item,
                "TRANSACTIONS",
                code,
                json!({ "error": null, "removed_transactions": removed }),
            ))
        }
        (_, "RECURRING_TRANSACTIONS_UPDATE") => Some(body(
            item,
            "TRANSACTIONS",
            code,
            json!({ "account_ids": accounts }),
        )),
        (_, "SYNC_UPDATES_AVAILABLE") => Some(sync_updates_available(item)),
        (_, "ERROR") => Some(item_error(item)),
        (_, "LOGIN_REPAIRED") => in_item(json!({})),
        (_, "NEW_ACCOUNTS_AVAILABLE" | "USER_PERMISSION_REVOKED") => {
            in_item(json!({ "error": null }))
        }
        (_, "USER_ACCOUNT_REVOKED") => {
            in_item(json!({ "account_id": accounts.first().copied().unwrap_or_default() }))
        }
        (_, "PENDING_DISCONNECT") => in_item(json!({
            "reason": "INSTITUTION_MIGRATION",
            "disconnect_time": soon,
        })),
        (_, "PENDING_EXPIRATION") => in_item(json!({ "consent_expiration_time": soon })),
        (_, "WEBHOOK_UPDATE_ACKNOWLEDGED") => Some(update_acknowledged(item)),
        // Of products that are none of ours, and codes yet to come.
        (kind, _) => Some(body(
            item,
            if kind.is_empty() { "ITEM" } else { kind },
            code,
            json!({}),
        )),
    }
}

fn of_product(item: &Item, product: &str, kind: &str, more: Value) -> Option<Value> {
    let has = |products: &[String]| products.iter().any(|has| has == product);
    (has(&item.products) || has(&item.consented_products))
        .then(|| body(item, kind, "DEFAULT_UPDATE", more))
}
