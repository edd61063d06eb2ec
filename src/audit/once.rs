//! What changed under everybody's feet: a new version of the Worker, a new key in the keyring.
//! Each is a leaf once, and stands in the week's review: who deploys can change the rules, and
//! that shows.

use tlog::Kind;

use super::{Event, Leaf, Week, leaf::name_of};
use crate::{
    app::App,
    id::RowId,
    problem::Result,
    store::{audit_log, engine::EngineError},
};

/// Appends what is new. One batch, and one for each that is.
pub(crate) async fn note_versions(app: &App) -> Result<()> {
    let mut versions: Vec<(Kind, String)> = app
        .keys
        .keyring()
        .versions()
        .map(|version| (Kind::KeyringVersion, version.to_string()))
        .collect();
    if let Some(deployment) = &app.config.deployment {
        versions.push((Kind::Deployment, deployment.clone()));
    }
    let ids: Vec<RowId> = versions
        .iter()
        .map(|(kind, version)| name_of(*kind, version))
        .collect();
    let [present] = app.db.batch([audit_log::present(&ids)]).await?;
    let present: Vec<(RowId,)> = present.rows()?.all()?;
    for ((kind, version), id) in versions.into_iter().zip(ids) {
        if !present.contains(&(id,)) {
            let event = Event::Version { version };
            append_once(app, id, kind, &event, &[Week::now().review()]).await?;
        }
    }
    Ok(())
}

/// Appends a leaf that there is at most once, and says whether this did. One batch.
pub(crate) async fn append_once(
    app: &App,
    id: RowId,
    kind: Kind,
    event: &Event<'_>,
    subjects: &[RowId],
) -> Result<bool> {
    let system = app.system_keys().await?;
    let leaf = Leaf::once(id, kind, &system, event, subjects)?;
    match app.db.batch_all(&leaf.before([])).await {
        Ok(_) => Ok(true),
        // Somebody was faster.
        Err(EngineError::Duplicate) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
