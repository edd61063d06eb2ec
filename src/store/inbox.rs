//! The inbox: verified webhooks, written down before they are answered. A row
//! says whose and which, never what it said; equal ones that wait are one row.

use serde::Deserialize;

use super::engine::{OnConflict, Select, Statement, Value};
use crate::{id::RowId, platform::Timestamp};

/// How long a done row is kept, in seconds.
const KEPT_SECONDS: i64 = 7 * 86_400;

/// Whose webhook.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    Plaid,
    Stripe,
}

impl Source {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Plaid => "plaid",
            Self::Stripe => "stripe",
        }
    }
}

/// A webhook that waits.
#[derive(Deserialize)]
pub(crate) struct InboxRow {
    pub(crate) id: RowId,
    pub(crate) source: Source,
    /// The blind index of Plaid's item id or Stripe's customer id, under the system's key.
    pub(crate) subject: RowId,
    pub(crate) kind: String,
    pub(crate) received_at: Timestamp,
}

const COLUMNS: &[&str] = &["id", "source", "subject", "kind", "received_at"];

/// Writes a webhook down, unless an equal one waits already.
pub(crate) fn insert(
    id: RowId,
    source: Source,
    subject: RowId,
    kind: &'static str,
    now: Timestamp,
) -> Statement {
    Statement::insert_all(
        "inbox",
        &["id", "source", "subject", "kind", "received_at", "waiting"],
        vec![vec![
            id.into(),
            source.name().into(),
            subject.into(),
            kind.into(),
            now.unix().into(),
            Value::Integer(1),
        ]],
        OnConflict::Keep,
    )
}

/// A webhook, waiting or done, for whom it is about.
#[derive(Deserialize)]
pub(crate) struct WebhookRow {
    pub(crate) source: Source,
    pub(crate) subject: RowId,
    pub(crate) kind: String,
    pub(crate) received_at: Timestamp,
    pub(crate) done_at: Option<Timestamp>,
}

/// All that is kept about these Items and customers, by their blind indexes.
pub(crate) fn of_subjects(subjects: &[RowId]) -> Statement {
    const OF: Select = Select {
        columns: &["source", "subject", "kind", "received_at", "done_at"],
        from: "FROM inbox WHERE source IN ('plaid','stripe') AND subject IN ?* ORDER BY received_at, id",
    };
    let subjects = subjects.iter().copied().map(Value::from).collect();
    Statement::read(OF, [Value::List(subjects)])
}

/// One that waits still.
pub(crate) fn waiting(id: RowId) -> Statement {
    const ONE: Select = Select {
        columns: COLUMNS,
        from: "FROM inbox WHERE id=? AND waiting=1",
    };
    Statement::read(ONE, [id.into()])
}

/// Ids of those that have waited since before `then`: their message was lost.
pub(crate) fn left_behind(then: Timestamp, limit: u32) -> Statement {
    const LEFT: Select = Select {
        columns: &["id"],
        from: "FROM inbox WHERE waiting=1 AND received_at<=? ORDER BY received_at LIMIT ?",
    };
    Statement::read(LEFT, [then.unix().into(), limit.into()])
}

/// Marks one as handled: an equal one that comes from now on is a new one.
pub(crate) fn done(id: RowId, now: Timestamp) -> Statement {
    Statement::write(
        "UPDATE inbox SET waiting=NULL, done_at=? WHERE id=?",
        [now.unix().into(), id.into()],
    )
}

/// Deletes all that is kept about these Items and customers.
pub(crate) fn delete_of_subjects(subjects: &[RowId]) -> Statement {
    let subjects = subjects.iter().copied().map(Value::from).collect();
    Statement::write(
        "DELETE FROM inbox WHERE source IN ('plaid','stripe') AND subject IN ?*",
        [Value::List(subjects)],
    )
}

/// Deletes what was done long ago.
pub(crate) fn purge(now: Timestamp) -> Statement {
    Statement::write(
        "DELETE FROM inbox WHERE done_at<=?",
        [now.plus(-KEPT_SECONDS).unix().into()],
    )
}
