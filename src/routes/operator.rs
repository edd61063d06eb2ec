//! `/v1/operator`: the audited console. A session begins in the browser, with a key; commands
//! are a closed set.

mod command;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    extract::Json,
    sensitive::{Sensitive, StepUpHeader},
};
use crate::{
    app::App,
    audit::Actor,
    console::{self, Operator, Reason},
    identity::{Caller, Visitor},
    problem::{FieldError, Problem, ProblemBody, Result},
};

const REASONS: [&str; 6] = [
    "support",
    "incident",
    "security",
    "legal",
    "maintenance",
    "review",
];

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(authorize))
        .routes(routes!(begin))
        .routes(routes!(current, end))
        .merge(command::router())
}

/// Why somebody wants to the console, and which terminal asks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AuthorizationRequest {
    /// Base64url of the SHA-256 of what the terminal keeps (RFC 7636, S256).
    #[schema(
        pattern = "^[A-Za-z0-9_-]{43}$",
        example = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )]
    code_challenge: String,
    /// `support`, `incident`, `security`, `legal`, `maintenance` or `review`.
    #[schema(
        pattern = "^(support|incident|security|legal|maintenance|review)$",
        example = "support"
    )]
    reason_type: String,
    /// In words.
    #[schema(min_length = 1, max_length = 500, example = "A transfer is missing.")]
    reason: String,
    /// Where it is asked for.
    #[schema(pattern = "^[!-~]{1,64}$", example = "HELP-4711")]
    ticket: String,
}

impl AuthorizationRequest {
    fn check(&self) -> Result<()> {
        let is_challenge = |text: &str| {
            text.len() == 43
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let is_reason = |text: &str| {
            (1..=500).contains(&text.chars().count())
                && !text.trim().is_empty()
                && !text.chars().any(char::is_control)
        };
        let is_ticket = |text: &str| {
            (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
        };
        let held = [
            (
                "code_challenge",
                is_challenge(&self.code_challenge),
                "This is no challenge of S256.",
            ),
            (
                "reason_type",
                REASONS.contains(&self.reason_type.as_str()),
                "There is no such type of reason.",
            ),
            (
                "reason",
                is_reason(&self.reason),
                "A reason has 1 to 500 characters, on one line.",
            ),
            (
                "ticket",
                is_ticket(&self.ticket),
                "A ticket has 1 to 64 printable ASCII characters.",
            ),
        ];
        let errors: Vec<FieldError> = held
            .into_iter()
            .filter(|(_, holds, _)| !holds)
            .map(|(field, _, message)| FieldError {
                field: field.into(),
                code: "invalid",
                message: message.into(),
            })
            .collect();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(errors))
        }
    }
}

