//! Signing in to the console (RFC 8252): the browser proves who it is with a key, and hands a
//! code to the terminal on the loopback interface; the terminal shows that it asked for it
//! (PKCE, RFC 7636). A session has a reason and a ticket, and a quarter of an hour.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tlog::Kind as Deed;
use vault::{Reveal, SystemPurpose};

use super::{
    Operator,
    operator::{PREFIX, opened},
};
use crate::{
    app::App,
    audit::{self, Actor, Event, Leaf, Why},
    id::{ConsoleSessionId, OperatorId, PersonId, RowId},
    identity::{Asked, Caller, OpaqueToken, Signed, same_login, ticket},
    platform::Timestamp,
    problem::{Kind, Problem, Result},
    store::{
        engine::{EngineError, Statement},
        keys::UserKeys,
        operator_sessions::{self, OperatorSessionRecord},
        operators::{self, OperatorRecord, Role},
        people::{self, PersonRecord, PersonRow},
    },
};

const SECONDS: i64 = 15 * 60;

/// Why somebody wants in.
pub(crate) struct Reason {
    pub(crate) kind: String,
    pub(crate) words: String,
    pub(crate) ticket: String,
}

/// A session that has just begun.
pub(crate) struct NewConsoleSession {
    pub(crate) id: ConsoleSessionId,
    pub(crate) token: String,
    pub(crate) expires_at: Timestamp,
    pub(crate) why: Why,
}

/// Makes the code by which a terminal begins a session. Approved by a key and nothing else.
/// Two batches; the very first operator becomes one here.
pub(crate) async fn authorize(
    app: &App,
    caller: Caller,
    asked: Asked,
    code_challenge: String,
    reason: Reason,
) -> Result<ticket::Issued> {
    let signed = caller.signed().await?;
    let system = app.system_keys().await?;
    let [row, person] = app
        .db
        .batch([
            operators::of_account(signed.person),
            people::by_id(signed.person),
        ])
        .await?;
    let operator = match opened(&system, &row.rows()?)? {
        Some((id, _, _)) => Some(id),
        None if is_first(app, &signed, person.rows()?.first()?)? => None,
        None => return Err(not_an_operator()),
    };
    let approval = asked.approved_by_key(app, &signed).await?;
    let operator = if let Some(operator) = operator {
        approval.land(app, Vec::new()).await?;
        operator
    } else {
        let (id, batch) = first(app, &system, signed.person)?;
        let made = approval.land(app, batch).await;
        made.map_err(|problem| match problem.kind() {
            // There is one already.
            Kind::Conflict => not_an_operator(),
            _ => problem,
        })?;
        id
    };
    ticket::issue(
        app,
        ticket::Purpose::Console {
            operator,
            code_challenge,
            reason_type: reason.kind,
            reason: reason.words,
            ticket: reason.ticket,
        },
    )
    .await
}

fn not_an_operator() -> Problem {
    Problem::new(
        Kind::NotAnOperator,
        "This account is no operator: another operator can make it one.",
    )
}

/// Whether the deployment names this account as the first operator.
fn is_first(app: &App, signed: &Signed, row: Option<PersonRow>) -> Result<bool> {
    let (Some(first), Some(row)) = (&app.config.first_operator, row) else {
        return Ok(false);
    };
    let record = signed
        .keys
        .open::<PersonRecord>(row.id, row.rev, row.sealed)?
        .reveal(&signed.reveal)
        .map_err(|_| Problem::internal("no right to an account"))?;
    Ok(same_login(first, &record.login))
}

/// Makes the first operator, where there is none.
fn first(app: &App, system: &UserKeys, person: PersonId) -> Result<(OperatorId, Vec<Statement>)> {
    let id = OperatorId(RowId::new()?);
    let record = OperatorRecord {
        name: app
            .config
            .first_operator
            .clone()
            .unwrap_or_else(|| "the first operator".to_owned()),
        role: Role::Employee,
        granted_at: Timestamp::now(),
        granted_by: None,
    };
    let actor = Actor {
        id,
        name: record.name.clone(),
        role: record.role,
    };
    let event = Event::Operator {
        operator: &actor,
        by: None,
    };
    let leaf = Leaf::new(Deed::OperatorGranted, system, None, &event, &[])?;
    let insert = operators::insert(system, id, Some(person), &record)?;
    Ok((id, leaf.before([operators::nobody_yet(), insert])))
}

