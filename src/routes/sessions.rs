//! `/v1/sessions`: sign in, see where one is signed in, sign out.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    contract::{Routes, routes},
    extract::{FromPath, Json, PathId, Query},
    me::UserBody,
};
use crate::{
    app::App,
    id::SessionId,
    identity::{Caller, Signed, SignedIn, TypedPassword, Visitor, no_cookie, sign_in},
    platform::Timestamp,
    problem::{Problem, ProblemBody, Result},
    store::{
        people::LeakState,
        sessions::{self, SessionRow},
    },
};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(create, list, remove_all))
        .routes(routes!(remove))
}

/// Who wants in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInRequest {
    /// In any case.
    #[schema(max_length = 254, example = "ada@example.com")]
    email: String,
    #[schema(value_type = String, format = Password, write_only, max_length = 1024, example = "seven quiet herons at dusk")]
    password: TypedPassword,
}

/// A session that has just begun, and whose.
#[derive(Serialize, ToSchema)]
struct SignInReply {
    #[schema(value_type = String, example = "ses_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: SessionId,
    /// To be sent as `Authorization: Bearer`; also set as a cookie. Shown this once.
    #[schema(example = "jY2oX0f3mN6bV9cL1kD4aQ7wE5rT8uI0pS2gH3zB6xM")]
    token: String,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-12-22T14:00:00Z")]
    expires_at: String,
    user: UserBody,
    /// The password is in known leaks: ask for another. An answer that came too late for this reply is in `GET /v1/me`.
    password_exposed: bool,
    /// How often.
    #[serde(skip_serializing_if = "Option::is_none")]
    exposed_count: Option<u64>,
}

impl SignInReply {
    fn new(signed_in: SignedIn) -> Self {
        let exposed_count = match signed_in.record.leak {
            LeakState::Exposed { count, .. } => Some(count),
            LeakState::NotFound { .. } | LeakState::Unchecked => None,
        };
        Self {
            id: signed_in.session.id,
            token: signed_in.session.token.expose().to_owned(),
            expires_at: signed_in.session.expires_at.rfc3339(),
            user: UserBody::new(signed_in.person, signed_in.record),
            password_exposed: exposed_count.is_some(),
            exposed_count,
        }
    }
}

/// Sign in
///
/// Wrong passwords are counted per email and network, and after five the next is looked at later and later. Two
/// batches, whether or not it is right.
#[utoipa::path(
    post,
    path = "/v1/sessions",
    operation_id = "sign_in",
    tag = "Identity",
    security(()),
    request_body = SignInRequest,
    responses(
        (status = 201, description = "Signed in.", body = SignInReply, headers(("set-cookie" = String, description = "The session's token."))),
        (status = 401, description = "Email or password is wrong (`invalid-credentials`); which is not told.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong passwords, or too many requests from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create(
    app: App,
    visitor: Visitor,
    Json(request): Json<SignInRequest>,
) -> Result<Response> {
    let password = request.password.normalize()?;
    let signed_in = sign_in(&app, &visitor, &request.email, &password).await?;
    let cookie = [(header::SET_COOKIE, signed_in.session.cookie()?)];
    Ok((
        StatusCode::CREATED,
        cookie,
        Json(SignInReply::new(signed_in)),
    )
        .into_response())
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    /// How many at most, 1 to 1000; 100 where left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>, pattern = "^ses_[0-9a-f]{32}$")]
    cursor: Option<SessionId>,
}

/// A page of sessions, newest first.
#[derive(Serialize, ToSchema)]
struct SessionList {
    data: Vec<SessionBody>,
    /// For the next page; null on the last.
    #[schema(value_type = Option<String>)]
    next_cursor: Option<SessionId>,
}

/// A session.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionBody {
    #[schema(value_type = String, example = "ses_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: SessionId,
    /// Whether it is the one that asks.
    current: bool,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-11-22T14:00:00Z")]
    created_at: String,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-12-22T14:00:00Z")]
    expires_at: String,
    /// As the client sent it when it began.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0")]
    user_agent: Option<String>,
    /// From where it began.
    #[schema(example = "203.0.113.7")]
    ip: Option<String>,
    /// What proved who she is.
    #[schema(example = json!(["password"]))]
    factors: Vec<String>,
}

