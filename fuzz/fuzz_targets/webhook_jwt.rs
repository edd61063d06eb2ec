//! The token, the key and the body of a webhook: whatever a stranger sends, nothing
//! panics, and what is accepted has the one algorithm, a UUID for a key, and a time.

#![no_main]

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use plaid::webhook::{Jwk, KeyId, VerificationKey, VerificationToken, Webhook};

const NOW: i64 = 1_790_000_000;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        accept(text);
        let _ = KeyId::parse(text).map(|key_id| assert_eq!(key_id.as_str(), text));
    }

    // Lines of the input as header, claims and body, so that JSON is reached past base64.
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let mut next = || lines.next().unwrap_or_default();
    let (header, claims, body) = (next(), next(), next());
    let token = format!(
        "{}.{}.{}",
        BASE64_URL_SAFE_NO_PAD.encode(header),
        BASE64_URL_SAFE_NO_PAD.encode(claims),
        BASE64_URL_SAFE_NO_PAD.encode([7; 64]),
    );
    accept(&token);

    let asked = KeyId::parse("bfbd5111-8e33-4643-8ced-b2e642a72f3c").expect("a UUID");
    if let Ok(key) = serde_json::from_slice::<Jwk<'_>>(header)
        && let Ok(key) = VerificationKey::trust(&key, asked)
    {
        assert_eq!(key.public_key().first(), Some(&4));
    }

    for body in [data, body] {
        if let Ok(event) = Webhook::parse(body)
            && let Some(item_id) = event.item_id()
        {
            assert!(item_id.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
});

fn accept(text: &str) {
    let Ok(token) = VerificationToken::parse(text) else {
        return;
    };
    let input = std::str::from_utf8(token.signing_input()).expect("text");
    let (header, _) = input.split_once('.').expect("two parts");
    let header = BASE64_URL_SAFE_NO_PAD.decode(header).expect("base64url");
    let header: serde_json::Value = serde_json::from_slice(&header).expect("JSON");
    assert_eq!(header["alg"], "ES256");
    assert_eq!(header["kid"], token.key_id().as_str());
    assert!(header.get("crit").is_none_or(serde_json::Value::is_null));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(token.signature());
    assert_eq!(text, format!("{input}.{signature}"));
    // No body can be found for a digest that the fuzzer chose.
    let claims = token.into_claims_once_verified();
    assert!(claims.check(NOW, text.as_bytes()).is_err());
}
