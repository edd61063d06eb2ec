//! `/v1/sessions`: sign in, see where one is signed in, sign out.

use axum::response::{AppendHeaders, IntoResponse, Response};
use http::{StatusCode, header};
use passkey::AuthenticationResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    contract::{Routes, routes},
    extract::{FromPath, Json, PathId, Query},
    me::UserBody,
    proof::SecondFactorRequest,
};
use crate::{
    app::App,
    id::SessionId,
    identity::{
        Admitted, Caller, Method, SecondFactorNeeded, Signed, SignedIn, TypedPassword, Visitor,
        device, no_cookie, passkey_sign_in, second_factor, sign_in,
    },
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
        .routes(routes!(prove))
        .routes(routes!(create_by_passkey))
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
    /// To be sent as the header `Balance-Device` at the next sign-in from this device, for its own count of tries;
    /// also set as a cookie. It opens nothing.
    #[schema(example = "5mN6bV9cL1kD4aQ7wE5rT8uI0pS2gH3zB6xMjY2oX0f")]
    device_token: String,
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
            user: UserBody::new(signed_in.person, signed_in.record, &signed_in.factors),
            device_token: signed_in.device,
            password_exposed: exposed_count.is_some(),
            exposed_count,
        }
    }
}

/// The password was right, and is not enough.
#[derive(Serialize, ToSchema)]
struct SecondFactorRequired {
    #[schema(example = "second_factor_required")]
    status: &'static str,
    /// To be sent to `POST /v1/sessions/second-factor` with the proof.
    challenge: String,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-11-22T14:05:00Z")]
    expires_at: String,
    /// Of `passkey`, `totp` and `recovery_code` those there are.
    #[schema(example = json!(["passkey", "recovery_code"]))]
    methods: Vec<&'static str>,
    /// `PublicKeyCredentialRequestOptionsJSON`, where a key is enrolled.
    #[schema(value_type = Option<Object>)]
    options: Option<serde_json::Value>,
}

impl SecondFactorRequired {
    fn new(needed: SecondFactorNeeded) -> Self {
        Self {
            status: "second_factor_required",
            challenge: needed.issued.ticket,
            expires_at: needed.issued.expires_at.rfc3339(),
            methods: needed.methods.into_iter().map(Method::name).collect(),
            options: needed.options,
        }
    }
}

/// Sign in
///
/// Where a second factor is enrolled the password leads to a challenge, else to a session. Wrong passwords are counted
/// per email and network, or per email and known device, and after five the next is looked at later and later. Two
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
        (status = 202, description = "A second factor is to come.", body = SecondFactorRequired),
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
    match sign_in(&app, &visitor, &request.email, &password).await? {
        Admitted::SignedIn(signed_in) => begun(*signed_in),
        Admitted::SecondFactor(needed) => {
            let reply = Json(SecondFactorRequired::new(needed));
            Ok((StatusCode::ACCEPTED, reply).into_response())
        }
    }
}

/// Signed in: the reply, and the cookies of the session and of the device.
fn begun(signed_in: SignedIn) -> Result<Response> {
    let cookies = AppendHeaders([
        (header::SET_COOKIE, signed_in.session.cookie()?),
        (header::SET_COOKIE, device::cookie_of(&signed_in.device)?),
    ]);
    let reply = Json(SignInReply::new(signed_in));
    Ok((StatusCode::CREATED, cookies, reply).into_response())
}

/// Prove the second factor
///
/// Ends a sign-in that began with a password. Wrong codes are counted per account. Two batches.
#[utoipa::path(
    post,
    path = "/v1/sessions/second-factor",
    operation_id = "prove_second_factor",
    tag = "Identity",
    security(()),
    request_body = SecondFactorRequest,
    responses(
        (status = 201, description = "Signed in.", body = SignInReply, headers(("set-cookie" = String, description = "The session's token."))),
        (status = 401, description = "The proof does not hold (`second-factor-refused`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Not exactly one proof.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong codes, or too many requests from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn prove(
    app: App,
    visitor: Visitor,
    Json(mut request): Json<SecondFactorRequest>,
) -> Result<Response> {
    let challenge = std::mem::take(&mut request.challenge);
    let proof = request.proof()?;
    begun(second_factor(&app, &visitor, &challenge, &proof).await?)
}

/// A passkey's answer to a challenge.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasskeySignIn {
    /// From `POST /v1/passkey-challenges`.
    #[schema(max_length = 4096)]
    challenge: String,
    /// `AuthenticationResponseJSON` of WebAuthn, of a discoverable credential and with user verification.
    #[schema(value_type = Object)]
    credential: Box<AuthenticationResponse>,
}

/// Sign in with a passkey
///
/// No email and no password: the authenticator has verified who uses it. Two batches.
#[utoipa::path(
    post,
    path = "/v1/sessions/passkey",
    operation_id = "sign_in_with_passkey",
    tag = "Identity",
    security(()),
    request_body = PasskeySignIn,
    responses(
        (status = 201, description = "Signed in.", body = SignInReply, headers(("set-cookie" = String, description = "The session's token."))),
        (status = 401, description = "The answer does not hold (`second-factor-refused`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Not accepted: a field.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create_by_passkey(
    app: App,
    visitor: Visitor,
    Json(request): Json<PasskeySignIn>,
) -> Result<Response> {
    begun(passkey_sign_in(&app, &visitor, &request.challenge, request.credential).await?)
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
    /// An authenticator verified the person, by a fingerprint or a PIN.
    user_verified: bool,
    /// When she last proved again who she is, RFC 3339; null where she never did.
    #[schema(format = DateTime)]
    stepped_up_at: Option<String>,
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
            current: id == signed.session()?,
            created_at: record.created_at.rfc3339(),
            expires_at: expires_at.rfc3339(),
            user_agent: record.user_agent,
            ip: record.ip,
            factors: record.factors,
            user_verified: record.user_verified,
            stepped_up_at: record.stepped_up_at.map(Timestamp::rfc3339),
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
        Which::Current => signed.session()?,
        Which::Id(session) => session,
    };
    let [deleted] = app
        .db
        .batch([sessions::delete(signed.person, session)])
        .await?;
    if deleted.changed() == 0 {
        return Err(Problem::not_found());
    }
    if session == signed.session()? {
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
