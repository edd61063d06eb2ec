//! PlanetScale: MySQL, sharded by Vitess, over HTTP.
//!
//! A batch that only reads is one statement and one request: its reads are the
//! parts of one `UNION ALL`. So is a batch of one write. Any other is a transaction:
//! `BEGIN`, its statements one after the other (neighbouring reads as one),
//! `COMMIT`, in one session. What certainly left nothing behind is done again,
//! five times at most; a `COMMIT` without an answer is not.
//!
//! Invariant: a transaction that does not end well is rolled back, or ended by
//! the server within 20 seconds.

mod rows;
mod spell;

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use ::planetscale::{
    Credentials, Error, Exchange, Failure, MAX_REPLY_BYTES, Reply, Retry, Session, SqlErrorKind,
    Transport,
};

use super::{EngineError, Outcome, Rows, Statement};
use crate::platform::{
    Timestamp,
    clock::pass,
    fetch::{self, Outgoing},
    random,
};

pub(super) use rows::{Part, decode};

use spell::{Step, Yield};

/// How often a batch is tried that certainly left nothing behind.
const TRIES: u32 = 5;
/// Milliseconds to wait at most before the second try; twice as long before the next.
const PAUSE: u32 = 40;
/// Seconds after which a batch is not tried again: whoever asked is waiting.
const PATIENCE: i64 = 10;
/// Longer than the server lets any statement take.
const TIMEOUT_MS: u32 = 25_000;

/// A database of PlanetScale's.
#[derive(Clone)]
pub(crate) struct PlanetScale(Arc<Database>);

struct Database {
    /// Scheme and host.
    url: String,
    credentials: Credentials,
}

/// Why a try failed, and whether another may be made.
struct Failed {
    error: EngineError,
    is_worth_another: bool,
}

impl PlanetScale {
    /// Refused where the credentials cannot stand in a header.
    pub(crate) fn new(url: String, username: &str, password: &str) -> Option<Self> {
        let credentials = Credentials::new(username, password).ok()?;
        Some(Self(Arc::new(Database { url, credentials })))
    }

    /// Runs `statements` as one transaction; one outcome for each. `trips` counts
    /// the requests.
    pub(crate) async fn batch(
        &self,
        statements: &[Statement],
        trips: &AtomicU32,
    ) -> Result<Vec<Outcome>, EngineError> {
        let steps = spell::steps(statements)?;
        let patience = Timestamp::now().plus(PATIENCE);
        let mut tried = 1;
        loop {
            match self.run(&steps, statements.len(), trips).await {
                Ok(outcomes) => return Ok(outcomes),
                Err(failed)
                    if failed.is_worth_another && tried < TRIES && Timestamp::now() < patience =>
                {
                    // Those who met over a row are not to meet there again.
                    let [part] = random::bytes::<1>().unwrap_or([128]);
                    pass(((PAUSE << tried) * u32::from(part)) >> 9).await;
                    tried += 1;
                }
                Err(failed) => return Err(failed.error),
            }
        }
    }

    async fn run(
        &self,
        steps: &[Step],
        statements: usize,
        trips: &AtomicU32,
    ) -> Result<Vec<Outcome>, Failed> {
        let mut session = Session::new();
        // What takes no step changes nothing: an insert of no rows.
        let mut outcomes: Vec<Outcome> = (0..statements).map(|_| Outcome::Changed(0)).collect();
        let ran = match steps {
            [] => Ok(()),
            [step] if !matches!(step.yields, Yield::Guard) => {
                self.step(&mut session, step, &mut outcomes, trips).await
            }
            steps => {
                self.transaction(&mut session, steps, &mut outcomes, trips)
                    .await
            }
        };
        if let Err(failed) = ran {
            if session.must_roll_back() {
                // Without an answer the server ends it by itself.
                let _ = self.ask(session.rollback(), trips).await;
            }
            return Err(failed);
        }
        Ok(outcomes)
    }

    async fn transaction(
        &self,
        session: &mut Session,
        steps: &[Step],
        outcomes: &mut [Outcome],
        trips: &AtomicU32,
    ) -> Result<(), Failed> {
        self.ask(session.begin()?, trips).await?;
        for step in steps {
            self.step(session, step, outcomes, trips).await?;
        }
        self.ask(session.commit()?, trips).await?;
        Ok(())
    }

    async fn step(
        &self,
        session: &mut Session,
        step: &Step,
        outcomes: &mut [Outcome],
        trips: &AtomicU32,
    ) -> Result<(), Failed> {
        let reply = self.ask(session.execute(&step.sql)?, trips).await?;
        match &step.yields {
            Yield::Guard if reply.is_empty() => return Err(EngineError::Guard.into()),
            Yield::Rows(parts) => {
                let reply = Arc::new(reply);
                for (statement, part) in parts {
                    if let Some(outcome) = outcomes.get_mut(*statement) {
                        let rows = Rows::from_reply(Arc::clone(&reply), *part);
                        *outcome = Outcome::Rows(rows);
                    }
                }
                return Ok(());
            }
            Yield::Guard | Yield::Count => {}
        }
        if let Some(outcome) = outcomes.get_mut(step.statement) {
            *outcome = Outcome::Changed(outcome.changed() + reply.rows_affected());
        }
        Ok(())
    }

    async fn ask(&self, exchange: Exchange<'_>, trips: &AtomicU32) -> Result<Reply, Failure> {
        trips.fetch_add(1, Ordering::Relaxed);
        let answer = fetch::send(&Outgoing {
            method: "POST",
            url: format!("{}{}", self.0.url, exchange.path()),
            headers: &self.0.credentials.headers(),
            body: exchange.body(),
            timeout_ms: TIMEOUT_MS,
            limit: u32::try_from(MAX_REPLY_BYTES).unwrap_or(u32::MAX),
        })
        .await;
        match answer {
            Ok(answer) => exchange.answer(answer.status, &answer.body),
            Err(_) => Err(exchange.failed(Transport::NoAnswer)),
        }
    }
}

impl From<EngineError> for Failed {
    fn from(error: EngineError) -> Self {
        Self {
            error,
            is_worth_another: false,
        }
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self {
            is_worth_another: failure.retry() != Retry::Never,
            error: told_apart(&failure.error),
        }
    }
}

fn told_apart(error: &Error) -> EngineError {
    match error {
        Error::Limit => EngineError::TooLarge,
        Error::Malformed(_) => EngineError::Shape,
        Error::Sql(error) => match error.kind() {
            SqlErrorKind::DuplicateKey => EngineError::Duplicate,
            SqlErrorKind::RowLimit | SqlErrorKind::TooLarge | SqlErrorKind::DataTooLong => {
                EngineError::TooLarge
            }
            SqlErrorKind::Deadlock
            | SqlErrorKind::LockWait
            | SqlErrorKind::TransactionTimeout
            | SqlErrorKind::TransactionLost
            | SqlErrorKind::Timeout
            | SqlErrorKind::NotTaken
            | SqlErrorKind::Unavailable => EngineError::Unavailable,
            _ => EngineError::Refused,
        },
        _ => EngineError::Unavailable,
    }
}
