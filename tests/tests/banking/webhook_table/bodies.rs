//! A body of every webhook that Plaid's document knows.

use serde_json::{Value, json};

/// Each: the schema's name, type, code, and the members beside these.
#[expect(clippy::too_many_lines, reason = "a table, a row for each event")]
pub(super) fn table(account: &str) -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let soon = "2026-12-24T18:00:00Z";
    let error = json!({
        "error_type": "ITEM_ERROR",
        "error_code": "ITEM_LOGIN_REQUIRED",
        "error_message": "the login details of this item have changed",
        "display_message": null,
    });
    let new = json!({"error": null, "new_transactions": 3});
    let investments = json!({"error": null, "new_investments_transactions": 2, "cancelled_investments_transactions": 1});
    let liabilities = json!({
        "error": null,
        "account_ids_with_new_liabilities": [account],
        "account_ids_with_updated_liabilities": {account: ["past_amount_due"]},
    });
    let session = json!({"link_session_id": "356dbb28-7f98-44d1-8e6d-0cec580f3171", "link_token": "link-sandbox-af1a0311"});
    let session_with = |more: Value| {
        let mut members = session.clone();
        let both = members.as_object_mut().unwrap();
        both.extend(more.as_object().unwrap().clone());
        members
    };
    vec![
        (
            "SyncUpdatesAvailableWebhook",
            "TRANSACTIONS",
            "SYNC_UPDATES_AVAILABLE",
            json!({"initial_update_complete": true, "historical_update_complete": true}),
        ),
        (
            "InitialUpdateWebhook",
            "TRANSACTIONS",
            "INITIAL_UPDATE",
            new.clone(),
        ),
        (
            "HistoricalUpdateWebhook",
            "TRANSACTIONS",
            "HISTORICAL_UPDATE",
            new.clone(),
        ),
        (
            "DefaultUpdateWebhook",
            "TRANSACTIONS",
            "DEFAULT_UPDATE",
            new,
        ),
        (
            "TransactionsRemovedWebhook",
            "TRANSACTIONS",
            "TRANSACTIONS_REMOVED",
            json!({"error": null, "removed_transactions": ["yBVBEwrPyJs8GvR77N7QTxnGg6wG74H7dEDN6"]}),
        ),
        (
            "RecurringTransactionsUpdateWebhook",
            "TRANSACTIONS",
            "RECURRING_TRANSACTIONS_UPDATE",
            json!({"account_ids": [account]}),
        ),
        ("ItemErrorWebhook", "ITEM", "ERROR", json!({"error": error})),
        (
            "ItemLoginRepairedWebhook",
            "ITEM",
            "LOGIN_REPAIRED",
            json!({}),
        ),
        (
            "PendingDisconnectWebhook",
            "ITEM",
            "PENDING_DISCONNECT",
            json!({"reason": "INSTITUTION_TOKEN_EXPIRATION", "disconnect_time": soon}),
        ),
        (
            "PendingExpirationWebhook",
            "ITEM",
            "PENDING_EXPIRATION",
            json!({"consent_expiration_time": soon}),
        ),
        (
            "NewAccountsAvailableWebhook",
            "ITEM",
            "NEW_ACCOUNTS_AVAILABLE",
            json!({"error": null}),
        ),
        (
            "WebhookUpdateAcknowledgedWebhook",
            "ITEM",
            "WEBHOOK_UPDATE_ACKNOWLEDGED",
            json!({"error": null, "new_webhook_url": "https://example.com/webhooks/plaid"}),
        ),
        (
            "HoldingsDefaultUpdateWebhook",
            "HOLDINGS",
            "DEFAULT_UPDATE",
            json!({"error": null, "new_holdings": 19, "updated_holdings": 0}),
        ),
        (
            "InvestmentsDefaultUpdateWebhook",
            "INVESTMENTS_TRANSACTIONS",
            "DEFAULT_UPDATE",
            investments.clone(),
        ),
        (
            "InvestmentsHistoricalUpdateWebhook",
            "INVESTMENTS_TRANSACTIONS",
            "HISTORICAL_UPDATE",
            investments,
        ),
        (
            "LiabilitiesDefaultUpdateWebhook",
            "LIABILITIES",
            "DEFAULT_UPDATE",
            liabilities,
        ),
        (
            "ItemAddResultWebhook",
            "LINK",
            "ITEM_ADD_RESULT",
            session_with(
                json!({"public_token": "public-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce993d"}),
            ),
        ),
        (
            "LinkSessionFinishedWebhook",
            "LINK",
            "SESSION_FINISHED",
            session_with(json!({"status": "SUCCESS", "public_tokens": []})),
        ),
        (
            "LinkEventsWebhook",
            "LINK",
            "EVENTS",
            session_with(json!({"events": []})),
        ),
        (
            "UserAccountRevokedWebhook",
            "ITEM",
            "USER_ACCOUNT_REVOKED",
            json!({"account_id": account}),
        ),
        (
            "UserPermissionRevokedWebhook",
            "ITEM",
            "USER_PERMISSION_REVOKED",
            json!({"error": null}),
        ),
    ]
}
