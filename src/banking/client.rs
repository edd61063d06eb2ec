//! The only way to Plaid: a typed request of crate `plaid` in, its reply out.
//! What that crate cannot express cannot be asked.

use plaid::{AccessToken, CallError, Credentials, ErrorClass, Request, webhook::KeyId};
use thiserror::Error;

use super::webhook::KeyCache;
use crate::{
    config::Config,
    platform::fetch::{self, Incoming, Outgoing},
    problem::{Kind, Problem},
};

/// How long Plaid may take: a first page of a slow bank comes in 20 seconds.
const TIMEOUT_MS: u32 = 30_000;

/// Plaid, as configured.
pub(crate) struct PlaidClient {
    base_url: String,
    credentials: Credentials,
    pub(super) keys: KeyCache,
}

/// A reply of Plaid's, not yet decoded: replies borrow from it.
pub(crate) struct Answer(Incoming);

/// Why there is none.
#[derive(Debug, Error)]
pub(crate) enum UpstreamError {
    #[error("Plaid could not be reached")]
    Unreachable,
    #[error(transparent)]
    Call(#[from] CallError),
}

impl UpstreamError {
    /// What to do about it.
    pub(crate) fn classify(&self) -> ErrorClass {
        match self {
            Self::Unreachable => ErrorClass::Transient,
            Self::Call(error) => error.classify(),
        }
    }
}

/// For requests that wait for Plaid. The cause holds codes, never what was asked.
impl From<UpstreamError> for Problem {
    fn from(error: UpstreamError) -> Self {
        let cause = error.to_string();
        match error.classify() {
            ErrorClass::NeedsReauth => Self::new(
                Kind::NeedsReauth,
                "The bank wants the person to sign in again: open Link in update mode.",
            ),
            ErrorClass::RateLimited => Self::too_many(60),
            ErrorClass::ProductNotReady => {
                Self::unavailable("The bank is still handing over its data; try again.", cause)
            }
            _ => Self::upstream("Plaid did not answer as it should; try again.", cause),
        }
    }
}

impl PlaidClient {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            base_url: config.plaid_base_url.clone(),
            credentials: Credentials::new(
                config.plaid_client_id.expose().to_owned(),
                config.plaid_secret.expose().to_owned(),
            ),
            keys: KeyCache::default(),
        }
    }

    /// Asks Plaid.
    pub(crate) async fn call<R: Request>(&self, request: &R) -> Result<Answer, UpstreamError> {
        // The body holds tokens; it is wiped when this returns.
        let body = request.body();
        let outgoing = Outgoing {
            method: "POST",
            url: format!("{}{}", self.base_url, R::ENDPOINT.path()),
            headers: &self.credentials.headers(),
            body: &body,
            timeout_ms: TIMEOUT_MS,
            limit: u32::try_from(plaid::MAX_REPLY_BYTES).unwrap_or(u32::MAX),
        };
        fetch::send(&outgoing)
            .await
            .map(Answer)
            .map_err(|_| UpstreamError::Unreachable)
    }

    /// The key a webhook says it was signed with.
    pub(super) async fn verification_key(&self, key_id: KeyId) -> Result<Answer, UpstreamError> {
        self.call(&plaid::VerificationKeyGet { key_id }).await
    }
}

impl Answer {
    /// The reply to a request `R`, borrowed from this answer.
    pub(crate) fn read<R: Request>(&self) -> Result<R::Reply<'_>, UpstreamError> {
        Ok(plaid::read_reply::<R>(self.0.status, &self.0.body)?)
    }
}

/// The token of an opened Item, for a call.
pub(crate) fn access_token(text: &str) -> AccessToken {
    AccessToken::new(text.to_owned())
}
