//! Commands about accounts: those of people, and those of operators.

use consent::Field;
use serde_json::Value;
use tlog::Kind as Deed;

use super::{
    data::{fact, time},
    login,
    operator::{self, AtConsole},
    review::{OUTSIDE, self_service},
    sight::{Sight, Table, hidden, plain},
};
use crate::{
    app::App,
    audit::{Actor, Event, Leaf, Why},
    id::{ConsoleSessionId, OperatorId, PersonId, RowId, SessionId},
    identity::{self, Factors, OpaqueToken, ticket},
    platform::Timestamp,
    problem::{Kind, Problem, Result},
    store::{
        engine::EngineError,
        keys::UserKeys,
        operator_sessions,
        operators::{self, OperatorRecord, OperatorRow, Role},
        people::{self, PersonRecord, PersonRow},
        sessions::{self, SessionRow},
    },
};

/// How long a token for a reviewer from outside is good for, in seconds.
const OUTSIDE_SECONDS: i64 = 7 * 86_400;
const MAX_NAME: usize = 100;

/// Whose an email is. One batch.
pub(super) async fn find(app: &App, at: &AtConsole, email: &str) -> Result<Option<PersonId>> {
    let Some(index) = identity::login_index(&at.system, email) else {
        return Ok(None);
    };
    let [row] = app.db.batch([people::by_login(index)]).await?;
    let row: Option<PersonRow> = row.rows()?.first()?;
    Ok(row.map(|row| PersonId(row.id)))
}

/// What came of looking for an email.
pub(super) fn found(person: Option<PersonId>) -> Table {
    let mut table = Table::new(vec![plain("user")]);
    table
        .rows
        .extend(person.map(|person| vec![person.public().into()]));
    table
}

/// An account. One batch.
pub(super) async fn show(
    app: &App,
    sight: &mut Sight,
    person: PersonId,
    keys: &UserKeys,
) -> Result<Table> {
    let mut batch = vec![people::by_id(person)];
    batch.extend(Factors::of_person(person));
    let mut outcomes = app.db.batch_all(&batch).await?;
    let right = vault::Reveal::system(vault::SystemPurpose::ServeOperator);
    let factors = Factors::open_last(keys, &right, outcomes.split_off(1))?;
    let row = outcomes.pop().ok_or(EngineError::Shape)?;
    let row: PersonRow = row.rows()?.first()?.ok_or_else(Problem::not_found)?;
    let record = keys.open::<PersonRecord>(row.id, row.rev, row.sealed)?;
    let created_at = fact(record.as_ref().map(|account| account.created_at))?;
    let email = record.as_ref().map(|account| account.email.clone());
    let name = record.as_ref().map(|account| account.name.clone());
    let user = person.public();
    let mut table = Table::new(vec![
        plain("user"),
        hidden("email", Field::UserEmail),
        hidden("name", Field::UserName),
        plain("created_at"),
        plain("keys"),
        plain("authenticator"),
        plain("recovery_codes"),
    ]);
    table.rows.push(vec![
        user.clone().into(),
        sight.show(&[&user], Field::UserEmail, email),
        sight.show(&[&user], Field::UserName, name),
        time(Some(created_at)),
        factors.passkeys.len().into(),
        factors.has_totp().into(),
        factors.recovery_codes_left().into(),
    ]);
    Ok(table)
}

