//! Erasures: who was erased, how far that is, and what is left to do elsewhere, sealed
//! under the system's key because the person's is gone.
//!
//! Invariant: a row of `erasure` is never deleted, and its tasks go when they are done.

use serde::{Deserialize, Serialize};
use stripe::CustomerId;
use vault::{Reveal, SystemPurpose};
use zeroize::Zeroizing;

use super::{
    engine::{SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    sessions::TokenHash,
    table::Table,
};
use crate::{
    id::{ErasureId, PersonId, RowId},
    platform::Timestamp,
    problem::{Problem, Result},
};

/// What is to be done, and with what.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub(crate) enum TaskRecord {
    /// Plaid is to end its access.
    PlaidItem {
        access_token: Zeroizing<String>,
        /// By what its webhooks are found.
        plaid_index: RowId,
    },
    /// Stripe is to forget its customer, and end what it pays for.
    StripeCustomer {
        /// None where Stripe was asked for one and its answer never seen.
        customer: Option<CustomerId>,
        /// What it was asked for under.
        key: RowId,
        /// By what its webhooks are found.
        customer_index: Option<RowId>,
    },
    /// The person is to be told that it is done.
    Receipt { email: Zeroizing<String> },
}

impl Sealable for TaskRecord {
    const TABLE: Table = Table::ErasureTask;
}

impl Record for TaskRecord {}

/// A task's row.
#[derive(Deserialize)]
pub(crate) struct TaskRow {
    pub(crate) id: RowId,
    rev: u32,
    sealed: SealedBytes,
}

impl TaskRow {
    /// Opens what is to be done.
    pub(crate) fn open(self, system: &UserKeys) -> Result<TaskRecord> {
        system
            .open(self.id, self.rev, self.sealed)?
            .reveal(&Reveal::system(SystemPurpose::Erase))
            .map_err(|_| Problem::internal("no right to an erasure's task"))
    }
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErasureState {
    /// Something is left to do.
    Erasing,
    /// Everything is gone, and the receipt is mailed.
    Erased,
    /// And looked through once more, for what was under way when it began.
    Closed,
}

/// An erasure.
#[derive(Deserialize)]
pub(crate) struct ErasureRow {
    pub(crate) user_id: RowId,
    token_hash: String,
    pub(crate) state: ErasureState,
    pub(crate) requested_at: Timestamp,
    pub(crate) providers_at: Option<Timestamp>,
    pub(crate) rows_at: Option<Timestamp>,
    pub(crate) receipt_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) failures: u32,
}

impl ErasureRow {
    /// Whether it may be looked at with this token.
    pub(crate) fn is_shown_to(&self, token: &TokenHash) -> bool {
        use subtle::ConstantTimeEq as _;
        bool::from(self.token_hash.as_bytes().ct_eq(token.hex().as_bytes()))
    }
}

/// A step, when it is done for good.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// Every provider has ended its access.
    Providers,
    /// No row is left.
    Rows,
}

/// A new one. A person who was erased before fails the batch.
pub(crate) fn insert(
    erasure: ErasureId,
    person: PersonId,
    token: &TokenHash,
    now: Timestamp,
) -> Statement {
    Statement::insert(
        "erasure",
        &["id", "user_id", "token_hash", "state", "requested_at"],
        [
            erasure.0.into(),
            person.0.into(),
            token.hex().into(),
            "erasing".into(),
            now.unix().into(),
        ],
    )
}

/// One.
pub(crate) fn by_id(erasure: ErasureId) -> Statement {
    const BY_ID: Select = Select {
        columns: &[
            "user_id",
            "token_hash",
            "state",
            "requested_at",
            "providers_at",
            "rows_at",
            "receipt_at",
            "completed_at",
            "failures",
        ],
        from: "FROM erasure WHERE id=?",
    };
    Statement::read(BY_ID, [erasure.0.into()])
}

/// The id of a person's: one row of one column, or none.
pub(crate) fn of_person(person: PersonId) -> Statement {
    const OF: Select = Select {
        columns: &["id"],
        from: "FROM erasure WHERE user_id=?",
    };
    Statement::read(OF, [person.0.into()])
}

