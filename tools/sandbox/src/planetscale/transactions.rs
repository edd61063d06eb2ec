//! Open transactions: each holds a connection of its own, is used by one request at a time, and
//! is rolled back once it is too old, whether or not anybody uses it then.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use mysql_async::Result;
use mysql_async::prelude::Queryable as _;
use tokio::time::Instant;

use super::pool::{Connection, Pool};

/// How many ended ones are remembered, to say how they ended.
const REMEMBERED: usize = 10_000;

pub(super) struct Transactions {
    pool: Arc<Pool>,
    limit: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: u64,
    open: HashMap<u64, Open>,
    ended: VecDeque<(u64, String)>,
}

struct Open {
    /// None while a request uses it.
    idle: Option<Connection>,
    connection_id: u32,
    deadline: Instant,
}

/// Why a transaction cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gone(pub(super) String);

impl Transactions {
    pub(super) fn new(pool: Arc<Pool>, limit: Duration) -> Self {
        let state = Mutex::default();
        Self { pool, limit, state }
    }

    /// Begins one and leaves its connection with the caller, who gives it back by
    /// [`Self::give_back`].
    pub(super) async fn begin(self: &Arc<Self>) -> Result<(u64, Connection)> {
        let mut connection = self.pool.take().await?;
        connection.conn.query_drop("BEGIN").await?;
        let deadline = Instant::now() + self.limit;
        let id = {
            let mut state = self.lock();
            let now = u64::try_from(Timestamp::now().as_nanosecond()).unwrap_or_default();
            let id = now.max(state.last + 1);
            state.last = id;
            let open = Open {
                idle: None,
                connection_id: connection.conn.id(),
                deadline,
            };
            state.open.insert(id, open);
            id
        };
        let transactions = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep_until(deadline).await;
            transactions.expire(id).await;
        });
        Ok((id, connection))
    }

    /// The connection of an open one, for one request.
    pub(super) async fn take(&self, id: u64) -> std::result::Result<Connection, Gone> {
        // The clock decides, not whether the timer has come round to it.
        let late = {
            let state = self.lock();
            let open = state.open.get(&id);
            open.is_some_and(|open| open.deadline <= Instant::now())
        };
        if late {
            self.expire(id).await;
        }
        let mut state = self.lock();
        if let Some(open) = state.open.get_mut(&id) {
            let in_use = || Gone(format!("transaction {id}: in use: for query"));
            return open.idle.take().ok_or_else(in_use);
        }
        let ended = state.ended.iter().find(|(ended, _)| *ended == id);
        Err(Gone(ended.map_or_else(
            || format!("transaction {id}: not found (potential transaction timeout)"),
            |(_, how)| format!("transaction {id}: {how}"),
        )))
    }

    /// After a statement: the transaction goes on, unless it has ended meanwhile.
    pub(super) fn give_back(&self, id: u64, connection: Connection) {
        if let Some(open) = self.lock().open.get_mut(&id) {
            open.idle = Some(connection);
        }
    }

    /// The transaction is over, and why; its connection is the caller's.
    pub(super) fn end(&self, id: u64, why: &str) {
        drop(self.remove(id, why));
    }

    fn remove(&self, id: u64, why: &str) -> Option<Open> {
        let mut state = self.lock();
        let open = state.open.remove(&id)?;
        let at = Timestamp::now().strftime("%Y-%m-%d %H:%M:%S%.3f UTC");
        let how = format!("ended at {at} ({why})");
        state.ended.push_back((id, how));
        if state.ended.len() > REMEMBERED {
            state.ended.pop_front();
        }
        Some(open)
    }

    /// Rolls one back and forgets that it ever was, as a tablet does that restarts.
    pub(super) async fn lose(&self, id: u64) {
        let open = self.lock().open.remove(&id);
        self.abandon(open).await;
    }

    /// Rolls all back and forgets them.
    pub(super) async fn lose_all(&self) {
        let open: Vec<Open> = self.lock().open.drain().map(|(_, open)| open).collect();
        for open in open {
            self.abandon(Some(open)).await;
        }
    }

    async fn expire(&self, id: u64) {
        let why = format!("exceeded timeout: {}", seconds(self.limit));
        self.close(id, &why).await;
    }

    /// Rolls one back, whoever uses it, and says why from then on.
    pub(super) async fn close(&self, id: u64, why: &str) {
        let open = self.remove(id, why);
        self.abandon(open).await;
    }

    async fn abandon(&self, open: Option<Open>) {
        let Some(open) = open else {
            return;
        };
        if let Some(mut connection) = open.idle {
            if connection.conn.query_drop("ROLLBACK").await.is_ok() {
                self.pool.give_back(connection);
            }
        } else {
            // A statement is under way in it.
            let _ = self.pool.kill(open.connection_id).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A duration as Go prints it.
fn seconds(limit: Duration) -> String {
    let millis = limit.as_millis();
    if millis < 1000 {
        format!("{millis}ms")
    } else {
        format!("{}s", limit.as_secs_f64())
    }
}
