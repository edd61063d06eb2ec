//! Signatures verified natively, in place of the platform.

use ed25519_dalek::Verifier as _;
use num_bigint::BigUint;
use passkey::{PublicKey, RSA_EXPONENT, SignedAssertion};
use sha2::{Digest, Sha256};

pub(crate) fn is_valid(assertion: &SignedAssertion) -> bool {
    let (signature, message) = (assertion.signature(), assertion.message());
    match assertion.public_key() {
        PublicKey::Es256(point) => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).expect("a point");
            p256::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok())
        }
        PublicKey::EdDsa(point) => {
            let key = ed25519_dalek::VerifyingKey::from_bytes(point).expect("a point");
            ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok())
        }
        PublicKey::Rs256(modulus) => rsa(modulus.as_bytes(), signature, message),
    }
}

/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2.2).
fn rsa(modulus: &[u8], signature: &[u8], message: &[u8]) -> bool {
    const DIGEST_INFO: [u8; 19] = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
    let digest = Sha256::digest(message);
    let padding = vec![0xff; modulus.len() - 3 - DIGEST_INFO.len() - digest.len()];
    let expected = [&[0, 1], padding.as_slice(), &[0], &DIGEST_INFO, &digest].concat();
    let number = BigUint::from_bytes_be;
    let opened = number(signature).modpow(&number(&RSA_EXPONENT), &number(modulus));
    opened == number(&expected)
}
