//! What a verified body means.

use proptest::prelude::*;
use serde_json::{Value, json};
use stripe::webhook::{Event, EventError, EventId, EventKind, MAX_BODY_BYTES};
use stripe::{CustomerId, SubscriptionId};

fn body(kind: &str, object: &Value) -> Value {
    json!({
        "id": "evt_1", "object": "event", "api_version": "2026-10-28.endive", "type": kind,
        "created": 1_700_000_000, "livemode": false, "pending_webhooks": 1,
        "request": {"id": null, "idempotency_key": null},
        "data": {"object": object, "previous_attributes": {"customer": "cus_before"}},
    })
}

fn parse(body: &Value) -> Result<Event, EventError> {
    Event::parse(body.to_string().as_bytes())
}

fn event(kind: &str, object: &Value) -> Event {
    parse(&body(kind, object)).unwrap_or_else(|error| panic!("{error}: {kind} {object}"))
}

/// The customer and the subscription that an event names.
fn names(kind: &str, object: &Value) -> (Option<String>, Option<String>) {
    let event = event(kind, object);
    (
        event.customer.map(|id| id.as_str().to_owned()),
        event.subscription.map(|id| id.as_str().to_owned()),
    )
}

fn some(customer: &str, subscription: &str) -> (Option<String>, Option<String>) {
    (Some(customer.to_owned()), Some(subscription.to_owned()))
}

#[test]
fn an_event_has_an_id_a_kind_a_time_and_a_mode() {
    let mut body = body("invoice.paid", &json!({}));
    body["livemode"] = json!(true);
    let event = parse(&body).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(event.id.as_str(), "evt_1");
    assert_eq!(event.kind, EventKind::InvoicePaid);
    assert_eq!(event.created, 1_700_000_000);
    assert!(event.livemode);
}

#[test]
fn a_subscriptions_event_is_about_the_object_itself() {
    for kind in [
        "created",
        "updated",
        "deleted",
        "paused",
        "resumed",
        "trial_will_end",
    ] {
        let kind = format!("customer.subscription.{kind}");
        let object = json!({"id": "sub_1", "customer": "cus_1", "subscription": "sub_2"});
        assert_eq!(names(&kind, &object), some("cus_1", "sub_1"));
    }
}

#[test]
fn a_checkout_session_names_its_subscription_once_there_is_one() {
    let kind = "checkout.session.completed";
    let object = json!({"id": "cs_1", "customer": "cus_1", "subscription": "sub_1"});
    assert_eq!(names(kind, &object), some("cus_1", "sub_1"));
    let object = json!({"id": "cs_1", "customer": null, "subscription": null});
    assert_eq!(names("checkout.session.expired", &object), (None, None));
}

#[test]
fn an_invoice_names_its_subscription_in_its_parent_or_where_it_used_to() {
    let kind = "invoice.payment_failed";
    for object in [
        json!({"id": "in_1", "customer": "cus_1", "parent": {
            "type": "subscription_details",
            "subscription_details": {"metadata": {}, "subscription": "sub_1"},
        }}),
        json!({"id": "in_1", "customer": "cus_1", "parent": {
            "subscription_details": {"subscription": {"id": "sub_1", "items": {}}},
        }, "subscription": "sub_before"}),
        json!({"id": "in_1", "customer": "cus_1", "parent": null, "subscription": "sub_1"}),
    ] {
        assert_eq!(names(kind, &object), some("cus_1", "sub_1"), "{object}");
    }
    let of_a_quote = json!({"id": "in_1", "parent": {
        "type": "quote_details", "quote_details": {"quote": "qt_1"}, "subscription_details": null,
    }});
    assert_eq!(names(kind, &of_a_quote), (None, None));
}

#[test]
fn a_charge_names_its_customer_and_a_dispute_nobody() {
    let charge = json!({"id": "ch_1", "customer": "cus_1"});
    let (customer, subscription) = names("charge.refunded", &charge);
    assert_eq!((customer.as_deref(), subscription), (Some("cus_1"), None));
    let dispute = json!({"id": "du_1", "charge": {"id": "ch_1", "customer": "cus_1"}});
    assert_eq!(names("charge.dispute.created", &dispute), (None, None));
}

