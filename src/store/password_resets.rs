//! Password resets that wait for their mailed token, sealed under the system's key.
//! Hash and index are repeated inside the sealed row and compared on opening.

use serde::{Deserialize, Serialize};

use super::{
    engine::{SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    sessions::TokenHash,
    table::Table,
};
use crate::{
    id::{PersonId, RowId},
    platform::Timestamp,
    problem::{Problem, Result},
};

/// The private part of a reset.
#[derive(Serialize, Deserialize)]
pub(crate) struct ResetRecord {
    /// SHA-256 of the mailed token, hex.
    pub(crate) token_hash: String,
    pub(crate) email_index: RowId,
    /// Whose password. None where the email is nobody's: its token was mailed to no one.
    pub(crate) person: Option<PersonId>,
}

impl Sealable for ResetRecord {
    const TABLE: Table = Table::PasswordReset;
}

impl Record for ResetRecord {}

/// A reset's row.
#[derive(Deserialize)]
pub(crate) struct ResetRow {
    pub(crate) id: RowId,
    pub(crate) email_index: RowId,
    rev: u32,
    sealed: SealedBytes,
}

/// A new one.
pub(crate) fn insert(
    system: &UserKeys,
    id: RowId,
    record: &ResetRecord,
    expires_at: Timestamp,
) -> Result<Statement> {
    let sealed = system.seal(id, 1, record)?;
    Ok(Statement::insert(
        "password_reset",
        &[
            "id",
            "token_hash",
            "email_index",
            "expires_at",
            "rev",
            "sealed",
        ],
        [
            id.into(),
            record.token_hash.clone().into(),
            record.email_index.into(),
            expires_at.unix().into(),
            1_i64.into(),
            sealed,
        ],
    ))
}

/// The one of a token, unless its time is over.
pub(crate) fn by_token(token: &TokenHash, now: Timestamp) -> Statement {
    const BY_TOKEN: Select = Select {
        columns: &["id", "email_index", "rev", "sealed"],
        from: "FROM password_reset WHERE token_hash=? AND expires_at>?",
    };
    Statement::read(BY_TOKEN, [token.hex().into(), now.unix().into()])
}

/// Those of an email whose time is not over: rows of one column, when it will be.
pub(crate) fn of_email(email_index: RowId, now: Timestamp) -> Statement {
    const OF: Select = Select {
        columns: &["expires_at"],
        from: "FROM password_reset WHERE email_index=? AND expires_at>?",
    };
    Statement::read(OF, [email_index.into(), now.unix().into()])
}

/// Goes on only where it still waits.
pub(crate) fn still_waiting(id: RowId) -> Statement {
    Statement::guard("FROM password_reset WHERE id=?", [id.into()])
}

/// Deletes every one of an email: its password was set, or its account has gone.
pub(crate) fn delete_of_email(email_index: RowId) -> Statement {
    Statement::write(
        "DELETE FROM password_reset WHERE email_index=?",
        [email_index.into()],
    )
}

/// Deletes those whose time is over.
pub(crate) fn purge(now: Timestamp) -> Statement {
    Statement::write(
        "DELETE FROM password_reset WHERE expires_at<=?",
        [now.unix().into()],
    )
}

impl ResetRow {
    /// Opens the private part of the row that was found by `token`.
    pub(crate) fn open(self, system: &UserKeys, token: &TokenHash) -> Result<ResetRecord> {
        let reveal = vault::Reveal::system(vault::SystemPurpose::LookUp);
        let record: ResetRecord = system
            .open(self.id, self.rev, self.sealed)?
            .reveal(&reveal)
            .map_err(|_| Problem::internal("no right to a password reset"))?;
        if record.token_hash == token.hex() && record.email_index == self.email_index {
            Ok(record)
        } else {
            Err(Problem::internal(
                "a password reset stands under another token or email",
            ))
        }
    }
}
