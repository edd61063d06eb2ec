//! A new password: by its owner, stepped up, or by a mailed token where it was
//! forgotten. Either way every other session and every API token ends, the person is
//! mailed, and no factor goes.
//!
//! Invariant: asking for a reset takes the same path, and mails, whoever's the email is.

use pwned::policy::{Context, Password, Policy};

use super::{
    Signed, TypedPassword, Visitor,
    email::Email,
    enrolment::account,
    leaks::{LookUp, Verdict},
    mails::{self, Notice},
    step_up::Asked,
    token::OpaqueToken,
};
use crate::{
    app::App,
    id::{PersonId, RowId},
    platform::Timestamp,
    problem::{FieldError, Kind, Problem, Result},
    store::{
        api_tokens,
        engine::EngineError,
        keys,
        password_resets::{self, ResetRecord, ResetRow},
        people::{self, LeakState, PersonRecord, PersonRow},
        sessions,
        table::index,
        throttle::{self, FreeTries},
    },
};

use super::factors::Factors;

/// How long a mailed token sets a password, in seconds.
pub(crate) const RESET_SECONDS: i64 = 60 * 60;
/// How long the look-up may take, in milliseconds.
const LOOK_UP_MS: u32 = 1_000;
/// Mails to one address that one network may cause before it has to wait.
const FREE_MAILS: FreeTries = FreeTries(10);
/// Tries of one mailed token.
const FREE_TRIES: FreeTries = FreeTries(20);

/// Changes the password of whoever asks. One Argon2id, one look-up, two batches and a
/// mail.
pub(crate) async fn change_password(
    app: &App,
    signed: &Signed,
    asked: Asked,
    typed: &TypedPassword,
) -> Result<LeakState> {
    let (factors, rev, mut record) = account(app, signed).await?;
    let password = chosen(typed, &factors, &record)?;
    let approval = asked.approved(app, signed).await?;
    let look_up = LookUp::start(app, &password, LOOK_UP_MS);
    set(app, &mut record, &password, look_up).await?;
    let mut batch = Vec::from(people::replace(&signed.keys, signed.person, rev, &record)?);
    batch.push(sessions::delete_others(signed.person, signed.session()?));
    batch.push(api_tokens::delete_all(signed.person));
    approval.land(app, batch).await?;
    mails::notify(app, &record.email, Notice::PasswordChanged).await;
    Ok(record.leak)
}

/// Mails a token, or, to an address without an account, that there is none. Two
/// batches and one mail, whoever it is.
pub(crate) async fn ask_for_reset(app: &App, visitor: &Visitor, email: &str) -> Result<()> {
    let email = Email::parse(email).ok_or_else(|| {
        Problem::invalid_field(
            "email",
            "email_invalid",
            "This is not an address that mail can be sent to.",
        )
    })?;
    let system = app.system_keys().await?;
    let login = email.login().as_str();
    let email_index = system.blind(index::LOGIN_EMAIL, login.as_bytes());
    let tries = format!("{login}\0{}", visitor.network());
    let tries = system.blind(index::RESET_TRIES, tries.as_bytes());
    let now = Timestamp::now();
    let [exist, count, look] = throttle::count(tries, FREE_MAILS, now);
    let [_, counted, look, row] = app
        .db
        .batch([exist, count, look, people::by_login(email_index)])
        .await?;
    throttle::admit(&counted, look, now)?;
    let row: Option<PersonRow> = row.rows()?.first()?;
    let token = OpaqueToken::generate()?;
    let record = ResetRecord {
        token_hash: token.hash().hex(),
        email_index,
        person: row.map(|row| PersonId(row.id)),
    };
    let expires_at = now.plus(RESET_SECONDS);
    let insert = password_resets::insert(&system, RowId::new()?, &record, expires_at)?;
    app.db.batch([insert]).await?;
    if record.person.is_some() {
        mails::reset_password(app, &email, &token).await
    } else {
        mails::reset_of_unknown(app, &email).await
    }
}

