//! The local list of common passwords: words, walks over a keyboard, and the endings
//! people put behind them. So that these never leave for the range look-up, and stay
//! refused while it is out of reach.
//! Follows NIST SP 800-63B-4, section 3.1.1.2: only whole passwords are compared.
//! Invariant: the list is finite; a passphrase that contains a listed word is not on it.

use alloc::vec::Vec;

/// Words by theme; `#` begins a comment line.
const WORDS: &str = include_str!("../../data/common-words.txt");

/// Lines that fingers follow, forwards or backwards.
const WALKS: [&str; 14] = [
    "12345678901234567890123456789012345678901234567890",
    "01234567890123456789012345678901234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "qazwsxedcrfvtgbyhnujmikolp",
    "zaq12wsxcde34rfvbgt56yhnmju78ik,.lo90p;/",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "!@#$%^&*()_+",
    "1qazxsw23edcvfr45tgbnhy67ujm,ki89ol./;p0",
];

/// The shortest part of a walk that is told from a word.
const MIN_WALK: usize = 4;

/// The longest run of one letter or digit that is on the list.
const MAX_RUN: usize = 24;

/// The longest ending, in bytes: a separator, ten digits, two marks.
const MAX_ENDING: usize = 13;

/// Whether a folded password is on the list.
pub(super) fn is_listed(folded: &str) -> bool {
    // The words are passed through once, for all stems, which point into the password.
    let stems: Vec<&str> = stems(folded).collect();
    is_run(folded) || stems.iter().copied().any(is_walk) || any_is_word(&stems)
}

/// One ASCII letter or digit, over and over.
fn is_run(text: &str) -> bool {
    let bytes = text.as_bytes();
    (2..=MAX_RUN).contains(&bytes.len())
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.windows(2).all(|pair| pair.first() == pair.last())
}

/// The text, and what is left of it without each common ending.
fn stems(text: &str) -> impl Iterator<Item = &str> {
    (0..=MAX_ENDING.min(text.len())).filter_map(|len| {
        let (stem, ending) = text.split_at_checked(text.len() - len)?;
        is_ending(ending).then_some(stem)
    })
}

/// `2024`, `123456!`, `@123`, `!!`: a separator, a number, marks, each optional. The
/// number has up to four digits, or is counted out, or repeats one digit.
fn is_ending(text: &str) -> bool {
    let text = text.strip_prefix(['@', '.', '-', '_', '#']).unwrap_or(text);
    let digits = text.trim_end_matches(['!', '?', '.', '@', '#', '$', '*']);
    let marks = text.len() - digits.len();
    let number = digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.len() <= 4 || is_run(digits) || is_walk(digits));
    marks <= 2 && number
}

fn is_walk(text: &str) -> bool {
    let forwards = |walk: &str| walk.contains(text);
    let backwards = |walk: &str| {
        let walk = walk.as_bytes();
        walk.windows(text.len())
            .any(|part| part.iter().rev().eq(text.as_bytes()))
    };
    text.len() >= MIN_WALK && WALKS.iter().any(|walk| forwards(walk) || backwards(walk))
}

/// Whether one is a word of the list.
fn any_is_word(stems: &[&str]) -> bool {
    WORDS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_ascii_whitespace)
        .any(|word| {
            // Signs and the letters they stand for are one byte each, so lengths agree.
            let mut candidates = stems.iter().filter(|stem| stem.len() == word.len());
            candidates.any(|stem| spells(stem, word))
        })
}

/// The word as it is, or with letters written as signs: `p@ssw0rd`.
fn spells(stem: &str, word: &str) -> bool {
    let as_letters = |one| word.chars().eq(stem.chars().map(|c| letter_of(c, one)));
    word == stem || as_letters('i') || as_letters('l')
}

/// The letter a sign stands for; `one` is what 1 and ! stand for.
const fn letter_of(sign: char, one: char) -> char {
    match sign {
        '0' => 'o',
        '1' | '!' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_passwords_that_every_ranking_starts_with_are_listed() {
        for password in [
            "password",
            "12345678",
            "123456789",
            "1234567890",
            "qwerty123",
            "password1",
            "password123",
            "password123!",
            "iloveyou",
            "sunshine",
            "princess",
            "football",
            "baseball",
            "superman",
            "trustno1",
            "welcome1",
            "welcome@123",
            "admin123",
            "letmein1",
            "abc12345",
            "qwertyuiop",
            "zaq12wsx",
            "1q2w3e4r5t",
            "1qaz2wsx",
            "11111111",
            "88888888",
            "00000000",
            "87654321",
            "123123123",
            "147258369",
            "q1w2e3r4",
            "asdfghjkl",
            "michael1987",
            "summer2024!",
            "p@ssw0rd",
            "pa$$w0rd1",
            "l3tm31n!",
            "changeme",
            "aa123456",
            "qwerty123456",
            "1234567890123456",
            "aaaaaaaaaaaaaaa",
            "poiuytrewq",
            "mnbvcxz1",
            "abcdefghijklmno",
            "azertyuiop",
        ] {
            assert!(is_listed(password), "{password}");
        }
    }

    #[test]
    fn a_passphrase_of_listed_words_is_not_listed() {
        for password in [
            "correct horse battery",
            "sunshine football princess",
            "password manager made this",
            "michael-likes-19-dragons",
            "j8#kd02lmqpz7v!",
            "zażółć gęślą jaźń",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "",
            "a",
            "!",
        ] {
            assert!(!is_listed(password), "{password}");
        }
    }

    #[test]
    fn an_ending_is_short_or_counted_out() {
        for ending in [
            "", "1", "99", "1987", "123456", "0000000", "!", "@123", "12!!", "_01.",
        ] {
            assert!(is_ending(ending), "{ending}");
        }
        for ending in ["83614", "!!!", "a1", "1a", "12 ", "--1"] {
            assert!(!is_ending(ending), "{ending}");
        }
    }

    #[test]
    fn every_word_is_in_the_form_passwords_are_folded_to() {
        // A word that folding would change could never match.
        for word in WORDS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(str::split_ascii_whitespace)
        {
            assert_eq!(word, &**super::super::words::fold(word), "{word}");
        }
    }
}
