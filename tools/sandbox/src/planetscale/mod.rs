//! PlanetScale's serverless HTTP protocol (what npm `@planetscale/database` speaks) in front of
//! a real MariaDB. SQL is MariaDB's own; the wire, the sessions, the errors and what is refused
//! are Vitess's, so that nothing works here that would not work there.

mod admission;
mod control;
mod error;
mod execute;
mod failure;
mod json;
mod lexer;
mod names;
mod pins;
mod pool;
mod query;
mod refusals;
mod reply;
mod routing;
mod session;
mod settings;
mod statement;
mod transactions;
mod types;
mod vschema;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::server::Break;
use admission::{admitted, bad_session, refusal, unauthenticated};
use control::{Control, Heard};
use error::{Context, VitessError};
use execute::Executor;
use failure::{Failure, Mode};
use pool::Pool;
use reply::{Outcome, Reply};
use routing::Route;
use session::{Signer, VitessSession};
pub(crate) use settings::Settings;
use statement::Statement;
use transactions::Transactions;
use vschema::VSchema;

/// The whole service.
#[derive(Clone)]
struct PlanetScale(Arc<Inner>);

struct Inner {
    settings: Settings,
    vschema: Option<VSchema>,
    signer: Signer,
    executor: Executor,
    control: Mutex<Control>,
}

/// The service, connected to the MariaDB behind `socket`.
pub(crate) async fn router(
    settings: Settings,
    socket: &Path,
) -> Result<Router, Box<dyn std::error::Error + Send + Sync>> {
    let vschema = settings.vschema.as_deref().map(VSchema::read).transpose()?;
    let pool = Arc::new(Pool::open(socket, &settings.database).await?);
    let limit = Duration::from_millis(settings.transaction_millis);
    let executor = Executor {
        transactions: Arc::new(Transactions::new(Arc::clone(&pool), limit)),
        pool,
        query_limit: Duration::from_millis(settings.query_millis),
    };
    let service = PlanetScale(Arc::new(Inner {
        settings,
        vschema,
        signer: Signer::new(),
        executor,
        control: Mutex::default(),
    }));
    let nothing = || async { refusal(StatusCode::NOT_FOUND, "unimplemented", "no such method") };
    Ok(Router::new()
        .route("/psdb.v1alpha1.Database/Execute", post(execute))
        .route(
            "/psdb.v1alpha1.Database/CreateSession",
            post(create_session),
        )
        .nest("/_control", control::router())
        .fallback(nothing)
        .with_state(service))
}

#[derive(Deserialize)]
struct Asked {
    query: String,
    #[serde(default)]
    session: Value,
}

async fn execute(State(service): State<PlanetScale>, request: Request) -> Response {
    let body = match admitted(&service.0.settings, request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
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
    run.await.unwrap_or_else(|_| {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        refusal(status, "internal", "internal error")
    })
}

async fn create_session(State(service): State<PlanetScale>, request: Request) -> Response {
    if let Err(response) = admitted(&service.0.settings, request).await {
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
    fn control(&self) -> MutexGuard<'_, Control> {
        let control = self.0.control.lock();
        control.unwrap_or_else(PoisonError::into_inner)
    }

    /// One request, with the failure that was ordered for it.
    async fn answer(&self, mut session: VitessSession, query: &str) -> Response {
        let begun = Instant::now();
        let failure = self.control().failures.next(query);
        let mode = failure.as_ref().map(|failure| failure.mode);
        let statement = Statement::parse(query);
        let heard = Heard::new(statement.as_ref().ok(), &session, mode);
        let number = self.control().hear(heard);
        match (mode, &failure) {
            (Some(Mode::CutBefore), _) => return Break::Close.into_response(),
            (Some(Mode::Html520), _) => return failure::html_520(),
            (Some(Mode::Unauthenticated), _) => return unauthenticated(),
            (Some(Mode::Status), Some(failure)) => return failure.status(),
            _ => {}
        }
        let ran = match statement {
            Ok(statement) => self.run(&mut session, &statement, failure, number).await,
            Err(error) => Err(error),
        };
        let (result, error) = match ran {
            Ok(outcome) => (Some(outcome), None),
            Err(error) => (None, Some(error)),
        };
        if let Some(error) = &error {
            self.control()
                .note(number, |heard| heard.error = Some(error.code));
        }
        let reply = Reply {
            session: self.0.signer.sign(session),
            result,
            error,
            timing: begun.elapsed().as_secs_f64(),
        };
        let Ok(body) = serde_json::to_vec(&reply) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        if mode == Some(Mode::CutAfter) {
            failure::cut(body)
        } else {
            failure::whole(body)
        }
    }

    async fn run(
        &self,
        session: &mut VitessSession,
        statement: &Statement<'_>,
        failure: Option<Failure>,
        number: u64,
    ) -> Result<Outcome, VitessError> {
        let Inner {
            settings, executor, ..
        } = &*self.0;
        refusals::check(statement, &settings.database)?;
        let route = match &self.0.vschema {
            Some(schema) => routing::route(statement, schema)?,
            None => Route::nowhere(),
        };
        self.control()
            .note(number, |heard| heard.scatter = route.scatter);
        let keyspace = route.keyspace.as_deref();
        let context = Context {
            keyspace: keyspace.unwrap_or(&settings.database),
            shard: if route.sharded { "-80" } else { "-" },
            caller: &settings.username,
            statement: Some(statement),
        };
        if let Some(failure) = failure {
            executor.fail(session, context, &failure).await?;
        }
        executor.execute(session, statement, context).await
    }
}
