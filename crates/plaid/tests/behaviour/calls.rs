//! Where calls go, what they carry, and what an answer that is not a reply means.

use plaid::{
    AccessToken, CallError, Credentials, Endpoint, ErrorClass, ItemFingerprint, ItemGet,
    ItemRemove, LinkTokenGet, MAX_REPLY_BYTES, PublicTokenExchange, Request, TransactionsSync,
    read_reply,
};
use proptest::prelude::*;
use serde_json::json;

const MUTATION: (u16, &str, &str) = (
    400,
    "TRANSACTIONS_ERROR",
    "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION",
);

fn class(status: u16, error_type: &str, error_code: &str) -> ErrorClass {
    let body = json!({
        "error_type": error_type, "error_code": error_code, "error_message": "m",
        "display_message": null, "request_id": "HNTDNrA8F1shFEW",
    });
    failure(status, body.to_string().as_bytes()).classify()
}

fn failure(status: u16, body: &[u8]) -> CallError {
    read_reply::<ItemGet<'_>>(status, body)
        .err()
        .expect("not a reply")
}

#[test]
fn every_call_carries_credentials_and_version_in_headers() {
    let credentials = Credentials::new("client".to_owned(), "secret".to_owned());
    assert_eq!(
        credentials.headers(),
        [
            ("Content-Type", "application/json"),
            ("PLAID-CLIENT-ID", "client"),
            ("PLAID-SECRET", "secret"),
            ("Plaid-Version", "2020-09-14"),
        ]
    );
}

