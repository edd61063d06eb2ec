//! So much of one security in one account.

use money::{Currency, Money};
use plaid::CivilDate;
use serde::{Deserialize, Serialize};

use super::Entry;
use crate::id::RowId;

/// A holding, with what it is of: each is read without the others.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct HoldingEntry {
    pub(crate) account: RowId,
    pub(crate) security: SecurityEntry,
    /// Exact decimals, as the bank sent them.
    pub(crate) quantity: Option<String>,
    pub(crate) price: Option<String>,
    pub(crate) price_as_of: Option<CivilDate>,
    pub(crate) value: Option<Money>,
    pub(crate) cost_basis: Option<Money>,
    pub(crate) currency: Currency,
}

/// What is held.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SecurityEntry {
    /// Plaid's id.
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) ticker: Option<String>,
    /// `equity`, `etf`, `cash` …
    pub(crate) kind: Option<String>,
    pub(crate) isin: Option<String>,
    pub(crate) close_price: Option<String>,
    pub(crate) close_price_as_of: Option<CivilDate>,
    pub(crate) currency: Currency,
}

impl Entry for HoldingEntry {
    const TOPIC: &'static str = "holdings";

    fn account(&self) -> RowId {
        self.account
    }
}
