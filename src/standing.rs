//! How the service stands, once a minute: what waits and for how long, for whoever watches it
//! (`docs/OPERATIONS.md` has an alert for each). One batch, and none where nobody watches.

use crate::{
    app::App,
    platform::{
        Timestamp,
        telemetry::{self, Gauge},
    },
    problem::Result,
    store::{backups, inbox, items, operator_sessions},
};

/// Tells how it stands.
pub(crate) async fn tell(app: &App) -> Result<()> {
    if !telemetry::is_on() {
        return Ok(());
    }
    let now = Timestamp::now();
    let [webhooks, due, unchecked, sessions, backup] = app
        .db
        .batch([
            inbox::backlog(),
            items::backlog(now),
            items::longest_unchecked(),
            operator_sessions::standing(),
            backups::newest_finished(),
        ])
        .await?;
    let since = |then: i64| {
        if then > 0 {
            now.unix().saturating_sub(then).max(0)
        } else {
            0
        }
    };
    if let Some((waiting, oldest)) = webhooks.rows()?.first::<(i64, i64)>()? {
        telemetry::gauge(Gauge::InboxWaiting, waiting);
        telemetry::gauge(Gauge::InboxAge, since(oldest));
    }
    if let Some((waiting,)) = due.rows()?.first::<(i64,)>()? {
        telemetry::gauge(Gauge::SyncWaiting, waiting);
    }
    if let Some((check_at,)) = unchecked.rows()?.first::<(i64,)>()? {
        telemetry::gauge(Gauge::SyncLag, since(check_at));
    }
    if let Some((_, unreviewed, oldest)) = sessions.rows()?.first::<(i64, i64, i64)>()? {
        telemetry::gauge(Gauge::UnreviewedSessions, unreviewed);
        telemetry::gauge(Gauge::ReviewAge, since(oldest));
    }
    if let Some((at,)) = backup.rows()?.first::<(i64,)>()? {
        telemetry::gauge(Gauge::BackupAge, since(at));
    }
    let behind = app.keys.keyring().versions().count().saturating_sub(1);
    telemetry::gauge(Gauge::KeysBehind, i64::try_from(behind).unwrap_or(i64::MAX));
    Ok(())
}
