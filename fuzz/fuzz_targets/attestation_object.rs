//! The attestation object of a registration, and the authenticator data in it: whatever a
//! stranger sends, nothing panics, and what is taken is a credential that can be kept.

#![no_main]

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use passkey::{CeremonyError, Challenge, Credential, Registered, RelyingParty, UserVerification};
use serde_json::json;
use sha2::{Digest, Sha256};

const CHALLENGE: Challenge = Challenge::new([0x5a; 32]);
const HOST: &str = "balance.example";

fuzz_target!(|data: &[u8]| {
    // The first byte says how long the credential's name is.
    let Some((length, data)) = data.split_first() else {
        return;
    };
    let id = vec![7; usize::from(*length).max(1)];
    hold(&id, register(&id, data));

    // A good frame around it, so that the key and what follows it are reached.
    let mut inner = Sha256::digest(HOST).to_vec();
    inner.extend([0x45, 0, 0, 0, 1]);
    inner.extend([0; 16]);
    inner.extend(
        u16::try_from(id.len())
            .expect("a byte's worth")
            .to_be_bytes(),
    );
    inner.extend(&id);
    inner.extend(data);
    let Ok(length) = u16::try_from(inner.len()) else {
        return;
    };
    let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
    object.extend(length.to_be_bytes());
    object.extend(inner);
    hold(&id, register(&id, &object));
});

fn register(id: &[u8], object: &[u8]) -> Option<Result<Registered, CeremonyError>> {
    let client_data = json!({
        "type": "webauthn.create",
        "challenge": BASE64_URL_SAFE_NO_PAD.encode(CHALLENGE.as_bytes()),
        "origin": format!("https://{HOST}"),
    });
    let id = BASE64_URL_SAFE_NO_PAD.encode(id);
    let response = json!({
        "id": id, "rawId": id, "type": "public-key",
        "response": {
            "clientDataJSON": BASE64_URL_SAFE_NO_PAD.encode(client_data.to_string()),
            "attestationObject": BASE64_URL_SAFE_NO_PAD.encode(object),
        },
    });
    // Not read at all where it is over its limit.
    let response = serde_json::from_value(response).ok()?;
    let relying_party = RelyingParty::new(&format!("https://{HOST}"), "Balance")?;
    Some(relying_party.register(&CHALLENGE, UserVerification::Required, &response))
}

fn hold(id: &[u8], result: Option<Result<Registered, CeremonyError>>) {
    let Some(Ok(registered)) = result else {
        return;
    };
    assert!(registered.user_verified);
    let credential = registered.credential;
    assert_eq!(credential.id.as_bytes(), id);
    assert!(credential.backup_eligible || !credential.backed_up);
    let kept = serde_json::to_string(&credential).expect("no map keys");
    let read: Credential = serde_json::from_str(&kept).expect("as it was written");
    assert_eq!(read, credential);
}
