//! Which tickets were used: a ticket is good once, and is remembered until it would
//! have expired anyway.

use super::engine::Statement;
use crate::{id::RowId, platform::Timestamp};

/// Uses a ticket up. One that was used fails the batch with
/// [`super::engine::EngineError::Duplicate`].
pub(crate) fn spend(id: RowId, expires_at: Timestamp) -> Statement {
    Statement::insert(
        "spent_ticket",
        &["id", "expires_at"],
        [id.into(), expires_at.unix().into()],
    )
}

/// Forgets those that have expired. A minute late, for clocks that differ.
pub(crate) fn purge(now: Timestamp) -> Statement {
    Statement::write(
        "DELETE FROM spent_ticket WHERE expires_at<=?",
        [now.plus(-60).unix().into()],
    )
}
