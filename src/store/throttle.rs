//! Counters of tries, by a blind index of who tries what from where: growing
//! delays that last, behind the platform's gate, which forgets.
//!
//! Invariant: a try is counted before it is made, in one statement, so that many
//! at once are many.

use super::engine::{OnConflict, Outcome, Rows, Select, Statement};
use crate::{
    id::RowId,
    platform::Timestamp,
    problem::{Problem, Result},
};

/// How many tries are free. From then on each doubles the wait, from
/// [`FIRST_DELAY`] to [`LONGEST_DELAY`].
#[derive(Clone, Copy)]
pub(crate) struct FreeTries(pub(crate) u32);

const FIRST_DELAY: u32 = 5;
const LONGEST_DELAY: u32 = 900;
/// From this doubling on the delay is the longest.
const DOUBLINGS: u32 = 8;
/// A counter that rests for a day begins anew.
const FORGOTTEN_AFTER: i64 = 24 * 60 * 60;

/// Counts a try, unless it comes too early. To be judged by [`admit`].
pub(crate) fn count(id: RowId, free: FreeTries, now: Timestamp) -> [Statement; 3] {
    const OPEN_AT: Select = Select { columns: &["open_at"], from: "FROM throttle WHERE id=?" };
    let present = now.unix();
    let forgotten_at = now.plus(FORGOTTEN_AFTER).unix();
    [
        Statement::insert_all(
            "throttle",
            &["id", "tries", "open_at", "expires_at"],
            vec![vec![id.into(), 0_i64.into(), 0_i64.into(), forgotten_at.into()]],
            OnConflict::Keep,
        ),
        // In an order that reads old values only, also where an engine assigns
        // one column after the other.
        Statement::write(
            "UPDATE throttle SET \
             open_at=? + CASE WHEN expires_at<=? OR tries+1<? THEN 0 \
             WHEN tries+1-?>=? THEN ? ELSE ? << (tries+1-?) END, \
             tries=CASE WHEN expires_at<=? THEN 1 ELSE tries+1 END, \
             expires_at=? \
             WHERE id=? AND open_at<=?",
            [
                present.into(),
                present.into(),
                free.0.into(),
                free.0.into(),
                DOUBLINGS.into(),
                LONGEST_DELAY.into(),
                FIRST_DELAY.into(),
                free.0.into(),
                present.into(),
                forgotten_at.into(),
                id.into(),
                present.into(),
            ],
        ),
        Statement::read(OPEN_AT, [id.into()]),
    ]
}

/// Whether the try may go on, from the outcomes of the last two statements of
/// [`count`].
pub(crate) fn admit(counted: &Outcome, open_at: Outcome, now: Timestamp) -> Result<()> {
    if counted.changed() > 0 {
        return Ok(());
    }
    let rows: Rows = open_at.rows()?;
    let (open_at,): (i64,) = rows.first()?.unwrap_or((now.unix(),));
    let wait = open_at.saturating_sub(now.unix()).clamp(1, i64::from(LONGEST_DELAY));
    Err(Problem::too_many(u32::try_from(wait).unwrap_or(LONGEST_DELAY)))
}

/// Forgets the tries: the last one was right.
pub(crate) fn clear(id: RowId) -> Statement {
    Statement::write("DELETE FROM throttle WHERE id=?", [id.into()])
}

/// Deletes the counters that rested long enough.
pub(crate) fn purge(now: Timestamp) -> Statement {
    Statement::write("DELETE FROM throttle WHERE expires_at<=?", [now.unix().into()])
}
