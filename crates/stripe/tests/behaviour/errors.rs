//! What an answer that is not a reply means, and what it may say of itself.

use proptest::prelude::*;
use serde_json::{Value, json};
use stripe::{CallError, CustomerDelete, ErrorClass, read_reply};

fn failure(status: u16, body: &[u8]) -> CallError {
    read_reply::<CustomerDelete<'_>>(status, body)
        .err()
        .expect("not a reply")
}

fn class(status: u16, error: &Value) -> ErrorClass {
    failure(status, json!({"error": error}).to_string().as_bytes()).classify()
}

#[test]
fn an_error_asks_for_one_thing() {
    for (status, error_type, code, expected) in [
        (
            404,
            "invalid_request_error",
            Some("resource_missing"),
            ErrorClass::Missing,
        ),
        // A path that was never there is our fault, and nobody is gone.
        (404, "invalid_request_error", None, ErrorClass::Invalid),
        // Something a parameter names: which, the parameter says.
        (
            400,
            "invalid_request_error",
            Some("resource_missing"),
            ErrorClass::Invalid,
        ),
        (
            400,
            "invalid_request_error",
            Some("parameter_unknown"),
            ErrorClass::Invalid,
        ),
        (
            402,
            "card_error",
            Some("card_declined"),
            ErrorClass::Invalid,
        ),
        (400, "idempotency_error", None, ErrorClass::Idempotency),
        (
            409,
            "invalid_request_error",
            Some("idempotency_key_in_use"),
            ErrorClass::Idempotency,
        ),
        (409, "api_error", None, ErrorClass::Transient),
        (
            401,
            "invalid_request_error",
            None,
            ErrorClass::Authentication,
        ),
        (
            403,
            "invalid_request_error",
            Some("more_permissions_required"),
            ErrorClass::Authentication,
        ),
        (
            429,
            "invalid_request_error",
            Some("rate_limit"),
            ErrorClass::RateLimited,
        ),
        (
            429,
            "invalid_request_error",
            Some("lock_timeout"),
            ErrorClass::RateLimited,
        ),
        (500, "api_error", None, ErrorClass::Transient),
        (503, "api_error", None, ErrorClass::Transient),
        (424, "api_error", None, ErrorClass::Transient),
    ] {
        let error = json!({"type": error_type, "code": code, "message": "m"});
        assert_eq!(class(status, &error), expected, "{status} {error}");
    }
}

#[test]
fn an_answer_in_nobodys_words_is_classed_by_its_status() {
    for (status, body, expected) in [
        (429, &b"slow down"[..], ErrorClass::RateLimited),
        (502, b"<html>Bad Gateway</html>", ErrorClass::Transient),
        (408, b"", ErrorClass::Transient),
        (401, b"{}", ErrorClass::Authentication),
        (404, b"{}", ErrorClass::Invalid),
        (
            404,
            b"{\"error\":\"resource_missing\"}",
            ErrorClass::Invalid,
        ),
        (301, b"", ErrorClass::Invalid),
        (204, b"", ErrorClass::Invalid),
    ] {
        let failure = failure(status, body);
        assert_eq!(failure, CallError::Status(status));
        assert_eq!(failure.classify(), expected, "{status}");
    }
}

#[test]
fn a_reply_that_came_damaged_is_asked_for_again() {
    assert_eq!(failure(200, b"{\"id\":").classify(), ErrorClass::Transient);
}

#[test]
fn an_error_names_its_type_its_code_and_where_to_look() {
    let body = json!({"error": {
        "type": "invalid_request_error", "code": "resource_missing", "param": "line_items[0][price]",
        "message": "No such customer: 'cus_secret'", "doc_url": "https://stripe.com/docs",
        "request_log_url": "https://dashboard.stripe.com/test/logs/req_abc?t=1700000000",
    }});
    let failure = failure(400, body.to_string().as_bytes());
    assert_eq!(
        failure.to_string(),
        "invalid_request_error: resource_missing"
    );
    assert!(!format!("{failure:?}").contains("cus_secret"));
    let CallError::Stripe(error) = failure else {
        panic!("{failure:?}")
    };
    assert_eq!(error.status, 400);
    assert_eq!(error.param.expect("one").as_str(), "line_items[0][price]");
    assert_eq!(error.request_id.expect("one").as_str(), "req_abc");
}

#[test]
fn an_error_without_a_code_names_its_type() {
    let body = json!({"error": {"type": "api_error", "message": "m", "code": null, "param": 5}});
    let failure = failure(500, body.to_string().as_bytes());
    assert_eq!(failure.to_string(), "api_error");
}

#[test]
fn what_an_error_says_is_safe_to_print() {
    let body = json!({"error": {
        "type": "api\n\u{1b}[31m", "code": "x".repeat(500), "param": "<b>",
        "request_log_url": "https://dashboard.stripe.com/logs/req_\u{7}",
    }});
    let failure = failure(500, body.to_string().as_bytes());
    let expected = format!("api??[31m: {}", "x".repeat(80));
    assert_eq!(failure.to_string(), expected);
    let CallError::Stripe(error) = failure else {
        panic!("{failure:?}")
    };
    assert_eq!(error.param.expect("one").as_str(), "?b?");
    assert_eq!(error.request_id.expect("one").as_str(), "req_?");
}

proptest! {
    #[test]
    fn no_message_reaches_what_is_printed(secret in "[g-z]{12}", status in 300..600_u16) {
        let body = json!({"error": {"type": "api_error", "message": secret, "doc_url": secret}});
        let failure = failure(status, body.to_string().as_bytes());
        let printed = format!("{failure} {failure:?}");
        prop_assert!(!printed.contains(&secret));
    }
}
