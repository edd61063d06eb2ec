//! Whatever a value holds, it arrives, and nothing else does.

use planetscale::{ParameterError, Value, append, append_value, statement};
use proptest::prelude::*;

use crate::mysql::{Backslash, Token, tokens};

/// A value that owns what it holds.
#[derive(Debug, Clone)]
enum Owned {
    Null,
    Bool(bool),
    I64(i64),
    U64(u64),
    F64(f64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Owned {
    fn as_value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::I64(value) => Value::I64(*value),
            Self::U64(value) => Value::U64(*value),
            Self::F64(value) => Value::F64(*value),
            Self::Text(value) => Value::Text(value),
            Self::Bytes(value) => Value::Bytes(value),
        }
    }
}

/// Text of what MySQL's lexer cares about, and of anything.
fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::collection::vec(
            proptest::sample::select(vec![
                "'",
                "\"",
                "\\",
                "`",
                "?",
                "\0",
                "\x08",
                "\t",
                "\n",
                "\r",
                "\x1A",
                "--",
                "-- ",
                "#",
                "/*",
                "*/",
                "/*!",
                ";",
                "%",
                "_",
                "x'",
                ":v1",
                "a",
                "é",
                "\u{1F4B6}",
                "\u{FF07}",
            ]),
            0..12,
        )
        .prop_map(|parts| parts.concat()),
        proptest::collection::vec(any::<char>(), 0..24)
            .prop_map(|chars| chars.into_iter().collect()),
    ]
}

fn value() -> impl Strategy<Value = Owned> {
    prop_oneof![
        1 => Just(Owned::Null),
        1 => any::<bool>().prop_map(Owned::Bool),
        1 => any::<i64>().prop_map(Owned::I64),
        1 => any::<u64>().prop_map(Owned::U64),
        1 => any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(Owned::F64),
        4 => hostile_text().prop_map(Owned::Text),
        1 => proptest::collection::vec(any::<u8>(), 0..24).prop_map(Owned::Bytes),
    ]
}

/// The tokens that a value has to come out as.
fn expected(value: &Owned) -> Vec<Token> {
    let number = |digits: String| match digits.strip_prefix('-') {
        Some(digits) => vec![Token::Sign('-'), Token::Word(digits.to_owned())],
        None => vec![Token::Word(digits)],
    };
    match value {
        Owned::Null => vec![Token::Word("NULL".to_owned())],
        Owned::Bool(value) => vec![Token::Word(value.to_string())],
        Owned::I64(value) => number(value.to_string()),
        Owned::U64(value) => number(value.to_string()),
        Owned::F64(value) => {
            let text = format!("{value:e}");
            let same = text.parse::<f64>().expect("a number");
            assert_eq!(same.to_bits(), value.to_bits());
            // The sign of an exponent is a sign of its own to the reader.
            tokens(&text, Backslash::Escapes)
        }
        Owned::Text(value) => vec![Token::Text(value.clone())],
        Owned::Bytes(value) => vec![Token::Bytes(value.clone())],
    }
}

/// Parts of templates whose `?` and quotes are not placeholders and not quotes.
fn part() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "'?'",
        "'a''?'",
        "'\\'?'",
        "\"?\"",
        "\"\"\"?'\"",
        "\"\\\"?\"",
        "`?'`",
        "`a``?`",
        "`\\`",
        "/* ? ' */",
        "-- ? '\n",
        "--\t\"\n",
        "# ?`\n",
        "a.b",
        "- 1",
        "5",
        "--1",
        "/ 2",
        "(",
        ")",
        "=",
        "/**/",
        "/*+ ? */",
        "/*vt+ ' */",
        "é",
        ";",
    ])
}

