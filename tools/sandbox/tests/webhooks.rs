//! Webhooks as they reach a receiver.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod standins;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use standins::Standins;

/// A webhook's JWT and body.
type Received = (Option<String>, String);

/// Answers with the statuses it was given, then 200, and keeps what came.
#[derive(Clone)]
struct Receiver {
    url: String,
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<Vec<StatusCode>>>,
}

impl Receiver {
    async fn start(mut answers: Vec<StatusCode>) -> Self {
        answers.reverse();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/hook", listener.local_addr().unwrap()),
            received: Arc::default(),
            answers: Arc::new(Mutex::new(answers)),
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    fn codes(&self) -> Vec<String> {
        let received = self.received.lock().unwrap();
        let code = |body: &str| -> Value { serde_json::from_str(body).unwrap() };
        received
            .iter()
            .map(|(_, body)| code(body)["webhook_code"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    let jwt = headers.get("plaid-verification");
    let jwt = jwt.map(|value| value.to_str().unwrap().to_owned());
    receiver.received.lock().unwrap().push((jwt, body));
    let answer = receiver.answers.lock().unwrap().pop();
    answer.unwrap_or(StatusCode::OK)
}

async fn idle(plaid: &Standins) -> Value {
    standins::get(&format!("{}/_control/webhooks?idle=20", plaid.plaid)).await
}

#[tokio::test]
async fn sync_updates_are_announced_only_to_those_that_have_called_sync() {
    let plaid = Standins::start(&[]).await;
    let receiver = Receiver::start(Vec::new()).await;
    let item = plaid
        .item(json!({ "transactions": 90, "ready": "NOT_READY", "webhook": receiver.url }))
        .await;
    let advance = format!("/items/{}/advance", item.id);
    plaid.control(Method::POST, &advance, json!({})).await;
    plaid.update(&item, json!({ "add": 1 })).await;
    idle(&plaid).await;
    assert_eq!(receiver.codes(), ["INITIAL_UPDATE"]);
    let body = json!({ "access_token": item.access_token });
    plaid.ask("/transactions/sync", body).await;
    plaid.control(Method::POST, &advance, json!({})).await;
    idle(&plaid).await;
    let mut codes = receiver.codes();
    codes.sort();
    assert_eq!(
        codes,
        [
            "HISTORICAL_UPDATE",
            "INITIAL_UPDATE",
            "SYNC_UPDATES_AVAILABLE"
        ]
    );
    plaid
        .update(&item, json!({ "add": 1, "webhooks": false }))
        .await;
    plaid.update(&item, json!({ "add": 1 })).await;
    idle(&plaid).await;
    assert_eq!(receiver.codes().len(), 4);
}

#[tokio::test]
async fn a_webhook_is_sent_again_until_it_is_answered_200() {
    let plaid = Standins::start(&["--webhook-retries", "1,1,1,1"]).await;
    let answers = vec![StatusCode::INTERNAL_SERVER_ERROR, StatusCode::ACCEPTED];
    let receiver = Receiver::start(answers).await;
    let item = plaid
        .item(json!({ "transactions": 1, "webhook": receiver.url }))
        .await;
    let body = json!({ "access_token": item.access_token });
    plaid.ask("/sandbox/item/reset_login", body).await;
    let deliveries = idle(&plaid).await;
    let delivery = &deliveries["deliveries"][0];
    assert_eq!(
        (&delivery["attempts"], &delivery["status"]),
        (&json!(3), &json!(200))
    );
    assert_eq!(receiver.codes(), ["ERROR", "ERROR", "ERROR"]);
}

#[tokio::test]
async fn a_webhook_that_is_never_answered_200_is_given_up_after_the_bound() {
    let plaid = Standins::start(&["--webhook-retries", "1,1"]).await;
    let receiver = Receiver::start(vec![StatusCode::BAD_GATEWAY; 9]).await;
    let item = plaid
        .item(json!({ "transactions": 1, "webhook": receiver.url }))
        .await;
    let body = json!({ "access_token": item.access_token });
    plaid.ask("/sandbox/item/reset_login", body).await;
    let deliveries = idle(&plaid).await;
    let delivery = &deliveries["deliveries"][0];
    assert_eq!(
        (&delivery["attempts"], &delivery["done"]),
        (&json!(3), &json!(true))
    );
    assert_eq!(delivery["status"], 502);
}

#[tokio::test]
async fn twenty_copies_at_once_all_arrive_as_written_and_each_is_signed() {
    let plaid = Standins::start(&[]).await;
    let receiver = Receiver::start(Vec::new()).await;
    let raw = "{ \"webhook_code\" :\t\"X\" }";
    let order = json!({ "url": receiver.url, "raw": raw, "times": 20 });
    let fired = plaid.control(Method::POST, "/webhooks/fire", order).await;
    assert_eq!(fired["deliveries"].as_array().unwrap().len(), 20);
    let arrived = receiver.received.lock().unwrap();
    assert_eq!(arrived.len(), 20);
    assert!(
        arrived
            .iter()
            .all(|(jwt, body)| jwt.is_some() && body == raw)
    );
}

#[tokio::test]
async fn a_webhook_without_a_signature_has_no_header() {
    let plaid = Standins::start(&[]).await;
    let receiver = Receiver::start(Vec::new()).await;
    let order = json!({ "url": receiver.url, "body": {}, "signature": "none" });
    plaid.control(Method::POST, "/webhooks/fire", order).await;
    assert_eq!(
        *receiver.received.lock().unwrap(),
        [(None, "{}".to_owned())]
    );
}

#[tokio::test]
async fn a_staged_item_becomes_ready_by_itself() {
    let plaid = Standins::start(&["--stage-millis", "1"]).await;
    let receiver = Receiver::start(Vec::new()).await;
    let asked = json!({
        "institution_id": "ins_109509",
        "initial_products": ["transactions"],
        "options": { "webhook": receiver.url },
    });
    let public = plaid.ask("/sandbox/public_token/create", asked).await["public_token"].clone();
    let exchanged = json!({ "public_token": public });
    let exchanged = plaid.ask("/item/public_token/exchange", exchanged).await;
    let path = format!("/items/{}", exchanged["item_id"].as_str().unwrap());
    while plaid.control(Method::GET, &path, Value::Null).await["ready"]
        != "HISTORICAL_UPDATE_COMPLETE"
    {
        tokio::task::yield_now().await;
    }
    let body = json!({ "access_token": exchanged["access_token"] });
    let page = plaid.ask("/transactions/sync", body).await;
    assert_eq!(page["added"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn the_policy_can_silence_webhooks_and_double_them() {
    let plaid = Standins::start(&[]).await;
    let receiver = Receiver::start(Vec::new()).await;
    let item = plaid
        .item(json!({ "transactions": 1, "webhook": receiver.url }))
        .await;
    let body = json!({ "access_token": item.access_token, "webhook_code": "LOGIN_REPAIRED" });
    let policy = async |policy| {
        plaid
            .control(Method::POST, "/webhooks/policy", policy)
            .await
    };
    policy(json!({ "enabled": false })).await;
    plaid.ask("/sandbox/item/fire_webhook", body.clone()).await;
    policy(json!({ "enabled": true, "duplicate": 3 })).await;
    plaid.ask("/sandbox/item/fire_webhook", body).await;
    idle(&plaid).await;
    assert_eq!(receiver.codes(), ["LOGIN_REPAIRED"; 3]);
}

/// The webhook schemas of Plaid's own document, by code.
const SCHEMAS: [(&str, &str, &str); 18] = [
    ("", "INITIAL_UPDATE", "InitialUpdateWebhook"),
    ("", "HISTORICAL_UPDATE", "HistoricalUpdateWebhook"),
    ("", "DEFAULT_UPDATE", "DefaultUpdateWebhook"),
    ("", "TRANSACTIONS_REMOVED", "TransactionsRemovedWebhook"),
    ("", "SYNC_UPDATES_AVAILABLE", "SyncUpdatesAvailableWebhook"),
    (
        "",
        "RECURRING_TRANSACTIONS_UPDATE",
        "RecurringTransactionsUpdateWebhook",
    ),
    ("", "ERROR", "ItemErrorWebhook"),
    ("", "LOGIN_REPAIRED", "ItemLoginRepairedWebhook"),
    ("", "NEW_ACCOUNTS_AVAILABLE", "NewAccountsAvailableWebhook"),
    ("", "PENDING_DISCONNECT", "PendingDisconnectWebhook"),
    ("", "PENDING_EXPIRATION", "PendingExpirationWebhook"),
    (
        "",
        "USER_PERMISSION_REVOKED",
        "UserPermissionRevokedWebhook",
    ),
    ("", "USER_ACCOUNT_REVOKED", "UserAccountRevokedWebhook"),
    (
        "",
        "WEBHOOK_UPDATE_ACKNOWLEDGED",
        "WebhookUpdateAcknowledgedWebhook",
    ),
    ("HOLDINGS", "DEFAULT_UPDATE", "HoldingsDefaultUpdateWebhook"),
    (
        "LIABILITIES",
        "DEFAULT_UPDATE",
        "LiabilitiesDefaultUpdateWebhook",
    ),
    (
        "INVESTMENTS_TRANSACTIONS",
        "DEFAULT_UPDATE",
        "InvestmentsDefaultUpdateWebhook",
    ),
    (
        "INVESTMENTS_TRANSACTIONS",
        "DEFAULT_UPDATE",
        "InvestmentsHistoricalUpdateWebhook",
    ),
];

#[tokio::test]
async fn webhook_bodies_have_what_plaids_schemas_require_and_nothing_else() {
    let Some(folder) = std::env::var_os("BALANCE_VECTORS") else {
        eprintln!(
            "skipped: BALANCE_VECTORS does not name the folder with plaid-openapi-slice.json"
        );
        return;
    };
    let path = std::path::Path::new(&folder).join("plaid-openapi-slice.json");
    let slice: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let plaid = Standins::start(&[]).await;
    let receiver = Receiver::start(Vec::new()).await;
    let item = plaid
        .item(json!({
            "transactions": 5,
            "webhook": receiver.url,
            "consented_products": ["investments", "liabilities"],
        }))
        .await;
    for (kind, code, schema) in SCHEMAS {
        let order = json!({ "item_id": item.id, "code": code, "type": kind });
        let fired = plaid.control(Method::POST, "/webhooks/fire", order).await;
        let body = fired["deliveries"][0]["body"].as_str().unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        let schema = &slice["components"]["schemas"][schema];
        for required in schema["required"].as_array().into_iter().flatten() {
            let name = required.as_str().unwrap();
            assert!(body.get(name).is_some(), "{code} lacks {name}");
        }
        for (name, value) in body.as_object().unwrap() {
            let property = &schema["properties"][name];
            assert!(!property.is_null(), "{code} has {name}");
            let expected = match property["type"].as_str() {
                Some("string") => value.is_string() || value.is_null(),
                Some("number") => value.is_number(),
                Some("boolean") => value.is_boolean(),
                Some("array") => value.is_array(),
                _ => true,
            };
            assert!(expected, "{code}: {name} is {value}");
        }
    }
}