/// Sets a password by a mailed token. One Argon2id, one look-up, three batches and a
/// mail where the token holds; one batch where it does not.
pub(crate) async fn reset_password(
    app: &App,
    token: &str,
    typed: &TypedPassword,
) -> Result<LeakState> {
    let system = app.system_keys().await?;
    let token = OpaqueToken::hash_of(token);
    let tries = system.blind(index::CONFIRMATION_TRIES, &token.0);
    let now = Timestamp::now();
    let [exist, count, look] = throttle::count(tries, FREE_TRIES, now);
    let [_, counted, look, row] = app
        .db
        .batch([exist, count, look, password_resets::by_token(&token, now)])
        .await?;
    throttle::admit(&counted, look, now)?;
    let row: ResetRow = row.rows()?.first()?.ok_or_else(refused)?;
    let (reset, record) = (row.id, row.open(&system, &token)?);
    let person = record.person.ok_or_else(refused)?;
    let email_index = record.email_index;

    let mut batch = Vec::from(Factors::of_person(person));
    batch.extend([people::by_id(person), keys::of_user(person.0)]);
    let mut outcomes = app.db.batch_all(&batch).await?;
    let (Some(wrapped), Some(row)) = (outcomes.pop(), outcomes.pop()) else {
        return Err(EngineError::Shape.into());
    };
    let keys = app
        .keys
        .admit(person.vault(), &wrapped.rows()?)?
        .ok_or_else(refused)?;
    let row: PersonRow = row.rows()?.first()?.ok_or_else(refused)?;
    let reveal = vault::Reveal::system(vault::SystemPurpose::VerifyPassword);
    let factors = Factors::open_last(&keys, &reveal, outcomes)?;
    let rev = row.rev;
    let mut record: PersonRecord = keys
        .open::<PersonRecord>(row.id, row.rev, row.sealed)?
        .reveal(&reveal)
        .map_err(|_| Problem::internal("no right to an account"))?;
    // The mailbox was hers when it was mailed; the account may have another since.
    if system.blind(index::LOGIN_EMAIL, record.login.as_bytes()) != email_index {
        return Err(refused());
    }
    let password = chosen(typed, &factors, &record)?;
    let look_up = LookUp::start(app, &password, LOOK_UP_MS);
    set(app, &mut record, &password, look_up).await?;
    let mut batch = vec![password_resets::still_waiting(reset)];
    batch.extend(people::replace(&keys, person, rev, &record)?);
    batch.extend([
        password_resets::delete_of_email(email_index),
        sessions::delete_all(person),
        api_tokens::delete_all(person),
        throttle::forgive(tries),
    ]);
    match app.db.batch_all(&batch).await {
        Ok(_) => {}
        Err(EngineError::Guard) => return Err(refused()),
        Err(error) => return Err(error.into()),
    }
    app.tokens.forget_all(person);
    mails::notify(app, &record.email, Notice::PasswordChanged).await;
    Ok(record.leak)
}

/// Holds a new password to the policy of what else protects the account.
fn chosen(typed: &TypedPassword, factors: &Factors, record: &PersonRecord) -> Result<Password> {
    let policy = if factors.enrolled() {
        Policy::WithSecondFactor
    } else {
        Policy::Sole
    };
    let context = Context {
        email: &record.email,
        name: record.name.as_deref().unwrap_or_default(),
    };
    policy
        .check(typed.expose(), &context)
        .map_err(|violations| {
            let errors = violations.into_iter().map(|violation| FieldError {
                field: "password".into(),
                code: violation.code(),
                message: format!("A password: {violation}.").into(),
            });
            Problem::invalid(errors.collect())
        })
}

/// Puts it in, unless it has leaked.
async fn set(
    app: &App,
    record: &mut PersonRecord,
    password: &Password,
    look_up: LookUp,
) -> Result<()> {
    let hash = app.hasher.hash(password)?;
    record.leak = match look_up.verdict().await {
        Verdict::Found { count } => return Err(Problem::password_exposed(count)),
        Verdict::NotFound => LeakState::NotFound {
            checked_at: Timestamp::now(),
        },
        Verdict::Unknown => LeakState::Unchecked,
    };
    let context = Context::default();
    record.password_stands_alone = Policy::Sole.check(password.expose(), &context).is_ok();
    record.password_hash = hash;
    Ok(())
}

fn refused() -> Problem {
    Problem::new(
        Kind::InvalidToken,
        "The code is not one of ours, was used, or has expired. Ask for another.",
    )
}
