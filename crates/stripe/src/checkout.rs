//! Checkout: Stripe's page where a person subscribes and gives a card.
//! Follows Stripe's "Checkout Sessions" in `subscription` mode, one price, quantity 1.
//! Invariant: the card is typed on Stripe's page; nothing of it passes through us.

use serde::Deserialize;

use crate::call::{Method, Request, sealed};
use crate::form::Form;
use crate::id::{CheckoutSessionId, CustomerId};

/// `POST /v1/checkout/sessions`.
pub struct CheckoutSessionCreate<'a> {
    /// Who subscribes.
    pub customer: &'a CustomerId,
    /// What ties the session to us; it comes back in the session's events.
    pub client_reference_id: &'a str,
    /// The id of the price, which says what is sold, for how much, and how often.
    pub price: &'a str,
    /// Where the person goes after paying. Stripe replaces `{CHECKOUT_SESSION_ID}` in it.
    pub success_url: &'a str,
    /// Where the person goes who turns back.
    pub cancel_url: &'a str,
    /// Our user, kept as metadata of the subscription.
    pub user_id: &'a str,
    /// Days before the first payment; Stripe takes 1 to 730.
    pub trial_days: Option<u32>,
    /// Whether the page has a field for a promotion code.
    pub allow_promotion_codes: bool,
    /// See [`Request::idempotency_key`].
    pub idempotency_key: &'a str,
}

/// A Checkout session that was opened.
#[derive(Deserialize)]
pub struct CheckoutSession {
    /// Its id.
    pub id: CheckoutSessionId,
    /// Where to send the person. Good for 24 hours, and for whoever has it.
    pub url: String,
}

impl sealed::Sealed for CheckoutSessionCreate<'_> {}

impl Request for CheckoutSessionCreate<'_> {
    type Reply = CheckoutSession;
    const METHOD: Method = Method::Post;

    fn target(&self) -> String {
        "/v1/checkout/sessions".to_owned()
    }

    fn form(&self) -> String {
        let trial_days = self.trial_days.map(|days| days.to_string());
        Form::new()
            .with("mode", "subscription")
            .with("customer", self.customer.as_str())
            .with("client_reference_id", self.client_reference_id)
            .with("line_items[0][price]", self.price)
            .with("line_items[0][quantity]", "1")
            .with("success_url", self.success_url)
            .with("cancel_url", self.cancel_url)
            .with("subscription_data[metadata][user_id]", self.user_id)
            .with_some(
                "subscription_data[trial_period_days]",
                trial_days.as_deref(),
            )
            .with_some(
                "allow_promotion_codes",
                self.allow_promotion_codes.then_some("true"),
            )
            .finish()
    }

    fn idempotency_key(&self) -> Option<&str> {
        Some(self.idempotency_key)
    }
}
