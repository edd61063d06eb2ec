//! Work that no request waits for: queue messages and cron ticks.
//!
//! A message carries ids only. The database remembers what is to be done, so a
//! message may come twice, late, or never: it is always acknowledged, and what
//! failed or was lost is found by the sweep.

use serde::{Deserialize, Serialize};
use worker::{MessageBatch, MessageExt as _};

use crate::{
    app::App,
    audit, backup,
    banking::{self, Reason},
    billing, console,
    id::{ErasureId, ItemId, PersonId, RowId},
    identity,
    platform::{
        Bindings, Timestamp, log,
        telemetry::{self, Job, Tick},
    },
    problem::{Problem, Result},
    standing,
    store::inbox::{self, InboxRow, Source},
};

/// What is to be done, by ids.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
pub(crate) enum Message {
    /// Look at a webhook.
    Inbox { id: RowId },
    /// Sync an Item.
    Sync { item: RowId },
    /// Go on with a sync that ran out of its budget.
    Resume { item: RowId, holder: RowId },
    /// Compare an Item with Plaid.
    Check { item: RowId },
    /// Tell Plaid to end its access.
    Remove { item: RowId },
    /// Compare a person's subscription with Stripe.
    Reconcile { person: RowId },
    /// Go on with the erasure of a person.
    Erase { erasure: RowId },
    /// Go on with the backup that is under way.
    Backup,
}

impl Message {
    /// Sends it. Where the queue refuses, the sweep sees to it.
    pub(crate) async fn send(&self, app: &App) {
        let Ok(json) = serde_json::to_string(self) else {
            return;
        };
        if !app.queue.send(&json).await {
            log::warn("message-not-sent", "left to the sweep");
        }
    }

    /// Sends up to a hundred at once.
    pub(crate) async fn send_all(app: &App, messages: &[Self]) {
        if messages.is_empty() {
            return;
        }
        let Ok(json) = serde_json::to_string(messages) else {
            return;
        };
        if !app.queue.send_all(&json).await {
            log::warn("messages-not-sent", "left to the next sweep");
        }
    }

    const fn job(&self) -> Job {
        match self {
            Self::Inbox { .. } => Job::Inbox,
            Self::Sync { .. } => Job::Sync,
            Self::Resume { .. } => Job::Resume,
            Self::Check { .. } => Job::Check,
            Self::Remove { .. } => Job::Remove,
            Self::Reconcile { .. } => Job::Reconcile,
            Self::Erase { .. } => Job::Erase,
            Self::Backup => Job::GoOn,
        }
    }

    async fn act(self, app: &App) -> Result<()> {
        match self {
            Self::Inbox { id } => handle(app, id).await,
            Self::Sync { item } => banking::sync_for(app, ItemId(item), Reason::Sweep)
                .await
                .map(|_| ()),
            Self::Check { item } => banking::check(app, ItemId(item)).await,
            Self::Resume { item, holder } => {
                banking::resume(app, ItemId(item), holder).await.map(|_| ())
            }
            Self::Remove { item } => banking::finish_removal(app, ItemId(item)).await.map(|_| ()),
            Self::Reconcile { person } => billing::reconcile(app, PersonId(person)).await,
            Self::Erase { erasure } => identity::carry_on_erasure(app, ErasureId(erasure)).await,
            Self::Backup => backup::go_on(app).await,
        }
    }
}

/// Does what a webhook that waits asks for. Twice does no harm.
async fn handle(app: &App, id: RowId) -> Result<()> {
    let [row] = app.db.batch([inbox::waiting(id)]).await?;
    let Some(row) = row.rows()?.first::<InboxRow>()? else {
        return Ok(());
    };
    match row.source {
        Source::Plaid => banking::handle(app, row).await,
        Source::Stripe => billing::handle(app, row).await,
    }
}

/// Does what the messages of a batch ask for, each on its own.
pub(crate) async fn consume(
    batch: &MessageBatch<serde_json::Value>,
    env: impl FnOnce() -> Bindings,
) {
    let Ok(app) = App::of_isolate(env) else {
        // Not configured: the queue keeps them until it is.
        return batch.retry_all();
    };
    for message in batch.iter() {
        let Ok(message) = message else { continue };
        let todo = serde_json::from_value::<Message>(message.body().clone());
        let job = todo.as_ref().map_or(Job::Unknown, Message::job);
        let work = Box::pin(async {
            match todo {
                Ok(todo) => todo.act(&app).await,
                Err(_) => Err(Problem::internal("a message of an unknown form")),
            }
        });
        let done = telemetry::message(job, &app.db, work).await;
        if let Err(problem) = done {
            log::error(problem.kind().slug(), None, problem.cause());
        }
        message.ack();
    }
}

/// A cron tick: every minute the sweep, and what has expired goes.
pub(crate) async fn tick(_cron: &str, env: impl FnOnce() -> Bindings) {
    let Ok(app) = App::of_isolate(env) else {
        return;
    };
    let tick = Tick::begin(&app.db);
    let swept = tick.job(Job::Sweep, banking::sweep(&app)).await;
    let billed = tick.job(Job::Reconciliation, billing::sweep(&app)).await;
    let erasing = identity::sweep_erasures(&app);
    let erasures = tick.job(Job::Erasures, erasing).await;
    let noted = tick.job(Job::AuditLog, audit::note_versions(&app)).await;
    let account = tick.job(Job::AuditLog, audit::note_account_log(&app)).await;
    let reviewing = console::close_weeks(&app);
    let reviewed = tick.job(Job::WeeklyReview, reviewing).await;
    let told = tick.job(Job::Consents, console::tell_of_ends(&app)).await;
    let grown = tick.job(Job::AuditLog, audit::grow(&app)).await;
    let backed_up = tick.job(Job::Backup, backup::sweep(&app)).await;
    let purged = tick.job(Job::Purge, purge(&app)).await;
    let stands = tick.job(Job::Standing, standing::tell(&app)).await;
    for outcome in [
        swept, billed, erasures, noted, account, reviewed, told, grown, backed_up, purged, stands,
    ] {
        if let Err(problem) = outcome {
            log::error("sweep", None, problem.cause());
        }
    }
    tick.end();
}

async fn purge(app: &App) -> Result<()> {
    let expired = identity::purge(Timestamp::now());
    app.db.batch_all(&expired).await?;
    Ok(())
}
