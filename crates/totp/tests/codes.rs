//! One-time codes: the standards' own vectors, and what is not accepted.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a fixture that is not as written is a fault of the test"
)]

use proptest::prelude::*;
use totp::Secret;

fn secret() -> Secret {
    Secret::new(*b"12345678901234567890")
}

/// Times of RFC 6238, appendix B, with the last six of its eight digits.
const RFC_6238: [(i64, &str); 6] = [
    (59, "287082"),
    (1_111_111_109, "081804"),
    (1_111_111_111, "050471"),
    (1_234_567_890, "005924"),
    (2_000_000_000, "279037"),
    (20_000_000_000, "353130"),
];

/// The codes of the counters 0 to 9 in RFC 4226, appendix D.
const RFC_4226: [&str; 10] = [
    "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
    "520489",
];

fn step(time: i64) -> u64 {
    u64::try_from(time).expect("after 1970") / 30
}

#[test]
fn the_codes_are_those_of_the_standards() {
    for (time, code) in RFC_6238 {
        assert_eq!(secret().accepts(code, time, None), Some(step(time)));
    }
    for (counter, code) in (0..).zip(RFC_4226) {
        assert_eq!(
            secret().accepts(code, counter * 30, None),
            Some(step(counter * 30))
        );
    }
}

#[test]
fn a_code_is_good_one_step_early_and_one_late_and_no_more() {
    // Of step 5: from 150 to 179.
    let code = RFC_4226[5];
    for now in [120, 149, 150, 179, 180, 209] {
        assert_eq!(secret().accepts(code, now, None), Some(5), "{now}");
    }
    for now in [0, 119, 210, 300, i64::MAX, -1, i64::MIN] {
        assert_eq!(secret().accepts(code, now, None), None, "{now}");
    }
}

#[test]
fn a_code_that_was_accepted_is_not_accepted_again_nor_an_older_one() {
    let accepted = secret().accepts(RFC_4226[5], 150, None);
    assert_eq!(secret().accepts(RFC_4226[5], 150, accepted), None);
    assert_eq!(secret().accepts(RFC_4226[5], 180, accepted), None);
    assert_eq!(secret().accepts(RFC_4226[4], 150, accepted), None);
    assert_eq!(secret().accepts(RFC_4226[6], 150, accepted), Some(6));
    // Not even where the clock was set back.
    assert_eq!(secret().accepts(RFC_4226[5], 150, Some(1_000)), None);
}

#[test]
fn a_code_that_two_steps_share_is_spent_for_both() {
    // The first pair of neighbours that this secret has.
    let (code, first) = ("911617", 910_737);
    let accepted = secret().accepts(code, first * 30, None);
    assert_eq!(accepted, Some(910_738));
    assert_eq!(secret().accepts(code, first * 30 + 30, accepted), None);
}

#[test]
fn what_is_not_six_digits_is_no_code() {
    for code in [
        "",
        "28708",
        "2870822",
        "28708a",
        " 287082",
        "287 082",
        "287082\n",
        "２８７０８２",
        "+87082",
    ] {
        assert_eq!(secret().accepts(code, 59, None), None, "{code:?}");
    }
}

#[test]
fn another_secret_makes_other_codes() {
    let other = Secret::new(*b"12345678901234567891");
    for (time, code) in RFC_6238 {
        assert_eq!(other.accepts(code, time, None), None);
    }
}

#[test]
fn one_wrong_digit_is_a_wrong_code() {
    let right = &RFC_4226[4..=6];
    for code in right {
        for (at, digit) in code.char_indices() {
            for other in ('0'..='9').filter(|other| *other != digit) {
                let mut wrong = (*code).to_owned();
                wrong.replace_range(at..=at, &other.to_string());
                assert_eq!(secret().accepts(&wrong, 150, None), None, "{wrong}");
            }
        }
    }
}

#[test]
fn a_secret_is_typed_as_base32() {
    let text = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    assert_eq!(secret().base32().as_str(), text);
    for spelling in [text, &text.to_lowercase()] {
        let read = Secret::from_base32(spelling).expect("a secret");
        assert_eq!(read.expose(), secret().expose());
    }
    let longer = format!("{text}AAAAAAAA");
    let padded = format!("{}======", &text[..26]);
    for other in ["", &text[..31], &longer, &padded, &text.replace('G', "1")] {
        assert!(Secret::from_base32(other).is_none(), "{other}");
    }
}

#[test]
fn a_uri_names_issuer_and_account_and_no_character_escapes_its_place() {
    assert_eq!(
        secret().uri("Balance", "ada@example.org").as_str(),
        "otpauth://totp/Balance:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
         &issuer=Balance&algorithm=SHA1&digits=6&period=30"
    );
    assert_eq!(
        secret().uri("A & B", "é:?/#%").as_str(),
        "otpauth://totp/A%20%26%20B:%C3%A9%3A%3F%2F%23%25?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
         &issuer=A%20%26%20B&algorithm=SHA1&digits=6&period=30"
    );
}

proptest! {
    #[test]
    fn a_secret_reads_as_it_was_spelt(bytes: [u8; 20]) {
        let secret = Secret::new(bytes);
        let read = Secret::from_base32(&secret.base32()).expect("a secret");
        prop_assert_eq!(read.expose(), &bytes);
    }

    #[test]
    fn nothing_typed_panics(code in ".{0,12}", now: i64, last: Option<u64>) {
        let _ = secret().accepts(&code, now, last);
        let _ = Secret::from_base32(&code);
    }
}
