//! The sweep: whatever a lost message or a dead worker left behind is picked up
//! within a minute or two. It enqueues; the work is done in messages.

use serde::Deserialize;

use crate::{
    app::App,
    events::Message,
    id::RowId,
    platform::Timestamp,
    problem::Result,
    store::{
        inbox,
        items::{self, ItemState},
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
    let [left, due, _] = app
        .db
        .batch([
            inbox::left_behind(now.plus(-PATIENCE), RANGE),
            items::due(now, RANGE),
            inbox::purge(now),
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
    Ok(())
}
