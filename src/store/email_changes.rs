//! A new email that waits until both mailboxes have confirmed it: one a person, the
//! latest.

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{OnConflict, SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    table::Table,
};
use crate::{
    id::{PersonId, RowId},
    platform::Timestamp,
    problem::Result,
};

/// The private part of a change.
#[derive(Serialize, Deserialize)]
pub(crate) struct EmailChangeRecord {
    /// As she wrote it.
    pub(crate) email: String,
    /// As it is compared.
    pub(crate) login: String,
    /// SHA-256 of the token mailed to the present address, hex.
    pub(crate) current_hash: String,
    /// SHA-256 of the token mailed to the new address, hex.
    pub(crate) new_hash: String,
}

impl Sealable for EmailChangeRecord {
    const TABLE: Table = Table::EmailChange;
}

impl Record for EmailChangeRecord {}

/// A change's row, named by its person.
#[derive(Deserialize)]
pub(crate) struct EmailChangeRow {
    pub(crate) user_id: RowId,
    pub(crate) rev: u32,
    sealed: SealedBytes,
}

/// The one of a person, unless its time is over.
pub(crate) fn of_person(person: PersonId, now: Timestamp) -> Statement {
    const OF: Select = Select {
        columns: &["user_id", "rev", "sealed"],
        from: "FROM email_change WHERE user_id=? AND expires_at>?",
    };
    Statement::read(OF, [person.0.into(), now.unix().into()])
}

/// A new one, in the place of any before it. `rev` tells it from that.
pub(crate) fn replace(
    keys: &UserKeys,
    rev: u32,
    record: &EmailChangeRecord,
    expires_at: Timestamp,
) -> Result<Statement> {
    let person = RowId(*keys.user().as_bytes());
    let sealed = keys.seal(person, rev, record)?;
    Ok(Statement::insert_all(
        "email_change",
        &["user_id", "expires_at", "rev", "sealed"],
        vec![vec![
            person.into(),
            expires_at.unix().into(),
            rev.into(),
            sealed,
        ]],
        OnConflict::Replace { key: &["user_id"] },
    ))
}

/// Ends it: a guard, that it still is the one at `rev`, and the delete.
pub(crate) fn complete(person: PersonId, rev: u32) -> [Statement; 2] {
    [
        Statement::guard(
            "FROM email_change WHERE user_id=? AND rev=?",
            [person.0.into(), rev.into()],
        ),
        Statement::write(
            "DELETE FROM email_change WHERE user_id=?",
            [person.0.into()],
        ),
    ]
}

/// Ends it, whichever it is.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write(
        "DELETE FROM email_change WHERE user_id=?",
        [person.0.into()],
    )
}

/// Deletes those whose time is over.
pub(crate) fn purge(now: Timestamp) -> Statement {
    Statement::write(
        "DELETE FROM email_change WHERE expires_at<=?",
        [now.unix().into()],
    )
}

impl EmailChangeRow {
    /// Opens the private part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<EmailChangeRecord>> {
        keys.open(self.user_id, self.rev, self.sealed)
    }
}
