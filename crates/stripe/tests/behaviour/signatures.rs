//! Who sent a webhook.

use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use sha2::Sha256;
use stripe::webhook::{SignatureError, SigningSecret, TOLERANCE_SECONDS, verify};

const NOW: i64 = 1_700_000_000;
const BODY: &[u8] = br#"{"id":"evt_1","object":"event"}"#;

/// Published beside the design of billing.
const VECTOR: &str =
    "t=1700000000,v1=4c15fb2a43f93ef61eaa3e0893866d57cad9cad4223242cfb96f362480cb4021";

fn secret(text: &str) -> SigningSecret {
    SigningSecret::new(text.to_owned()).expect("a secret")
}

fn sign(secret: &str, time: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(format!("{time}.").as_bytes());
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

fn verified(header: &str) -> Result<(), SignatureError> {
    verify(header, BODY, &[secret("whsec_test")], NOW)
}

/// A signature of the body at `NOW`.
fn ours() -> String {
    sign("whsec_test", "1700000000", BODY)
}

#[test]
fn the_published_vector_verifies() {
    assert_eq!(verified(VECTOR), Ok(()));
}

#[test]
fn another_secret_body_or_time_does_not() {
    let wrong = Err(SignatureError::WrongSignature);
    assert_eq!(verify(VECTOR, BODY, &[secret("whsec_other")], NOW), wrong);
    assert_eq!(verify(VECTOR, b"{}", &[secret("whsec_test")], NOW), wrong);
    assert_eq!(
        verified(&VECTOR.replace("1700000000", "1700000001")),
        wrong,
        "the time is signed too"
    );
    assert_eq!(verify(VECTOR, BODY, &[], NOW), wrong);
}

#[test]
fn any_signature_of_any_secret_will_do() {
    let (ours, other) = (ours(), sign("whsec_other", "1700000000", BODY));
    let secrets = [secret("whsec_new"), secret("whsec_test")];
    for header in [
        format!("t={NOW},v1={ours},v1={other}"),
        format!("t={NOW},v1={other},v1={ours}"),
        format!("v1={other},v1={ours},t={NOW}"),
        format!("t={NOW},v1=cut,v1={ours}"),
        format!("t={NOW},v0={other},v1={ours},v2=of=later"),
    ] {
        assert_eq!(verify(&header, BODY, &secrets, NOW), Ok(()), "{header}");
    }
}

#[test]
fn the_scheme_for_tests_is_not_a_signature() {
    let header = format!("t={NOW},v0={}", ours());
    assert_eq!(verified(&header), Err(SignatureError::NoSignature));
    let other = sign("whsec_other", "1700000000", BODY);
    let header = format!("t={NOW},v1={other},v0={}", ours());
    assert_eq!(verified(&header), Err(SignatureError::WrongSignature));
}

#[test]
fn five_minutes_either_way_is_the_limit() {
    let at = |now| verify(VECTOR, BODY, &[secret("whsec_test")], now);
    for within in [-TOLERANCE_SECONDS, -1, 1, TOLERANCE_SECONDS] {
        assert_eq!(at(NOW + within), Ok(()), "{within}");
    }
    for beyond in [-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1] {
        assert_eq!(at(NOW + beyond), Err(SignatureError::Skewed), "{beyond}");
    }
    assert_eq!(at(i64::MIN), Err(SignatureError::Skewed));
    assert_eq!(at(i64::MAX), Err(SignatureError::Skewed));
}

#[test]
fn a_time_is_told_to_be_wrong_only_to_who_can_sign() {
    let other = sign("whsec_other", "1", BODY);
    let header = format!("t=1,v1={other}");
    assert_eq!(verified(&header), Err(SignatureError::WrongSignature));
}

#[test]
fn there_is_one_time_and_it_is_digits() {
    for time in [
        "",
        "t=,",
        "t=1700000000,t=1700000000,",
        "t=+1700000000,",
        "t=-1700000000,",
        "t=1700000000 ,",
        " t=1700000000,",
        "t=17e8,",
        "t=1700000000.0,",
        "t=1111111111111,",
        "t=１,",
    ] {
        // Signed as it stands, so that only the form of the time can be what is wrong.
        let digits = time.trim_start_matches("t=").trim_end_matches(',');
        let header = format!("{time}v1={}", sign("whsec_test", digits, BODY));
        assert_eq!(verified(&header), Err(SignatureError::Malformed), "{time}");
    }
}

#[test]
fn a_header_is_elements_with_a_name_and_not_too_many() {
    let whole = format!("t={NOW},v1={}", ours());
    for header in ["", "t", &format!("{whole},"), &format!("{whole},v1")] {
        assert_eq!(verified(header), Err(SignatureError::Malformed), "{header}");
    }
    let with_elements = |more: usize| verified(&format!("{whole}{}", ",x=".repeat(more)));
    assert_eq!(with_elements(30), Ok(()));
    assert_eq!(with_elements(31), Err(SignatureError::Malformed));
    let with_length = |length: usize| {
        let padding = "x".repeat(length - whole.len() - ",x=".len());
        verified(&format!("{whole},x={padding}"))
    };
    assert_eq!(with_length(4096), Ok(()));
    assert_eq!(with_length(4097), Err(SignatureError::Malformed));
}

#[test]
fn a_signature_is_64_digits_in_lower_case() {
    let ours = ours();
    for signature in [
        String::new(),
        ours.to_uppercase(),
        format!("{ours}0"),
        format!("{ours}00"),
        ours[..62].to_owned(),
        format!(" {ours}"),
    ] {
        assert_eq!(
            verified(&format!("t={NOW},v1={signature}")),
            Err(SignatureError::WrongSignature),
            "{signature}"
        );
    }
}

#[test]
fn a_signature_without_its_zeros_at_the_end_does_not_verify() {
    let (body, whole) = (0..100_000)
        .map(|number: u32| number.to_string())
        .map(|body| {
            (
                body.clone(),
                sign("whsec_test", "1700000000", body.as_bytes()),
            )
        })
        .find(|(_, signature)| signature.ends_with("00"))
        .expect("one in 256");
    let verified = |signature: &str| {
        let header = format!("t={NOW},v1={signature}");
        verify(&header, body.as_bytes(), &[secret("whsec_test")], NOW)
    };
    assert_eq!(verified(&whole), Ok(()));
    assert_eq!(verified(&whole[..62]), Err(SignatureError::WrongSignature));
}

#[test]
fn a_secret_that_was_not_copied_whole_is_refused() {
    for text in ["", "whsec_test\n", "whsec test", "whsec_é"] {
        assert!(SigningSecret::new(text.to_owned()).is_none(), "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_body_verifies_with_its_own_signature(
        text in "[!-~]{1,100}",
        body in proptest::collection::vec(any::<u8>(), 0..512),
        time in 0..9_999_999_999_i64,
    ) {
        let header = format!("t={time},v1={}", sign(&text, &time.to_string(), &body));
        prop_assert_eq!(verify(&header, &body, &[secret(&text)], time), Ok(()));
    }

    #[test]
    fn a_body_with_one_byte_changed_never_verifies(
        body in proptest::collection::vec(any::<u8>(), 1..512),
        at in any::<proptest::sample::Index>(),
        change in 1..=u8::MAX,
    ) {
        let header = format!("t={NOW},v1={}", sign("whsec_test", &NOW.to_string(), &body));
        let mut changed = body.clone();
        changed[at.index(body.len())] ^= change;
        prop_assert_eq!(
            verify(&header, &changed, &[secret("whsec_test")], NOW),
            Err(SignatureError::WrongSignature)
        );
    }

    #[test]
    fn a_signature_with_one_digit_changed_never_verifies(at in 0..64_usize, other in "[0-9a-f]") {
        let ours = ours();
        prop_assume!(ours[at..=at] != other);
        let mut changed = ours;
        changed.replace_range(at..=at, &other);
        prop_assert_eq!(
            verified(&format!("t={NOW},v1={changed}")),
            Err(SignatureError::WrongSignature)
        );
    }

    #[test]
    fn no_header_verifies_by_chance(header in "(t=|v1=|v0=|,|[0-9a-f]{1,70}|\\PC){0,40}") {
        prop_assert!(verified(&header).is_err());
    }
}
