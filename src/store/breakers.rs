//! Banks that fail: the circuit breaker of each. Nobody's Item is synced there by itself
//! before it opens; then the next one is tried, and a success closes the matter.

use serde::Deserialize;

use super::engine::{Select, Statement, Value};
use crate::{id::RowId, platform::Timestamp};

/// The longest pause, in seconds.
const LONGEST: i64 = 3_600;
/// How long one try may take, in seconds.
pub(crate) const TRY_SECONDS: i64 = 60;
/// A bank of which nothing was heard for so long is forgotten, in seconds.
const KEPT_SECONDS: i64 = 86_400;

/// A bank that failed.
#[derive(Clone, Copy, Deserialize)]
pub(crate) struct Breaker {
    pub(crate) institution: RowId,
    pub(crate) failures: u32,
    pub(crate) open_at: Timestamp,
}

const COLUMNS: &[&str] = &["id", "failures", "open_at"];

/// Every bank that failed lately: few, for each is a bank that is down.
pub(crate) fn all() -> Statement {
    const ALL: Select = Select {
        columns: COLUMNS,
        from: "FROM breaker ORDER BY open_at DESC LIMIT 200",
    };
    Statement::read(ALL, [])
}

/// The bank failed once more. Of two that find out at once one counts: the pause is by the
/// number of failures in a row.
pub(crate) fn failed(institution: RowId, known: Option<Breaker>, now: Timestamp) -> Statement {
    let failures = known.map_or(0, |known| known.failures).saturating_add(1);
    let pause = 30_i64.saturating_mul(1 << failures.saturating_sub(1).min(10));
    Statement::insert_all(
        "breaker",
        &["id", "failures", "open_at"],
        vec![vec![
            institution.into(),
            failures.into(),
            Value::Integer(now.plus(pause.min(LONGEST)).unix()),
        ]],
        super::engine::OnConflict::Replace { key: &["id"] },
    )
}

/// It is time to try the bank again: whoever changes the row is the one who does.
pub(crate) fn try_again(institution: RowId, now: Timestamp) -> Statement {
    Statement::write(
        "UPDATE breaker SET open_at=? WHERE id=? AND open_at<=?",
        [
            now.plus(TRY_SECONDS).unix().into(),
            institution.into(),
            now.unix().into(),
        ],
    )
}

/// It answered.
pub(crate) fn answered(institution: RowId) -> Statement {
    Statement::write("DELETE FROM breaker WHERE id=?", [institution.into()])
}

/// Forgets banks of which nothing was heard.
pub(crate) fn purge(now: Timestamp) -> Statement {
    Statement::write(
        "DELETE FROM breaker WHERE open_at<=?",
        [now.plus(-KEPT_SECONDS).unix().into()],
    )
}
