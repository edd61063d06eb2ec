//! What a webhook of Plaid's asks for: told by [`super::webhook`], done here, from the queue.
//!
//! Plaid's events have no ids, come twice and in any order: each is a reason to look, or a
//! fact that is the same however often it is noted.

use plaid::webhook::Webhook;
use vault::{Reveal, SystemPurpose};

use super::{
    account_removal::remove_account,
    hold,
    sync::{Reason, sync_for},
    unlink::unlink,
};
use crate::{
    app::App,
    id::{AccountId, ItemId, PersonId, RowId, hex},
    platform::Timestamp,
    problem::{Kind, Problem, Result},
    store::{
        inbox::{self, EventRecord, InboxRow},
        items::{self, Course, ItemRow},
        keys::UserKeys,
        table::index,
    },
};

/// How long a webhook for an Item that is not here may wait, in seconds: it can
/// come before the exchange that makes the Item is finished.
const STRANGER_SECONDS: i64 = 3_600;

/// A kind of event, as its row in the inbox has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum News {
    /// There may be transactions, or a failure: a sync finds out which.
    Sync,
    /// Holdings, debts or recurring payments are others than before.
    Everything,
    /// The login works again.
    Repaired,
    /// The bank will end the connection, at a time.
    Disconnects,
    /// The person's consent will end, at a time.
    Expires,
    /// The bank has accounts that she has not shared.
    NewAccounts,
    /// Webhooks go where we said.
    Acknowledged,
    /// She withdrew her permission.
    Revoked,
    /// She withdrew it for one account.
    AccountRevoked,
}

impl News {
    const ALL: [Self; 9] = [
        Self::Sync,
        Self::Everything,
        Self::Repaired,
        Self::Disconnects,
        Self::Expires,
        Self::NewAccounts,
        Self::Acknowledged,
        Self::Revoked,
        Self::AccountRevoked,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Everything => "everything",
            Self::Repaired => "repaired",
            Self::Disconnects => "disconnects",
            Self::Expires => "expires",
            Self::NewAccounts => "new_accounts",
            Self::Acknowledged => "acknowledged",
            Self::Revoked => "revoked",
            Self::AccountRevoked => "account_revoked",
        }
    }

    fn parse(kind: &str) -> Option<Self> {
        let name = kind.split_once(':').map_or(kind, |(name, _)| name);
        Self::ALL.into_iter().find(|news| news.name() == name)
    }

    /// What is kept of a webhook. None: there is nothing to do.
    pub(super) fn of(webhook: &Webhook) -> Option<(Self, Option<EventRecord>)> {
        let at = |time: &String| EventRecord {
            at: Some(time.clone()),
            account: None,
        };
        Some(match webhook {
            // Whether it is well again, or why not, a sync finds out.
            Webhook::SyncUpdatesAvailable { .. } | Webhook::ItemError { .. } => (Self::Sync, None),
            Webhook::LoginRepaired { .. } => (Self::Repaired, None),
            Webhook::PendingDisconnect {
                disconnect_time, ..
            } => (Self::Disconnects, Some(at(disconnect_time))),
            Webhook::PendingExpiration {
                consent_expiration_time,
                ..
            } => (Self::Expires, Some(at(consent_expiration_time))),
            Webhook::UserPermissionRevoked { .. } => (Self::Revoked, None),
            Webhook::UserAccountRevoked { account_id, .. } => {
                let event = EventRecord {
                    at: None,
                    account: Some(account_id.as_str().to_owned()),
                };
                (Self::AccountRevoked, Some(event))
            }
            Webhook::NewAccountsAvailable { .. } => (Self::NewAccounts, None),
            Webhook::WebhookUpdateAcknowledged { .. } => (Self::Acknowledged, None),
            Webhook::Refetch { .. } => (Self::Everything, None),
            Webhook::LegacyTransactions { .. } | Webhook::Other { .. } => return None,
        })
    }

    /// The kind of a row that says more: two that say the same are one row.
    pub(super) fn kind_of(self, system: &UserKeys, subject: RowId, event: &EventRecord) -> String {
        // With the Item's index: else two Items of one day would be seen to have it in common.
        let mut said = subject.0.to_vec();
        for part in event.at.iter().chain(&event.account) {
            said.extend_from_slice(part.as_bytes());
        }
        let token = system.blind(index::EVENT, &said);
        let token = hex(token.0.get(..8).unwrap_or_default());
        format!("{}:{token}", self.name())
    }
}

/// Does what an inbox row asks for. Twice does no harm.
pub(crate) async fn handle(app: &App, mut row: InboxRow) -> Result<()> {
    let [item] = app.db.batch([items::by_plaid_id(row.subject)]).await?;
    let now = Timestamp::now();
    let Some(item) = item.rows()?.first::<ItemRow>()? else {
        // Maybe its exchange is still under way: the sweep comes back to it.
        if row.received_at.plus(STRANGER_SECONDS) < now {
            app.db.batch([inbox::done(row.id, now)]).await?;
        }
        return Ok(());
    };
    let news = News::parse(&row.kind)
        .ok_or_else(|| Problem::internal("a webhook of an unknown kind in the inbox"))?;
    let event = event(app, &mut row).await?;
    let (item, person) = (ItemId(item.id), PersonId(item.user_id));
    let done = inbox::done(row.id, now);
    match news {
        // From here on the Item itself remembers that there is work.
        News::Sync => {
            app.db.batch([items::want(item), done]).await?;
            sync_for(app, item, Reason::Webhook).await?;
        }
        News::Everything => {
            app.db.batch([items::want_everything(item), done]).await?;
            sync_for(app, item, Reason::Webhook).await?;
        }
        News::Revoked => {
            if let Some(keys) = app.keys.of(&app.db, person.vault()).await? {
                unlink(app, person, item, &keys).await?;
            }
            app.db.batch([done]).await?;
        }
        News::AccountRevoked => {
            if let (Some(account), Some(keys)) =
                (event.account, app.keys.of(&app.db, person.vault()).await?)
            {
                let account = keys.blind(index::PLAID_ACCOUNT, account.as_bytes());
                match remove_account(app, item, AccountId(account)).await {
                    Err(problem) if problem.kind() == Kind::NotFound => {}
                    outcome => outcome?,
                }
            }
            app.db.batch([done]).await?;
        }
        fact => {
            // Where somebody holds the Item, the sweep comes back to it.
            if !hold::amend(app, item, |record| {
                note(fact, event, &mut record.course, now);
            })
            .await?
            {
                return Ok(());
            }
            if fact == News::Repaired {
                app.db.batch([items::want_everything(item), done]).await?;
                sync_for(app, item, Reason::Webhook).await?;
            } else {
                app.db.batch([done]).await?;
            }
        }
    }
    Ok(())
}

async fn event(app: &App, row: &mut InboxRow) -> Result<EventRecord> {
    let system = app.system_keys().await?;
    let Some(event) = row.open(&system)? else {
        return Ok(EventRecord::default());
    };
    event
        .reveal(&Reveal::system(SystemPurpose::Synchronise))
        .map_err(|_| Problem::internal("an event of someone else's"))
}

/// A fact, for the person to see.
fn note(fact: News, event: EventRecord, course: &mut Course, now: Timestamp) {
    course.last_webhook_at = Some(now);
    match fact {
        News::Disconnects => course.disconnects_at = event.at,
        News::Expires => course.consent_expires_at = event.at,
        News::NewAccounts => course.new_accounts = true,
        News::Repaired => {
            course.disconnects_at = None;
            course.consent_expires_at = None;
        }
        _ => {}
    }
}
