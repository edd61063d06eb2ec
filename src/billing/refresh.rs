//! Asking Stripe how things stand, and writing that down.
//!
//! Invariant: what is written was asked for after the revision was read that the write
//! is guarded by. A worker that asked earlier than another who wrote meanwhile asks
//! again, so the row never goes back in time.

use stripe::{Status, Subscription, SubscriptionId, SubscriptionsOfCustomer};
use vault::Reveal;

use super::{client::StripeClient, customer, entitlements::is_live};
use crate::{
    app::App,
    id::{PersonId, RowId},
    platform::{Timestamp, log, random},
    problem::{Problem, Result},
    store::{
        billing::{self, BillingRecord, BillingRow, PriceRecord, SubscriptionRecord},
        engine::{EngineError, Statement},
        keys::UserKeys,
    },
};

/// How often a write is tried against others'.
const TRIES: u32 = 8;

/// Pages of subscriptions that are read: 500 of one customer.
const PAGES: u32 = 5;

/// When a row is compared with Stripe again, in seconds, with as much as an hour of
/// spread.
const DAY: i64 = 86_400;

/// What came of it.
pub(super) struct Refreshed {
    pub(super) record: BillingRecord,
    /// Whether Stripe had it otherwise than the row.
    pub(super) changed: bool,
    /// Whether an event had given a reason to ask.
    pub(super) was_wanted: bool,
}

/// Brings a person's row in step with Stripe; none where she has none. A customer that
/// was never answered for is asked for first.
///
/// Two batches and a call, where nobody else is at it.
pub(super) async fn refresh(
    app: &App,
    stripe: &StripeClient,
    keys: &UserKeys,
    person: PersonId,
    reveal: &Reveal,
) -> Result<Option<Refreshed>> {
    for _ in 0..TRIES {
        let [row] = app.db.batch([billing::of_person(person)]).await?;
        let Some(row) = row.rows()?.first::<BillingRow>()? else {
            return Ok(None);
        };
        let (rev, wanted) = (row.rev, row.wanted);
        let was_wanted = row.due_at.unix() == 0;
        let before = row
            .open(keys)?
            .reveal(reveal)
            .map_err(|_| Problem::internal("no right to a subscription"))?;
        let (record, found_by, problem) = ask(app, stripe, person, &before).await?;
        let changed =
            record.subscription != before.subscription || record.customer != before.customer;
        let [jitter] = random::bytes::<1>()?;
        let due = Timestamp::now().plus(DAY + i64::from(jitter) * 14);
        let [guard, update] = billing::update(keys, (rev, wanted), &record, due)?;
        let mut batch = vec![guard];
        batch.extend(found_by);
        batch.push(update);
        match app.db.batch_all(&batch).await {
            Ok(_) => {
                if let Some(problem) = problem {
                    return Err(problem);
                }
                return Ok(Some(Refreshed {
                    record,
                    changed,
                    was_wanted,
                }));
            }
            // Somebody wrote since we read: what we asked may be older than that.
            Err(EngineError::Guard) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::unavailable(
        "Your subscription is changing at the moment; try again.",
        "a subscription under contention",
    ))
}

/// How things stand, what makes her customer known, or no longer, and the problem that is
/// left once that is written.
async fn ask(
    app: &App,
    stripe: &StripeClient,
    person: PersonId,
    before: &BillingRecord,
) -> Result<(BillingRecord, Option<Statement>, Option<Problem>)> {
    let mut record = before.clone();
    record.asked_at = Some(Timestamp::now());
    let customer = if let Some(customer) = &before.customer {
        customer.clone()
    } else {
        let customer = match customer::ask(stripe, before.key, person).await {
            Ok(customer) => customer,
            Err(error) if error.is_kept() => {
                // Under this key that stays the answer: the next try takes another.
                record.key = RowId::new()?;
                return Ok((record, None, Some(error.into())));
            }
            Err(error) => return Err(error.into()),
        };
        record.customer = Some(customer.clone());
        customer
    };
    let mut best: Option<Subscription> = None;
    let mut live = 0;
    let mut after: Option<SubscriptionId> = None;
    for _ in 0..PAGES {
        let page = SubscriptionsOfCustomer {
            customer: &customer,
            starting_after: after.as_ref(),
        };
        let page = match stripe.call(&page).await {
            Ok(page) => page,
            // Deleted at Stripe, by hand: what comes next is a new one.
            Err(error) if error.is_missing() => {
                log::warn("billing-customer-gone", "Stripe knows a customer no more");
                record.key = RowId::new()?;
                (record.customer, record.subscription) = (None, None);
                return Ok((record, Some(billing::found_no_more(person)), None));
            }
            Err(error) => return Err(error.into()),
        };
        after = page.data.last().map(|last| last.id.clone());
        for subscription in page.data {
            live += u32::from(is_live(subscription.status));
            best = Some(match best {
                Some(best) if standing(&best) <= standing(&subscription) => best,
                _ => subscription,
            });
        }
        if !page.has_more {
            break;
        }
    }
    if live > 1 {
        // Two payment pages of one person's were both paid.
        log::error(
            "billing-double",
            None,
            "one customer has several subscriptions",
        );
    }
    record.subscription = best.map(kept);
    // Each time: where an engine commits one keyspace after the other, the row may have
    // landed without it.
    let index = customer::index_of(app, &customer).await?;
    Ok((record, Some(billing::found_by(index, person)), None))
}

/// The one that gives most comes first; of equals the newest.
fn standing(subscription: &Subscription) -> (u8, i64) {
    let rank = match subscription.status {
        Status::Active => 0,
        Status::Trialing => 1,
        Status::PastDue => 2,
        Status::Unpaid => 3,
        Status::Paused => 4,
        Status::Other => 5,
        Status::Incomplete => 6,
        Status::Canceled => 7,
        Status::IncompleteExpired => 8,
    };
    (rank, -subscription.created)
}

/// What is kept of it.
fn kept(subscription: Subscription) -> SubscriptionRecord {
    let at = Timestamp::from_unix;
    let period_end = subscription.current_period_end.map(at);
    SubscriptionRecord {
        status: subscription.status,
        created_at: at(subscription.created),
        period_start: subscription.current_period_start.map(at),
        period_end,
        cancel_at: subscription
            .cancel_at
            .map(at)
            .or(period_end.filter(|_| subscription.cancel_at_period_end)),
        trial_end: subscription.trial_end.map(at),
        ended_at: subscription.ended_at.map(at),
        price: subscription.price.map(|price| PriceRecord {
            id: price.id,
            amount: price.unit_amount,
            currency: price.currency.to_ascii_uppercase(),
            interval: price.interval,
            intervals: price.interval_count.unwrap_or(1),
        }),
        id: subscription.id,
    }
}
