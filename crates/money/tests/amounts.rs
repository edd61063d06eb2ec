//! What an amount may be, and that none is ever approximated.

use money::{Currency, MAX_SCALE, MinorUnits, Money, MoneyError, UNOFFICIAL_SCALE};
use proptest::prelude::*;

fn read(lexeme: &str, code: &str) -> Result<(i64, u8), MoneyError> {
    let currency = Currency::unofficial(code)?;
    let money = Money::from_lexeme(lexeme, currency)?;
    Ok((money.minor_units().0, money.scale()))
}

#[test]
fn an_amount_has_the_scale_of_its_currency() {
    for (lexeme, code, minor_units, scale) in [
        ("12.34", "USD", 1234, 2),
        ("-12.34", "USD", -1234, 2),
        ("12.3", "EUR", 1230, 2),
        ("12", "GBP", 1200, 2),
        ("0", "USD", 0, 2),
        ("-0.0", "USD", 0, 2),
        ("500", "JPY", 500, 0),
        ("1.5", "KWD", 1500, 3),
        ("1.5", "CLF", 15_000, 4),
        ("0.00000001", "BTC", 1, 8),
        ("21000000", "BTC", 2_100_000_000_000_000, 8),
        ("89.4", "USD", 8940, 2),
        ("4.35", "USD", 435, 2),
        ("1.1", "USD", 110, 2),
        ("90071992547409.93", "USD", 9_007_199_254_740_993, 2),
    ] {
        assert_eq!(
            read(lexeme, code),
            Ok((minor_units, scale)),
            "{lexeme} {code}"
        );
    }
}

#[test]
fn more_decimals_than_the_currency_has_widen_the_scale_by_what_is_needed() {
    for (lexeme, code, minor_units, scale) in [
        ("23631.9805", "USD", 236_319_805, 4),
        ("1.230", "USD", 123, 2),
        ("1.23000000000000000000000000000000", "USD", 123, 2),
        ("0.5", "JPY", 5, 1),
        ("30.099999999999998", "USD", 30_099_999_999_999_998, 15),
        ("0.000000000000000001", "ETH", 1, 18),
    ] {
        assert_eq!(
            read(lexeme, code),
            Ok((minor_units, scale)),
            "{lexeme} {code}"
        );
    }
}

#[test]
fn an_exponent_moves_the_point() {
    for (lexeme, minor_units, scale) in [
        ("1e2", 10_000, 2),
        ("1E+2", 10_000, 2),
        ("1234e-2", 1234, 2),
        ("1.234e1", 1234, 2),
        ("120e-3", 12, 2),
        ("5e-3", 5, 3),
        ("0e999999999999", 0, 2),
        ("0.00e-999999999999", 0, 2),
        ("-1.5e0", -150, 2),
    ] {
        assert_eq!(read(lexeme, "USD"), Ok((minor_units, scale)), "{lexeme}");
    }
}

#[test]
fn what_is_not_a_json_number_is_refused() {
    for lexeme in [
        "",
        "-",
        "+1",
        "01",
        "-01",
        ".5",
        "5.",
        "1e",
        "1e+",
        "1.e2",
        "1 ",
        " 1",
        "1_000",
        "1,5",
        "0x10",
        "NaN",
        "Infinity",
        "null",
        "\"12\"",
        "--1",
        "1.2.3",
        "1e2.5",
        "1e2e3",
        "١",
        "1\u{0}",
        "00000000000000000000000000000000000000000000000000000000000000000.1",
    ] {
        assert_eq!(
            read(lexeme, "USD"),
            Err(MoneyError::NotANumber),
            "{lexeme:?}"
        );
    }
}

#[test]
fn what_does_not_fit_is_an_error_and_its_neighbour_is_exact() {
    assert_eq!(read("92233720368547758.07", "USD"), Ok((i64::MAX, 2)));
    assert_eq!(read("-92233720368547758.08", "USD"), Ok((i64::MIN, 2)));
    for lexeme in [
        "92233720368547758.08",
        "-92233720368547758.09",
        "1e17",
        "1e99999999999",
        "99999999999999999999999999999999",
        "9.3e18",
    ] {
        assert_eq!(read(lexeme, "USD"), Err(MoneyError::Overflow), "{lexeme}");
    }
    for lexeme in ["1e-19", "0.1234567890123456789", "1e-99999999999"] {
        assert_eq!(
            read(lexeme, "USD"),
            Err(MoneyError::TooManyDecimals),
            "{lexeme}"
        );
    }
}

