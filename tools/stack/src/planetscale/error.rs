//! Why a statement did not run, or may not have.

use std::fmt;

use planetscale::{Error, Failure, SqlErrorKind};

/// What a database of PlanetScale's says against a statement. Printed, it holds kinds and codes
/// and no value of any row.
#[derive(Debug)]
pub struct BranchError {
    pub(super) failure: Failure,
    /// Why no answer came, in the system's words.
    pub(super) cause: Option<String>,
}

impl BranchError {
    /// The database's own words, which may quote a row or the SQL; those of [`fmt::Display`]
    /// where it had none.
    #[must_use]
    pub fn private_message(&self) -> String {
        match &self.failure.error {
            Error::Sql(error) => error.private_message().to_owned(),
            _ => self.to_string(),
        }
    }

    /// Whether the user name or the password is wrong.
    #[must_use]
    pub fn is_of_the_credentials(&self) -> bool {
        matches!(self.failure.error, Error::Auth)
    }

    /// Whether the same statement may succeed later; it may have happened this time.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match &self.failure.error {
            Error::Sql(error) => matches!(
                error.kind(),
                SqlErrorKind::Deadlock
                    | SqlErrorKind::LockWait
                    | SqlErrorKind::TransactionTimeout
                    | SqlErrorKind::TransactionLost
                    | SqlErrorKind::Timeout
                    | SqlErrorKind::NotTaken
                    | SqlErrorKind::Unavailable
            ),
            Error::Transport(_) => true,
            _ => false,
        }
    }
}

impl From<Failure> for BranchError {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            cause: None,
        }
    }
}

impl fmt::Display for BranchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.failure, f)?;
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for BranchError {}
