//! Numbers that are no amounts: written out, exact, and never long.

use plaid::Decimal;
use proptest::prelude::*;

fn written(lexeme: &str) -> Option<String> {
    Decimal::from_lexeme(lexeme).map(|decimal| {
        assert_eq!(decimal.as_str(), decimal.to_string());
        decimal.to_string()
    })
}

/// The digits without a point, and how many of them follow it: what a number is worth,
/// by counting characters only.
fn worth(plain: &str) -> (bool, String, usize) {
    let (negative, number) = match plain.strip_prefix('-') {
        Some(number) => (true, number),
        None => (false, plain),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("{whole}{fraction}");
    (
        negative,
        digits.trim_start_matches('0').to_owned(),
        fraction.len(),
    )
}

#[test]
fn a_plain_number_stays_as_it_was_sent() {
    for lexeme in [
        "0",
        "12.50",
        "-3",
        "0.000001",
        "1.0842",
        "0.177494362",
        "98765432109876543210.5",
        // Neither is a number that a float could hold.
        "0.1000000000000000055511151231257827",
        "9007199254740993",
    ] {
        assert_eq!(written(lexeme).as_deref(), Some(lexeme));
    }
}

#[test]
fn an_exponent_is_written_out() {
    for (lexeme, expected) in [
        ("1e-7", "0.0000001"),
        ("1.5E+3", "1500"),
        ("-12.34e1", "-123.4"),
        ("12.34e-1", "1.234"),
        ("12.34e-2", "0.1234"),
        ("12.34e2", "1234"),
        ("1.50e1", "15"),
        ("0.05e1", "0.5"),
        ("7e0", "7"),
        ("0e9", "0"),
        ("1e-38", "0.00000000000000000000000000000000000001"),
        ("1e39", "1000000000000000000000000000000000000000"),
    ] {
        assert_eq!(written(lexeme).as_deref(), Some(expected), "{lexeme}");
    }
}

#[test]
fn forty_characters_are_the_most() {
    let longest = "1".repeat(40);
    assert_eq!(written(&longest), Some(longest));
    for lexeme in [
        "1".repeat(41),
        format!("0.{}", "1".repeat(39)),
        format!("-{}", "1".repeat(40)),
        "1e-39".to_owned(),
        "1e40".to_owned(),
        "-1e39".to_owned(),
        "1e-60".to_owned(),
        "1e999".to_owned(),
        "1e2147483647".to_owned(),
        "1e-2147483648".to_owned(),
        "1e99999999999999999999".to_owned(),
    ] {
        assert_eq!(written(&lexeme), None, "{lexeme}");
    }
}

#[test]
fn what_is_no_json_number_is_none() {
    for lexeme in [
        "", "-", "+1", "1.", ".5", "01", "-01", "1e", "1e+", "1e1.5", "1,5", "0x1", "NaN",
        "Infinity", "null", "true", "\"1\"", "[1]", "{}", " 1", "1 ", "1\n", "1 2", "１",
    ] {
        assert_eq!(written(lexeme), None, "{lexeme:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(lexeme in "\\PC{0,48}") {
        if let Some(plain) = written(&lexeme) {
            prop_assert!(plain.len() <= 40);
        }
    }

    #[test]
    fn an_exponent_moves_the_point_and_changes_no_digit(
        lexeme in "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,9})?",
        exponent in -12_i32..=12,
    ) {
        let plain = written(&format!("{lexeme}e{exponent}")).expect("short enough");
        prop_assert!(!plain.contains(['e', 'E']));
        prop_assert_eq!(written(&plain), Some(plain.clone()));

        let (negative, digits, decimals) = worth(&lexeme);
        let (plain_negative, plain_digits, plain_decimals) = worth(&plain);
        prop_assert_eq!(plain_negative, negative);
        prop_assert_eq!(
            plain_digits.trim_end_matches('0'),
            digits.trim_end_matches('0')
        );
        // Places of the first digit that counts, from the point.
        if !digits.is_empty() {
            let place = |digits: &str, decimals: usize| digits.len().cast_signed() - decimals.cast_signed();
            prop_assert_eq!(
                i32::try_from(place(&plain_digits, plain_decimals)),
                i32::try_from(place(&digits, decimals)).map(|place| place + exponent)
            );
        }
    }
}
