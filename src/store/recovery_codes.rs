//! Recovery codes: a row each, named by the blind index of the code under the
//! person's key. Eighty random bits need no slow hash.

use super::{
    engine::{OnConflict, Select, Statement, Value},
    keys::UserKeys,
    table::index,
};
use crate::id::{PersonId, RowId};

/// The row of a code.
pub(crate) fn id_of(keys: &UserKeys, code: &[u8]) -> RowId {
    keys.blind(index::RECOVERY_CODE, code)
}

/// Those a person has left: rows of one column, the id.
pub(crate) fn of_person(person: PersonId) -> Statement {
    const OF: Select = Select {
        columns: &["id"],
        from: "FROM recovery_code WHERE user_id=?",
    };
    Statement::read(OF, [person.0.into()])
}

/// Those of whoever signs in with an email.
pub(crate) fn by_login(email_index: RowId) -> Statement {
    const BY_LOGIN: Select = Select {
        columns: &["id"],
        from: "FROM recovery_code WHERE user_id=(SELECT user_id FROM login WHERE email_index=?)",
    };
    Statement::read(BY_LOGIN, [email_index.into()])
}

/// New codes in the place of all there are.
pub(crate) fn replace(person: PersonId, ids: &[RowId]) -> [Statement; 2] {
    let row = |id: &RowId| -> Vec<Value> { vec![person.0.into(), (*id).into()] };
    [
        delete_all(person),
        Statement::insert_all(
            "recovery_code",
            &["user_id", "id"],
            ids.iter().map(row).collect(),
            OnConflict::Fail,
        ),
    ]
}

/// Uses one up: a guard, that it is there, and the delete.
pub(crate) fn spend(person: PersonId, id: RowId) -> [Statement; 2] {
    [
        Statement::guard(
            "FROM recovery_code WHERE user_id=? AND id=?",
            [person.0.into(), id.into()],
        ),
        Statement::write(
            "DELETE FROM recovery_code WHERE user_id=? AND id=?",
            [person.0.into(), id.into()],
        ),
    ]
}

/// Deletes them all: no factor is left that they would stand in for.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write(
        "DELETE FROM recovery_code WHERE user_id=?",
        [person.0.into()],
    )
}
