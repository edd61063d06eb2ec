//! What is stored: one file per aggregate, each giving statements and decoding
//! rows. Handlers compose batches of them, so that a request's round trips can
//! be counted by reading it.
//!
//! Invariant: a private value enters a statement only as [`engine::Value::Sealed`].

pub(crate) mod accounts;
pub(crate) mod annotations;
pub(crate) mod api_tokens;
pub(crate) mod attempts;
pub(crate) mod audit_log;
pub(crate) mod backups;
pub(crate) mod balance_years;
pub(crate) mod bearer;
pub(crate) mod billing;
pub(crate) mod breakers;
pub(crate) mod consents;
pub(crate) mod email_changes;
pub(crate) mod engine;
pub(crate) mod erasures;
pub(crate) mod inbox;
pub(crate) mod items;
pub(crate) mod keys;
pub(crate) mod month_texts;
pub(crate) mod month_totals;
pub(crate) mod months;
pub(crate) mod operator_sessions;
pub(crate) mod operators;
pub(crate) mod passkeys;
pub(crate) mod password_resets;
pub(crate) mod people;
pub(crate) mod record;
pub(crate) mod recovery_codes;
pub(crate) mod replies;
pub(crate) mod reseal;
pub(crate) mod sessions;
pub(crate) mod sign_ups;
pub(crate) mod snapshots;
pub(crate) mod spent_tickets;
pub(crate) mod table;
pub(crate) mod throttle;
pub(crate) mod totp;
pub(crate) mod transactions;

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use engine::{Engine, EngineError, Outcome, Statement};

use crate::{
    platform::{clock, telemetry},
    problem::{Kind, Problem},
};

/// One request's hold on the database, which counts its round trips.
#[derive(Clone)]
pub(crate) struct Database {
    engine: Engine,
    batches: Arc<AtomicU32>,
    trips: Arc<AtomicU32>,
}

impl Database {
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            engine,
            batches: Arc::default(),
            trips: Arc::default(),
        }
    }

    /// The same database with a count of its own.
    pub(crate) fn counted_anew(&self) -> Self {
        Self::new(self.engine.clone())
    }

    /// Which engine it is, as the configuration names it.
    pub(crate) const fn engine(&self) -> &'static str {
        self.engine.name()
    }

    /// Runs the statements as one transaction: one round trip on D1; on PlanetScale
    /// one where it only reads or is one write, else one for each and two more.
    pub(crate) async fn batch<const N: usize>(
        &self,
        statements: [Statement; N],
    ) -> Result<[Outcome; N], EngineError> {
        let outcomes = self.batch_all(&statements).await?;
        outcomes.try_into().map_err(|_| EngineError::Shape)
    }

    /// As [`Self::batch`], for a count of statements known at run time.
    pub(crate) async fn batch_all(
        &self,
        statements: &[Statement],
    ) -> Result<Vec<Outcome>, EngineError> {
        self.batches.fetch_add(1, Ordering::Relaxed);
        let began = clock::unix_milliseconds();
        let outcomes = self.engine.batch(statements, &self.trips).await;
        telemetry::queried(began, outcomes.is_ok().into());
        let outcomes = outcomes?;
        if outcomes.len() == statements.len() {
            Ok(outcomes)
        } else {
            Err(EngineError::Shape)
        }
    }

    /// Batches so far.
    pub(crate) fn batches(&self) -> u32 {
        self.batches.load(Ordering::Relaxed)
    }

    /// Round trips to the database so far.
    pub(crate) fn trips(&self) -> u32 {
        self.trips.load(Ordering::Relaxed)
    }
}

/// Where a handler has nothing better to say of a failed batch.
impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Guard | EngineError::Duplicate => Self::new(
                Kind::Conflict,
                "Something else changed this at the same moment; try again.",
            ),
            EngineError::Unavailable => Self::unavailable(
                "The database does not answer; try again.",
                error.to_string(),
            ),
            EngineError::TooLarge | EngineError::Shape | EngineError::Refused => {
                Self::internal(error.to_string())
            }
        }
    }
}
