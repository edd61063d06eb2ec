//! What a successful answer holds.

use proptest::prelude::*;
use serde_json::{Value, json};
use stripe::{
    CallError, CheckoutSessionCreate, CustomerCreate, CustomerDelete, MAX_REPLY_BYTES,
    PortalSessionCreate, Price, Request, Status, Subscription, SubscriptionGet,
    SubscriptionsOfCustomer, read_reply,
};

fn reply<R: Request>(body: &Value) -> R::Reply {
    match read_reply::<R>(200, body.to_string().as_bytes()) {
        Ok(reply) => reply,
        Err(error) => panic!("{error}: {body}"),
    }
}

fn unreadable<R: Request>(body: &str) -> bool {
    matches!(
        read_reply::<R>(200, body.as_bytes()),
        Err(CallError::UnreadableReply)
    )
}

fn subscription(body: &Value) -> Subscription {
    reply::<SubscriptionGet<'_>>(body)
}

/// With members that are passed over here and there.
fn active() -> Value {
    json!({
        "id": "sub_1", "object": "subscription", "application": null, "customer": "cus_1",
        "status": "active", "created": 1_700_000_000, "cancel_at_period_end": true,
        "cancel_at": 1_702_592_000, "trial_end": 1_700_604_800, "ended_at": null,
        "livemode": true, "metadata": {"user_id": "usr_1"},
        "items": {"object": "list", "has_more": false, "data": [{
            "id": "si_1", "current_period_start": 1_699_913_600,
            "current_period_end": 1_702_505_600, "quantity": 1,
            "price": {
                "id": "price_1", "active": true, "currency": "usd", "unit_amount": 500,
                "unit_amount_decimal": "500", "recurring": {
                    "interval": "month", "interval_count": 1, "usage_type": "licensed",
                },
            },
        }]},
    })
}

#[test]
fn a_subscription_has_the_period_and_the_price_of_its_item() {
    let read = subscription(&active());
    assert_eq!(read.id.as_str(), "sub_1");
    assert_eq!(read.customer.as_str(), "cus_1");
    assert_eq!(read.status, Status::Active);
    assert_eq!(read.created, 1_700_000_000);
    assert!(read.cancel_at_period_end && read.livemode);
    assert_eq!(read.cancel_at, Some(1_702_592_000));
    assert_eq!(read.trial_end, Some(1_700_604_800));
    assert_eq!(read.ended_at, None);
    assert_eq!(read.current_period_start, Some(1_699_913_600));
    assert_eq!(read.current_period_end, Some(1_702_505_600));
    let price = Price {
        id: "price_1".to_owned(),
        unit_amount: Some(500),
        currency: "usd".to_owned(),
        interval: Some("month".to_owned()),
        interval_count: Some(1),
    };
    assert_eq!(read.price, Some(price));
}

#[test]
fn a_second_item_changes_nothing() {
    let mut body = active();
    let items = body["items"]["data"].as_array_mut().expect("a list");
    items.push(json!({"current_period_end": 1, "price": {"id": "price_2", "currency": "eur"}}));
    let read = subscription(&body);
    assert_eq!(read.current_period_end, Some(1_702_505_600));
    assert_eq!(read.price.expect("a price").id, "price_1");
}

#[test]
fn a_subscription_of_an_older_version_has_its_period_at_the_top() {
    let mut body = active();
    let item = body["items"]["data"][0].as_object_mut().expect("an item");
    item.remove("current_period_start");
    item.remove("current_period_end");
    body["current_period_start"] = json!(1);
    body["current_period_end"] = json!(2);
    let read = subscription(&body);
    assert_eq!(read.current_period_start, Some(1));
    assert_eq!(read.current_period_end, Some(2));
}

