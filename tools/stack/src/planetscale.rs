//! A PlanetScale database as an operator has it: its schema, and SQL run by hand. Speaks the
//! same protocol as the Worker (`crates/planetscale`), to the stand-in or to the service.

mod carrier;
mod error;
mod migration;

use planetscale::{Credentials, Reply, Session, Transport, Value, statement};

use self::carrier::Carrier;
pub use self::error::BranchError;
pub use self::migration::{Migration, migrations};
use crate::error::StackError;

/// A database of PlanetScale's.
pub struct Branch {
    carrier: Carrier,
    url: String,
    credentials: Credentials,
}

impl Branch {
    /// The database at a scheme and host, with a password of its own.
    ///
    /// # Errors
    /// When the credentials cannot stand in a header, or the URL is neither https nor of this
    /// machine.
    pub fn new(url: &str, username: &str, password: &str) -> Result<Self, StackError> {
        let credentials = Credentials::new(username, password)
            .map_err(|error| StackError::Unexpected(error.to_string()))?;
        let url = url.trim_end_matches('/').to_owned();
        Ok(Self {
            carrier: Carrier::to(&url)?,
            url,
            credentials,
        })
    }

    /// Runs one statement with these values for its `?`. The error has the database's own words,
    /// which may quote them.
    ///
    /// # Errors
    /// Whatever the database says against it.
    pub fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<Reply, StackError> {
        let sql =
            statement(sql, values).map_err(|error| StackError::Unexpected(error.to_string()))?;
        self.ask(&sql).map_err(|error| {
            StackError::Unexpected(format!("the database said: {}", error.private_message()))
        })
    }

    /// Runs one statement that has its values in it.
    ///
    /// # Errors
    /// Whatever the database says against it, without a value.
    pub fn ask(&self, sql: &str) -> Result<Reply, BranchError> {
        let mut session = Session::new();
        let exchange = session.execute(sql)?;
        let url = format!("{}{}", self.url, exchange.path());
        let headers = self.credentials.headers();
        match self.carrier.post(&url, &headers, exchange.body()) {
            Ok(answer) => Ok(exchange.answer(answer.status, answer.body.as_bytes())?),
            Err(cause) => Err(BranchError {
                failure: exchange.failed(Transport::NoAnswer),
                cause: Some(cause),
            }),
        }
    }
}
