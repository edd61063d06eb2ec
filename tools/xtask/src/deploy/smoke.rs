//! Whether what was deployed answers, as a stranger on the network sees it.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::hands::{Hands, Seen};

/// How often `/healthz` is asked until the new version is everywhere: a minute in all.
const PATIENCE: u32 = 20;
/// What every reply of a production instance carries (src/edge.rs).
const HEADERS: [&str; 5] = [
    "strict-transport-security",
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "x-request-id",
];

/// Asks what there is to ask. Nothing of it signs in or leaves a trace.
pub(super) fn try_out(origin: &str, hands: &mut dyn Hands) -> Result<()> {
    let host = origin.trim_start_matches("https://").trim_end_matches('/');
    let mut health = hands.fetch(&format!("https://{host}/healthz"));
    for _ in 1..PATIENCE {
        if health.as_ref().is_ok_and(|seen| seen.status == 200) {
            break;
        }
        hands.wait();
        health = hands.fetch(&format!("https://{host}/healthz"));
    }
    healthy(&health?)?;
    let checkpoint = hands.fetch(&format!("https://{host}/audit/log/checkpoint"))?;
    let named = checkpoint.body.starts_with(&format!("{host}/audit/log\n"));
    ensure!(
        checkpoint.status == 200 && named,
        "the audit log's checkpoint answers {} and begins {:?}",
        checkpoint.status,
        checkpoint.body.lines().next().unwrap_or_default()
    );
    // Where nobody listens on port 80 nothing goes over it in the clear.
    if let Ok(plain) = hands.fetch(&format!("http://{host}/healthz")) {
        let to = plain.headers.get("location").map_or("", String::as_str);
        let sent_on = (300..400).contains(&plain.status) && to.starts_with("https://");
        ensure!(
            sent_on || plain.status == 403,
            "plain http is answered with {}, and not sent on to https",
            plain.status
        );
    }
    Ok(())
}

fn healthy(seen: &Seen) -> Result<()> {
    let body: Value = serde_json::from_str(&seen.body).unwrap_or_default();
    let status = body.get("status").and_then(Value::as_str);
    ensure!(
        seen.status == 200 && status == Some("ok"),
        "/healthz answers {}: {}",
        seen.status,
        seen.body
    );
    for name in HEADERS {
        ensure!(seen.headers.contains_key(name), "/healthz has no {name}");
    }
    Ok(())
}
