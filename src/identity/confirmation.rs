//! Confirmation: the mailed token and the password of that very sign-up. Both,
//! because whoever signs up a stranger's email knows only the password, and the
//! stranger who gets the mail only the token.
//!
//! Invariant: of all that is pending for an email, one confirmation makes one
//! account.

use pwned::policy::Password;

use super::{NewSession, Visitor, password, session::Proven, token::OpaqueToken};
use crate::{
    app::App,
    id::{PersonId, RowId},
    platform::Timestamp,
    problem::{Kind, Problem, Result},
    store::{
        engine::{EngineError, Statement},
        keys::{self, UserKeys},
        people::{self, PersonRecord},
        sign_ups::{self, SignUpRecord, SignUpRow},
        table::index,
        throttle::{self, FreeTries},
    },
};

/// Wrong passwords for one token before whoever has it must wait.
const FREE_TRIES: FreeTries = FreeTries(5);

/// A new account and its first session.
pub(crate) struct Confirmed {
    pub(crate) person: PersonId,
    pub(crate) record: PersonRecord,
    pub(crate) session: NewSession,
}

/// Makes the account. One Argon2id and one batch, whether or not the token is
/// known; a second batch where all is right.
pub(crate) async fn confirm(
    app: &App,
    visitor: &Visitor,
    token: &str,
    password: &Password,
) -> Result<Confirmed> {
    let system = app.system_keys().await?;
    let token = OpaqueToken::hash_of(token);
    let tries = system.blind(index::CONFIRMATION_TRIES, &token.0);
    let now = Timestamp::now();
    let [exist, count, look] = throttle::count(tries, FREE_TRIES, now);
    let [_, counted, look, pending] = app
        .db
        .batch([exist, count, look, sign_ups::by_token(&token, now)])
        .await?;
    throttle::admit(&counted, look, now)?;

    let pending: Option<SignUpRow> = pending.rows()?.first()?;
    let pending = match pending {
        Some(row) => Some((row.id, row.open(&system, &token)?)),
        None => None,
    };
    let hash = match &pending {
        Some((_, record)) => record.password_hash.clone(),
        None => password::of_nobody()?,
    };
    let matches = app.hasher.matches(password, &hash)?;
    let Some((id, record)) = pending.filter(|_| matches) else {
        return Err(refused());
    };

    let (confirmed, keys, batch) = account(app, visitor, id, record, tries, now)?;
    match app.db.batch_all(&batch).await {
        Ok(_) => {}
        // Another confirmation of the same email was faster.
        Err(EngineError::Guard | EngineError::Duplicate) => return Err(refused()),
        Err(error) => return Err(error.into()),
    }
    app.keys.keep(keys);
    confirmed.session.remember(app, confirmed.person);
    Ok(confirmed)
}

fn account(
    app: &App,
    visitor: &Visitor,
    pending: RowId,
    record: SignUpRecord,
    tries: RowId,
    now: Timestamp,
) -> Result<(Confirmed, UserKeys, Vec<Statement>)> {
    let email_index = record.email_index;
    let record = PersonRecord {
        email: record.email,
        login: record.login,
        name: record.name,
        password_hash: record.password_hash,
        leak: record.leak,
        password_stands_alone: true,
        created_at: now,
    };
    let person = PersonId(RowId::new()?);
    let (insert_keys, keys) = keys::generate(app.keys.keyring(), person.vault())?;
    let (session, insert_session) = NewSession::begin(&keys, visitor, &Proven::by_password(), now)?;
    let [insert_login, insert_person] = people::insert(&keys, person, email_index, &record)?;
    let batch = vec![
        sign_ups::still_pending(pending),
        insert_keys,
        insert_login,
        insert_person,
        insert_session,
        sign_ups::delete_of_email(email_index),
        throttle::forgive(tries),
    ];
    Ok((
        Confirmed {
            person,
            record,
            session,
        },
        keys,
        batch,
    ))
}

fn refused() -> Problem {
    Problem::new(
        Kind::InvalidToken,
        "The code is not one of ours, was used, has expired, or the password is not that sign-up's.",
    )
}
