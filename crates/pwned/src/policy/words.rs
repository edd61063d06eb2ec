//! Folding and repetition: the forms under which two passwords count as one.
//! Follows Unicode's default caseless matching, by way of the standard library.
//! Invariant: no copy of a password outlives the check.

use alloc::string::String;

use zeroize::Zeroizing;

use super::NFC;

/// The caseless form. Upper case first, so that ß and ss, ς and σ fall together.
pub(super) fn fold(text: &str) -> Zeroizing<String> {
    // A code point grows to at most three, of at most four bytes, in each step.
    let mut folded = Zeroizing::new(String::with_capacity(text.len().saturating_mul(9)));
    folded.extend(
        NFC.normalize_iter(text.chars())
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase),
    );
    folded
}

/// Whether `word` is `folded`, in any case and with or without its spaces and dots.
pub(super) fn same(word: &str, folded: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folding_brings_case_and_spelling_together() {
        assert_eq!(*fold("STRASSE"), *fold("Straße"));
        assert_eq!(*fold("ΟΔΥΣΣΕΥΣ"), *fold("οδυσσευς"));
        assert_eq!(*fold("E\u{301}te\u{301}"), *fold("ÉTÉ"));
    }

    #[test]
    fn separators_alone_are_no_word() {
        assert!(!same("-. _", "..."));
    }

    proptest! {
        #[test]
        fn the_unit_is_found_and_is_the_shortest(unit in "[abß🦉]{1,6}", times in 1_usize..6) {
            let text = unit.repeat(times);
            let found = repeated_unit(&text);
            prop_assert!(found.len() <= unit.len());
            prop_assert_eq!(found.repeat(text.len() / found.len()), text.as_str());
            prop_assert_eq!(repeated_unit(found), found);
        }

        #[test]
        fn folding_is_stable(text in "\\PC*") {
            let once = fold(&text);
            let again = fold(&once);
            prop_assert_eq!(&*again, &*fold(&again));
        }
    }
}