impl SessionBody {
    fn open(row: SessionRow, signed: &Signed) -> Result<Self> {
        let (id, expires_at) = (SessionId(row.id), row.expires_at);
        let record = row
            .open(&signed.keys, None)?
            .reveal(&signed.reveal)
            .map_err(|_| Problem::internal("a session of someone else's"))?;
        Ok(Self {
            id,
            current: id == signed.session,
            created_at: record.created_at.rfc3339(),
            expires_at: expires_at.rfc3339(),
            user_agent: record.user_agent,
            ip: record.ip,
            factors: record.factors,
        })
    }
}

/// List sessions
///
/// Where one is signed in, newest first. One batch.
#[utoipa::path(
    get,
    path = "/v1/sessions",
    operation_id = "list_sessions",
    tag = "Identity",
    params(ListParameters),
    responses((status = 200, description = "A page of sessions.", body = SessionList))
)]
async fn list(
    caller: Caller,
    Query(parameters): Query<ListParameters>,
) -> Result<Json<SessionList>> {
    let limit = parameters.limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(Problem::invalid_field(
            "limit",
            "range",
            "A page has 1 to 1000.",
        ));
    }
    let (signed, [rows]) = caller
        .read(|signed| {
            // One more than asked for tells whether there is another page.
            let rows = sessions::of_person(
                signed.person,
                parameters.cursor,
                limit + 1,
                Timestamp::now(),
            );
            Ok([rows])
        })
        .await?;
    let rows: Vec<SessionRow> = rows.rows()?.all()?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    let data: Vec<SessionBody> = rows
        .into_iter()
        .take(limit)
        .map(|row| SessionBody::open(row, &signed))
        .collect::<Result<_>>()?;
    let next_cursor = data.last().filter(|_| more).map(|last| last.id);
    Ok(Json(SessionList { data, next_cursor }))
}

/// A session by its id, or the one that asks.
enum Which {
    Current,
    Id(SessionId),
}

impl FromPath for Which {
    fn from_path(text: &str) -> Option<Self> {
        if text == "current" {
            Some(Self::Current)
        } else {
            SessionId::parse(text).map(Self::Id)
        }
    }
}

/// Sign out
///
/// Ends one session, at once and everywhere. Two batches.
#[utoipa::path(
    delete,
    path = "/v1/sessions/{id}",
    operation_id = "sign_out",
    tag = "Identity",
    params(("id" = String, Path, description = "The session's id, or `current`.", example = "current")),
    responses(
        (status = 204, description = "Ended."),
        (status = 404, description = "No such session of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn remove(app: App, caller: Caller, PathId(which): PathId<Which>) -> Result<Response> {
    let token = caller.token();
    let signed = caller.signed().await?;
    let session = match which {
        Which::Current => signed.session,
        Which::Id(session) => session,
    };
    let [deleted] = app
        .db
        .batch([sessions::delete(signed.person, session)])
        .await?;
    if deleted.changed() == 0 {
        return Err(Problem::not_found());
    }
    if session == signed.session {
        app.tokens.forget(&token);
        return signed_out();
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Sign out everywhere
///
/// Ends every session, this one too, at once. Two batches.
#[utoipa::path(
    delete,
    path = "/v1/sessions",
    operation_id = "sign_out_everywhere",
    tag = "Identity",
    responses((status = 204, description = "All ended."))
)]
async fn remove_all(app: App, caller: Caller) -> Result<Response> {
    let signed = caller.signed().await?;
    app.db.batch([sessions::delete_all(signed.person)]).await?;
    app.tokens.forget_all(signed.person);
    signed_out()
}

fn signed_out() -> Result<Response> {
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, no_cookie()?)]).into_response())
}
