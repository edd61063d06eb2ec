//! An assertion's parts, and the JSON around them: whatever a stranger sends, nothing panics,
//! and what is held to be signed is what was sent.

#![no_main]

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use passkey::{AuthenticationResponse, Challenge, Credential, RelyingParty, UserVerification};
use serde_json::json;
use sha2::{Digest, Sha256};

const CHALLENGE: Challenge = Challenge::new([0x5a; 32]);
const HOST: &str = "balance.example";

fuzz_target!(|data: &[u8]| {
    if let Ok(response) = serde_json::from_slice::<AuthenticationResponse>(data) {
        assert!((1..=1023).contains(&response.credential_id().as_bytes().len()));
        assert!(
            response
                .user_handle()
                .is_none_or(|handle| handle.len() <= 64)
        );
    }

    // The first byte says where the signature ends, behind a good hash of the host.
    let Some((length, data)) = data.split_first() else {
        return;
    };
    let Some((signature, rest)) = data.split_at_checked(usize::from(*length)) else {
        return;
    };
    let mut authenticator_data = Sha256::digest(HOST).to_vec();
    authenticator_data.extend(rest);
    let client_data = json!({
        "type": "webauthn.get",
        "challenge": BASE64_URL_SAFE_NO_PAD.encode(CHALLENGE.as_bytes()),
        "origin": format!("https://{HOST}"),
    })
    .to_string();
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let response = json!({
        "id": "BwcH", "rawId": "BwcH", "type": "public-key",
        "response": {
            "clientDataJSON": encode(client_data.as_bytes()),
            "authenticatorData": encode(&authenticator_data),
            "signature": encode(signature),
        },
    });
    let Ok(response) = serde_json::from_value(response) else {
        return;
    };
    let relying_party =
        RelyingParty::new(&format!("https://{HOST}"), "Balance").expect("an origin");
    for key in [
        json!({"ES256": encode(&[4; 65])}),
        json!({"EdDSA": encode(&[7; 32])}),
    ] {
        let credential = json!({
            "id": "BwcH", "public_key": key, "counter": 1,
            "backup_eligible": false, "backed_up": false,
        });
        let credential: Credential = serde_json::from_value(credential).expect("a credential");
        let signed = relying_party.authenticate(
            &CHALLENGE,
            UserVerification::Preferred,
            &credential,
            &[0; 16],
            &response,
        );
        if let Ok(signed) = signed {
            let message = [authenticator_data.as_slice(), &Sha256::digest(&client_data)].concat();
            assert_eq!(signed.message(), message);
            assert_eq!(signed.signature().len(), 64);
            if let Ok(assertion) = signed.verified(true) {
                assert!(assertion.counter > 1);
            }
        }
    }
});
