//! Which key may verify a webhook.

use base64::Engine as _;
use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use plaid::webhook::{KeyId, VerificationKey, WebhookError};
use plaid::{VerificationKeyGet, read_reply};
use serde_json::{Value, json};

use super::signed::{KID, key_reply};

pub(crate) fn trust(change: impl FnOnce(&mut Value)) -> Result<VerificationKey, WebhookError> {
    let reply = key_reply(change);
    let reply = read_reply::<VerificationKeyGet>(200, &reply).expect("a readable key");
    VerificationKey::trust(&reply.key, KeyId::parse(KID).expect("a UUID"))
}

#[test]
fn a_withdrawn_key_is_refused() {
    assert_eq!(
        trust(|key| key["expired_at"] = json!(1_600_000_000)),
        Err(WebhookError::ExpiredKey)
    );
    assert_eq!(
        trust(|key| key["expired_at"] = json!(0)),
        Err(WebhookError::ExpiredKey)
    );
}

#[test]
fn another_key_than_the_one_asked_for_is_refused() {
    assert_eq!(
        trust(|key| key["kid"] = json!("6c5516e1-92dc-479e-a8ff-5a51992e0001")),
        Err(WebhookError::WrongKey)
    );
    assert_eq!(
        trust(|key| key["kid"] = json!(KID.to_uppercase())),
        Err(WebhookError::WrongKey)
    );
}

#[test]
fn a_key_of_another_kind_is_refused() {
    let long = BASE64_URL_SAFE_NO_PAD.encode([1; 33]);
    let short = BASE64_URL_SAFE_NO_PAD.encode([1; 31]);
    let padded = BASE64_URL_SAFE.encode([1; 32]);
    for (member, value) in [
        ("kty", "RSA"),
        ("kty", "OKP"),
        ("crv", "P-384"),
        ("crv", "secp256k1"),
        ("alg", "ES384"),
        ("use", "enc"),
        ("x", ""),
        ("x", &long),
        ("y", &short),
        ("y", &padded),
    ] {
        assert_eq!(
            trust(|key| key[member] = json!(value)),
            Err(WebhookError::UnusableKey),
            "{member} {value}"
        );
    }
}

#[test]
fn a_kept_key_reads_as_it_came() {
    let reply = key_reply(|_| ());
    let reply = read_reply::<VerificationKeyGet>(200, &reply).expect("a readable key");
    let kept = serde_json::to_string(&reply.key).expect("no map keys");
    assert_eq!(
        serde_json::from_str::<plaid::webhook::Jwk<'_>>(&kept).expect("JSON"),
        reply.key
    );
}
