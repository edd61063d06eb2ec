//! A credential as it is kept.

use passkey::{Credential, CredentialId, PublicKey, RsaModulus};
use serde_json::{Value, json};

use super::authenticator::{base64url, credential};

#[test]
fn a_credential_reads_as_it_was_kept() {
    let modulus = RsaModulus::new(vec![0xff; 256]).expect("a modulus");
    for public_key in [
        credential().public_key,
        PublicKey::EdDsa([7; 32]),
        PublicKey::Rs256(modulus),
    ] {
        let credential = Credential {
            public_key,
            ..credential()
        };
        let kept = serde_json::to_string(&credential).expect("no map keys");
        assert_eq!(
            serde_json::from_str::<Credential>(&kept).expect("as it was written"),
            credential
        );
    }
}

#[test]
fn a_kept_credential_has_the_form_that_it_had_yesterday() {
    let kept = serde_json::to_value(credential()).expect("no map keys");
    let PublicKey::Es256(point) = credential().public_key else {
        panic!("another algorithm");
    };
    assert_eq!(
        kept,
        json!({
            "id": base64url(super::authenticator::ID),
            "public_key": {"ES256": base64url(point)},
            "counter": 0,
            "backup_eligible": false,
            "backed_up": false,
            "transports": ["internal", "hybrid"],
        })
    );
}

#[test]
fn a_key_that_no_ceremony_makes_is_not_read() {
    for key in [
        json!({"ES256": base64url([4; 64])}),
        json!({"ES256": base64url([4; 66])}),
        json!({"EdDSA": base64url([7; 33])}),
        json!({"RS256": base64url([0xff; 255])}),
        json!({"RS256": base64url([0xff; 513])}),
        json!({"RS256": base64url([0xfe; 256])}),
        json!({"ES384": base64url([4; 97])}),
        Value::Null,
    ] {
        assert!(
            serde_json::from_value::<PublicKey>(key.clone()).is_err(),
            "{key}"
        );
    }
}

#[test]
fn a_credential_id_has_1_to_1023_bytes() {
    for length in [1, 1023] {
        assert!(CredentialId::new(vec![0; length]).is_some());
    }
    for length in [0, 1024] {
        assert!(CredentialId::new(vec![0; length]).is_none());
    }
}
