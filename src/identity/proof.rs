//! Proving who one is, beyond what one came with: by a WebAuthn assertion, a code of
//! an authenticator app (RFC 6238), a recovery code, or the password where no factor
//! is enrolled. For the second half of a sign-in and for stepping up.
//!
//! Invariant: what can be guessed is counted before it is compared, per account;
//! what was accepted once is not accepted again.

use std::sync::Arc;

use passkey::{AuthenticationResponse, CeremonyError, UserVerification};
use pwned::policy::Password;
use vault::{Reveal, SystemPurpose};
use zeroize::Zeroizing;

use super::{
    factors::{Enrolled, Factors, Method},
    mails,
    ticket::Challenge,
};
use crate::{
    app::App,
    id::{PersonId, RowId},
    platform::{Timestamp, log, signature},
    problem::{Kind, Problem, Result},
    store::{
        engine::Statement,
        keys::{self, UserKeys},
        passkeys,
        people::{self, PersonRecord, PersonRow},
        recovery_codes,
        table::index,
        throttle::{self, FreeTries},
        totp,
    },
};

/// Wrong codes for one account before whoever has its password must wait.
const FREE_TRIES: FreeTries = FreeTries(5);

/// What someone shows.
pub(crate) enum Proof {
    Passkey(Box<AuthenticationResponse>),
    Totp(Zeroizing<String>),
    RecoveryCode(Zeroizing<String>),
    Password(Password),
}

/// A person who has shown what she had to.
pub(super) struct Proved {
    pub(super) person: PersonId,
    pub(super) record: PersonRecord,
    pub(super) keys: Arc<UserKeys>,
    /// As they were before.
    pub(super) factors: Factors,
    pub(super) factor: &'static str,
    pub(super) user_verified: bool,
    /// What has to be written for the proof to be good: belongs into the batch of
    /// what it is for.
    pub(super) writes: Vec<Statement>,
}

/// What a factor found in a proof.
struct Accepted {
    factor: &'static str,
    user_verified: bool,
    writes: Vec<Statement>,
}

enum Verdict {
    Accepted(Accepted),
    Wrong,
    /// The signature counter went back: there are two of this authenticator.
    Cloned,
}

impl Proof {
    const fn is_guessable(&self) -> bool {
        !matches!(self, Self::Passkey(_))
    }
}

/// Compares a proof with what `person` has enrolled. One batch; a second where it
/// was wrong.
pub(super) async fn prove(
    app: &App,
    person: PersonId,
    challenge: &Challenge,
    user_verification: UserVerification,
    proof: &Proof,
) -> Result<Proved> {
    let system = app.system_keys().await?;
    let tries = system.blind(index::PROOF_TRIES, &person.0.0);
    let now = Timestamp::now();
    let mut batch = Vec::with_capacity(8);
    if proof.is_guessable() {
        batch.extend(throttle::begin(tries, now));
    }
    batch.extend([keys::of_user(person.0), people::by_id(person)]);
    batch.extend(Factors::of_person(person));
    let mut outcomes = app.db.batch_all(&batch).await?.into_iter();
    let mut next = || {
        outcomes
            .next()
            .ok_or_else(|| Problem::internal("no outcome"))
    };
    if proof.is_guessable() {
        let (_, begun, look) = (next()?, next()?, next()?);
        throttle::admit(&begun, look, now)?;
    }
    let (wrapped, row) = (next()?, next()?);
    let keys = app.keys.admit(person.vault(), &wrapped.rows()?)?;
    let row = row.rows()?.first::<PersonRow>()?;
    let (Some(keys), Some(row)) = (keys, row) else {
        return Err(refused());
    };
    let reveal = Reveal::system(SystemPurpose::VerifyPassword);
    let factors = Factors::open_last(&keys, &reveal, outcomes.collect())?;
    let record = keys
        .open::<PersonRecord>(row.id, row.rev, row.sealed)?
        .reveal(&reveal)
        .map_err(|_| Problem::internal("no right to an account"))?;

    let verdict = match proof {
        Proof::Passkey(response) => {
            let expected = Expected {
                person,
                challenge,
                user_verification,
            };
            factors
                .check_passkey(app, &keys, &expected, response)
                .await?
        }
        Proof::Totp(code) => factors.check_totp(&keys, code, now)?,
        Proof::RecoveryCode(code) => factors.check_recovery_code(&keys, person, code),
        // No password stands in for a factor that is enrolled.
        Proof::Password(password) if !factors.enrolled() => {
            check_password(app, password, &record.password_hash)?
        }
        Proof::Password(_) => Verdict::Wrong,
    };
    let accepted = match verdict {
        Verdict::Accepted(accepted) => accepted,
        Verdict::Wrong => {
            fail(app, proof, tries).await?;
            return Err(if matches!(proof, Proof::Password(_)) {
                wrong_password()
            } else {
                refused()
            });
        }
        Verdict::Cloned => {
            log::warn("authenticator-cloned", "a signature counter went back");
            mails::authenticator_cloned(app, &record.email).await;
            return Err(refused());
        }
    };
    let mut writes = accepted.writes;
    if proof.is_guessable() {
        writes.push(throttle::forgive(tries));
    }
    Ok(Proved {
        person,
        record,
        keys,
        factors,
        factor: accepted.factor,
        user_verified: accepted.user_verified,
        writes,
    })
}

