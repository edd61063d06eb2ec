//! What becomes of replies: those the service gives, and those that nobody should.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use cloudflare::{AccountId, BadReply, MAX_TEXT, NotAnAccount, Page, Query};
use proptest::prelude::*;

const ACCOUNT: &str = "4bb334f7c94c4a29a045f03944f072e5";

fn account() -> AccountId {
    AccountId::parse(ACCOUNT).unwrap()
}

fn read(body: &str) -> Result<Page, BadReply> {
    let account = account();
    let query = Query {
        account: &account,
        since: "2024-04-26T00:00:00Z",
        before: "2024-04-27T00:00:00Z",
        limit: 2,
        cursor: None,
    };
    Page::read(&query, body.as_bytes())
}

fn reply(entries: &str, cursor: &str) -> String {
    format!(
        r#"{{"success":true,"errors":[],"result":[{entries}],"result_info":{{"count":"1","cursor":"{cursor}"}}}}"#
    )
}

/// As the documentation has it, with what a request may hold.
const ENTRY: &str = r#"{
  "id": "023e105f4ecef8ad9ca31a8372d0c353",
  "account": {"id": "4bb334f7c94c4a29a045f03944f072e5", "name": "Example Account"},
  "action": {"description": "Put secret", "result": "success", "time": "2024-04-26T17:31:07Z", "type": "update"},
  "actor": {"id": "f6b5de0326bb5182b8a4840ee01ec774", "context": "api_token", "email": "alice@example.com",
            "ip_address": "198.51.100.7", "token_id": "t", "token_name": "deploy", "type": "user"},
  "raw": {"cf_ray_id": "8e9b1c60ef9e1c9a", "method": "PUT", "status_code": 200,
          "uri": "/accounts/4bb3/workers/scripts/balance/secrets", "user_agent": "wrangler"},
  "resource": {"id": "balance", "product": "workers", "request": {"text": "hunter2"}, "response": {}, "scope": "accounts", "type": "script"},
  "zone": {"id": "z", "name": "example.com"}
}"#;

#[test]
fn an_entry_says_who_did_what_to_what() {
    let page = read(&reply(ENTRY, "")).unwrap();
    assert_eq!(page.cursor, None);
    let [entry] = page.entries.as_slice() else {
        panic!("one entry");
    };
    assert_eq!(entry.id.as_str(), "023e105f4ecef8ad9ca31a8372d0c353");
    assert_eq!(entry.action.time.unix(), 1_714_152_667);
    let text = |text: &Option<cloudflare::Text>| text.as_ref().unwrap().to_string();
    assert_eq!(text(&entry.actor.email), "alice@example.com");
    assert_eq!(text(&entry.resource.product), "workers");
    assert_eq!(text(&entry.raw.method), "PUT");
}

#[test]
fn what_was_set_is_not_kept() {
    let page = read(&reply(ENTRY, "")).unwrap();
    let kept = serde_json::to_string(&page.entries).unwrap();
    assert!(
        !kept.contains("hunter2") && kept.contains("deploy"),
        "{kept}"
    );
}

#[test]
fn an_entry_may_say_little() {
    let little =
        r#"{"id":"1","action":{"time":"2024-04-26T17:31:07.123456Z"},"actor":{"email":null}}"#;
    let page = read(&reply(little, "next")).unwrap();
    assert_eq!(page.cursor.as_deref(), Some("next"));
    assert_eq!(page.entries[0].actor.email, None);
    // And no page follows an empty one.
    assert_eq!(read(&reply("", "next")).unwrap().cursor, None);
}

#[test]
fn the_next_page_is_named_in_either_of_two_places() {
    let places = [
        r#"{"cursor":"next"}"#,
        r#"{"cursors":{"after":"next"}}"#,
        r#"{"cursor":"","cursors":{"after":"next"}}"#,
        r#"{"cursor":"next","cursors":{"after":null}}"#,
    ];
    for info in places {
        let body = format!(r#"{{"success":true,"result":[{ENTRY}],"result_info":{info}}}"#);
        assert_eq!(
            read(&body).unwrap().cursor.as_deref(),
            Some("next"),
            "{info}"
        );
    }
}

#[test]
fn a_long_text_is_cut_at_a_character() {
    let long = ENTRY.replace("Put secret", &"ä".repeat(MAX_TEXT + 10));
    let page = read(&reply(&long, "")).unwrap();
    let kept = page.entries[0].action.description.as_ref().unwrap();
    assert_eq!(kept.as_str(), "ä".repeat(MAX_TEXT));
}

#[test]
fn what_is_no_page_is_refused() {
    let refused = r#"{"success":false,"errors":[{"message":"no"}],"result":null}"#;
    assert_eq!(read(refused), Err(BadReply::Refused));
    for body in ["", "[]", "<html>", r#"{"result":[]}"#] {
        assert_eq!(read(body), Err(BadReply::Shape), "{body}");
    }
    let no_moment = ENTRY.replace("2024-04-26T17:31:07Z", "yesterday");
    let no_id = ENTRY.replace("023e105f4ecef8ad9ca31a8372d0c353", "");
    let long_id = ENTRY.replace("023e105f4ecef8ad9ca31a8372d0c353", &"f".repeat(65));
    for entry in [no_moment, no_id, long_id] {
        assert_eq!(read(&reply(&entry, "")), Err(BadReply::Shape));
    }
    let three = [ENTRY; 3].join(",");
    assert_eq!(read(&reply(&three, "")), Err(BadReply::Bounds));
    let cursor = "c".repeat(4_097);
    assert_eq!(read(&reply(ENTRY, &cursor)), Err(BadReply::Bounds));
}

#[test]
fn a_cursor_comes_back_as_it_came() {
    let account = account();
    let query = Query {
        account: &account,
        since: "2024-04-26T00:00:00Z",
        before: "2024-04-27T00:00:00Z",
        limit: 2,
        cursor: Some("a+b/c=&limit=9"),
    };
    assert!(query.path().ends_with("&cursor=a%2Bb%2Fc%3D%26limit%3D9"));
}

#[test]
fn an_account_is_32_hexadecimal_digits() {
    assert_eq!(AccountId::parse(ACCOUNT).unwrap().as_str(), ACCOUNT);
    let long = format!("{ACCOUNT}0");
    for text in ["", "../../user", "4bb334f7c94c4a29a045f03944f072e/", &long] {
        assert_eq!(AccountId::parse(text), Err(NotAnAccount));
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..512)) {
        let body = String::from_utf8_lossy(&body).into_owned();
        let _ = read(&body);
        let _ = read(&reply(&body, &body));
    }

    #[test]
    fn whatever_a_text_says_it_is_bounded(text in ".{0,600}") {
        let json = serde_json::to_string(&text).unwrap();
        let entry = ENTRY.replace("\"Put secret\"", &json);
        if let Ok(page) = read(&reply(&entry, "")) {
            let kept = page.entries[0].action.description.as_ref().unwrap().as_str();
            prop_assert!(kept.chars().count() <= MAX_TEXT && text.starts_with(kept));
        }
    }
}
