//! `/v1/billing`: the plan, and Stripe's pages to begin, change and end it on.

use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    extract::Json,
    idempotency::{IdempotencyHeader, Idempotent},
};
use crate::{
    app::App,
    billing::{self, BillingConfig, Entitlements},
    identity::{Caller, access},
    platform::Timestamp,
    problem::{ProblemBody, Result},
    store::{
        billing::{PriceRecord, SubscriptionRecord, of_person},
        items::{self, ItemRow},
    },
};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(show))
        .routes(routes!(checkout))
        .routes(routes!(portal))
}

/// A plan, and what it gives.
#[derive(Serialize, ToSchema)]
struct Subscription {
    /// `free` or `plus`.
    #[schema(example = "plus")]
    plan: &'static str,
    /// Stripe's word for it: `active`, `trialing`, `past_due`, `unpaid`, `paused`, `canceled`, `incomplete`,
    /// `incomplete_expired`, or `other` for one that is newer than this. Null where there never was one.
    #[schema(example = "active")]
    status: Option<&'static str>,
    entitlements: EntitlementsBody,
    price: Option<PriceBody>,
    /// RFC 3339: when it is renewed, or ends.
    #[schema(format = DateTime)]
    current_period_end: Option<String>,
    /// RFC 3339: when it ends, where that is settled.
    #[schema(format = DateTime)]
    cancel_at: Option<String>,
    /// RFC 3339.
    #[schema(format = DateTime)]
    trial_end: Option<String>,
    /// RFC 3339: until when an unpaid renewal leaves the plan as it is.
    #[schema(format = DateTime)]
    grace_ends_at: Option<String>,
    /// What can be subscribed to. Empty where this instance takes no payments.
    #[schema(example = json!(["monthly", "yearly"]))]
    offers: Vec<String>,
}

/// What a plan bounds. Reading, exporting and deleting are never bounded.
#[derive(Serialize, ToSchema)]
#[schema(as = Entitlements)]
struct EntitlementsBody {
    connections: Bound,
}

/// How many of something.
#[derive(Serialize, ToSchema)]
struct Bound {
    used: usize,
    /// Null: as many as one likes.
    #[schema(example = 2)]
    limit: Option<u32>,
}

/// What a plan costs.
#[derive(Serialize, ToSchema)]
#[schema(as = Price)]
struct PriceBody {
    /// The offer it came from; null where it is offered no more.
    #[schema(example = "monthly")]
    offer: Option<String>,
    /// In the currency's minor unit, as Stripe counts it; null where it is no fixed one.
    #[schema(example = 500)]
    amount: Option<i64>,
    /// ISO 4217.
    #[schema(example = "USD")]
    currency: String,
    /// `day`, `week`, `month` or `year`; null where it does not recur.
    #[schema(example = "month")]
    interval: Option<String>,
    /// How many of them make a period.
    #[schema(example = 1)]
    interval_count: u32,
}

impl Subscription {
    fn new(
        config: Option<&BillingConfig>,
        subscription: Option<SubscriptionRecord>,
        connections: usize,
    ) -> Self {
        let entitlements = Entitlements::of(config, subscription.as_ref(), Timestamp::now());
        let time = |time: Option<Timestamp>| time.map(Timestamp::rfc3339);
        let of = |at: fn(&SubscriptionRecord) -> Option<Timestamp>| {
            time(subscription.as_ref().and_then(at))
        };
        Self {
            plan: entitlements.plan.name(),
            status: subscription.as_ref().map(|known| known.status.name()),
            entitlements: EntitlementsBody {
                connections: Bound {
                    used: connections,
                    limit: entitlements.connections,
                },
            },
            current_period_end: of(|known| known.period_end),
            cancel_at: of(|known| known.cancel_at),
            trial_end: of(|known| known.trial_end),
            grace_ends_at: time(entitlements.grace_ends_at),
            offers: config.map_or_else(Vec::new, |config| {
                let offers = config.offers.iter();
                offers.map(|offer| offer.name.clone()).collect()
            }),
            price: subscription
                .and_then(|known| known.price)
                .map(|price| PriceBody::new(config, price)),
        }
    }
}

