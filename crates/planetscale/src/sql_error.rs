//! What MySQL and Vitess say is wrong.
//! Follows MySQL's error numbers
//! (<https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html>) and
//! Vitess's codes, which are gRPC's.
//! Invariant: a message may quote a row, so nothing but its accessor shows it.

use std::fmt;

mod classify;
mod rpc_code;

pub use rpc_code::RpcCode;

/// What the database answered in place of a result.
pub struct SqlError {
    kind: SqlErrorKind,
    code: RpcCode,
    errno: Option<u16>,
    sqlstate: Option<[u8; 5]>,
    leaves_the_transaction: bool,
    message: Box<str>,
}

/// An error's meaning, as far as a caller acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SqlErrorKind {
    /// A row with this key is there already (1062).
    DuplicateKey,
    /// MySQL undid the transaction to resolve a deadlock (1213).
    Deadlock,
    /// A lock was not given in time (1205, 3572): the statement left nothing.
    LockWait,
    /// Vitess undid the transaction because it was open too long (20 s at PlanetScale).
    TransactionTimeout,
    /// The server does not know the transaction, or its connection, any more.
    TransactionLost,
    /// The statement took too long, or was interrupted (1317, 1969, 3024).
    Timeout,
    /// More rows than one reply may have: 100,000 at PlanetScale.
    RowLimit,
    /// A statement or a reply larger than the server passes on (1153).
    TooLarge,
    /// The server did not take the statement on: full, throttled, or changing over.
    NotTaken,
    /// The server was lost on the way (2013), or is not there.
    Unavailable,
    /// A value is too long for its column (1406).
    DataTooLong,
    /// A value that its column cannot hold (1264, 1292, 1366, 1690).
    InvalidValue,
    /// NULL, or nothing, where there has to be a value (1048, 1364).
    NotNull,
    /// A `CHECK` does not hold (3819; 4025 in `MariaDB`).
    CheckViolated,
    /// A foreign key does not hold (1216, 1217, 1451, 1452).
    ForeignKey,
    /// No such table (1146, 1109, 1051).
    NoSuchTable,
    /// No such column (1054).
    NoSuchColumn,
    /// Not SQL (1064, 1149).
    Syntax,
    /// SQL that Vitess does not run (1235).
    Unsupported,
    /// The user may not do this (1044, 1045, 1142, 1143, 1227).
    Denied,
    /// None of these.
    Other,
}

impl SqlErrorKind {
    /// Whether it is the fault of the one statement, so that a transaction around it is
    /// as it was before. What is not known to be is not.
    pub(crate) const fn is_of_the_statement(self) -> bool {
        matches!(
            self,
            Self::DuplicateKey
                | Self::DataTooLong
                | Self::InvalidValue
                | Self::NotNull
                | Self::CheckViolated
                | Self::ForeignKey
                | Self::NoSuchTable
                | Self::NoSuchColumn
                | Self::Syntax
                | Self::Unsupported
        )
    }

    /// Whether the same statement could succeed later.
    pub(crate) const fn passes(self) -> bool {
        matches!(
            self,
            Self::Deadlock
                | Self::LockWait
                | Self::TransactionTimeout
                | Self::TransactionLost
                | Self::Timeout
                | Self::NotTaken
                | Self::Unavailable
        )
    }
}

impl SqlError {
    pub(crate) fn new(code: &str, message: &str) -> Self {
        let found = classify::classify(code, message);
        Self {
            kind: found.kind,
            code: found.code,
            errno: found.errno,
            sqlstate: found.sqlstate,
            leaves_the_transaction: found.leaves_the_transaction,
            message: message.into(),
        }
    }

    /// What it means.
    #[must_use]
    pub const fn kind(&self) -> SqlErrorKind {
        self.kind
    }

    /// Whether a transaction around the statement is as it was before it, so that it can
    /// go on. Vitess undoes all of one when a statement failed on some shards only.
    #[must_use]
    pub const fn leaves_the_transaction(&self) -> bool {
        self.leaves_the_transaction
    }

    /// The RPC code that Vitess gave it.
    #[must_use]
    pub const fn code(&self) -> RpcCode {
        self.code
    }

    /// MySQL's error number, where it is certain.
    #[must_use]
    pub const fn errno(&self) -> Option<u16> {
        self.errno
    }

    /// The SQLSTATE that came with the number, such as `23000`.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        let state = self.sqlstate.as_ref()?;
        std::str::from_utf8(state).ok()
    }

    /// The database's own words. **Private data**: they may quote a row's values
    /// (`Duplicate entry 'ada@example.com' …`) or the SQL. Never log or return them.
    #[must_use]
    pub fn private_message(&self) -> &str {
        &self.message
    }
}

impl fmt::Debug for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqlError({:?}, {:?}", self.kind, self.code)?;
        if let Some(errno) = self.errno {
            write!(f, ", {errno}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the database answered {:?}", self.kind)?;
        match (self.errno, self.sqlstate()) {
            (Some(errno), Some(state)) => write!(f, " (errno {errno}, sqlstate {state})"),
            (Some(errno), None) => write!(f, " (errno {errno})"),
            (None, _) => write!(f, " (code {:?})", self.code),
        }
    }
}

impl std::error::Error for SqlError {}
