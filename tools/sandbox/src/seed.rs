//! Ids and tokens in the forms the services give them, as a function of the seed.

use std::hash::{DefaultHasher, Hash, Hasher};

use fastrand::Rng;

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A generator of its own for each purpose, so that one more request does not change the data.
pub(crate) fn generator(seed: u64, purpose: impl Hash) -> Rng {
    // The keys of `DefaultHasher::new` are fixed, so this is stable between runs.
    let mut hasher = DefaultHasher::new();
    (seed, purpose).hash(&mut hasher);
    Rng::with_seed(hasher.finish())
}

/// Mixed-case letters and digits: Plaid's ids have 37, its request ids 15.
pub(crate) fn identifier(rng: &mut Rng, length: usize) -> String {
    (0..length)
        .map(|_| char::from(*rng.choice(ALPHABET).unwrap_or(&b'A')))
        .collect()
}

/// A UUID of version 4.
pub(crate) fn uuid(rng: &mut Rng) -> String {
    let bits = rng.u128(..) & !(0xf << 76) & !(0b11 << 62) | (4 << 76) | (0b10 << 62);
    let mut uuid = format!("{bits:032x}");
    for hyphen in [8, 13, 18, 23] {
        uuid.insert(hyphen, '-');
    }
    uuid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        let uuid = uuid(&mut generator(1, "test"));
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&uuid.as_bytes()[19]));
    }

    #[test]
    fn the_same_seed_gives_the_same_ids_and_another_seed_others() {
        let id = |seed| identifier(&mut generator(seed, "item"), 37);
        assert_eq!(id(1), id(1));
        assert_ne!(id(1), id(2));
    }
}
