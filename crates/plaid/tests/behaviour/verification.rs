//! Who may tell us something.

use base64::Engine as _;
use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, VerifyingKey};
use plaid::webhook::{Claims, MAX_BODY_BYTES, MAX_TOKEN_BYTES, VerificationToken, WebhookError};
use proptest::prelude::*;
use serde_json::json;

use super::keys::trust;
use super::signed::{
    BODY, KID, NOW, good_claims, good_header, part, sha256_hex, signing_key, token,
};

fn refusal(token: &str) -> Option<WebhookError> {
    VerificationToken::parse(token).err()
}

fn claims(iat: i64, body: &[u8]) -> Claims {
    let token = token(
        &good_header(),
        &json!({"iat": iat, "request_body_sha256": sha256_hex(body)}),
    );
    let parsed = VerificationToken::parse(&token);
    parsed.expect("a good token").into_claims_once_verified()
}

#[test]
fn a_genuine_webhook_passes_every_step() {
    let token = token(&good_header(), &good_claims());
    let token = VerificationToken::parse(&token).expect("a token");
    assert_eq!(token.key_id().as_str(), KID);

    let key = trust(|_| ()).expect("a good key");
    let verifier = VerifyingKey::from_sec1_bytes(key.public_key()).expect("a point");
    let signature = Signature::from_slice(token.signature()).expect("r and s");
    assert!(verifier.verify(token.signing_input(), &signature).is_ok());

    assert_eq!(token.into_claims_once_verified().check(NOW, BODY), Ok(()));
}

#[test]
fn only_es256_is_an_algorithm() {
    for alg in [
        "none", "None", "HS256", "RS256", "ES384", "ES512", "es256", "ES256 ", "ES256K", "EdDSA",
        "",
    ] {
        let header = json!({"alg": alg, "kid": KID});
        assert_eq!(
            refusal(&token(&header, &good_claims())),
            Some(WebhookError::WrongAlgorithm),
            "{alg}"
        );
    }
    for header in [
        json!({"kid": KID}),
        json!({"alg": null, "kid": KID}),
        json!({"alg": ["ES256"], "kid": KID}),
        json!({"alg": "ES256"}),
        json!(["ES256", KID]),
        json!("ES256"),
    ] {
        assert_eq!(
            refusal(&token(&header, &good_claims())),
            Some(WebhookError::MalformedToken),
            "{header}"
        );
    }
}

#[test]
fn a_header_that_says_two_things_is_malformed() {
    let header = format!(r#"{{"alg":"ES256","alg":"none","kid":"{KID}"}}"#);
    let header = BASE64_URL_SAFE_NO_PAD.encode(header);
    let token = format!("{header}.{}.{}", part(&good_claims()), "A".repeat(86));
    assert_eq!(refusal(&token), Some(WebhookError::MalformedToken));
}

#[test]
fn a_critical_extension_is_refused_and_other_members_are_not() {
    let header = json!({"alg": "ES256", "kid": KID, "crit": ["b64"], "b64": false});
    assert_eq!(
        refusal(&token(&header, &good_claims())),
        Some(WebhookError::CriticalExtension)
    );
    for header in [
        json!({"alg": "ES256", "kid": KID}),
        json!({"alg": "ES256", "kid": KID, "typ": "anything", "x5u": "https://evil.example"}),
    ] {
        assert_eq!(refusal(&token(&header, &good_claims())), None, "{header}");
    }
}

#[test]
fn a_key_id_is_a_uuid() {
    for kid in [
        "",
        "bfbd51118e3346438cedb2e642a72f3c",
        "bfbd5111-8e33-4643-8ced-b2e642a72f3",
        "bfbd5111-8e33-4643-8ced-b2e642a72f3cc",
        "bfbd5111-8e33-4643-8ced-b2e642a72f3g",
        "{bfbd5111-8e33-4643-8ced-b2e642a72f3c}",
        "bfbd5111_8e33_4643_8ced_b2e642a72f3c",
        "../../../../../../../../../etc/passwd",
        "bfbd5111-8e33-4643-8ced-b2e642a72f3\u{e9}",
    ] {
        let header = json!({"alg": "ES256", "kid": kid});
        assert_eq!(
            refusal(&token(&header, &good_claims())),
            Some(WebhookError::MalformedKeyId),
            "{kid}"
        );
    }
}

#[test]
fn a_token_has_three_parts_and_each_one_spelling() {
    let good = token(&good_header(), &good_claims());
    let parts: Vec<&str> = good.split('.').collect();
    let (header, payload, signature) = (parts[0], parts[1], parts[2]);
    let padded = BASE64_URL_SAFE.encode(good_header().to_string());
    let padded = if padded.contains('=') {
        padded
    } else {
        format!("{padded}====")
    };
    // 64 bytes take 86 digits, of which the last has four spare bits.
    let spare_bits = format!("{}B", &signature[..85]);
    assert_ne!(signature, spare_bits);
    for token in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{good}."),
        format!("{good}.{signature}"),
        format!("{header}.{payload}.{payload}.{signature}"),
        format!("{padded}.{payload}.{signature}"),
        format!(" {good}"),
        format!("{good}\n"),
        format!("Bearer {good}"),
        format!("{header}.{payload}.{spare_bits}"),
        format!("{header}.{payload}.{}", &signature[..84]),
        format!("{header}.{payload}.{signature}AA"),
        format!(
            "{header}.{payload}.{}",
            signature.replace(['-', '_'], "+") + "+"
        ),
    ] {
        assert_eq!(
            refusal(&token),
            Some(WebhookError::MalformedToken),
            "{token}"
        );
    }
}