async fn fail(app: &App, proof: &Proof, tries: RowId) -> Result<()> {
    if proof.is_guessable() {
        app.db
            .batch([throttle::count_failed(tries, FREE_TRIES, Timestamp::now())])
            .await?;
    }
    Ok(())
}

/// What an assertion must be about.
struct Expected<'a> {
    person: PersonId,
    challenge: &'a Challenge,
    user_verification: UserVerification,
}

impl Factors {
    async fn check_passkey(
        &self,
        app: &App,
        keys: &UserKeys,
        expected: &Expected<'_>,
        response: &AuthenticationResponse,
    ) -> Result<Verdict> {
        let mut enrolled = self.passkeys.iter();
        let Some(enrolled) =
            enrolled.find(|enrolled| enrolled.record.credential.id == *response.credential_id())
        else {
            return Ok(Verdict::Wrong);
        };
        let signed = app.relying_party.authenticate(
            &passkey::Challenge::new(*expected.challenge),
            expected.user_verification,
            &enrolled.record.credential,
            &expected.person.0.0,
            response,
        );
        let signed = match signed {
            Ok(signed) => signed,
            Err(error) => return Ok(verdict_of(error)),
        };
        let verifies = signature::verifies(&signed).await;
        let assertion = match signed.verified(verifies) {
            Ok(assertion) => assertion,
            Err(error) => return Ok(verdict_of(error)),
        };
        let Enrolled { id, rev, record } = enrolled;
        let mut record = record.clone();
        record.credential.counter = assertion.counter;
        record.credential.backed_up = assertion.backed_up;
        record.last_used_at = Some(Timestamp::now());
        Ok(Verdict::Accepted(Accepted {
            factor: Method::Passkey.name(),
            user_verified: assertion.user_verified,
            writes: passkeys::update(keys, *id, *rev, &record)?.into(),
        }))
    }

    fn check_totp(&self, keys: &UserKeys, code: &str, now: Timestamp) -> Result<Verdict> {
        let Some((rev, record)) = &self.totp else {
            return Ok(Verdict::Wrong);
        };
        let secret = ::totp::Secret::from_base32(&record.secret)
            .ok_or_else(|| Problem::internal("a secret that is none"))?;
        let Some(step) = secret.accepts(code, now.unix(), Some(record.last_step)) else {
            return Ok(Verdict::Wrong);
        };
        let mut record = record.clone();
        record.last_step = step;
        Ok(Verdict::Accepted(Accepted {
            factor: Method::Totp.name(),
            user_verified: false,
            writes: totp::update(keys, *rev, &record)?.into(),
        }))
    }

    fn check_recovery_code(&self, keys: &UserKeys, person: PersonId, code: &str) -> Verdict {
        let id = ::totp::RecoveryCode::parse(code)
            .map(|code| recovery_codes::id_of(keys, code.as_bytes()))
            .filter(|id| self.recovery_codes.contains(id));
        id.map_or(Verdict::Wrong, |id| {
            Verdict::Accepted(Accepted {
                factor: Method::RecoveryCode.name(),
                user_verified: false,
                writes: recovery_codes::spend(person, id).into(),
            })
        })
    }
}

fn verdict_of(error: CeremonyError) -> Verdict {
    match error {
        CeremonyError::CounterRegression => Verdict::Cloned,
        _ => Verdict::Wrong,
    }
}

fn check_password(app: &App, password: &Password, hash: &str) -> Result<Verdict> {
    Ok(if app.hasher.matches(password, hash)? {
        Verdict::Accepted(Accepted {
            factor: Method::Password.name(),
            user_verified: false,
            writes: Vec::new(),
        })
    } else {
        Verdict::Wrong
    })
}

fn wrong_password() -> Problem {
    Problem::new(Kind::InvalidCredentials, "Check the password.")
}

/// A proof that does not hold: why is not told.
pub(super) fn refused() -> Problem {
    Problem::new(
        Kind::SecondFactorRefused,
        "The key, the code or the time it was good for is not right. Begin again.",
    )
}
