//! A page of Plaid's changes, turned into sealed rows.

use std::{borrow::Cow, collections::HashSet};

use money::{Currency, MoneyError};
use plaid::{Account, Text, Transaction, TransactionsSyncReply};
use vault::BlindIndexer;

use crate::{
    id::{AccountId, PersonId, RowId, TransactionId},
    platform::{Timestamp, log, random::Nonces},
    problem::Result,
    store::{
        accounts::AccountRecord,
        keys::UserKeys,
        months::MonthTokens,
        table::index,
        transactions::{Change, MonthToken, TransactionRecord},
    },
};

/// Seals the pages of one attempt.
pub(super) struct Sealer<'a> {
    keys: &'a UserKeys,
    attempt: u32,
    transactions: BlindIndexer,
    accounts: BlindIndexer,
    tokens: MonthTokens,
    /// Months met so far, with their tokens: a page has few.
    months: Vec<(String, MonthToken)>,
    /// Pending rows that a posted one of this attempt has replaced.
    replaced: HashSet<RowId>,
    /// Accounts that she disconnected.
    left_out: &'a [RowId],
}

impl<'a> Sealer<'a> {
    pub(super) fn new(
        keys: &'a UserKeys,
        attempt: u32,
        months: &[String],
        left_out: &'a [RowId],
    ) -> Self {
        let tokens = MonthTokens::new(keys);
        Self {
            keys,
            attempt,
            transactions: keys.indexer(index::PLAID_TRANSACTION),
            accounts: keys.indexer(index::PLAID_ACCOUNT),
            months: months
                .iter()
                .map(|name| (name.clone(), tokens.of(name)))
                .collect(),
            tokens,
            replaced: HashSet::new(),
            left_out,
        }
    }