#[test]
fn no_body_carries_the_credentials() {
    let token = AccessToken::new("access-1".to_owned());
    let body = ItemGet::new(&token).body();
    assert_eq!(&**body, br#"{"access_token":"access-1"}"#);
}

#[test]
fn the_endpoints_are_these_and_no_others() {
    let paths = Endpoint::ALL.map(Endpoint::path);
    assert_eq!(
        paths,
        [
            "/link/token/create",
            "/link/token/get",
            "/item/public_token/exchange",
            "/transactions/sync",
            "/transactions/refresh",
            "/transactions/recurring/get",
            "/accounts/get",
            "/accounts/balance/get",
            "/investments/holdings/get",
            "/liabilities/get",
            "/item/get",
            "/item/webhook/update",
            "/item/access_token/invalidate",
            "/item/remove",
            "/institutions/get_by_id",
            "/webhook_verification_key/get",
        ]
    );
}

#[test]
fn an_error_asks_for_one_thing() {
    for (expected, errors) in [
        (
            ErrorClass::NeedsReauth,
            &[
                (400, "ITEM_ERROR", "ITEM_LOGIN_REQUIRED"),
                (400, "ITEM_ERROR", "INVALID_CREDENTIALS"),
                (400, "ITEM_ERROR", "ITEM_LOCKED"),
                (400, "ITEM_ERROR", "ACCESS_NOT_GRANTED"),
            ][..],
        ),
        (
            ErrorClass::Revoked,
            &[(400, "ITEM_ERROR", "USER_PERMISSION_REVOKED")],
        ),
        (
            ErrorClass::TokenUnknown,
            &[(400, "INVALID_INPUT", "INVALID_ACCESS_TOKEN")],
        ),
        (
            ErrorClass::NotOffered,
            &[
                (400, "ITEM_ERROR", "PRODUCTS_NOT_SUPPORTED"),
                (400, "ITEM_ERROR", "NO_INVESTMENT_ACCOUNTS"),
                (400, "ITEM_ERROR", "NO_LIABILITY_ACCOUNTS"),
                (400, "ITEM_ERROR", "NO_ACCOUNTS"),
                (400, "ITEM_ERROR", "PRODUCT_NOT_ENABLED"),
                (400, "INVALID_INPUT", "INVALID_PRODUCT"),
            ],
        ),
        (
            ErrorClass::ItemNotFound,
            &[
                (400, "ITEM_ERROR", "ITEM_NOT_FOUND"),
                (400, "INVALID_INPUT", "ITEM_NOT_FOUND"),
            ],
        ),
        (
            ErrorClass::ProductNotReady,
            &[(400, "ITEM_ERROR", "PRODUCT_NOT_READY")],
        ),
        (ErrorClass::MutationDuringPagination, &[MUTATION]),
        (
            ErrorClass::RateLimited,
            &[
                (429, "RATE_LIMIT_EXCEEDED", "TRANSACTIONS_SYNC_LIMIT"),
                (400, "RATE_LIMIT_EXCEEDED", "ITEM_GET_LIMIT"),
            ],
        ),
        (
            ErrorClass::Transient,
            &[
                (400, "INSTITUTION_ERROR", "INSTITUTION_DOWN"),
                (400, "INSTITUTION_ERROR", "INSTITUTION_NOT_RESPONDING"),
                (500, "API_ERROR", "INTERNAL_SERVER_ERROR"),
                (400, "API_ERROR", "NEW"),
                (503, "NEW_ERROR", "NEW"),
            ],
        ),
        (
            ErrorClass::Other,
            &[
                // A wrong key of ours must not look like a person's withdrawal.
                (400, "INVALID_INPUT", "INVALID_API_KEYS"),
                (400, "INVALID_REQUEST", "UNKNOWN_FIELDS"),
                (400, "INSTITUTION_ERROR", "INSTITUTION_NO_LONGER_SUPPORTED"),
                (400, "NEW_ERROR", "NEW"),
            ],
        ),
    ] {
        for (status, error_type, error_code) in errors {
            assert_eq!(
                class(*status, error_type, error_code),
                expected,
                "{error_code}"
            );
        }
    }
}

#[test]
fn an_answer_in_nobodys_words_is_classed_by_its_status() {
    for (status, body, expected) in [
        (429, &b"slow down"[..], ErrorClass::RateLimited),
        (502, b"<html>Bad Gateway</html>", ErrorClass::Transient),
        (503, b"", ErrorClass::Transient),
        (408, b"", ErrorClass::Transient),
        (404, b"{}", ErrorClass::Other),
        (301, b"", ErrorClass::Other),
        (204, b"", ErrorClass::Other),
    ] {
        let failure = failure(status, body);
        assert_eq!(failure, CallError::Status(status));
        assert_eq!(failure.classify(), expected, "{status}");
    }
}

#[test]
fn an_error_says_its_type_and_code_and_nothing_a_stranger_wrote() {
    let body = json!({
        "error_type": "ITEM_ERROR", "error_code": "CODE\r\nSet-Cookie: x", "error_message": "<b>",
        "display_message": "Please sign in", "request_id": "HNTDNrA8F1shFEW",
    });
    let failure = failure(400, body.to_string().as_bytes());
    assert_eq!(failure.to_string(), "ItemError: CODE??Set-Cookie??x");
    let CallError::Plaid(error) = failure else {
        panic!("{failure:?}")
    };
    assert_eq!(error.status, Some(400));
    assert_eq!(error.display_message.as_deref(), Some("Please sign in"));
    assert_eq!(error.request_id.expect("an id").as_str(), "HNTDNrA8F1shFEW");
}

#[test]
fn an_unreadable_reply_says_where_and_never_what() {
    let body = br#"{"item_id": "i", "access_token": 5, "secret": "hunter2"}"#;
    let failure = read_reply::<PublicTokenExchange<'_>>(200, body)
        .err()
        .expect("unreadable");
    assert_eq!(
        failure.to_string(),
        "the reply of /item/public_token/exchange is unreadable at line 1, column 34"
    );
    assert_eq!(failure.classify(), ErrorClass::Other);
}

#[test]
fn a_reply_that_is_not_text_or_too_large_is_refused() {
    assert!(matches!(
        failure(200, b"{\"item\":\"\xc3\x28\"}"),
        CallError::UnreadableReply { line: 0, .. }
    ));
    assert_eq!(
        failure(200, &vec![b' '; MAX_REPLY_BYTES + 1]),
        CallError::TooLarge
    );
}

#[test]
fn removing_needs_nothing_of_the_reply() {
    assert!(read_reply::<ItemRemove<'_>>(200, br#"{"request_id":"r","removed":true}"#).is_ok());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(status in any::<u16>(), body in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = read_reply::<TransactionsSync<'_>>(status, &body).map_err(|error| error.classify());
        let _ = read_reply::<PublicTokenExchange<'_>>(status, &body).map_err(|error| error.to_string());
    }
}

#[test]
fn a_page_that_was_not_finished_added_nothing() {
    for body in [
        r#"{"link_token":"l","link_sessions":[]}"#,
        r#"{"link_token":"l","link_sessions":null}"#,
        r#"{"link_token":"l"}"#,
        r#"{"link_token":"l","link_sessions":[{"link_session_id":"s","results":null},{"link_session_id":"t"}]}"#,
        r#"{"link_token":"l","link_sessions":[{"results":{"item_add_results":[]}}]}"#,
    ] {
        let reply = read_reply::<LinkTokenGet<'_>>(200, body.as_bytes()).unwrap();
        assert!(reply.added().is_none(), "{body}");
    }
}

#[test]
fn a_page_that_was_finished_says_what_was_picked() {
    let body = r#"{"link_token":"l","link_sessions":[{"results":null},{"results":{"item_add_results":[{
        "public_token":"public-1","institution":{"institution_id":"ins_1","name":"Bank"},
        "accounts":[{"id":"a","name":"Checking","mask":"0000"},{"name":null}]}]}}]}"#;
    let reply = read_reply::<LinkTokenGet<'_>>(200, body.as_bytes()).unwrap();
    let added = reply.added().unwrap();
    assert_eq!(added.public_token.expose(), "public-1");
    let picked = ItemFingerprint::new("ins_1", [("Checking", Some("0000"))]);
    assert!(added.fingerprint().unwrap().duplicates(&picked));
}

#[test]
fn a_bank_is_at_fault_only_where_no_item_there_would_fare_better() {
    for (error_code, expected) in [
        ("INSTITUTION_DOWN", true),
        ("INSTITUTION_NOT_RESPONDING", true),
        ("INSTITUTION_NOT_AVAILABLE", true),
        ("INSTITUTION_NO_LONGER_SUPPORTED", false),
        ("A_CODE_OF_A_LATER_DATE", false),
        ("INTERNAL_SERVER_ERROR", false),
        ("ITEM_LOGIN_REQUIRED", false),
    ] {
        let body = json!({"error_type": "INSTITUTION_ERROR", "error_code": error_code});
        let answer = failure(400, body.to_string().as_bytes());
        assert_eq!(answer.is_institution_fault(), expected, "{error_code}");
        let CallError::Plaid(error) = answer else {
            panic!("in Plaid's words");
        };
        assert_eq!(error.is_institution_fault(), expected, "{error_code}");
    }
    assert!(!failure(503, b"").is_institution_fault());
    assert!(!CallError::TooLarge.is_institution_fault());
}
