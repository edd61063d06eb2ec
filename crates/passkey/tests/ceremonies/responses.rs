//! Which JSON of a browser is read at all.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use passkey::{
    AuthenticationResponse, CeremonyError, Registered, RegistrationResponse, Transport,
    UserVerification,
};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::authenticator::{Answer, CHALLENGE, ID, Registration, USER, base64url, relying_party};

pub(crate) fn decode(value: &Value) -> Vec<u8> {
    let text = value.as_str().expect("a string");
    BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

/// A good registration but for its attestation object.
pub(crate) fn with_object(object: &[u8]) -> Value {
    let mut answer = Registration::good().answer();
    answer["response"]["attestationObject"] = json!(base64url(object));
    answer
}

pub(crate) fn register(answer: &Value) -> Result<Registered, CeremonyError> {
    let response = RegistrationResponse::deserialize(answer).expect("a response");
    relying_party().register(&CHALLENGE, UserVerification::Required, &response)
}

/// Whether it is read.
fn registration(change: impl Fn(&mut Value)) -> bool {
    let mut answer = Registration::good().answer();
    change(&mut answer);
    RegistrationResponse::deserialize(answer).is_ok()
}

fn authentication(change: impl Fn(&mut Value)) -> bool {
    let mut answer = Answer::good().answer();
    change(&mut answer);
    AuthenticationResponse::deserialize(answer).is_ok()
}

#[test]
fn an_assertion_names_whom_to_look_up() {
    let answer = Answer::good().answer();
    let response = AuthenticationResponse::deserialize(answer).expect("a response");
    assert_eq!(response.credential_id().as_bytes(), ID);
    assert_eq!(response.user_handle(), Some(USER.as_slice()));
}

#[test]
fn a_response_is_of_a_public_key_and_names_one_credential() {
    for change in [
        |answer: &mut Value| answer["type"] = json!("password"),
        |answer: &mut Value| answer["type"] = Value::Null,
        |answer: &mut Value| answer["id"] = json!("AAAA"),
        |answer: &mut Value| answer["rawId"] = json!("AAAA"),
        |answer: &mut Value| {
            answer["id"] = json!("");
            answer["rawId"] = json!("");
        },
        |answer: &mut Value| {
            let long = json!(base64url([1; 1024]));
            answer["id"] = long.clone();
            answer["rawId"] = long;
        },
    ] {
        assert!(!registration(change));
        assert!(!authentication(change));
    }
}

#[test]
fn no_member_is_longer_than_it_may_be() {
    for (member, limit) in [("clientDataJSON", 4 << 10), ("attestationObject", 16 << 10)] {
        let sized = |length: usize| {
            registration(|answer| answer["response"][member] = json!(base64url(vec![0; length])))
        };
        assert!(sized(limit), "{member}");
        assert!(!sized(limit + 1), "{member}");
        assert!(!sized(limit * 2), "{member}");
    }
    for (member, limit) in [
        ("clientDataJSON", 4 << 10),
        ("authenticatorData", 4 << 10),
        ("signature", 1 << 10),
        ("userHandle", 64),
    ] {
        let sized = |length: usize| {
            authentication(|answer| answer["response"][member] = json!(base64url(vec![0; length])))
        };
        assert!(sized(limit), "{member}");
        assert!(!sized(limit + 1), "{member}");
        assert!(!sized(limit * 2), "{member}");
    }
}

#[test]
fn bytes_are_base64url_without_padding_and_with_no_spare_bits() {
    for text in ["YQ==", "+/+/", "YR", "a b", "é", "Y"] {
        assert!(
            !authentication(|answer| answer["response"]["signature"] = json!(text)),
            "{text}"
        );
    }
    assert!(authentication(
        |answer| answer["response"]["signature"] = json!("YQ")
    ));
}

#[test]
fn a_member_that_is_needed_is_there() {
    let without = |answer: &mut Value, pointer: &str, member: &str| {
        let parent = answer.pointer_mut(pointer).and_then(Value::as_object_mut);
        parent.expect("an object").remove(member).expect("a member");
    };
    for (pointer, member) in [
        ("", "id"),
        ("", "rawId"),
        ("", "type"),
        ("", "response"),
        ("/response", "clientDataJSON"),
    ] {
        assert!(
            !registration(|answer| without(answer, pointer, member)),
            "{member}"
        );
        assert!(
            !authentication(|answer| without(answer, pointer, member)),
            "{member}"
        );
    }
    assert!(!registration(|answer| without(
        answer,
        "/response",
        "attestationObject"
    )));
    for member in ["authenticatorData", "signature"] {
        assert!(!authentication(|answer| without(
            answer,
            "/response",
            member
        )));
    }
    assert!(registration(|answer| without(
        answer,
        "/response",
        "transports"
    )));
    assert!(registration(|answer| without(
        answer,
        "",
        "clientExtensionResults"
    )));
    assert!(authentication(|answer| without(
        answer,
        "/response",
        "userHandle"
    )));
    assert!(authentication(
        |answer| answer["response"]["userHandle"] = Value::Null
    ));
}

#[test]
fn members_that_browsers_add_are_passed_over() {
    let change = |answer: &mut Value| {
        answer["new"] = json!([{}]);
        answer["response"]["publicKey"] = json!("AAAA");
        answer["response"]["publicKeyAlgorithm"] = json!(-7);
        answer["clientExtensionResults"]["prf"] = json!({"enabled": true});
    };
    assert!(registration(change));
    assert!(authentication(change));
}

#[test]
fn of_the_transports_the_known_ones_are_kept_once_each() {
    let mut answer = Registration::good().answer();
    answer["response"]["transports"] = json!(["usb", "cable", 7, "smart-card", "usb", "Nfc", null]);
    let kept = register(&answer)
        .expect("a registration")
        .credential
        .transports;
    assert_eq!(kept.as_slice(), [Transport::Usb, Transport::SmartCard]);
}

#[test]
fn whether_it_is_discoverable_is_known_where_the_browser_says() {
    for (results, expected) in [
        (json!({"credProps": {"rk": true}}), Some(true)),
        (json!({"credProps": {"rk": false}}), Some(false)),
        (json!({"credProps": {}}), None),
        (json!({}), None),
        (Value::Null, None),
    ] {
        let mut answer = Registration::good().answer();
        answer["clientExtensionResults"] = results;
        let registered = register(&answer).expect("a registration");
        assert_eq!(registered.discoverable, expected);
    }
}
