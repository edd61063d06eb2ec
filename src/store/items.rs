//! Items: bank connections. Found by a person, by its own id, or, before anyone
//! is signed in, by the blind index of Plaid's id under the system's key; that id
//! stands in the sealed row and is compared by whoever comes through the index.
//!
//! `wanted` and `synced` count reasons to sync: a sync that began when `wanted`
//! was n sets `synced` to n, so that a reason that came meanwhile is not lost.
//! The lease is taken by compare-and-swap and runs out by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{SealedBytes, Select, Statement, Value},
    keys::UserKeys,
    record::{Record, Sealable},
    table::Table,
};
use crate::{
    id::{ItemId, PersonId, RowId},
    platform::Timestamp,
    problem::Result,
};

/// How long a sync may go without a sign of life, in seconds.
pub(crate) const LEASE_SECONDS: i64 = 120;

/// How long an Item goes without being compared with Plaid, in seconds.
pub(crate) const CHECK_SECONDS: i64 = 86_400;

/// The private part of an Item.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ItemRecord {
    /// Plaid's id of it; case-sensitive.
    pub(crate) plaid_item_id: String,
    /// Wiped on drop by [`plaid::AccessToken`] where it is used.
    pub(crate) access_token: zeroize::Zeroizing<String>,
    pub(crate) institution_id: Option<String>,
    pub(crate) institution_name: Option<String>,
    /// Where the next sync starts; none before the first whole one.
    pub(crate) cursor: Option<String>,
    pub(crate) health: Health,
    pub(crate) created_at: Timestamp,
    pub(crate) last_synced_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) course: Course,
}

/// How a connection has fared: for the person, and for whoever asks Plaid next.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Course {
    pub(crate) last_attempt_at: Option<Timestamp>,
    /// The first failure since the last success.
    pub(crate) failing_since: Option<Timestamp>,
    /// Plaid's code of the last failure.
    pub(crate) error: Option<String>,
    pub(crate) next_try_at: Option<Timestamp>,
    pub(crate) last_webhook_at: Option<Timestamp>,
    /// When the bank ends the connection, as it said.
    pub(crate) disconnects_at: Option<String>,
    /// When the person's consent ends, as Plaid said.
    pub(crate) consent_expires_at: Option<String>,
    /// The bank has accounts that she has not shared.
    pub(crate) new_accounts: bool,
    /// Accounts that she disconnected, by our ids: they are not brought back.
    pub(crate) left_out: Vec<RowId>,
    /// What came of the products beside transactions.
    pub(crate) holdings: ProductCourse,
    pub(crate) liabilities: ProductCourse,
    pub(crate) recurring: ProductCourse,
    /// Whether the products of the Item allow asking the bank to look again.
    pub(crate) refreshes: bool,
    /// What Plaid was asked in the last minute.
    pub(crate) spent: Spent,
}

/// How a product of a connection has fared.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ProductCourse {
    pub(crate) last_success_at: Option<Timestamp>,
    /// Plaid's code of the last failure, if it failed last.
    pub(crate) error: Option<String>,
}

/// When Plaid was asked about an Item in the last minute, by path, oldest first.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Spent {
    pub(crate) calls: BTreeMap<String, Vec<Timestamp>>,
}

/// How the connection is, as far as we know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Health {
    /// The bank is still handing over the first transactions.
    Preparing,
    /// The last sync was whole.
    Good,
    /// The person has to sign in at her bank again.
    NeedsReauth,
    /// The bank or Plaid fails for now; tried again by itself.
    Failing,
    /// Plaid knows the access token no more: only a new connection helps.
    NeedsRelink,
}

impl Sealable for ItemRecord {
    const TABLE: Table = Table::Item;
}

impl Record for ItemRecord {}

/// The operational state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ItemState {
    /// Exchanged, what it was granted not yet checked.
    Linking,
    /// In use.
    Active,
    /// Its data is gone; Plaid has yet to confirm that it ended its access.
    Removing,
}

