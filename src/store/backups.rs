//! Backups: the one under way, what it has stored, and what every person's rows were when they
//! were last stored.
//!
//! Invariant: there is one row for a backup, and whoever goes on with it holds its lease.

use serde::Deserialize;

use super::engine::{OnConflict, SealedBytes, Select, Statement, Value};
use crate::{
    id::{PersonId, RowId},
    platform::Timestamp,
};

/// How long one step may take, in seconds: longer than the platform lets it run.
pub(crate) const LEASE_SECONDS: i64 = 300;
/// Rows of backups that are kept, the newest.
const KEPT: i64 = 100;

/// A backup, as far as it has come.
#[derive(Deserialize)]
pub(crate) struct BackupRow {
    pub(crate) id: u32,
    pub(crate) base: u32,
    pub(crate) audience: String,
    pub(crate) log_size: u64,
    pub(crate) phase: u32,
    pub(crate) place: String,
    pub(crate) started_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
    pub(crate) lease_until: Timestamp,
    pub(crate) retry_at: Timestamp,
    pub(crate) failures: u32,
}

const COLUMNS: &[&str] = &[
    "id",
    "base",
    "audience",
    "log_size",
    "phase",
    "place",
    "started_at",
    "finished_at",
    "lease_until",
    "retry_at",
    "failures",
];

/// The newest, finished or not.
pub(crate) fn newest() -> Statement {
    const NEWEST: Select = Select {
        columns: COLUMNS,
        from: "FROM backup ORDER BY id DESC LIMIT 1",
    };
    Statement::read(NEWEST, [])
}

/// When the backup began that others build on.
pub(crate) fn begun(id: u32) -> Statement {
    const BEGUN: Select = Select {
        columns: &["started_at"],
        from: "FROM backup WHERE id=?",
    };
    Statement::read(BEGUN, [id.into()])
}

/// The newest of those before it that came to its end, and how long the log was when it began.
pub(crate) fn finished_before(id: u32) -> Statement {
    const BEFORE: Select = Select {
        columns: &["id", "log_size"],
        from: "FROM backup WHERE id<? AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1",
    };
    Statement::read(BEFORE, [id.into()])
}

/// When the newest came to its end that did.
pub(crate) fn newest_finished() -> Statement {
    const NEWEST: Select = Select {
        columns: &["finished_at"],
        from: "FROM backup WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1",
    };
    Statement::read(NEWEST, [])
}

/// Begins one. Of two who begin it at once, one is told of a duplicate.
pub(crate) fn begin(
    id: u32,
    base: u32,
    audience: &str,
    log_size: u64,
    now: Timestamp,
) -> Statement {
    Statement::insert(
        "backup",
        &[
            "id",
            "base",
            "audience",
            "log_size",
            "phase",
            "place",
            "started_at",
            "lease_until",
            "retry_at",
            "failures",
        ],
        [
            id.into(),
            base.into(),
            audience.to_owned().into(),
            number(log_size),
            0_u32.into(),
            "".into(),
            now.unix().into(),
            0_i64.into(),
            0_i64.into(),
            0_i64.into(),
        ],
    )
}

/// Takes the lease where nobody has it.
pub(crate) fn take_lease(id: u32, holder: RowId, now: Timestamp) -> Statement {
    Statement::write(
        "UPDATE backup SET lease_holder=?,lease_until=? \
         WHERE id=? AND finished_at IS NULL AND lease_until<=? AND retry_at<=?",
        [
            holder.into(),
            now.plus(LEASE_SECONDS).unix().into(),
            id.into(),
            now.unix().into(),
            now.unix().into(),
        ],
    )
}

/// Goes on only where the lease is still this holder's.
pub(crate) fn held(id: u32, holder: RowId) -> Statement {
    Statement::guard(
        "FROM backup WHERE id=? AND lease_holder=?",
        [id.into(), holder.into()],
    )
}

/// How far it has come; the lease is given back.
pub(crate) fn advance(id: u32, phase: u32, place: &str) -> Statement {
    Statement::write(
        "UPDATE backup SET phase=?,place=?,lease_holder=NULL,lease_until=0,failures=0 WHERE id=?",
        [phase.into(), place.to_owned().into(), id.into()],
    )
}

/// It comes to its end; the lease is given back.
pub(crate) fn finish(id: u32, now: Timestamp) -> Statement {
    Statement::write(
        "UPDATE backup SET finished_at=?,lease_holder=NULL,lease_until=0,failures=0 WHERE id=?",
        [now.unix().into(), id.into()],
    )
}

