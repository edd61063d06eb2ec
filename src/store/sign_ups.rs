//! Sign-ups that wait for their mailed token, sealed under the system's key for a
//! day. Hash and index are repeated inside the sealed row and compared on opening.

use serde::{Deserialize, Serialize};

use super::{
    engine::{SealedBytes, Select, Statement},
    keys::UserKeys,
    people::LeakState,
    record::{Record, Sealable},
    sessions::TokenHash,
    table::Table,
};
use crate::{
    id::RowId,
    platform::Timestamp,
    problem::{Problem, Result},
};

const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// The private part of a pending sign-up.
#[derive(Serialize, Deserialize)]
pub(crate) struct SignUpRecord {
    /// SHA-256 of the mailed token, hex.
    pub(crate) token_hash: String,
    pub(crate) email_index: RowId,
    /// As she wrote it.
    pub(crate) email: String,
    /// As it is compared.
    pub(crate) login: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Argon2id, as a PHC string.
    pub(crate) password_hash: String,
    pub(crate) leak: LeakState,
}

impl Sealable for SignUpRecord {
    const TABLE: Table = Table::PendingSignUp;
}

impl Record for SignUpRecord {}

/// A pending sign-up's row.
#[derive(Deserialize)]
pub(crate) struct SignUpRow {
    pub(crate) id: RowId,
    pub(crate) email_index: RowId,
    rev: u32,
    sealed: SealedBytes,
}

/// A new one, for a day.
pub(crate) fn insert(
    system: &UserKeys,
    id: RowId,
    record: &SignUpRecord,
    now: Timestamp,
) -> Result<Statement> {
    let sealed = system.seal(id, 1, record)?;
    Ok(Statement::insert(
        "pending_sign_up",
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
            now.plus(KEPT_SECONDS).unix().into(),
            1_i64.into(),
            sealed,
        ],
    ))
}

/// The one that a token confirms, unless its day is over.
pub(crate) fn by_token(token: &TokenHash, now: Timestamp) -> Statement {
    const BY_TOKEN: Select = Select {
        columns: &["id", "email_index", "rev", "sealed"],
        from: "FROM pending_sign_up WHERE token_hash=? AND expires_at>?",
    };
    Statement::read(BY_TOKEN, [token.hex().into(), now.unix().into()])
}

/// Goes on only where it is still pending.
pub(crate) fn still_pending(id: RowId) -> Statement {
    Statement::guard("FROM pending_sign_up WHERE id=?", [id.into()])
}

/// Deletes every one of an email: one of them was confirmed.
pub(crate) fn delete_of_email(email_index: RowId) -> Statement {
    Statement::write(
        "DELETE FROM pending_sign_up WHERE email_index=?",
        [email_index.into()],
    )
}

/// Deletes those whose day is over.
pub(crate) fn purge(now: Timestamp) -> Statement {
    Statement::write(
        "DELETE FROM pending_sign_up WHERE expires_at<=?",
        [now.unix().into()],
    )
}

impl SignUpRow {
    /// Opens the private part of the row that was found by `token`. It is the
    /// system's own until someone confirms it.
    pub(crate) fn open(self, system: &UserKeys, token: &TokenHash) -> Result<SignUpRecord> {
        let reveal = vault::Reveal::system(vault::SystemPurpose::CompleteSignUp);
        let record: SignUpRecord = system
            .open(self.id, self.rev, self.sealed)?
            .reveal(&reveal)
            .map_err(|_| Problem::internal("no right to a pending sign-up"))?;
        if record.token_hash == token.hex() && record.email_index == self.email_index {
            Ok(record)
        } else {
            Err(Problem::internal(
                "a pending sign-up stands under another token or email",
            ))
        }
    }
}
