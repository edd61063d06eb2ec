//! Transactions: sealed rows without a date of their own. A row is named by the
//! blind index of Plaid's id and found by that of its month.
//!
//! The sealed payload is a JSON array in the order of [`TransactionRecord`]: a row
//! is padded to 64 bytes, and names of members would fill most of it.

use std::borrow::Cow;

use money::{Currency, MinorUnits, Money};
use plaid::{CategoryConfidence, CivilDate, PaymentChannel};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use vault::{Opened, SchemaVersion, Sensitive};

use super::{
    engine::{OnConflict, SealedBytes, Select, Statement, Value},
    keys::UserKeys,
    record::Sealable,
    table::Table,
};
use crate::{
    id::{AccountId, ItemId, PersonId, RowId, TransactionId, hex},
    problem::{Problem, Result},
};

/// Rows that one statement may bring: far below the engine's limit on a text.
pub(crate) const ROWS_PER_STATEMENT: u32 = 2_000;

/// The private part of a transaction, borrowed from the opened row.
#[derive(Deserialize)]
pub(crate) struct TransactionRecord<'a> {
    pub(crate) account: RowId,
    pub(crate) date: CivilDate,
    pub(crate) authorized_date: Option<CivilDate>,
    /// RFC 3339, where the bank tells the time.
    #[serde(borrow)]
    pub(crate) datetime: Option<Cow<'a, str>>,
    /// Positive when money leaves the account.
    pub(crate) minor_units: MinorUnits,
    pub(crate) currency: Currency,
    pub(crate) scale: u8,
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) merchant_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) original_description: Option<Cow<'a, str>>,
    pub(crate) pending: bool,
    pub(crate) channel: PaymentChannel,
    #[serde(borrow)]
    pub(crate) category: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) category_detail: Option<Cow<'a, str>>,
    pub(crate) category_confidence: Option<CategoryConfidence>,
    /// The pending transaction that this one replaced.
    pub(crate) replaces: Option<RowId>,
}

impl Serialize for TransactionRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let Self {
            account,
            date,
            authorized_date,
            datetime,
            minor_units,
            currency,
            scale,
            name,
            merchant_name,
            original_description,
            pending,
            channel,
            category,
            category_detail,
            category_confidence,
            replaces,
        } = self;
        (
            account,
            date,
            authorized_date,
            datetime,
            minor_units,
            currency,
            scale,
            name,
            merchant_name,
            original_description,
            pending,
            channel,
            category,
            category_detail,
            category_confidence,
            replaces,
        )
            .serialize(serializer)
    }
}

impl Sealable for TransactionRecord<'_> {
    const TABLE: Table = Table::Transaction;
}

impl<'a> TransactionRecord<'a> {
    /// From an opened row.
    pub(crate) fn decode(opened: &'a Opened) -> Result<Self> {
        let unknown = || Problem::internal("a transaction of an unknown shape");
        if opened.schema() != SchemaVersion(1) {
            return Err(unknown());
        }
        serde_json::from_slice(opened.payload()).map_err(|_| unknown())
    }

    /// The date alone: all that is asked of most rows that are fetched. Its place is
    /// fixed: the account before it is always 32 digits.
    pub(crate) fn date_of(opened: &Opened) -> Result<CivilDate> {
        const DATE: std::ops::Range<usize> = 36..48;
        let unknown = || Problem::internal("a transaction of an unknown shape");
        if opened.schema() != SchemaVersion(1) {
            return Err(unknown());
        }
        let date = opened.payload().get(DATE).ok_or_else(unknown)?;
        serde_json::from_slice(date).map_err(|_| unknown())
    }

    pub(crate) fn amount(&self) -> Result<Money> {
        Money::with_scale(self.minor_units, self.currency, self.scale)
            .map_err(|_| Problem::internal("a transaction of an impossible amount"))
    }
}

/// A transaction's row.
#[derive(Deserialize)]
pub(crate) struct TransactionRow {
    pub(crate) id: RowId,
    pub(crate) month: MonthToken,
    pub(crate) rev: u32,
    pub(crate) sealed: SealedBytes,
}

/// A transaction's row, and whose Item it is of.
#[derive(Deserialize)]
pub(crate) struct TransactionOfItemRow {
    pub(crate) id: RowId,
    pub(crate) month: MonthToken,
    pub(crate) rev: u32,
    pub(crate) sealed: SealedBytes,
    pub(crate) item_id: RowId,
}

impl TransactionRow {
    /// Opens the private part, still the owner's to reveal.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<Opened>> {
        keys.open_bytes(Table::Transaction, self.id, self.rev, self.sealed)
    }
}

/// The blind index of "YYYY-MM", cut to eight bytes; sixteen hex digits in the
/// database.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MonthToken(pub(crate) [u8; 8]);