#[test]
fn a_subscription_without_items_or_with_a_price_in_tiers_is_read() {
    let mut body = active();
    body["items"]["data"][0]["price"]["unit_amount"] = Value::Null;
    body["items"]["data"][0]["price"]["recurring"] = Value::Null;
    let price = subscription(&body).price.expect("a price");
    assert_eq!(price.unit_amount, None);
    assert_eq!(price.interval, None);
    body["items"]["data"] = json!([]);
    let read = subscription(&body);
    assert!(read.price.is_none() && read.current_period_end.is_none());
}

#[test]
fn a_status_of_a_later_date_is_read() {
    let mut body = active();
    body["status"] = json!("hibernating");
    assert_eq!(subscription(&body).status, Status::Other);
}

#[test]
fn a_page_says_whether_another_follows() {
    let page = reply::<SubscriptionsOfCustomer<'_>>(&json!({
        "object": "list", "url": "/v1/subscriptions", "has_more": true, "data": [active()],
    }));
    assert!(page.has_more);
    assert_eq!(page.data.len(), 1);
    assert_eq!(page.data[0].id.as_str(), "sub_1");
}

#[test]
fn what_was_made_is_told_by_id_and_address() {
    let customer = reply::<CustomerCreate<'_>>(&json!({"id": "cus_1", "object": "customer"}));
    assert_eq!(customer.id.as_str(), "cus_1");
    let session = reply::<CheckoutSessionCreate<'_>>(&json!({
        "id": "cs_test_1", "url": "https://checkout.stripe.com/c/pay/cs_test_1",
    }));
    assert_eq!(session.id.as_str(), "cs_test_1");
    assert_eq!(session.url, "https://checkout.stripe.com/c/pay/cs_test_1");
    let portal = reply::<PortalSessionCreate<'_>>(&json!({
        "id": "bps_1", "url": "https://billing.stripe.com/p/session/1",
    }));
    assert_eq!(portal.url, "https://billing.stripe.com/p/session/1");
}

#[test]
fn a_customer_is_deleted_only_where_stripe_says_so() {
    let body = json!({"id": "cus_1", "object": "customer", "deleted": true});
    let deleted = reply::<CustomerDelete<'_>>(&body);
    assert_eq!(deleted.id.as_str(), "cus_1");
    for body in [
        r#"{"id":"cus_1","deleted":false}"#,
        r#"{"id":"cus_1"}"#,
        r#"{"deleted":true}"#,
    ] {
        assert!(unreadable::<CustomerDelete<'_>>(body), "{body}");
    }
}

#[test]
fn what_breaks_the_contract_is_unreadable() {
    let whole = active().to_string();
    for body in [
        "",
        "null",
        "[]",
        "<html>",
        "{}",
        "{}{}",
        &whole[..whole.len() - 1],
        &format!("[{whole}]"),
        &whole.replace("\"cus_1\"", "\"sub_1\""),
        &whole.replace("1700000000", "\"soon\""),
    ] {
        assert!(unreadable::<SubscriptionGet<'_>>(body), "{body}");
    }
    assert!(unreadable::<CustomerCreate<'_>>(r#"["cus_1"]"#));
}

#[test]
fn a_reply_over_the_limit_is_not_read() {
    let mut body = active().to_string().into_bytes();
    let read = |body: &[u8]| read_reply::<SubscriptionGet<'_>>(200, body).err();
    body.resize(MAX_REPLY_BYTES, b' ');
    assert_eq!(read(&body), None);
    body.push(b' ');
    assert_eq!(read(&body), Some(CallError::TooLarge));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        status in any::<u16>(),
        body in proptest::collection::vec(any::<u8>(), 0..512),
    ) {
        let _ = read_reply::<SubscriptionGet<'_>>(status, &body);
        let _ = read_reply::<SubscriptionsOfCustomer<'_>>(status, &body);
    }

    #[test]
    fn a_reply_that_was_cut_is_unreadable(at in 0..400_usize) {
        let body = active().to_string();
        prop_assert!(unreadable::<SubscriptionGet<'_>>(&body[..at.min(body.len() - 1)]));
    }
}
