//! A sync: Plaid's pages of changes become rows, all of them and the cursor at
//! once, or none.
//!
//! Pages are sealed into staging rows of one attempt, which a lease guards; one
//! last batch promotes them and stores the cursor. Whoever dies in between
//! leaves a lease that runs out and a stage that the next attempt clears. The
//! loop always starts from the cursor of the batch's start.
//! <https://plaid.com/docs/transactions/sync-migration/>

use std::sync::Arc;

use plaid::{AccessToken, AccountsGet, ErrorClass, ItemGet, ReadOnlyGrant, TransactionsSync};
use vault::{Reveal, SystemPurpose};

use super::{
    client::{UpstreamError, access_token},
    page::Sealer,
    unlink,
};
use crate::{
    app::App,
    events::Message,
    id::{AccountId, ItemId, PersonId, RowId},
    platform::{Timestamp, log},
    problem::{Kind, Problem, Result},
    store::{
        accounts::{self, AccountRecord},
        attempts::{self, AttemptRecord, AttemptRow},
        engine::EngineError,
        items::{self, Health, ItemRecord, ItemRow, ItemState, Release},
        keys::UserKeys,
        months::{self, MonthTokens},
        transactions::{self, MonthToken},
    },
};

/// How many pages one invocation may fetch; what is left goes on in a message.
#[derive(Clone, Copy)]
pub(crate) struct Budget(pub(crate) u32);

impl Budget {
    /// While somebody waits for the reply: 2,000 transactions.
    pub(crate) const REQUEST: Self = Self(4);
    /// In a queue message: 10,000 transactions, far below the platform's limits.
    pub(crate) const MESSAGE: Self = Self(20);
}

/// Mutations that a batch takes before it starts from none.
const PATIENCE: u32 = 3;

/// How often a promotion is tried against others of the same person.
const PROMOTIONS: u32 = 8;

/// What became of a sync.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Synced {
    /// Everything the bank has is here.
    Whole,
    /// More is fetched in a message that is on its way.
    GoesOn,
    /// The bank is still preparing; a webhook or the sweep comes back to it.
    NotReady,
    /// Somebody else is at it, or it is gone.
    Busy,
    /// It failed and will be tried again; the Item says how it is.
    Failed,
}

/// One attempt, under its lease.
struct Attempt<'a> {
    app: &'a App,
    keys: Arc<UserKeys>,
    item: ItemId,
    number: u32,
    rev: u32,
    failures: u32,
    record: ItemRecord,
    token: AccessToken,
    progress: AttemptRecord,
    accounts: Vec<(AccountId, AccountRecord)>,
}

/// Why an attempt ended early.
enum Stop {
    /// The lease is somebody else's, or the Item is gone.
    Lost,
    /// Plaid, or the bank.
    Upstream(UpstreamError),
    /// Came with more than reading.
    NotReadOnly(plaid::Refused),
    /// Ours.
    Problem(Problem),
}

impl From<UpstreamError> for Stop {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<EngineError> for Stop {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Guard => Self::Lost,
            error => Self::Problem(error.into()),
        }
    }
}

/// Syncs an Item from where its last whole sync ended.
///
/// One batch to read it, one to take the lease, one a page, two to promote.
pub(crate) async fn sync(app: &App, item: ItemId, budget: Budget) -> Result<Synced> {
    let Some((row, keys)) = load(app, item).await? else {
        return Ok(Synced::Busy);
    };
    let now = Timestamp::now();
    if row.state == ItemState::Removing || row.is_leased(now) {
        return Ok(Synced::Busy);
    }
    let (state, number, rev, failures, wanted) = (
        row.state,
        row.attempt + 1,
        row.rev,
        row.failures,
        row.wanted,
    );
    let holder = RowId::new()?;
    let [guard, lease] = items::take_lease(item, row.attempt, holder, now);
    let leased = app.db.batch([
        guard,
        lease,
        transactions::clear_stage(PersonId(row.user_id), item),
        attempts::clear(item),
    ]);
    match leased.await {
        Ok(_) => {}
        Err(EngineError::Guard) => return Ok(Synced::Busy),
        Err(error) => return Err(error.into()),
    }
    let record = open(row, &keys)?;
    let token = access_token(&record.access_token);
    let progress = AttemptRecord {
        holder,
        wanted,
        start: record.cursor.clone(),
        next: record.cursor.clone(),
        restarts: 0,
        whole: false,
        months: Vec::new(),
    };
    let mut attempt = Attempt {
        app,
        keys,
        item,
        number,
        rev,
        failures,
        record,
        token,
        progress,
        accounts: Vec::new(),
    };
    if state == ItemState::Linking
        && let Err(stop) = attempt.admit().await
    {
        return attempt.ended(stop).await;
    }
    attempt.run(budget).await
}

