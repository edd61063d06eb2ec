//! The life of a subscription: how it begins, is renewed, fails, and ends; each step is an event.

use serde_json::{Value, json};

use super::state::Inner;

const DAY: i64 = 86_400;

/// How long a failed renewal is tried again before Stripe gives up.
const DUNNING: i64 = 14 * DAY;

/// The card that can be saved and never charged.
pub(super) const FAILS_LATER: &str = "4000000000000341";

/// A subscription to a price. The first period is paid, or a trial.
pub(super) fn begin(
    inner: &mut Inner,
    customer: &str,
    price: &str,
    trial_days: i64,
    metadata: &Value,
) -> Value {
    let (id, item) = (inner.next_id("sub"), inner.next_id("si"));
    let now = inner.now(customer);
    let price = inner.prices.get(price).cloned().unwrap_or_default();
    let end = now
        + if trial_days > 0 {
            trial_days * DAY
        } else {
            period(&price)
        };
    let trial = (trial_days > 0).then_some(end);
    let subscription = json!({
        "id": id, "object": "subscription", "application": null, "automatic_tax": {"enabled": false},
        "billing_cycle_anchor": end, "cancel_at": null, "cancel_at_period_end": false, "canceled_at": null,
        "cancellation_details": {"comment": null, "feedback": null, "reason": null},
        "collection_method": "charge_automatically", "created": now, "currency": "usd", "customer": customer,
        "default_payment_method": null, "ended_at": null, "latest_invoice": null, "livemode": false,
        "metadata": metadata, "pause_collection": null, "start_date": now,
        "status": if trial.is_some() { "trialing" } else { "active" },
        "trial_end": trial, "trial_start": trial.map(|_| now),
        "items": {"object": "list", "has_more": false, "total_count": 1,
            "url": format!("/v1/subscription_items?subscription={id}"),
            "data": [{"id": item, "object": "subscription_item", "created": now, "current_period_start": now,
                "current_period_end": end, "metadata": {}, "price": price, "quantity": 1, "subscription": id}]},
    });
    inner.subscriptions.push(subscription.clone());
    inner.emit("customer.subscription.created", &subscription);
    invoice(inner, &subscription, "invoice.paid");
    subscription
}

fn period(price: &Value) -> i64 {
    if price["recurring"]["interval"] == "year" {
        365 * DAY
    } else {
        30 * DAY
    }
}

fn invoice(inner: &mut Inner, subscription: &Value, kind: &str) {
    let paid = kind == "invoice.paid";
    let invoice = json!({
        "id": inner.next_id("in"), "object": "invoice", "customer": subscription["customer"], "currency": "usd",
        "livemode": false, "status": if paid { "paid" } else { "open" }, "attempted": true,
        "parent": {"type": "subscription_details", "quote_details": null,
            "subscription_details": {"metadata": subscription["metadata"], "subscription": subscription["id"]}},
    });
    inner.emit(kind, &invoice);
}

/// Changes a subscription and says so.
pub(super) fn update(
    inner: &mut Inner,
    id: &str,
    change: impl FnOnce(&mut Value),
) -> Option<Value> {
    let subscription = inner.subscription(id)?;
    change(subscription);
    let subscription = subscription.clone();
    inner.emit("customer.subscription.updated", &subscription);
    Some(subscription)
}

/// Whether it ends with its period. Stripe then names the day as well.
pub(super) fn cancel_at_period_end(subscription: &mut Value, ends: bool) {
    subscription["cancel_at_period_end"] = ends.into();
    let end = subscription["items"]["data"][0]["current_period_end"].clone();
    subscription["cancel_at"] = if ends { end } else { Value::Null };
}

/// Ends a subscription now.
pub(super) fn cancel(inner: &mut Inner, id: &str) -> Option<Value> {
    let customer = inner.subscription(id)?["customer"].as_str()?.to_owned();
    let now = inner.now(&customer);
    let subscription = inner.subscription(id)?;
    if subscription["status"] == "canceled" {
        return Some(subscription.clone());
    }
    subscription["status"] = "canceled".into();
    subscription["canceled_at"] = now.into();
    subscription["ended_at"] = now.into();
    let subscription = subscription.clone();
    inner.emit("customer.subscription.deleted", &subscription);
    Some(subscription)
}

/// A customer's time passes; `then` is what becomes of a renewal that nothing pays for.
pub(super) fn pass(inner: &mut Inner, customer: &str, seconds: i64, then: &str) {
    let before = inner.now(customer);
    *inner.clocks.entry(customer.to_owned()).or_default() += seconds;
    let now = inner.now(customer);
    for id in inner.subscriptions_of(customer) {
        while step(inner, &id, before, now, then) {}
    }
}

/// The next thing that time does to a subscription; false where there is none.
fn step(inner: &mut Inner, id: &str, before: i64, now: i64, then: &str) -> bool {
    let Some(subscription) = inner.subscription(id).cloned() else {
        return false;
    };
    let item = &subscription["items"]["data"][0];
    let start = item["current_period_start"].as_i64().unwrap_or_default();
    let end = item["current_period_end"].as_i64().unwrap_or_default();
    let status = subscription["status"].as_str().unwrap_or_default();
    let customer = subscription["customer"].as_str().unwrap_or_default();
    let warned = "trial_warned";
    if status == "trialing"
        && now >= end - 3 * DAY
        && before < end
        && subscription[warned].is_null()
    {
        if let Some(known) = inner.subscription(id) {
            known[warned] = true.into();
        }
        inner.emit("customer.subscription.trial_will_end", &subscription);
        return true;
    }
    if status == "past_due" && now >= start + DUNNING {
        if then == "unpaid" {
            update(inner, id, |known| known["status"] = "unpaid".into());
        } else {
            cancel(inner, id);
        }
        return true;
    }
    if now < end || !matches!(status, "active" | "trialing" | "past_due") {
        return false;
    }
    if subscription["cancel_at_period_end"] == true {
        cancel(inner, id);
        return true;
    }
    let pays = inner
        .cards
        .get(customer)
        .is_none_or(|card| card != FAILS_LATER);
    let length = period(&item["price"]);
    let renewed = update(inner, id, |known| {
        known["status"] = if pays { "active" } else { "past_due" }.into();
        known["items"]["data"][0]["current_period_start"] = end.into();
        known["items"]["data"][0]["current_period_end"] = (end + length).into();
    });
    if let Some(renewed) = renewed {
        invoice(
            inner,
            &renewed,
            if pays {
                "invoice.paid"
            } else {
                "invoice.payment_failed"
            },
        );
    }
    true
}

/// Another card; what is owed is paid with it, if it can be.
pub(super) fn change_card(inner: &mut Inner, customer: &str, card: &str) {
    inner.cards.insert(customer.to_owned(), card.to_owned());
    if card == FAILS_LATER {
        return;
    }
    for id in inner.subscriptions_of(customer) {
        let owes = inner
            .subscription(&id)
            .is_some_and(|known| matches!(known["status"].as_str(), Some("past_due" | "unpaid")));
        if owes && let Some(paid) = update(inner, &id, |known| known["status"] = "active".into()) {
            invoice(inner, &paid, "invoice.paid");
        }
    }
}

/// A customer is deleted: her subscriptions end at once.
pub(super) fn delete_customer(inner: &mut Inner, customer: &str) -> bool {
    if inner.customers.remove(customer).is_none() {
        return false;
    }
    for id in inner.subscriptions_of(customer) {
        cancel(inner, &id);
    }
    true
}
