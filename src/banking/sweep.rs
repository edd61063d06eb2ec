//! The sweep: whatever a lost message or a dead worker left behind is picked up
//! within a minute or two. It enqueues; the work is done in messages.

use serde::Deserialize;

use super::sync::{Reason, sync_for};
use crate::{
    app::App,
    events::Message,
    id::{ItemId, RowId},
    platform::{Timestamp, random},
    problem::Result,
    store::{
        breakers, inbox,
        items::{self, CHECK_SECONDS, ItemState},
    },
};

/// Messages a tick: one batch of the queue's for each kind.
const RANGE: u32 = 100;

/// Webhooks younger than this still have their message, in seconds.
const PATIENCE: i64 = 30;

#[derive(Deserialize)]
struct Due {
    id: RowId,
    state: ItemState,
}

/// One batch, and the messages.
pub(crate) async fn sweep(app: &App) -> Result<()> {
    let now = Timestamp::now();
    let [left, due, unchecked, _, _] = app
        .db
        .batch([
            inbox::left_behind(now.plus(-PATIENCE), RANGE),
            items::due(now, RANGE),
            items::unchecked(now, RANGE),
            inbox::purge(now),
            breakers::purge(now),
        ])
        .await?;
    let left: Vec<(RowId,)> = left.rows()?.all()?;
    let left: Vec<Message> = left
        .into_iter()
        .map(|(id,)| Message::Inbox { id })
        .collect();
    Message::send_all(app, &left).await;
    let due: Vec<Due> = due.rows()?.all()?;
    let due: Vec<Message> = due
        .into_iter()
        .map(|due| match due.state {
            ItemState::Removing => Message::Remove { item: due.id },
            ItemState::Linking | ItemState::Active => Message::Sync { item: due.id },
        })
        .collect();
    Message::send_all(app, &due).await;
    let unchecked: Vec<(RowId,)> = unchecked.rows()?.all()?;
    let unchecked: Vec<Message> = unchecked
        .into_iter()
        .map(|(item,)| Message::Check { item })
        .collect();
    Message::send_all(app, &unchecked).await;
    Ok(())
}

/// The day's comparison of an Item with Plaid: whatever a lost webhook would have said is
/// found. The next is a day later, give or take half an hour, so that they spread.
pub(crate) async fn check(app: &App, item: ItemId) -> Result<()> {
    let [jitter] = random::bytes::<1>()?;
    let next = Timestamp::now().plus(CHECK_SECONDS - 1_800 + 14 * i64::from(jitter));
    app.db.batch([items::check(item, next)]).await?;
    sync_for(app, item, Reason::Check).await?;
    Ok(())
}
