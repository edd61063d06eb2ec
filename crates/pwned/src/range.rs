//! The request side of the range look-up: what leaves, and what must not.
//! Follows the Pwned Passwords API, version 3, "searching by range".
//! Invariant: only [`Prefix`] can be put in a URL; the suffix has no accessor.

use alloc::string::String;

use sha1::{Digest, Sha1};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Digits of the digest that are sent.
const PREFIX_LEN: usize = 5;
/// Digits of the digest that stay.
pub(crate) const SUFFIX_LEN: usize = 35;

/// The headers every look-up carries, name and value.
///
/// `Add-Padding` hides the true number of rows from whoever sees the size of the
/// reply; a request without `User-Agent` is refused by the service.
pub const REQUEST_HEADERS: [(&str, &str); 2] = [
    ("Add-Padding", "true"),
    ("User-Agent", "Balance-PwnedPasswords/1"),
];

/// The five upper-case hexadecimal digits that a look-up discloses.
///
/// Next to an account it makes guessing the password easier, so it has neither
/// `Debug` nor `Display`: never log it, trace it or store it with a person.
///
/// ```compile_fail,E0277
/// let query = pwned::RangeQuery::for_password("password");
/// println!("{:?}", query.prefix());
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Prefix([u8; PREFIX_LEN]);

/// The prefix is not exactly five hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a range prefix is five hexadecimal digits")]
pub struct InvalidPrefix;

impl Prefix {
    /// Reads a prefix in either case, as a client of the pass-through route sends it.
    ///
    /// # Errors
    /// [`InvalidPrefix`] for anything but five hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, InvalidPrefix> {
        let mut digits: [u8; PREFIX_LEN] = text.as_bytes().try_into().map_err(|_| InvalidPrefix)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(InvalidPrefix);
        }
        digits.make_ascii_uppercase();
        Ok(Self(digits))
    }

    /// The five digits, upper-case: the key under which a reply is cached.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Hexadecimal digits only, so always UTF-8.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The path of the range below the service's base URL: `/range/ABCDE`.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::with_capacity(12);
        path.push_str("/range/");
        path.push_str(self.as_str());
        path
    }
}

/// The SHA-1 of a password, split in what is sent and what is compared here.
///
/// SHA-1 is the service's choice of index, not a way to store a password. Zeroized
/// on drop.
pub struct RangeQuery {
    prefix: Prefix,
    suffix: [u8; SUFFIX_LEN],
}

impl RangeQuery {
    /// Digests the UTF-8 bytes of `password`, which should be in NFC already
    /// ([`crate::policy::Password`]).
    #[must_use]
    pub fn for_password(password: &str) -> Self {
        let mut digest: [u8; 20] = Sha1::digest(password.as_bytes()).into();
        let mut digits = digest
            .iter()
            .flat_map(|byte| [upper_hex(byte >> 4), upper_hex(byte & 0x0f)]);
        let mut query = Self {
            prefix: Prefix([0; PREFIX_LEN]),
            suffix: [0; SUFFIX_LEN],
        };
        let slots = query.prefix.0.iter_mut().chain(&mut query.suffix);
        for (slot, digit) in slots.zip(&mut digits) {
            *slot = digit;
        }
        digest.zeroize();
        query
    }

    /// What may be sent.
    #[must_use]
    pub fn prefix(&self) -> Prefix {
        self.prefix
    }

    /// The path to ask for: `/range/ABCDE`.
    #[must_use]
    pub fn path(&self) -> String {
        self.prefix.path()
    }

    /// The 35 upper-case digits to look for in the reply.
    pub(crate) fn suffix(&self) -> &[u8; SUFFIX_LEN] {
        &self.suffix
    }
}

impl Drop for RangeQuery {
    fn drop(&mut self) {
        self.prefix.0.zeroize();
        self.suffix.zeroize();
    }
}

impl ZeroizeOnDrop for RangeQuery {}

/// Without a table: an index made from a secret can be seen in the cache.
const fn upper_hex(nibble: u8) -> u8 {
    // 7 more for A to F, whose codes do not follow those of the digits.
    let letter = (9_u8.wrapping_sub(nibble) >> 7) * 7;
    b'0' + nibble + letter
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_query_of_a_known_password_splits_its_sha1_after_five_digits() {
        // SHA-1("password") = 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8
        let query = RangeQuery::for_password("password");
        assert!(query.prefix().as_str() == "5BAA6");
        assert_eq!(query.path(), "/range/5BAA6");
        assert!(query.suffix() == b"1E4C9B93F3F0682250B6CF8331B7EE68FD8");
    }

    #[test]
    fn the_digest_is_taken_over_utf8() {
        // printf 'pässwörd' | sha1sum
        let query = RangeQuery::for_password("pässwörd");
        assert!(query.prefix().as_str() == "F517D");
    }

    #[test]
    fn a_prefix_is_accepted_in_either_case_and_kept_in_upper_case() {
        let Ok(prefix) = Prefix::parse("aBc9f") else {
            panic!("five hexadecimal digits")
        };
        assert_eq!(prefix.as_str(), "ABC9F");
        assert_eq!(prefix.path(), "/range/ABC9F");
    }

    #[test]
    fn a_prefix_of_another_length_or_alphabet_is_refused() {
        for text in [
            "",
            "ABCD",
            "ABCDEF",
            "ABCDG",
            "ABC/E",
            " ABCD",
            "ÅBCD",
            "AB\u{0}DE",
            "٣٣٣",
        ] {
            assert!(Prefix::parse(text) == Err(InvalidPrefix), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_prefix_exactly_when_it_is_five_hex_digits(text in "\\PC{0,7}") {
            let expected = text.len() == 5 && text.bytes().all(|b| b.is_ascii_hexdigit());
            prop_assert_eq!(Prefix::parse(&text).is_ok(), expected);
        }

        #[test]
        fn a_query_is_forty_upper_hex_digits_of_the_password_digest(password in "\\PC*") {
            let query = RangeQuery::for_password(&password);
            let digits: alloc::vec::Vec<u8> =
                query.prefix().as_str().bytes().chain(*query.suffix()).collect();
            let digest = Sha1::digest(password.as_bytes());
            let expected = digest.iter().flat_map(|byte| alloc::format!("{byte:02X}").into_bytes());
            prop_assert!(digits.into_iter().eq(expected));
        }
    }
}
