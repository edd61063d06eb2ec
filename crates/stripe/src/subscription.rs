//! Subscriptions: what a person pays for, until when, and whether they do.
//! Follows Stripe's "Subscriptions"; since version 2025-03-31 a period belongs to an item.
//! Invariant: times are seconds since 1970, amounts minor units, neither is computed here.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::call::{Method, Request, sealed};
use crate::form::Form;
use crate::id::{CustomerId, SubscriptionId};
use crate::named::named;

/// `GET /v1/subscriptions/{id}`.
pub struct SubscriptionGet<'a> {
    /// Which.
    pub subscription: &'a SubscriptionId,
}

impl sealed::Sealed for SubscriptionGet<'_> {}

impl Request for SubscriptionGet<'_> {
    type Reply = Subscription;
    const METHOD: Method = Method::Get;

    fn target(&self) -> String {
        let query = Form::new().with("expand[0]", "items.data.price").finish();
        format!("/v1/subscriptions/{}?{query}", self.subscription.as_str())
    }
}

/// `GET /v1/subscriptions`: all that a customer ever had, the newest first, by the hundred.
pub struct SubscriptionsOfCustomer<'a> {
    /// Whose.
    pub customer: &'a CustomerId,
    /// The last one of the page before.
    pub starting_after: Option<&'a SubscriptionId>,
}

/// A page of subscriptions.
#[derive(serde::Deserialize)]
pub struct SubscriptionPage {
    /// At most a hundred, the newest first.
    pub data: Vec<Subscription>,
    /// Whether another page follows.
    pub has_more: bool,
}

impl sealed::Sealed for SubscriptionsOfCustomer<'_> {}

impl Request for SubscriptionsOfCustomer<'_> {
    type Reply = SubscriptionPage;
    const METHOD: Method = Method::Get;

    fn target(&self) -> String {
        let after = self.starting_after.map(SubscriptionId::as_str);
        let query = Form::new()
            .with("customer", self.customer.as_str())
            .with("status", "all")
            .with("limit", "100")
            .with_some("starting_after", after)
            .finish();
        format!("/v1/subscriptions?{query}")
    }
}

named! {
    /// Where a subscription is in its life.
    pub enum Status {
        /// Paid.
        Active = "active",
        /// Before the first payment.
        Trialing = "trialing",
        /// A renewal failed; Stripe tries again.
        PastDue = "past_due",
        /// A renewal failed for good; invoices pile up.
        Unpaid = "unpaid",
        /// The trial ended without a card.
        Paused = "paused",
        /// Over, for ever.
        Canceled = "canceled",
        /// The first payment is still to succeed, within 23 hours.
        Incomplete = "incomplete",
        /// It did not.
        IncompleteExpired = "incomplete_expired",
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|name| Self::parse(&name))
    }
}

/// A subscription as Stripe has it now. Its period and price are those of its first item:
/// our Checkout sells one.
#[derive(serde::Deserialize)]
#[serde(from = "Reply")]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Who pays.
    pub customer: CustomerId,
    /// Where it is in its life.
    pub status: Status,
    /// When it was made.
    pub created: i64,
    /// Whether it ends with the period that is paid.
    pub cancel_at_period_end: bool,
    /// When it is to end, if that is settled.
    pub cancel_at: Option<i64>,
    /// When its trial ends or ended.
    pub trial_end: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// When the period began that is paid or due.
    pub current_period_start: Option<i64>,
    /// When that period ends.
    pub current_period_end: Option<i64>,
    /// What is paid.
    pub price: Option<Price>,
    /// Whether the money is real.
    pub livemode: bool,
}

/// What is paid, and how often.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(from = "PriceReply")]
pub struct Price {
    /// Its id.
    pub id: String,
    /// Minor units of `currency`; `None` where the price has tiers.
    pub unit_amount: Option<i64>,
    /// ISO 4217, in Stripe's lower case.
    pub currency: String,
    /// `day`, `week`, `month` or `year`.
    pub interval: Option<String>,
    /// How many intervals a period has.
    pub interval_count: Option<u32>,
}

/// A subscription's members as they are sent.
#[derive(serde::Deserialize)]
struct Reply {
    id: SubscriptionId,
    customer: CustomerId,
    status: Status,
    created: i64,
    cancel_at_period_end: bool,
    cancel_at: Option<i64>,
    trial_end: Option<i64>,
    ended_at: Option<i64>,
    livemode: bool,
    items: Items,
    // Here in versions before 2025-03-31, which an account may still be answered with.
    current_period_start: Option<i64>,
    current_period_end: Option<i64>,
}

#[derive(serde::Deserialize)]
struct Items {
    data: Vec<Item>,
}

#[derive(Default, serde::Deserialize)]
struct Item {
    current_period_start: Option<i64>,
    current_period_end: Option<i64>,
    price: Option<Price>,
}

#[derive(serde::Deserialize)]
struct PriceReply {
    id: String,
    unit_amount: Option<i64>,
    currency: String,
    recurring: Option<Recurring>,
}

#[derive(serde::Deserialize)]
struct Recurring {
    interval: String,
    interval_count: u32,
}

impl From<Reply> for Subscription {
    fn from(reply: Reply) -> Self {
        let item = reply.items.data.into_iter().next().unwrap_or_default();
        Self {
            id: reply.id,
            customer: reply.customer,
            status: reply.status,
            created: reply.created,
            cancel_at_period_end: reply.cancel_at_period_end,
            cancel_at: reply.cancel_at,
            trial_end: reply.trial_end,
            ended_at: reply.ended_at,
            current_period_start: item.current_period_start.or(reply.current_period_start),
            current_period_end: item.current_period_end.or(reply.current_period_end),
            price: item.price,
            livemode: reply.livemode,
        }
    }
}

impl From<PriceReply> for Price {
    fn from(reply: PriceReply) -> Self {
        let (interval, interval_count) = match reply.recurring {
            Some(recurring) => (Some(recurring.interval), Some(recurring.interval_count)),
            None => (None, None),
        };
        Self {
            id: reply.id,
            unit_amount: reply.unit_amount,
            currency: reply.currency,
            interval,
            interval_count,
        }
    }
}
