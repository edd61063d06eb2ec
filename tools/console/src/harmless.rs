//! Texts of others, made fit to be seen: whoever names a transaction must neither move the
//! cursor, nor reorder a line, nor hide in it. Invariant: what comes out has no control
//! character and nothing invisible that it did not get here.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The start of what is laid out by its own first letter, whatever stands around it.
const ISOLATE: char = '\u{2068}';
const END_OF_ISOLATE: char = '\u{2069}';

/// Whether a character shows as itself, and leaves its neighbours where they are.
pub(crate) fn is_shown(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            // Soft hyphen, marks and overrides of direction, separators of lines.
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            // Invisible operators, isolates, the byte order mark, annotations.
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            // Fillers that are blank, and tags.
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// A text on one line, what does not show written out as `\u{…}`. To be pasted.
pub(crate) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_shown(c) {
            shown.push(c);
        } else {
            shown.extend(c.escape_default());
        }
    }
    shown
}

/// The same, to be shown among others.
pub(crate) fn harmless(text: &str) -> String {
    let mut shown = escaped(text);
    // Letters of the other direction would take the digits of the next column along.
    if shown.chars().any(is_right_to_left) {
        shown.insert(0, ISOLATE);
        shown.push(END_OF_ISOLATE);
    }
    shown
}

/// That, cut where it takes more columns of the terminal than this.
pub(crate) fn harmless_within(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return harmless(text);
    }
    let mut width = 1;
    let fits = |c: &char| {
        width += c.width().unwrap_or(1);
        width <= columns
    };
    let mut cut: String = text.chars().take_while(fits).collect();
    cut.push('…');
    harmless(&cut)
}

/// JSON that means the same, with what does not show written as JSON's own escapes: outside
/// of strings JSON has none of it but white space.
pub(crate) fn harmless_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if is_shown(c) || matches!(c, '\n' | '\r' | '\t') {
            shown.push(c);
            continue;
        }
        let mut units = [0; 2];
        for unit in c.encode_utf16(&mut units) {
            // Writing to a string does not fail.
            let _ = write!(shown, "\\u{unit:04x}");
        }
    }
    shown
}

/// Blocks of Unicode whose letters run from right to left.
fn is_right_to_left(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_the_cursor_or_turns_the_line_is_written_out() {
        let hostile = "a\u{1b}[2J\r\n\u{9b}1mb\u{202e}c\u{200b}\u{7f}\u{2066}";
        let shown = harmless(hostile);
        assert_eq!(
            shown,
            "a\\u{1b}[2J\\r\\n\\u{9b}1mb\\u{202e}c\\u{200b}\\u{7f}\\u{2066}"
        );
        assert!(shown.chars().all(is_shown));
    }

    #[test]
    fn letters_from_right_to_left_stay_in_their_cell() {
        assert_eq!(harmless("שלום"), "\u{2068}שלום\u{2069}");
        assert_eq!(escaped("שלום"), "שלום");
        assert_eq!(harmless("Café 東京 🚀"), "Café 東京 🚀");
    }

    #[test]
    fn a_long_text_is_cut_by_the_columns_it_takes() {
        assert_eq!(harmless_within("東京東京", 8), "東京東京");
        assert_eq!(harmless_within("東京東京", 7), "東京東…");
        assert_eq!(harmless_within("東京東京", 6), "東京…");
    }

    #[test]
    fn json_for_a_terminal_means_the_same() {
        let value = serde_json::json!({"name": "a\u{9b}2J\u{202e}\u{e0041}", "n": 1});
        let shown = harmless_json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(shown.chars().all(|c| is_shown(c) || c == '\n'), "{shown:?}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            value
        );
    }
}