impl ItemState {
    /// As its column has it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Linking => "linking",
            Self::Active => "active",
            Self::Removing => "removing",
        }
    }
}

/// An Item's row.
#[derive(Deserialize)]
pub(crate) struct ItemRow {
    pub(crate) id: RowId,
    pub(crate) user_id: RowId,
    pub(crate) state: ItemState,
    pub(crate) wanted: u32,
    pub(crate) attempt: u32,
    pub(crate) failures: u32,
    pub(crate) lease_holder: Option<RowId>,
    pub(crate) lease_until: Timestamp,
    /// Not 0 while more than transactions is wanted.
    pub(crate) everything: u32,
    pub(crate) rev: u32,
    pub(crate) sealed: SealedBytes,
}

impl ItemRow {
    /// Opens the private part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<ItemRecord>> {
        keys.open(self.id, self.rev, self.sealed)
    }

    /// Whether a sync holds the Item now.
    pub(crate) fn is_leased(&self, now: Timestamp) -> bool {
        self.lease_holder.is_some() && self.lease_until > now
    }
}

const COLUMNS: &[&str] = &[
    "id",
    "user_id",
    "state",
    "wanted",
    "attempt",
    "failures",
    "lease_holder",
    "lease_until",
    "everything",
    "rev",
    "sealed",
];

/// One Item, whoever's it is: for messages, which carry its id.
pub(crate) fn by_id(item: ItemId) -> Statement {
    const BY_ID: Select = Select {
        columns: COLUMNS,
        from: "FROM item WHERE id=?",
    };
    Statement::read(BY_ID, [item.0.into()])
}

/// One Item of this person's, unless it is being removed.
pub(crate) fn of_person_by_id(person: PersonId, item: ItemId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM item WHERE user_id=? AND id=? AND state<>'removing'",
    };
    Statement::read(OF, [person.0.into(), item.0.into()])
}

/// All of a person's Items but those being removed, oldest first.
pub(crate) fn of_person(person: PersonId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM item WHERE user_id=? AND state<>'removing' ORDER BY id LIMIT 1000",
    };
    Statement::read(OF, [person.0.into()])
}

/// Every Item of a person's, those that are being removed too, oldest first.
pub(crate) fn every_of_person(person: PersonId) -> Statement {
    const EVERY: Select = Select {
        columns: COLUMNS,
        from: "FROM item WHERE user_id=? ORDER BY id",
    };
    Statement::read(EVERY, [person.0.into()])
}

/// The Item that Plaid's id names.
pub(crate) fn by_plaid_id(plaid_index: RowId) -> Statement {
    const BY: Select = Select {
        columns: COLUMNS,
        from: "FROM item WHERE plaid_index=?",
    };
    Statement::read(BY, [plaid_index.into()])
}

/// Up to `limit` Items with work to do that nobody is doing.
pub(crate) fn due(now: Timestamp, limit: u32) -> Statement {
    const DUE: Select = Select {
        columns: &["id", "state"],
        from: "FROM item WHERE (wanted>synced OR state<>'active') AND retry_at<=? AND lease_until<=? \
               ORDER BY retry_at LIMIT ?",
    };
    Statement::read(DUE, [now.unix().into(), now.unix().into(), limit.into()])
}

/// How many Items are to be looked at now.
pub(crate) fn backlog(now: Timestamp) -> Statement {
    const BACKLOG: Select = Select {
        columns: &["COUNT(*)"],
        from: "FROM item WHERE (wanted>synced OR state<>'active') AND retry_at<=?",
    };
    Statement::read(BACKLOG, [now.unix().into()])
}

/// How long overdue the comparison with Plaid is that is so the longest.
pub(crate) fn longest_unchecked() -> Statement {
    const LONGEST: Select = Select {
        columns: &["COALESCE(MIN(check_at),0)"],
        from: "FROM item WHERE state='active'",
    };
    Statement::read(LONGEST, [])
}