/// A step came to nothing: it is tried again later, at most an hour from now.
pub(crate) fn failed(row: &BackupRow, holder: RowId, now: Timestamp) -> Statement {
    let pause = 60_i64 << row.failures.min(6);
    Statement::write(
        "UPDATE backup SET lease_holder=NULL,lease_until=0,failures=failures+1,retry_at=? \
         WHERE id=? AND lease_holder=?",
        [
            now.plus(pause.min(3_600)).unix().into(),
            row.id.into(),
            holder.into(),
        ],
    )
}

/// An object that was stored.
#[derive(Deserialize)]
pub(crate) struct SegmentRow {
    pub(crate) idx: u32,
    pub(crate) name: String,
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
    pub(crate) units: u64,
}

/// Notes what was stored.
pub(crate) fn put_segments(backup: u32, segments: &[SegmentRow]) -> Statement {
    let row = |segment: &SegmentRow| {
        vec![
            backup.into(),
            segment.idx.into(),
            segment.name.clone().into(),
            segment.sha256.clone().into(),
            number(segment.bytes),
            number(segment.units),
        ]
    };
    Statement::insert_all(
        "backup_segment",
        &["backup_id", "idx", "name", "sha256", "bytes", "units"],
        segments.iter().map(row).collect(),
        OnConflict::Fail,
    )
}

/// What was stored so far, from one on.
pub(crate) fn segments(backup: u32, from: u32, limit: u32) -> Statement {
    const OF: Select = Select {
        columns: &["idx", "name", "sha256", "bytes", "units"],
        from: "FROM backup_segment WHERE backup_id=? AND idx>=? ORDER BY idx LIMIT ?",
    };
    Statement::read(OF, [backup.into(), from.into(), limit.into()])
}

/// How many objects it has so far.
pub(crate) fn segment_count(backup: u32) -> Statement {
    const OF: Select = Select {
        columns: &["COUNT(*)"],
        from: "FROM backup_segment WHERE backup_id=?",
    };
    Statement::read(OF, [backup.into()])
}

/// Forgets what a manifest says of older ones.
pub(crate) fn purge(newest: u32) -> [Statement; 2] {
    [
        Statement::write(
            "DELETE FROM backup_segment WHERE backup_id<?",
            [newest.into()],
        ),
        Statement::write(
            "DELETE FROM backup WHERE id<?",
            [(i64::from(newest) - KEPT).into()],
        ),
    ]
}

/// The hashes of a person's rows as they were last stored.
pub(crate) fn hashes(person: PersonId) -> Statement {
    const OF: Select = Select {
        columns: &["hashes"],
        from: "FROM backup_person WHERE user_id=?",
    };
    Statement::read(OF, [person.0.into()])
}

/// One column of bytes.
#[derive(Deserialize)]
pub(crate) struct HashesRow {
    pub(crate) hashes: SealedBytes,
}

/// Notes them.
pub(crate) fn put_hashes(people: Vec<(PersonId, Vec<u8>)>) -> Statement {
    let row = |(person, hashes): (PersonId, Vec<u8>)| {
        // Bytes, as a sealed value is; of sealed values.
        vec![person.0.into(), Value::Sealed(hashes)]
    };
    Statement::insert_all(
        "backup_person",
        &["user_id", "hashes"],
        people.into_iter().map(row).collect(),
        OnConflict::Replace { key: &["user_id"] },
    )
}

/// Deletes a person's: for her erasure.
pub(crate) fn delete_hashes(person: PersonId) -> Statement {
    Statement::write(
        "DELETE FROM backup_person WHERE user_id=?",
        [person.0.into()],
    )
}

/// Who of these people has left, or is about to.
pub(crate) fn left_of(people: &[RowId]) -> Statement {
    const LEFT: Select = Select {
        columns: &["user_id"],
        from: "FROM erasure WHERE user_id IN ?*",
    };
    let people = people.iter().map(|id| (*id).into()).collect();
    Statement::read(LEFT, [Value::List(people)])
}

/// People after one, by id.
pub(crate) fn people(after: &str, limit: u32) -> Statement {
    const AFTER: Select = Select {
        columns: &["id"],
        from: "FROM person WHERE id>? ORDER BY id LIMIT ?",
    };
    Statement::read(AFTER, [after.to_owned().into(), limit.into()])
}

fn number(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
