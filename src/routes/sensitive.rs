//! Sensitive requests, as an extractor: the body together with what of the request is
//! approved. A handler that takes one calls [`Asked::approved`] and lands its batch
//! through the [`Approval`](crate::identity::Approval).

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use http::request::Parts;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::extract::{parse, require_json};
use crate::{
    identity::Asked,
    problem::{Problem, Result},
};

/// The header, for a route's `params(...)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)] // read by the derive only
pub(super) struct StepUpHeader {
    /// What `POST /v1/me/step-ups/confirm` gave for this very request. Without it the answer is 403
    /// `step-up-required`.
    #[param(rename = "Step-Up", max_length = 4096)]
    step_up: Option<String>,
}

/// A sensitive request with a JSON body.
pub(super) struct Sensitive<T> {
    pub(super) body: T,
    pub(super) asked: Asked,
}

/// A sensitive request whose body, if it has one, is not read.
pub(super) struct SensitiveBare(pub(super) Asked);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sensitive<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let (parts, body) = whole(request, state).await?;
        require_json(&parts.headers)?;
        Ok(Self {
            body: parse(&body)?,
            asked: Asked::of(&parts, &body),
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for SensitiveBare {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let (parts, body) = whole(request, state).await?;
        Ok(Self(Asked::of(&parts, &body)))
    }
}

async fn whole<S: Send + Sync>(request: Request, state: &S) -> Result<(Parts, Bytes)> {
    let (parts, body) = request.into_parts();
    let body = Bytes::from_request(Request::from_parts(parts.clone(), body), state)
        .await
        .map_err(|_| Problem::bad_request("The body ended early."))?;
    Ok((parts, body))
}
