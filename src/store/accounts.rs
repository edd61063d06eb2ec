//! Accounts at a bank. A row is named by the blind index of Plaid's account id
//! under the person's key, so that writing it twice is writing it once.

use money::Money;
use plaid::AccountType;
use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{OnConflict, SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    table::Table,
};
use crate::{
    id::{AccountId, ItemId, PersonId, RowId},
    platform::Timestamp,
    problem::Result,
};

/// The private part of an account.
#[derive(Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    /// Plaid's id of it; case-sensitive.
    pub(crate) plaid_account_id: String,
    pub(crate) name: String,
    pub(crate) official_name: Option<String>,
    /// The last digits of its number.
    pub(crate) mask: Option<String>,
    pub(crate) kind: AccountType,
    pub(crate) subtype: Option<String>,
    pub(crate) currency: String,
    pub(crate) available: Option<Money>,
    pub(crate) current: Option<Money>,
    pub(crate) limit: Option<Money>,
    pub(crate) updated_at: Timestamp,
}

impl Sealable for AccountRecord {
    const TABLE: Table = Table::Account;
}

impl Record for AccountRecord {}

/// An account's row.
#[derive(Deserialize)]
pub(crate) struct AccountRow {
    pub(crate) id: RowId,
    pub(crate) item_id: RowId,
    pub(crate) rev: u32,
    pub(crate) sealed: SealedBytes,
}

impl AccountRow {
    /// Opens the private part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<AccountRecord>> {
        keys.open(self.id, self.rev, self.sealed)
    }
}

const COLUMNS: &[&str] = &["id", "item_id", "rev", "sealed"];

/// All of a person's accounts.
pub(crate) fn of_person(person: PersonId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM account WHERE user_id=? ORDER BY item_id, id LIMIT 1000",
    };
    Statement::read(OF, [person.0.into()])
}

/// One account of this person's.
pub(crate) fn of_person_by_id(person: PersonId, account: AccountId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM account WHERE user_id=? AND id=?",
    };
    Statement::read(OF, [person.0.into(), account.0.into()])
}

/// Writes accounts, new or known. `rev` is the attempt's number, which only grows:
/// the holder of the Item's lease is the only writer.
pub(crate) fn upsert(
    keys: &UserKeys,
    item: ItemId,
    rev: u32,
    accounts: &[(AccountId, AccountRecord)],
) -> Result<Statement> {
    let user = RowId(*keys.user().as_bytes());
    let rows: Result<Vec<_>> = accounts
        .iter()
        .map(|(id, record)| {
            let sealed = keys.seal(id.0, rev, record)?;
            Ok(vec![
                user.into(),
                id.0.into(),
                item.0.into(),
                rev.into(),
                sealed,
            ])
        })
        .collect();
    Ok(Statement::insert_all(
        "account",
        &["user_id", "id", "item_id", "rev", "sealed"],
        rows?,
        OnConflict::Replace {
            key: &["user_id", "id"],
        },
    ))
}

/// Deletes one account.
pub(crate) fn delete(person: PersonId, account: AccountId) -> Statement {
    Statement::write(
        "DELETE FROM account WHERE user_id=? AND id=?",
        [person.0.into(), account.0.into()],
    )
}

/// Deletes an Item's accounts.
pub(crate) fn delete_of_item(person: PersonId, item: ItemId) -> Statement {
    Statement::write(
        "DELETE FROM account WHERE user_id=? AND item_id=?",
        [person.0.into(), item.0.into()],
    )
}

/// Deletes every account of this person.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write("DELETE FROM account WHERE user_id=?", [person.0.into()])
}
