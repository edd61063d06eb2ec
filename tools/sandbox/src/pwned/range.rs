//! The lines of a range. Grammar: `SUFFIX:COUNT`, 35 upper-case hex digits, sorted; padding follows
//! the real lines and counts 0.

use std::collections::BTreeMap;

use fastrand::Rng;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::seed::generator;

/// Well-known leaks: counts of the order that the real service reports.
const KNOWN: [(&str, u64); 24] = [
    ("password", 10_434_004),
    ("password1", 2_427_158),
    ("password123", 1_252_014),
    ("password1234", 144_871),
    ("password12345", 36_214),
    ("password123456", 29_806),
    ("password123456789", 9_318),
    ("passwordpassword", 83_302),
    ("123456", 42_542_807),
    ("12345678", 12_123_917),
    ("123456789", 18_313_580),
    ("1234567890", 7_119_406),
    ("123456789012345", 139_502),
    ("1234567890123456", 43_870),
    ("qwertyuiop", 2_025_180),
    ("qwertyuiopasdfghjkl", 31_219),
    ("1q2w3e4r5t6y7u8i", 6_125),
    ("iloveyou", 2_852_115),
    ("iloveyouiloveyou", 14_706),
    ("correct horse battery staple", 432),
    ("correcthorsebatterystaple", 4_164),
    ("trustno1trustno1", 1_203),
    ("letmeinletmein", 9_407),
    ("P@ssw0rd", 93_187),
];

/// A real range has some hundreds of lines.
const NOISE: std::ops::RangeInclusive<usize> = 500..=780;
/// What a padded reply has at least and at most.
const PADDED: std::ops::RangeInclusive<usize> = 800..=1_000;

/// Every password known to have leaked, by SHA-1, among noise that the seed determines.
pub(super) struct Leaks {
    seed: u64,
    by_hash: BTreeMap<String, u64>,
    padding: Rng,
}

/// The SHA-1 of a password, as the service writes it.
pub(super) fn hash(password: &str) -> String {
    hex(&Sha1::digest(password.as_bytes()))
}

/// An entity tag of the form Azure's storage gives, from the content.
pub(super) fn entity_tag(body: &[u8]) -> String {
    let digest = hex(&Sha256::digest(body));
    format!("W/\"0x{}\"", digest.get(..15).unwrap_or_default())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02X}");
        hex
    })
}

impl Leaks {
    pub(super) fn known(seed: u64) -> Self {
        Self {
            seed,
            by_hash: KNOWN
                .iter()
                .map(|(password, count)| (hash(password), *count))
                .collect(),
            padding: generator(seed, "padding"),
        }
    }

    pub(super) fn seed(&self) -> u64 {
        self.seed
    }

    pub(super) fn insert(&mut self, hash: String, count: u64) {
        self.by_hash.insert(hash, count);
    }

    pub(super) fn remove(&mut self, hash: &str) -> bool {
        self.by_hash.remove(hash).is_some()
    }

    /// The range without padding, sorted; the same every time.
    pub(super) fn plain(&self, prefix: &str) -> Vec<String> {
        let mut noise = generator(self.seed, prefix);
        let mut lines: BTreeMap<String, u64> = (0..noise.usize(NOISE))
            .map(|_| (suffix(&mut noise), count(&mut noise)))
            .collect();
        for (hash, count) in self.by_hash.range(prefix.to_owned()..) {
            let Some(suffix) = hash.strip_prefix(prefix) else {
                break;
            };
            lines.insert(suffix.to_owned(), *count);
        }
        lines
            .into_iter()
            .map(|(suffix, count)| format!("{suffix}:{count}"))
            .collect()
    }

    /// The range and after it padding up to 800 to 1,000 lines.
    pub(super) fn padded(&mut self, prefix: &str) -> Vec<String> {
        let mut lines = self.plain(prefix);
        let target = self.padding.usize(PADDED);
        lines.extend((lines.len()..target).map(|_| format!("{}:0", suffix(&mut self.padding))));
        lines
    }
}

fn suffix(rng: &mut Rng) -> String {
    format!("{:032X}{:03X}", rng.u128(..), rng.u16(..0x1000))
}

/// Most leaked passwords were seen a few times, a few of them often.
fn count(rng: &mut Rng) -> u64 {
    match rng.u8(..) {
        0..=199 => rng.u64(1..=9),
        200..=249 => rng.u64(10..=200),
        _ => rng.u64(201..=50_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> (&str, u64) {
        let (suffix, count) = line.split_once(':').unwrap();
        assert_eq!(suffix.len(), 35);
        assert!(
            suffix
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'))
        );
        (suffix, count.parse().unwrap())
    }

    #[test]
    fn a_padded_range_has_800_to_1000_lines_and_the_zero_counts_come_last() {
        let mut leaks = Leaks::known(7);
        for prefix in ["00000", "21BD1", "FFFFF", "ABCDE", "5BAA6"] {
            let lines = leaks.padded(prefix);
            assert!(PADDED.contains(&lines.len()));
            let counts: Vec<_> = lines.iter().map(|line| parsed(line).1).collect();
            let first_padding = counts.iter().position(|count| *count == 0).unwrap();
            assert!(counts[first_padding..].iter().all(|count| *count == 0));
            assert_eq!(lines[..first_padding], leaks.plain(prefix));
        }
    }

    #[test]
    fn a_range_without_padding_is_sorted_and_the_same_each_time() {
        let leaks = Leaks::known(7);
        let lines = leaks.plain("5BAA6");
        assert!(lines.is_sorted());
        assert!(lines.iter().all(|line| parsed(line).1 > 0));
        assert_eq!(lines, Leaks::known(7).plain("5BAA6"));
        assert_ne!(lines, Leaks::known(8).plain("5BAA6"));
    }

    #[test]
    fn a_leaked_password_is_found_by_prefix_and_suffix_with_its_count() {
        // SHA-1("password") as published: 5BAA6 1E4C9B93F3F0682250B6CF8331B7EE68FD8.
        let wanted = "1E4C9B93F3F0682250B6CF8331B7EE68FD8:10434004".to_owned();
        let mut leaks = Leaks::known(1);
        assert!(leaks.plain("5BAA6").contains(&wanted));
        assert!(leaks.padded("5BAA6").contains(&wanted));
        assert!(leaks.remove(&hash("password")));
        assert!(!leaks.plain("5BAA6").contains(&wanted));
    }
}
