//! The one place that says what a person may do by her plan.
//!
//! Invariant: a plan bounds what can be added. Reading, exporting and deleting ask
//! nothing here, and what she has stays hers when a plan ends.

use stripe::Status;

use super::BillingConfig;
use crate::{
    app::App,
    identity::Signed,
    platform::Timestamp,
    problem::{Kind, Problem, Result},
    store::{
        billing::{BillingRecord, BillingRow, SubscriptionRecord},
        engine::Rows,
    },
};

/// How long a renewal may go unpaid before the plan ends, in seconds: two weeks, in
/// which Stripe tries again.
const GRACE: i64 = 14 * 86_400;

/// What a person has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Plan {
    Free,
    Plus,
}

impl Plan {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Plus => "plus",
        }
    }
}

/// What she may do.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Entitlements {
    pub(crate) plan: Plan,
    /// Banks she may have connected at once; none is no limit.
    pub(crate) connections: Option<u32>,
    /// Until when an unpaid renewal leaves her the plan.
    pub(crate) grace_ends_at: Option<Timestamp>,
}

impl Entitlements {
    /// By her subscription; where nothing can be paid for, nothing is held back.
    pub(crate) fn of(
        config: Option<&BillingConfig>,
        subscription: Option<&SubscriptionRecord>,
        now: Timestamp,
    ) -> Self {
        let Some(config) = config else {
            return Self {
                plan: Plan::Free,
                connections: None,
                grace_ends_at: None,
            };
        };
        let grace_ends_at = subscription.and_then(grace);
        if subscription.is_some_and(|subscription| is_paid_for(subscription, now)) {
            return Self {
                plan: Plan::Plus,
                connections: None,
                grace_ends_at,
            };
        }
        Self {
            plan: Plan::Free,
            connections: Some(config.free_connections),
            grace_ends_at,
        }
    }

    /// By her row, as [`crate::store::billing::of_person`] reads it.
    pub(crate) fn of_rows(app: &App, signed: &Signed, rows: &Rows) -> Result<Self> {
        let record = record(signed, rows)?;
        let subscription = record.and_then(|record| record.subscription);
        let config = app.stripe.as_ref().map(|stripe| &stripe.config);
        Ok(Self::of(config, subscription.as_ref(), Timestamp::now()))
    }

    /// Whether one more bank may be connected.
    pub(crate) fn admit_connection(&self, present: usize) -> Result<()> {
        match self.connections {
            Some(limit) if present >= usize::try_from(limit).unwrap_or(usize::MAX) => {
                Err(Problem::new(
                    Kind::PlanLimit,
                    "Your plan has no room for another bank: disconnect one, or see /v1/billing/subscription.",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// Her own row, opened for herself.
pub(crate) fn record(signed: &Signed, rows: &Rows) -> Result<Option<BillingRecord>> {
    let Some(row) = rows.first::<BillingRow>()? else {
        return Ok(None);
    };
    let record = row.open(&signed.keys)?.reveal(&signed.reveal);
    let foreign = |_| Problem::internal("no right to a subscription");
    record.map(Some).map_err(foreign)
}

fn is_paid_for(subscription: &SubscriptionRecord, now: Timestamp) -> bool {
    match subscription.status {
        Status::Active | Status::Trialing => true,
        Status::PastDue => grace(subscription).is_some_and(|end| now < end),
        // What Stripe adds one day gives nothing until somebody says what it means.
        _ => false,
    }
}

/// A renewal that fails has begun its period already: that is when the grace begins, so
/// that it does not depend on when anyone heard of it.
fn grace(subscription: &SubscriptionRecord) -> Option<Timestamp> {
    let began = subscription.period_start?;
    (subscription.status == Status::PastDue).then(|| began.plus(GRACE))
}

/// Whether there is a subscription that a second one would only double.
pub(super) const fn is_live(status: Status) -> bool {
    !matches!(
        status,
        Status::Canceled | Status::Incomplete | Status::IncompleteExpired
    )
}

#[cfg(test)]
mod tests {
    use stripe::{SecretKey, SubscriptionId};

    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

    fn config() -> BillingConfig {
        BillingConfig {
            base_url: String::new(),
            key: SecretKey::new("sk_test_1".into()).unwrap(),
            webhook_secrets: Vec::new(),
            offers: Vec::new(),
            trial_days: None,
            free_connections: 2,
        }
    }

    fn subscription(status: Status, period_start: Option<Timestamp>) -> SubscriptionRecord {
        SubscriptionRecord {
            id: SubscriptionId::parse("sub_1").unwrap(),
            status,
            created_at: NOW,
            period_start,
            period_end: None,
            cancel_at: None,
            trial_end: None,
            ended_at: None,
            price: None,
        }
    }

    fn plan(status: Status) -> Plan {
        Entitlements::of(Some(&config()), Some(&subscription(status, None)), NOW).plan
    }

    #[test]
    fn a_plan_is_what_is_paid_for_and_what_is_new_to_us_gives_nothing() {
        assert_eq!(plan(Status::Active), Plan::Plus);
        assert_eq!(plan(Status::Trialing), Plan::Plus);
        for status in [
            Status::PastDue,
            Status::Unpaid,
            Status::Paused,
            Status::Canceled,
            Status::Incomplete,
            Status::IncompleteExpired,
            Status::Other,
        ] {
            assert_eq!(plan(status), Plan::Free, "{}", status.name());
        }
    }

    #[test]
    fn an_unpaid_renewal_leaves_the_plan_for_two_weeks_from_the_day_it_was_due() {
        let failed = subscription(Status::PastDue, Some(NOW));
        let at = |seconds| Entitlements::of(Some(&config()), Some(&failed), NOW.plus(seconds));
        assert_eq!(at(0).plan, Plan::Plus);
        assert_eq!(at(GRACE - 1).plan, Plan::Plus);
        assert_eq!(at(GRACE).plan, Plan::Free);
        assert_eq!(at(0).grace_ends_at, Some(NOW.plus(GRACE)));
    }

    #[test]
    fn the_free_plan_has_room_for_so_many_banks_and_none_is_no_limit() {
        let free = Entitlements::of(Some(&config()), None, NOW);
        assert!(free.admit_connection(1).is_ok());
        let refused = free.admit_connection(2).unwrap_err();
        assert_eq!(refused.kind(), Kind::PlanLimit);
        let plus = subscription(Status::Active, None);
        let plus = Entitlements::of(Some(&config()), Some(&plus), NOW);
        assert!(plus.admit_connection(1_000).is_ok());
    }

    #[test]
    fn where_nothing_can_be_paid_for_nothing_is_held_back() {
        let all = Entitlements::of(None, None, NOW);
        assert_eq!(all.plan, Plan::Free);
        assert!(all.admit_connection(1_000).is_ok());
    }
}
