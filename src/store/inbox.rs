//! The inbox: verified webhooks, written down before they are answered. A row
//! says whose and which, never what it said, but for a date or an account that the kind
//! needs, sealed; equal ones that wait are one row.

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{OnConflict, SealedBytes, Select, Statement, Value},
    keys::UserKeys,
    record::{Record, Sealable},
    table::Table,
};
use crate::{id::RowId, platform::Timestamp, problem::Result};

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

/// What an event says beyond its kind. Under the system's key: whose it is, is not known
/// when it comes.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct EventRecord {
    /// When something is to happen, RFC 3339.
    pub(crate) at: Option<String>,
    /// Plaid's id of an account.
    pub(crate) account: Option<String>,
}

impl Sealable for EventRecord {
    const TABLE: Table = Table::Inbox;
}

impl Record for EventRecord {}

/// A webhook that waits.
#[derive(Deserialize)]
pub(crate) struct InboxRow {
    pub(crate) id: RowId,
    pub(crate) source: Source,
    /// The blind index of Plaid's item id or Stripe's customer id, under the system's key.
    pub(crate) subject: RowId,
    pub(crate) kind: String,
    pub(crate) received_at: Timestamp,
    sealed: Option<SealedBytes>,
}

impl InboxRow {
    /// Opens what it says beyond its kind.
    pub(crate) fn open(&mut self, system: &UserKeys) -> Result<Option<Sensitive<EventRecord>>> {
        let sealed = self.sealed.take();
        sealed
            .map(|sealed| system.open(self.id, 1, sealed))
            .transpose()
    }
}

const COLUMNS: &[&str] = &["id", "source", "subject", "kind", "received_at", "sealed"];

/// How many webhooks wait, and since when the oldest does.
pub(crate) fn backlog() -> Statement {
    const BACKLOG: Select = Select {
        columns: &["COUNT(*)", "COALESCE(MIN(received_at),0)"],
        from: "FROM inbox WHERE waiting=1",
    };
    Statement::read(BACKLOG, [])
}

/// Writes a webhook down, unless an equal one waits already.
pub(crate) fn insert(
    id: RowId,
    source: Source,
    subject: RowId,
    kind: &'static str,
    now: Timestamp,
) -> Statement {
    insert_row(id, source, subject, kind.into(), now, Value::Null)
}

/// As [`insert`], with what it says. `kind` tells it from others that say something else.
pub(crate) fn insert_event(
    system: &UserKeys,
    (id, source, subject): (RowId, Source, RowId),
    kind: String,
    event: &EventRecord,
    now: Timestamp,
) -> Result<Statement> {
    let sealed = system.seal(id, 1, event)?;
    Ok(insert_row(id, source, subject, kind.into(), now, sealed))
}

fn insert_row(
    id: RowId,
    source: Source,
    subject: RowId,
    kind: Value,
    now: Timestamp,
    sealed: Value,
) -> Statement {
    Statement::insert_all(
        "inbox",
        &[
            "id",
            "source",
            "subject",
            "kind",
            "received_at",
            "waiting",
            "sealed",
        ],
        vec![vec![
            id.into(),
            source.name().into(),
            subject.into(),
            kind,
            now.unix().into(),
            Value::Integer(1),
            sealed,
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
