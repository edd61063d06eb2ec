//! What the endpoint is sent, to the letter.

#![allow(clippy::unwrap_used)]

use appsignal::{CheckIn, Digest, ErrorReport, Exception, Kind, Tags, check_ins, is_key};
use proptest::prelude::*;

#[test]
fn an_error_names_what_failed_where_and_for_which_request() {
    let report = ErrorReport {
        timestamp: 1_795_000_000,
        namespace: "web",
        action: "GET /v1/accounts".into(),
        error: Exception {
            name: "internal",
            message: "Something went wrong",
            backtrace: [],
        },
        tags: Tags {
            fingerprint: "00ff".into(),
            request_id: Some("req_1".into()),
        },
        revision: None,
    };
    assert_eq!(
        String::from_utf8(report.body()).unwrap(),
        r#"{"timestamp":1795000000,"namespace":"web","action":"GET /v1/accounts","error":{"name":"internal","message":"Something went wrong","backtrace":[]},"tags":{"fingerprint":"00ff","request_id":"req_1"}}"#
    );
}

#[test]
fn a_run_checks_in_twice_under_one_digest() {
    let digest = Digest::new([0, 1, 2, 3, 4, 5, 6, 0xff]);
    let run = [
        CheckIn::new("sweep", digest.clone(), Kind::Start, 1_795_000_000),
        CheckIn::new("sweep", digest, Kind::Finish, 1_795_000_002),
    ];
    assert_eq!(
        String::from_utf8(check_ins(&run)).unwrap(),
        "{\"identifier\":\"sweep\",\"digest\":\"00010203040506ff\",\"kind\":\"start\",\"timestamp\":1795000000,\"check_in_type\":\"cron\"}\n\
         {\"identifier\":\"sweep\",\"digest\":\"00010203040506ff\",\"kind\":\"finish\",\"timestamp\":1795000002,\"check_in_type\":\"cron\"}\n"
    );
}

proptest! {
    #[test]
    fn a_key_cannot_say_anything_else_in_a_url(text in any::<String>()) {
        if is_key(&text) {
            prop_assert!(!text.contains(['&', '=', '#', '?', '/', '%', ' ', '\r', '\n']));
        }
    }

    #[test]
    fn a_digest_is_sixteen_hex_digits(random in any::<[u8; 8]>()) {
        let line = check_ins(&[CheckIn::new("backup", Digest::new(random), Kind::Start, 0)]);
        let line = String::from_utf8(line).unwrap();
        let digest = line.split('"').nth(7).unwrap();
        prop_assert_eq!(digest.len(), 16);
        prop_assert!(digest.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()));
    }
}
