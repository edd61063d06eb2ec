//! The ends that time brings.

use crate::{
    app::App,
    console::mails::{self, Moment},
    id::{ConsentId, PersonId},
    platform::Timestamp,
    problem::Result,
    store::consents::{self, ConsentRow},
};

/// Tells people whose consents are over by time: for the sweep. One batch, and two with a mail
/// for each.
pub(crate) async fn tell_of_ends(app: &App) -> Result<()> {
    let [rows] = app
        .db
        .batch([consents::ended(Timestamp::now(), 20)])
        .await?;
    let rows: Vec<ConsentRow> = rows.rows()?.all()?;
    for row in rows {
        let id = ConsentId(row.id);
        if let Some(keys) = app.keys.of(&app.db, PersonId(row.user_id).vault()).await? {
            mails::tell(app, &keys, Moment::Ended, id).await;
        }
        // Told once, or hardly ever twice.
        app.db.batch([consents::told(id)]).await?;
    }
    Ok(())
}
