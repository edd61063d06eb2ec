//! After Link's update mode: the person has just chosen again what she shares, and her
//! choice is the newest word on everything that was noted before.

use super::{
    hold,
    sync::{Synced, sync},
};
use crate::{
    app::App,
    id::ItemId,
    problem::{Problem, Result},
    store::items,
};

/// Looks at an Item anew. Three batches and a sync.
pub(crate) async fn repaired(app: &App, item: ItemId) -> Result<Synced> {
    let amended = hold::amend(app, item, |record| {
        let course = &mut record.course;
        course.disconnects_at = None;
        course.consent_expires_at = None;
        course.new_accounts = false;
        if !course.left_out.is_empty() {
            course.left_out.clear();
            // What was left out so far comes with everything else.
            record.cursor = None;
        }
    });
    if !amended.await? {
        return Err(Problem::unavailable(
            "The connection is being read at the moment; try again.",
            "a lease that is held",
        ));
    }
    app.db.batch([items::want_everything(item)]).await?;
    sync(app, item).await
}
