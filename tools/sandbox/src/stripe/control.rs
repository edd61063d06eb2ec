//! The control surface of Stripe; README.md lists it.

use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::courier::{Manner, deliver, dispatch, post as send};
use super::failures::Failure;
use super::state::{Endpoint, Inner};
use super::{Stripe, life};
use crate::control::{Asked, Refusal, done};

pub(super) fn router() -> Router<Stripe> {
    Router::new()
        .route("/endpoints", post(endpoints))
        .route("/webhooks", get(deliveries).post(webhooks))
        .route("/events", get(events))
        .route("/deliver", post(deliver_events))
        .route("/send", post(send_body))
        .route("/subscriptions", post(begin).patch(change))
        .route("/advance", post(advance))
        .route("/truth", get(truth))
        .route("/fail", post(fail).delete(heal))
        .route("/requests", get(requests).delete(forget))
        .route("/reset", post(reset))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registered {
    url: String,
    /// Several while one is rolled; the service's own where none is given.
    #[serde(default)]
    secrets: Vec<String>,
}

/// Where webhooks go from now on, and nowhere else.
async fn endpoints(State(stripe): State<Stripe>, Asked(asked): Asked<Registered>) -> Json<Value> {
    let mut inner = stripe.lock();
    let own = inner.settings.webhook_secret.clone();
    let secrets = if asked.secrets.is_empty() {
        vec![own]
    } else {
        asked.secrets
    };
    inner.endpoints = vec![Endpoint {
        url: asked.url,
        secrets,
    }];
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    customer: String,
    enabled: bool,
}

/// Whether a customer's events are delivered by themselves.
async fn webhooks(State(stripe): State<Stripe>, Asked(asked): Asked<Held>) -> Json<Value> {
    let mut inner = stripe.lock();
    if asked.enabled {
        inner.held.remove(&asked.customer);
    } else {
        inner.held.insert(asked.customer);
    }
    done()
}

async fn deliveries(State(stripe): State<Stripe>) -> Json<Value> {
    Json(json!({ "sent": stripe.lock().deliveries.sent }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Of {
    customer: String,
}

/// A customer's events, oldest first.
async fn events(State(stripe): State<Stripe>, Query(of): Query<Of>) -> Json<Value> {
    let inner = stripe.lock();
    let hers = inner.events.iter();
    let hers = hers.filter(|event| event["data"]["object"]["customer"] == of.customer.as_str());
    Json(json!({ "events": hers.collect::<Vec<_>>() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delivered {
    /// In this order; an id may stand there more than once.
    events: Vec<String>,
    /// All at once.
    #[serde(default)]
    together: bool,
    #[serde(default)]
    manner: Manner,
}

/// Sends events once each and waits for the answers.
async fn deliver_events(
    State(stripe): State<Stripe>,
    Asked(asked): Asked<Delivered>,
) -> Result<Json<Value>, Refusal> {
    let (events, endpoint) = {
        let inner = stripe.lock();
        let find = |id: &String| {
            inner
                .events
                .iter()
                .find(|event| event["id"] == **id)
                .cloned()
        };
        let events: Option<Vec<Value>> = asked.events.iter().map(find).collect();
        (
            events.ok_or_else(|| Refusal::missing("event"))?,
            endpoint(&inner)?,
        )
    };
    let sent = events
        .iter()
        .map(|event| deliver(&stripe, event, &endpoint, &asked.manner));
    let mut statuses = Vec::new();
    if asked.together {
        statuses = futures_util::future::join_all(sent).await;
    } else {
        for sent in sent {
            statuses.push(sent.await);
        }
    }
    Ok(Json(json!({ "statuses": statuses })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    body: String,
    #[serde(default)]
    manner: Manner,
}

/// Signs and sends any body once.
async fn send_body(
    State(stripe): State<Stripe>,
    Asked(asked): Asked<Sent>,
) -> Result<Json<Value>, Refusal> {
    let endpoint = endpoint(&stripe.lock())?;
    let status = send(&stripe, "", asked.body.into(), &endpoint, &asked.manner).await;
    Ok(Json(json!({ "status": status })))
}

fn endpoint(inner: &Inner) -> Result<Endpoint, Refusal> {
    let first = inner.endpoints.first().cloned();
    first.ok_or_else(|| Refusal::bad("no endpoint is registered"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begun {
    customer: String,
    #[serde(default)]
    price: Option<String>,
    #[serde(default)]
    trial_days: i64,
}

/// A subscription, as one that was paid for on the page.
async fn begin(
    State(stripe): State<Stripe>,
    Asked(asked): Asked<Begun>,
) -> Result<Json<Value>, Refusal> {
    let price = asked.price.as_deref().unwrap_or("price_monthly");
    let begun = {
        let mut inner = stripe.lock();
        if !inner.customers.contains_key(&asked.customer) {
            return Err(Refusal::missing("customer"));
        }
        life::begin(
            &mut inner,
            &asked.customer,
            price,
            asked.trial_days,
            &json!({}),
        )
    };
    dispatch(&stripe);
    Ok(Json(begun))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    subscription: String,
    /// Members to overwrite: `status`, say.
    members: Map<String, Value>,
    /// Whether nobody is told: as if the event were lost for good.
    #[serde(default)]
    silent: bool,
}

/// Changes a subscription in any way.
async fn change(
    State(stripe): State<Stripe>,
    Asked(asked): Asked<Changed>,
) -> Result<Json<Value>, Refusal> {
    {
        let mut inner = stripe.lock();
        let known = inner.subscription(&asked.subscription);
        let known = known.ok_or_else(|| Refusal::missing("subscription"))?;
        for (name, value) in asked.members {
            known[&name] = value;
        }
        let known = known.clone();
        if !asked.silent {
            inner.emit("customer.subscription.updated", &known);
        }
    }
    dispatch(&stripe);
    Ok(done())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advanced {
    customer: String,
    seconds: i64,
    /// What becomes of a renewal that nothing pays for: `canceled`, or `unpaid`.
    #[serde(default)]
    dunning: Option<String>,
    /// The card it is tried with from now on.
    #[serde(default)]
    card: Option<String>,
}

/// A customer's time passes.
async fn advance(State(stripe): State<Stripe>, Asked(asked): Asked<Advanced>) -> Json<Value> {
    {
        let mut inner = stripe.lock();
        if let Some(card) = &asked.card {
            life::change_card(&mut inner, &asked.customer, card);
        }
        let then = asked.dunning.as_deref().unwrap_or("canceled");
        life::pass(&mut inner, &asked.customer, asked.seconds, then);
    }
    dispatch(&stripe);
    done()
}

/// Whom: by her id here, or by the one she was made with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whom {
    #[serde(default)]
    customer: Option<String>,
    #[serde(default)]
    user: Option<String>,
}

/// Everything about a customer, as it is now; of a deleted one what is left.
async fn truth(State(stripe): State<Stripe>, Query(whom): Query<Whom>) -> Json<Value> {
    let mut inner = stripe.lock();
    let named = |known: &Value| known["metadata"]["user_id"].as_str() == whom.user.as_deref();
    let made: Vec<String> = inner
        .customers
        .iter()
        .filter(|(id, known)| match &whom.customer {
            Some(customer) => *id == customer,
            None => named(known),
        })
        .map(|(id, _)| id.clone())
        .collect();
    let id = whom
        .customer
        .or_else(|| made.first().cloned())
        .unwrap_or_default();
    let ids = inner.subscriptions_of(&id);
    let subscriptions = ids.iter().filter_map(|id| inner.subscription(id).cloned());
    let subscriptions: Vec<Value> = subscriptions.collect();
    Json(json!({
        "customer": inner.customers.get(&id),
        "customers": made.len(),
        "subscriptions": subscriptions,
    }))
}

async fn fail(State(stripe): State<Stripe>, Asked(failure): Asked<Failure>) -> Json<Value> {
    stripe.lock().failures.push(failure);
    done()
}

/// Whose failures end: one's, or everyone's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Healed {
    #[serde(default)]
    about: Option<String>,
}

async fn heal(State(stripe): State<Stripe>, Query(healed): Query<Healed>) -> Json<Value> {
    stripe.lock().failures.clear(healed.about.as_deref());
    done()
}

async fn requests(State(stripe): State<Stripe>) -> Json<Value> {
    let requests = stripe.lock().requests.clone();
    Json(json!({ "count": requests.len(), "requests": requests }))
}

async fn forget(State(stripe): State<Stripe>) -> Json<Value> {
    stripe.lock().requests.clear();
    done()
}

async fn reset(State(stripe): State<Stripe>) -> Json<Value> {
    let mut inner = stripe.lock();
    *inner = Inner::new(inner.settings.clone());
    done()
}
