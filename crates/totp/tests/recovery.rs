//! Recovery codes: shown in one way, typed in many.
#![allow(
    clippy::expect_used,
    reason = "a fixture that is not as written is a fault of the test"
)]

use proptest::prelude::*;
use totp::RecoveryCode;

#[test]
fn a_code_is_shown_in_four_groups() {
    assert_eq!(
        RecoveryCode::new(*b"1234567890").text().as_str(),
        "GEZD-GNBV-GY3T-QOJQ"
    );
    assert_eq!(
        RecoveryCode::new([0; 10]).text().as_str(),
        "AAAA-AAAA-AAAA-AAAA"
    );
    assert_eq!(
        RecoveryCode::new([255; 10]).text().as_str(),
        "7777-7777-7777-7777"
    );
}

#[test]
fn however_it_is_typed_it_is_the_same_code() {
    for typed in [
        "GEZD-GNBV-GY3T-QOJQ",
        "gezd-gnbv-gy3t-qojq",
        "GEZDGNBVGY3TQOJQ",
        "  GEZD GNBV\tGY3T QOJQ\n",
        "-G-E-Z-D-GNBV-GY3T-QOJQ-",
    ] {
        let code = RecoveryCode::parse(typed).expect("a code");
        assert_eq!(code.as_bytes(), b"1234567890", "{typed:?}");
    }
}

#[test]
fn what_is_no_code_is_not_read() {
    for typed in [
        "",
        "----",
        "GEZD-GNBV-GY3T-QOJ",
        "GEZD-GNBV-GY3T-QOJQA",
        "GEZD-GNBV-GY3T-QOJ1",
        "GEZD_GNBV_GY3T_QOJQ",
        "GEZD-GNBV-GY3T-QOJ=",
        "GEZD-GNBV-GY3T-QOJé",
        "287082",
    ] {
        assert!(RecoveryCode::parse(typed).is_none(), "{typed:?}");
    }
}

proptest! {
    #[test]
    fn a_code_reads_as_it_was_shown(bytes: [u8; 10]) {
        let code = RecoveryCode::new(bytes);
        let read = RecoveryCode::parse(&code.text()).expect("a code");
        prop_assert_eq!(read.as_bytes(), &bytes);
    }

    #[test]
    fn nothing_typed_panics(text in ".{0,40}") {
        let _ = RecoveryCode::parse(&text);
    }
}
