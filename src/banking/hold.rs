//! A hold on an Item: its row, opened, under its lease. Whatever changes an Item's sealed
//! part does it by one of these, so that two never overwrite each other.

use std::sync::Arc;

use plaid::{AccessToken, Request};
use vault::{Reveal, SystemPurpose};

use super::client::{Answer, UpstreamError, access_token};
use crate::{
    app::App,
    id::{ItemId, PersonId, RowId},
    platform::Timestamp,
    problem::{Problem, Result},
    store::{
        breakers::{self, Breaker},
        engine::{EngineError, Statement},
        items::{self, ItemRecord, ItemRow, ItemState},
        keys::UserKeys,
    },
};

/// An Item as it was when it was looked at.
pub(super) struct Seen {
    pub(super) row: ItemRow,
    pub(super) keys: Arc<UserKeys>,
    /// The banks that fail.
    pub(super) breakers: Vec<Breaker>,
}

/// An Item, held.
pub(super) struct Hold<'a> {
    pub(super) app: &'a App,
    pub(super) keys: Arc<UserKeys>,
    pub(super) item: ItemId,
    pub(super) holder: RowId,
    /// The attempt's number: the `rev` of the rows that it writes.
    pub(super) number: u32,
    pub(super) record: ItemRecord,
    rev: u32,
}

/// Why a call was not made, or came to nothing.
pub(super) enum Refusal {
    /// The Item's calls of this minute are used up; seconds until there are more.
    Spent(u32),
    Upstream(UpstreamError),
}

impl From<UpstreamError> for Refusal {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Spent(seconds) => Self::too_many(seconds),
            Refusal::Upstream(error) => error.into(),
        }
    }
}

/// Looks at an Item, whoever's it is. One batch, two where her keys are not known here.
pub(super) async fn look(app: &App, item: ItemId) -> Result<Option<Seen>> {
    let [row, breakers] = app.db.batch([items::by_id(item), breakers::all()]).await?;
    let Some(row) = row.rows()?.first::<ItemRow>()? else {
        return Ok(None);
    };
    let breakers = breakers.rows()?.all()?;
    let keys = app.keys.of(&app.db, PersonId(row.user_id).vault()).await?;
    Ok(keys.map(|keys| Seen {
        row,
        keys,
        breakers,
    }))
}

impl Seen {
    /// Whether somebody holds it, or it is going.
    pub(super) fn is_busy(&self, now: Timestamp) -> bool {
        self.row.state == ItemState::Removing || self.row.is_leased(now)
    }

    /// Takes the lease, where nobody was faster; `alongside` lands with it. One batch.
    pub(super) async fn hold(
        self,
        app: &App,
        alongside: Vec<Statement>,
    ) -> Result<Option<Hold<'_>>> {
        self.begin(app, alongside, items::take_lease).await
    }

    /// Takes the lease from whoever has it. One batch.
    pub(super) async fn seize(
        self,
        app: &App,
        alongside: Vec<Statement>,
    ) -> Result<Option<Hold<'_>>> {
        self.begin(app, alongside, items::seize_lease).await
    }

    async fn begin(
        self,
        app: &App,
        alongside: Vec<Statement>,
        lease: impl Fn(ItemId, u32, RowId, Timestamp) -> [Statement; 2],
    ) -> Result<Option<Hold<'_>>> {
        let item = ItemId(self.row.id);
        let holder = RowId::new()?;
        let mut batch = Vec::from(lease(item, self.row.attempt, holder, Timestamp::now()));
        batch.extend(alongside);
        match app.db.batch_all(&batch).await {
            Ok(_) => {}
            Err(EngineError::Guard) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let number = self.row.attempt + 1;
        Hold::open(app, self.row, self.keys, holder, number).map(Some)
    }
}

impl<'a> Hold<'a> {
    /// The hold that `holder` has already.
    pub(super) fn open(
        app: &'a App,
        row: ItemRow,
        keys: Arc<UserKeys>,
        holder: RowId,
        number: u32,
    ) -> Result<Self> {
        let (item, rev) = (ItemId(row.id), row.rev);
        let record = row
            .open(&keys)?
            .reveal(&Reveal::system(SystemPurpose::Synchronise))
            .map_err(|_| Problem::internal("an Item of someone else's"))?;
        Ok(Self {
            app,
            keys,
            item,
            holder,
            number,
            record,
            rev,
        })
    }

    pub(super) fn person(&self) -> PersonId {
        PersonId(RowId(*self.keys.user().as_bytes()))
    }

    pub(super) fn token(&self) -> AccessToken {
        access_token(&self.record.access_token)
    }

    /// Asks Plaid about the Item, where this minute has a call left.
    pub(super) async fn ask<R: Request>(
        &mut self,
        request: &R,
    ) -> std::result::Result<Answer, Refusal> {
        let now = Timestamp::now();
        let spent = &mut self.record.course.spent;
        spent.admit(R::ENDPOINT, now).map_err(Refusal::Spent)?;
        let answer = self.app.plaid.call(request).await;
        let spent = &mut self.record.course.spent;
        spent.answered(R::ENDPOINT, Timestamp::now());
        Ok(answer?)
    }

    /// Goes on only while it is held, and holds it longer.
    pub(super) fn guard(&self) -> [Statement; 2] {
        items::hold_lease(self.item, self.holder, Timestamp::now())
    }

    /// Gives the lease back with this record in place of the one that was there.
    pub(super) fn release(
        &self,
        record: &ItemRecord,
        release: &items::Release,
    ) -> Result<Statement> {
        items::release(&self.keys, self.item, self.rev, record, release)
    }

    /// Writes the record as it is now, together with `statements`, and gives the lease back;
    /// what is wanted of a sync stays. `None`: the lease was lost, and nothing is written.
    pub(super) async fn write(self, statements: Vec<Statement>) -> Result<Option<()>> {
        self.try_to_write(statements).await
    }

    /// As [`Self::write`], for whoever tries again where the database does not answer.
    pub(super) async fn try_to_write(&self, statements: Vec<Statement>) -> Result<Option<()>> {
        let mut batch = Vec::from(self.guard());
        batch.extend(statements);
        batch.push(items::rewrite(
            &self.keys,
            self.item,
            self.rev,
            &self.record,
        )?);
        match self.app.db.batch_all(&batch).await {
            Ok(_) => Ok(Some(())),
            Err(EngineError::Guard) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Changes an Item's record. False where somebody holds it: to be tried again.
pub(super) async fn amend(
    app: &App,
    item: ItemId,
    change: impl FnOnce(&mut ItemRecord),
) -> Result<bool> {
    let Some(seen) = look(app, item).await? else {
        return Ok(true);
    };
    if seen.row.state == ItemState::Removing {
        return Ok(true);
    }
    if seen.is_busy(Timestamp::now()) {
        return Ok(false);
    }
    let Some(mut hold) = seen.hold(app, Vec::new()).await? else {
        return Ok(false);
    };
    change(&mut hold.record);
    Ok(hold.write(Vec::new()).await?.is_some())
}
