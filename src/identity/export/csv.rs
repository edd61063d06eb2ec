//! Cells of CSV (RFC 4180) that no spreadsheet takes for a formula.
//!
//! Invariant: a text that a bank or a stranger chose is shown, never run: one that
//! would begin a formula is led by an apostrophe, unless it is a plain number.

/// Appends one record's cell.
pub(super) fn put(out: &mut Vec<u8>, text: &str) {
    let guard = if begins_a_formula(text) { "'" } else { "" };
    let quoted = text.contains(['"', ',', '\r', '\n']);
    if quoted {
        out.push(b'"');
    }
    out.extend_from_slice(guard.as_bytes());
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    if quoted {
        out.push(b'"');
    }
}

fn begins_a_formula(text: &str) -> bool {
    // The wide ones are the same to a spreadsheet that is set to Japanese.
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
        && !is_plain_number(text)
}

fn is_plain_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    match text.split_once('.') {
        Some((whole, decimals)) => digits(whole) && digits(decimals),
        None => digits(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut out = Vec::new();
        put(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_separates_is_quoted_and_a_quote_is_doubled() {
        assert_eq!(cell("plain text"), "plain text");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("two\r\nlines"), "\"two\r\nlines\"");
        assert_eq!(cell("the \"best\""), "\"the \"\"best\"\"\"");
        assert_eq!(cell(""), "");
    }

    #[test]
    fn what_would_begin_a_formula_is_led_by_an_apostrophe() {
        for formula in [
            "=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "＝1", "-", "+5", "-1e3",
        ] {
            assert_eq!(cell(formula), format!("'{formula}"), "{formula:?}");
        }
        assert_eq!(cell("\r=1"), "\"'\r=1\"");
        assert_eq!(
            cell("=HYPERLINK(\"x\",\"y\")"),
            "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""
        );
    }

    #[test]
    fn a_number_stays_one() {
        for number in ["-12.34", "12", "-7", "0.5"] {
            assert_eq!(cell(number), number);
        }
        for other in ["-12.", "-.5", "--1", "-1.2.3"] {
            assert!(cell(other).starts_with('\''), "{other}");
        }
    }
}
