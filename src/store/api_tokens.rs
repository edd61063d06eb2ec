//! API tokens: found by the SHA-256 of the token, as sessions are, and sealed under
//! their person's keys with what they are good for.

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    sessions::TokenHash,
    table::Table,
};
use crate::{
    id::{ApiTokenId, PersonId, RowId},
    platform::Timestamp,
    problem::{Problem, Result},
};

/// The private part of a token.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct TokenRecord {
    /// SHA-256 of the token, hex.
    pub(crate) token_hash: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) created_at: Timestamp,
    /// To the hour.
    pub(crate) last_used_at: Option<Timestamp>,
}

impl Sealable for TokenRecord {
    const TABLE: Table = Table::ApiToken;
}

impl Record for TokenRecord {}

/// A token's row.
#[derive(Deserialize)]
pub(crate) struct TokenRow {
    pub(crate) id: RowId,
    pub(crate) expires_at: Timestamp,
    pub(crate) rev: u32,
    pub(crate) sealed: SealedBytes,
}

/// A person's tokens that have not expired, newest first.
pub(crate) fn of_person(person: PersonId, now: Timestamp) -> Statement {
    const OF: Select = Select {
        columns: &["id", "expires_at", "rev", "sealed"],
        from: "FROM api_token WHERE user_id=? AND expires_at>? ORDER BY id DESC",
    };
    Statement::read(OF, [person.0.into(), now.unix().into()])
}

/// A new token.
pub(crate) fn insert(
    keys: &UserKeys,
    id: ApiTokenId,
    token: &TokenHash,
    expires_at: Timestamp,
    record: &TokenRecord,
) -> Result<Statement> {
    let sealed = keys.seal(id.0, 1, record)?;
    Ok(Statement::insert(
        "api_token",
        &["id", "token_hash", "user_id", "expires_at", "rev", "sealed"],
        [
            id.0.into(),
            token.hex().into(),
            RowId(*keys.user().as_bytes()).into(),
            expires_at.unix().into(),
            1_i64.into(),
            sealed,
        ],
    ))
}

/// Overwrites a token where it is still at `rev`; where it is not, changes no row.
pub(crate) fn update(
    keys: &UserKeys,
    id: ApiTokenId,
    rev: u32,
    record: &TokenRecord,
) -> Result<Statement> {
    let next = rev + 1;
    let sealed = keys.seal(id.0, next, record)?;
    Ok(Statement::write(
        "UPDATE api_token SET rev=?, sealed=? WHERE user_id=? AND id=? AND rev=?",
        [
            next.into(),
            sealed,
            RowId(*keys.user().as_bytes()).into(),
            id.0.into(),
            rev.into(),
        ],
    ))
}

/// Ends one token of this person.
pub(crate) fn delete(person: PersonId, id: ApiTokenId) -> Statement {
    Statement::write(
        "DELETE FROM api_token WHERE user_id=? AND id=?",
        [person.0.into(), id.0.into()],
    )
}

/// Ends every token of this person.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write("DELETE FROM api_token WHERE user_id=?", [person.0.into()])
}

/// Deletes what has expired.
pub(crate) fn purge(now: Timestamp) -> Statement {
    Statement::write(
        "DELETE FROM api_token WHERE expires_at<=?",
        [now.unix().into()],
    )
}

impl TokenRow {
    /// Opens the private part. `token`, where the row was found by one, must be the
    /// one sealed inside.
    pub(crate) fn open(
        self,
        keys: &UserKeys,
        token: Option<&TokenHash>,
    ) -> Result<Sensitive<TokenRecord>> {
        let record: Sensitive<TokenRecord> = keys.open(self.id, self.rev, self.sealed)?;
        record.try_map(|record| {
            if token.is_none_or(|token| record.token_hash == token.hex()) {
                Ok(record)
            } else {
                Err(Problem::internal("an API token's row stands under another"))
            }
        })
    }
}
