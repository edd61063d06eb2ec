//! Values that are nobody's to see until someone says by what right.
//!
//! [`Sensitive`] has no Debug, Display, Serialize or Clone, so a log line, an
//! error or a response that would carry it does not compile. The value comes out
//! only through a [`Reveal`].

use consent::{Checked, Field};

use crate::UserId;

/// A private value of one owner. Zeroized on drop where `T` is.
pub struct Sensitive<T> {
    owner: UserId,
    value: T,
}

impl<T> Sensitive<T> {
    /// Marks a value as `owner`'s.
    pub fn new(owner: UserId, value: T) -> Self {
        Self { owner, value }
    }

    /// The value, if `reveal` gives a right to it.
    ///
    /// # Errors
    /// [`RevealRefused`] if it does not; the value is then dropped.
    pub fn reveal(self, reveal: &Reveal) -> Result<T, RevealRefused> {
        reveal.admits(self.owner).map(|()| self.value)
    }

    /// A look at the value, if `reveal` gives a right to it.
    ///
    /// # Errors
    /// [`RevealRefused`] if it does not.
    pub fn reveal_ref(&self, reveal: &Reveal) -> Result<&T, RevealRefused> {
        reveal.admits(self.owner).map(|()| &self.value)
    }

    /// The value in another form, still its owner's: decoding the bytes of a row
    /// needs no right to see them. `decode` is not to pass anything on.
    pub fn map<U>(self, decode: impl FnOnce(T) -> U) -> Sensitive<U> {
        Sensitive {
            owner: self.owner,
            value: decode(self.value),
        }
    }

    /// As [`map`](Self::map), for a decoding that can fail. The error leaves
    /// unsealed, so it must not quote what it was decoding.
    ///
    /// # Errors
    /// Those of `decode`.
    pub fn try_map<U, E>(self, decode: impl FnOnce(T) -> Result<U, E>) -> Result<Sensitive<U>, E> {
        decode(self.value).map(|value| Sensitive {
            owner: self.owner,
            value,
        })
    }

    /// The same value by reference, as sensitive as before.
    pub fn as_ref(&self) -> Sensitive<&T> {
        Sensitive {
            owner: self.owner,
            value: &self.value,
        }
    }
}

/// By what right a value is revealed. Made where the right is established (the
/// session check, the job that acts for the system), passed down from there, and
/// never kept.
pub struct Reveal(Right);

enum Right {
    Owner(UserId),
    System(SystemPurpose),
    Consent(UserId),
}

impl Reveal {
    /// A person sees her own: `user` is who the request's session belongs to,
    /// never an id that came with the request.
    #[must_use]
    pub fn owner(user: UserId) -> Self {
        Self(Right::Owner(user))
    }

    /// The service needs the value itself, to do what `purpose` names. Nothing
    /// that is revealed so goes to an operator or into a log.
    #[must_use]
    pub fn system(purpose: SystemPurpose) -> Self {
        Self(Right::System(purpose))
    }

    /// An operator sees one field of something of a person's, which she consented to: the
    /// resources are all that it is, from itself up to her. `None` where the consent does not
    /// cover it. There is no other way to a right of an operator's.
    #[must_use]
    pub fn consented(consent: &Checked, resources: &[&str], field: Field) -> Option<Self> {
        consent
            .covers(resources, field)
            .then(|| Self(Right::Consent(UserId::from_bytes(consent.owner()))))
    }

    /// What the system reveals for; none for an owner's own session.
    #[must_use]
    pub fn purpose(&self) -> Option<SystemPurpose> {
        match self.0 {
            Right::System(purpose) => Some(purpose),
            Right::Owner(_) | Right::Consent(_) => None,
        }
    }

    fn admits(&self, owner: UserId) -> Result<(), RevealRefused> {
        match self.0 {
            // What is the system's own is no person's, whatever id she came with.
            Right::Owner(user) | Right::Consent(user)
                if user == owner && owner != UserId::SYSTEM =>
            {
                Ok(())
            }
            Right::Owner(_) | Right::Consent(_) => Err(RevealRefused),
            Right::System(_) => Ok(()),
        }
    }
}

/// What the service opens values for without the owner's session: the whole
/// list, so that each use can be found by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SystemPurpose {
    /// Send a mail to the owner's address.
    SendMail,
    /// Call Plaid with an access token or an Item's id.
    CallPlaid,
    /// Call Stripe with a customer's or a subscription's id.
    CallStripe,
    /// Compare a password, a code or a recovery code with what is stored.
    VerifyPassword,
    /// Find whose a session, a token or a webhook is, before anyone is signed in.
    LookUp,
    /// Apply what Plaid reports to the rows that are stored.
    Synchronise,
    /// Complete a sign-up or an email change that a mailed link began.
    CompleteSignUp,
    /// Write a leaf of the audit log.
    RecordAudit,
    /// Seal a row again, unchanged, under a newer key or schema.
    Reseal,
    /// Carry out an erasure: end what Plaid and Stripe still hold.
    Erase,
    /// Choose and order the rows that an operator's command is about, and show what is not
    /// hidden from operators. What is hidden goes on as [`Sensitive`].
    ServeOperator,
}

/// The [`Reveal`] gives no right to this value: it is someone else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no right to reveal another owner's value")]
pub struct RevealRefused;