/// Up to `limit` Items that are to be compared with Plaid now.
pub(crate) fn unchecked(now: Timestamp, limit: u32) -> Statement {
    const UNCHECKED: Select = Select {
        columns: &["id"],
        from: "FROM item WHERE check_at<=? AND state='active' ORDER BY check_at LIMIT ?",
    };
    Statement::read(UNCHECKED, [now.unix().into(), limit.into()])
}

/// The next comparison with Plaid is at `check_at`, and there is a reason for one now.
pub(crate) fn check(item: ItemId, check_at: Timestamp) -> Statement {
    Statement::write(
        "UPDATE item SET wanted=wanted+1, everything=1, check_at=?, \
         retry_at=CASE WHEN failures=0 THEN 0 ELSE retry_at END WHERE id=?",
        [check_at.unix().into(), item.0.into()],
    )
}

/// A new Item, not yet checked.
pub(crate) fn insert(
    keys: &UserKeys,
    item: ItemId,
    plaid_index: RowId,
    record: &ItemRecord,
) -> Result<Statement> {
    let sealed = keys.seal(item.0, 1, record)?;
    Ok(Statement::insert(
        "item",
        &[
            "id",
            "user_id",
            "plaid_index",
            "state",
            "check_at",
            "rev",
            "sealed",
        ],
        [
            item.0.into(),
            RowId(*keys.user().as_bytes()).into(),
            plaid_index.into(),
            "linking".into(),
            record.created_at.plus(CHECK_SECONDS).unix().into(),
            1_i64.into(),
            sealed,
        ],
    ))
}

/// One more reason to sync, to be acted on at once.
pub(crate) fn want(item: ItemId) -> Statement {
    Statement::write(
        "UPDATE item SET wanted=wanted+1, retry_at=0 WHERE id=?",
        [item.0.into()],
    )
}

/// One more reason to look, at more than transactions, at once.
pub(crate) fn want_everything(item: ItemId) -> Statement {
    Statement::write(
        "UPDATE item SET wanted=wanted+1, everything=1, retry_at=0 WHERE id=?",
        [item.0.into()],
    )
}

/// Takes the lease from whoever holds it, and begins attempt `attempt + 1`: for what a person
/// must not wait for. The other attempt comes to nothing.
pub(crate) fn seize_lease(
    item: ItemId,
    attempt: u32,
    holder: RowId,
    now: Timestamp,
) -> [Statement; 2] {
    [
        Statement::guard(
            "FROM item WHERE id=? AND attempt=? AND state<>'removing'",
            [item.0.into(), attempt.into()],
        ),
        begin_attempt(item, holder, now),
    ]
}

fn begin_attempt(item: ItemId, holder: RowId, now: Timestamp) -> Statement {
    Statement::write(
        "UPDATE item SET attempt=attempt+1, lease_holder=?, lease_until=? WHERE id=?",
        [
            holder.into(),
            now.plus(LEASE_SECONDS).unix().into(),
            item.0.into(),
        ],
    )
}

/// Takes the lease where nobody holds it, and begins attempt `attempt + 1`.
pub(crate) fn take_lease(
    item: ItemId,
    attempt: u32,
    holder: RowId,
    now: Timestamp,
) -> [Statement; 2] {
    [
        Statement::guard(
            "FROM item WHERE id=? AND attempt=? AND lease_until<=? AND state<>'removing'",
            [item.0.into(), attempt.into(), now.unix().into()],
        ),
        begin_attempt(item, holder, now),
    ]
}

/// Goes on only where `holder` still has the lease, and extends it.
pub(crate) fn hold_lease(item: ItemId, holder: RowId, now: Timestamp) -> [Statement; 2] {
    [
        Statement::guard(
            "FROM item WHERE id=? AND lease_holder=? AND lease_until>? AND state<>'removing'",
            [item.0.into(), holder.into(), now.unix().into()],
        ),
        Statement::write(
            "UPDATE item SET lease_until=? WHERE id=?",
            [now.plus(LEASE_SECONDS).unix().into(), item.0.into()],
        ),
    ]
}

