//! Consents: what an operator asked a person for, and what she signed, under her keys.
//!
//! Invariant: where a consent stands is in the audit log alone; each step changes the
//! revision, so that of two steps at once one is made anew.

use passkey::Credential;
use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{SealedBytes, Select, Statement},
    keys::UserKeys,
    operators::Role,
    record::{Record, Sealable},
    table::Table,
};
use crate::{
    id::{ConsentId, OperatorId, PasskeyId, PersonId, RowId},
    platform::Timestamp,
    problem::Result,
};

/// The private part.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ConsentRecord {
    pub(crate) operator: OperatorId,
    pub(crate) operator_name: String,
    pub(crate) operator_role: Role,
    pub(crate) purpose: String,
    pub(crate) resources: Vec<String>,
    /// By their names.
    pub(crate) fields: Vec<String>,
    /// How long it is to hold, once signed.
    pub(crate) hours: u32,
    pub(crate) uses: u32,
    pub(crate) requested_at: Timestamp,
    pub(crate) grant: Option<GrantRecord>,
}

/// What she signed, and with what: enough to verify it again.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct GrantRecord {
    /// The canonical text.
    pub(crate) text: String,
    /// Which key of hers signed.
    pub(crate) key: PasskeyId,
    /// It as it was before she signed.
    pub(crate) credential: Credential,
    /// `AuthenticationResponseJSON`, as her browser sent it.
    pub(crate) response: String,
    pub(crate) at: Timestamp,
}

impl Sealable for ConsentRecord {
    const TABLE: Table = Table::Consent;
}

impl Record for ConsentRecord {}

/// A consent's row.
#[derive(Deserialize)]
pub(crate) struct ConsentRow {
    pub(crate) id: RowId,
    pub(crate) user_id: RowId,
    pub(crate) rev: u32,
    sealed: SealedBytes,
}

impl ConsentRow {
    /// Opens the private part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<ConsentRecord>> {
        keys.open(self.id, self.rev, self.sealed)
    }
}

const COLUMNS: &[&str] = &["id", "user_id", "rev", "sealed"];

/// One consent, whoever's it is: for an operator who names it.
pub(crate) fn by_id(consent: ConsentId) -> Statement {
    const BY_ID: Select = Select {
        columns: COLUMNS,
        from: "FROM consent WHERE id=?",
    };
    Statement::read(BY_ID, [consent.0.into()])
}

/// One consent of this person's.
pub(crate) fn of_person_by_id(person: PersonId, consent: ConsentId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM consent WHERE user_id=? AND id=?",
    };
    Statement::read(OF, [person.0.into(), consent.0.into()])
}

/// A person's below `before`, newest first.
pub(crate) fn of_person(person: PersonId, before: RowId, limit: u32) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM consent WHERE user_id=? AND id<? ORDER BY id DESC LIMIT ?",
    };
    Statement::read(OF, [person.0.into(), before.into(), limit.into()])
}

/// Those whose person is to be told that they are over.
pub(crate) fn ended(now: Timestamp, limit: u32) -> Statement {
    const ENDED: Select = Select {
        columns: COLUMNS,
        from: "FROM consent WHERE ends_at>0 AND ends_at<=? ORDER BY ends_at LIMIT ?",
    };
    Statement::read(ENDED, [now.unix().into(), limit.into()])
}

/// A new one.
pub(crate) fn insert(keys: &UserKeys, id: ConsentId, record: &ConsentRecord) -> Result<Statement> {
    let sealed = keys.seal(id.0, 1, record)?;
    Ok(Statement::insert(
        "consent",
        &["id", "user_id", "ends_at", "rev", "sealed"],
        [
            id.0.into(),
            RowId(*keys.user().as_bytes()).into(),
            0_i64.into(),
            1_i64.into(),
            sealed,
        ],
    ))
}

/// A step: a guard, that nobody made one since it was at `rev`, and the write. `ends_at` is
/// when she is told that it is over; none where it is.
pub(crate) fn step(
    keys: &UserKeys,
    id: ConsentId,
    rev: u32,
    record: &ConsentRecord,
    ends_at: Option<Timestamp>,
) -> Result<[Statement; 2]> {
    let next = rev + 1;
    let sealed = keys.seal(id.0, next, record)?;
    Ok([
        Statement::guard(
            "FROM consent WHERE id=? AND rev=?",
            [id.0.into(), rev.into()],
        ),
        Statement::write(
            "UPDATE consent SET ends_at=?, rev=?, sealed=? WHERE id=?",
            [
                ends_at.map_or(0, Timestamp::unix).into(),
                next.into(),
                sealed,
                id.0.into(),
            ],
        ),
    ])
}

/// Its person has been told.
pub(crate) fn told(consent: ConsentId) -> Statement {
    Statement::write(
        "UPDATE consent SET ends_at=0 WHERE id=?",
        [consent.0.into()],
    )
}

/// Deletes a person's.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write("DELETE FROM consent WHERE user_id=?", [person.0.into()])
}
