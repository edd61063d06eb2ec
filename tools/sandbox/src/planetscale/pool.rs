//! Connections to MariaDB. One that comes back is taken up again as it is: nothing that a client
//! may send leaves a trace in it (`SET` never gets here), and a transaction's end is awaited.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Opts, OptsBuilder, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many at once, which MariaDB's own limit leaves room for.
const CONNECTIONS: usize = 200;

/// What a client may send in one packet, and MariaDB send back.
const PACKET: usize = 64 << 20;

pub(super) struct Pool {
    opts: Opts,
    idle: Mutex<Vec<Conn>>,
    permits: Arc<Semaphore>,
}

/// A connection in use. Dropped without [`Pool::give_back`] it is closed, and MariaDB rolls back.
pub(super) struct Connection {
    pub(super) conn: Conn,
    permit: OwnedSemaphorePermit,
}

impl Pool {
    /// Makes the database where it is missing.
    pub(super) async fn open(socket: &Path, database: &str) -> Result<Self> {
        let opts = OptsBuilder::default()
            .socket(Some(socket.to_string_lossy()))
            .prefer_socket(true)
            .user(Some("root"))
            .client_found_rows(true)
            .stmt_cache_size(0)
            .max_allowed_packet(Some(PACKET))
            .wait_timeout(Some(28_800));
        let mut conn = Conn::new(Opts::from(opts.clone())).await?;
        let name = database.replace('`', "``");
        conn.query_drop(format!("CREATE DATABASE IF NOT EXISTS `{name}`"))
            .await?;
        conn.disconnect().await?;
        Ok(Self {
            opts: opts.db_name(Some(database)).into(),
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(CONNECTIONS)),
        })
    }

    pub(super) async fn take(&self) -> Result<Connection> {
        let permits = Arc::clone(&self.permits);
        let permit = permits.acquire_owned().await;
        let permit = permit.expect("the semaphore is never closed");
        let idle = self.lock().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => Conn::new(self.opts.clone()).await?,
        };
        Ok(Connection { conn, permit })
    }

    pub(super) fn give_back(&self, connection: Connection) {
        let Connection { conn, permit } = connection;
        self.lock().push(conn);
        drop(permit);
    }

    /// Ends a connection that somebody else waits on, from outside.
    pub(super) async fn kill(&self, id: u32) -> Result<()> {
        let mut conn = Conn::new(self.opts.clone()).await?;
        conn.query_drop(format!("KILL {id}")).await?;
        conn.disconnect().await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Conn>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