/// Goes on with an attempt that ran out of its budget, if it still has its lease.
pub(crate) async fn resume(app: &App, item: ItemId, holder: RowId) -> Result<Synced> {
    let [row, progress] = app
        .db
        .batch([items::by_id(item), attempts::of_item(item)])
        .await?;
    let Some(row) = row.rows()?.first::<ItemRow>()? else {
        return Ok(Synced::Busy);
    };
    if row.lease_holder != Some(holder) || !row.is_leased(Timestamp::now()) {
        return Ok(Synced::Busy);
    }
    let person = PersonId(row.user_id);
    let Some(keys) = app.keys.of(&app.db, person.vault()).await? else {
        return Ok(Synced::Busy);
    };
    let Some(progress) = progress.rows()?.first::<AttemptRow>()? else {
        return Ok(Synced::Busy);
    };
    let system = Reveal::system(SystemPurpose::Synchronise);
    let progress = progress
        .open(&keys)?
        .reveal(&system)
        .map_err(|_| Problem::not_found())?;
    let (number, rev, failures) = (row.attempt, row.rev, row.failures);
    let record = open(row, &keys)?;
    let token = access_token(&record.access_token);
    let accounts = Vec::new();
    let attempt = Attempt {
        app,
        keys,
        item,
        number,
        rev,
        failures,
        record,
        token,
        progress,
        accounts,
    };
    attempt.run(Budget::MESSAGE).await
}

async fn load(app: &App, item: ItemId) -> Result<Option<(ItemRow, Arc<UserKeys>)>> {
    let [row] = app.db.batch([items::by_id(item)]).await?;
    let Some(row) = row.rows()?.first::<ItemRow>()? else {
        return Ok(None);
    };
    let keys = app.keys.of(&app.db, PersonId(row.user_id).vault()).await?;
    Ok(keys.map(|keys| (row, keys)))
}

fn open(row: ItemRow, keys: &UserKeys) -> Result<ItemRecord> {
    row.open(keys)?
        .reveal(&Reveal::system(SystemPurpose::Synchronise))
        .map_err(|_| Problem::internal("an Item of someone else's"))
}

