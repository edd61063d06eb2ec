//! The range API over the wire, good and bad.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod standins;

use http::Method;
use sandbox::{Answer, Unanswered, send};
use serde_json::{Value, json};
use standins::{PATIENCE, Standins, text};

/// SHA-1 of "password123456789" begins so.
const KNOWN: (&str, &str) = ("password123456789", "9318");

async fn range(
    standins: &Standins,
    prefix: &str,
    headers: &[(&str, &str)],
) -> Result<Answer, Unanswered> {
    let url = format!("{}/range/{prefix}", standins.pwned);
    let headers: Vec<_> = [("user-agent", "test")]
        .into_iter()
        .chain(headers.iter().copied())
        .collect();
    send(Method::GET, &url, &headers, "", PATIENCE).await
}

async fn padded(standins: &Standins, prefix: &str) -> Answer {
    let reply = range(standins, prefix, &[("add-padding", "true")]).await;
    reply.unwrap()
}

async fn control(standins: &Standins, path: &str, body: Value) -> Value {
    let url = format!("{}/_control{path}", standins.pwned);
    standins::request(Method::POST, &url, &body).await
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer
        .headers
        .get(name)
        .map(|value| value.to_str().unwrap())
}

/// What a strict reader makes of a body.
fn grammatical(body: &str) -> bool {
    body.split("\r\n").all(|line| {
        line.split_once(':').is_some_and(|(suffix, count)| {
            suffix.len() == 35
                && suffix.bytes().all(|digit| digit.is_ascii_hexdigit())
                && !count.is_empty()
                && count.bytes().all(|digit| digit.is_ascii_digit())
        })
    })
}

