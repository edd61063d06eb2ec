//! Counters of tries, by a blind index of who tries what from where: growing
//! delays that last, behind the platform's gate, which forgets.
//!
//! Invariant: the database counts, so that many tries at once are many.

use super::engine::{OnConflict, Outcome, Select, Statement, Value};
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
/// Tries of which nobody knows yet how they end.
const UNDER_WAY: u32 = 16;
/// A try that has not ended by then never will: its isolate died.
const LONGEST_TRY: i64 = 30;
/// A counter that rests for a day begins anew.
const FORGOTTEN_AFTER: i64 = 24 * 60 * 60;

/// One more try. In an order that reads old values only, also where an engine
/// assigns one column after the other.
macro_rules! count {
    () => {
        "UPDATE throttle SET \
         open_at=? + CASE WHEN expires_at<=? OR tries+1<? THEN 0 \
         WHEN tries+1-?>=? THEN ? ELSE ? << (tries+1-?) END, \
         tries=CASE WHEN expires_at<=? THEN 1 ELSE tries+1 END, \
         under_way=CASE WHEN under_way>0 THEN under_way-1 ELSE 0 END, \
         expires_at=? \
         WHERE id=?"
    };
}

/// Counts a try, unless it comes too early: for tries that cost us the same
/// however they end. To be judged by [`admit`].
pub(crate) fn count(id: RowId, free: FreeTries, now: Timestamp) -> [Statement; 3] {
    let mut parameters = counted(free, now);
    parameters.extend([id.into(), now.unix().into()]);
    [
        exist(id, now),
        Statement::write(concat!(count!(), " AND open_at<=?"), parameters),
        look(id),
    ]
}

/// Begins a try that [`count_failed`] or [`forgive`] ends, unless it comes too
/// early. To be judged by [`admit`].
pub(crate) fn begin(id: RowId, now: Timestamp) -> [Statement; 3] {
    let (present, dead) = (now.unix(), now.plus(-LONGEST_TRY).unix());
    let begin = Statement::write(
        "UPDATE throttle SET \
         under_way=CASE WHEN begun_at<? THEN 1 ELSE under_way+1 END, \
         begun_at=? \
         WHERE id=? AND open_at<=? AND (begun_at<? OR under_way<?)",
        [
            dead.into(),
            present.into(),
            id.into(),
            present.into(),
            dead.into(),
            UNDER_WAY.into(),
        ],
    );
    [exist(id, now), begin, look(id)]
}

/// Ends a try that [`begin`] began: it failed.
pub(crate) fn count_failed(id: RowId, free: FreeTries, now: Timestamp) -> Statement {
    let mut parameters = counted(free, now);
    parameters.push(id.into());
    Statement::write(count!(), parameters)
}

/// Ends a try and forgets those before it: it was right.
pub(crate) fn forgive(id: RowId) -> Statement {
    Statement::write(
        "UPDATE throttle SET tries=0, open_at=0, \
         under_way=CASE WHEN under_way>0 THEN under_way-1 ELSE 0 END WHERE id=?",
        [id.into()],
    )
}

fn counted(free: FreeTries, now: Timestamp) -> Vec<Value> {
    let present = now.unix();
    vec![
        present.into(),
        present.into(),
        free.0.into(),
        free.0.into(),
        DOUBLINGS.into(),
        LONGEST_DELAY.into(),
        FIRST_DELAY.into(),
        free.0.into(),
        present.into(),
        now.plus(FORGOTTEN_AFTER).unix().into(),
    ]
}

fn exist(id: RowId, now: Timestamp) -> Statement {
    let forgotten_at = now.plus(FORGOTTEN_AFTER).unix();
    Statement::insert_all(
        "throttle",
        &[
            "id",
            "tries",
            "under_way",
            "begun_at",
            "open_at",
            "expires_at",
        ],
        vec![vec![
            id.into(),
            0_i64.into(),
            0_i64.into(),
            0_i64.into(),
            0_i64.into(),
            forgotten_at.into(),
        ]],
        OnConflict::Hold,
    )
}

fn look(id: RowId) -> Statement {
    const OPEN_AT: Select = Select {
        columns: &["open_at"],
        from: "FROM throttle WHERE id=?",
    };
    Statement::read(OPEN_AT, [id.into()])
}

/// Whether the try may go on, from the outcomes of the last two statements of
/// [`count`] or [`begin`].
pub(crate) fn admit(written: &Outcome, look: Outcome, now: Timestamp) -> Result<()> {
    if written.changed() > 0 {
        return Ok(());
    }
    let (open_at,): (i64,) = look.rows()?.first()?.unwrap_or((now.unix(),));
    let wait = open_at
        .saturating_sub(now.unix())
        .clamp(1, i64::from(LONGEST_DELAY));
    Err(Problem::too_many(
        u32::try_from(wait).unwrap_or(LONGEST_DELAY),
    ))
}

/// Deletes the counters that rested long enough.
pub(crate) fn purge(now: Timestamp) -> Statement {
    Statement::write(
        "DELETE FROM throttle WHERE expires_at<=?",
        [now.unix().into()],
    )
}

/// Forgets a counter: whoever it counted is no more.
pub(crate) fn delete(id: RowId) -> Statement {
    Statement::write("DELETE FROM throttle WHERE id=?", [id.into()])
}
