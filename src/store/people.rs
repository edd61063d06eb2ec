//! People: the account itself, and the login that finds it by the blind index of
//! its email under the system's key. The email is repeated inside the sealed row
//! and compared by whoever comes in through the index.

use serde::{Deserialize, Serialize};

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

/// The private part of an account.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PersonRecord {
    /// As she wrote it.
    pub(crate) email: String,
    /// As it is compared: what the login's blind index is over.
    pub(crate) login: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Argon2id, as a PHC string.
    pub(crate) password_hash: String,
    pub(crate) leak: LeakState,
    /// It is long enough to be the only factor.
    #[serde(default = "yes")]
    pub(crate) password_stands_alone: bool,
    pub(crate) created_at: Timestamp,
}

/// Of accounts from before there was a second factor.
const fn yes() -> bool {
    true
}

impl Sealable for PersonRecord {
    const TABLE: Table = Table::Person;
}

impl Record for PersonRecord {}

/// What is known of the password and the leaks. Stays until the password changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub(crate) enum LeakState {
    /// Looked up and not found.
    NotFound { checked_at: Timestamp },
    /// In known leaks so many times.
    Exposed { count: u64, checked_at: Timestamp },
    /// The look-up failed; it is done again at the next sign-in.
    Unchecked,
}

/// An account's row.
#[derive(Deserialize)]
pub(crate) struct PersonRow {
    pub(crate) id: RowId,
    pub(crate) rev: u32,
    pub(crate) sealed: SealedBytes,
}

const COLUMNS: &[&str] = &["id", "rev", "sealed"];

/// The account, by its id.
pub(crate) fn by_id(person: PersonId) -> Statement {
    const BY_ID: Select = Select {
        columns: COLUMNS,
        from: "FROM person WHERE id=?",
    };
    Statement::read(BY_ID, [person.0.into()])
}

/// The account that signs in with an email.
pub(crate) fn by_login(email_index: RowId) -> Statement {
    const BY_LOGIN: Select = Select {
        columns: COLUMNS,
        from: "FROM person WHERE id=(SELECT user_id FROM login WHERE email_index=?)",
    };
    Statement::read(BY_LOGIN, [email_index.into()])
}

/// Whether some account signs in with an email: one row of one column, or none.
pub(crate) fn is_known(email_index: RowId) -> Statement {
    const KNOWN: Select = Select {
        columns: &["1"],
        from: "FROM login WHERE email_index=?",
    };
    Statement::read(KNOWN, [email_index.into()])
}

/// The wrapped keys of the account that signs in with an email.
pub(crate) fn keys_by_login(email_index: RowId) -> Statement {
    const KEYS: Select = Select {
        columns: &["gen", "wrapped"],
        from: "FROM user_key WHERE user_id=(SELECT user_id FROM login WHERE email_index=?)",
    };
    Statement::read(KEYS, [email_index.into()])
}

/// A new account and its login. A taken email fails the batch.
pub(crate) fn insert(
    keys: &UserKeys,
    person: PersonId,
    email_index: RowId,
    record: &PersonRecord,
) -> Result<[Statement; 2]> {
    let sealed = keys.seal(person.0, 1, record)?;
    Ok([
        Statement::insert(
            "login",
            &["email_index", "user_id"],
            [email_index.into(), person.0.into()],
        ),
        Statement::insert_all(
            "person",
            &["id", "rev", "sealed"],
            vec![vec![person.0.into(), 1_i64.into(), sealed]],
            OnConflict::Fail,
        ),
    ])
}

/// As [`update`], and aborts the batch where it is no longer at `rev`.
pub(crate) fn replace(
    keys: &UserKeys,
    person: PersonId,
    rev: u32,
    record: &PersonRecord,
) -> Result<[Statement; 2]> {
    Ok([
        Statement::guard(
            "FROM person WHERE id=? AND rev=?",
            [person.0.into(), rev.into()],
        ),
        update(keys, person, rev, record)?,
    ])
}

/// Moves an account's login to another email. A taken one fails the batch.
pub(crate) fn move_login(from: RowId, to: RowId, person: PersonId) -> [Statement; 2] {
    [
        Statement::write(
            "DELETE FROM login WHERE email_index=? AND user_id=?",
            [from.into(), person.0.into()],
        ),
        Statement::insert(
            "login",
            &["email_index", "user_id"],
            [to.into(), person.0.into()],
        ),
    ]
}

/// Deletes an account, and its login.
pub(crate) fn delete(person: PersonId) -> [Statement; 2] {
    [
        Statement::write("DELETE FROM login WHERE user_id=?", [person.0.into()]),
        Statement::write("DELETE FROM person WHERE id=?", [person.0.into()]),
    ]
}

/// Overwrites the account where it is still at `rev`; where it is not, changes
/// no row.
pub(crate) fn update(
    keys: &UserKeys,
    person: PersonId,
    rev: u32,
    record: &PersonRecord,
) -> Result<Statement> {
    let next = rev + 1;
    let sealed = keys.seal(person.0, next, record)?;
    Ok(Statement::write(
        "UPDATE person SET rev=?, sealed=? WHERE id=? AND rev=?",
        [next.into(), sealed, person.0.into(), rev.into()],
    ))
}
