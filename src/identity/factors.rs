//! The second factors of a person: WebAuthn credentials, an authenticator app, and
//! recovery codes, which stand in for either and are none by themselves.
//!
//! Invariant: where one is enrolled, no password alone begins a session or steps up.

use passkey::{Descriptor, UserVerification};
use vault::Reveal;

use super::ticket::Challenge;
use crate::{
    app::App,
    id::{PasskeyId, PersonId, RowId},
    problem::{Problem, Result},
    store::{
        engine::{EngineError, Outcome, Statement},
        keys::UserKeys,
        passkeys::{self, PasskeyRecord, PasskeyRow},
        recovery_codes,
        totp::{self, TotpRecord, TotpRow},
    },
};

/// A WebAuthn credential that is enrolled.
pub(crate) struct Enrolled {
    pub(crate) id: PasskeyId,
    pub(crate) rev: u32,
    pub(crate) record: PasskeyRecord,
}

/// All that a person has.
pub(crate) struct Factors {
    pub(crate) passkeys: Vec<Enrolled>,
    pub(super) totp: Option<(u32, TotpRecord)>,
    /// The blind indexes of those that are left.
    pub(super) recovery_codes: Vec<RowId>,
}

/// How someone can prove who she is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Method {
    Password,
    Passkey,
    Totp,
    RecoveryCode,
}

impl Factors {
    /// How many statements read them.
    pub(crate) const READS: usize = 3;

    /// Those of an account that has just begun.
    pub(crate) const fn none() -> Self {
        Self {
            passkeys: Vec::new(),
            totp: None,
            recovery_codes: Vec::new(),
        }
    }

    /// What reads a person's.
    pub(crate) fn of_person(person: PersonId) -> [Statement; Self::READS] {
        [
            passkeys::of_person(person),
            totp::of_person(person),
            recovery_codes::of_person(person),
        ]
    }

    /// What reads those of whoever signs in with an email.
    pub(super) fn by_login(email_index: RowId) -> [Statement; Self::READS] {
        [
            passkeys::by_login(email_index),
            totp::by_login(email_index),
            recovery_codes::by_login(email_index),
        ]
    }

    /// From what the statements brought.
    pub(crate) fn open(
        keys: &UserKeys,
        reveal: &Reveal,
        outcomes: [Outcome; Self::READS],
    ) -> Result<Self> {
        let [passkeys, totp, codes] = outcomes;
        let rows: Vec<PasskeyRow> = passkeys.rows()?.all()?;
        let passkeys = rows
            .into_iter()
            .map(|row| Enrolled::open(row, keys, reveal))
            .collect::<Result<_>>()?;
        let totp = match totp.rows()?.first::<TotpRow>()? {
            Some(row) => {
                let rev = row.rev;
                let record = row
                    .open(keys)?
                    .reveal(reveal)
                    .map_err(|_| Problem::internal("no right to a secret"))?;
                Some((rev, record))
            }
            None => None,
        };
        let codes: Vec<(RowId,)> = codes.rows()?.all()?;
        let recovery_codes = codes.into_iter().map(|(id,)| id).collect();
        Ok(Self {
            passkeys,
            totp,
            recovery_codes,
        })
    }

    /// As [`Self::open`], from the last outcomes of a batch.
    pub(crate) fn open_last(
        keys: &UserKeys,
        reveal: &Reveal,
        outcomes: Vec<Outcome>,
    ) -> Result<Self> {
        let outcomes = outcomes
            .try_into()
            .map_err(|_| Problem::from(EngineError::Shape))?;
        Self::open(keys, reveal, outcomes)
    }

    /// Whether a password alone is not enough.
    pub(crate) fn enrolled(&self) -> bool {
        !self.passkeys.is_empty() || self.totp.is_some()
    }

    /// Whether this credential, or the authenticator app, is all there is.
    pub(crate) fn is_last(&self) -> bool {
        self.passkeys.len() + usize::from(self.totp.is_some()) <= 1
    }

    /// Whether there is an authenticator app.
    pub(crate) const fn has_totp(&self) -> bool {
        self.totp.is_some()
    }

    /// How she can prove who she is, where a password alone will not do.
    pub(crate) fn methods(&self) -> Vec<Method> {
        if !self.enrolled() {
            return vec![Method::Password];
        }
        let mut methods = Vec::with_capacity(3);
        if !self.passkeys.is_empty() {
            methods.push(Method::Passkey);
        }
        if self.totp.is_some() {
            methods.push(Method::Totp);
        }
        if !self.recovery_codes.is_empty() {
            methods.push(Method::RecoveryCode);
        }
        methods
    }

    /// How many recovery codes are left.
    pub(crate) const fn recovery_codes_left(&self) -> usize {
        self.recovery_codes.len()
    }

    /// What a browser is asked with (`PublicKeyCredentialRequestOptionsJSON`). None
    /// where no key is enrolled.
    pub(super) fn request_options(
        &self,
        app: &App,
        challenge: &Challenge,
    ) -> Result<Option<serde_json::Value>> {
        if self.passkeys.is_empty() {
            return Ok(None);
        }
        let allowed = self.descriptors();
        let challenge = passkey::Challenge::new(*challenge);
        let options =
            app.relying_party
                .request_options(&challenge, &allowed, UserVerification::Preferred);
        serde_json::to_value(options)
            .map(Some)
            .map_err(|_| Problem::internal("options that do not serialize"))
    }

    /// The credentials, as a browser is told of them.
    pub(super) fn descriptors(&self) -> Vec<Descriptor<'_>> {
        self.passkeys
            .iter()
            .map(|enrolled| enrolled.record.credential.descriptor())
            .collect()
    }
}

impl Method {
    /// As the API names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

impl Enrolled {
    pub(crate) fn open(row: PasskeyRow, keys: &UserKeys, reveal: &Reveal) -> Result<Self> {
        let (id, rev) = (PasskeyId(row.id), row.rev);
        let record = row
            .open(keys)?
            .reveal(reveal)
            .map_err(|_| Problem::internal("no right to a credential"))?;
        Ok(Self { id, rev, record })
    }
}
