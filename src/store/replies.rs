//! Replies kept under an `Idempotency-Key`, sealed under the keys of whoever
//! asked. A row begins as a claim, which lapses after a minute, so that a crash
//! leaves nothing behind; it becomes the reply, which stays a day.
//!
//! Invariant: of two requests under one key, at once or not, one claims it.

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{OnConflict, Rows, SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    table::Table,
};
use crate::{
    id::{PersonId, RowId},
    platform::Timestamp,
    problem::Result,
};

/// The private part: which request it was, and what it was answered.
#[derive(Serialize, Deserialize)]
pub(crate) struct ReplyRecord {
    /// Blind index of the request under the same keys.
    pub(crate) fingerprint: RowId,
    /// None while the request runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply: Option<KeptReply>,
}

/// What the first request was answered.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptReply {
    pub(crate) status: u16,
    /// JSON.
    pub(crate) body: String,
}

impl Sealable for ReplyRecord {
    const TABLE: Table = Table::IdempotentReply;
}

impl Record for ReplyRecord {}

/// A row, a claim's or a reply's.
#[derive(Deserialize)]
pub(crate) struct ReplyRow {
    rev: u32,
    sealed: SealedBytes,
}

const CLAIMED: u32 = 1;
const ANSWERED: u32 = 2;
const CLAIM_SECONDS: i64 = 60;
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// A key that is claimed. Two claims of one key differ in when they lapse.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    id: RowId,
    lapses_at: Timestamp,
}

impl Slot {
    pub(crate) fn new(id: RowId, now: Timestamp) -> Self {
        Self {
            id,
            lapses_at: now.plus(CLAIM_SECONDS),
        }
    }

    /// Claims the key unless it is taken: a lapsed row goes, the claim comes (the
    /// second outcome counts 1 where it is ours), and the row is read.
    pub(crate) fn claim(
        &self,
        keys: &UserKeys,
        fingerprint: RowId,
        now: Timestamp,
    ) -> Result<[Statement; 3]> {
        const OF: Select = Select {
            columns: &["rev", "sealed"],
            from: "FROM idempotent_reply WHERE user_id=? AND id=?",
        };
        let owner = owner(keys);
        let sealed = keys.seal(
            self.id,
            CLAIMED,
            &ReplyRecord {
                fingerprint,
                reply: None,
            },
        )?;
        Ok([
            Statement::write(
                "DELETE FROM idempotent_reply WHERE user_id=? AND id=? AND expires_at<=?",
                [owner.into(), self.id.into(), now.unix().into()],
            ),
            Statement::insert_all(
                "idempotent_reply",
                &["user_id", "id", "expires_at", "rev", "sealed"],
                vec![vec![
                    owner.into(),
                    self.id.into(),
                    self.lapses_at.unix().into(),
                    CLAIMED.into(),
                    sealed,
                ]],
                OnConflict::Keep,
            ),
            Statement::read(OF, [owner.into(), self.id.into()]),
        ])
    }

    /// The reply in the place of the claim, where the claim still stands.
    pub(crate) fn answer(
        &self,
        keys: &UserKeys,
        record: &ReplyRecord,
        now: Timestamp,
    ) -> Result<Statement> {
        let sealed = keys.seal(self.id, ANSWERED, record)?;
        Ok(Statement::write(
            "UPDATE idempotent_reply SET rev=?, sealed=?, expires_at=? \
             WHERE user_id=? AND id=? AND rev=? AND expires_at=?",
            [
                ANSWERED.into(),
                sealed,
                now.plus(KEPT_SECONDS).unix().into(),
                owner(keys).into(),
                self.id.into(),
                CLAIMED.into(),
                self.lapses_at.unix().into(),
            ],
        ))
    }

    /// Gives the key back: the request was refused, and may be mended and sent again.
    pub(crate) fn release(&self, keys: &UserKeys) -> Statement {
        Statement::write(
            "DELETE FROM idempotent_reply WHERE user_id=? AND id=? AND rev=? AND expires_at=?",
            [
                owner(keys).into(),
                self.id.into(),
                CLAIMED.into(),
                self.lapses_at.unix().into(),
            ],
        )
    }

    /// Whoever holds the key, from the rows of [`Self::claim`].
    pub(crate) fn open(
        &self,
        keys: &UserKeys,
        rows: &Rows,
    ) -> Result<Option<Sensitive<ReplyRecord>>> {
        let row: Option<ReplyRow> = rows.first()?;
        row.map(|row| keys.open(self.id, row.rev, row.sealed))
            .transpose()
    }
}

fn owner(keys: &UserKeys) -> RowId {
    RowId(*keys.user().as_bytes())
}

/// Deletes every reply that is kept for a person.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write(
        "DELETE FROM idempotent_reply WHERE user_id=?",
        [person.0.into()],
    )
}

/// Deletes what has lapsed.
pub(crate) fn purge(now: Timestamp) -> Statement {
    Statement::write(
        "DELETE FROM idempotent_reply WHERE expires_at<=?",
        [now.unix().into()],
    )
}
