//! Operators: who may use the console, as what. Sealed under the system's keys.

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    table::Table,
};
use crate::{
    id::{OperatorId, PersonId, RowId},
    platform::Timestamp,
    problem::Result,
};

/// What an operator may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Everything that operators may.
    Employee,
    /// Reads, and asks for consent.
    Contractor,
    /// Reviews what the others did, and sees nobody's data.
    Auditor,
}

/// The private part.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct OperatorRecord {
    /// As people are shown it who are asked for a consent.
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) granted_at: Timestamp,
    /// None of the first.
    pub(crate) granted_by: Option<OperatorId>,
}

impl Sealable for OperatorRecord {
    const TABLE: Table = Table::Operator;
}

impl Record for OperatorRecord {}

/// An operator's row.
#[derive(Deserialize)]
pub(crate) struct OperatorRow {
    pub(crate) id: RowId,
    pub(crate) account_id: Option<RowId>,
    rev: u32,
    sealed: SealedBytes,
}

impl OperatorRow {
    /// Opens the private part.
    pub(crate) fn open(self, system: &UserKeys) -> Result<Sensitive<OperatorRecord>> {
        system.open(self.id, self.rev, self.sealed)
    }
}

const COLUMNS: &[&str] = &["id", "account_id", "rev", "sealed"];

/// One operator.
pub(crate) fn by_id(operator: OperatorId) -> Statement {
    const BY_ID: Select = Select {
        columns: COLUMNS,
        from: "FROM operator WHERE id=?",
    };
    Statement::read(BY_ID, [operator.0.into()])
}

/// The operator that an account is.
pub(crate) fn of_account(person: PersonId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM operator WHERE account_id=?",
    };
    Statement::read(OF, [person.0.into()])
}

/// All of them, oldest first.
pub(crate) fn all() -> Statement {
    const ALL: Select = Select {
        columns: COLUMNS,
        from: "FROM operator ORDER BY id LIMIT 1000",
    };
    Statement::read(ALL, [])
}

/// Goes on only while there is none. Behind a leaf, whose count it holds: of two who would be
/// the first, one is.
pub(crate) fn nobody_yet() -> Statement {
    Statement::guard(
        "FROM audit_head WHERE id=0 AND NOT EXISTS (SELECT 1 FROM operator)",
        [],
    )
}

/// A new operator. An account that is one already fails the batch.
pub(crate) fn insert(
    system: &UserKeys,
    id: OperatorId,
    account: Option<PersonId>,
    record: &OperatorRecord,
) -> Result<Statement> {
    let sealed = system.seal(id.0, 1, record)?;
    Ok(Statement::insert(
        "operator",
        &["id", "account_id", "rev", "sealed"],
        [
            id.0.into(),
            account.map(|account| account.0).into(),
            1_i64.into(),
            sealed,
        ],
    ))
}

/// Ends an operator's being one: a guard, that it is one, and the delete.
pub(crate) fn delete(operator: OperatorId) -> [Statement; 2] {
    [
        Statement::guard("FROM operator WHERE id=?", [operator.0.into()]),
        Statement::write("DELETE FROM operator WHERE id=?", [operator.0.into()]),
    ]
}

/// An erased person is no operator any more.
pub(crate) fn delete_account(person: PersonId) -> Statement {
    Statement::write("DELETE FROM operator WHERE account_id=?", [person.0.into()])
}
