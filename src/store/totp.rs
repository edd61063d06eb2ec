//! A person's authenticator app (RFC 6238): its secret, and the last time step that
//! was used, so that a code is good once.

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    table::Table,
};
use crate::{
    id::{PersonId, RowId},
    platform::Timestamp,
    problem::Result,
};

/// The private part.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct TotpRecord {
    /// Base32, as the app has it.
    pub(crate) secret: zeroize::Zeroizing<String>,
    pub(crate) last_step: u64,
    pub(crate) created_at: Timestamp,
}

impl Sealable for TotpRecord {
    const TABLE: Table = Table::Totp;
}

impl Record for TotpRecord {}

/// Its row, named by its person.
#[derive(Deserialize)]
pub(crate) struct TotpRow {
    pub(crate) user_id: RowId,
    pub(crate) rev: u32,
    sealed: SealedBytes,
}

const COLUMNS: &[&str] = &["user_id", "rev", "sealed"];

/// A person's.
pub(crate) fn of_person(person: PersonId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM totp WHERE user_id=?",
    };
    Statement::read(OF, [person.0.into()])
}

/// That of whoever signs in with an email.
pub(crate) fn by_login(email_index: RowId) -> Statement {
    const BY_LOGIN: Select = Select {
        columns: COLUMNS,
        from: "FROM totp WHERE user_id=(SELECT user_id FROM login WHERE email_index=?)",
    };
    Statement::read(BY_LOGIN, [email_index.into()])
}

/// A new one. Where she has one, the batch fails.
pub(crate) fn insert(keys: &UserKeys, record: &TotpRecord) -> Result<Statement> {
    let person = RowId(*keys.user().as_bytes());
    let sealed = keys.seal(person, 1, record)?;
    Ok(Statement::insert(
        "totp",
        &["user_id", "rev", "sealed"],
        [person.into(), 1_i64.into(), sealed],
    ))
}

/// Overwrites it: a guard, that nobody did since it was at `rev`, and the write.
pub(crate) fn update(keys: &UserKeys, rev: u32, record: &TotpRecord) -> Result<[Statement; 2]> {
    let person = RowId(*keys.user().as_bytes());
    let next = rev + 1;
    let sealed = keys.seal(person, next, record)?;
    Ok([
        Statement::guard(
            "FROM totp WHERE user_id=? AND rev=?",
            [person.into(), rev.into()],
        ),
        Statement::write(
            "UPDATE totp SET rev=?, sealed=? WHERE user_id=?",
            [next.into(), sealed, person.into()],
        ),
    ])
}

/// Removes it: a guard, that it is there, and the delete.
pub(crate) fn delete(person: PersonId) -> [Statement; 2] {
    [
        Statement::guard("FROM totp WHERE user_id=?", [person.0.into()]),
        Statement::write("DELETE FROM totp WHERE user_id=?", [person.0.into()]),
    ]
}

/// Removes it, if there is one.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write("DELETE FROM totp WHERE user_id=?", [person.0.into()])
}

impl TotpRow {
    /// Opens the private part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<TotpRecord>> {
        keys.open(self.user_id, self.rev, self.sealed)
    }
}
