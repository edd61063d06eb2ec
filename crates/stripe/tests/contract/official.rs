//! Stripe's own npm client beside ours: the same calls are the same bytes, and a webhook
//! that one signs the other accepts. Needs the project's `node_modules` (`npm ci`).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;
use stripe::webhook::{SigningSecret, verify};
use stripe::{
    CheckoutSessionCreate, CustomerCreate, CustomerDelete, CustomerId, PortalSessionCreate,
    SubscriptionGet, SubscriptionId, SubscriptionsOfCustomer,
};

use super::sent::{KEY, Sent, sent};

/// With every visible ASCII character, a space, a line break, and longer ones.
const WORD: &str = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`\
                    abcdefghijklmnopqrstuvwxyz{|}~\r\n\0é€𝄞";
const EMAIL: &str = "o'brien+(a)[b]!*~@bücher.test";
const SECRET: &str = "whsec_test";
const PAYLOAD: &str = "{\n  \"id\": \"evt_1\",\n  \"object\": \"event\", \"é\": \"€𝄞\"\n}";

#[derive(Deserialize)]
struct Outcome {
    requests: Vec<Sent>,
    /// What the client signed.
    header: String,
    /// The ids of the events that the client accepted, in the order they were shown.
    judged: Vec<Option<String>>,
}

/// Runs the client; `None`, with a word of why, where it is not installed.
fn official_client(input: &Value) -> Option<Outcome> {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules");
    if !modules.join("stripe").is_dir() {
        eprintln!("skipped: node_modules lacks stripe; run `npm ci`");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/official-client.mjs");
    let mut child = Command::new(node(&modules))
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Node");
    let mut stdin = child.stdin.take().expect("piped");
    stdin
        .write_all(input.to_string().as_bytes())
        .expect("the client reads");
    drop(stdin);
    let output = child.wait_with_output().expect("the client ends");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    Some(serde_json::from_slice(&output.stdout).expect("an outcome"))
}

/// The project's own Node where npm brought one, else the machine's.
fn node(modules: &Path) -> PathBuf {
    let own = modules.join(".bin/node");
    if own.exists() { own } else { "node".into() }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.expect("after 1970").as_secs()).expect("before the end of time")
}

fn sign(secret: &str, time: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(format!("{time}.{body}").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

fn customer() -> CustomerId {
    CustomerId::parse("cus_1").expect("an id")
}

fn subscription() -> SubscriptionId {
    SubscriptionId::parse("sub_1").expect("an id")
}

/// What the client is asked for, with webhooks to judge.
fn input(judge: &[Value]) -> Value {
    json!({
        "key": KEY,
        "values": {
            "customer": customer().as_str(), "subscription": subscription().as_str(),
            "email": EMAIL, "word": WORD, "days": 14,
        },
        "sign": {"payload": PAYLOAD, "secret": SECRET},
        "judge": judge,
    })
}

/// Our calls, in the order in which the client makes them.
fn ours() -> Vec<Sent> {
    let (customer, subscription) = (customer(), subscription());
    let idempotency_key = "once";
    let customer_create = |email| {
        sent(&CustomerCreate {
            email,
            user_id: WORD,
            idempotency_key,
        })
    };
    let checkout = |trial_days: Option<u32>| {
        sent(&CheckoutSessionCreate {
            customer: &customer,
            client_reference_id: WORD,
            price: WORD,
            success_url: WORD,
            cancel_url: WORD,
            user_id: WORD,
            trial_days,
            allow_promotion_codes: trial_days.is_some(),
            idempotency_key,
        })
    };
    let page = |starting_after| {
        sent(&SubscriptionsOfCustomer {
            customer: &customer,
            starting_after,
        })
    };
    vec![
        customer_create(Some(EMAIL)),
        customer_create(None),
        sent(&CustomerDelete {
            customer: &customer,
        }),
        checkout(Some(14)),
        checkout(None),
        sent(&PortalSessionCreate {
            customer: &customer,
            return_url: WORD,
            idempotency_key,
        }),
        sent(&SubscriptionGet {
            subscription: &subscription,
        }),
        page(None),
        page(Some(&subscription)),
    ]
}

#[test]
fn every_call_is_what_stripes_own_client_sends_byte_for_byte() {
    let Some(theirs) = official_client(&input(&[])) else {
        return;
    };
    let ours = ours();
    assert_eq!(theirs.requests.len(), ours.len());
    for (theirs, ours) in theirs.requests.iter().zip(&ours) {
        assert_eq!(theirs, ours);
    }
}

#[test]
fn a_webhook_that_stripes_own_client_signed_is_accepted() {
    let Some(theirs) = official_client(&input(&[])) else {
        return;
    };
    let verified = |body: &str, secret: &str| {
        let secret = SigningSecret::new(secret.to_owned()).expect("a secret");
        verify(&theirs.header, body.as_bytes(), &[secret], now())
    };
    assert_eq!(verified(PAYLOAD, SECRET), Ok(()));
    assert!(verified(PAYLOAD, "whsec_other").is_err());
    assert!(verified(&PAYLOAD.replace("evt_1", "evt_2"), SECRET).is_err());
}

#[test]
fn a_webhook_is_judged_as_stripes_own_client_judges_it() {
    let now = now();
    let (right, wrong) = (sign(SECRET, now, PAYLOAD), sign("other", now, PAYLOAD));
    let cases = [
        (format!("t={now},v1={right}"), true),
        (format!("t={now},v1={wrong},v1={right},v0={wrong}"), true),
        (format!("v1={right},v1={wrong},t={now}"), true),
        (format!("t={now},v1=cut,v1={right}"), true),
        (format!("t={now},v1={wrong}"), false),
        (format!("t={now},v1={}", right.to_uppercase()), false),
        (format!("t={now},v1={right}0"), false),
        (format!("t={now},v0={right}"), false),
        (format!("t={},v1={right}", now - 1), false),
        (format!("t={now}"), false),
        (format!("v1={right}"), false),
        (String::new(), false),
        (
            format!("t={0},v1={1}", now - 600, sign(SECRET, now - 600, PAYLOAD)),
            false,
        ),
    ];
    let judge: Vec<_> = cases
        .iter()
        .map(|(header, _)| json!({"header": header, "payload": PAYLOAD, "secret": SECRET}))
        .collect();
    for (header, good) in &cases {
        let secret = SigningSecret::new(SECRET.to_owned()).expect("a secret");
        let ours = verify(header, PAYLOAD.as_bytes(), &[secret], now);
        assert_eq!(ours.is_ok(), *good, "{header}: {ours:?}");
    }
    let Some(theirs) = official_client(&input(&judge)) else {
        return;
    };
    assert_eq!(theirs.judged.len(), cases.len());
    for ((header, good), theirs) in cases.iter().zip(theirs.judged) {
        assert_eq!(theirs.is_some(), *good, "{header}");
    }
}
