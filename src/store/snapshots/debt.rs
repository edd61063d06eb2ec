//! A card, a mortgage or a student loan.

use money::Money;
use plaid::CivilDate;
use serde::{Deserialize, Serialize};

use super::Entry;
use crate::id::RowId;

/// A debt. What the bank did not say is none.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct DebtEntry {
    pub(crate) account: RowId,
    pub(crate) kind: DebtKind,
    pub(crate) name: Option<String>,
    pub(crate) is_overdue: Option<bool>,
    pub(crate) last_payment: Dated,
    pub(crate) last_statement: Dated,
    pub(crate) minimum_payment: Option<Money>,
    pub(crate) next_payment_due_date: Option<CivilDate>,
    /// Percentage and type of each rate.
    pub(crate) interest: Vec<(Option<String>, Option<String>)>,
    pub(crate) origination_date: Option<CivilDate>,
    pub(crate) origination_principal: Option<Money>,
    pub(crate) maturity_date: Option<CivilDate>,
}

/// Which kind of debt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DebtKind {
    Credit,
    Mortgage,
    Student,
}

/// An amount of a day.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Dated {
    pub(crate) amount: Option<Money>,
    pub(crate) date: Option<CivilDate>,
}

impl Entry for DebtEntry {
    const TOPIC: &'static str = "liabilities";

    fn account(&self) -> RowId {
        self.account
    }
}
