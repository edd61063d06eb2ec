//! Password hashes: Argon2id (RFC 9106) at OWASP's parameters, as PHC strings.
//! The vault seals them like any row, which makes the keyring a pepper.
//!
//! Invariant: checking a password costs one run of Argon2id, whoever it is for.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::phc::{Output, ParamsString, Salt},
};
use pwned::policy::Password;
use serde::{Deserialize, Deserializer};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{
    id::RowId,
    platform::random,
    problem::{Problem, Result},
};

/// A password as it came in a request. No Debug, wiped on drop.
pub(crate) struct TypedPassword(Zeroizing<String>);

impl<'de> Deserialize<'de> for TypedPassword {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer).map(|typed| Self(Zeroizing::new(typed)))
    }
}

impl TypedPassword {
    /// For the policy, where a new one is chosen.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// For the comparison with one that was chosen, perhaps under another policy.
    pub(crate) fn normalize(&self) -> Result<Password> {
        Password::normalize(&self.0).map_err(|violation| {
            Problem::invalid_field(
                "password",
                violation.code(),
                format!("A password: {violation}."),
            )
        })
    }
}

/// 19 MiB, two passes, one lane
/// (<https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>).
const PARAMS: Params = match Params::new(19 * 1024, 2, 1, Some(OUTPUT)) {
    Ok(params) => params,
    Err(_) => panic!("not Argon2's"), // while compiling
};
const OUTPUT: usize = 32;
const SALT: usize = 16;

/// The working memory, kept from run to run: an isolate has one thread, and its
/// memory never shrinks, so one run's worth is all there ever is.
static MEMORY: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// Runs Argon2id, and counts the runs of one request.
#[derive(Clone, Default)]
pub(crate) struct Hasher(Arc<AtomicU32>);

impl Hasher {
    /// The PHC string of a password, under a fresh salt.
    pub(crate) fn hash(&self, password: &Password) -> Result<String> {
        let salt = random::bytes::<SALT>()?;
        let output = self.derive(&PARAMS, password, &salt)?;
        phc(&salt, &*output)
    }

    /// Whether `password` is the one hashed.
    pub(crate) fn matches(&self, password: &Password, phc: &str) -> Result<bool> {
        let stored = PasswordHash::new(phc).map_err(|_| unreadable())?;
        let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
            return Err(unreadable());
        };
        let params = Params::try_from(&stored).map_err(|_| unreadable())?;
        let output = self.derive(&params, password, salt)?;
        let output = Output::new(&*output).map_err(|_| unreadable())?;
        // `Output` compares in constant time.
        Ok(output == *expected)
    }

    /// How many so far.
    pub(crate) fn runs(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    fn derive(
        &self,
        params: &Params,
        password: &Password,
        salt: &[u8],
    ) -> Result<Zeroizing<[u8; OUTPUT]>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let mut output = Zeroizing::new([0; OUTPUT]);
        let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.len() < params.block_count() {
            memory.resize(params.block_count(), Block::new());
        }
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
            .hash_password_into_with_memory(
                password.expose().as_bytes(),
                salt,
                &mut *output,
                memory.as_mut_slice(),
            )
            .map_err(|_| Problem::internal("Argon2id refused its input"))?;
        Ok(output)
    }
}

/// A PHC string that no password has: salt and output are random. Made without
/// a run, checked at the cost of one.
pub(crate) fn of_nobody() -> Result<String> {
    phc(&random::bytes::<SALT>()?, &random::bytes::<OUTPUT>()?)
}

/// Names a stored hash, for what is good only as long as the password is this one.
pub(crate) fn fingerprint(phc: &str) -> RowId {
    let digest: [u8; 32] = Sha256::digest(phc.as_bytes()).into();
    let mut name = [0; 16];
    for (to, from) in name.iter_mut().zip(digest) {
        *to = from;
    }
    RowId(name)
}

