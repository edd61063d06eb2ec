//! The only way to Stripe: a typed request of crate `stripe` in, its reply out.

use stripe::{CallError, Code, ErrorClass, Request};
use thiserror::Error;

use super::BillingConfig;
use crate::{
    platform::fetch::{self, Outgoing},
    problem::{Kind, Problem},
};

/// How long Stripe may take.
const TIMEOUT_MS: u32 = 20_000;

/// Stripe, as configured.
pub(crate) struct StripeClient {
    pub(crate) config: BillingConfig,
}

/// Why there is no reply.
#[derive(Debug, Error)]
pub(crate) enum StripeError {
    #[error("Stripe could not be reached")]
    Unreachable,
    #[error(transparent)]
    Call(#[from] CallError),
}

impl StripeError {
    /// Whether Stripe knows of no such customer: told of a path, or of a parameter.
    pub(super) fn is_missing(&self) -> bool {
        let Self::Call(CallError::Stripe(error)) = self else {
            return false;
        };
        let is =
            |code: &Option<Code>, text| code.as_ref().is_some_and(|code| code.as_str() == text);
        error.classify() == ErrorClass::Missing
            || (is(&error.code, "resource_missing") && is(&error.param, "customer"))
    }

    /// Whether Stripe gives this same answer under the same idempotency key for a day: a
    /// fault of its own that it has written down.
    pub(super) const fn is_kept(&self) -> bool {
        matches!(self, Self::Call(CallError::Stripe(error)) if error.status >= 500)
    }
}

/// For requests that wait for Stripe. The cause holds codes, never what was asked.
impl From<StripeError> for Problem {
    fn from(error: StripeError) -> Self {
        let cause = error.to_string();
        let class = match &error {
            StripeError::Unreachable => ErrorClass::Transient,
            StripeError::Call(error) => error.classify(),
        };
        match class {
            ErrorClass::Idempotency => Self::new(
                Kind::IdempotencyPending,
                "Stripe is at the same request still; try again.",
            ),
            _ => Self::upstream("Stripe did not answer as it should; try again.", cause),
        }
    }
}

impl StripeClient {
    pub(crate) const fn new(config: BillingConfig) -> Self {
        Self { config }
    }

    /// Asks Stripe.
    pub(super) async fn call<R: Request>(&self, request: &R) -> Result<R::Reply, StripeError> {
        let headers = self.config.key.headers(request);
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let form = request.form();
        let outgoing = Outgoing {
            method: R::METHOD.as_str(),
            url: format!("{}{}", self.config.base_url, request.target()),
            headers: &headers,
            body: form.as_bytes(),
            timeout_ms: TIMEOUT_MS,
            limit: u32::try_from(stripe::MAX_REPLY_BYTES).unwrap_or(u32::MAX),
        };
        let reply = fetch::send(&outgoing).await;
        let reply = reply.map_err(|_| StripeError::Unreachable)?;
        Ok(stripe::read_reply::<R>(reply.status, &reply.body)?)
    }
}