/// Up to `limit` ids of those that have something to do now.
pub(crate) fn due(now: Timestamp, limit: u32) -> Statement {
    const DUE: Select = Select {
        columns: &["id"],
        from: "FROM erasure WHERE state<>'closed' AND retry_at<=? ORDER BY retry_at LIMIT ?",
    };
    Statement::read(DUE, [now.unix().into(), limit.into()])
}

/// Takes it until `until`, unless somebody has it: changes one row, or none.
pub(crate) fn claim(erasure: ErasureId, now: Timestamp, until: Timestamp) -> Statement {
    Statement::write(
        "UPDATE erasure SET retry_at=? WHERE id=? AND state<>'closed' AND retry_at<=?",
        [until.unix().into(), erasure.0.into(), now.unix().into()],
    )
}

/// Keeps it until `until`, or gives it back where that is past.
pub(crate) fn hold(erasure: ErasureId, until: Timestamp) -> Statement {
    Statement::write(
        "UPDATE erasure SET retry_at=? WHERE id=?",
        [until.unix().into(), erasure.0.into()],
    )
}

/// Gives it back after a failure, not to be looked at before `until`.
pub(crate) fn postpone(erasure: ErasureId, until: Timestamp) -> Statement {
    Statement::write(
        "UPDATE erasure SET failures=failures+1, retry_at=? WHERE id=?",
        [until.unix().into(), erasure.0.into()],
    )
}

/// Notes that a step is done; the first time stays.
pub(crate) fn done(erasure: ErasureId, step: Step, now: Timestamp) -> Statement {
    let sql = match step {
        Step::Providers => {
            "UPDATE erasure SET failures=0, providers_at=? WHERE id=? AND providers_at IS NULL"
        }
        Step::Rows => "UPDATE erasure SET failures=0, rows_at=? WHERE id=? AND rows_at IS NULL",
    };
    Statement::write(sql, [now.unix().into(), erasure.0.into()])
}

/// Ends it, where no task is left: a guard and the write. It is due once more at
/// `again`.
pub(crate) fn complete(erasure: ErasureId, now: Timestamp, again: Timestamp) -> [Statement; 2] {
    [
        nothing_left(erasure),
        Statement::write(
            "UPDATE erasure SET state='erased', failures=0, receipt_at=COALESCE(receipt_at,?), \
             completed_at=COALESCE(completed_at,?), retry_at=? WHERE id=?",
            [
                now.unix().into(),
                now.unix().into(),
                again.unix().into(),
                erasure.0.into(),
            ],
        ),
    ]
}

/// Closes it, where no task is left: a guard and the write.
pub(crate) fn close(erasure: ErasureId) -> [Statement; 2] {
    [
        nothing_left(erasure),
        Statement::write(
            "UPDATE erasure SET state='closed' WHERE id=?",
            [erasure.0.into()],
        ),
    ]
}

fn nothing_left(erasure: ErasureId) -> Statement {
    Statement::guard(
        "FROM erasure WHERE id=? AND NOT EXISTS \
         (SELECT 1 FROM erasure_task WHERE erasure_task.erasure_id=?)",
        [erasure.0.into(), erasure.0.into()],
    )
}

/// Opens it again, for a task that came too late.
pub(crate) fn reopen(erasure: RowId) -> Statement {
    Statement::write(
        "UPDATE erasure SET state='erasing', providers_at=NULL, completed_at=NULL, retry_at=0 \
         WHERE id=?",
        [erasure.into()],
    )
}

/// A task of an erasure.
pub(crate) fn insert_task(
    system: &UserKeys,
    erasure: RowId,
    id: RowId,
    record: &TaskRecord,
) -> Result<Statement> {
    let sealed = system.seal(id, 1, record)?;
    Ok(Statement::insert(
        "erasure_task",
        &["id", "erasure_id", "rev", "sealed"],
        [id.into(), erasure.into(), 1_i64.into(), sealed],
    ))
}

/// What is left to do.
pub(crate) fn tasks(erasure: ErasureId) -> Statement {
    const OF: Select = Select {
        columns: &["id", "rev", "sealed"],
        from: "FROM erasure_task WHERE erasure_id=? ORDER BY id",
    };
    Statement::read(OF, [erasure.0.into()])
}

/// Forgets a task that is done.
pub(crate) fn delete_task(task: RowId) -> Statement {
    Statement::write("DELETE FROM erasure_task WHERE id=?", [task.into()])
}
