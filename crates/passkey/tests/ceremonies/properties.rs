//! Whatever arrives, nothing panics, and what is taken could have been sent by us.

use passkey::{AuthenticationResponse, Credential, RegistrationResponse, UserVerification};
use proptest::prelude::*;
use serde::Deserialize as _;
use serde_json::json;

use super::authenticator::{
    Answer, CHALLENGE, Registration, USER, base64url, credential, relying_party,
};
use super::{cbor, responses};

fn object(data: &[u8]) -> Vec<u8> {
    cbor::map(&[
        (cbor::text("fmt"), cbor::text("none")),
        (cbor::text("attStmt"), cbor::map(&[])),
        (cbor::text("authData"), cbor::bytes(data)),
    ])
}

proptest! {
    #[test]
    fn no_attestation_object_panics(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = responses::register(&responses::with_object(&bytes));
        let _ = responses::register(&responses::with_object(&object(&bytes)));
    }

    #[test]
    fn no_change_of_authenticator_data_panics(
        at in any::<prop::sample::Index>(), byte: u8, more in proptest::collection::vec(any::<u8>(), 0..9),
    ) {
        let mut data = Registration::good().authenticator_data();
        let at = at.index(data.len());
        data[at] = byte;
        data.extend(more);
        if let Ok(registered) = responses::register(&responses::with_object(&object(&data))) {
            let kept = serde_json::to_string(&registered.credential).expect("no map keys");
            prop_assert_eq!(
                serde_json::from_str::<Credential>(&kept).expect("as it was written"),
                registered.credential
            );
        }
    }

    #[test]
    fn no_assertion_panics(
        data in proptest::collection::vec(any::<u8>(), 0..128),
        signature in proptest::collection::vec(any::<u8>(), 0..128),
        client_data in any::<Vec<u8>>(),
    ) {
        let mut answer = Answer::good().answer();
        answer["response"]["signature"] = json!(base64url(&signature));
        let credential = credential();
        for (name, bytes) in [("authenticatorData", &data), ("clientDataJSON", &client_data)] {
            let mut answer = answer.clone();
            answer["response"][name] = json!(base64url(bytes));
            let response = AuthenticationResponse::deserialize(answer).expect("a response");
            let result = relying_party().authenticate(
                &CHALLENGE, UserVerification::Preferred, &credential, &USER, &response,
            );
            prop_assert!(result.is_err());
        }
    }

    #[test]
    fn no_json_panics(text in ".{0,200}") {
        let _ = serde_json::from_str::<RegistrationResponse>(&text);
        let _ = serde_json::from_str::<AuthenticationResponse>(&text);
        let _ = serde_json::from_str::<Credential>(&text);
    }
}
