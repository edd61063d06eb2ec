//! The port between the aggregates and a SQL database: run a batch of
//! statements as one transaction, typed parameters in, typed rows out.
//!
//! Statements are written once for every engine: placeholders are `?`, a list is
//! `IN ?*`, and what engines spell differently (bulk insert, upsert, guard) is
//! a constructor here and a dialect there. The invariant: a batch lands whole or
//! not at all, and a guard that does not hold aborts it.

mod d1;
mod planetscale;
mod rows;
mod statement;

use std::sync::atomic::{AtomicU32, Ordering};

use thiserror::Error;

pub(crate) use d1::D1;
pub(crate) use planetscale::PlanetScale;
pub(crate) use rows::{Rows, SealedBytes};
pub(crate) use statement::{OnConflict, Select, Statement, Value};

/// The longest JSON parameter or aggregate that an engine takes, in bytes:
/// below every engine's own limit, so that nothing passes here and fails live.
pub(crate) const MAX_TEXT: usize = 1_500_000;

/// Why a batch did not land. Nothing of it did.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum EngineError {
    /// A guard did not hold: somebody else was faster.
    #[error("a guard did not hold")]
    Guard,
    /// A unique key is taken.
    #[error("a unique key is taken")]
    Duplicate,
    /// A parameter or an aggregate is over [`MAX_TEXT`].
    #[error("over the engine's limit")]
    TooLarge,
    /// A row did not have the shape that was asked for.
    #[error("a row of another shape")]
    Shape,
    /// The database could not be reached, or refused for a passing reason.
    #[error("the database is not available")]
    Unavailable,
    /// The database refused the statement.
    #[error("the database refused a statement")]
    Refused,
}

/// The database of a deployment.
#[derive(Clone)]
pub(crate) enum Engine {
    D1(D1),
    PlanetScale(PlanetScale),
}

impl Engine {
    /// As the configuration names it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::D1(_) => "d1",
            Self::PlanetScale(_) => "planetscale",
        }
    }

    /// Runs `statements` as one transaction; one outcome for each. `trips` counts
    /// the round trips.
    pub(crate) async fn batch(
        &self,
        statements: &[Statement],
        trips: &AtomicU32,
    ) -> Result<Vec<Outcome>, EngineError> {
        match self {
            Self::D1(engine) => {
                trips.fetch_add(1, Ordering::Relaxed);
                engine.batch(statements).await
            }
            Self::PlanetScale(engine) => engine.batch(statements, trips).await,
        }
    }
}

/// What one statement of a batch brought.
pub(crate) enum Outcome {
    /// A read's rows.
    Rows(Rows),
    /// How many rows a write changed.
    Changed(u64),
}

impl Outcome {
    /// The rows of a read.
    pub(crate) fn rows(self) -> Result<Rows, EngineError> {
        match self {
            Self::Rows(rows) => Ok(rows),
            Self::Changed(_) => Err(EngineError::Shape),
        }
    }

    /// The count of a write.
    pub(crate) fn changed(&self) -> u64 {
        match self {
            Self::Changed(count) => *count,
            Self::Rows(_) => 0,
        }
    }
}
