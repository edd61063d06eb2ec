//! Where a person stands with Stripe: her customer there, and her subscription as it
//! was when Stripe was last asked.
//!
//! Invariant: whoever writes has asked Stripe after reading the revision that the write
//! is guarded by, so that of two who asked at different times the later one stays.

use serde::{Deserialize, Serialize};
use stripe::{CustomerId, Status, SubscriptionId};
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

/// The private part.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct BillingRecord {
    /// What her customer is asked for under: asked twice, Stripe makes one.
    pub(crate) key: RowId,
    /// None until Stripe has answered.
    pub(crate) customer: Option<CustomerId>,
    pub(crate) subscription: Option<SubscriptionRecord>,
    /// When Stripe was last asked.
    pub(crate) asked_at: Option<Timestamp>,
}

/// A subscription, as Stripe last had it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SubscriptionRecord {
    pub(crate) id: SubscriptionId,
    pub(crate) status: Status,
    pub(crate) created_at: Timestamp,
    pub(crate) period_start: Option<Timestamp>,
    pub(crate) period_end: Option<Timestamp>,
    /// When it ends, where that is settled.
    pub(crate) cancel_at: Option<Timestamp>,
    pub(crate) trial_end: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) price: Option<PriceRecord>,
}

/// What it costs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PriceRecord {
    /// Stripe's id.
    pub(crate) id: String,
    /// Of the currency's minor unit; none where the price is no fixed one.
    pub(crate) amount: Option<i64>,
    /// ISO 4217, upper case.
    pub(crate) currency: String,
    /// `month`, `year` …
    pub(crate) interval: Option<String>,
    /// How many of them.
    pub(crate) intervals: u32,
}

impl Sealable for BillingRecord {
    const TABLE: Table = Table::Billing;
}

impl Record for BillingRecord {}

/// Its row, named by its person.
#[derive(Deserialize)]
pub(crate) struct BillingRow {
    user_id: RowId,
    pub(crate) due_at: Timestamp,
    pub(crate) wanted: u32,
    pub(crate) rev: u32,
    sealed: SealedBytes,
}

impl BillingRow {
    /// Opens the private part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<BillingRecord>> {
        keys.open(self.user_id, self.rev, self.sealed)
    }
}

/// A person's.
pub(crate) fn of_person(person: PersonId) -> Statement {
    const OF: Select = Select {
        columns: &["user_id", "due_at", "wanted", "rev", "sealed"],
        from: "FROM billing WHERE user_id=?",
    };
    Statement::read(OF, [person.0.into()])
}

/// Whose customer this is: one row of one column, or none.
pub(crate) fn person_of(customer_index: RowId) -> Statement {
    const OF: Select = Select {
        columns: &["user_id"],
        from: "FROM stripe_customer WHERE customer_index=?",
    };
    Statement::read(OF, [customer_index.into()])
}

/// Up to `limit` people whose rows are to be compared with Stripe now.
pub(crate) fn due(now: Timestamp, limit: u32) -> Statement {
    const DUE: Select = Select {
        columns: &["user_id"],
        from: "FROM billing WHERE due_at<=? ORDER BY due_at LIMIT ?",
    };
    Statement::read(DUE, [now.unix().into(), limit.into()])
}

/// A new one. Where she has one, the batch fails.
pub(crate) fn insert(
    keys: &UserKeys,
    record: &BillingRecord,
    due_at: Timestamp,
) -> Result<Statement> {
    let person = RowId(*keys.user().as_bytes());
    let sealed = keys.seal(person, 1, record)?;
    Ok(Statement::insert(
        "billing",
        &["user_id", "due_at", "rev", "sealed"],
        [person.into(), due_at.unix().into(), 1_i64.into(), sealed],
    ))
}

/// Overwrites it: a guard, that nobody did since it was at `rev`, and the write. It is due
/// at `due_at`, or at once where there are more reasons by now than those `wanted`.
pub(crate) fn update(
    keys: &UserKeys,
    (rev, wanted): (u32, u32),
    record: &BillingRecord,
    due_at: Timestamp,
) -> Result<[Statement; 2]> {
    let person = RowId(*keys.user().as_bytes());
    let next = rev + 1;
    let sealed = keys.seal(person, next, record)?;
    Ok([
        is_at(PersonId(person), Some(rev)),
        Statement::write(
            "UPDATE billing SET rev=?, due_at=CASE WHEN wanted=? THEN ? ELSE 0 END, sealed=? \
             WHERE user_id=?",
            [
                next.into(),
                wanted.into(),
                due_at.unix().into(),
                sealed,
                person.into(),
            ],
        ),
    ])
}

/// Goes on only where her row is at this revision, or where she has none.
pub(crate) fn is_at(person: PersonId, rev: Option<u32>) -> Statement {
    match rev {
        Some(rev) => Statement::guard(
            "FROM billing WHERE user_id=? AND rev=?",
            [person.0.into(), rev.into()],
        ),
        None => Statement::guard(
            "FROM user_key WHERE user_id=? AND gen=0 AND NOT EXISTS \
             (SELECT 1 FROM billing WHERE billing.user_id=?)",
            [person.0.into(), person.0.into()],
        ),
    }
}

/// There is a reason to compare it, which it remembers from here on.
pub(crate) fn want(person: PersonId) -> Statement {
    Statement::write(
        "UPDATE billing SET wanted=wanted+1, due_at=0 WHERE user_id=?",
        [person.0.into()],
    )
}

/// Not to be compared before `until`.
pub(crate) fn postpone(person: PersonId, until: Timestamp) -> Statement {
    Statement::write(
        "UPDATE billing SET due_at=? WHERE user_id=?",
        [until.unix().into(), person.0.into()],
    )
}

/// From now on this customer is hers.
pub(crate) fn found_by(customer_index: RowId, person: PersonId) -> Statement {
    Statement::insert_all(
        "stripe_customer",
        &["customer_index", "user_id"],
        vec![vec![customer_index.into(), person.0.into()]],
        OnConflict::Keep,
    )
}

/// No customer is hers any more.
pub(crate) fn found_no_more(person: PersonId) -> Statement {
    Statement::write(
        "DELETE FROM stripe_customer WHERE user_id=?",
        [person.0.into()],
    )
}

/// Removes it, if there is one.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write("DELETE FROM billing WHERE user_id=?", [person.0.into()])
}
