//! Ids, and the words that Stripe uses for states and events.

use proptest::prelude::*;
use stripe::webhook::{EventId, EventKind};
use stripe::{CustomerId, Status, SubscriptionId};

#[test]
fn an_id_is_of_its_kind_and_safe_in_a_path() {
    assert!(CustomerId::parse("cus_NffrFeUfNV2Hib").is_some());
    assert!(SubscriptionId::parse("sub_1MowQVLkdIwHu7ixeRlqHVzs").is_some());
    assert!(EventId::parse("evt_3MmlLrLkdIwHu7ix0uke3Ezy").is_some());
    for text in [
        "", "cus_", "cus", "sub_1", "Cus_1", "gcus_1", "cus_1/", "cus_..", "cus_1?a", "cus_é",
        " cus_1", "cus_1\n",
    ] {
        assert!(CustomerId::parse(text).is_none(), "{text:?}");
    }
    let longest = format!("cus_{}", "x".repeat(251));
    assert!(CustomerId::parse(&longest).is_some());
    assert!(CustomerId::parse(&format!("{longest}x")).is_none());
}

#[test]
fn a_kept_id_is_read_again_and_another_kind_is_not() {
    let id = SubscriptionId::parse("sub_1").expect("an id");
    let kept = serde_json::to_string(&id).expect("text");
    assert_eq!(kept, "\"sub_1\"");
    assert!(serde_json::from_str::<SubscriptionId>(&kept).is_ok_and(|read| read == id));
    for text in ["\"cus_1\"", "\"sub_\"", "1", "null"] {
        assert!(
            serde_json::from_str::<SubscriptionId>(text).is_err(),
            "{text}"
        );
    }
}

#[test]
fn every_status_is_stripes_word_for_it() {
    let names: Vec<_> = Status::ALL.iter().map(|status| status.name()).collect();
    assert_eq!(
        names,
        [
            "active",
            "trialing",
            "past_due",
            "unpaid",
            "paused",
            "canceled",
            "incomplete",
            "incomplete_expired",
            "other",
        ]
    );
    for status in Status::ALL {
        let kept = serde_json::to_string(status).expect("text");
        assert_eq!(kept, format!("\"{}\"", status.name()));
        assert_eq!(serde_json::from_str::<Status>(&kept).ok(), Some(*status));
    }
}

#[test]
fn every_event_is_stripes_word_for_it() {
    let names: Vec<_> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(
        names,
        [
            "checkout.session.completed",
            "checkout.session.async_payment_succeeded",
            "checkout.session.async_payment_failed",
            "checkout.session.expired",
            "customer.subscription.created",
            "customer.subscription.updated",
            "customer.subscription.deleted",
            "customer.subscription.paused",
            "customer.subscription.resumed",
            "customer.subscription.trial_will_end",
            "invoice.paid",
            "invoice.payment_failed",
            "invoice.payment_action_required",
            "invoice.finalization_failed",
            "charge.refunded",
            "charge.dispute.created",
            "other",
        ]
    );
    for kind in EventKind::ALL {
        assert_eq!(EventKind::parse(kind.name()), *kind);
    }
}

proptest! {
    #[test]
    fn a_word_of_a_later_date_is_other(word in "[a-z_.]{1,40}") {
        prop_assume!(Status::ALL.iter().all(|status| status.name() != word));
        prop_assert_eq!(Status::parse(&word), Status::Other);
        prop_assert_eq!(EventKind::parse(&word), EventKind::Other);
    }

    #[test]
    fn whatever_is_an_id_is_safe_in_a_path(text in "cus_\\PC{0,300}") {
        if let Some(id) = CustomerId::parse(&text) {
            prop_assert_eq!(id.as_str(), &text);
            prop_assert!(text.len() <= 255);
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        }
    }
}