impl MonthToken {
    pub(crate) fn hex(self) -> String {
        hex(&self.0)
    }
}

impl From<MonthToken> for Value {
    fn from(token: MonthToken) -> Self {
        Self::from(token.hex())
    }
}

impl Serialize for MonthToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.hex())
    }
}

impl<'de> Deserialize<'de> for MonthToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        let number = u64::from_str_radix(text, 16)
            .ok()
            .filter(|_| text.len() == 16);
        number
            .map(|number| Self(number.to_be_bytes()))
            .ok_or_else(|| de::Error::custom("not a month token"))
    }
}

const COLUMNS: &[&str] = &["id", "month", "rev", "sealed"];

/// A person's rows of these months, at most `rows` of them behind `offset`.
pub(crate) fn of_months(
    person: PersonId,
    months: &[MonthToken],
    rows: u32,
    offset: u32,
) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM txn WHERE user_id=? AND month IN ?* ORDER BY id LIMIT ? OFFSET ?",
    };
    let months = months.iter().copied().map(Value::from).collect();
    Statement::read(
        OF,
        [
            person.0.into(),
            Value::List(months),
            rows.into(),
            offset.into(),
        ],
    )
}

/// Deletes an Item's transactions.
pub(crate) fn delete_of_item(person: PersonId, item: ItemId) -> Statement {
    Statement::write(
        "DELETE FROM txn WHERE user_id=? AND item_id=?",
        [person.0.into(), item.0.into()],
    )
}

/// The row that has `rows` rows of this person's before it, in the order of their ids:
/// one row of one column, or none where there are no more than that.
pub(crate) fn after_rows(person: PersonId, rows: u32) -> Statement {
    const BOUND: Select = Select {
        columns: &["id"],
        from: "FROM txn WHERE user_id=? ORDER BY id LIMIT 1 OFFSET ?",
    };
    Statement::read(BOUND, [person.0.into(), rows.into()])
}

/// Deletes this person's transactions before one of them, in the order of their ids.
pub(crate) fn delete_before(person: PersonId, bound: RowId) -> Statement {
    Statement::write(
        "DELETE FROM txn WHERE user_id=? AND id<?",
        [person.0.into(), bound.into()],
    )
}

/// Deletes this person's transactions, and what is staged of them. The stage has no
/// index by person: it holds the pages of syncs that are under way.
pub(crate) fn delete_all(person: PersonId) -> [Statement; 2] {
    [
        Statement::write("DELETE FROM txn_stage WHERE user_id=?", [person.0.into()]),
        Statement::write("DELETE FROM txn WHERE user_id=?", [person.0.into()]),
    ]
}

/// One change of a page, ready to be staged.
pub(crate) enum Change {
    /// To be there after the sync, sealed for its place already.
    Put {
        id: TransactionId,
        month: MonthToken,
        sealed: Value,
        /// The pending transaction that it replaces.
        predecessor: Option<RowId>,
    },
    /// Not to be there after the sync.
    Drop { id: TransactionId },
}

/// Stages a page's changes; a later page's word on a row wins.
pub(crate) fn stage(
    person: PersonId,
    item: ItemId,
    attempt: u32,
    changes: Vec<Change>,
) -> Statement {
    let rows = changes
        .into_iter()
        .map(|change| {
            let (id, month, sealed, predecessor) = match change {
                Change::Put {
                    id,
                    month,
                    sealed,
                    predecessor,
                } => (id, Value::from(month), sealed, predecessor.into()),
                Change::Drop { id } => (id, Value::Null, Value::Null, Value::Null),
            };
            vec![
                item.0.into(),
                attempt.into(),
                id.0.into(),
                person.0.into(),
                month,
                sealed,
                predecessor,
            ]
        })
        .collect();
    Statement::insert_all(
        "txn_stage",
        &[
            "item_id",
            "attempt",
            "id",
            "user_id",
            "month",
            "sealed",
            "predecessor",
        ],
        rows,
        OnConflict::Replace {
            key: &["item_id", "attempt", "id"],
        },
    )
}

/// Drops whatever is staged for an Item.
pub(crate) fn clear_stage(person: PersonId, item: ItemId) -> Statement {
    Statement::write(
        "DELETE FROM txn_stage WHERE user_id=? AND item_id=?",
        [person.0.into(), item.0.into()],
    )
}