/// What a lease holder leaves behind.
pub(crate) struct Release {
    pub(crate) state: &'static str,
    /// How many reasons the sync had seen when it began, and is done with: none where it
    /// was none of its own to be done with.
    pub(crate) synced: Option<u32>,
    /// `wanted` as the attempt saw it, where it looked at everything: the wish for that is
    /// over, unless another came meanwhile.
    pub(crate) looked_at_everything: Option<u32>,
    pub(crate) failures: u32,
    /// When to look again at the earliest, where work is left.
    pub(crate) retry_at: Timestamp,
}

/// Overwrites the sealed part and gives the lease back. To stand behind
/// [`hold_lease`] in the same batch: the holder is the row's only writer.
pub(crate) fn release(
    keys: &UserKeys,
    item: ItemId,
    rev: u32,
    record: &ItemRecord,
    release: &Release,
) -> Result<Statement> {
    let next = rev + 1;
    let sealed = keys.seal(item.0, next, record)?;
    Ok(Statement::write(
        "UPDATE item SET state=?, synced=COALESCE(?,synced), \
         everything=CASE WHEN wanted=? THEN 0 ELSE everything END, failures=?, retry_at=?, \
         lease_holder=NULL, lease_until=0, rev=?, sealed=? WHERE id=?",
        [
            release.state.into(),
            release.synced.into(),
            release.looked_at_everything.into(),
            release.failures.into(),
            release.retry_at.unix().into(),
            next.into(),
            sealed,
            item.0.into(),
        ],
    ))
}

/// Overwrites the sealed part and gives the lease back; what a sync is to do, and when,
/// stays as it is. To stand behind [`hold_lease`] in the same batch.
pub(crate) fn rewrite(
    keys: &UserKeys,
    item: ItemId,
    rev: u32,
    record: &ItemRecord,
) -> Result<Statement> {
    let next = rev + 1;
    let sealed = keys.seal(item.0, next, record)?;
    Ok(Statement::write(
        "UPDATE item SET lease_holder=NULL, lease_until=0, rev=?, sealed=? WHERE id=?",
        [next.into(), sealed, item.0.into()],
    ))
}

/// Not to be looked at by itself before `until`.
pub(crate) fn postpone(item: ItemId, until: Timestamp) -> Statement {
    Statement::write(
        "UPDATE item SET retry_at=? WHERE id=? AND retry_at<?",
        [until.unix().into(), item.0.into(), until.unix().into()],
    )
}

/// Marks an Item as being removed, which no lease survives.
pub(crate) fn begin_removal(item: ItemId) -> Statement {
    Statement::write(
        "UPDATE item SET state='removing', lease_holder=NULL, lease_until=0, retry_at=0, \
         wanted=wanted+1 WHERE id=?",
        [item.0.into()],
    )
}

/// Puts the next try of a removal off.
pub(crate) fn postpone_removal(item: ItemId, until: Timestamp) -> Statement {
    Statement::write(
        "UPDATE item SET failures=failures+1, retry_at=? WHERE id=? AND state='removing'",
        [until.unix().into(), item.0.into()],
    )
}

/// Deletes the row, once Plaid has confirmed.
pub(crate) fn delete_removed(item: ItemId) -> Statement {
    Statement::write(
        "DELETE FROM item WHERE id=? AND state='removing'",
        [item.0.into()],
    )
}

/// Goes on only where a person has no Item but these.
pub(crate) fn are_all(person: PersonId, items: &[ItemId]) -> Statement {
    // An id that is nobody's: an empty list holds nothing, not even that nothing is in it.
    let none = std::iter::once(RowId([0; 16]));
    let known = none.chain(items.iter().map(|item| item.0));
    Statement::guard(
        "FROM user_key WHERE user_id=? AND gen=0 AND NOT EXISTS \
         (SELECT 1 FROM item WHERE item.user_id=? AND item.id NOT IN ?*)",
        [
            person.0.into(),
            person.0.into(),
            Value::List(known.map(Value::from).collect()),
        ],
    )
}

/// Deletes every Item of this person, which no lease survives.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write("DELETE FROM item WHERE user_id=?", [person.0.into()])
}
