//! Sessions: found by the SHA-256 of their token, sealed under their person's
//! keys. The hash is repeated inside the sealed row and compared on opening, so
//! that a row can't be handed to another token.

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{Rows, SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    table::Table,
};
use crate::{
    id::{PersonId, RowId, SessionId, hex},
    platform::Timestamp,
    problem::{Problem, Result},
};

/// The private part of a session.
#[derive(Serialize, Deserialize)]
pub(crate) struct SessionRecord {
    /// SHA-256 of the token, hex.
    pub(crate) token_hash: String,
    pub(crate) created_at: Timestamp,
    /// What proved who she is, in its order: `password`, `passkey`, `totp`, `recovery_code`.
    pub(crate) factors: Vec<String>,
    /// An authenticator verified the person, by a fingerprint or a PIN.
    #[serde(default)]
    pub(crate) user_verified: bool,
    /// When she last proved again who she is, for a sensitive request.
    #[serde(default)]
    pub(crate) stepped_up_at: Option<Timestamp>,
    /// As the client sent it, cut to a bound.
    pub(crate) user_agent: Option<String>,
    pub(crate) ip: Option<String>,
}

impl Sealable for SessionRecord {
    const TABLE: Table = Table::Session;
}

impl Record for SessionRecord {}

/// The SHA-256 of a session token: what the database knows of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TokenHash(pub(crate) [u8; 32]);

impl TokenHash {
    pub(crate) fn hex(&self) -> String {
        hex(&self.0)
    }
}

/// A session's row.
#[derive(Deserialize)]
pub(crate) struct SessionRow {
    pub(crate) id: SessionIdColumn,
    pub(crate) user_id: RowId,
    pub(crate) expires_at: Timestamp,
    pub(crate) rev: u32,
    pub(crate) sealed: SealedBytes,
}

/// The id as its column holds it: without the prefix.
pub(crate) type SessionIdColumn = RowId;

const COLUMNS: &[&str] = &["id", "user_id", "expires_at", "rev", "sealed"];

/// A page of a person's sessions that have not expired, newest first: those that
/// began before the session `before`, `limit` at most.
pub(crate) fn of_person(
    person: PersonId,
    before: Option<SessionId>,
    limit: u32,
    now: Timestamp,
) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM session WHERE user_id=? AND expires_at>? AND id<? ORDER BY id DESC LIMIT ?",
    };
    // Ids begin with their time; no id is after the last one there can be.
    let before = before.map_or(RowId([0xff; 16]), |session| session.0);
    Statement::read(
        OF,
        [
            person.0.into(),
            now.unix().into(),
            before.into(),
            limit.into(),
        ],
    )
}

/// A new session.
pub(crate) fn insert(
    keys: &UserKeys,
    id: SessionId,
    token: &TokenHash,
    expires_at: Timestamp,
    record: &SessionRecord,
) -> Result<Statement> {
    let sealed = keys.seal(id.0, 1, record)?;
    Ok(Statement::insert(
        "session",
        &["id", "token_hash", "user_id", "expires_at", "rev", "sealed"],
        [
            id.0.into(),
            token.hex().into(),
            RowId(*keys.user().as_bytes()).into(),
            expires_at.unix().into(),
            1_i64.into(),
            sealed,
        ],
    ))
}

/// Ends one session of this person.
pub(crate) fn delete(person: PersonId, id: SessionId) -> Statement {
    Statement::write(
        "DELETE FROM session WHERE user_id=? AND id=?",
        [person.0.into(), id.0.into()],
    )
}

/// Ends every session of this person.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write("DELETE FROM session WHERE user_id=?", [person.0.into()])
}

/// Ends every session of this person but one.
pub(crate) fn delete_others(person: PersonId, kept: SessionId) -> Statement {
    Statement::write(
        "DELETE FROM session WHERE user_id=? AND id<>?",
        [person.0.into(), kept.0.into()],
    )
}

/// Overwrites a session where it is still at `rev`; where it is not, changes no
/// row.
pub(crate) fn update(
    keys: &UserKeys,
    id: SessionId,
    rev: u32,
    record: &SessionRecord,
) -> Result<Statement> {
    let next = rev + 1;
    let sealed = keys.seal(id.0, next, record)?;
    Ok(Statement::write(
        "UPDATE session SET rev=?, sealed=? WHERE user_id=? AND id=? AND rev=?",
        [
            next.into(),
            sealed,
            RowId(*keys.user().as_bytes()).into(),
            id.0.into(),
            rev.into(),
        ],
    ))
}

/// Deletes what has expired.
pub(crate) fn purge(now: Timestamp) -> Statement {
    Statement::write(
        "DELETE FROM session WHERE expires_at<=?",
        [now.unix().into()],
    )
}

impl SessionRow {
    /// From rows that are one or none.
    pub(crate) fn one(rows: &Rows) -> Result<Option<Self>> {
        Ok(rows.first()?)
    }

    /// Opens the private part. `token`, where the row was found by one, must be
    /// the one sealed inside.
    pub(crate) fn open(
        self,
        keys: &UserKeys,
        token: Option<&TokenHash>,
    ) -> Result<Sensitive<SessionRecord>> {
        let record: Sensitive<SessionRecord> = keys.open(self.id, self.rev, self.sealed)?;
        match token {
            Some(token) => record.try_map(|record| {
                if record.token_hash == token.hex() {
                    Ok(record)
                } else {
                    Err(Problem::internal(
                        "a session row stands under another token",
                    ))
                }
            }),
            None => Ok(record),
        }
    }
}
