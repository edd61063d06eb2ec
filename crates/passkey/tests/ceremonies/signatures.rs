//! Which spellings of a signature there are: one.

use passkey::{AuthenticationResponse, CeremonyError, PublicKey, RsaModulus, UserVerification};
use serde_json::json;

use super::authenticator::{Answer, CHALLENGE, USER, base64url, credential, relying_party};

/// The plain form of what a response has as its signature.
fn plain(key: &PublicKey, signature: &[u8]) -> Option<Vec<u8>> {
    let mut answer = Answer::good().answer();
    answer["response"]["signature"] = json!(base64url(signature));
    let response: AuthenticationResponse = serde_json::from_value(answer).expect("a response");
    let mut credential = credential();
    credential.public_key = key.clone();
    let result = relying_party().authenticate(
        &CHALLENGE,
        UserVerification::Required,
        &credential,
        &USER,
        &response,
    );
    match result {
        Ok(signed) => Some(signed.signature().to_vec()),
        Err(error) => {
            assert_eq!(error, CeremonyError::MalformedSignature);
            None
        }
    }
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let length = u8::try_from(body.len()).expect("short");
    [&[0x30, length], body.as_slice()].concat()
}

#[test]
fn an_ecdsa_signature_becomes_two_numbers_of_32_bytes() {
    let key = credential().public_key;
    let small = sequence(&[&[2, 1, 5], &[2, 2, 0, 0x80]]);
    let mut expected = [0; 64];
    (expected[31], expected[63]) = (5, 0x80);
    assert_eq!(plain(&key, &small).as_deref(), Some(expected.as_slice()));
    let full = [&[2, 33, 0], [0xff; 32].as_slice()].concat();
    let large = sequence(&[&full, &full]);
    assert_eq!(plain(&key, &large).as_deref(), Some([0xff; 64].as_slice()));
}

#[test]
fn an_ecdsa_signature_in_another_spelling_is_refused() {
    let key = credential().public_key;
    let one: &[u8] = &[2, 1, 1];
    let long = [&[2, 33, 1], [0xff; 32].as_slice()].concat();
    let long_zero = [&[2, 34, 0], [0xff; 33].as_slice()].concat();
    for (what, der) in [
        ("empty", vec![]),
        ("plain", vec![1; 64]),
        ("zero", sequence(&[&[2, 1, 0], one])),
        ("no digits", sequence(&[&[2, 0], one])),
        ("negative", sequence(&[&[2, 1, 0x80], one])),
        ("a needless zero", sequence(&[&[2, 2, 0, 1], one])),
        ("33 bytes", sequence(&[&long, one])),
        ("34 bytes", sequence(&[&long_zero, one])),
        ("one number", sequence(&[one])),
        ("three numbers", sequence(&[one, one, one])),
        ("not a number", sequence(&[&[4, 1, 1], one])),
        ("a set", [&[0x31, 6], one, one].concat()),
        ("long length", [&[0x30, 0x81, 6], one, one].concat()),
        ("open length", [&[0x30, 0x80], one, one, &[0, 0]].concat()),
        ("too long a length", [&[0x30, 7], one, one].concat()),
        ("too short a length", [&[0x30, 5], one, one].concat()),
        ("trailing", [sequence(&[one, one]), vec![0]].concat()),
        ("a number past the end", sequence(&[one, &[2, 9, 1]])),
    ] {
        assert_eq!(plain(&key, &der), None, "{what}");
    }
}

#[test]
fn the_other_algorithms_signatures_have_one_length() {
    let modulus = RsaModulus::new(vec![0xff; 300]).expect("a modulus");
    for (key, length) in [
        (PublicKey::EdDsa([7; 32]), 64),
        (PublicKey::Rs256(modulus), 300),
    ] {
        assert_eq!(plain(&key, &vec![9; length]), Some(vec![9; length]));
        for other in [0, length - 1, length + 1] {
            assert_eq!(plain(&key, &vec![9; other]), None, "{other}");
        }
    }
}
