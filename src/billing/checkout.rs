//! Stripe's pages: Checkout, where a plan is subscribed to, and the portal, where it is
//! changed and ended. Whoever asks is sent there, and comes back to the client.

use stripe::{CheckoutSessionCreate, CustomerId, PortalSessionCreate};

use super::{
    client::StripeClient,
    customer,
    entitlements::is_live,
    refresh::{Refreshed, refresh},
};
use crate::{
    app::App,
    id::RowId,
    identity::Signed,
    problem::{Kind, Problem, Result},
};

/// Where the client takes up again.
const BACK: &str = "/#/billing";

/// A page of Stripe's to subscribe on. Stripe is asked how things stand first, so that
/// nobody subscribes twice because an event is late.
///
/// Two batches and two calls; one of each more where she was no customer yet.
pub(crate) async fn checkout(app: &App, signed: &Signed, offer: &str) -> Result<String> {
    let stripe = app.stripe()?;
    let offers = &stripe.config.offers;
    let Some(offer) = offers.iter().find(|known| known.name == offer) else {
        return Err(Problem::invalid_field(
            "offer",
            "unknown",
            "This is none of the offers of /v1/billing/subscription.",
        ));
    };
    let mut known = present(app, stripe, signed).await?;
    if known.is_none() {
        customer::begin(app, &signed.keys, signed.person).await?;
        known = present(app, stripe, signed).await?;
    }
    let (customer, refreshed) = known.ok_or_else(Problem::unauthenticated)?;
    let subscription = refreshed.record.subscription;
    if let Some(subscription) = &subscription
        && is_live(subscription.status)
    {
        return Err(Problem::new(
            Kind::AlreadySubscribed,
            "There is a subscription already: change it on the page of /v1/billing/portal.",
        ));
    }
    let person = signed.person.public();
    let origin = &app.config.origin;
    let session = CheckoutSessionCreate {
        customer: &customer,
        client_reference_id: &person,
        price: &offer.price,
        success_url: &format!("{origin}{BACK}?checkout=done"),
        cancel_url: &format!("{origin}{BACK}?checkout=left"),
        user_id: &person,
        // Once: whoever had a subscription has seen it.
        trial_days: stripe.config.trial_days.filter(|_| subscription.is_none()),
        allow_promotion_codes: true,
        idempotency_key: &format!("checkout-{}", RowId::new()?.hex()),
    };
    Ok(stripe.call(&session).await?.url)
}

/// A page of Stripe's to change the card, the price or the mind on. Two batches and two
/// calls.
pub(crate) async fn portal(app: &App, signed: &Signed) -> Result<String> {
    let stripe = app.stripe()?;
    let (customer, _) = present(app, stripe, signed).await?.ok_or_else(|| {
        Problem::new(
            Kind::NotFound,
            "You have had no subscription yet: begin at /v1/billing/checkout.",
        )
    })?;
    let session = PortalSessionCreate {
        customer: &customer,
        return_url: &format!("{}{BACK}", app.config.origin),
        idempotency_key: &format!("portal-{}", RowId::new()?.hex()),
    };
    Ok(stripe.call(&session).await?.url)
}

/// Her customer, and how it stands; none where she never was one, or is no more.
async fn present(
    app: &App,
    stripe: &StripeClient,
    signed: &Signed,
) -> Result<Option<(CustomerId, Refreshed)>> {
    let refreshed = refresh(app, stripe, &signed.keys, signed.person, &signed.reveal).await?;
    Ok(refreshed.and_then(|refreshed| Some((refreshed.record.customer.clone()?, refreshed))))
}
