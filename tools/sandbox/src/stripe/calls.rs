//! The calls of the API.

use http::Method;
use serde_json::{Value, json};

use super::errors::StripeError;
use super::form::{parse, text};
use super::life;
use super::state::Inner;

type Answer = Result<Value, StripeError>;

/// Answers a call that was let in.
pub(super) fn answer(
    inner: &mut Inner,
    method: &Method,
    target: &str,
    body: &str,
    base: &str,
) -> Answer {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let form = parse(if *method == Method::POST { body } else { query });
    match (method.as_str(), parts.as_slice()) {
        ("POST", ["v1", "customers"]) => create_customer(inner, &form),
        ("GET", ["v1", "customers", id]) => {
            let known = inner.customers.get(*id).cloned();
            known.ok_or_else(|| StripeError::no_such("customer", id, None))
        }
        ("DELETE", ["v1", "customers", id]) => {
            if life::delete_customer(inner, id) {
                Ok(json!({"id": id, "object": "customer", "deleted": true}))
            } else {
                Err(StripeError::no_such("customer", id, None))
            }
        }
        ("POST", ["v1", "checkout", "sessions"]) => create_checkout(inner, &form, base),
        ("GET", ["v1", "checkout", "sessions", id]) => {
            let known = inner.sessions.get(*id).cloned();
            known.ok_or_else(|| StripeError::no_such("checkout.session", id, None))
        }
        ("POST", ["v1", "checkout", "sessions", id, "expire"]) => expire(inner, id),
        ("POST", ["v1", "billing_portal", "sessions"]) => create_portal(inner, &form, base),
        ("GET", ["v1", "subscriptions"]) => list(inner, &form),
        ("GET", ["v1", "subscriptions", id]) => {
            let known = inner.subscription(id).map(|known| shown(known));
            known.ok_or_else(|| StripeError::no_such("subscription", id, None))
        }
        ("POST", ["v1", "subscriptions", id]) => change(inner, id, &form),
        ("DELETE", ["v1", "subscriptions", id]) => {
            let ended = life::cancel(inner, id).map(|known| shown(&known));
            ended.ok_or_else(|| StripeError::no_such("subscription", id, None))
        }
        ("GET", ["v1", "prices", id]) => {
            let known = inner.prices.get(*id).cloned();
            known.ok_or_else(|| StripeError::no_such("price", id, None))
        }
        ("GET", ["v1", "events", id]) => {
            let known = inner.events.iter().find(|event| event["id"] == *id);
            known
                .cloned()
                .ok_or_else(|| StripeError::no_such("event", id, None))
        }
        _ => Err(StripeError::no_such_url(method.as_str(), path)),
    }
}

/// Parameters that are none of these are refused, as Stripe does.
fn only(form: &Value, names: &[&str]) -> Result<(), StripeError> {
    let given = form.as_object().into_iter().flatten();
    for (name, _) in given {
        if name != "expand" && !names.contains(&name.as_str()) {
            return Err(StripeError::unknown_parameter(name));
        }
    }
    Ok(())
}

fn required<'f>(form: &'f Value, place: &str) -> Result<&'f str, StripeError> {
    text(form, place).ok_or_else(|| StripeError::missing_parameter(place))
}

/// A customer that a parameter names.
fn customer<'f>(inner: &Inner, form: &'f Value) -> Result<&'f str, StripeError> {
    let id = required(form, "customer")?;
    if inner.customers.contains_key(id) {
        Ok(id)
    } else {
        Err(StripeError::no_such("customer", id, Some("customer")))
    }
}

fn create_customer(inner: &mut Inner, form: &Value) -> Answer {
    only(form, &["email", "metadata", "name", "description"])?;
    let id = inner.next_id("cus");
    let customer = json!({
        "id": id, "object": "customer", "address": null, "balance": 0, "created": inner.now(&id), "currency": null,
        "default_source": null, "delinquent": false, "description": form["description"], "email": form["email"],
        "livemode": false, "metadata": form.get("metadata").cloned().unwrap_or(json!({})), "name": form["name"],
        "phone": null, "shipping": null,
    });
    inner.customers.insert(id, customer.clone());
    Ok(customer)
}

