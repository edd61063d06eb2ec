//! Sends webhooks: signed for every secret of an endpoint, on the wall's clock, again after each
//! pause until one is answered 2xx (<https://docs.stripe.com/webhooks>).

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use super::Stripe;
use super::state::Endpoint;
use crate::client::send;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// An attempt, as it ended.
#[derive(Clone, Serialize)]
pub(super) struct Delivery {
    event: String,
    url: String,
    /// None where nobody answered.
    status: Option<u16>,
}

/// What is to be sent, and what was.
#[derive(Default)]
pub(super) struct Deliveries {
    waiting: Vec<String>,
    pub(super) sent: Vec<Delivery>,
}

impl Deliveries {
    pub(super) fn ask_for(&mut self, event: &str) {
        self.waiting.push(event.to_owned());
    }
}

/// How an event is signed where not as it should be.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Manner {
    /// In place of the endpoint's secrets.
    pub(super) secrets: Option<Vec<String>>,
    /// Seconds from now.
    pub(super) offset: i64,
    /// In place of `v1`.
    pub(super) scheme: Option<String>,
}

/// The header for a body.
pub(super) fn header(body: &[u8], secrets: &[String], manner: &Manner) -> String {
    let time = Timestamp::now().as_second() + manner.offset;
    let scheme = manner.scheme.as_deref().unwrap_or("v1");
    let mut header = format!("t={time}");
    for secret in manner.secrets.as_deref().unwrap_or(secrets) {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length is a key");
        mac.update(time.to_string().as_bytes());
        mac.update(b".");
        mac.update(body);
        let _ = write!(header, ",{scheme}=");
        for byte in mac.finalize().into_bytes() {
            let _ = write!(header, "{byte:02x}");
        }
    }
    let _ = write!(header, ",v0={}", "0".repeat(64));
    header
}

/// An event's text: Stripe indents it by two spaces, and signs that.
pub(super) fn text_of(event: &Value) -> Bytes {
    serde_json::to_vec_pretty(event).unwrap_or_default().into()
}

/// Sends what waits, in the background.
pub(super) fn dispatch(stripe: &Stripe) {
    let (events, endpoints, retries) = {
        let mut inner = stripe.lock();
        let waiting = std::mem::take(&mut inner.deliveries.waiting);
        let found = waiting
            .iter()
            .filter_map(|id| inner.events.iter().find(|event| event["id"] == **id));
        (
            found.cloned().collect::<Vec<_>>(),
            inner.endpoints.clone(),
            inner.settings.retries.clone(),
        )
    };
    for event in events {
        for endpoint in &endpoints {
            let (stripe, event, endpoint) = (stripe.clone(), event.clone(), endpoint.clone());
            let retries = retries.clone();
            tokio::spawn(async move {
                for pause in std::iter::once(None).chain(retries.into_iter().map(Some)) {
                    if let Some(pause) = pause {
                        tokio::time::sleep(pause).await;
                    }
                    let status = deliver(&stripe, &event, &endpoint, &Manner::default()).await;
                    if status.is_some_and(|status| (200..300).contains(&status)) {
                        return;
                    }
                }
            });
        }
    }
}

/// Sends an event once; the status it was answered with.
pub(super) async fn deliver(
    stripe: &Stripe,
    event: &Value,
    endpoint: &Endpoint,
    manner: &Manner,
) -> Option<u16> {
    post(
        stripe,
        event["id"].as_str().unwrap_or_default(),
        text_of(event),
        endpoint,
        manner,
    )
    .await
}

/// Sends any body once.
pub(super) async fn post(
    stripe: &Stripe,
    event: &str,
    body: Bytes,
    endpoint: &Endpoint,
    manner: &Manner,
) -> Option<u16> {
    let signature = header(&body, &endpoint.secrets, manner);
    let headers = [
        ("stripe-signature", signature.as_str()),
        (
            "user-agent",
            "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        ),
    ];
    let answer = send(Method::POST, &endpoint.url, &headers, body, PATIENCE).await;
    let status = answer.ok().map(|answer| answer.status);
    stripe.lock().deliveries.sent.push(Delivery {
        event: event.to_owned(),
        url: endpoint.url.clone(),
        status,
    });
    status
}