/// The sessions of an account. One batch.
pub(super) async fn sessions(
    app: &App,
    sight: &mut Sight,
    person: PersonId,
    keys: &UserKeys,
) -> Result<Table> {
    let [rows] = app
        .db
        .batch([sessions::of_person(person, None, 100, Timestamp::now())])
        .await?;
    let rows: Vec<SessionRow> = rows.rows()?.all()?;
    let user = person.public();
    let mut table = Table::new(vec![
        plain("session"),
        plain("created_at"),
        plain("expires_at"),
        plain("factors"),
        hidden("origin", Field::SessionOrigin),
        hidden("browser", Field::SessionOrigin),
    ]);
    for row in rows {
        let id = SessionId(row.id).public();
        let expires_at = row.expires_at;
        let record = row.open(keys, None)?;
        let created_at = fact(record.as_ref().map(|session| session.created_at))?;
        let factors = fact(record.as_ref().map(|session| session.factors.join(" ")))?;
        let origin = record.as_ref().map(|session| session.ip.clone());
        let browser = record.as_ref().map(|session| session.user_agent.clone());
        table.rows.push(vec![
            id.into(),
            time(Some(created_at)),
            time(Some(expires_at)),
            factors.into(),
            sight.show(&[&user], Field::SessionOrigin, origin),
            sight.show(&[&user], Field::SessionOrigin, browser),
        ]);
    }
    Ok(table)
}

/// Ends a session. One batch.
pub(super) async fn revoke(app: &App, person: PersonId, session: SessionId) -> Result<Table> {
    app.db.batch([sessions::delete(person, session)]).await?;
    app.tokens.forget_all(person);
    Ok(Table::one(vec![
        ("session", session.public().into()),
        ("status", "ended".into()),
    ]))
}

/// Erases an account: the first operator proposes it, another does it.
pub(super) async fn delete(
    app: &App,
    at: &AtConsole,
    person: PersonId,
    keys: &UserKeys,
    proposal: Option<&str>,
) -> Result<Table> {
    let Some(proposal) = proposal else {
        let purpose = ticket::Purpose::Erasure {
            person,
            proposed_by: at.id,
        };
        let issued = ticket::issue(app, purpose).await?;
        return Ok(Table::one(vec![
            ("user", person.public().into()),
            ("status", "proposed".into()),
            ("proposal", issued.ticket.into()),
            ("expires_at", time(Some(issued.expires_at))),
        ]));
    };
    let refused = || {
        Problem::invalid_field(
            "arguments.proposal",
            "invalid",
            "The proposal is none, is for another account, or was made too long ago.",
        )
    };
    let ticket = ticket::read(app, proposal).await?.ok_or_else(refused)?;
    let spend = ticket.spend();
    let ticket::Purpose::Erasure {
        person: whom,
        proposed_by,
    } = ticket.purpose
    else {
        return Err(refused());
    };
    if whom != person {
        return Err(refused());
    }
    if proposed_by == at.id {
        return Err(self_service());
    }
    let erasure = identity::erase_by_operators(app, person, keys, spend).await?;
    Ok(Table::one(vec![
        ("user", person.public().into()),
        ("status", "erasing".into()),
        ("erasure", erasure.public().into()),
    ]))
}

/// The operators. One batch.
pub(super) async fn operators(app: &App, at: &AtConsole) -> Result<Table> {
    let [rows] = app.db.batch([operators::all()]).await?;
    let rows: Vec<OperatorRow> = rows.rows()?.all()?;
    let mut table = Table::new(
        [
            "operator",
            "name",
            "role",
            "account",
            "granted_at",
            "granted_by",
        ]
        .map(plain)
        .to_vec(),
    );
    for row in rows {
        let (id, account, record) = operator::open(&at.system, row)?;
        table.rows.push(vec![
            id.public().into(),
            record.name.into(),
            serde_json::to_value(record.role).unwrap_or_default(),
            account.map_or(Value::Null, |account| account.public().into()),
            time(Some(record.granted_at)),
            record
                .granted_by
                .map_or(Value::Null, |by| by.public().into()),
        ]);
    }
    Ok(table)
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    let is_name =
        !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    if is_name {
        Ok(name.to_owned())
    } else {
        Err(Problem::invalid_field(
            "arguments.name",
            "range",
            "A name has 1 to 100 characters, on one line.",
        ))
    }
}