#[test]
fn an_expanded_object_is_as_good_as_its_id() {
    let object = json!({"id": "sub_1", "customer": {"id": "cus_1", "deleted": true}});
    let kind = "customer.subscription.updated";
    assert_eq!(names(kind, &object), some("cus_1", "sub_1"));
}

#[test]
fn what_is_not_an_id_names_nobody() {
    for strange in [
        json!(5),
        json!(true),
        json!([]),
        json!(["cus_1"]),
        json!({}),
        json!({"id": null}),
        json!({"id": {"id": "cus_1"}}),
        json!("sub_1"),
        json!("gcus_1"),
        json!(""),
    ] {
        let object = json!({"id": "in_1", "customer": strange});
        assert_eq!(names("invoice.paid", &object), (None, None), "{object}");
    }
    let object = json!({"id": "si_1", "customer": "cus_1"});
    let kind = "customer.subscription.updated";
    assert_eq!(names(kind, &object).1, None);
    for parent in [json!("p_1"), json!([]), json!({"subscription_details": 1})] {
        let object = json!({"id": "in_1", "parent": parent});
        assert_eq!(names("invoice.paid", &object), (None, None), "{object}");
    }
}

#[test]
fn a_type_of_a_later_date_is_an_event() {
    for kind in ["customer.created", "invoice.pondered", "", "Invoice.Paid"] {
        assert_eq!(event(kind, &json!({})).kind, EventKind::Other, "{kind}");
    }
}

#[test]
fn an_event_without_what_makes_it_one_is_malformed() {
    for member in ["id", "type", "created", "livemode", "data"] {
        let whole = body("invoice.paid", &json!({}));
        for strange in [Value::Null, json!([]), json!("x"), json!(1.5)] {
            let mut body = whole.clone();
            body[member] = strange;
            // Any text is a type, if not one that is known.
            if !(member == "type" && body[member].is_string()) {
                assert_eq!(parse(&body).err(), Some(EventError::Malformed), "{body}");
            }
        }
    }
    let listed = json!({"id": "evt_1", "type": "x", "created": 1, "livemode": true, "data": [{}]});
    assert_eq!(parse(&listed).err(), Some(EventError::Malformed));
}

#[test]
fn what_is_not_an_object_is_malformed() {
    let malformed = |body: &[u8]| Event::parse(body).err() == Some(EventError::Malformed);
    for body in ["", "null", "[]", "\"text\"", "{", "{}x", "\u{feff}{}"] {
        assert!(malformed(body.as_bytes()), "{body}");
    }
    assert!(malformed(b"{\"id\":\"\xff\"}"));
}

#[test]
fn a_body_over_the_limit_is_not_read() {
    let mut body = body("invoice.paid", &json!({})).to_string().into_bytes();
    body.resize(MAX_BODY_BYTES, b' ');
    assert!(Event::parse(&body).is_ok());
    body.push(b' ');
    assert_eq!(Event::parse(&body).err(), Some(EventError::TooLarge));
}

#[test]
fn a_body_that_is_nested_to_the_limit_does_not_exhaust_the_stack() {
    let whole = body("invoice.paid", &json!({"customer": "deep"})).to_string();
    let depth = (MAX_BODY_BYTES - whole.len()) / 2;
    for (open, close) in [("[", "]"), ("{\"id\":", "}")] {
        let depth = depth / open.len();
        let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        let body = whole.replace("\"deep\"", &deep);
        assert!(Event::parse(body.as_bytes()).is_ok_and(|event| event.customer.is_none()));
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = Event::parse(&body);
    }

    #[test]
    fn whatever_an_event_names_is_an_id(
        kind in prop::sample::select(EventKind::ALL),
        text in "(evt_|cus_|sub_)\\PC{0,20}",
    ) {
        let object = json!({"id": text, "customer": text, "subscription": text});
        let mut body = body(kind.name(), &object);
        body["id"] = json!(text);
        match parse(&body) {
            Err(error) => {
                prop_assert_eq!(error, EventError::Malformed);
                prop_assert!(EventId::parse(&text).is_none());
            }
            Ok(event) => {
                prop_assert_eq!(event.kind, kind);
                prop_assert_eq!(event.id.as_str(), &text);
                prop_assert!(event.customer == CustomerId::parse(&text));
                prop_assert!(event.subscription == SubscriptionId::parse(&text));
            }
        }
    }
}
