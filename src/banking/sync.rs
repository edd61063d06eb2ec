//! A sync: Plaid's pages of changes become rows, all of them and the cursor at
//! once, or none.
//!
//! Pages are sealed into staging rows of one attempt, which a lease guards; one
//! last batch promotes them and stores the cursor. Whoever dies in between
//! leaves a lease that runs out and a stage that the next attempt clears. The
//! loop always starts from the cursor of the batch's start.
//! <https://plaid.com/docs/transactions/sync-migration/>

mod ending;
mod products;
mod promotion;

use std::sync::Arc;

use plaid::{AccountsGet, CallError, ErrorClass, TransactionsSync};
use vault::{Reveal, SystemPurpose};

use self::products::Products;
use super::{
    client::UpstreamError,
    hold::{self, Hold, Refusal},
    page::Sealer,
};
use crate::{
    app::App,
    events::Message,
    id::{AccountId, ItemId, PersonId, RowId},
    platform::{Timestamp, log},
    problem::{Problem, Result},
    store::{
        accounts::{self, AccountRecord},
        attempts::{self, AttemptRecord, AttemptRow},
        breakers::{self, Breaker},
        engine::EngineError,
        items::{self, Health, ItemRow, ItemState, Release, Spent},
        table::index,
        transactions,
    },
};

/// How many pages one invocation may fetch; what is left goes on in a message.
#[derive(Clone, Copy)]
struct Budget(u32);

impl Budget {
    /// While somebody waits for the reply: 2,000 transactions.
    const REQUEST: Self = Self(4);
    /// In a queue message: 10,000 transactions, far below the platform's limits.
    const MESSAGE: Self = Self(20);
}

/// Mutations that a batch takes before it starts from none.
const PATIENCE: u32 = 3;

/// Why an Item is synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A person waits for it: whatever is known of her bank, it is asked.
    Person,
    /// Plaid said that there is something.
    Webhook,
    /// Work that was left, or put off.
    Sweep,
    /// The day's comparison with Plaid.
    Check,
}

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
    /// Plaid was asked as often as it allows in a minute; so many seconds are left of that.
    Spent(u32),
    /// It failed and will be tried again; the Item says how it is.
    Failed,
}

/// One attempt, under its lease.
struct Attempt<'a> {
    hold: Hold<'a>,
    failures: u32,
    /// Whether more than transactions is looked at.
    everything: bool,
    progress: AttemptRecord,
    accounts: Vec<(AccountId, AccountRecord)>,
    products: Products,
    /// Whether the bank stands among those that fail.
    is_failing: bool,
    /// Whether no webhook said that there is anything.
    is_check: bool,
}

/// Why an attempt ended early.
enum Stop {
    /// The lease is somebody else's, or the Item is gone.
    Lost,
    /// Plaid, or the bank.
    Upstream(UpstreamError),
    /// This minute's calls are used up.
    Spent(u32),
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

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Spent(seconds) => Self::Spent(seconds),
            Refusal::Upstream(error) => Self::Upstream(error),
        }
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

/// Syncs an Item from where its last whole sync ended, for a person who waits.
///
/// One batch to read it, one to take the lease, one a page, two to promote.
pub(crate) async fn sync(app: &App, item: ItemId) -> Result<Synced> {
    begin(app, item, Budget::REQUEST, Reason::Person).await
}

/// As [`sync`], where nobody waits: a bank that fails is left alone until it is time to
/// try it again.
pub(crate) async fn sync_for(app: &App, item: ItemId, reason: Reason) -> Result<Synced> {
    begin(app, item, Budget::MESSAGE, reason).await
}

async fn begin(app: &App, item: ItemId, budget: Budget, reason: Reason) -> Result<Synced> {
    let Some(seen) = hold::look(app, item).await? else {
        return Ok(Synced::Busy);
    };
    if seen.is_busy(Timestamp::now()) {
        return Ok(Synced::Busy);
    }
    let (row, person) = (&seen.row, PersonId(seen.row.user_id));
    let (state, wanted, failures, everything) =
        (row.state, row.wanted, row.failures, row.everything != 0);
    let breakers = seen.breakers.clone();
    let alongside = vec![
        transactions::clear_stage(person, item),
        attempts::clear(item),
    ];
    let Some(hold) = seen.hold(app, alongside).await? else {
        return Ok(Synced::Busy);
    };
    let mut is_failing = false;
    if !breakers.is_empty()
        && let Some(institution) = &hold.record.institution_id
    {
        let system = app.system_keys().await?;
        let institution = system.blind(index::INSTITUTION, institution.as_bytes());
        let breaker = breakers
            .iter()
            .find(|breaker| breaker.institution == institution);
        if let Some(breaker) = breaker {
            is_failing = true;
            if reason != Reason::Person
                && let Some(until) = stays_away(app, *breaker).await?
            {
                hold.write(vec![items::postpone(item, until)]).await?;
                return Ok(Synced::Failed);
            }
        }
    }
    let cursor = hold.record.cursor.clone();
    let progress = AttemptRecord {
        holder: hold.holder,
        wanted,
        start: cursor.clone(),
        next: cursor.clone(),
        restarts: 0,
        // What was read before and does not come again from none is there no more.
        whole: cursor.is_none() && hold.record.last_synced_at.is_some(),
        months: Vec::new(),
        spent: Spent::default(),
    };
    let mut attempt = Attempt {
        hold,
        failures,
        everything,
        progress,
        accounts: Vec::new(),
        products: Products::default(),
        is_failing,
        is_check: reason == Reason::Check,
    };
    let course = &mut attempt.hold.record.course;
    course.last_attempt_at = Some(Timestamp::now());
    if reason == Reason::Webhook {
        course.last_webhook_at = course.last_attempt_at;
    }
    if (state == ItemState::Linking || everything)
        && let Err(stop) = attempt.examine().await
    {
        return attempt.ended(stop).await;
    }
    if reason == Reason::Person && everything && attempt.hold.record.last_synced_at.is_some() {
        attempt.ask_the_bank().await;
    }
    attempt.run(budget).await
}

