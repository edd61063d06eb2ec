//! Base32 (RFC 4648, section 6) without padding: five bytes are eight letters or digits, none
//! of which looks like another. Invariant: only whole groups, so bytes have one spelling.

use alloc::string::String;

use zeroize::Zeroizing;

/// Bytes and characters of a group.
const BYTES: usize = 5;
const CHARACTERS: usize = 8;

/// Spells a whole number of groups.
pub(crate) fn encode<const N: usize>(bytes: &[u8; N]) -> Zeroizing<String> {
    const { assert!(N.is_multiple_of(BYTES), "a part of a group would be lost") };
    // At once as long as it becomes: growth would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(N / BYTES * CHARACTERS));
    let (groups, _) = bytes.as_chunks::<BYTES>();
    for [a, b, c, d, e] in groups {
        text.extend([
            character(a >> 3),
            character(a << 2 | b >> 6),
            character(b >> 1),
            character(b << 4 | c >> 4),
            character(c << 1 | d >> 7),
            character(d >> 2),
            character(d << 3 | e >> 5),
            character(*e),
        ]);
    }
    text
}

/// Reads exactly `N` bytes, in either case.
pub(crate) fn decode<const N: usize>(
    mut characters: impl Iterator<Item = char>,
) -> Option<Zeroizing<[u8; N]>> {
    const { assert!(N.is_multiple_of(BYTES), "a part of a group would be lost") };
    let mut bytes = Zeroizing::new([0; N]);
    let (groups, _) = bytes.as_chunks_mut::<BYTES>();
    for group in groups {
        let mut bits = 0u64;
        for _ in 0..CHARACTERS {
            bits = bits << 5 | u64::from(value(characters.next()?)?);
        }
        let [_, _, _, whole @ ..] = bits.to_be_bytes();
        *group = whole;
    }
    characters.next().is_none().then_some(bytes)
}

/// The character of the low five bits.
const fn character(bits: u8) -> char {
    match bits & 31 {
        letter @ 0..=25 => (b'A' + letter) as char,
        digit => (b'2' - 26 + digit) as char,
    }
}

const fn value(character: char) -> Option<u8> {
    match character {
        'A'..='Z' => Some(character as u8 - b'A'),
        'a'..='z' => Some(character as u8 - b'a'),
        '2'..='7' => Some(character as u8 - b'2' + 26),
        _ => None,
    }
}
