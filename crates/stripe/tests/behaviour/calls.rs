//! What a call sends.

use proptest::prelude::*;
use stripe::{
    CheckoutSessionCreate, CustomerCreate, CustomerDelete, CustomerId, Method, PortalSessionCreate,
    Request, SecretKey, SubscriptionGet, SubscriptionId, SubscriptionsOfCustomer,
};

fn key(text: &str) -> SecretKey {
    SecretKey::new(text.to_owned()).expect("a key")
}

fn customer() -> CustomerId {
    CustomerId::parse("cus_1").expect("an id")
}

fn subscription() -> SubscriptionId {
    SubscriptionId::parse("sub_1").expect("an id")
}

fn checkout<'a>(customer: &'a CustomerId, text: &'a str) -> CheckoutSessionCreate<'a> {
    CheckoutSessionCreate {
        customer,
        client_reference_id: text,
        price: text,
        success_url: text,
        cancel_url: text,
        user_id: text,
        trial_days: Some(14),
        allow_promotion_codes: true,
        idempotency_key: "once",
    }
}

#[test]
fn a_post_carries_its_idempotency_key() {
    let request = CustomerCreate {
        email: None,
        user_id: "usr_1",
        idempotency_key: "once",
    };
    let headers = key("sk_test_123").headers(&request);
    assert_eq!(
        headers,
        [
            ("authorization", "Bearer sk_test_123".to_owned()),
            (
                "content-type",
                "application/x-www-form-urlencoded".to_owned()
            ),
            ("stripe-version", "2026-10-28.endive".to_owned()),
            ("idempotency-key", "once".to_owned()),
        ]
    );
}

#[test]
fn what_may_be_repeated_anyway_carries_no_idempotency_key_and_no_body() {
    let (customer, subscription) = (customer(), subscription());
    let key = key("sk_test_123");
    let delete = CustomerDelete {
        customer: &customer,
    };
    let get = SubscriptionGet {
        subscription: &subscription,
    };
    for (headers, form) in [
        (key.headers(&delete), delete.form()),
        (key.headers(&get), get.form()),
    ] {
        assert!(headers.iter().all(|(name, _)| *name != "idempotency-key"));
        assert_eq!(form, "");
    }
}

#[test]
fn a_method_is_named_as_http_names_it() {
    let names = [Method::Get, Method::Post, Method::Delete].map(Method::as_str);
    assert_eq!(names, ["GET", "POST", "DELETE"]);
}

#[test]
fn a_key_that_cannot_stand_in_a_header_is_refused() {
    for text in ["", "sk_test_1\n", "sk_test_1 ", "sk_tést", "sk\0"] {
        assert!(SecretKey::new(text.to_owned()).is_none(), "{text:?}");
    }
}

#[test]
fn a_key_says_whether_it_moves_real_money() {
    assert!(key("sk_live_1").livemode() && key("rk_live_1").livemode());
    for text in ["sk_test_1", "rk_test_1", "xsk_live_1", "SK_LIVE_1"] {
        assert!(!key(text).livemode(), "{text}");
    }
}

#[test]
fn the_next_page_starts_after_the_last_subscription() {
    let (customer, last) = (customer(), subscription());
    let page = |starting_after| {
        SubscriptionsOfCustomer {
            customer: &customer,
            starting_after,
        }
        .target()
    };
    assert_eq!(
        page(None),
        "/v1/subscriptions?customer=cus_1&status=all&limit=100"
    );
    assert_eq!(
        page(Some(&last)),
        "/v1/subscriptions?customer=cus_1&status=all&limit=100&starting_after=sub_1"
    );
}

#[test]
fn what_is_not_wanted_is_not_sent() {
    let customer = customer();
    let mut request = checkout(&customer, "x");
    assert!(
        request
            .form()
            .contains("&subscription_data[trial_period_days]=14&")
    );
    assert!(request.form().ends_with("&allow_promotion_codes=true"));
    request.trial_days = None;
    request.allow_promotion_codes = false;
    assert!(!request.form().contains("trial"));
    assert!(!request.form().contains("promotion"));
    let nameless = CustomerCreate {
        email: None,
        user_id: "usr_1",
        idempotency_key: "once",
    };
    assert_eq!(nameless.form(), "metadata[user_id]=usr_1");
}

#[test]
fn brackets_in_a_value_stay_as_stripes_own_clients_leave_them() {
    let customer = customer();
    let request = PortalSessionCreate {
        customer: &customer,
        return_url: "http://[::1]:8787/",
        idempotency_key: "once",
    };
    assert_eq!(
        request.form(),
        "customer=cus_1&return_url=http%3A%2F%2F[%3A%3A1]%3A8787%2F"
    );
}

proptest! {
    #[test]
    fn any_text_comes_out_of_the_form_as_it_went_in(text in any::<String>()) {
        let customer = customer();
        let form = checkout(&customer, &text).form();
        let read: Vec<_> = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        let expected = [
            ("mode", "subscription"),
            ("customer", "cus_1"),
            ("client_reference_id", &text),
            ("line_items[0][price]", &text),
            ("line_items[0][quantity]", "1"),
            ("success_url", &text),
            ("cancel_url", &text),
            ("subscription_data[metadata][user_id]", &text),
            ("subscription_data[trial_period_days]", "14"),
            ("allow_promotion_codes", "true"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
        prop_assert_eq!(read, expected);
        prop_assert!(form.bytes().all(|byte| byte.is_ascii_graphic()));
        prop_assert!(form.contains("&line_items[0][price]="));
    }
}
