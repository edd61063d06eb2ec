//! Sessions of the console. They stay when they are over: each is reviewed by somebody else.

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{SealedBytes, Select, Statement, Value},
    keys::UserKeys,
    operators::Role,
    record::{Record, Sealable},
    sessions::TokenHash,
    table::Table,
};
use crate::{
    id::{ConsoleSessionId, OperatorId, RowId},
    platform::Timestamp,
    problem::{Problem, Result},
};

/// The private part.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct OperatorSessionRecord {
    /// SHA-256 of the token, hex.
    pub(crate) token_hash: String,
    pub(crate) operator: OperatorId,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) reason_type: String,
    pub(crate) reason: String,
    pub(crate) ticket: String,
    pub(crate) decision: Option<DecisionRecord>,
}

/// What a reviewer decided.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct DecisionRecord {
    pub(crate) by: OperatorId,
    pub(crate) name: String,
    pub(crate) verdict: Verdict,
    pub(crate) note: Option<String>,
    pub(crate) at: Timestamp,
}

/// A reviewer's verdict.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Approved,
    Flagged,
}

impl Verdict {
    const fn column(self) -> i64 {
        match self {
            Self::Approved => 1,
            Self::Flagged => 2,
        }
    }
}

impl Sealable for OperatorSessionRecord {
    const TABLE: Table = Table::OperatorSession;
}

impl Record for OperatorSessionRecord {}

/// A session's row.
#[derive(Deserialize)]
pub(crate) struct OperatorSessionRow {
    pub(crate) id: RowId,
    pub(crate) opened_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// Not 0 where anything was shown under a consent.
    pub(crate) sensitive: u32,
    pub(crate) rev: u32,
    sealed: SealedBytes,
}

impl OperatorSessionRow {
    /// Opens the private part. `token`, where the row was found by one, must be the one sealed
    /// inside.
    pub(crate) fn open(
        self,
        system: &UserKeys,
        token: Option<&TokenHash>,
    ) -> Result<Sensitive<OperatorSessionRecord>> {
        let record: Sensitive<OperatorSessionRecord> =
            system.open(self.id, self.rev, self.sealed)?;
        record.try_map(|record| {
            if token.is_none_or(|token| record.token_hash == token.hex()) {
                Ok(record)
            } else {
                Err(Problem::internal(
                    "a console's session stands under another",
                ))
            }
        })
    }
}

const COLUMNS: &[&str] = &["id", "opened_at", "expires_at", "revealed", "rev", "sealed"];

/// The session that a token opens, while it lasts.
pub(crate) fn by_token(token: &TokenHash, now: Timestamp) -> Statement {
    const BY_TOKEN: Select = Select {
        columns: COLUMNS,
        from: "FROM operator_session WHERE token_hash=? AND expires_at>?",
    };
    Statement::read(BY_TOKEN, [token.hex().into(), now.unix().into()])
}

/// The operator whose session it is, as it is now.
pub(crate) fn operator_by_token(token: &TokenHash, now: Timestamp) -> Statement {
    const BY_TOKEN: Select = Select {
        columns: &["o.id", "o.account_id", "o.rev", "o.sealed"],
        from: "FROM operator_session AS s JOIN operator AS o ON o.id=s.operator_id \
               WHERE s.token_hash=? AND s.expires_at>?",
    };
    Statement::read(BY_TOKEN, [token.hex().into(), now.unix().into()])
}

/// One session.
pub(crate) fn by_id(session: ConsoleSessionId) -> Statement {
    const BY_ID: Select = Select {
        columns: COLUMNS,
        from: "FROM operator_session WHERE id=?",
    };
    Statement::read(BY_ID, [session.0.into()])
}

/// The sessions to review, oldest first: those that wait for a decision, or all.
pub(crate) fn to_review(pending: bool, sensitive: bool, after: RowId, limit: u32) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM operator_session WHERE decision<=? AND revealed>=? AND id>? \
               ORDER BY id LIMIT ?",
    };
    let most = if pending { 0_i64 } else { 2 };
    Statement::read(
        OF,
        [most.into(), sensitive.into(), after.into(), limit.into()],
    )
}

/// How many sessions there were, how many wait for a decision, and since when the oldest does.
pub(crate) fn standing() -> Statement {
    const OF: Select = Select {
        columns: &[
            "COUNT(*)",
            "COUNT(CASE WHEN decision=0 THEN 1 END)",
            "COALESCE(MIN(CASE WHEN decision=0 THEN opened_at END),0)",
        ],
        from: "FROM operator_session",
    };
    Statement::read(OF, [])
}

/// What was decided about these.
pub(crate) fn decisions(sessions: &[RowId]) -> Statement {
    const OF: Select = Select {
        columns: &["id", "decision"],
        from: "FROM operator_session WHERE id IN ?*",
    };
    let sessions = sessions.iter().map(|session| (*session).into()).collect();
    Statement::read(OF, [Value::List(sessions)])
}

/// A new session.
pub(crate) fn insert(
    system: &UserKeys,
    id: ConsoleSessionId,
    token: &TokenHash,
    opened_at: Timestamp,
    expires_at: Timestamp,
    record: &OperatorSessionRecord,
) -> Result<Statement> {
    let sealed = system.seal(id.0, 1, record)?;
    Ok(Statement::insert(
        "operator_session",
        &[
            "id",
            "token_hash",
            "operator_id",
            "opened_at",
            "expires_at",
            "decision",
            "revealed",
            "rev",
            "sealed",
        ],
        [
            id.0.into(),
            token.hex().into(),
            record.operator.0.into(),
            opened_at.unix().into(),
            expires_at.unix().into(),
            0_i64.into(),
            0_i64.into(),
            1_i64.into(),
            sealed,
        ],
    ))
}

/// Ends a session.
pub(crate) fn end(session: ConsoleSessionId, now: Timestamp) -> Statement {
    Statement::write(
        "UPDATE operator_session SET expires_at=? WHERE id=? AND expires_at>?",
        [now.unix().into(), session.0.into(), now.unix().into()],
    )
}

/// Ends every session of an operator's.
pub(crate) fn end_all(operator: OperatorId, now: Timestamp) -> Statement {
    Statement::write(
        "UPDATE operator_session SET expires_at=? WHERE operator_id=? AND expires_at>?",
        [now.unix().into(), operator.0.into(), now.unix().into()],
    )
}

/// Goes on only while the session lasts.
pub(crate) fn lasts(session: ConsoleSessionId, now: Timestamp) -> Statement {
    Statement::guard(
        "FROM operator_session WHERE id=? AND expires_at>?",
        [session.0.into(), now.unix().into()],
    )
}

/// Remembers that something was shown under a consent.
pub(crate) fn mark_sensitive(session: ConsoleSessionId) -> Statement {
    Statement::write(
        "UPDATE operator_session SET revealed=1 WHERE id=?",
        [session.0.into()],
    )
}

/// Writes a decision: a guard, that nobody did since it was at `rev`, and the write.
pub(crate) fn decide(
    system: &UserKeys,
    session: ConsoleSessionId,
    rev: u32,
    record: &OperatorSessionRecord,
    verdict: Verdict,
) -> Result<[Statement; 2]> {
    let next = rev + 1;
    let sealed = system.seal(session.0, next, record)?;
    Ok([
        Statement::guard(
            "FROM operator_session WHERE id=? AND rev=?",
            [session.0.into(), rev.into()],
        ),
        Statement::write(
            "UPDATE operator_session SET decision=?, rev=?, sealed=? WHERE id=?",
            [
                verdict.column().into(),
                next.into(),
                sealed,
                session.0.into(),
            ],
        ),
    ])
}
