//! A statement in its session, as vtgate executes it: where a transaction begins, what it holds,
//! how it ends. `BEGIN` alone opens nothing; the shard's transaction begins with the first
//! statement after it, and from then on the session names it.

use std::sync::Arc;
use std::time::Duration;

use mysql_async::prelude::Queryable as _;

use super::error::{Context, VitessError};
use super::failure::{Failure, Mode};
use super::pool::Pool;
use super::query::{self, Failed};
use super::reply::Outcome;
use super::session::VitessSession;
use super::statement::{Kind, Statement};
use super::transactions::{Gone, Transactions};

/// What statements are executed with.
pub(super) struct Executor {
    pub(super) pool: Arc<Pool>,
    pub(super) transactions: Arc<Transactions>,
    pub(super) query_limit: Duration,
}

/// How a transaction ended whose connection broke.
const CLOSED: &str = "unlocked closed connection";

type Executed = Result<Outcome, VitessError>;

impl Executor {
    pub(super) async fn execute(
        &self,
        session: &mut VitessSession,
        statement: &Statement<'_>,
        context: Context<'_>,
    ) -> Executed {
        match statement.kind {
            Kind::Begin => {
                // As in MySQL, what is under way is committed.
                self.conclude(session, "COMMIT", context).await?;
                session.in_transaction = true;
                Ok(Outcome::default())
            }
            Kind::Commit => self.conclude(session, "COMMIT", context).await,
            Kind::Rollback => self.conclude(session, "ROLLBACK", context).await,
            Kind::Set => set(statement),
            Kind::Use => Ok(Outcome::default()),
            Kind::Ddl => {
                self.conclude(session, "COMMIT", context).await?;
                self.alone(statement, context, session).await
            }
            Kind::Savepoint if !session.in_transaction => {
                let text = "savepoint outside of a transaction";
                Err(VitessError::unsupported(text))
            }
            _ if session.in_transaction => self.within(session, statement, context).await,
            _ => self.alone(statement, context, session).await,
        }
    }

    /// Lets go wrong what was ordered to, as far as it is the database's doing.
    pub(super) async fn fail(
        &self,
        session: &mut VitessSession,
        context: Context<'_>,
        failure: &Failure,
    ) -> Result<(), VitessError> {
        let pause = failure.millis.map(Duration::from_millis);
        let transaction = session.transaction();
        match failure.mode {
            Mode::Slow => {
                tokio::time::sleep(pause.unwrap_or(Duration::from_secs(2))).await;
                Ok(())
            }
            Mode::SessionLost => {
                if let Some(id) = transaction {
                    self.transactions.lose(id).await;
                }
                Err(lost(context, transaction.unwrap_or(1)))
            }
            Mode::Deadlock => {
                if let Some(id) = transaction {
                    let mut connection = self.take(id, context).await?;
                    let rolled_back = connection.conn.query_drop("ROLLBACK").await;
                    rolled_back.map_err(|error| VitessError::of_client(context, "", &error))?;
                    self.transactions.give_back(id, connection);
                }
                Err(VitessError::deadlock(context))
            }
            Mode::Timeout => {
                tokio::time::sleep(pause.unwrap_or_default()).await;
                if let Some(id) = transaction {
                    self.transactions.close(id, CLOSED).await;
                }
                Err(VitessError::late(context))
            }
            _ => Ok(()),
        }
    }

    /// Outside of a transaction: on any connection.
    async fn alone(
        &self,
        statement: &Statement<'_>,
        context: Context<'_>,
        session: &mut VitessSession,
    ) -> Executed {
        let taken = self.pool.take().await;
        let of_client = |error| VitessError::of_client(context, statement.sql, &error);
        let mut connection = taken.map_err(of_client)?;
        recall(&mut connection.conn, statement, session)
            .await
            .map_err(of_client)?;
        let limit = self.query_limit(statement);
        let ran = query::run(&self.pool, &mut connection, statement, context, limit).await;
        match ran {
            Ok(outcome) => {
                self.pool.give_back(connection);
                remember(session, &outcome);
                Ok(outcome)
            }
            Err(Failed {
                error,
                connection_lost,
            }) => {
                if !connection_lost {
                    self.pool.give_back(connection);
                }
                Err(error)
            }
        }
    }

