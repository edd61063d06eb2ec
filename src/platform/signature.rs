//! Signatures made and verified by `WebCrypto`: ES256 nine times faster than in wasm.
//! Invariant: a key or a signature that it does not take is one that does not hold.

use std::future::Future;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use js_sys::{Array, Uint8Array};
use passkey::{PublicKey, SignedAssertion};
use wasm_bindgen::{JsCast as _, JsValue};
use zeroize::Zeroizing;

use super::glue;

/// An imported P-256 public key.
#[derive(Clone)]
pub(crate) struct P256Key(JsValue);

impl P256Key {
    /// From an uncompressed point (SEC 1). `None` where it is not on the curve.
    pub(crate) async fn import(point: &[u8; 65]) -> Option<Self> {
        glue::here(glue::import_p256(bytes(point)))
            .await
            .ok()
            .map(Self)
    }

    /// Whether `signature` (r ‖ s, 64 bytes) is this key's over `data`.
    pub(crate) async fn verifies(&self, signature: &[u8; 64], data: &[u8]) -> bool {
        let verdict = glue::verify_p256(&self.0, bytes(signature), bytes(data));
        holds(verdict).await
    }
}

/// Whether an assertion is signed with the key of its credential.
pub(crate) async fn verifies(assertion: &SignedAssertion) -> bool {
    let (signature, message) = (assertion.signature(), assertion.message());
    match assertion.public_key() {
        PublicKey::Es256(point) => match (P256Key::import(point).await, signature.try_into()) {
            (Some(key), Ok(signature)) => key.verifies(signature, message).await,
            _ => false,
        },
        PublicKey::EdDsa(point) => {
            holds(glue::verify_ed25519(
                bytes(point),
                bytes(signature),
                bytes(message),
            ))
            .await
        }
        PublicKey::Rs256(modulus) => {
            let n = modulus.to_base64url();
            holds(glue::verify_rs256(&n, bytes(signature), bytes(message))).await
        }
    }
}

/// In front of a seed it makes a private key of Ed25519 in PKCS #8 (RFC 8410, 7).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The public key of a seed, and its signature over `message`. `None` where the platform
/// does not sign.
pub(crate) async fn sign_ed25519(seed: &[u8; 32], message: &[u8]) -> Option<([u8; 32], [u8; 64])> {
    let mut key = Zeroizing::new(PKCS8.to_vec());
    key.extend_from_slice(seed);
    let signed = glue::here(glue::sign_ed25519(bytes(&key), bytes(message)));
    let signed = glue::here(async move {
        let parts: Array = signed.await.ok()?.dyn_into().ok()?;
        let public = URL_SAFE_NO_PAD.decode(parts.get(0).as_string()?).ok()?;
        let signature: Uint8Array = parts.get(1).dyn_into().ok()?;
        Some((public.try_into().ok()?, signature.to_vec().try_into().ok()?))
    });
    signed.await
}

/// What a verdict comes to.
fn holds(
    verdict: impl Future<Output = Result<JsValue, JsValue>>,
) -> impl Future<Output = bool> + Send {
    // Wrapped before the first poll: a router asks for `Send`.
    let verdict = glue::here(verdict);
    async move { verdict.await.is_ok_and(|value| value.is_truthy()) }
}

fn bytes(slice: &[u8]) -> Uint8Array {
    Uint8Array::from(slice)
}