#[test]
fn every_scale_of_the_standard_is_known() {
    for (code, scale) in [
        ("AED", 2),
        ("USD", 2),
        ("ZWL", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("ISK", 0),
        ("UGX", 0),
        ("BHD", 3),
        ("TND", 3),
        ("IQD", 3),
        ("CLF", 4),
        ("UYW", 4),
        ("XXX", 2),
        ("XAU", 8),
    ] {
        assert_eq!(Currency::iso(code).map(|c| c.scale()), Ok(scale), "{code}");
    }
    for code in ["usd", "US", "USDT", "BTC", "", "ÜSD", "ZZZ"] {
        assert_eq!(
            Currency::iso(code),
            Err(MoneyError::UnknownCurrency),
            "{code}"
        );
    }
    assert_eq!(Currency::iso("XXX"), Ok(Currency::none()));
}

#[test]
fn an_unofficial_code_has_eight_decimals_and_an_official_one_its_own() {
    for code in ["BTC", "ETH", "USDT", "DOGE", "a-b.c_9", "ABCDEFGHIJKL"] {
        let currency = Currency::unofficial(code);
        assert_eq!(currency.map(|c| c.scale()), Ok(UNOFFICIAL_SCALE), "{code}");
        assert_eq!(currency.map(|c| c.code().to_owned()), Ok(code.to_owned()));
    }
    assert_eq!(Currency::unofficial("JPY"), Currency::iso("JPY"));
    for code in ["", "ABCDEFGHIJKLM", "A B", "A\"B", "Ä", "A\u{0}", "<b>"] {
        assert_eq!(
            Currency::unofficial(code),
            Err(MoneyError::InvalidCurrency),
            "{code:?}"
        );
    }
}

#[test]
fn the_json_is_the_apis() {
    let usd = Currency::iso("USD").expect("a currency");
    let money = Money::new(MinorUnits(-1234), usd);
    let json = r#"{"minor_units":-1234,"currency":"USD","scale":2}"#;
    assert_eq!(serde_json::to_string(&money).expect("no map keys"), json);
    assert_eq!(
        serde_json::from_str::<Money>(json).expect("its own form"),
        money
    );
}

#[test]
fn json_that_breaks_the_invariant_is_not_an_amount() {
    for json in [
        r#"{"minor_units":1,"currency":"USD","scale":19}"#,
        r#"{"minor_units":1,"currency":"USD","scale":-1}"#,
        r#"{"minor_units":1.5,"currency":"USD","scale":2}"#,
        r#"{"minor_units":9223372036854775807,"currency":"USD","scale":0}"#,
        r#"{"minor_units":9223372036854775808,"currency":"USD","scale":2}"#,
        r#"{"minor_units":1,"currency":"","scale":2}"#,
        r#"{"minor_units":1,"currency":"USD"}"#,
        r#"{"minor_units":1,"currency":"USD","scale":2,"more":1}"#,
    ] {
        assert!(serde_json::from_str::<Money>(json).is_err(), "{json}");
    }
}

#[test]
fn amounts_of_two_scales_add_up_and_of_two_currencies_do_not() {
    let usd = Currency::iso("USD").expect("a currency");
    let eur = Currency::iso("EUR").expect("a currency");
    let fine = Money::from_lexeme("0.0005", usd).expect("fits");
    let coarse = Money::from_lexeme("1.25", usd).expect("fits");
    let sum = fine.checked_add(coarse).expect("fits");
    assert_eq!((sum.minor_units(), sum.scale()), (MinorUnits(12_505), 4));
    assert_eq!(
        coarse.checked_add(Money::new(MinorUnits(1), eur)),
        Err(MoneyError::CurrencyMismatch)
    );
    assert_eq!(
        coarse.checked_add(Money::new(MinorUnits(i64::MAX), usd)),
        Err(MoneyError::Overflow)
    );
    assert_eq!(
        Money::new(MinorUnits(i64::MIN), usd).checked_neg(),
        Err(MoneyError::Overflow)
    );
}

#[test]
fn a_digit_that_counts_is_never_dropped() {
    let usd = Currency::iso("USD").expect("a currency");
    let money = Money::from_lexeme("0.1250", usd).expect("fits");
    assert_eq!(money.scale(), 3);
    assert_eq!(money.rescale(2), Err(MoneyError::TooManyDecimals));
    assert_eq!(
        money.rescale(6).and_then(|wider| wider.rescale(3)),
        Ok(money)
    );
    assert_eq!(
        money.rescale(MAX_SCALE + 1),
        Err(MoneyError::TooManyDecimals)
    );
}

/// Codes of every scale.
fn any_currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(vec!["JPY", "USD", "KWD", "CLF", "BTC"])
        .prop_filter_map("a listed code", |code| Currency::unofficial(code).ok())
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "\\PC*", currency in any_currency()) {
        let _ = Money::from_lexeme(&text, currency);
        let _ = Currency::unofficial(&text);
        let _ = serde_json::from_str::<Money>(&text);
    }

    #[test]
    fn number_like_text_is_read_exactly_when_json_reads_it(text in "-?[0-9]{0,6}(\\.[0-9]{0,6})?([eE][+-]?[0-9]{0,2})?") {
        let json = serde_json::from_str::<f64>(&text).is_ok();
        let usd = Currency::iso("USD").expect("a currency");
        let refused = Money::from_lexeme(&text, usd) == Err(MoneyError::NotANumber);
        // serde_json has a limit that we do not: what overflows a float.
        prop_assert_eq!(json, !refused, "{}", text);
    }

    #[test]
    fn reading_what_is_written_gives_the_same_amount(units in any::<i64>(), scale in 0..=MAX_SCALE, currency in any_currency()) {
        if let Ok(money) = Money::with_scale(MinorUnits(units), currency, scale) {
            let again = Money::from_lexeme(&money.to_string(), currency);
            let again = again.and_then(|again| again.rescale(money.scale()));
            prop_assert_eq!(again, Ok(money));
        }
    }

    #[test]
    fn an_amount_agrees_with_wide_integer_arithmetic(
        whole in 0_u64..1_000_000_000_000,
        decimals in "[0-9]{0,10}",
        exponent in -6_i32..6,
        negative in any::<bool>(),
        currency in any_currency(),
    ) {
        let sign = if negative { "-" } else { "" };
        let point = if decimals.is_empty() { "" } else { "." };
        let lexeme = format!("{sign}{whole}{point}{decimals}e{exponent}");
        // The value, times 10^18, in 128 bits.
        let digits: i128 = format!("{whole}{decimals}").parse().expect("digits");
        let shift = 18 + exponent - i32::try_from(decimals.len()).expect("at most 10");
        let shift = u32::try_from(shift).expect("at least 2");
        let value = digits * 10_i128.pow(shift) * if negative { -1 } else { 1 };
        match Money::from_lexeme(&lexeme, currency) {
            Ok(money) => {
                let unit = 10_i128.pow(u32::from(MAX_SCALE - money.scale()));
                prop_assert_eq!(i128::from(money.minor_units().0) * unit, value);
                let wider_than_needed = money.scale() > currency.scale()
                    && money.minor_units().0 % 10 == 0;
                prop_assert!(!wider_than_needed, "{} is not in its narrowest scale", lexeme);
            }
            Err(error) => prop_assert_eq!(error, MoneyError::Overflow, "{}", lexeme),
        }
    }

    #[test]
    fn money_survives_json(units in any::<i64>(), scale in 0..=MAX_SCALE, currency in any_currency()) {
        if let Ok(money) = Money::with_scale(MinorUnits(units), currency, scale) {
            let json = serde_json::to_vec(&money).expect("no map keys");
            prop_assert_eq!(serde_json::from_slice::<Money>(&json).expect("its own form"), money);
        }
    }
}
