//! A webhook's signature header: whatever a stranger sends, nothing panics, and it is
//! accepted exactly where a second, plain reading of it finds a signature of the secret
//! over one time and the very body.

#![no_main]

use hmac::{Hmac, KeyInit, Mac};
use libfuzzer_sys::fuzz_target;
use sha2::Sha256;
use stripe::webhook::{SignatureError, SigningSecret, verify};

const NOW: i64 = 1_790_000_000;
const SECRETS: [&str; 2] = ["whsec_old", "whsec_new"];

fuzz_target!(|data: &[u8]| {
    let at = data.iter().position(|byte| *byte == b'\n');
    let (header, body) = data.split_at(at.unwrap_or(data.len()));
    let Ok(header) = std::str::from_utf8(header) else {
        return;
    };
    judge(header, body);
    // A fuzzer finds no signature by itself: `@` and `#` stand for those of the secrets,
    // over the time that is written first.
    let time = header
        .split(',')
        .find_map(|element| element.strip_prefix("t="))
        .unwrap_or_default();
    let [old, new] = SECRETS.map(|secret| sign(secret, time, body));
    judge(&header.replace('@', &old).replace('#', &new), body);
});

fn sign(secret: &str, time: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

fn judge(header: &str, body: &[u8]) {
    let secrets = SECRETS.map(|text| SigningSecret::new(text.to_owned()).expect("a secret"));
    let answer = verify(header, body, &secrets, NOW);
    assert_eq!(answer, plain(header, body), "{header:?}");
    // The order of the secrets decides nothing, and without any nothing is accepted.
    let [old, new] = secrets;
    assert_eq!(answer, verify(header, body, &[new, old], NOW));
    assert!(verify(header, body, &[], NOW).is_err());
}

/// The same, from the rules, in as few words as possible.
fn plain(header: &str, body: &[u8]) -> Result<(), SignatureError> {
    let pairs: Option<Vec<_>> = header.split(',').map(|pair| pair.split_once('=')).collect();
    let pairs = pairs.ok_or(SignatureError::Malformed)?;
    let of = |name: &str| {
        let named = pairs.iter().filter(|(key, _)| *key == name);
        named.map(|(_, value)| *value).collect::<Vec<_>>()
    };
    let [time] = of("t")[..] else {
        return Err(SignatureError::Malformed);
    };
    let digits = matches!(time.len(), 1..=12) && time.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || header.len() > 4096 || pairs.len() > 32 {
        return Err(SignatureError::Malformed);
    }
    let signatures = of("v1");
    if signatures.is_empty() {
        return Err(SignatureError::NoSignature);
    }
    let matches = |secret| signatures.contains(&sign(secret, time, body).as_str());
    if !SECRETS.into_iter().any(matches) {
        return Err(SignatureError::WrongSignature);
    }
    let time: i64 = time.parse().expect("twelve digits");
    if (NOW - time).abs() > 300 {
        return Err(SignatureError::Skewed);
    }
    Ok(())
}
