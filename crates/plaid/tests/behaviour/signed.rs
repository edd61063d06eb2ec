//! Webhooks as Plaid signs them, with a key of ours.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const KID: &str = "bfbd5111-8e33-4643-8ced-b2e642a72f3c";
pub(crate) const NOW: i64 = 1_790_000_000;
pub(crate) const BODY: &[u8] = br#"{"webhook_type":"TRANSACTIONS"}"#;

pub(crate) fn signing_key() -> SigningKey {
    SigningKey::from_slice(&[0x42; 32]).expect("a scalar")
}

pub(crate) fn sha256_hex(body: &[u8]) -> String {
    let hex = |nibble: u8| char::from_digit(u32::from(nibble), 16);
    let digits = |byte: &u8| [hex(byte >> 4), hex(byte & 15)];
    Sha256::digest(body)
        .iter()
        .flat_map(digits)
        .flatten()
        .collect()
}

pub(crate) fn part(json: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(json.to_string())
}

pub(crate) fn good_header() -> Value {
    json!({"alg": "ES256", "kid": KID, "typ": "JWT"})
}

pub(crate) fn good_claims() -> Value {
    json!({"iat": NOW, "request_body_sha256": sha256_hex(BODY)})
}

pub(crate) fn token(header: &Value, claims: &Value) -> String {
    let input = format!("{}.{}", part(header), part(claims));
    let signature: Signature = signing_key().sign(input.as_bytes());
    format!(
        "{input}.{}",
        BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes())
    )
}

/// The body in which Plaid answers with the public half of `signing_key`.
pub(crate) fn key_reply(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let point = signing_key().verifying_key().to_sec1_point(false);
    let coordinate = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let mut key = json!({
        "alg": "ES256", "crv": "P-256", "kid": KID, "kty": "EC", "use": "sig",
        "x": coordinate(point.x().expect("not the identity")),
        "y": coordinate(point.y().expect("uncompressed")),
        "created_at": 1_560_466_150, "expired_at": null,
    });
    change(&mut key);
    json!({"key": key, "request_id": "r"})
        .to_string()
        .into_bytes()
}
