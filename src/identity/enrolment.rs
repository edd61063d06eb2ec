//! Factors come and go: WebAuthn credentials, the authenticator app, recovery codes.
//! Each change is approved by a step-up, and mailed to its person.
//!
//! Invariant: the last factor goes only where the password is long enough to stand
//! alone, and recovery codes go with it.

use passkey::{RegistrationResponse, User, UserVerification};
use tlog::Kind as Deed;
use vault::Reveal;
use zeroize::Zeroizing;

use super::{
    Signed,
    factors::Factors,
    mails::{self, Notice},
    proof::refused,
    step_up::Asked,
    ticket::{self, Issued, Purpose},
};
use crate::{
    app::App,
    audit::{Event, Leaf},
    id::{PasskeyId, RowId},
    platform::{Timestamp, random},
    problem::{Kind, Problem, Result},
    store::{
        engine::EngineError,
        passkeys::{self, PasskeyRecord},
        people::{self, PersonRecord, PersonRow},
        recovery_codes, totp,
        totp::TotpRecord,
    },
};

/// How many recovery codes there are at a time.
const CODES: usize = 10;
/// How many credentials one person can enrol.
const MOST_PASSKEYS: usize = 32;

/// What a browser needs to make a credential. One batch.
pub(crate) async fn begin_passkey(
    app: &App,
    signed: &Signed,
) -> Result<(Issued, serde_json::Value)> {
    let (factors, _, record) = account(app, signed).await?;
    let challenge = ticket::challenge()?;
    let exclude = factors.descriptors();
    let options = app.relying_party.creation_options(
        User {
            handle: &signed.person.0.0,
            name: &record.email,
            display_name: record.name.as_deref().unwrap_or(&record.email),
        },
        &passkey::Challenge::new(challenge),
        &exclude,
    );
    let options = serde_json::to_value(options)
        .map_err(|_| Problem::internal("options that do not serialize"))?;
    let purpose = Purpose::Enrolment {
        person: signed.person,
        session: signed.session()?,
        challenge,
    };
    Ok((ticket::issue(app, purpose).await?, options))
}

