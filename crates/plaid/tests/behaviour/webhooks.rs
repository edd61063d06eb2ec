//! What a verified body means.

use plaid::ErrorClass;
use plaid::webhook::{MAX_BODY_BYTES, Webhook, WebhookError};
use proptest::prelude::*;
use serde_json::{Value, json};

fn event(body: &Value) -> Webhook {
    Webhook::parse(body.to_string().as_bytes()).expect("a JSON object")
}

fn is_other(body: &Value) -> bool {
    matches!(event(body), Webhook::Other { .. })
}

#[test]
fn one_revoked_account_is_not_the_whole_item() {
    let body = json!({
        "webhook_type": "ITEM", "webhook_code": "USER_ACCOUNT_REVOKED", "item_id": "item",
        "account_id": "account", "environment": "production",
    });
    let Webhook::UserAccountRevoked {
        item_id,
        account_id,
    } = event(&body)
    else {
        panic!("{:?}", event(&body))
    };
    assert_eq!((item_id.as_str(), account_id.as_str()), ("item", "account"));
}

#[test]
fn an_item_error_is_classed_by_its_code() {
    let body = json!({
        "webhook_type": "ITEM", "webhook_code": "ERROR", "item_id": "item",
        "error": {
            "error_type": "ITEM_ERROR", "error_code": "ITEM_LOGIN_REQUIRED",
            "error_message": "…", "display_message": "…", "status": 400,
        },
    });
    let Webhook::ItemError { error, .. } = event(&body) else {
        panic!("{:?}", event(&body))
    };
    assert_eq!(error.classify(), ErrorClass::NeedsReauth);
}

#[test]
fn a_type_or_code_of_a_later_date_is_counted_and_safe_to_print() {
    let body = json!({
        "webhook_type": "ITEM\n[31mred", "webhook_code": "X".repeat(300), "item_id": "item",
    });
    let Webhook::Other {
        webhook_type,
        webhook_code,
    } = event(&body)
    else {
        panic!("{:?}", event(&body))
    };
    assert_eq!(webhook_type.as_str(), "ITEM??31mred");
    assert_eq!(webhook_code.as_str(), "X".repeat(64));
}

#[test]
fn an_event_without_what_it_needs_is_counted_not_failed() {
    for body in [
        json!({}),
        json!({"webhook_type": null, "webhook_code": 5}),
        json!({"webhook_type": "ITEM", "webhook_code": "LOGIN_REPAIRED"}),
        json!({"webhook_type": "ITEM", "webhook_code": "LOGIN_REPAIRED", "item_id": ""}),
        json!({"webhook_type": "ITEM", "webhook_code": "LOGIN_REPAIRED", "item_id": "a b"}),
        json!({"webhook_type": "ITEM", "webhook_code": "LOGIN_REPAIRED", "item_id": "x".repeat(129)}),
        json!({"webhook_type": "ITEM", "webhook_code": "USER_ACCOUNT_REVOKED", "item_id": "item"}),
        json!({"webhook_type": "ITEM", "webhook_code": "ERROR", "item_id": "item", "error": null}),
        json!({"webhook_type": "ITEM", "webhook_code": "PENDING_EXPIRATION", "item_id": "item",
            "consent_expiration_time": "<script>"}),
        json!({"webhook_type": "item", "webhook_code": "login_repaired", "item_id": "item"}),
    ] {
        assert!(is_other(&body), "{body} became {:?}", event(&body));
    }
}

#[test]
fn a_member_that_is_text_elsewhere_does_not_hide_the_event() {
    let body = json!({
        "webhook_type": "TRANSACTIONS", "webhook_code": "SYNC_UPDATES_AVAILABLE", "item_id": "item",
        "error": "text", "reason": {"an": "object"}, "historical_update_complete": "yes",
        "initial_update_complete": true,
    });
    let Webhook::SyncUpdatesAvailable {
        initial_update_complete,
        historical_update_complete,
        ..
    } = event(&body)
    else {
        panic!("{:?}", event(&body))
    };
    assert!(initial_update_complete && !historical_update_complete);
}

#[test]
fn what_is_not_an_object_is_malformed() {
    for body in [
        "",
        "null",
        "5",
        "[]",
        "[null,null,null,null,null,null,null,null,null,null]",
        "\"text\"",
        "{",
        "{}x",
        "\u{feff}{}",
    ] {
        assert_eq!(
            Webhook::parse(body.as_bytes()),
            Err(WebhookError::MalformedBody),
            "{body}"
        );
    }
    assert_eq!(
        Webhook::parse(b"{\"a\":\"\xff\"}"),
        Err(WebhookError::MalformedBody)
    );
    let huge = vec![b' '; MAX_BODY_BYTES + 1];
    assert_eq!(Webhook::parse(&huge), Err(WebhookError::BodyTooLarge));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = Webhook::parse(&body);
    }

    #[test]
    fn any_text_in_any_member_is_an_event_whose_ids_are_safe_to_print(
        code in prop::sample::select(vec![
            "ERROR", "LOGIN_REPAIRED", "PENDING_DISCONNECT", "PENDING_EXPIRATION",
            "USER_PERMISSION_REVOKED", "USER_ACCOUNT_REVOKED", "NEW_ACCOUNTS_AVAILABLE",
        ]),
        text in "\\PC{0,200}",
    ) {
        let body = json!({
            "webhook_type": "ITEM", "webhook_code": code, "item_id": text, "account_id": text,
            "error": text, "reason": text, "disconnect_time": text, "consent_expiration_time": text,
        });
        if let Some(item_id) = event(&body).item_id() {
            prop_assert!(item_id.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(item_id.as_str(), text);
        }
    }
}