proptest! {
    #[test]
    fn a_value_arrives_as_it_was(value in value()) {
        let mut sql = String::new();
        append_value(&mut sql, &value.as_value()).expect("a value");
        prop_assert_eq!(tokens(&sql, Backslash::Escapes), expected(&value));
    }

    #[test]
    fn a_value_stays_in_its_literal_whatever_surrounds_it(
        parts in proptest::collection::vec((part(), proptest::option::of(value())), 0..8),
    ) {
        let mut template = String::new();
        let mut values = Vec::new();
        let mut marked = String::new();
        for (part, value) in &parts {
            template.push_str(part);
            marked.push_str(part);
            if let Some(value) = value {
                template.push_str(" ,?, ");
                marked.push_str(" ,PLACEHOLDER, ");
                values.push(value.as_value());
            }
        }
        let sql = statement(&template, &values).expect("as many values as placeholders");
        let mut given = parts.iter().filter_map(|(_, value)| value.as_ref());
        let filled: Vec<Token> = tokens(&marked, Backslash::Escapes)
            .into_iter()
            .flat_map(|token| match token {
                Token::Word(word) if word == "PLACEHOLDER" => {
                    expected(given.next().expect("a value"))
                }
                token => vec![token],
            })
            .collect();
        prop_assert_eq!(tokens(&sql, Backslash::Escapes), filled);
    }

    #[test]
    fn a_value_stays_in_its_literal_when_backslashes_do_not_escape(
        values in proptest::collection::vec(value(), 1..6),
    ) {
        let template = vec!["?"; values.len()].join(", ");
        let values: Vec<Value<'_>> = values.iter().map(Owned::as_value).collect();
        let sql = statement(&template, &values).expect("values");
        let commas = |tokens: &[Token]| tokens.iter().filter(|t| **t == Token::Sign(',')).count();
        let tokens = tokens(&sql, Backslash::IsItself);
        prop_assert_eq!(commas(&tokens), values.len() - 1);
        let texts = tokens.iter().filter(|token| matches!(token, Token::Text(_))).count();
        let given = values.iter().filter(|value| matches!(value, Value::Text(_))).count();
        prop_assert_eq!(texts, given);
    }

    #[test]
    fn a_value_never_runs_together_with_what_touches_it(
        before in "[a-zA-Z0-9_.$@`'\"=(,+*/<-]{0,2}",
        value in value(),
        after in "[a-zA-Z0-9_.$@`'\"=),+*/<-]{0,2}",
    ) {
        let template = format!("{before}?{after}");
        let Ok(sql) = statement(&template, &[value.as_value()]) else {
            return Ok(());
        };
        // Each token of the surroundings, the value, and nothing else.
        let mut apart = tokens(&before, Backslash::Escapes);
        apart.extend(expected(&value));
        apart.extend(tokens(&after, Backslash::Escapes));
        prop_assert_eq!(tokens(&sql, Backslash::Escapes), apart);
    }

    #[test]
    fn any_template_is_refused_or_filled_and_the_buffer_is_kept(
        template in hostile_text(),
        values in proptest::collection::vec(value(), 0..4),
    ) {
        let values: Vec<Value<'_>> = values.iter().map(Owned::as_value).collect();
        let mut out = String::from("kept ");
        let filled = append(&mut out, &template, &values);
        prop_assert!(out.starts_with("kept "));
        prop_assert!(filled.is_ok() || out == "kept ");
    }
}

#[test]
fn a_double_arrives_bit_for_bit_and_as_a_double() {
    for number in [
        0.0,
        -0.0,
        0.1,
        1e23,
        5e-324,
        f64::MAX,
        f64::MIN_POSITIVE,
        123.0,
    ] {
        let sql = statement("?", &[Value::F64(number)]).expect("finite");
        assert!(sql.contains('e'), "{sql} would be a decimal to MySQL");
        let same: f64 = sql.parse().expect("a number");
        assert_eq!(same.to_bits(), number.to_bits());
    }
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let refused = statement("?", &[Value::F64(number)]);
        assert_eq!(refused, Err(ParameterError::NotFinite));
    }
}
