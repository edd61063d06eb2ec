//! Values put into SQL: whatever template and text there are, what is filled reads, to
//! a second reading as MySQL's manual has it, as the same literals and one more.

#![no_main]

use libfuzzer_sys::fuzz_target;
use planetscale::{Value, statement};

fuzz_target!(|data: &[u8]| {
    // The template ends at the first 0xFF, which UTF-8 never has.
    let mut parts = data.splitn(2, |byte| *byte == 0xFF);
    let (template, value) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let (Ok(template), Ok(text)) = (std::str::from_utf8(template), std::str::from_utf8(value))
    else {
        return;
    };
    for (value, literal) in [
        (Value::Text(text), text.to_owned()),
        (Value::Bytes(value), hex(value)),
    ] {
        let Ok(filled) = statement(template, &[value]) else {
            continue;
        };
        // A number in the same place, for the literals that were there before.
        let before = literals(&statement(template, &[Value::U64(0)]).expect("the same template"));
        let mut after = literals(&filled);
        let at = (0..after.len()).find(|at| before.get(*at) != after.get(*at));
        let written = after.remove(at.expect("one more literal"));
        // Equal neighbours make the place ambiguous, not the rest.
        assert_eq!(after, before);
        assert_eq!(written, literal);
    }
});

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the strings of a statement stand for; panics on one that does not end.
fn literals(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let line = |rest: &'_ str| rest.find('\n').map_or(rest.len(), |end| end + 1);
        let spaced = |tail: &str| {
            tail.bytes()
                .next()
                .is_none_or(|b| b.is_ascii_whitespace() || b < 0x20 || b == 0x7F)
        };
        let length = match first {
            '#' => line(rest),
            '/' if rest.starts_with("//") => line(rest),
            '-' if rest.starts_with("--") && spaced(&rest[2..]) => line(rest),
            '/' if rest.starts_with("/*") => rest[2..].find("*/").expect("an end") + 4,
            '\'' | '"' | '`' => {
                let (text, length) = quoted(rest, first);
                if first != '`' {
                    found.push(text);
                }
                length
            }
            other => other.len_utf8(),
        };
        rest = &rest[length..];
    }
    found
}

fn quoted(sql: &str, quote: char) -> (String, usize) {
    let mut text = String::new();
    let mut chars = sql.char_indices().skip(1).peekable();
    loop {
        let (at, c) = chars.next().expect("the quote ends");
        if c == quote {
            if chars.next_if(|(_, next)| *next == quote).is_none() {
                return (text, at + 1);
            }
            text.push(quote);
        } else if c == '\\' && quote != '`' {
            let (_, escaped) = chars.next().expect("an escape ends");
            text.push(match escaped {
                '0' => '\0',
                'b' => '\x08',
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                'Z' => '\x1A',
                other => other,
            });
        } else {
            text.push(c);
        }
    }
}
