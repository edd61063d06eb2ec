//! How an attempt ends that did not come to its end: written down for the person, and
//! for when it is tried again.

use plaid::ErrorClass;

use super::{Attempt, Stop, Synced, UpstreamError, code_of, is_new};
use crate::{
    banking::unlink,
    platform::{Timestamp, log},
    problem::{Kind, Problem, Result},
    store::{
        attempts, breakers,
        engine::EngineError,
        items::{Health, Release},
        table::index,
        transactions,
    },
};

impl Attempt<'_> {
    /// Writes down how it ended; the lease is given back, the stage is cleared.
    pub(super) async fn ended(mut self, stop: Stop) -> Result<Synced> {
        let problem = match stop {
            Stop::Lost => return Ok(Synced::Busy),
            Stop::Spent(seconds) => {
                self.postpone(seconds).await?;
                return Ok(Synced::Spent(seconds));
            }
            Stop::NotReadOnly(refused) => {
                log::warn("item-not-read-only", &refused.to_string());
                self.unlink().await?;
                return Err(Problem::new(
                    Kind::NotReadOnly,
                    format!(
                        "The connection was removed at once: {refused}. Balance only ever reads."
                    ),
                ));
            }
            Stop::Upstream(error) => {
                log::warn("sync-failed", &error.to_string());
                let class = error.classify();
                if class == ErrorClass::Revoked || class == ErrorClass::ItemNotFound {
                    self.unlink().await?;
                    return Ok(Synced::Failed);
                }
                self.failed(&error).await?;
                None
            }
            Stop::Problem(problem) => {
                let course = &mut self.hold.record.course;
                course.failing_since.get_or_insert(Timestamp::now());
                Some(problem)
            }
        };
        self.give_up().await?;
        problem.map_or(Ok(Synced::Failed), Err)
    }

    /// What the failure says of the connection, and of the bank.
    async fn failed(&mut self, error: &UpstreamError) -> Result<()> {
        let record = &mut self.hold.record;
        match error.classify() {
            ErrorClass::NeedsReauth => record.health = Health::NeedsReauth,
            ErrorClass::TokenUnknown => record.health = Health::NeedsRelink,
            _ if record.health == Health::Good => record.health = Health::Failing,
            _ => {}
        }
        record.course.failing_since.get_or_insert(Timestamp::now());
        record.course.error = Some(code_of(error));
        let is_the_banks = match error {
            UpstreamError::Unreachable => false,
            UpstreamError::Call(error) => error.is_institution_fault(),
        };
        if is_the_banks {
            self.trip().await?;
        }
        Ok(())
    }

    /// Leaves everybody's Items of this bank alone for a while.
    async fn trip(&self) -> Result<()> {
        let Some(institution) = &self.hold.record.institution_id else {
            return Ok(());
        };
        let app = self.hold.app;
        let system = app.system_keys().await?;
        let institution = system.blind(index::INSTITUTION, institution.as_bytes());
        let [known] = app.db.batch([breakers::all()]).await?;
        let known: Vec<breakers::Breaker> = known.rows()?.all()?;
        let known = known
            .into_iter()
            .find(|breaker| breaker.institution == institution);
        app.db
            .batch([breakers::failed(institution, known, Timestamp::now())])
            .await?;
        Ok(())
    }

    async fn unlink(&self) -> Result<()> {
        let hold = &self.hold;
        unlink(hold.app, hold.person(), hold.item, &hold.keys).await
    }

    /// Comes back to it when Plaid may be asked again. No failure.
    async fn postpone(&mut self, seconds: u32) -> Result<()> {
        let [jitter] = crate::platform::random::bytes::<1>()?;
        let wait = i64::from(seconds) + i64::from(jitter) / 32;
        self.leave(self.failures, Timestamp::now().plus(wait)).await
    }

    async fn give_up(&mut self) -> Result<()> {
        let failures = self.failures.saturating_add(1);
        let wait = backoff(self.hold.record.health, failures)?;
        self.leave(failures, Timestamp::now().plus(wait)).await
    }

    async fn leave(&mut self, failures: u32, retry_at: Timestamp) -> Result<()> {
        let hold = &mut self.hold;
        hold.record.course.next_try_at = Some(retry_at);
        let is_linking = is_new(hold.record.health) && hold.record.institution_id.is_none();
        let release = Release {
            state: if is_linking { "linking" } else { "active" },
            synced: Some(self.progress.wanted.saturating_sub(1)),
            looked_at_everything: None,
            failures,
            retry_at,
        };
        let mut batch = Vec::from(hold.guard());
        batch.extend([
            transactions::clear_stage(hold.person(), hold.item),
            attempts::clear(hold.item),
            hold.release(&hold.record, &release)?,
        ]);
        match hold.app.db.batch_all(&batch).await {
            Ok(_) | Err(EngineError::Guard) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Seconds until the next try: doubling from half a minute to six hours, with
/// jitter; a day where only the person can mend it (a webhook says earlier).
fn backoff(health: Health, failures: u32) -> Result<i64> {
    if matches!(health, Health::NeedsReauth | Health::NeedsRelink) {
        return Ok(86_400);
    }
    let base = 30_i64
        .saturating_mul(1 << failures.saturating_sub(1).min(10))
        .min(21_600);
    let [jitter] = crate::platform::random::bytes::<1>()?;
    Ok(base + base * i64::from(jitter) / 512)
}
