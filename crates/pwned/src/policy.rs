//! Which passwords may be chosen: length, and a blocklist that needs no network.
//! Follows NIST SP 800-63B-4, section 3.1.1.2.
//! Invariant: what is checked, digested and stored is one string, the NFC form, of
//! which nothing is ever cut off.

mod common;
mod words;

use alloc::string::String;
use alloc::vec::Vec;

use icu_normalizer::ComposingNormalizerBorrowed;
use thiserror::Error;
use zeroize::Zeroizing;

/// The longest password, in bytes of its NFC form in UTF-8.
pub const MAX_BYTES: usize = 1024;

/// NFD is at most three times as long as NFC in UTF-8, so a longer input cannot
/// be the decomposed spelling of a password within [`MAX_BYTES`].
const MAX_INPUT_BYTES: usize = 3 * MAX_BYTES;

/// Normalization form C (UAX #15).
const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();

/// The service's own name, which everyone who attacks it tries.
const SERVICE_NAME: &str = "balance";

/// How long a password must be, by what else protects the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The password is the only factor.
    Sole,
    /// A second factor is enrolled and always required.
    WithSecondFactor,
}

/// What is known of the account, and therefore easily guessed.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// The account's email address.
    pub email: &'a str,
    /// The person's name, empty where none was given.
    pub name: &'a str,
}

/// Why a password was refused. The codes are stable, part of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PolicyViolation {
    /// Fewer code points than the policy asks for.
    #[error("use at least {min} characters")]
    TooShort {
        /// The least number of code points.
        min: usize,
    },
    /// More than [`MAX_BYTES`].
    #[error("use at most {MAX_BYTES} bytes")]
    TooLong,
    /// On the list of common passwords.
    #[error("this is one of the most common passwords")]
    Common,
    /// The account's email or name, or the service's name.
    #[error("this is your email address, your name or the name of this service")]
    Personal,
}

impl PolicyViolation {
    /// The stable code of the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Common => "password_common",
            Self::Personal => "password_personal",
        }
    }
}

/// A password in NFC, at most [`MAX_BYTES`] long.
///
/// It can be neither printed nor serialized, and is zeroized on drop.
///
/// ```compile_fail,E0277
/// let password = pwned::policy::Password::normalize("mq7-kohlrabi-2x");
/// println!("{password:?}");
/// ```
pub struct Password(Zeroizing<String>);

impl Password {
    /// Normalizes what was typed, without asking whether it may be chosen: for
    /// sign-in, where an older password may be outside today's policy.
    ///
    /// # Errors
    /// [`PolicyViolation::TooLong`].
    pub fn normalize(typed: &str) -> Result<Self, PolicyViolation> {
        if typed.len() > MAX_INPUT_BYTES {
            return Err(PolicyViolation::TooLong);
        }
        // Full capacity from the start: a buffer that grows leaves copies behind.
        let mut nfc = Zeroizing::new(String::with_capacity(3 * typed.len()));
        let written = NFC.normalize_to(typed, &mut *nfc);
        if written.is_err() || nfc.len() > MAX_BYTES {
            return Err(PolicyViolation::TooLong);
        }
        Ok(Self(nfc))
    }

    /// The NFC form, for hashing. Do not copy it into anything that is not zeroized.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Policy {
    /// The least number of characters; every code point counts one.
    #[must_use]
    pub const fn min_characters(self) -> usize {
        match self {
            Self::Sole => 15,
            Self::WithSecondFactor => 8,
        }
    }

    /// Normalizes a password that someone wants to use, and holds it to the policy.
    ///
    /// # Errors
    /// Every [`PolicyViolation`] there is, so that a person can mend them at once.
    pub fn check(
        self,
        typed: &str,
        context: &Context<'_>,
    ) -> Result<Password, Vec<PolicyViolation>> {
        let password = Password::normalize(typed).map_err(|violation| [violation])?;
        let mut violations = Vec::new();
        let min = self.min_characters();
        if password.expose().chars().count() < min {
            violations.push(PolicyViolation::TooShort { min });
        }
        let folded = words::fold(password.expose());
        let unit = words::repeated_unit(&folded);
        let repeats = unit.len() < folded.len();
        if common::is_listed(&folded) || (repeats && common::is_listed(unit)) {
            violations.push(PolicyViolation::Common);
        }
        if context.names(&folded) || (repeats && context.names(unit)) {
            violations.push(PolicyViolation::Personal);
        }
        if violations.is_empty() {
            Ok(password)
        } else {
            Err(violations)
        }
    }
}

impl Context<'_> {
    /// Whether a folded password is one of the words that stand for this account.
    fn names(&self, folded: &str) -> bool {
        let local_part = self.email.split('@').next().unwrap_or_default();
        let untagged = local_part.split('+').next().unwrap_or_default();
        [SERVICE_NAME, self.email, local_part, untagged, self.name]
            .into_iter()
            .chain(self.name.split_whitespace())
            // An initial says nothing, and repeated it is any letter repeated.
            .filter(|word| word.chars().nth(1).is_some())
            .any(|word| words::same(word, folded))
    }
}

#[cfg(test)]
mod tests;
