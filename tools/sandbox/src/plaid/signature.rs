//! The `Plaid-Verification` header: a JWT over the time and the hash of the body, and the ways in
//! which one can be wrong.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::keys::Key;

const STALE_BY: i64 = 6 * 60;
const FUTURE_BY: i64 = 2 * 60;

/// How to sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Manner {
    #[default]
    Good,
    None,
    Garbage,
    Bad,
    AlgNone,
    Hs256,
    Es384,
    WrongBody,
    Stale,
    Future,
    UnknownKid,
    BadKid,
    NoKid,
    NoIat,
    NoHash,
    ExpiredKey,
    Iat,
}

impl Manner {
    /// Whether a key that nobody knows signs.
    pub(super) fn is_a_strangers(self) -> bool {
        matches!(self, Self::Bad | Self::UnknownKid)
    }
}

/// Signs `body` with `signer` under the name of `key`; none where there is to be no header.
pub(super) fn jwt(
    body: &[u8],
    manner: Manner,
    iat: i64,
    key: &Key,
    signer: &Key,
) -> Option<String> {
    let mut header = json!({ "alg": "ES256", "kid": key.kid, "typ": "JWT" });
    let mut claims = json!({ "iat": iat, "request_body_sha256": sha256(body) });
    match manner {
        Manner::None => return None,
        Manner::Garbage => return Some("not.a-jwt".to_owned()),
        Manner::AlgNone => header["alg"] = json!("none"),
        Manner::Hs256 => header["alg"] = json!("HS256"),
        Manner::Es384 => header["alg"] = json!("ES384"),
        Manner::WrongBody => claims["request_body_sha256"] = json!(sha256(b"another body")),
        Manner::Stale => claims["iat"] = json!(iat - STALE_BY),
        Manner::Future => claims["iat"] = json!(iat + FUTURE_BY),
        Manner::UnknownKid => header["kid"] = json!(signer.kid),
        Manner::BadKid => header["kid"] = json!("../../x"),
        Manner::NoKid => without(&mut header, "kid"),
        Manner::NoIat => without(&mut claims, "iat"),
        Manner::NoHash => without(&mut claims, "request_body_sha256"),
        Manner::Good | Manner::Bad | Manner::ExpiredKey | Manner::Iat => {}
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&header), part(&claims));
    let signature = match manner {
        Manner::AlgNone => Vec::new(),
        Manner::Hs256 => hmac_with_public_key(&key.signing, message.as_bytes()),
        _ => ecdsa(&signer.signing, message.as_bytes()),
    };
    Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn without(object: &mut Value, name: &str) {
    if let Some(members) = object.as_object_mut() {
        members.remove(name);
    }
}

/// In hexadecimal, as the claim has it.
pub(super) fn sha256(body: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(body)
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

fn ecdsa(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let signature: Signature = key.sign(message);
    signature.to_bytes().to_vec()
}

/// The old confusion: a verifier that takes the public key for a shared secret.
fn hmac_with_public_key(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let public = key.verifying_key().to_sec1_point(false);
    match Hmac::<Sha256>::new_from_slice(public.as_bytes()) {
        Ok(mac) => mac.chain_update(message).finalize().into_bytes().to_vec(),
        Err(_) => Vec::new(),
    }
}