#[test]
fn a_signature_in_der_is_not_a_jwt_signature() {
    let input = format!("{}.{}", part(&good_header()), part(&good_claims()));
    let signature: Signature = signing_key().sign(input.as_bytes());
    let der = BASE64_URL_SAFE_NO_PAD.encode(signature.to_der().as_bytes());
    assert_eq!(
        refusal(&format!("{input}.{der}")),
        Some(WebhookError::MalformedToken)
    );
}

#[test]
fn claims_of_the_wrong_form_are_malformed() {
    let digest = sha256_hex(BODY);
    for claims in [
        json!({}),
        json!({"iat": NOW}),
        json!({"request_body_sha256": digest}),
        json!({"iat": NOW.to_string(), "request_body_sha256": digest}),
        json!({"iat": 1.5, "request_body_sha256": digest}),
        json!({"iat": NOW, "request_body_sha256": &digest[1..]}),
        json!({"iat": NOW, "request_body_sha256": format!("{digest}0")}),
        json!({"iat": NOW, "request_body_sha256": digest.replace(|c: char| c.is_ascii_digit(), "g")}),
        json!({"iat": NOW, "request_body_sha256": ""}),
        json!({"iat": NOW, "request_body_sha256": null}),
        json!([NOW, digest]),
    ] {
        assert_eq!(
            refusal(&token(&good_header(), &claims)),
            Some(WebhookError::MalformedToken),
            "{claims}"
        );
    }
}

#[test]
fn an_oversize_token_is_refused_unread() {
    let long = "A".repeat(MAX_TOKEN_BYTES + 1);
    assert_eq!(refusal(&long), Some(WebhookError::TokenTooLarge));
}

#[test]
fn a_signature_is_good_for_five_minutes_and_a_clock_may_be_a_minute_ahead() {
    for (iat, expected) in [
        (NOW, Ok(())),
        (NOW - 300, Ok(())),
        (NOW - 301, Err(WebhookError::TooOld)),
        (NOW + 60, Ok(())),
        (NOW + 61, Err(WebhookError::FromTheFuture)),
        (i64::MIN, Err(WebhookError::TooOld)),
        (i64::MAX, Err(WebhookError::FromTheFuture)),
        (0, Err(WebhookError::TooOld)),
    ] {
        assert_eq!(claims(iat, BODY).check(NOW, BODY), expected, "{iat}");
    }
}

#[test]
fn the_body_is_the_one_that_was_signed_to_the_byte() {
    let claims = claims(NOW, BODY);
    let mut spaced = BODY.to_vec();
    spaced.push(b'\n');
    for other in [&b""[..], &spaced, &BODY[1..]] {
        assert_eq!(claims.check(NOW, other), Err(WebhookError::BodyMismatch));
    }
    let huge = vec![b' '; MAX_BODY_BYTES + 1];
    assert_eq!(claims.check(NOW, &huge), Err(WebhookError::BodyTooLarge));
}

#[test]
fn a_digest_may_be_in_upper_case() {
    let upper = json!({"iat": NOW, "request_body_sha256": sha256_hex(BODY).to_uppercase()});
    let token = token(&good_header(), &upper);
    let claims = VerificationToken::parse(&token)
        .expect("a token")
        .into_claims_once_verified();
    assert_eq!(claims.check(NOW, BODY), Ok(()));
}

proptest! {
    #[test]
    fn arbitrary_text_is_never_a_token(text in "\\PC*") {
        prop_assert!(VerificationToken::parse(&text).is_err());
    }

    #[test]
    fn arbitrary_parts_never_panic(
        header in proptest::collection::vec(any::<u8>(), 0..64),
        payload in proptest::collection::vec(any::<u8>(), 0..64),
        signature in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let text = format!("{}.{}.{}", encode(&header), encode(&payload), encode(&signature));
        prop_assert!(VerificationToken::parse(&text).is_err());
    }

    #[test]
    fn a_changed_token_is_refused_or_no_longer_verifies(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_.-]") {
        let good = token(&good_header(), &good_claims());
        let at = at.index(good.len());
        let mut changed = good.clone();
        changed.replace_range(at..=at, &to);
        prop_assume!(changed != good);
        if let Ok(token) = VerificationToken::parse(&changed) {
            let signature = Signature::from_slice(token.signature());
            let verifies = signature.is_ok_and(|signature| {
                signing_key().verifying_key().verify(token.signing_input(), &signature).is_ok()
            });
            prop_assert!(!verifies, "{}", changed);
        }
    }

    #[test]
    fn any_time_is_judged_without_overflow(iat in any::<i64>(), now in any::<i64>()) {
        let age = i128::from(now) - i128::from(iat);
        let fresh = (-60..=300).contains(&age);
        prop_assert_eq!(claims(iat, BODY).check(now, BODY).is_ok(), fresh);
    }
}
