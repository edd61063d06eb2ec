//! WebAuthn credentials, by person. The blind index of a credential's id, under the
//! system's key, makes it one person's.

use passkey::Credential;
use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    table::{Table, index},
};
use crate::{
    id::{PasskeyId, PersonId, RowId},
    platform::Timestamp,
    problem::Result,
};

/// The private part of a credential.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PasskeyRecord {
    pub(crate) name: String,
    pub(crate) credential: Credential,
    /// The authenticator verified the person when it was enrolled.
    pub(crate) user_verified: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Option<Timestamp>,
}

impl Sealable for PasskeyRecord {
    const TABLE: Table = Table::Passkey;
}

impl Record for PasskeyRecord {}

/// A credential's row.
#[derive(Deserialize)]
pub(crate) struct PasskeyRow {
    pub(crate) id: RowId,
    pub(crate) rev: u32,
    sealed: SealedBytes,
}

const COLUMNS: &[&str] = &["id", "rev", "sealed"];

/// A person's credentials, the oldest first.
pub(crate) fn of_person(person: PersonId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM passkey WHERE user_id=? ORDER BY id",
    };
    Statement::read(OF, [person.0.into()])
}

/// Those of whoever signs in with an email.
pub(crate) fn by_login(email_index: RowId) -> Statement {
    const BY_LOGIN: Select = Select {
        columns: COLUMNS,
        from: "FROM passkey WHERE user_id=(SELECT user_id FROM login WHERE email_index=?) \
               ORDER BY id",
    };
    Statement::read(BY_LOGIN, [email_index.into()])
}

/// What makes a credential one person's.
pub(crate) fn index_of(system: &UserKeys, credential_id: &[u8]) -> RowId {
    system.blind(index::CREDENTIAL, credential_id)
}

/// A new credential. One that is somebody's already fails the batch.
pub(crate) fn insert(
    keys: &UserKeys,
    id: PasskeyId,
    credential_index: RowId,
    record: &PasskeyRecord,
) -> Result<Statement> {
    let sealed = keys.seal(id.0, 1, record)?;
    Ok(Statement::insert(
        "passkey",
        &["id", "user_id", "credential_index", "rev", "sealed"],
        [
            id.0.into(),
            RowId(*keys.user().as_bytes()).into(),
            credential_index.into(),
            1_i64.into(),
            sealed,
        ],
    ))
}

/// Overwrites a credential: a guard, that nobody did since it was at `rev`, and the
/// write.
pub(crate) fn update(
    keys: &UserKeys,
    id: PasskeyId,
    rev: u32,
    record: &PasskeyRecord,
) -> Result<[Statement; 2]> {
    let person = RowId(*keys.user().as_bytes());
    let next = rev + 1;
    let sealed = keys.seal(id.0, next, record)?;
    Ok([
        Statement::guard(
            "FROM passkey WHERE user_id=? AND id=? AND rev=?",
            [person.into(), id.0.into(), rev.into()],
        ),
        Statement::write(
            "UPDATE passkey SET rev=?, sealed=? WHERE user_id=? AND id=?",
            [next.into(), sealed, person.into(), id.0.into()],
        ),
    ])
}

/// Removes a credential of this person: a guard, that it is there, and the delete.
pub(crate) fn delete(person: PersonId, id: PasskeyId) -> [Statement; 2] {
    [
        Statement::guard(
            "FROM passkey WHERE user_id=? AND id=?",
            [person.0.into(), id.0.into()],
        ),
        Statement::write(
            "DELETE FROM passkey WHERE user_id=? AND id=?",
            [person.0.into(), id.0.into()],
        ),
    ]
}

/// Removes every credential of this person.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write("DELETE FROM passkey WHERE user_id=?", [person.0.into()])
}

impl PasskeyRow {
    /// Opens the private part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<PasskeyRecord>> {
        keys.open(self.id, self.rev, self.sealed)
    }
}
