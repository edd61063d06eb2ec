//! Opaque tokens: 256 random bits, shown once, stored as SHA-256. A session's
//! and a mailed one have the same form and are looked for in different tables.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lru::LruCache;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{
    id::PersonId,
    platform::random,
    problem::Result,
    store::{bearer::Bearer, sessions::TokenHash},
};

/// A token, on its way to or from its holder. No Debug, wiped on drop.
pub(crate) struct OpaqueToken(Zeroizing<String>);

impl OpaqueToken {
    /// Base64url of 32 bytes, without padding.
    const LENGTH: usize = 43;

    /// A fresh one.
    pub(crate) fn generate() -> Result<Self> {
        let bytes = Zeroizing::new(random::bytes::<32>()?);
        Ok(Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes))))
    }

    /// From a header. None where it cannot be one of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let ours = text.len() == Self::LENGTH
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        ours.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// What is stored. A look-up by hash needs no constant-time comparison: the
    /// timing tells of the hash, which tells nothing of the token.
    pub(crate) fn hash(&self) -> TokenHash {
        Self::hash_of(&self.0)
    }

    /// The same of any text: one that cannot be a token has a hash that nobody
    /// has, and costs its look-up as well.
    pub(crate) fn hash_of(text: &str) -> TokenHash {
        TokenHash(Sha256::digest(text.as_bytes()).into())
    }

    /// For its holder, in the one reply that shows it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// Whose session a token's hash was when this isolate last saw it: a hint that
/// saves a round trip, never a proof. The session's row decides, in the batch.
pub(crate) struct TokenCache(Mutex<LruCache<Bearer, PersonId>>);

impl Default for TokenCache {
    fn default() -> Self {
        const KEPT: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl TokenCache {
    pub(crate) fn get(&self, token: &Bearer) -> Option<PersonId> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(token)
            .copied()
    }

    pub(crate) fn put(&self, token: Bearer, person: PersonId) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put(token, person);
    }

    pub(crate) fn forget(&self, token: &Bearer) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop(token);
    }

    /// Forgets every token of a person, whose sessions have ended.
    pub(crate) fn forget_all(&self, person: PersonId) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hers: Vec<Bearer> = cache
            .iter()
            .filter(|(_, owner)| **owner == person)
            .map(|(token, _)| *token)
            .collect();
        for token in hers {
            cache.pop(&token);
        }
    }
}
