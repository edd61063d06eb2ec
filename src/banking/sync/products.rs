//! What else a bank says than transactions: how the Item is, holdings, debts, recurring
//! payments. Looked at when a connection is new, when a webhook says so, when the person
//! asks, and once a day.
//!
//! Invariant: what is not offered, or fails, keeps no transaction away.

use std::collections::HashSet;

use plaid::{
    AccountType, ErrorClass, HoldingsGet, ItemGet, ItemWebhookUpdate, LiabilitiesGet,
    ReadOnlyGrant, RecurringGet, Request, TransactionsRefresh,
};

use super::{Attempt, Stop, code_of};
use crate::{
    banking::{
        client::{Answer, UpstreamError},
        entries,
        hold::Refusal,
        page::Sealer,
    },
    id::{ItemId, RowId},
    platform::{Timestamp, log},
    problem::Result,
    store::{
        engine::Statement,
        items::{Course, ProductCourse},
        keys::UserKeys,
        snapshots::{self, DebtEntry, Entry, HoldingEntry, RecurringEntry},
    },
};

/// How long before a consent ends the person is told, in seconds: as Plaid's webhook does.
const CONSENT_WARNING: i64 = 7 * 86_400;

/// What came of looking at a product.
#[derive(Default)]
pub(super) enum Looked<E> {
    #[default]
    NotAsked,
    Found(Vec<E>),
    /// There is none: whatever was there before goes.
    NotOffered,
    /// By Plaid's code, and whether it passes by itself.
    Failed(String, bool),
}

/// What came of looking at all of them.
#[derive(Default)]
pub(super) struct Products {
    holdings: Looked<HoldingEntry>,
    liabilities: Looked<DebtEntry>,
    recurring: Looked<RecurringEntry>,
}

/// Whether there is more to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ProductOutcome {
    NotAsked,
    Whole,
    /// Something failed that passes.
    Again,
}

impl Products {
    /// What is written of them.
    pub(super) fn statements(
        &self,
        keys: &UserKeys,
        item: ItemId,
        rev: u32,
    ) -> Result<Vec<Statement>> {
        let mut batch = self.holdings.statements(keys, item, rev)?;
        batch.extend(self.liabilities.statements(keys, item, rev)?);
        batch.extend(self.recurring.statements(keys, item, rev)?);
        Ok(batch)
    }

    /// Notes how each fared.
    pub(super) fn outcome(&self, course: &mut Course, now: Timestamp) -> ProductOutcome {
        let all = [
            self.holdings.note(&mut course.holdings, now),
            self.liabilities.note(&mut course.liabilities, now),
            self.recurring.note(&mut course.recurring, now),
        ];
        for outcome in [ProductOutcome::Again, ProductOutcome::NotAsked] {
            if all.contains(&outcome) {
                return outcome;
            }
        }
        ProductOutcome::Whole
    }
}

impl<E: Entry> Looked<E> {
    fn statements(&self, keys: &UserKeys, item: ItemId, rev: u32) -> Result<Vec<Statement>> {
        match self {
            Self::NotAsked | Self::Failed(..) => Ok(Vec::new()),
            Self::NotOffered => snapshots::replace::<E>(keys, item, rev, &[]),
            Self::Found(entries) => snapshots::replace(keys, item, rev, entries),
        }
    }

    fn note(&self, course: &mut ProductCourse, now: Timestamp) -> ProductOutcome {
        match self {
            Self::NotAsked => return ProductOutcome::NotAsked,
            Self::Found(_) => {
                *course = ProductCourse {
                    last_success_at: Some(now),
                    error: None,
                }
            }
            Self::NotOffered => *course = ProductCourse::default(),
            Self::Failed(code, passes) => {
                course.error = Some(code.clone());
                if *passes {
                    return ProductOutcome::Again;
                }
            }
        }
        ProductOutcome::Whole
    }

