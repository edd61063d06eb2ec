//! A payment that comes again and again.

use money::Money;
use plaid::{CivilDate, Frequency, StreamStatus};
use serde::{Deserialize, Serialize};

use super::Entry;
use crate::id::RowId;

/// A recurring payment.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct RecurringEntry {
    pub(crate) account: RowId,
    pub(crate) direction: Direction,
    pub(crate) description: String,
    pub(crate) merchant_name: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) frequency: Frequency,
    pub(crate) first_date: CivilDate,
    pub(crate) last_date: CivilDate,
    pub(crate) next_date: Option<CivilDate>,
    /// Positive when money leaves the account.
    pub(crate) average_amount: Option<Money>,
    pub(crate) last_amount: Option<Money>,
    pub(crate) is_active: bool,
    pub(crate) status: StreamStatus,
    /// Our ids of its transactions.
    pub(crate) transactions: Vec<RowId>,
}

/// Where money goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    In,
    Out,
}

impl Entry for RecurringEntry {
    const TOPIC: &'static str = "recurring";

    fn account(&self) -> RowId {
        self.account
    }
}
