//! `GET /healthz`: whether the database answers and the keyring is in order.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::contract::{Routes, routes};
use super::extract::Json;
use crate::{
    app::App,
    problem::Result,
    store::engine::{Select, Statement},
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
    let database = match &app {
        Some(app) => database_answers(app).await,
        None => false,
    };
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
    };
    let status = if healthy {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(report))
}

async fn database_answers(app: &App) -> bool {
    const ANY: Select = Select {
        columns: &["gen"],
        from: "FROM user_key LIMIT 1",
    };
    app.db.batch([Statement::read(ANY, [])]).await.is_ok()
}