/// For the terminal, once.
#[derive(Serialize, ToSchema)]
struct AuthorizationReply {
    code: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Let a terminal in
///
/// For the page at `/operator/login`: an operator, approved by a key that checks that it is him
/// and by nothing else, gets the code that `balance-console` waits for. Three batches.
#[utoipa::path(
    post,
    path = "/v1/operator/authorizations",
    operation_id = "authorize_console",
    tag = "Console",
    params(StepUpHeader),
    request_body = AuthorizationRequest,
    responses(
        (status = 201, description = "The code.", body = AuthorizationReply),
        (status = 403, description = "No operator (`not-an-operator`), or not approved by a key (`step-up-required`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Not accepted: a field.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn authorize(
    app: App,
    caller: Caller,
    sensitive: Sensitive<AuthorizationRequest>,
) -> Result<Response> {
    let request = sensitive.body;
    request.check()?;
    let reason = Reason {
        kind: request.reason_type,
        words: request.reason,
        ticket: request.ticket,
    };
    let issued = console::authorize(
        &app,
        caller,
        sensitive.asked,
        request.code_challenge,
        reason,
    )
    .await?;
    let reply = AuthorizationReply {
        code: issued.ticket,
        expires_at: issued.expires_at.rfc3339(),
    };
    Ok((StatusCode::CREATED, Json(reply)).into_response())
}

/// What the terminal got, and what it kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SessionRequest {
    #[schema(max_length = 4096)]
    code: String,
    /// 43 to 128 characters (RFC 7636).
    #[schema(pattern = "^[A-Za-z0-9._~-]{43,128}$")]
    code_verifier: String,
}

/// An operator.
#[derive(Serialize, ToSchema)]
struct OperatorBody {
    #[schema(example = "opr_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: String,
    name: String,
    /// `employee`, `contractor` or `auditor`.
    #[schema(example = "employee")]
    role: Value,
}

impl From<Actor> for OperatorBody {
    fn from(actor: Actor) -> Self {
        Self {
            id: actor.id.public(),
            name: actor.name,
            role: serde_json::to_value(actor.role).unwrap_or_default(),
        }
    }
}

/// A session of the console.
#[derive(Serialize, ToSchema)]
struct ConsoleSession {
    #[schema(example = "cse_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: String,
    /// To be sent as `Authorization: Bearer`. Shown this once.
    #[schema(example = "opc_jY2oX0f3mN6bV9cL1kD4aQ7wE5rT8uI0pS2gH3zB6xM")]
    token: String,
    /// RFC 3339: a quarter of an hour.
    #[schema(format = DateTime)]
    expires_at: String,
    operator: OperatorBody,
    reason_type: String,
    reason: String,
    ticket: String,
}

/// Begin a session of the console
///
/// For the terminal, with the code that the browser brought it. A leaf of the audit log. Two
/// batches.
#[utoipa::path(
    post,
    path = "/v1/operator/sessions",
    operation_id = "begin_console_session",
    tag = "Console",
    security(()),
    request_body = SessionRequest,
    responses(
        (status = 201, description = "It has begun.", body = ConsoleSession),
        (status = 422, description = "The code or the verifier does not hold.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn begin(
    app: App,
    _visitor: Visitor,
    Json(request): Json<SessionRequest>,
) -> Result<Response> {
    if !(43..=128).contains(&request.code_verifier.len()) {
        return Err(Problem::invalid_field(
            "code_verifier",
            "range",
            "A verifier has 43 to 128 characters.",
        ));
    }
    let session = console::begin(&app, &request.code, &request.code_verifier).await?;
    let reply = ConsoleSession {
        id: session.id.public(),
        token: session.token,
        expires_at: session.expires_at.rfc3339(),
        operator: session.why.operator.into(),
        reason_type: session.why.reason_type,
        reason: session.why.reason,
        ticket: session.why.ticket,
    };
    Ok((StatusCode::CREATED, Json(reply)).into_response())
}

/// The session that the token opens.
#[derive(Serialize, ToSchema)]
struct CurrentConsoleSession {
    #[schema(example = "cse_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
    operator: OperatorBody,
    reason_type: String,
    reason: String,
    ticket: String,
}

/// Show the session
///
/// Who is at the console, why, and until when: for a reviewer from outside, who was handed a
/// token and signs in with nothing else. One batch.
#[utoipa::path(
    get,
    path = "/v1/operator/sessions/current",
    operation_id = "show_console_session",
    tag = "Console",
    security(("console" = [])),
    responses(
        (status = 200, description = "It lasts.", body = CurrentConsoleSession),
        (status = 401, description = "It is over.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn current(operator: Operator) -> Result<Json<CurrentConsoleSession>> {
    let session = console::current(operator).await?;
    Ok(Json(CurrentConsoleSession {
        id: session.id.public(),
        expires_at: session.expires_at.rfc3339(),
        operator: session.why.operator.into(),
        reason_type: session.why.reason_type,
        reason: session.why.reason,
        ticket: session.why.ticket,
    }))
}

/// End the session
///
/// The audit log's head is signed over it. Three batches, and the head's.
#[utoipa::path(
    delete,
    path = "/v1/operator/sessions/current",
    operation_id = "end_console_session",
    tag = "Console",
    security(("console" = [])),
    responses(
        (status = 204, description = "It has ended."),
        (status = 401, description = "It was over.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn end(app: App, operator: Operator) -> Result<StatusCode> {
    console::end(&app, operator).await?;
    Ok(StatusCode::NO_CONTENT)
}