    fn read<R: Request>(
        answer: std::result::Result<Answer, Refusal>,
        entries: impl FnOnce(R::Reply<'_>) -> Vec<E>,
        left_out: &HashSet<RowId>,
    ) -> Self {
        let answer = match answer {
            Ok(answer) => answer,
            Err(Refusal::Spent(_)) => return Self::Failed("RATE_LIMIT".into(), true),
            Err(Refusal::Upstream(error)) => return Self::failed(&error),
        };
        match answer.read::<R>() {
            Ok(reply) => {
                let mut found = entries(reply);
                found.retain(|entry| !left_out.contains(&entry.account()));
                Self::Found(found)
            }
            Err(error) => Self::failed(&error),
        }
    }

    fn failed(error: &UpstreamError) -> Self {
        let class = error.classify();
        // What she did not share is none of ours to ask for again and again.
        if class == ErrorClass::NotOffered || code_of(error) == "ADDITIONAL_CONSENT_REQUIRED" {
            return Self::NotOffered;
        }
        log::warn("product-not-read", &error.to_string());
        let passes = matches!(
            class,
            ErrorClass::Transient | ErrorClass::RateLimited | ErrorClass::ProductNotReady
        );
        Self::Failed(code_of(error), passes)
    }
}

impl Attempt<'_> {
    /// Looks at the Item itself: what it was granted, before a row of it is read; which bank
    /// it is; until when she consented; where its webhooks go.
    pub(super) async fn examine(&mut self) -> std::result::Result<(), Stop> {
        let token = self.hold.token();
        let answer = self.hold.ask(&ItemGet::new(&token)).await?;
        let reply = answer.read::<ItemGet<'_>>()?;
        let granted: Vec<&str> = reply.item.granted_products().collect();
        ReadOnlyGrant::check(&granted, std::iter::empty::<&str>()).map_err(Stop::NotReadOnly)?;
        let text =
            |text: &Option<plaid::Text<'_>>| text.as_ref().map(|text| text.as_str().to_owned());
        let record = &mut self.hold.record;
        record.institution_id = text(&reply.item.institution_id);
        record.institution_name = text(&reply.item.institution_name);
        record.course.refreshes = granted.contains(&"transactions_refresh");
        let soon = Timestamp::now().plus(CONSENT_WARNING).rfc3339();
        record.course.consent_expires_at =
            text(&reply.item.consent_expiration_time).filter(|at| *at < soon);
        let webhook = format!("{}/webhooks/plaid", self.hold.app.config.origin);
        if text(&reply.item.webhook).as_ref() != Some(&webhook) {
            let update = ItemWebhookUpdate::new(&token, &webhook);
            if self.hold.ask(&update).await.is_ok() {
                log::warn("webhook-url-healed", "an Item's webhooks went elsewhere");
            }
        }
        Ok(())
    }

    /// Has the bank looked at now, where the Item's products allow it. What is new comes with
    /// a webhook, or with the pages that are read next.
    pub(super) async fn ask_the_bank(&mut self) {
        if !self.hold.record.course.refreshes {
            return;
        }
        let token = self.hold.token();
        let asked = self.hold.ask(&TransactionsRefresh::new(&token)).await;
        if let Err(Refusal::Upstream(error)) = asked.and_then(|answer| {
            answer.read::<TransactionsRefresh<'_>>()?;
            Ok(())
        }) {
            log::warn("bank-not-asked", &error.to_string());
        }
    }

    /// Holdings, debts and recurring payments, where the Item has accounts for them.
    pub(super) async fn look_at_products(&mut self, sealer: &Sealer<'_>) {
        let token = self.hold.token();
        let left_out = &self.hold.record.course.left_out;
        let left_out: HashSet<RowId> = left_out.iter().copied().collect();
        self.products.holdings =
            if self.has_account(&[AccountType::Investment, AccountType::Brokerage]) {
                let answer = self.hold.ask(&HoldingsGet::new(&token)).await;
                Looked::read::<HoldingsGet<'_>>(
                    answer,
                    |reply| entries::holdings(sealer, &reply),
                    &left_out,
                )
            } else {
                Looked::NotOffered
            };
        self.products.liabilities = if self.has_account(&[AccountType::Credit, AccountType::Loan]) {
            let answer = self.hold.ask(&LiabilitiesGet::new(&token)).await;
            Looked::read::<LiabilitiesGet<'_>>(
                answer,
                |reply| entries::debts(sealer, &reply),
                &left_out,
            )
        } else {
            Looked::NotOffered
        };
        let answer = self.hold.ask(&RecurringGet::new(&token)).await;
        self.products.recurring = Looked::read::<RecurringGet<'_>>(
            answer,
            |reply| entries::recurring(sealer, &reply),
            &left_out,
        );
    }
}
