//! Ceremonies of a real browser, recorded from Chromium with virtual authenticators: one built
//! in (CTAP 2.1), one on USB (U2F). From every `chromium-ceremonies*.json` of the folder that
//! `BALANCE_VECTORS` names, or else of ours.

use std::path::{Path, PathBuf};
use std::{env, fs};

use passkey::{
    Assertion, CeremonyError, Challenge, Credential, Registered, RelyingParty, Transport,
    UserVerification,
};
use serde_json::{Value, json};

use super::authenticator::{USER, base64url};
use super::verify;

fn recorded(name: &str) -> Vec<Value> {
    let ours = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let folder = env::var_os("BALANCE_VECTORS").map_or_else(ours, PathBuf::from);
    let ceremonies: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("the vectors in {}: {error}", folder.display()))
        .map(|file| file.expect("a readable folder").path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("chromium-ceremonies") && name.ends_with(".json")
        })
        .map(|path| {
            let text = fs::read(&path).expect("a readable file");
            let mut all: Value = serde_json::from_slice(&text).expect("JSON");
            all[name].take()
        })
        .collect();
    assert!(
        ceremonies.iter().any(Value::is_object),
        "no chromium-ceremonies*.json in {}",
        folder.display()
    );
    ceremonies
}

fn relying_party() -> RelyingParty {
    RelyingParty::new("http://localhost:8123", "Balance").expect("an origin")
}

fn challenge(value: &Value) -> Challenge {
    let bytes = hex::decode(value.as_str().expect("a string")).expect("hexadecimal");
    Challenge::new(bytes.try_into().expect("32 bytes"))
}

fn register(ceremony: &Value, user_verification: UserVerification) -> Registered {
    let response = serde_json::from_value(ceremony["reg"].clone()).expect("a response");
    relying_party()
        .register(
            &challenge(&ceremony["reg_challenge"]),
            user_verification,
            &response,
        )
        .expect("a registration")
}

fn authenticate(
    ceremony: &Value,
    credential: &Credential,
    user_verification: UserVerification,
) -> Result<Assertion, CeremonyError> {
    let response = serde_json::from_value(ceremony["auth"].clone()).expect("a response");
    let signed = relying_party().authenticate(
        &challenge(&ceremony["auth_challenge"]),
        user_verification,
        credential,
        &USER,
        &response,
    )?;
    let is_valid = verify::is_valid(&signed);
    signed.verified(is_valid)
}

#[test]
fn a_passkey_of_the_machine_registers_and_signs_in() {
    for mut ceremony in recorded("passkey") {
        let registered = register(&ceremony, UserVerification::Required);
        assert!(registered.user_verified);
        let credential = registered.credential;
        assert_eq!(credential.transports.as_slice(), [Transport::Internal]);
        assert_eq!(credential.counter, 1);

        // The handle it was recorded with is another user's, and nothing signs it.
        assert_eq!(
            authenticate(&ceremony, &credential, UserVerification::Required),
            Err(CeremonyError::UserHandleMismatch)
        );
        ceremony["auth"]["response"]["userHandle"] = json!(base64url(USER));
        assert_eq!(
            authenticate(&ceremony, &credential, UserVerification::Required),
            Ok(Assertion {
                user_verified: true,
                counter: 2,
                backed_up: true
            })
        );
    }
}

#[test]
fn a_security_key_registers_and_authenticates_and_does_not_pass_for_verified() {
    for ceremony in recorded("securitykey") {
        let registered = register(&ceremony, UserVerification::Preferred);
        assert!(!registered.user_verified);
        assert_eq!(registered.discoverable, None);
        assert_eq!(registered.aaguid, [0; 16]);
        let credential = registered.credential;
        assert_eq!(credential.transports.as_slice(), [Transport::Usb]);
        assert_eq!(
            authenticate(&ceremony, &credential, UserVerification::Preferred),
            Ok(Assertion {
                user_verified: false,
                counter: 2,
                backed_up: false
            })
        );
        assert_eq!(
            authenticate(&ceremony, &credential, UserVerification::Required),
            Err(CeremonyError::UserNotVerified)
        );
    }
}

#[test]
fn one_authenticator_does_not_answer_for_the_other() {
    for (mut ceremony, other) in recorded("passkey").into_iter().zip(recorded("securitykey")) {
        let mut others = register(&other, UserVerification::Preferred).credential;
        ceremony["auth"]["response"]["userHandle"] = json!(base64url(USER));
        assert_eq!(
            authenticate(&ceremony, &others, UserVerification::Required),
            Err(CeremonyError::CredentialMismatch)
        );
        // Not even with all that it says of itself: the signature is by another key.
        let own = register(&ceremony, UserVerification::Required).credential;
        others.id = own.id;
        others.backup_eligible = own.backup_eligible;
        assert_eq!(
            authenticate(&ceremony, &others, UserVerification::Required),
            Err(CeremonyError::InvalidSignature)
        );
    }
}