impl Attempt<'_> {
    fn person(&self) -> PersonId {
        PersonId(RowId(*self.keys.user().as_bytes()))
    }

    /// Checks what a new Item was granted, before a row of it is read.
    async fn admit(&mut self) -> std::result::Result<(), Stop> {
        let answer = self.app.plaid.call(&ItemGet::new(&self.token)).await?;
        let reply = answer.read::<ItemGet<'_>>()?;
        let granted: Vec<&str> = reply.item.granted_products().collect();
        ReadOnlyGrant::check(granted, std::iter::empty::<&str>()).map_err(Stop::NotReadOnly)?;
        let text =
            |text: &Option<plaid::Text<'_>>| text.as_ref().map(|text| text.as_str().to_owned());
        self.record.institution_id = text(&reply.item.institution_id);
        self.record.institution_name = text(&reply.item.institution_name);
        Ok(())
    }

    async fn run(mut self, budget: Budget) -> Result<Synced> {
        match self.pages(budget).await {
            Ok(synced) => Ok(synced),
            Err(stop) => self.ended(stop).await,
        }
    }

    /// Fetches, seals and stages page by page; promotes behind the last.
    async fn pages(&mut self, budget: Budget) -> std::result::Result<Synced, Stop> {
        let keys = Arc::clone(&self.keys);
        let mut sealer = Sealer::new(&keys, self.number, &self.progress.months);
        for _ in 0..budget.0 {
            let request = TransactionsSync::page(&self.token, self.progress.next.as_deref());
            let answer = self.app.plaid.call(&request).await?;
            let page = match answer.read::<TransactionsSync<'_>>() {
                Ok(page) => page,
                Err(error) if error.classify() == ErrorClass::MutationDuringPagination => {
                    self.restart(&mut sealer).await?;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            self.accounts = sealer.accounts(&page.accounts);
            let Some(cursor) = page.cursor() else {
                self.look_at_accounts(&sealer).await;
                self.not_ready().await?;
                return Ok(Synced::NotReady);
            };
            let (cursor, more) = (cursor.to_owned(), page.has_more);
            let changes = sealer.changes(&page)?;
            self.progress.next = Some(cursor);
            self.progress.months = sealer.month_names().collect();
            self.stage(&sealer, changes).await?;
            if !more {
                self.look_at_accounts(&sealer).await;
                self.promote(&sealer).await?;
                return Ok(Synced::Whole);
            }
        }
        self.go_on_later().await?;
        Ok(Synced::GoesOn)
    }

    /// A page has the accounts of its transactions only; here are all of them. Where
    /// Plaid does not answer, the page's have to do until the next sync.
    async fn look_at_accounts(&mut self, sealer: &Sealer<'_>) {
        let answer = self.app.plaid.call(&AccountsGet::new(&self.token)).await;
        let reply = match &answer {
            Ok(answer) => answer.read::<AccountsGet<'_>>(),
            Err(_) => Err(UpstreamError::Unreachable),
        };
        match reply {
            Ok(reply) => self.accounts = sealer.accounts(&reply.accounts),
            Err(error) => log::warn("accounts-not-read", &error.to_string()),
        }
    }

    async fn stage(
        &self,
        sealer: &Sealer<'_>,
        changes: Vec<transactions::Change>,
    ) -> std::result::Result<(), Stop> {
        let [guard, hold] = self.hold();
        let stage = transactions::stage(sealer.person(), self.item, self.number, changes);
        self.app.db.batch([guard, hold, stage]).await?;
        Ok(())
    }

    /// The bank changed while we read: from the batch's start again, or, where
    /// that keeps failing, from none, and then what does not come is removed.
    async fn restart(&mut self, sealer: &mut Sealer<'_>) -> std::result::Result<(), Stop> {
        self.progress.restarts += 1;
        if self.progress.restarts >= PATIENCE && self.progress.start.is_some() {
            self.progress.start = None;
            self.progress.whole = true;
            self.progress.restarts = 0;
        }
        self.progress.next.clone_from(&self.progress.start);
        self.progress.months.clear();
        sealer.forget();
        let [guard, hold] = self.hold();
        self.app
            .db
            .batch([
                guard,
                hold,
                transactions::clear_stage(self.person(), self.item),
            ])
            .await?;
        Ok(())
    }

    fn hold(&self) -> [crate::store::engine::Statement; 2] {
        items::hold_lease(self.item, self.progress.holder, Timestamp::now())
    }

    /// Rows, accounts, directory and cursor at once.
    async fn promote(&mut self, sealer: &Sealer<'_>) -> std::result::Result<(), Stop> {
        let person = sealer.person();
        let (whole, number) = (self.progress.whole, self.number);
        let tokens = MonthTokens::new(&self.keys);
        // A copy: if this does not land, what is written of the failure has the old cursor.
        let record = ItemRecord {
            cursor: self.progress.next.clone(),
            health: Health::Good,
            last_synced_at: Some(Timestamp::now()),
            ..self.record.clone()
        };
        let release = Release {
            state: "active",
            synced: self.progress.wanted,
            failures: 0,
            retry_at: Timestamp::from_unix(0),
        };
        for _ in 0..PROMOTIONS {
            let [counts, directory] = self
                .app
                .db
                .batch([
                    transactions::counts_after(person, self.item, number, whole),
                    months::of_person(person),
                ])
                .await?;
            let counts: Vec<(MonthToken, u32)> = counts.rows()?.all()?;
            let directory = self.keys.directory(&directory.rows()?)?;
            let after = directory.after(&tokens, &counts, sealer.month_names())?;
            let mut batch = Vec::from(self.hold());
            batch.extend(months::replace(&self.keys, directory.rev, &after)?);
            batch.extend(transactions::promote(person, self.item, number, whole));
            batch.push(accounts::upsert(
                &self.keys,
                self.item,
                number,
                &self.accounts,
            )?);
            batch.push(attempts::clear(self.item));
            batch.push(items::release(
                &self.keys, self.item, self.rev, &record, &release,
            )?);
            match self.app.db.batch_all(&batch).await {
                Ok(_) => return Ok(()),
                // The lease is lost, or another Item of hers changed the directory.
                Err(EngineError::Guard | EngineError::Duplicate) => {
                    if !self.still_held().await? {
                        return Err(Stop::Lost);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Stop::Problem(Problem::unavailable(
            "Try again.",
            "a directory under contention",
        )))
    }

    async fn still_held(&self) -> std::result::Result<bool, Stop> {
        let [row] = self.app.db.batch([items::by_id(self.item)]).await?;
        let row = row.rows()?.first::<ItemRow>()?;
        Ok(row.is_some_and(|row| row.lease_holder == Some(self.progress.holder)))
    }

    /// Keeps where it stands and sends a message to go on from there.
    async fn go_on_later(&self) -> std::result::Result<(), Stop> {
        let [guard, hold] = self.hold();
        let keep = attempts::keep(&self.keys, self.item, self.number, &self.progress)?;
        self.app.db.batch([guard, hold, keep]).await?;
        let message = Message::Resume {
            item: self.item.0,
            holder: self.progress.holder,
        };
        message.send(self.app).await;
        Ok(())
    }

    /// Plaid has nothing yet: the accounts are kept, no cursor is.
    async fn not_ready(&mut self) -> std::result::Result<(), Stop> {
        let release = Release {
            state: "active",
            synced: self.progress.wanted.saturating_sub(1),
            failures: 0,
            retry_at: Timestamp::now().plus(15),
        };
        let [guard, hold] = self.hold();
        let accounts = accounts::upsert(&self.keys, self.item, self.number, &self.accounts)?;
        let release = items::release(&self.keys, self.item, self.rev, &self.record, &release)?;
        self.app.db.batch([guard, hold, accounts, release]).await?;
        Ok(())
    }

    /// Writes down how it ended; the lease is given back, the stage is cleared.
    async fn ended(mut self, stop: Stop) -> Result<Synced> {
        let problem = match stop {
            Stop::Lost => return Ok(Synced::Busy),
            Stop::NotReadOnly(refused) => {
                log::warn("item-not-read-only", &refused.to_string());
                self.unlink().await?;
                return Err(Problem::new(
                    Kind::NotReadOnly,
                    format!(
                        "The connection was removed at once: {refused}. Balance only ever reads."
                    ),
                ));
            }
            Stop::Upstream(error) => {
                log::warn("sync-failed", &error.to_string());
                match error.classify() {
                    ErrorClass::Revoked | ErrorClass::ItemNotFound => {
                        self.unlink().await?;
                        return Ok(Synced::Failed);
                    }
                    ErrorClass::NeedsReauth => self.record.health = Health::NeedsReauth,
                    _ if self.record.health == Health::Good => self.record.health = Health::Failing,
                    _ => {}
                }
                None
            }
            Stop::Problem(problem) => Some(problem),
        };
        self.give_up().await?;
        problem.map_or(Ok(Synced::Failed), Err)
    }

    async fn unlink(&self) -> Result<()> {
        unlink(self.app, self.person(), self.item, &self.keys).await
    }

    async fn give_up(&self) -> Result<()> {
        let failures = self.failures.saturating_add(1);
        let release = Release {
            state: if self.record.institution_id.is_some() {
                "active"
            } else {
                "linking"
            },
            synced: self.progress.wanted.saturating_sub(1),
            failures,
            retry_at: Timestamp::now().plus(backoff(self.record.health, failures)?),
        };
        let [guard, hold] = self.hold();
        let release = items::release(&self.keys, self.item, self.rev, &self.record, &release)?;
        let cleared = [
            transactions::clear_stage(self.person(), self.item),
            attempts::clear(self.item),
        ];
        let [stage, attempt] = cleared;
        match self
            .app
            .db
            .batch([guard, hold, stage, attempt, release])
            .await
        {
            Ok(_) | Err(EngineError::Guard) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Seconds until the next try: doubling from half a minute to six hours, with
/// jitter; a day where only the person can mend it (a webhook says earlier).
fn backoff(health: Health, failures: u32) -> Result<i64> {
    if health == Health::NeedsReauth {
        return Ok(86_400);
    }
    let base = 30_i64
        .saturating_mul(1 << failures.saturating_sub(1).min(10))
        .min(21_600);
    let [jitter] = crate::platform::random::bytes::<1>()?;
    Ok(base + base * i64::from(jitter) / 512)
}