/// Enrols a credential. Two batches, and a mail with the audit log's head: six more at most.
pub(crate) async fn enrol_passkey(
    app: &App,
    signed: &Signed,
    asked: Asked,
    text: &str,
    name: String,
    response: &RegistrationResponse,
) -> Result<(PasskeyId, PasskeyRecord)> {
    let ticket = ticket::read(app, text).await?.ok_or_else(refused)?;
    let Purpose::Enrolment {
        person,
        session,
        challenge,
    } = &ticket.purpose
    else {
        return Err(refused());
    };
    if *person != signed.person || *session != signed.session()? {
        return Err(refused());
    }
    let registered = app
        .relying_party
        .register(
            &passkey::Challenge::new(*challenge),
            UserVerification::Preferred,
            response,
        )
        .map_err(|_| {
            Problem::new(
                Kind::KeyRefused,
                "The browser's answer breaks a rule of WebAuthn, or is for another challenge or site.",
            )
        })?;
    let approval = asked.approved(app, signed).await?;
    let (factors, _, account) = account(app, signed).await?;
    if factors.passkeys.len() >= MOST_PASSKEYS {
        return Err(Problem::new(
            Kind::Conflict,
            "There are 32 keys already; remove one first.",
        ));
    }
    let system = app.system_keys().await?;
    let index = passkeys::index_of(&system, registered.credential.id.as_bytes());
    let id = PasskeyId(RowId::new()?);
    let record = PasskeyRecord {
        name,
        credential: registered.credential,
        user_verified: registered.user_verified,
        created_at: Timestamp::now(),
        last_used_at: None,
    };
    let insert = passkeys::insert(&signed.keys, id, index, &record)?;
    let event = Event::key(signed.person, id, &record.credential);
    let leaf = Leaf::new(
        Deed::KeyEnrolled,
        &system,
        Some(&signed.keys),
        &event,
        &[id.0],
    )?;
    // Its ticket first: a credential that is somebody's fails the same way.
    match app
        .db
        .batch_all(&leaf.before([ticket.spend(), insert, approval.spend()]))
        .await
    {
        Ok(_) => {}
        Err(EngineError::Duplicate) => {
            return Err(Problem::new(
                Kind::KeyEnrolled,
                "This key is enrolled already, or this request came twice.",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    mails::notify(app, &account.email, Notice::PasskeyAdded).await;
    Ok((id, record))
}

/// Removes a credential. Three batches, and a mail with the audit log's head: six more at most.
pub(crate) async fn remove_passkey(
    app: &App,
    signed: &Signed,
    asked: Asked,
    id: PasskeyId,
) -> Result<()> {
    let (factors, rev, record) = account(app, signed).await?;
    let enrolled = factors.passkeys.iter().find(|enrolled| enrolled.id == id);
    let enrolled = enrolled.ok_or_else(Problem::not_found)?;
    let approval = asked.approved(app, signed).await?;
    let system = app.system_keys().await?;
    let event = Event::key(signed.person, id, &enrolled.record.credential);
    let leaf = Leaf::new(
        Deed::KeyRemoved,
        &system,
        Some(&signed.keys),
        &event,
        &[id.0],
    )?;
    let mut batch = leaf.before(passkeys::delete(signed.person, id));
    batch.extend(last_goes(signed, &factors, rev, &record)?);
    approval.land(app, batch).await?;
    mails::notify(app, &record.email, Notice::PasskeyRemoved).await;
    Ok(())
}

/// An authenticator app that has not shown a code yet.
pub(crate) struct NewTotp {
    /// Base32.
    pub(crate) secret: Zeroizing<String>,
    /// For a QR code.
    pub(crate) uri: Zeroizing<String>,
    pub(crate) issued: Issued,
}

/// Draws a secret. Two batches.
pub(crate) async fn begin_totp(app: &App, signed: &Signed, asked: Asked) -> Result<NewTotp> {
    let (factors, _, record) = account(app, signed).await?;
    if factors.has_totp() {
        return Err(has_totp());
    }
    asked
        .approved(app, signed)
        .await?
        .land(app, Vec::new())
        .await?;
    let secret = ::totp::Secret::new(random::bytes()?);
    let base32 = secret.base32();
    let purpose = Purpose::TotpEnrolment {
        person: signed.person,
        session: signed.session()?,
        secret: base32.clone(),
    };
    Ok(NewTotp {
        uri: secret.uri("Balance", &record.email),
        issued: ticket::issue(app, purpose).await?,
        secret: base32,
    })
}

/// Enrols the authenticator app, which shows its first code. Two batches and a mail.
pub(crate) async fn enrol_totp(app: &App, signed: &Signed, text: &str, code: &str) -> Result<()> {
    let ticket = ticket::read(app, text).await?.ok_or_else(refused)?;
    let Purpose::TotpEnrolment {
        person,
        session,
        secret,
    } = &ticket.purpose
    else {
        return Err(refused());
    };
    if *person != signed.person || *session != signed.session()? {
        return Err(refused());
    }
    let now = Timestamp::now();
    let last_step = ::totp::Secret::from_base32(secret)
        .and_then(|secret| secret.accepts(code, now.unix(), None))
        .ok_or_else(refused)?;
    let (_, _, account) = account(app, signed).await?;
    let record = TotpRecord {
        secret: secret.clone(),
        last_step,
        created_at: now,
    };
    let insert = totp::insert(&signed.keys, &record)?;
    match app.db.batch([ticket.spend(), insert]).await {
        Ok(_) => {}
        Err(EngineError::Duplicate) => return Err(has_totp()),
        Err(error) => return Err(error.into()),
    }
    mails::notify(app, &account.email, Notice::TotpAdded).await;
    Ok(())
}

/// Removes the authenticator app. Three batches and a mail.
pub(crate) async fn remove_totp(app: &App, signed: &Signed, asked: Asked) -> Result<()> {
    let (factors, rev, record) = account(app, signed).await?;
    if !factors.has_totp() {
        return Err(Problem::not_found());
    }
    let approval = asked.approved(app, signed).await?;
    let mut batch = Vec::from(totp::delete(signed.person));
    batch.extend(last_goes(signed, &factors, rev, &record)?);
    approval.land(app, batch).await?;
    mails::notify(app, &record.email, Notice::TotpRemoved).await;
    Ok(())
}

/// Draws new recovery codes in the place of all there were. Two batches and a mail.
pub(crate) async fn draw_recovery_codes(
    app: &App,
    signed: &Signed,
    asked: Asked,
) -> Result<Vec<Zeroizing<String>>> {
    let (factors, _, record) = account(app, signed).await?;
    if !factors.enrolled() {
        return Err(Problem::new(
            Kind::NoSecondFactor,
            "Recovery codes stand in for a second factor: enrol one first.",
        ));
    }
    let approval = asked.approved(app, signed).await?;
    let mut shown = Vec::with_capacity(CODES);
    let mut ids = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let code = ::totp::RecoveryCode::new(random::bytes()?);
        ids.push(recovery_codes::id_of(&signed.keys, code.as_bytes()));
        shown.push(code.text());
    }
    let batch = Vec::from(recovery_codes::replace(signed.person, &ids));
    approval.land(app, batch).await?;
    mails::notify(app, &record.email, Notice::RecoveryCodesDrawn).await;
    Ok(shown)
}

/// The factors and the account of whoever asks. One batch.
pub(super) async fn account(app: &App, signed: &Signed) -> Result<(Factors, u32, PersonRecord)> {
    let mut batch = Vec::from(Factors::of_person(signed.person));
    batch.push(people::by_id(signed.person));
    let mut outcomes = app.db.batch_all(&batch).await?;
    let row: Option<PersonRow> = outcomes
        .pop()
        .ok_or_else(|| Problem::from(EngineError::Shape))?
        .rows()?
        .first()?;
    let row = row.ok_or_else(Problem::unauthenticated)?;
    let factors = Factors::open_last(&signed.keys, &signed.reveal, outcomes)?;
    let rev = row.rev;
    let record = open_account(signed, row)?;
    Ok((factors, rev, record))
}

fn open_account(signed: &Signed, row: PersonRow) -> Result<PersonRecord> {
    signed
        .keys
        .open::<PersonRecord>(row.id, row.rev, row.sealed)?
        .reveal(&Reveal::owner(signed.person.vault()))
        .map_err(|_| Problem::internal("no right to an account"))
}

/// What goes along where the last factor does. The account is held as it was read:
/// its password may not change meanwhile, nor another factor go beside this one.
fn last_goes(
    signed: &Signed,
    factors: &Factors,
    rev: u32,
    record: &PersonRecord,
) -> Result<Vec<crate::store::engine::Statement>> {
    let mut batch = Vec::from(people::replace(&signed.keys, signed.person, rev, record)?);
    if factors.is_last() {
        if !record.password_stands_alone {
            return Err(Problem::new(
                Kind::PasswordTooShort,
                "Without a second factor a password has 15 characters or more: change it first.",
            ));
        }
        batch.push(recovery_codes::delete_all(signed.person));
    }
    Ok(batch)
}

fn has_totp() -> Problem {
    Problem::new(
        Kind::Conflict,
        "An authenticator app is enrolled already; remove it first.",
    )
}
