//! The name of an object.
//! Follows "Naming Amazon S3 objects": UTF-8, at most 1,024 bytes.
//! Invariant: a key reaches the store as it is. What a URL's reader would fold away (`.`, `..`,
//! an empty part) and what XML cannot carry (control characters) is not a key here.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// The longest key, in bytes.
pub const MAX_KEY_BYTES: usize = 1024;

/// What a signature leaves as it is: RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The same in a path, whose parts stay apart.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// The name of an object, such as `segments/00000012/000003.age`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Box<str>);

impl Key {
    /// The key, if it can be one.
    #[must_use]
    pub fn new(key: &str) -> Option<Self> {
        let is_part = |part: &str| !matches!(part, "" | "." | "..");
        let fits =
            key.len() <= MAX_KEY_BYTES && key.split('/').all(is_part) && key.chars().all(is_in_xml);
        fits.then(|| Self(key.into()))
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key as a URL's path has it: percent-encoded, once.
    pub(crate) fn encoded(&self) -> PercentEncode<'_> {
        utf8_percent_encode(&self.0, RESERVED_IN_PATH)
    }
}

/// Text as a URL's query has it.
pub(crate) fn encoded(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}

/// XML 1.0 has two characters less than Unicode beside the control characters.
fn is_in_xml(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::{Key, MAX_KEY_BYTES};

    #[test]
    fn a_key_is_encoded_once_and_its_parts_stay_apart() {
        let encoded = |key: &str| Key::new(key).unwrap().encoded().to_string();
        let plain = "segments/00000012/000003.age";
        assert_eq!(encoded(plain), plain);
        assert_eq!(encoded("a b+c/é%2F~_-"), "a%20b%2Bc/%C3%A9%252F~_-");
        assert_eq!(encoded("test$file.text"), "test%24file.text");
    }

    #[test]
    fn what_a_url_would_fold_away_is_no_key() {
        for key in ["", "/", "/a", "a/", "a//b", ".", "..", "a/./b", "a/../b"] {
            assert!(Key::new(key).is_none(), "{key:?}");
        }
        assert!(Key::new("...").is_some_and(|key| key.as_str() == "..."));
    }

    #[test]
    fn what_xml_cannot_carry_is_no_key() {
        for key in ["a\nb", "a\0", "\u{7f}", "\u{85}", "\u{ffff}"] {
            assert!(Key::new(key).is_none(), "{key:?}");
        }
    }

    #[test]
    fn a_key_has_at_most_1024_bytes() {
        assert!(Key::new(&"k".repeat(MAX_KEY_BYTES)).is_some());
        assert!(Key::new(&"k".repeat(MAX_KEY_BYTES + 1)).is_none());
    }
}
