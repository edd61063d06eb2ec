//! What the browser says it did, at either ceremony.

use passkey::CeremonyError::{self, ChallengeMismatch, CrossOrigin, OriginMismatch, WrongType};
use passkey::{AuthenticationResponse, RegistrationResponse, UserVerification};
use serde_json::{Value, json};

use super::authenticator::{
    Answer, CHALLENGE, Registration, USER, authenticate, base64url, credential, judge, register,
    relying_party,
};

/// Both ceremonies with the same change.
fn refused(change: impl Fn(&mut Value)) -> CeremonyError {
    let at_registration = register(|it| change(&mut it.client_data)).map(|_| ());
    let at_authentication = authenticate(|it| change(&mut it.client_data)).map(|_| ());
    assert_eq!(at_registration, at_authentication);
    at_registration.expect_err("something that is refused")
}

/// Both ceremonies over these very bytes.
fn refused_text(text: &str) -> CeremonyError {
    let mut answer = Registration::good().answer();
    answer["response"]["clientDataJSON"] = json!(base64url(text));
    let response: RegistrationResponse = serde_json::from_value(answer).expect("a response");
    let at_registration = relying_party()
        .register(&CHALLENGE, UserVerification::Required, &response)
        .map(|_| ());
    let mut answer = Answer::good().answer();
    answer["response"]["clientDataJSON"] = json!(base64url(text));
    let response: AuthenticationResponse = serde_json::from_value(answer).expect("a response");
    let at_authentication = relying_party()
        .authenticate(
            &CHALLENGE,
            UserVerification::Required,
            &credential(),
            &USER,
            &response,
        )
        .map(|_| ());
    assert_eq!(at_registration, at_authentication, "{text}");
    at_registration.expect_err("something that is refused")
}

#[test]
fn a_response_of_one_ceremony_is_none_of_the_other() {
    let other = authenticate(|it| it.client_data["type"] = json!("webauthn.create"));
    assert_eq!(other, Err(WrongType));
    let other = register(|it| it.client_data["type"] = json!("webauthn.get"));
    assert_eq!(other, Err(WrongType));
    for kind in ["", "payment.get", "WEBAUTHN.GET", "webauthn.get "] {
        assert_eq!(refused(|data| data["type"] = json!(kind)), WrongType);
    }
}

#[test]
fn another_challenge_is_refused() {
    let mut flipped = *CHALLENGE.as_bytes();
    flipped[31] ^= 1;
    let long = [CHALLENGE.as_bytes().as_slice(), &[0]].concat();
    let padded = format!("{}=", base64url(CHALLENGE.as_bytes()));
    for challenge in [
        base64url(flipped),
        base64url(&CHALLENGE.as_bytes()[..31]),
        base64url(long),
        padded,
        String::new(),
    ] {
        assert_eq!(
            refused(|data| data["challenge"] = json!(challenge)),
            ChallengeMismatch,
            "{challenge}"
        );
    }
}

#[test]
fn another_origin_is_refused() {
    for origin in [
        "https://evil.example",
        "http://balance.example",
        "https://balance.example:8443",
        "https://balance.example:443",
        "https://balance.example/",
        "https://a.balance.example",
        "https://balance.example.evil.example",
        "https://BALANCE.example",
        "android:apk-key-hash:balance.example",
        "null",
        "",
    ] {
        assert_eq!(
            refused(|data| data["origin"] = json!(origin)),
            OriginMismatch,
            "{origin}"
        );
    }
}

#[test]
fn a_frame_of_another_page_is_refused() {
    assert_eq!(
        refused(|data| data["crossOrigin"] = json!(true)),
        CrossOrigin
    );
    for page in ["https://evil.example", "https://balance.example"] {
        assert_eq!(refused(|data| data["topOrigin"] = json!(page)), CrossOrigin);
    }
}

#[test]
fn members_that_browsers_add_or_leave_out_do_not_matter() {
    let change = |data: &mut Value| {
        data["other_keys_can_be_added_here"] = json!({"deep": [1, 2, {"x": null}]});
        data.as_object_mut()
            .expect("an object")
            .remove("crossOrigin");
    };
    assert!(register(|it| change(&mut it.client_data)).is_ok());
    assert!(authenticate(|it| change(&mut it.client_data)).is_ok());
}

#[test]
fn what_is_not_an_object_with_each_member_once_is_refused() {
    let challenge = base64url(CHALLENGE.as_bytes());
    let good = |kind: &str| {
        format!(
            r#"{{"type":"{kind}","challenge":"{challenge}","origin":"https://balance.example"}}"#
        )
    };
    let both = |text: String| {
        assert_eq!(
            refused_text(&text),
            CeremonyError::MalformedClientData,
            "{text}"
        );
    };
    for kind in ["webauthn.create", "webauthn.get"] {
        let good = good(kind);
        both(good.replace('}', r#","origin":"https://evil.example"}"#));
        both(good.replace('}', r#","type":"webauthn.get"}"#));
        both(good.replace('}', r#","challenge":""}"#));
        both(good.replace("origin", "orIgin"));
        both(format!("{good} {good}"));
        both(format!("[{good}]"));
        both(format!("\u{feff}{good}"));
        both(format!(
            r#"["{kind}","{challenge}","https://balance.example",false,null]"#
        ));
        both(good[..good.len() - 1].to_owned());
    }
    both(String::new());
    both("null".to_owned());
}

#[test]
fn no_bit_of_what_a_registration_is_held_to_can_be_flipped() {
    let good = Registration::good();
    let text = good.client_data.to_string();
    for name in ["type", "challenge", "origin"] {
        let value = good.client_data[name].as_str().expect("a string");
        let member = format!(r#""{name}":"{value}""#);
        let start = text.find(&member).expect("a member");
        for at in start..start + member.len() {
            for bit in 0..8 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let mut answer = good.answer();
                answer["response"]["clientDataJSON"] = json!(base64url(&bytes));
                let result = super::responses::register(&answer);
                assert!(result.is_err(), "{}", String::from_utf8_lossy(&bytes));
            }
        }
    }
}

#[test]
fn no_bit_of_an_assertion_can_be_flipped() {
    let good = Answer::good();
    let answer = good.answer();
    let decode = |name: &str| super::responses::decode(&answer["response"][name]);
    for name in ["clientDataJSON", "authenticatorData", "signature"] {
        let bytes = decode(name);
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << bit;
                let mut answer = answer.clone();
                answer["response"][name] = json!(base64url(&bytes));
                assert!(judge(&good, &answer).is_err(), "{name}: {at}, {bit}");
            }
        }
    }
}