/// How many rows each month will have once the attempt is promoted. `whole`: what
/// the attempt did not stage goes too.
pub(crate) fn counts_after(person: PersonId, item: ItemId, attempt: u32, whole: bool) -> Statement {
    const CHANGED: Select = Select {
        columns: &["month", "COUNT(*)"],
        from: "FROM (SELECT month FROM txn WHERE user_id=? AND NOT (item_id=? AND ?=1) AND id NOT IN \
               (SELECT id FROM txn_stage WHERE user_id=? AND item_id=? AND attempt=?) \
               UNION ALL SELECT month FROM txn_stage \
               WHERE user_id=? AND item_id=? AND attempt=? AND sealed IS NOT NULL) \
               AS rows_after GROUP BY month",
    };
    Statement::read(
        CHANGED,
        [
            person.0.into(),
            item.0.into(),
            whole.into(),
            person.0.into(),
            item.0.into(),
            attempt.into(),
            person.0.into(),
            item.0.into(),
            attempt.into(),
        ],
    )
}

/// The months that rows leave or change in once the attempt is promoted; those that rows
/// come into, the attempt knows itself.
pub(crate) fn months_touched(
    person: PersonId,
    item: ItemId,
    attempt: u32,
    whole: bool,
) -> Statement {
    const TOUCHED: Select = Select {
        columns: &["month"],
        from: "FROM txn WHERE user_id=? AND ((item_id=? AND ?=1) OR id IN \
               (SELECT id FROM txn_stage WHERE user_id=? AND item_id=? AND attempt=?)) GROUP BY month",
    };
    Statement::read(
        TOUCHED,
        [
            person.0.into(),
            item.0.into(),
            whole.into(),
            person.0.into(),
            item.0.into(),
            attempt.into(),
        ],
    )
}

/// One transaction of this person's, and its Item.
pub(crate) fn of_person_by_id(person: PersonId, transaction: TransactionId) -> Statement {
    const OF: Select = Select {
        columns: &["id", "month", "rev", "sealed", "item_id"],
        from: "FROM txn WHERE user_id=? AND id=?",
    };
    Statement::read(OF, [person.0.into(), transaction.0.into()])
}

/// These of a person's.
pub(crate) fn of_ids(person: PersonId, ids: &[RowId]) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM txn WHERE user_id=? AND id IN ?*",
    };
    let ids = ids.iter().copied().map(Value::from).collect();
    Statement::read(OF, [person.0.into(), Value::List(ids)])
}

/// An Item's rows behind `after`, in the order of ids: [`ROWS_PER_STATEMENT`] at most.
pub(crate) fn of_item(person: PersonId, item: ItemId, after: RowId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM txn WHERE user_id=? AND item_id=? AND id>? ORDER BY id LIMIT ?",
    };
    Statement::read(
        OF,
        [
            person.0.into(),
            item.0.into(),
            after.into(),
            ROWS_PER_STATEMENT.into(),
        ],
    )
}

/// Deletes these.
pub(crate) fn delete(person: PersonId, ids: &[RowId]) -> Statement {
    let ids = ids.iter().copied().map(Value::from).collect();
    Statement::write(
        "DELETE FROM txn WHERE user_id=? AND id IN ?*",
        [person.0.into(), Value::List(ids)],
    )
}

/// How many rows each month will have once an Item's are gone.
pub(crate) fn counts_without(person: PersonId, item: ItemId) -> Statement {
    const LEFT: Select = Select {
        columns: &["month", "COUNT(*)"],
        from: "FROM txn WHERE user_id=? AND item_id<>? GROUP BY month",
    };
    Statement::read(LEFT, [person.0.into(), item.0.into()])
}

/// Promotes the staged changes: drops, puts, and clears the stage.
pub(crate) fn promote(person: PersonId, item: ItemId, attempt: u32, whole: bool) -> [Statement; 3] {
    let stage = || {
        [
            person.0.into(),
            item.0.into(),
            whole.into(),
            person.0.into(),
            item.0.into(),
            attempt.into(),
        ]
    };
    [
        // Everything of a whole reconciliation's Item goes first; of others, what was dropped.
        Statement::write(
            "DELETE FROM txn WHERE user_id=? AND ((item_id=? AND ?=1) OR id IN \
             (SELECT id FROM txn_stage WHERE user_id=? AND item_id=? AND attempt=? AND sealed IS NULL))",
            stage(),
        ),
        Statement::Copy {
            table: "txn",
            columns: &["user_id", "id", "item_id", "month", "rev", "sealed"],
            select: "SELECT user_id,id,item_id,month,attempt,sealed FROM txn_stage \
                     WHERE user_id=? AND item_id=? AND attempt=? AND sealed IS NOT NULL",
            key: &["user_id", "id"],
            parameters: vec![person.0.into(), item.0.into(), attempt.into()],
        },
        clear_stage(person, item),
    ]
}

/// The account a transaction is in, as the API names it.
pub(crate) const fn account_of(record: &TransactionRecord<'_>) -> AccountId {
    AccountId(record.account)
}
