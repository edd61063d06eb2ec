//! Sends webhooks: each attempt signed afresh, again after a pause until it is answered 200 or the
//! pauses run out, as Plaid does over a day.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::Plaid;
use super::signature::Manner;
use crate::client::send;

/// A webhook to send.
pub(super) struct Outgoing {
    item_id: String,
    url: String,
    kind: String,
    code: String,
    body: Bytes,
}

impl Outgoing {
    pub(super) fn new(item_id: &str, url: String, body: &Value) -> Self {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self {
            item_id: item_id.to_owned(),
            url,
            kind: text("webhook_type"),
            code: text("webhook_code"),
            body: text_of(body),
        }
    }
}

/// Plaid indents its webhooks by two spaces, and signs them so.
pub(super) fn text_of(body: &Value) -> Bytes {
    serde_json::to_vec_pretty(body).unwrap_or_default().into()
}

#[derive(Clone, Serialize)]
struct Delivery {
    id: u64,
    item_id: String,
    #[serde(rename = "type")]
    kind: String,
    code: String,
    url: String,
    attempts: u64,
    /// Of the last attempt; None if it was not answered.
    status: Option<u16>,
    done: bool,
}

/// What was sent by itself, in order.
#[derive(Default)]
pub(super) struct Deliveries {
    sent: Vec<Delivery>,
    last_id: u64,
}

impl Deliveries {
    pub(super) fn list(&self) -> impl Serialize + use<> {
        self.sent.clone()
    }

    fn begin(&mut self, outgoing: &Outgoing) -> u64 {
        self.last_id += 1;
        self.sent.push(Delivery {
            id: self.last_id,
            item_id: outgoing.item_id.clone(),
            kind: outgoing.kind.clone(),
            code: outgoing.code.clone(),
            url: outgoing.url.clone(),
            attempts: 0,
            status: None,
            done: false,
        });
        self.last_id
    }

    fn note(&mut self, id: u64, status: Option<u16>, done: bool) {
        if let Some(delivery) = self.sent.iter_mut().rev().find(|sent| sent.id == id) {
            delivery.attempts += 1;
            delivery.status = status;
            delivery.done = done;
        }
    }

    /// Forgets what was; ids go on, so that a late attempt is not taken for a new one's.
    pub(super) fn forget(&mut self) {
        self.sent.clear();
    }
}

/// Sends what waits in the outbox and starts the clocks of new Items. Call it without the lock.
pub(super) fn dispatch(plaid: &Plaid) {
    let mut bank = plaid.bank();
    for (item_id, millis) in std::mem::take(&mut bank.staged) {
        tokio::spawn(go_on(plaid.clone(), item_id, millis));
    }
    let policy = bank.webhook_policy.clone();
    for outgoing in std::mem::take(&mut bank.outbox) {
        if !policy.enabled {
            continue;
        }
        for _ in 0..policy.copies {
            let id = bank.deliveries.begin(&outgoing);
            plaid.0.in_flight.send_modify(|count| *count += 1);
            let (url, body) = (outgoing.url.clone(), outgoing.body.clone());
            tokio::spawn(deliver(plaid.clone(), id, url, body));
        }
    }
}

async fn deliver(plaid: Plaid, id: u64, url: String, body: Bytes) {
    let policy = plaid.bank().webhook_policy.clone();
    let pauses = policy.retry_millis.iter().copied().map(Some);
    for pause in pauses.chain([None]) {
        let attempt = attempt(
            &plaid,
            &url,
            body.clone(),
            Manner::Good,
            None,
            policy.timeout,
        )
        .await;
        let done = attempt.status == Some(200) || pause.is_none();
        plaid.bank().deliveries.note(id, attempt.status, done);
        match pause {
            Some(millis) if !done => tokio::time::sleep(Duration::from_millis(millis)).await,
            _ => break,
        }
    }
    plaid.0.in_flight.send_modify(|count| *count -= 1);
}

/// One attempt and what came of it.
#[derive(Serialize)]
pub(super) struct Attempt {
    pub(super) status: Option<u16>,
    pub(super) millis: u128,
    pub(super) jwt: Option<String>,
    pub(super) body: String,
}

/// Signs `body` in this manner and sends it once.
pub(super) async fn attempt(
    plaid: &Plaid,
    url: &str,
    body: Bytes,
    manner: Manner,
    iat: Option<i64>,
    patience: Duration,
) -> Attempt {
    let now = Timestamp::now().as_second();
    let jwt = plaid.bank().keys.sign(&body, manner, now, iat);
    let headers: Vec<(&str, &str)> = jwt
        .iter()
        .map(|jwt| ("plaid-verification", jwt.as_str()))
        .collect();
    let started = tokio::time::Instant::now();
    let status = match send(Method::POST, url, &headers, body.clone(), patience).await {
        Ok(answer) => Some(answer.status),
        Err(problem) => {
            eprintln!("sandbox: webhook to {url}: {problem}");
            None
        }
    };
    Attempt {
        status,
        millis: started.elapsed().as_millis(),
        jwt,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

/// Brings an Item's pull to its end, a part every `millis`.
async fn go_on(plaid: Plaid, item_id: String, millis: u64) {
    loop {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        let went_on = {
            let mut bank = plaid.bank();
            let super::bank::Bank { items, outbox, .. } = &mut *bank;
            items
                .iter_mut()
                .find(|item| item.id == item_id && !item.removed)
                .is_some_and(|item| item.advance(outbox))
        };
        dispatch(&plaid);
        if !went_on {
            return;
        }
    }
}