/// Makes an account an operator. Two batches.
pub(super) async fn grant(
    app: &App,
    at: &AtConsole,
    email: &str,
    name: &str,
    role: Role,
) -> Result<Table> {
    let name = checked_name(name)?;
    let person = find(app, at, email).await?.ok_or_else(Problem::not_found)?;
    let id = OperatorId(RowId::new()?);
    let record = OperatorRecord {
        name: name.clone(),
        role,
        granted_at: Timestamp::now(),
        granted_by: Some(at.id),
    };
    let actor = Actor { id, name, role };
    let event = Event::Operator {
        operator: &actor,
        by: Some(&at.why.operator),
    };
    let leaf = Leaf::new(
        Deed::OperatorGranted,
        &at.system,
        None,
        &event,
        &[at.session.0],
    )?;
    let insert = operators::insert(&at.system, id, Some(person), &record)?;
    match app.db.batch_all(&leaf.before([insert])).await {
        Ok(_) => {}
        Err(EngineError::Duplicate) => {
            return Err(Problem::new(
                Kind::Conflict,
                "This account is an operator already: revoke that first.",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Table::one(vec![
        ("operator", id.public().into()),
        ("role", serde_json::to_value(role).unwrap_or_default()),
    ]))
}

/// Ends an operator's being one, and his sessions. Two batches.
pub(super) async fn dismiss(app: &App, at: &AtConsole, operator: OperatorId) -> Result<Table> {
    if operator == at.id {
        return Err(self_service());
    }
    let [row] = app.db.batch([operators::by_id(operator)]).await?;
    let (id, _, record) =
        operator::opened(&at.system, &row.rows()?)?.ok_or_else(Problem::not_found)?;
    let actor = Actor {
        id,
        name: record.name,
        role: record.role,
    };
    let event = Event::Operator {
        operator: &actor,
        by: Some(&at.why.operator),
    };
    let leaf = Leaf::new(
        Deed::OperatorRevoked,
        &at.system,
        None,
        &event,
        &[at.session.0],
    )?;
    let mut deeds = Vec::from(operators::delete(operator));
    deeds.push(operator_sessions::end_all(operator, Timestamp::now()));
    match app.db.batch_all(&leaf.before(deeds)).await {
        Ok(_) => {}
        Err(EngineError::Guard) => return Err(Problem::not_found()),
        Err(error) => return Err(error.into()),
    }
    Ok(Table::one(vec![
        ("operator", operator.public().into()),
        ("status", "revoked".into()),
    ]))
}

/// Makes a token by which somebody from outside reads the reviews for a week. One batch.
pub(super) async fn invite(app: &App, at: &AtConsole, name: &str) -> Result<Table> {
    let name = checked_name(name)?;
    let now = Timestamp::now();
    let id = OperatorId(RowId::new()?);
    let session = ConsoleSessionId(RowId::new()?);
    let token = OpaqueToken::generate()?;
    let record = OperatorRecord {
        name: name.clone(),
        role: OUTSIDE,
        granted_at: now,
        granted_by: Some(at.id),
    };
    let why = Why {
        session,
        operator: Actor {
            id,
            name,
            role: OUTSIDE,
        },
        reason_type: "review".to_owned(),
        reason: "An audit from outside".to_owned(),
        ticket: at.why.ticket.clone(),
    };
    let expires_at = now.plus(OUTSIDE_SECONDS);
    let granted = Event::Operator {
        operator: &why.operator,
        by: Some(&at.why.operator),
    };
    let leaf = Leaf::new(
        Deed::OperatorGranted,
        &at.system,
        None,
        &granted,
        &[at.session.0, session.0],
    )?;
    let opened = Event::Session { why: &why };
    let session_leaf = Leaf::new(Deed::SessionOpened, &at.system, None, &opened, &[session.0])?;
    let deeds = [
        operators::insert(&at.system, id, None, &record)?,
        login::insert(&at.system, &why, &token, now, expires_at)?,
    ];
    app.db
        .batch_all(&leaf.before(session_leaf.before(deeds)))
        .await?;
    Ok(Table::one(vec![
        ("operator", id.public().into()),
        (
            "token",
            format!("{}{}", operator::PREFIX, token.expose()).into(),
        ),
        ("expires_at", time(Some(expires_at))),
    ]))
}
