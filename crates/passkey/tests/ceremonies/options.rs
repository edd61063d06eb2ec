//! What a browser is asked.

use passkey::{Challenge, RelyingParty, User, UserVerification};
use serde_json::json;

use super::authenticator::{CHALLENGE, ID, USER, base64url, credential, relying_party};

#[test]
fn a_credential_is_asked_for_in_the_form_that_browsers_parse() {
    let had = credential();
    let relying_party = relying_party();
    let user = User {
        handle: &USER,
        name: "ada@example.org",
        display_name: "Ada",
    };
    let exclude = [had.descriptor()];
    let options = relying_party.creation_options(user, &CHALLENGE, &exclude);
    assert_eq!(
        serde_json::to_value(options).expect("no map keys"),
        json!({
            "rp": {"id": "balance.example", "name": "Balance"},
            "user": {"id": base64url(USER), "name": "ada@example.org", "displayName": "Ada"},
            "challenge": base64url(CHALLENGE.as_bytes()),
            "pubKeyCredParams": [
                {"type": "public-key", "alg": -7},
                {"type": "public-key", "alg": -8},
                {"type": "public-key", "alg": -257},
            ],
            "timeout": 300_000,
            "excludeCredentials": [
                {"type": "public-key", "id": base64url(ID), "transports": ["internal", "hybrid"]},
            ],
            "authenticatorSelection": {
                "residentKey": "preferred", "userVerification": "preferred",
            },
            "attestation": "none",
            "extensions": {"credProps": true},
        })
    );
}

#[test]
fn an_assertion_is_asked_for_in_the_form_that_browsers_parse() {
    let had = credential();
    let relying_party = relying_party();
    let allow = [had.descriptor()];
    let options = relying_party.request_options(&CHALLENGE, &allow, UserVerification::Required);
    assert_eq!(
        serde_json::to_value(options).expect("no map keys"),
        json!({
            "challenge": base64url(CHALLENGE.as_bytes()),
            "timeout": 300_000,
            "rpId": "balance.example",
            "allowCredentials": [
                {"type": "public-key", "id": base64url(ID), "transports": ["internal", "hybrid"]},
            ],
            "userVerification": "required",
        })
    );
    let anyone = relying_party.request_options(&CHALLENGE, &[], UserVerification::Preferred);
    let anyone = serde_json::to_value(anyone).expect("no map keys");
    assert_eq!(anyone["allowCredentials"], json!([]));
    assert_eq!(anyone["userVerification"], "preferred");
}

#[test]
fn the_id_is_the_host_of_the_origin() {
    for (origin, id) in [
        ("https://balance.example", "balance.example"),
        ("https://balance.example:8443", "balance.example"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("http://localhost:8787", "localhost"),
        ("http://localhost", "localhost"),
    ] {
        let relying_party = RelyingParty::new(origin, "Balance");
        assert_eq!(relying_party.as_ref().map(RelyingParty::id), Some(id));
    }
}

#[test]
fn an_origin_is_written_as_browsers_write_it_and_may_have_passkeys() {
    for origin in [
        "",
        "balance.example",
        "https://",
        "https://balance.example/",
        "https://balance.example:443",
        "https://balance.example:",
        "https://balance.example:08443",
        "https://balance.example:99999",
        "https://balance.example:+8443",
        "https://Balance.example",
        "https://balance..example",
        "https://bücher.example",
        "https://user@balance.example",
        "https://balance.example?",
        "http://balance.example",
        "http://localhost:80",
        "https://192.0.2.1",
        "http://127.0.0.1:8787",
        "https://[2001:db8::1]",
        "ftp://localhost",
    ] {
        assert!(RelyingParty::new(origin, "Balance").is_none(), "{origin}");
    }
}

#[test]
fn a_challenge_is_equal_to_itself_only_and_is_not_printed() {
    assert_eq!(CHALLENGE, Challenge::new(*CHALLENGE.as_bytes()));
    assert_ne!(CHALLENGE, Challenge::new([0x5b; 32]));
    assert!(!format!("{CHALLENGE:?}").contains("90"));
}
