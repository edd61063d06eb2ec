//! What looks after a connection: where its webhooks go, a new access token; and how
//! the calls of one Item are asked.

use plaid::{
    AccessToken, AccessTokenInvalidate, AccountsBalanceGet, CallError, HoldingsGet,
    ItemWebhookUpdate, LiabilitiesGet, RecurringGet, Request, TransactionsRefresh, read_reply,
};

fn body<R: Request>(request: &R) -> String {
    String::from_utf8(request.body().to_vec()).expect("text")
}

#[test]
fn a_call_about_an_item_carries_its_token_and_no_more() {
    let token = AccessToken::new("access-1".to_owned());
    for body in [
        body(&AccountsBalanceGet::new(&token)),
        body(&TransactionsRefresh::new(&token)),
        body(&RecurringGet::new(&token)),
        body(&HoldingsGet::new(&token)),
        body(&LiabilitiesGet::new(&token)),
        body(&AccessTokenInvalidate::new(&token)),
    ] {
        assert_eq!(body, r#"{"access_token":"access-1"}"#);
    }
}

#[test]
fn webhooks_go_where_they_are_sent() {
    let token = AccessToken::new("access-1".to_owned());
    assert_eq!(
        body(&ItemWebhookUpdate::new(
            &token,
            "https://balance.example/\""
        )),
        r#"{"access_token":"access-1","webhook":"https://balance.example/\""}"#
    );
}

#[test]
fn the_item_says_where_its_webhooks_go_now() {
    let body = br#"{"item":{"item_id":"item","webhook":"https://balance.example/hook","error":null,
        "billed_products":[],"products":["transactions"],"consent_expiration_time":null,
        "update_type":"an update of a later date"},"request_id":"r"}"#;
    let reply = read_reply::<ItemWebhookUpdate<'_>>(200, body).expect("readable");
    assert_eq!(reply.item.item_id, "item");
    assert_eq!(
        reply.item.webhook.as_deref(),
        Some("https://balance.example/hook")
    );
}

#[test]
fn a_new_access_token_is_there_or_the_reply_is_unreadable() {
    let body = br#"{"new_access_token":"access-2","request_id":"r"}"#;
    let reply = read_reply::<AccessTokenInvalidate<'_>>(200, body).expect("readable");
    assert_eq!(reply.new_access_token.expose(), "access-2");
    for body in [
        "{}",
        r#"{"new_access_token":null}"#,
        r#"{"access_token":"access-2"}"#,
    ] {
        let answer = read_reply::<AccessTokenInvalidate<'_>>(200, body.as_bytes()).err();
        assert!(
            matches!(answer, Some(CallError::UnreadableReply { .. })),
            "{body}"
        );
    }
}

#[test]
fn an_unreadable_reply_never_repeats_a_token() {
    let body = br#"{"new_access_token":["access-2"]}"#;
    let answer = read_reply::<AccessTokenInvalidate<'_>>(200, body).err();
    let answer = answer.expect("unreadable");
    assert!(!format!("{answer} {answer:?}").contains("access-2"));
}
