//! Folding and repetition: the forms under which two passwords count as one.
//! Follows Unicode's default caseless matching, by way of the standard library.
//! Invariant: no copy of a password outlives the check.

use alloc::string::String;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The caseless form. Upper case first, so that ß and ss, ς and σ fall together.
pub(super) fn fold(text: &str) -> Zeroizing<String> {
    // A code point grows to at most three, of at most four bytes, in each step.
    let mut folded = Zeroizing::new(String::with_capacity(text.len().saturating_mul(9)));
    folded.extend(
        text.nfc()
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase),
    );
    folded
}

/// Whether `word` is `folded`, in any case and with or without its spaces and dots.
pub(super) fn same(word: &str, folded: &str) -> bool {
    if word.is_empty() {
        return false;
    }
    let word = fold(word);
    if *word == folded {
        return true;
    }
    let separator = |c: &char| c.is_whitespace() || matches!(c, '.' | '-' | '_');
    let mut joined = word.chars().filter(|c| !separator(c)).peekable();
    joined.peek().is_some() && joined.eq(folded.chars().filter(|c| !separator(c)))
}

/// The shortest text that, repeated, gives `text`: `text` itself in most cases.
pub(super) fn repeated_unit(text: &str) -> &str {
    (1..=text.len() / 2)
        .filter(|len| text.len().is_multiple_of(*len))
        .find_map(|len| {
            let (unit, rest) = text.split_at_checked(len)?;
            rest.as_bytes()
                .chunks_exact(len)
                .all(|chunk| chunk == unit.as_bytes())
                .then_some(unit)
        })
        .unwrap_or(text)
}
