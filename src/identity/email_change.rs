//! Another email: asked for by its owner, stepped up, and done when the code from
//! the present mailbox and the one from the new come back together.
//!
//! Invariant: whether the new email has an account shows only in its mailbox.

use subtle::ConstantTimeEq as _;

use super::{
    Signed,
    email::Email,
    enrolment::account,
    factors::Factors,
    mails::{self, Notice},
    step_up::Asked,
    token::OpaqueToken,
};
use crate::{
    app::App,
    platform::{Timestamp, random},
    problem::{Kind, Problem, Result},
    store::{
        email_changes::{self, EmailChangeRecord, EmailChangeRow},
        engine::EngineError,
        password_resets,
        people::{self, PersonRecord},
        sign_ups,
        table::index,
        throttle::{self, FreeTries},
    },
};

/// How long the codes are good, in seconds.
pub(crate) const SECONDS: i64 = 60 * 60;
/// Pairs of codes that one person may try before she has to wait.
const FREE_TRIES: FreeTries = FreeTries(10);

/// Mails the codes. Three batches and two mails, whoever's the new email is.
pub(crate) async fn ask_for_email_change(
    app: &App,
    signed: &Signed,
    asked: Asked,
    email: &str,
) -> Result<()> {
    let new = Email::parse(email).ok_or_else(|| {
        Problem::invalid_field(
            "email",
            "email_invalid",
            "This is not an address that mail can be sent to.",
        )
    })?;
    let approval = asked.approved(app, signed).await?;
    let (_, _, record) = account(app, signed).await?;
    let system = app.system_keys().await?;
    let email_index = system.blind(index::LOGIN_EMAIL, new.login().as_str().as_bytes());
    let (current_code, new_code) = (OpaqueToken::generate()?, OpaqueToken::generate()?);
    let change = EmailChangeRecord {
        email: new.address().to_owned(),
        login: new.login().as_str().to_owned(),
        current_hash: current_code.hash().hex(),
        new_hash: new_code.hash().hex(),
    };
    let rev = u32::from_be_bytes(random::bytes()?);
    let expires_at = Timestamp::now().plus(SECONDS);
    let batch = vec![
        email_changes::replace(&signed.keys, rev, &change, expires_at)?,
        people::is_known(email_index),
    ];
    let outcomes = approval.land(app, batch).await?;
    let known = outcomes
        .into_iter()
        .nth(1)
        .ok_or_else(|| Problem::from(EngineError::Shape))?;
    let taken = known.rows()?.first::<(i64,)>()?.is_some();
    mails::email_change_from(app, &record.email, &current_code).await?;
    if taken {
        mails::email_change_to_known(app, &new).await
    } else {
        mails::email_change_to(app, &new, &new_code).await
    }
}

/// Changes the email by both codes. Three batches and two mails.
pub(crate) async fn confirm_email_change(
    app: &App,
    signed: &Signed,
    current_code: &str,
    new_code: &str,
) -> Result<(PersonRecord, Factors)> {
    let system = app.system_keys().await?;
    let tries = system.blind(index::CONFIRMATION_TRIES, &signed.person.0.0);
    let now = Timestamp::now();
    let [exist, count, look] = throttle::count(tries, FREE_TRIES, now);
    let [_, counted, look, row] = app
        .db
        .batch([
            exist,
            count,
            look,
            email_changes::of_person(signed.person, now),
        ])
        .await?;
    throttle::admit(&counted, look, now)?;
    let row: EmailChangeRow = row.rows()?.first()?.ok_or_else(refused)?;
    let change_rev = row.rev;
    let change = row
        .open(&signed.keys)?
        .reveal(&signed.reveal)
        .map_err(|_| Problem::internal("no right to an email change"))?;
    let matches = |code: &str, hash: &str| {
        bool::from(
            OpaqueToken::hash_of(code)
                .hex()
                .as_bytes()
                .ct_eq(hash.as_bytes()),
        )
    };
    if !(matches(current_code, &change.current_hash) & matches(new_code, &change.new_hash)) {
        return Err(refused());
    }
    let (factors, rev, mut record) = account(app, signed).await?;
    let old_email = std::mem::replace(&mut record.email, change.email);
    let old_login = std::mem::replace(&mut record.login, change.login);
    let from = system.blind(index::LOGIN_EMAIL, old_login.as_bytes());
    let to = system.blind(index::LOGIN_EMAIL, record.login.as_bytes());
    let mut batch = Vec::from(email_changes::complete(signed.person, change_rev));
    batch.extend(people::replace(&signed.keys, signed.person, rev, &record)?);
    batch.extend(people::move_login(from, to, signed.person));
    batch.extend([
        sign_ups::delete_of_email(to),
        password_resets::delete_of_email(from),
        throttle::forgive(tries),
    ]);
    match app.db.batch_all(&batch).await {
        Ok(_) => {}
        // Used, replaced, or the email is somebody's by now.
        Err(EngineError::Guard | EngineError::Duplicate) => return Err(refused()),
        Err(error) => return Err(error.into()),
    }
    for address in [&old_email, &record.email] {
        mails::notify(app, address, Notice::EmailChanged).await;
    }
    Ok((record, factors))
}

fn refused() -> Problem {
    Problem::new(
        Kind::InvalidToken,
        "The codes are not those of the last change you asked for, were used, or have expired.",
    )
}