#[tokio::test]
async fn a_padded_reply_is_never_cached_and_a_plain_one_is_tagged() {
    let standins = Standins::start(&[]).await;
    let reply = padded(&standins, "21bd1").await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        header(&reply, "content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(header(&reply, "cache-control"), Some("no-store"));
    assert_eq!(header(&reply, "etag"), None);
    assert_eq!(header(&reply, "vary"), Some("Add-Padding"));
    let lines = text(&reply).split("\r\n").count();
    assert!((800..=1_000).contains(&lines) && grammatical(&text(&reply)));

    let plain = range(&standins, "21BD1", &[]).await.unwrap();
    assert_eq!(
        header(&plain, "cache-control"),
        Some("public, max-age=2678400")
    );
    assert!(!text(&plain).contains(":0\r\n") && grammatical(&text(&plain)));
    let tag = header(&plain, "etag").unwrap();
    let again = range(&standins, "21BD1", &[("if-none-match", tag)])
        .await
        .unwrap();
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[tokio::test]
async fn a_bad_prefix_another_method_and_a_missing_user_agent_are_refused_in_its_words() {
    let standins = Standins::start(&[]).await;
    for (prefix, words) in [
        ("ABCD", "The hash prefix was not in a valid format"),
        ("ABCDEF", "The hash prefix was not in a valid format"),
        ("", "The hash prefix was not in a valid format"),
        ("ABCDG", "The hash prefix was not valid hexadecimal"),
    ] {
        let reply = range(&standins, prefix, &[]).await.unwrap();
        assert_eq!((reply.status, text(&reply).as_str()), (400, words));
    }
    let url = format!("{}/range/ABCDE", standins.pwned);
    let headers = [("user-agent", "test")];
    let posted = send(Method::POST, &url, &headers, "", PATIENCE)
        .await
        .unwrap();
    assert_eq!(posted.status, 405);
    let nameless = send(Method::GET, &url, &[], "", PATIENCE).await.unwrap();
    assert_eq!(nameless.status, 403);
}

#[tokio::test]
async fn a_password_leaks_when_a_test_says_so_and_is_taken_back() {
    let standins = Standins::start(&[]).await;
    let leaked = control(
        &standins,
        "/leak",
        json!({ "password": "blue giraffe", "count": 7 }),
    )
    .await;
    let (prefix, suffix) = (leaked["prefix"].as_str().unwrap(), &leaked["suffix"]);
    let line = format!("{}:7\r\n", suffix.as_str().unwrap());
    assert!(text(&padded(&standins, prefix).await).contains(&line));
    let url = format!("{}/_control/leak", standins.pwned);
    let body = json!({ "password": "blue giraffe" });
    standins::request(Method::DELETE, &url, &body).await;
    assert!(!text(&padded(&standins, prefix).await).contains(&line));
}

#[tokio::test]
async fn what_was_sent_is_kept_whole_in_order() {
    let standins = Standins::start(&[]).await;
    padded(&standins, "AAAAA").await;
    range(&standins, "bbbbb?mode=ntlm", &[("x-planted", "seen")])
        .await
        .unwrap();
    let log = standins::get(&format!("{}/_control/requests", standins.pwned)).await;
    assert_eq!(log["count"], 2);
    assert_eq!(log["prefixes"], json!(["AAAAA", "bbbbb"]));
    let second = &log["requests"][1];
    assert_eq!(second["target"], "/range/bbbbb?mode=ntlm");
    let headers = second["headers"].as_array().unwrap();
    assert!(headers.contains(&json!(["x-planted", "seen"])));
    assert_eq!(second["body"], "");
}

#[tokio::test]
async fn each_malformed_reply_comes_once_as_ordered_and_then_a_good_one() {
    let standins = Standins::start(&[]).await;
    let leaked = control(
        &standins,
        "/leak",
        json!({ "password": KNOWN.0, "count": 1_234_567 }),
    )
    .await;
    let (prefix, suffix) = (
        leaked["prefix"].as_str().unwrap(),
        leaked["suffix"].as_str().unwrap(),
    );
    let order = async |mode: &str| {
        let order = json!({ "mode": mode, "times": 1, "millis": 1, "status": 503 });
        control(&standins, "/fail", order).await;
        padded(&standins, prefix).await
    };
    let status = order("status").await;
    assert_eq!(status.status, 503);
    let limited = order("rate_limited").await;
    assert_eq!(
        (limited.status, header(&limited, "retry-after")),
        (429, Some("2"))
    );
    for mode in ["html", "no_colon"] {
        let reply = order(mode).await;
        assert!(reply.status == 200 && !text(&reply).contains(':'), "{mode}");
    }
    let thousands = text(&order("thousands").await);
    assert!(thousands.contains(&format!("{suffix}:1,234,567\r\n")));
    let lower = text(&order("lower").await);
    let line = format!("{}:1234567\r\n", suffix.to_lowercase());
    assert!(lower.contains(&line) && grammatical(&lower));
    let lf = text(&order("lf").await);
    assert!(!lf.contains('\r') && lf.contains(&format!("{suffix}:1234567\n")));
    let short = text(&order("short").await);
    assert!(short.split("\r\n").count() < 800 && grammatical(&short));
    assert!(order("empty").await.body.is_empty());
    for mode in ["slow", "drip"] {
        let reply = order(mode).await;
        assert!(grammatical(&text(&reply)), "{mode}");
    }
    assert!(grammatical(&text(&padded(&standins, prefix).await)));
}

#[tokio::test]
async fn replies_that_never_come_whole_break_the_connection() {
    let standins = Standins::start(&[]).await;
    for mode in ["cut", "reset", "hang"] {
        let order = json!({ "mode": mode, "times": 1, "millis": 1 });
        control(&standins, "/fail", order).await;
        let reply = range(&standins, "ABCDE", &[("add-padding", "true")]).await;
        assert!(matches!(reply, Err(Unanswered::Broken(_))), "{mode}");
    }
}

#[tokio::test]
async fn a_huge_reply_goes_on_for_64_mebibytes() {
    let standins = Standins::start(&[]).await;
    control(&standins, "/fail", json!({ "mode": "huge", "times": 1 })).await;
    assert_eq!(padded(&standins, "ABCDE").await.body.len(), 64 << 20);
}

#[tokio::test]
async fn a_reset_puts_known_leaks_back_and_clears_orders() {
    let standins = Standins::start(&[]).await;
    control(&standins, "/fail", json!({ "mode": "html" })).await;
    let leaked = control(
        &standins,
        "/leak",
        json!({ "password": KNOWN.0, "count": 5 }),
    )
    .await;
    control(&standins, "/reset", json!({})).await;
    let reply = padded(&standins, leaked["prefix"].as_str().unwrap()).await;
    let line = format!("{}:{}\r\n", leaked["suffix"].as_str().unwrap(), KNOWN.1);
    assert!(text(&reply).contains(&line));
}