/// Until when a bank that fails is left alone. None: one try is due, and it is this one.
async fn stays_away(app: &App, breaker: Breaker) -> Result<Option<Timestamp>> {
    let now = Timestamp::now();
    if breaker.open_at > now {
        return Ok(Some(breaker.open_at));
    }
    let [claimed] = app
        .db
        .batch([breakers::try_again(breaker.institution, now)])
        .await?;
    Ok((claimed.changed() == 0).then(|| now.plus(breakers::TRY_SECONDS)))
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
    let (number, failures, everything) = (row.attempt, row.failures, row.everything != 0);
    let mut hold = Hold::open(app, row, keys, holder, number)?;
    hold.record.course.last_attempt_at = Some(Timestamp::now());
    hold.record.course.spent.clone_from(&progress.spent);
    let attempt = Attempt {
        hold,
        failures,
        everything,
        progress,
        accounts: Vec::new(),
        products: Products::default(),
        is_failing: false,
        is_check: false,
    };
    attempt.run(Budget::MESSAGE).await
}

impl Attempt<'_> {
    async fn run(mut self, budget: Budget) -> Result<Synced> {
        match self.pages(budget).await {
            Ok(synced) => Ok(synced),
            Err(stop) => self.ended(stop).await,
        }
    }

    /// Fetches, seals and stages page by page; promotes behind the last.
    async fn pages(&mut self, budget: Budget) -> std::result::Result<Synced, Stop> {
        let keys = Arc::clone(&self.hold.keys);
        let left_out = self.hold.record.course.left_out.clone();
        let mut sealer = Sealer::new(&keys, self.hold.number, &self.progress.months, &left_out);
        let token = self.hold.token();
        for _ in 0..budget.0 {
            let next = self.progress.next.clone();
            let request = TransactionsSync::page(&token, next.as_deref());
            let answer = self.hold.ask(&request).await?;
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
            if self.is_check && !changes.is_empty() {
                log::warn("daily-check-healed", "changes that no webhook told");
            }
            self.progress.next = Some(cursor);
            self.progress.months = sealer.month_names().collect();
            self.stage(&sealer, changes).await?;
            if !more {
                self.look_at_accounts(&sealer).await;
                if self.everything {
                    self.look_at_products(&sealer).await;
                }
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
        let token = self.hold.token();
        let answer = self.hold.ask(&AccountsGet::new(&token)).await;
        let reply = match &answer {
            Ok(answer) => answer.read::<AccountsGet<'_>>(),
            Err(Refusal::Spent(_)) => return,
            Err(Refusal::Upstream(_)) => Err(UpstreamError::Unreachable),
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
        let [guard, hold] = self.hold.guard();
        let (item, number) = (self.hold.item, self.hold.number);
        let stage = transactions::stage(sealer.person(), item, number, changes);
        self.hold.app.db.batch([guard, hold, stage]).await?;
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
        let [guard, hold] = self.hold.guard();
        let clear = transactions::clear_stage(self.hold.person(), self.hold.item);
        self.hold.app.db.batch([guard, hold, clear]).await?;
        Ok(())
    }

    /// Keeps where it stands and sends a message to go on from there.
    async fn go_on_later(&mut self) -> std::result::Result<(), Stop> {
        let spent = &self.hold.record.course.spent;
        self.progress.spent.clone_from(spent);
        let Hold {
            app,
            keys,
            item,
            number,
            ..
        } = &self.hold;
        let [guard, hold] = self.hold.guard();
        let keep = attempts::keep(keys, *item, *number, &self.progress)?;
        app.db.batch([guard, hold, keep]).await?;
        let message = Message::Resume {
            item: item.0,
            holder: self.progress.holder,
        };
        message.send(app).await;
        Ok(())
    }

    /// Plaid has nothing yet: the accounts are kept, no cursor is.
    async fn not_ready(&mut self) -> std::result::Result<(), Stop> {
        let release = Release {
            state: "active",
            synced: Some(self.progress.wanted.saturating_sub(1)),
            looked_at_everything: None,
            failures: 0,
            retry_at: Timestamp::now().plus(15),
        };
        let hold = &self.hold;
        let [guard, extend] = hold.guard();
        let accounts = accounts::upsert(&hold.keys, hold.item, hold.number, &self.accounts)?;
        let release = hold.release(&hold.record, &release)?;
        hold.app
            .db
            .batch([guard, extend, accounts, release])
            .await?;
        Ok(())
    }

    /// Whether the Item has an account of one of these kinds.
    fn has_account(&self, kinds: &[plaid::AccountType]) -> bool {
        let mut accounts = self.accounts.iter();
        accounts.any(|(_, account)| kinds.contains(&account.kind))
    }
}

/// Plaid's code of an error, or what stands for one.
fn code_of(error: &UpstreamError) -> String {
    match error {
        UpstreamError::Unreachable => "UNREACHABLE".into(),
        UpstreamError::Call(CallError::Plaid(error)) => error.error_code.as_str().into(),
        UpstreamError::Call(CallError::Status(status)) => format!("HTTP_{status}"),
        UpstreamError::Call(_) => "UNREADABLE_REPLY".into(),
    }
}

/// How an Item that never was whole is called until it is.
const fn is_new(health: Health) -> bool {
    matches!(health, Health::Preparing)
}