impl PriceBody {
    fn new(config: Option<&BillingConfig>, price: PriceRecord) -> Self {
        let offer = config.and_then(|config| config.offer_of(&price.id));
        Self {
            offer: offer.map(str::to_owned),
            amount: price.amount,
            currency: price.currency,
            interval: price.interval,
            interval_count: price.intervals,
        }
    }
}

/// Show the plan
///
/// As Stripe had it when it was last asked: at the latest event, and once a day. One batch.
#[utoipa::path(
    get,
    path = "/v1/billing/subscription",
    operation_id = "get_subscription",
    security(("bearer" = ["profile:read"]), ("cookie" = [])),
    tag = "Billing",
    responses((status = 200, description = "The plan.", body = Subscription))
)]
async fn show(app: App, caller: Caller<access::ProfileRead>) -> Result<Json<Subscription>> {
    let (signed, [row, items]) = caller
        .read(|signed| Ok([of_person(signed.person), items::of_person(signed.person)]))
        .await?;
    let record = billing::record(&signed, &row.rows()?)?;
    let items: Vec<ItemRow> = items.rows()?.all()?;
    let config = app.stripe.as_ref().map(|stripe| &stripe.config);
    let subscription = record.and_then(|record| record.subscription);
    Ok(Json(Subscription::new(config, subscription, items.len())))
}

/// What to subscribe to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckoutRequest {
    /// One of the offers.
    #[schema(example = "monthly", max_length = 64)]
    offer: String,
}

/// A page of Stripe's.
#[derive(Serialize, ToSchema)]
struct Page {
    /// To send the person to, once: it is hers alone.
    #[schema(example = "https://checkout.stripe.com/c/pay/cs_test_a1b2c3")]
    url: String,
}

/// Begin a subscription
///
/// Makes a page of Stripe's (Checkout), which comes back to the client. Stripe is told an
/// opaque id and nothing else; the card is typed there and never comes here. Three batches
/// and two calls, one of each more the first time.
#[utoipa::path(
    post,
    path = "/v1/billing/checkout",
    operation_id = "create_checkout",
    security(("bearer" = []), ("cookie" = [])),
    tag = "Billing",
    params(IdempotencyHeader),
    request_body = CheckoutRequest,
    responses(
        (status = 201, description = "The page.", body = Page),
        (status = 404, description = "This instance takes no payments.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "There is a subscription already.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 502, description = "Stripe did not answer as it should.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn checkout(
    app: App,
    caller: Caller,
    Idempotent { body, once }: Idempotent<CheckoutRequest>,
) -> Result<Response> {
    let signed = caller.signed().await?;
    let work = async {
        let url = billing::checkout(&app, &signed, &body.offer).await?;
        Ok((StatusCode::CREATED, Page { url }))
    };
    once.run(&app, &signed, work).await
}

/// Nothing: an empty object.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PortalRequest {}

/// Change or end a subscription
///
/// Makes a page of Stripe's (the billing portal), which comes back to the client: another
/// card, another price, the end, the invoices. Three batches and two calls.
#[utoipa::path(
    post,
    path = "/v1/billing/portal",
    operation_id = "create_portal",
    security(("bearer" = []), ("cookie" = [])),
    tag = "Billing",
    params(IdempotencyHeader),
    request_body = PortalRequest,
    responses(
        (status = 201, description = "The page.", body = Page),
        (status = 404, description = "Nothing was ever subscribed to, or this instance takes no payments.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 502, description = "Stripe did not answer as it should.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn portal(
    app: App,
    caller: Caller,
    Idempotent {
        body: PortalRequest {},
        once,
    }: Idempotent<PortalRequest>,
) -> Result<Response> {
    let signed = caller.signed().await?;
    let work = async {
        let url = billing::portal(&app, &signed).await?;
        Ok((StatusCode::CREATED, Page { url }))
    };
    once.run(&app, &signed, work).await
}