    /// "YYYY-MM" of every month met.
    pub(super) fn month_names(&self) -> impl Iterator<Item = String> + '_ {
        self.months.iter().map(|(name, _)| name.clone())
    }

    /// Their tokens.
    pub(super) fn month_tokens(&self) -> impl Iterator<Item = MonthToken> + '_ {
        self.months.iter().map(|(_, token)| *token)
    }

    /// Starts over: the attempt's stage was cleared.
    pub(super) fn forget(&mut self) {
        self.months.clear();
        self.replaced.clear();
    }

    /// Whose rows are sealed.
    pub(super) fn person(&self) -> PersonId {
        PersonId(RowId(*self.keys.user().as_bytes()))
    }

    /// The page's changes, sealed for their places.
    pub(super) fn changes(&mut self, page: &TransactionsSyncReply<'_>) -> Result<Vec<Change>> {
        let rows = page.added.len() + page.modified.len();
        let mut nonces = Nonces::for_rows(rows)?;
        let mut changes = Vec::with_capacity(rows + page.removed.len());
        for transaction in page.added.iter().chain(&page.modified) {
            if self.is_left_out(&transaction.account_id) {
                continue;
            }
            let id = self.transaction_id(&transaction.transaction_id);
            let mut predecessor = None;
            if let Some(pending) = &transaction.pending_transaction_id {
                // The bank removes the pending row too, but maybe a page later:
                // nobody is to see the two side by side.
                let pending = self.transaction_id(pending);
                self.replaced.insert(pending.0);
                predecessor = Some(pending.0);
                changes.push(Change::Drop { id: pending });
            }
            if self.replaced.contains(&id.0) {
                continue;
            }
            let Ok(record) = self.record(transaction) else {
                // One row that cannot be held exactly must not keep the others away.
                log::warn("transaction-passed-over", "an amount of too many digits");
                changes.push(Change::Drop { id });
                continue;
            };
            let month = self.month(transaction.date.month());
            let sealed = self
                .keys
                .seal_with(id.0, self.attempt, &record, nonces.take()?)?;
            changes.push(Change::Put {
                id,
                month,
                sealed,
                predecessor,
            });
        }
        for removed in &page.removed {
            changes.push(Change::Drop {
                id: self.transaction_id(&removed.transaction_id),
            });
        }
        last_word(&mut changes);
        Ok(changes)
    }

    /// The page's accounts, by our ids.
    pub(super) fn accounts(&self, accounts: &[Account<'_>]) -> Vec<(AccountId, AccountRecord)> {
        let now = Timestamp::now();
        let record = |account| account_record(account, now);
        accounts
            .iter()
            .filter(|account| !self.is_left_out(&account.account_id))
            .map(|account| (self.account_id(&account.account_id), record(account)))
            .collect()
    }

    fn is_left_out(&self, account: &Text<'_>) -> bool {
        !self.left_out.is_empty() && self.left_out.contains(&self.account_id(account).0)
    }

    pub(super) fn transaction_id(&self, plaid_id: &Text<'_>) -> TransactionId {
        TransactionId(RowId(self.transactions.index(plaid_id.as_str().as_bytes())))
    }

    pub(super) fn account_id(&self, plaid_id: &Text<'_>) -> AccountId {
        AccountId(RowId(self.accounts.index(plaid_id.as_str().as_bytes())))
    }

    fn month(&mut self, name: &str) -> MonthToken {
        if let Some((_, token)) = self.months.iter().find(|(known, _)| known == name) {
            return *token;
        }
        let token = self.tokens.of(name);
        self.months.push((name.to_owned(), token));
        token
    }

    fn record<'t>(
        &self,
        transaction: &'t Transaction<'_>,
    ) -> std::result::Result<TransactionRecord<'t>, MoneyError> {
        let amount = transaction.amount()?;
        let text =
            |text: &'t Option<Text<'_>>| text.as_ref().map(|text| Cow::Borrowed(text.as_str()));
        let category = transaction.personal_finance_category.as_ref();
        Ok(TransactionRecord {
            account: self.account_id(&transaction.account_id).0,
            date: transaction.date,
            authorized_date: transaction.authorized_date,
            datetime: text(&transaction.datetime),
            minor_units: amount.minor_units(),
            currency: amount.currency(),
            scale: amount.scale(),
            name: Cow::Borrowed(transaction.name.as_str()),
            merchant_name: text(&transaction.merchant_name),
            original_description: text(&transaction.original_description),
            pending: transaction.pending,
            channel: transaction.payment_channel,
            category: category.map(|category| Cow::Borrowed(category.primary.as_str())),
            category_detail: category.map(|category| Cow::Borrowed(category.detailed.as_str())),
            category_confidence: category.and_then(|category| category.confidence_level),
            replaces: transaction
                .pending_transaction_id
                .as_ref()
                .map(|id| self.transaction_id(id).0),
        })
    }
}

/// One statement may name a row once: the last word on each stays.
fn last_word(changes: &mut Vec<Change>) {
    let mut seen = HashSet::with_capacity(changes.len());
    let mut kept: Vec<Change> = changes
        .drain(..)
        .rev()
        .filter(|change| {
            let (Change::Put { id, .. } | Change::Drop { id }) = change;
            seen.insert(id.0)
        })
        .collect();
    kept.reverse();
    *changes = kept;
}

/// A balance that cannot be held exactly is one that the bank did not say.
fn account_record(account: &Account<'_>, now: Timestamp) -> AccountRecord {
    let owned = |text: &Option<Text<'_>>| text.as_ref().map(|text| text.as_str().to_owned());
    let balances = &account.balances;
    let currency = balances.currency().unwrap_or(Currency::none());
    AccountRecord {
        plaid_account_id: account.account_id.as_str().to_owned(),
        name: account.name.as_str().to_owned(),
        official_name: owned(&account.official_name),
        mask: owned(&account.mask),
        kind: account.account_type,
        subtype: owned(&account.subtype),
        currency: currency.code().to_owned(),
        available: balances.available().ok().flatten(),
        current: balances.current().ok().flatten(),
        limit: balances.limit().ok().flatten(),
        updated_at: now,
    }
}