    /// In the session's transaction, which begins here if it has not yet.
    async fn within(
        &self,
        session: &mut VitessSession,
        statement: &Statement<'_>,
        context: Context<'_>,
    ) -> Executed {
        let of_client = |error| VitessError::of_client(context, statement.sql, &error);
        let (id, mut connection) = if let Some(id) = session.transaction() {
            (id, self.take(id, context).await?)
        } else {
            let (id, connection) = self.transactions.begin().await.map_err(of_client)?;
            session.join(context.keyspace, id);
            (id, connection)
        };
        recall(&mut connection.conn, statement, session)
            .await
            .map_err(of_client)?;
        let limit = self.query_limit(statement);
        let ran = query::run(&self.pool, &mut connection, statement, context, limit).await;
        match ran {
            Ok(outcome) => {
                self.transactions.give_back(id, connection);
                remember(session, &outcome);
                Ok(outcome)
            }
            Err(Failed {
                error,
                connection_lost,
            }) => {
                if connection_lost {
                    self.transactions.end(id, CLOSED);
                } else {
                    self.transactions.give_back(id, connection);
                }
                Err(error)
            }
        }
    }

    /// Ends the session's transaction. Whatever comes of it, the session is out of it.
    async fn conclude(
        &self,
        session: &mut VitessSession,
        how: &str,
        context: Context<'_>,
    ) -> Executed {
        let transaction = session.transaction();
        session.leave();
        let Some(id) = transaction else {
            return Ok(Outcome::default());
        };
        let context = context.quiet();
        let mut connection = self.take(id, context).await?;
        let ran = connection.conn.query_drop(how).await;
        let why = match how {
            "COMMIT" => "transaction committed",
            _ => "transaction rolled back",
        };
        self.transactions.end(id, why);
        ran.map_err(|error| VitessError::of_client(context, how, &error))?;
        self.pool.give_back(connection);
        Ok(Outcome::default())
    }

    async fn take(
        &self,
        id: u64,
        context: Context<'_>,
    ) -> Result<super::pool::Connection, VitessError> {
        let taken = self.transactions.take(id).await;
        taken.map_err(|Gone(how)| VitessError::tablet(context.quiet(), "ABORTED", &how))
    }

    /// The limit for all, or the statement's own where that is shorter.
    fn query_limit(&self, statement: &Statement<'_>) -> Duration {
        let own = statement.directives.split_once("QUERY_TIMEOUT_MS=");
        let own = own.and_then(|(_, rest)| {
            let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
            digits.parse().ok()
        });
        own.map_or(self.query_limit, |millis| {
            self.query_limit.min(Duration::from_millis(millis))
        })
    }
}

fn lost(context: Context<'_>, transaction: u64) -> VitessError {
    let text = format!("transaction {transaction}: not found (potential transaction timeout)");
    VitessError::tablet(context.quiet(), "ABORTED", &text)
}

/// `LAST_INSERT_ID()` is the session's, and the connection is anybody's.
async fn recall(
    conn: &mut mysql_async::Conn,
    statement: &Statement<'_>,
    session: &VitessSession,
) -> mysql_async::Result<()> {
    if !statement.calls("last_insert_id") {
        return Ok(());
    }
    let id = session.last_insert_id.as_deref().unwrap_or("0");
    conn.query_drop(format!("SET last_insert_id = {id}")).await
}

fn remember(session: &mut VitessSession, outcome: &Outcome) {
    if outcome.insert_id.is_some() {
        session.last_insert_id.clone_from(&outcome.insert_id);
    }
    if outcome.fields.is_empty() {
        session.row_count.clone_from(&outcome.rows_affected);
        session.found_rows = None;
    } else {
        session.row_count = Some("-1".to_owned());
        session.found_rows = super::reply::number(outcome.rows.len() as u64);
    }
}

/// Only what changes nothing: a session here keeps no variables.
fn set(statement: &Statement<'_>) -> Executed {
    let harmless = statement.has(&["names"])
        || statement.has(&["workload"])
        || statement.has(&["autocommit", "=", "1"])
        || statement.has(&["autocommit", "=", "on"]);
    if harmless {
        Ok(Outcome::default())
    } else {
        Err(VitessError::unsupported(
            "SET of a session or user variable (the stand-in keeps none)",
        ))
    }
}
