//! From a text and a signature to a right: what has to be shown before an operator sees
//! anything. Each step takes the one before, so that none can be left out.

use passkey::{
    Assertion, AuthenticationResponse, Challenge, Credential, RelyingParty, SignedAssertion,
    UserVerification,
};
use thiserror::Error;

use crate::{Event, Field, Standing, State, Terms};

/// A text with a signature that nobody has verified yet.
#[must_use = "nothing is proved before its signature is verified"]
pub struct Unverified {
    terms: Terms,
    assertion: SignedAssertion,
}

/// A text that the person's key signed, with her at it.
pub struct Signed {
    terms: Terms,
    assertion: Assertion,
}

/// A consent that holds now, for this operator. Nothing else makes one.
pub struct Checked {
    terms: Terms,
    owner: [u8; 16],
}

/// Why a consent gives no right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// The answer of her browser is not about this text, this key or this site, or its
    /// signature does not hold.
    #[error("the signature is not this consent's")]
    Signature,
    /// Somebody else may see it.
    #[error("the consent names another operator")]
    Operator,
    /// Its time has not begun.
    #[error("the consent has not begun")]
    NotBegun,
    /// It does not hold now.
    #[error("the consent does not hold")]
    Standing(State),
}

impl Unverified {
    /// Holds what her browser answered to the text: the challenge is the text's, the site and
    /// the key are those it names, and the key checked that it was her.
    ///
    /// # Errors
    /// [`Refused::Signature`].
    pub fn new(
        party: &RelyingParty,
        terms: Terms,
        credential: &Credential,
        response: &AuthenticationResponse,
    ) -> Result<Self, Refused> {
        let owner = owner_of(&terms).ok_or(Refused::Signature)?;
        let names_it = terms.credential == credential.id.as_bytes()
            && terms.rp_id == party.id()
            && terms.origin == party.origin()
            && terms.backup_eligible == credential.backup_eligible
            && terms.backed_up == credential.backed_up;
        if !names_it {
            return Err(Refused::Signature);
        }
        let assertion = party
            .authenticate(
                &Challenge::new(terms.challenge()),
                UserVerification::Required,
                credential,
                &owner,
                response,
            )
            .map_err(|_| Refused::Signature)?;
        Ok(Self { terms, assertion })
    }

    /// What the platform is to verify.
    pub const fn assertion(&self) -> &SignedAssertion {
        &self.assertion
    }

    /// With the platform's verdict.
    ///
    /// # Errors
    /// [`Refused::Signature`].
    pub fn verified(self, holds: bool) -> Result<Signed, Refused> {
        let assertion = self
            .assertion
            .verified(holds)
            .map_err(|_| Refused::Signature)?;
        Ok(Signed {
            terms: self.terms,
            assertion,
        })
    }
}

impl Signed {
    /// The text.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What the key proved.
    #[must_use]
    pub const fn assertion(&self) -> &Assertion {
        &self.assertion
    }

    /// Holds it to what the log says, to who asks, and to the time (seconds since the Unix
    /// epoch).
    ///
    /// # Errors
    /// [`Refused`].
    pub fn check(self, events: &[Event], operator: &str, now: u64) -> Result<Checked, Refused> {
        if self.terms.operator != operator {
            return Err(Refused::Operator);
        }
        let standing = Standing::of(&self.terms, events, now);
        if standing.state != State::Granted {
            return Err(Refused::Standing(standing.state));
        }
        if !standing.allows() {
            return Err(Refused::NotBegun);
        }
        let owner = owner_of(&self.terms).ok_or(Refused::Signature)?;
        Ok(Checked {
            terms: self.terms,
            owner,
        })
    }
}

impl Checked {
    /// Whose data: the sixteen bytes of her id.
    #[must_use]
    pub const fn owner(&self) -> [u8; 16] {
        self.owner
    }

    /// The consent's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.terms.id
    }

    /// Whether it covers this field of something that is any of these resources: a transaction
    /// is also its account, its bank connection and its person.
    #[must_use]
    pub fn covers(&self, resources: &[&str], field: Field) -> bool {
        resources
            .iter()
            .any(|resource| self.terms.covers(resource, field))
    }

    /// Whether it covers this field of something of these kinds, by the prefix of their ids.
    #[must_use]
    pub fn covers_some(&self, kinds: &[&str], field: Field) -> bool {
        let is_one = |resource: &String| kinds.iter().any(|kind| resource.starts_with(kind));
        self.terms.fields.contains(&field) && self.terms.resources.iter().any(is_one)
    }
}

fn owner_of(terms: &Terms) -> Option<[u8; 16]> {
    let hex = terms.person.strip_prefix("usr_")?;
    let mut bytes = [0; 16];
    if hex.len() != 32 {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
