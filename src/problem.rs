//! The one error type, and its one mapping to HTTP: `application/problem+json`
//! (RFC 9457).
//!
//! Which to use: a constructor named for what the caller did wrong, with a
//! sentence that says how to mend it. [`Problem::internal`] for what is our
//! fault: its cause is logged under the request id, never shown. Nothing that
//! came from outside is ever put into a problem's text.

mod kind;

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use kind::Kind;

use crate::{
    identity::{Action, Method},
    platform::telemetry::Cause,
};

/// What every fallible step of the Worker returns.
pub(crate) type Result<T> = std::result::Result<T, Problem>;

/// Why a request was not served.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    more: Option<Box<More>>,
    retry_after: Option<u32>,
    /// For the log only: literals of ours, never data.
    cause: Cow<'static, str>,
}

/// One field that was refused.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// The field, as a path of member names.
    pub(crate) field: Cow<'static, str>,
    /// A stable code a client can branch on.
    pub(crate) code: &'static str,
    /// What is wrong, in a sentence.
    pub(crate) message: Cow<'static, str>,
}

/// What a kind of problem says beyond the common members.
#[derive(Debug)]
enum More {
    /// How often a password stands in known leaks.
    Exposed(u64),
    /// What a sensitive request has to be approved with.
    StepUp {
        action: Action,
        methods: Vec<&'static str>,
    },
    /// The scope that a token lacks.
    Scope(&'static str),
    /// What a consent would have to name.
    Consent {
        fields: Vec<&'static str>,
        resources: Vec<String>,
        user: Option<String>,
    },
    /// Where a consent stands.
    State(&'static str),
}

/// The body of every error (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// A stable identifier of the kind of problem, a path under `/problems/`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The kind in words, the same for each occurrence.
    pub(crate) title: &'a str,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What happened this time and how to mend it.
    pub(crate) detail: &'a str,
    /// The request's id, also in the `x-request-id` header.
    pub(crate) request_id: &'a str,
    /// The fields that were refused.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) errors: &'a [FieldError],
    /// How often the password stands in known leaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exposed_count: Option<u64>,
    /// `step-up-required`: what has to be approved, for `POST /v1/me/step-ups`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) action: Option<&'a Action>,
    /// `step-up-required`: how one can prove who one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) methods: Option<&'a [&'static str]>,
    /// `consent-required`: the fields that a consent would have to name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fields: Option<&'a [&'static str]>,
    /// `consent-required`: the resources, any of which it could name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resources: Option<&'a [String]>,
    /// `consent-required`: whose they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<&'a str>,
    /// `consent-refused`: where the consent stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<&'a str>,
    /// `insufficient-scope`: what the token would have to be good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) required: Option<&'a str>,
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            more: None,
            retry_after: None,
            cause: Cow::Borrowed(""),
        }
    }

    /// The request itself is malformed.
    pub(crate) fn bad_request(detail: &'static str) -> Self {
        Self::new(Kind::BadRequest, detail)
    }

    /// Well-formed, but some fields cannot be accepted.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::new(
            Kind::Validation,
            "Some fields were not accepted; see `errors`.",
        );
        problem.errors = errors;
        problem
    }

    /// One field cannot be accepted.
    pub(crate) fn invalid_field(
        field: &'static str,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::invalid(vec![FieldError {
            field: field.into(),
            code,
            message: message.into(),
        }])
    }

    /// No session, an expired one, or a token nobody knows: not told apart.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(
            Kind::Unauthenticated,
            "Sign in, and send the session's token or cookie.",
        )
    }

    /// What was asked for does not exist, or belongs to someone else: not told apart.
    pub(crate) fn not_found() -> Self {
        Self::new(Kind::NotFound, "There is nothing here that you may see.")
    }

    /// The body is longer than `limit` bytes.
    pub(crate) fn too_large(limit: u32) -> Self {
        Self::new(
            Kind::TooLarge,
            format!("A body may hold {limit} bytes at most."),
        )
    }

    /// Too many requests; try again after so many seconds.
    pub(crate) fn too_many(retry_after: u32) -> Self {
        let mut problem = Self::new(Kind::TooMany, "Slow down, and try again later.");
        problem.retry_after = Some(retry_after);
        problem
    }

    /// The password stands in known leaks.
    pub(crate) fn password_exposed(count: u64) -> Self {
        let mut problem = Self::new(
            Kind::PasswordExposed,
            "This password is in known data leaks, so attackers try it first. Choose another.",
        );
        problem.more = Some(Box::new(More::Exposed(count)));
        problem
    }

    /// This request needs a proof of its own first.
    pub(crate) fn step_up_required(action: Action, methods: Vec<Method>) -> Self {
        let mut problem = Self::new(
            Kind::StepUpRequired,
            "Prove who you are for this very request: see POST /v1/me/step-ups, and send it again.",
        );
        let methods = methods.into_iter().map(Method::name).collect();
        problem.more = Some(Box::new(More::StepUp { action, methods }));
        problem
    }

    /// The API token is not good for this.
    pub(crate) fn insufficient_scope(required: &'static str) -> Self {
        let mut problem = Self::new(
            Kind::InsufficientScope,
            "This API token was not made for this; see `required`.",
        );
        problem.more = Some(Box::new(More::Scope(required)));
        problem
    }

    /// Hidden fields, and no consent that covers them.
    pub(crate) fn consent_required(
        fields: Vec<&'static str>,
        resources: Vec<String>,
        user: Option<String>,
    ) -> Self {
        let mut problem = Self::new(
            Kind::ConsentRequired,
            "This is hidden without her consent: ask for one with `consent.request`; see `fields` and `resources`.",
        );
        problem.more = Some(Box::new(More::Consent {
            fields,
            resources,
            user,
        }));
        problem
    }

    /// A consent that does not hold for this.
    pub(crate) fn consent_refused(state: &'static str, detail: &'static str) -> Self {
        let mut problem = Self::new(Kind::ConsentRefused, detail);
        problem.more = Some(Box::new(More::State(state)));
        problem
    }

    /// A provider did not do its part.
    pub(crate) fn upstream(detail: &'static str, cause: impl Into<Cow<'static, str>>) -> Self {
        let mut problem = Self::new(Kind::Upstream, detail);
        problem.cause = cause.into();
        problem
    }

    /// Not now; try again in so many seconds.
    pub(crate) fn unavailable(detail: &'static str, cause: impl Into<Cow<'static, str>>) -> Self {
        let mut problem = Self::new(Kind::Unavailable, detail);
        problem.cause = cause.into();
        problem.retry_after = Some(5);
        problem
    }

    /// Our fault. `cause` goes to the log and must hold no data.
    pub(crate) fn internal(cause: impl Into<Cow<'static, str>>) -> Self {
        let mut problem = Self::new(
            Kind::Internal,
            "Something went wrong on our side. Quote the request id when you report it.",
        );
        problem.cause = cause.into();
        problem
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// For the log: what went wrong inside.
    pub(crate) fn cause(&self) -> Cause<'_> {
        match &self.cause {
            Cow::Borrowed(literal) => Cause::from(*literal),
            Cow::Owned(composed) => Cause::composed(composed),
        }
    }

    /// What went wrong inside, where it is in words of the source.
    pub(crate) fn literal_cause(&self) -> Option<&'static str> {
        match self.cause {
            Cow::Borrowed(literal) => Some(literal),
            Cow::Owned(_) => None,
        }
    }

    /// The response, which quotes the request's id.
    pub(crate) fn respond(&self, request_id: &str) -> Response {
        let status = self.kind.status();
        let mut body = ProblemBody {
            kind: self.kind.uri(),
            title: self.kind.title(),
            status: status.as_u16(),
            detail: &self.detail,
            request_id,
            errors: &self.errors,
            exposed_count: None,
            action: None,
            methods: None,
            required: None,
            fields: None,
            resources: None,
            user: None,
            state: None,
        };
        match self.more.as_deref() {
            Some(More::Exposed(count)) => body.exposed_count = Some(*count),
            Some(More::StepUp { action, methods }) => {
                (body.action, body.methods) = (Some(action), Some(methods.as_slice()));
            }
            Some(More::Scope(scope)) => body.required = Some(scope),
            Some(More::Consent {
                fields,
                resources,
                user,
            }) => {
                body.fields = Some(fields);
                body.resources = Some(resources);
                body.user = user.as_deref();
            }
            Some(More::State(state)) => body.state = Some(state),
            None => {}
        }
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (status, json).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A problem on its way from a handler to the edge of the router, where the
/// request's id is known and the body is written.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response
            .extensions_mut()
            .insert(Carried(std::sync::Arc::new(self)));
        response
    }
}

/// The problem a handler ended in.
#[derive(Clone)]
pub(crate) struct Carried(pub(crate) std::sync::Arc<Problem>);
