//! Balances over time: what accounts hold is noted whenever it is read, once for a day and
//! only where it changed.

use plaid::CivilDate;
use vault::{Reveal, SystemPurpose};

use super::hold::Hold;
use crate::{
    id::AccountId,
    platform::Timestamp,
    problem::{Problem, Result},
    store::{
        accounts::AccountRecord,
        balance_years::{self, BalanceYearRecord, BalanceYearRow, Point},
        engine::{Rows, Statement},
    },
};

/// The day it is, in UTC.
pub(super) fn today() -> Result<CivilDate> {
    let now = Timestamp::now().rfc3339();
    CivilDate::parse(now.get(..10).unwrap_or_default())
        .map_err(|_| Problem::internal("a clock without a day"))
}

/// The year of a day, which names the row.
fn year_of(day: &CivilDate) -> String {
    day.as_str().get(..4).unwrap_or_default().to_owned()
}

/// This year's row of a held Item.
pub(super) fn of_this_year(hold: &Hold<'_>, today: &CivilDate) -> Statement {
    balance_years::of_year(&hold.keys, hold.person(), hold.item, &year_of(today))
}

/// Notes today's balances in the year's row, where they are others than before.
pub(super) fn note(
    hold: &Hold<'_>,
    today: CivilDate,
    rows: &Rows,
    accounts: &[(AccountId, AccountRecord)],
) -> Result<Option<Statement>> {
    let row: Option<BalanceYearRow> = rows.first()?;
    let mut year = match row {
        None => BalanceYearRecord {
            year: year_of(&today),
            points: Vec::new(),
        },
        Some(row) => row
            .open(&hold.keys)?
            .reveal(&Reveal::system(SystemPurpose::Synchronise))
            .map_err(|_| Problem::internal("balances of someone else's"))?,
    };
    let points = accounts.iter().filter_map(|(account, record)| {
        let current = record.current?;
        Some(Point {
            day: today,
            account: account.0,
            minor_units: current.minor_units(),
            currency: current.currency(),
            scale: current.scale(),
        })
    });
    if !year.note(points) {
        return Ok(None);
    }
    balance_years::put(&hold.keys, hold.item, hold.number, &year).map(Some)
}
