//! `PlanetScale`'s serverless HTTP protocol (what npm `@planetscale/database` speaks) in front of
//! a real MariaDB. SQL is MariaDB's own; the wire, the sessions, the errors and what is refused
//! are Vitess's, so that nothing works here that would not work there.

mod error;
mod execute;
mod json;
mod lexer;
mod pool;
mod query;
mod reply;
mod session;
mod statement;
mod syntax;
mod transactions;
mod types;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use lexopt::ValueExt as _;
use serde::Deserialize;
use serde_json::{Value, json};

use error::{Context, VitessError};
use execute::Executor;
use pool::Pool;
use reply::Reply;
use session::{Signer, VitessSession};
use statement::Statement;
use transactions::Transactions;

/// The largest request.
const REQUEST: usize = 16 << 20;

/// What the stand-in is started with.
#[derive(Clone)]
pub(crate) struct Settings {
    /// MariaDB's; without it there is no stand-in.
    pub(crate) socket: Option<PathBuf>,
    pub(crate) database: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) transaction_millis: u64,
    pub(crate) query_millis: u64,
    pub(crate) vschema: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            socket: None,
            database: "balance".to_owned(),
            username: "sandbox-username".to_owned(),
            password: "sandbox-password".to_owned(),
            transaction_millis: 20_000,
            query_millis: 30_000,
            vschema: None,
        }
    }
}

impl Settings {
    /// Whether an option of the command line is one of these.
    pub(crate) fn is_option(&self, name: &str) -> bool {
        matches!(
            name,
            "mysql-socket"
                | "planetscale-database"
                | "planetscale-username"
                | "planetscale-password"
                | "planetscale-transaction-millis"
                | "planetscale-query-millis"
                | "vschema"
        )
    }

    /// Takes such an option's value.
    pub(crate) fn set(&mut self, name: &str, value: OsString) -> Result<(), lexopt::Error> {
        match name {
            "mysql-socket" => self.socket = Some(value.into()),
            "vschema" => self.vschema = Some(value.into()),
            "planetscale-database" => self.database = value.string()?,
            "planetscale-username" => self.username = value.string()?,
            "planetscale-password" => self.password = value.string()?,
            "planetscale-transaction-millis" => self.transaction_millis = value.parse()?,
            _ => self.query_millis = value.parse()?,
        }
        Ok(())
    }
}

/// The whole service.
#[derive(Clone)]
struct PlanetScale(Arc<Inner>);

struct Inner {
    settings: Settings,
    signer: Signer,
    executor: Executor,
}

/// The service, connected to the MariaDB behind `socket`.
pub(crate) async fn router(
    settings: Settings,
    socket: &std::path::Path,
) -> Result<Router, Box<dyn std::error::Error + Send + Sync>> {
    let pool = Arc::new(Pool::open(socket, &settings.database).await?);
    let limit = Duration::from_millis(settings.transaction_millis);
    let executor = Executor {
        transactions: Arc::new(Transactions::new(Arc::clone(&pool), limit)),
        pool,
        query_limit: Duration::from_millis(settings.query_millis),
    };
    let service = PlanetScale(Arc::new(Inner {
        settings,
        signer: Signer::new(),
        executor,
    }));
    Ok(Router::new()
        .route("/psdb.v1alpha1.Database/Execute", post(execute))
        .route(
            "/psdb.v1alpha1.Database/CreateSession",
            post(create_session),
        )
        .fallback(|| async {
            refusal(StatusCode::NOT_FOUND, "unimplemented", "404 page not found")
        })
        .with_state(service))
}

#[derive(Deserialize)]
struct Asked {
    query: String,
    #[serde(default)]
    session: Value,
}

async fn execute(State(service): State<PlanetScale>, request: Request) -> Response {
    let (headers, body) = match admitted(&service, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    drop(headers);
    let asked: Asked = match serde_json::from_slice(&body) {
        Ok(asked) => asked,
        Err(problem) => {
            let message = format!("unmarshal message: {problem}");
            return refusal(StatusCode::BAD_REQUEST, "invalid_argument", &message);
        }
    };
    let Some(session) = service.0.signer.open(asked.session) else {
        return bad_session();
    };
    // To its end even if the client leaves: a connection must not be left half-way.
    let run = tokio::spawn(async move { service.answer(session, &asked.query).await });
    match run.await {
        Ok(reply) => axum::Json(reply).into_response(),
        Err(_) => refusal(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "internal error",
        ),
    }
}

async fn create_session(State(service): State<PlanetScale>, request: Request) -> Response {
    if let Err(response) = admitted(&service, request).await {
        return response;
    }
    let Some(session) = service.0.signer.open(Value::Null) else {
        return bad_session();
    };
    axum::Json(json!({
        "branch": "sandbox",
        "user": { "username": service.0.settings.username, "psid": "planetscale-1" },
        "session": service.0.signer.sign(session),
    }))
    .into_response()
}

impl PlanetScale {
    async fn answer(&self, mut session: VitessSession, query: &str) -> Reply {
        let begun = Instant::now();
        let ran = self.run(&mut session, query).await;
        let (result, error) = match ran {
            Ok(outcome) => (Some(outcome), None),
            Err(error) => (None, Some(error)),
        };
        Reply {
            session: self.0.signer.sign(session),
            result,
            error,
            timing: begun.elapsed().as_secs_f64(),
        }
    }

    async fn run(
        &self,
        session: &mut VitessSession,
        query: &str,
    ) -> Result<reply::Outcome, VitessError> {
        let Inner {
            settings, executor, ..
        } = &*self.0;
        let statement = Statement::parse(query)?;
        let sql = statement.with_bind_variables();
        let context = Context {
            keyspace: &settings.database,
            shard: "-",
            caller: &settings.username,
            sql: &sql,
            table: statement.table(),
        };
        executor.execute(session, &statement, context).await
    }
}

/// What every call must be: ours by its key, JSON, not too large.
async fn admitted(service: &PlanetScale, request: Request) -> Result<(HeaderMap, Bytes), Response> {
    let (parts, body) = request.into_parts();
    if !knows(&service.0.settings, &parts.headers) {
        return Err(unauthenticated());
    }
    let kind = parts.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next() != Some("application/json") {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
    }
    let body = to_bytes(body, REQUEST).await.map_err(|_| {
        let message = format!("message size exceeds the limit of {REQUEST} bytes");
        refusal(
            StatusCode::TOO_MANY_REQUESTS,
            "resource_exhausted",
            &message,
        )
    })?;
    Ok((parts.headers, body))
}

fn knows(settings: &Settings, headers: &HeaderMap) -> bool {
    let given = headers.get(AUTHORIZATION).map(http::HeaderValue::as_bytes);
    let key = format!("{}:{}", settings.username, settings.password);
    given == Some(format!("Basic {}", STANDARD.encode(key)).as_bytes())
}

/// An error of the protocol itself, which is Connect's (`code`, `message`).
fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "code": code, "message": message });
    (status, axum::Json(body)).into_response()
}

fn unauthenticated() -> Response {
    let message = "invalid authorization credentials";
    refusal(StatusCode::UNAUTHORIZED, "unauthenticated", message)
}

fn bad_session() -> Response {
    let message = "invalid session signature";
    refusal(StatusCode::BAD_REQUEST, "invalid_argument", message)
}
