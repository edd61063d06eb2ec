//! The hosted pages, Checkout and the billing portal, in plain HTML without script: enough for a
//! person, or a browser that plays one, to pay, to be declined, to change her mind and to go back.

use std::fmt::Write as _;

use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::{Stripe, courier, life};

/// A card that is declined at once.
const DECLINED: &str = "4000000000000002";

/// What is typed into Checkout.
#[derive(Deserialize)]
pub(super) struct Payment {
    email: String,
    card: String,
}

/// What is pressed in the portal.
#[derive(Deserialize)]
pub(super) struct Change {
    action: String,
    #[serde(default)]
    subscription: String,
    #[serde(default)]
    card: String,
    #[serde(default)]
    price: String,
}

/// `GET /c/pay/{session}`.
pub(super) async fn checkout(State(stripe): State<Stripe>, Path(id): Path<String>) -> Response {
    let session = stripe.lock().sessions.get(&id).cloned();
    match session.filter(|session| session["status"] == "open") {
        Some(session) => checkout_page(&session, "").into_response(),
        None => gone(),
    }
}

fn checkout_page(session: &Value, problem: &str) -> Html<String> {
    let total = session["amount_total"].as_i64().unwrap_or_default();
    page(
        "Checkout",
        &format!(
            r#"<p>Plus: {}.{:02} USD</p><p role="alert">{problem}</p>
<form method="post">
<label>Email <input name="email" type="email" required></label>
<label>Card number <input name="card" inputmode="numeric" required></label>
<button>Subscribe</button></form>
<p><a href="{}">Back</a></p>"#,
            total / 100,
            total % 100,
            escaped(&session["cancel_url"]),
        ),
    )
}

/// `POST /c/pay/{session}`: the person pays, or is declined.
pub(super) async fn pay(
    State(stripe): State<Stripe>,
    Path(id): Path<String>,
    Form(payment): Form<Payment>,
) -> Response {
    let card: String = payment.card.chars().filter(char::is_ascii_digit).collect();
    let outcome = {
        let mut inner = stripe.lock();
        let Some(session) = inner
            .sessions
            .get(&id)
            .filter(|session| session["status"] == "open")
        else {
            return gone();
        };
        let session = session.clone();
        let order = inner.orders.get(&id).cloned().unwrap_or_default();
        let of_order = |place: &str| order.pointer(place).and_then(Value::as_str);
        let trial = of_order("/subscription_data/trial_period_days");
        let trial: i64 = trial.and_then(|days| days.parse().ok()).unwrap_or_default();
        // What can be saved and never charged passes where nothing is due yet.
        if card == DECLINED || card.len() < 12 || (card == life::FAILS_LATER && trial == 0) {
            return checkout_page(&session, "Your card was declined.").into_response();
        }
        let customer = session["customer"].as_str().unwrap_or_default().to_owned();
        if let Some(known) = inner.customers.get_mut(&customer) {
            known["email"] = payment.email.clone().into();
        }
        inner.cards.insert(customer.clone(), card);
        let price = of_order("/line_items/0/price")
            .unwrap_or_default()
            .to_owned();
        let metadata = order
            .pointer("/subscription_data/metadata")
            .cloned()
            .unwrap_or_default();
        let subscription = life::begin(&mut inner, &customer, &price, trial, &metadata);
        let mut done = session;
        done["status"] = "complete".into();
        done["payment_status"] = if trial > 0 {
            "no_payment_required"
        } else {
            "paid"
        }
        .into();
        done["subscription"] = subscription["id"].clone();
        done["customer_details"] = serde_json::json!({"email": payment.email});
        done["url"] = Value::Null;
        inner.sessions.insert(id.clone(), done.clone());
        inner.emit("checkout.session.completed", &done);
        let back = done["success_url"].as_str().unwrap_or_default();
        back.replace("{CHECKOUT_SESSION_ID}", &id)
    };
    courier::dispatch(&stripe);
    Redirect::to(&outcome).into_response()
}

/// `GET /p/session/{session}`.
pub(super) async fn portal(State(stripe): State<Stripe>, Path(id): Path<String>) -> Response {
    let mut inner = stripe.lock();
    let Some(session) = inner.portals.get(&id).cloned() else {
        return gone();
    };
    let customer = session["customer"].as_str().unwrap_or_default();
    let mut text = String::new();
    for id in inner.subscriptions_of(customer) {
        let Some(known) = inner.subscription(&id) else {
            continue;
        };
        let status = escaped(&known["status"]);
        let item = &known["items"]["data"][0];
        let price = escaped(&item["price"]["id"]);
        let _ = write!(
            text,
            "<section><p>Plus ({price}): <strong>{status}</strong></p>"
        );
        if known["status"] != "canceled" {
            let (action, label) = if known["cancel_at_period_end"] == true {
                ("resume", "Don’t cancel")
            } else {
                ("cancel", "Cancel subscription")
            };
            let _ = write!(
                text,
                r#"<form method="post"><input type="hidden" name="subscription" value="{id}">
<button name="action" value="{action}">{label}</button></form>"#
            );
        }
        text.push_str("</section>");
    }
    let _ = write!(
        text,
        r#"<form method="post"><label>Card number <input name="card" required></label>
<button name="action" value="card">Save card</button></form>
<p><a href="{}">Return to Balance</a></p>"#,
        escaped(&session["return_url"]),
    );
    page("Billing", &text).into_response()
}

/// `POST /p/session/{session}`: the person changes her mind.
pub(super) async fn change(
    State(stripe): State<Stripe>,
    Path(id): Path<String>,
    Form(change): Form<Change>,
) -> Response {
    {
        let mut inner = stripe.lock();
        let Some(session) = inner.portals.get(&id).cloned() else {
            return gone();
        };
        let customer = session["customer"].as_str().unwrap_or_default();
        let hers = inner
            .subscriptions_of(customer)
            .contains(&change.subscription);
        match change.action.as_str() {
            "card" => life::change_card(&mut inner, customer, &change.card),
            "cancel" | "resume" if hers => {
                life::update(&mut inner, &change.subscription, |known| {
                    life::cancel_at_period_end(known, change.action == "cancel");
                });
            }
            "switch" if hers && inner.prices.contains_key(&change.price) => {
                let price = inner.prices[&change.price].clone();
                life::update(&mut inner, &change.subscription, |known| {
                    known["items"]["data"][0]["price"] = price;
                });
            }
            _ => return (StatusCode::BAD_REQUEST, "There is no such button.").into_response(),
        }
    }
    courier::dispatch(&stripe);
    Redirect::to(&format!("/p/session/{id}")).into_response()
}

fn gone() -> Response {
    let body = page("Gone", "<p>This page has expired.</p>");
    (StatusCode::NOT_FOUND, body).into_response()
}

fn page(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><h1>{title}</h1>{body}</html>"
    ))
}

fn escaped(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
