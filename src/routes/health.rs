//! `GET /healthz`: whether the database answers and the keyring is in order.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::contract::{Routes, routes};
use super::extract::Json;
use crate::{
    app::App,
    platform::Timestamp,
    problem::Result,
    store::{
        backups,
        engine::{EngineError, Select, Statement},
    },
};

/// Where it is served, whatever the configuration.
pub(crate) const PATH: &str = "/healthz";

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(health))
}

/// How the service is.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`, or `failing` where a part is not.
    status: &'static str,
    database: DatabaseHealth,
    keyring: KeyringHealth,
    backup: BackupHealth,
}

/// Whether the database answers a query with the schema it should have.
#[derive(Serialize, ToSchema)]
struct DatabaseHealth {
    ok: bool,
    engine: &'static str,
}

/// Whether the keyring was read. Versions only, never keys.
#[derive(Serialize, ToSchema)]
struct KeyringHealth {
    ok: bool,
    /// The version that wraps new keys.
    current: Option<u16>,
    /// Every version that can be unwrapped.
    versions: Vec<u16>,
}

/// Whether the rows are backed up, and when they were last.
#[derive(Serialize, ToSchema)]
struct BackupHealth {
    configured: bool,
    /// When the newest backup came to its end.
    finished_at: Option<String>,
}

/// Health
///
/// Served even where the configuration refuses everything else. One batch.
#[utoipa::path(
    get,
    path = PATH,
    tag = "Service",
    security(()),
    responses(
        (status = 200, description = "Everything is in order.", body = Health),
        (status = 503, description = "Some part is not.", body = Health),
    )
)]
async fn health(app: Result<App>) -> (StatusCode, Json<Health>) {
    let app = app.ok();
    let asked = match &app {
        Some(app) => ask(app).await.ok(),
        None => None,
    };
    let database = asked.is_some();
    let keyring = app.as_ref().map(|app| app.keys.keyring());
    let healthy = database && keyring.is_some();
    let report = Health {
        status: if healthy { "ok" } else { "failing" },
        database: DatabaseHealth {
            ok: database,
            engine: app.as_ref().map_or("none", |app| app.db.engine()),
        },
        keyring: KeyringHealth {
            ok: keyring.is_some(),
            current: keyring.map(vault::Keyring::current_version),
            versions: keyring
                .map(|keyring| keyring.versions().collect())
                .unwrap_or_default(),
        },
        backup: BackupHealth {
            configured: app.as_ref().is_some_and(|app| app.backup.is_some()),
            finished_at: asked.flatten().map(Timestamp::rfc3339),
        },
    };
    let status = if healthy {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(report))
}

/// Asks the database: when the newest backup came to its end.
async fn ask(app: &App) -> std::result::Result<Option<Timestamp>, EngineError> {
    const ANY: Select = Select {
        columns: &["gen"],
        from: "FROM user_key LIMIT 1",
    };
    let batch = [Statement::read(ANY, []), backups::newest_finished()];
    let [_, finished] = app.db.batch(batch).await?;
    let finished: Option<(Timestamp,)> = finished.rows()?.first()?;
    Ok(finished.map(|(at,)| at))
}