/// Whether a hash was made with other parameters than today's.
pub(crate) fn is_outdated(phc: &str) -> bool {
    let today = |stored: &PasswordHash| {
        let params = Params::try_from(stored).ok()?;
        let same = stored.algorithm == ARGON2ID_IDENT
            && stored.version == Some(Version::V0x13.into())
            && (params.m_cost(), params.t_cost(), params.p_cost())
                == (PARAMS.m_cost(), PARAMS.t_cost(), PARAMS.p_cost());
        same.then_some(())
    };
    PasswordHash::new(phc)
        .ok()
        .as_ref()
        .and_then(today)
        .is_none()
}

fn phc(salt: &[u8], output: &[u8]) -> Result<String> {
    let failed = || Problem::internal("a hash did not fit into a PHC string");
    Ok(PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&PARAMS).map_err(|_| failed())?,
        salt: Some(Salt::new(salt).map_err(|_| failed())?),
        hash: Some(Output::new(output).map_err(|_| failed())?),
    }
    .to_string())
}

fn unreadable() -> Problem {
    Problem::internal("a password hash is no PHC string of ours")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher() -> Hasher {
        Hasher::default()
    }

    fn password(typed: &str) -> Password {
        Password::normalize(typed).ok().unwrap()
    }

    #[test]
    fn a_hash_is_its_passwords_and_no_others() {
        let phc = hasher()
            .hash(&password("correct horse battery staple"))
            .unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(
            hasher()
                .matches(&password("correct horse battery staple"), &phc)
                .unwrap()
        );
        assert!(
            !hasher()
                .matches(&password("correct horse battery stapl"), &phc)
                .unwrap()
        );
    }

    #[test]
    fn the_runs_of_a_request_are_counted() {
        let hasher = hasher();
        let phc = hasher
            .hash(&password("correct horse battery staple"))
            .unwrap();
        hasher
            .clone()
            .matches(&password("another one"), &phc)
            .unwrap();
        assert_eq!(hasher.runs(), 2);
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        let one = password("correct horse battery staple");
        assert_ne!(hasher().hash(&one).unwrap(), hasher().hash(&one).unwrap());
    }

    #[test]
    fn a_hash_of_another_implementation_is_checked() {
        // printf 'correct horse battery staple' | argon2 sixteen-bytes-ab -id -t 2 -k 19456 -p 1 -l 32 -e
        let phc = "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbi1ieXRlcy1hYg$i3zTch0s3J1z0s2coDJ7Ewi5OvWRUDuJlG9XNIBns7k";
        assert!(
            hasher()
                .matches(&password("correct horse battery staple"), phc)
                .unwrap()
        );
    }

    #[test]
    fn a_smaller_hash_is_checked_with_its_own_parameters_and_is_outdated() {
        let phc = "$argon2id$v=19$m=1024,t=1,p=1$c2l4dGVlbi1ieXRlcy1hYg$r/yJP6x9WdDeQgOfpptbFqsnsp3v0V8zZpPw8nWELKM";
        assert!(
            hasher()
                .matches(&password("correct horse battery staple"), phc)
                .unwrap()
        );
        assert!(is_outdated(phc));
        assert!(!is_outdated(
            &hasher()
                .hash(&password("correct horse battery staple"))
                .unwrap()
        ));
    }

    #[test]
    fn nobodys_hash_looks_like_anyones_and_matches_nothing() {
        let phc = of_nobody().unwrap();
        assert!(!is_outdated(&phc));
        assert!(!hasher().matches(&password(""), &phc).unwrap());
    }

    #[test]
    fn what_is_no_phc_string_is_an_error_and_no_match() {
        for phc in [
            "",
            "$argon2id$",
            "plain",
            "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbi1ieXRlcy1hYg",
        ] {
            assert!(
                hasher()
                    .matches(&password("correct horse battery staple"), phc)
                    .is_err(),
                "{phc}"
            );
        }
    }
}