fn create_checkout(inner: &mut Inner, form: &Value, base: &str) -> Answer {
    only(
        form,
        &[
            "mode",
            "customer",
            "client_reference_id",
            "line_items",
            "success_url",
            "cancel_url",
            "subscription_data",
            "allow_promotion_codes",
        ],
    )?;
    let customer = customer(inner, form)?.to_owned();
    if required(form, "mode")? != "subscription" {
        return Err(StripeError::invalid(
            "Only subscriptions here",
            Some("mode"),
        ));
    }
    let price = required(form, "line_items/0/price")?;
    if !inner.prices.contains_key(price) {
        return Err(StripeError::no_such(
            "price",
            price,
            Some("line_items[0][price]"),
        ));
    }
    for url in ["success_url", "cancel_url"] {
        let given = required(form, url)?;
        if !given.starts_with("http://") && !given.starts_with("https://") {
            return Err(StripeError::invalid("Not a valid URL", Some(url)));
        }
    }
    let id = inner.next_id("cs_test");
    let now = inner.now(&customer);
    let session = json!({
        "id": id, "object": "checkout.session", "allow_promotion_codes": form["allow_promotion_codes"] == "true",
        "amount_total": inner.prices.get(price).map(|price| price["unit_amount"].clone()), "cancel_url": form["cancel_url"],
        "client_reference_id": form["client_reference_id"], "created": now, "currency": "usd", "customer": customer,
        "customer_details": null, "expires_at": now + 86_400, "livemode": false, "metadata": {}, "mode": "subscription",
        "payment_status": "unpaid", "status": "open", "subscription": null, "success_url": form["success_url"],
        "ui_mode": "hosted", "url": format!("{base}/c/pay/{id}"),
    });
    inner.orders.insert(id.clone(), form.clone());
    inner.sessions.insert(id, session.clone());
    Ok(session)
}

fn expire(inner: &mut Inner, id: &str) -> Answer {
    let session = inner.sessions.get_mut(id);
    let session = session.ok_or_else(|| StripeError::no_such("checkout.session", id, None))?;
    if session["status"] != "open" {
        return Err(StripeError::invalid(
            "Only open sessions can be expired",
            None,
        ));
    }
    session["status"] = "expired".into();
    session["url"] = Value::Null;
    let session = session.clone();
    inner.emit("checkout.session.expired", &session);
    Ok(session)
}

fn create_portal(inner: &mut Inner, form: &Value, base: &str) -> Answer {
    only(form, &["customer", "return_url"])?;
    let customer = customer(inner, form)?.to_owned();
    let id = inner.next_id("bps");
    let session = json!({
        "id": id, "object": "billing_portal.session", "configuration": "bpc_sandbox", "created": inner.now(&customer),
        "customer": customer, "flow": null, "livemode": false, "locale": null, "on_behalf_of": null,
        "return_url": form["return_url"], "url": format!("{base}/p/session/{id}"),
    });
    inner.portals.insert(id, session.clone());
    Ok(session)
}

fn list(inner: &mut Inner, form: &Value) -> Answer {
    only(
        form,
        &["customer", "status", "limit", "starting_after", "price"],
    )?;
    let customer = text(form, "customer");
    if let Some(id) = customer {
        let ever = inner.customers.contains_key(id) || !inner.subscriptions_of(id).is_empty();
        if !ever {
            return Err(StripeError::no_such("customer", id, Some("customer")));
        }
    }
    let limit: usize = text(form, "limit")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(10);
    let status = text(form, "status");
    let mut found: Vec<&Value> = inner
        .subscriptions
        .iter()
        .rev()
        .filter(|known| customer.is_none_or(|id| known["customer"] == id))
        .filter(|known| match status {
            Some("all") => true,
            Some(wanted) => known["status"] == wanted,
            None => known["status"] != "canceled",
        })
        .collect();
    if let Some(last) = text(form, "starting_after") {
        let position = found.iter().position(|known| known["id"] == last);
        let position = position
            .ok_or_else(|| StripeError::no_such("subscription", last, Some("starting_after")))?;
        found.drain(..=position);
    }
    let has_more = found.len() > limit;
    let data: Vec<Value> = found.into_iter().take(limit).map(shown).collect();
    Ok(json!({"object": "list", "data": data, "has_more": has_more, "url": "/v1/subscriptions"}))
}

fn change(inner: &mut Inner, id: &str, form: &Value) -> Answer {
    only(
        form,
        &[
            "cancel_at_period_end",
            "items",
            "metadata",
            "proration_behavior",
        ],
    )?;
    let price = match text(form, "items/0/price") {
        Some(price) => {
            let known = inner.prices.get(price).cloned();
            Some(
                known
                    .ok_or_else(|| StripeError::no_such("price", price, Some("items[0][price]")))?,
            )
        }
        None => None,
    };
    let changed = life::update(inner, id, |known| {
        if let Some(ends) = text(form, "cancel_at_period_end") {
            life::cancel_at_period_end(known, ends == "true");
        }
        if let Some(price) = price {
            known["items"]["data"][0]["price"] = price;
        }
    });
    let changed = changed.map(|known| shown(&known));
    changed.ok_or_else(|| StripeError::no_such("subscription", id, None))
}

/// Without what is only ours.
pub(super) fn shown(subscription: &Value) -> Value {
    let mut shown = subscription.clone();
    if let Some(members) = shown.as_object_mut() {
        members.remove("trial_warned");
    }
    shown
}