/// Begins a session, by the code and what it was asked for with. Two batches.
pub(crate) async fn begin(app: &App, code: &str, verifier: &str) -> Result<NewConsoleSession> {
    let refused = || {
        Problem::new(
            Kind::InvalidToken,
            "The code is none, was used, or was asked for by another terminal: sign in again.",
        )
    };
    let ticket = ticket::read(app, code).await?.ok_or_else(refused)?;
    let spend = ticket.spend();
    let ticket::Purpose::Console {
        operator,
        code_challenge,
        reason_type,
        reason,
        ticket,
    } = ticket.purpose
    else {
        return Err(refused());
    };
    let shown = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    if !bool::from(shown.as_bytes().ct_eq(code_challenge.as_bytes())) {
        return Err(refused());
    }
    let system = app.system_keys().await?;
    let [row] = app.db.batch([operators::by_id(operator)]).await?;
    let (id, _, record) = opened(&system, &row.rows()?)?.ok_or_else(refused)?;
    let now = Timestamp::now();
    let session = ConsoleSessionId(RowId::new()?);
    let token = OpaqueToken::generate()?;
    let why = Why {
        session,
        operator: Actor {
            id,
            name: record.name,
            role: record.role,
        },
        reason_type,
        reason,
        ticket,
    };
    let expires_at = now.plus(SECONDS);
    let insert = insert(&system, &why, &token, now, expires_at)?;
    let event = Event::Session { why: &why };
    let leaf = Leaf::new(Deed::SessionOpened, &system, None, &event, &[session.0])?;
    match app.db.batch_all(&leaf.before([spend, insert])).await {
        Ok(_) => {}
        Err(EngineError::Duplicate) => return Err(refused()),
        Err(error) => return Err(error.into()),
    }
    Ok(NewConsoleSession {
        id: session,
        token: format!("{PREFIX}{}", token.expose()),
        expires_at,
        why,
    })
}

/// The row of a session that begins.
pub(super) fn insert(
    system: &UserKeys,
    why: &Why,
    token: &OpaqueToken,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<Statement> {
    let hash = token.hash();
    let record = OperatorSessionRecord {
        token_hash: hash.hex(),
        operator: why.operator.id,
        name: why.operator.name.clone(),
        role: why.operator.role,
        reason_type: why.reason_type.clone(),
        reason: why.reason.clone(),
        ticket: why.ticket.clone(),
        decision: None,
    };
    operator_sessions::insert(system, why.session, &hash, now, expires_at, &record)
}

/// A session of the console.
pub(crate) struct ConsoleSession {
    pub(crate) id: ConsoleSessionId,
    pub(crate) expires_at: Timestamp,
    pub(crate) why: Why,
}

/// The session that a token opens. One batch.
pub(crate) async fn current(operator: Operator) -> Result<ConsoleSession> {
    let at = operator.proven().await?;
    Ok(ConsoleSession {
        id: at.session,
        expires_at: at.expires_at,
        why: at.why,
    })
}

/// Ends a session, and signs the log's head over it. Two batches, and the head's.
pub(crate) async fn end(app: &App, operator: Operator) -> Result<()> {
    let at = operator.proven().await?;
    let event = Event::Session { why: &at.why };
    let leaf = Leaf::new(
        Deed::SessionClosed,
        &at.system,
        None,
        &event,
        &[at.session.0],
    )?;
    let now = Timestamp::now();
    let deeds = [
        operator_sessions::lasts(at.session, now),
        operator_sessions::end(at.session, now),
    ];
    app.db.batch_all(&leaf.before(deeds)).await?;
    audit::grow(app).await
}

/// Holds a right to what mails are sent to.
pub(super) fn mail_right() -> Reveal {
    Reveal::system(SystemPurpose::SendMail)
}
