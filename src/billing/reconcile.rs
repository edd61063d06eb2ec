//! Reconciliation: once a day every row is compared with Stripe, so that an event that
//! was lost for good is made up for, and counted. The same goes on with what an event
//! asked for and could not be done at once.

use vault::{Reveal, SystemPurpose};

use super::refresh::refresh;
use crate::{
    app::App,
    events::Message,
    id::{PersonId, RowId},
    platform::{Timestamp, log},
    problem::Result,
    store::billing,
};

/// Messages a tick.
const RANGE: u32 = 100;

/// When a comparison that failed is tried again, in seconds.
const AGAIN: i64 = 60;

/// Enqueues the rows whose time has come. One batch.
pub(crate) async fn sweep(app: &App) -> Result<()> {
    if app.stripe.is_none() {
        return Ok(());
    }
    let [due] = app
        .db
        .batch([billing::due(Timestamp::now(), RANGE)])
        .await?;
    let due: Vec<(RowId,)> = due.rows()?.all()?;
    let messages: Vec<Message> = due
        .into_iter()
        .map(|(person,)| Message::Reconcile { person })
        .collect();
    Message::send_all(app, &messages).await;
    Ok(())
}

/// Compares one person's row with Stripe, and heals it.
pub(crate) async fn reconcile(app: &App, person: PersonId) -> Result<()> {
    let stripe = app.stripe()?;
    let Some(keys) = app.keys.of(&app.db, person.vault()).await? else {
        return Ok(());
    };
    let reveal = Reveal::system(SystemPurpose::CallStripe);
    match refresh(app, stripe, &keys, person, &reveal).await {
        Ok(Some(refreshed)) if refreshed.changed && !refreshed.was_wanted => {
            log::warn("billing-healed", "a row differed from Stripe");
            Ok(())
        }
        Ok(_) => Ok(()),
        Err(problem) => {
            let until = Timestamp::now().plus(AGAIN);
            app.db.batch([billing::postpone(person, until)]).await?;
            Err(problem)
        }
    }
}
