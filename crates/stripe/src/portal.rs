//! The billing portal: Stripe's page where a person changes card or plan, or cancels.
//! Follows Stripe's "Customer portal sessions".
//! Invariant: what may be done there is configured at Stripe, never by a request.

use serde::Deserialize;

use crate::call::{Method, Request, sealed};
use crate::form::Form;
use crate::id::CustomerId;

/// `POST /v1/billing_portal/sessions`.
pub struct PortalSessionCreate<'a> {
    /// Whose portal.
    pub customer: &'a CustomerId,
    /// Where its link back leads.
    pub return_url: &'a str,
    /// See [`Request::idempotency_key`].
    pub idempotency_key: &'a str,
}

/// A portal session that was opened.
#[derive(Deserialize)]
pub struct PortalSession {
    /// Where to send the person, at once. Whoever has it is that customer to Stripe.
    pub url: String,
}

impl sealed::Sealed for PortalSessionCreate<'_> {}

impl Request for PortalSessionCreate<'_> {
    type Reply = PortalSession;
    const METHOD: Method = Method::Post;

    fn target(&self) -> String {
        "/v1/billing_portal/sessions".to_owned()
    }

    fn form(&self) -> String {
        Form::new()
            .with("customer", self.customer.as_str())
            .with("return_url", self.return_url)
            .finish()
    }

    fn idempotency_key(&self) -> Option<&str> {
        Some(self.idempotency_key)
    }
}
