//! Net worth over time: what her accounts held on each day, debts against it.
//!
//! A day without a reading has what was read last. Invariant: an account that is
//! disconnected is in no day.

use std::collections::{BTreeMap, HashMap};

use plaid::{AccountType, CivilDate};
use time::{Date, macros::format_description};

use crate::{
    id::RowId,
    identity::{Access, Caller},
    problem::{Problem, Result},
    store::{
        accounts::{self, AccountRow},
        balance_years::{self, BalanceYearRow, Point},
    },
};

/// Which days.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interval {
    /// Each.
    Day,
    /// The last of each month, and the last asked for.
    Month,
}

/// A day's totals.
pub(crate) struct DayWorth {
    pub(crate) date: Date,
    pub(crate) totals: Vec<Worth>,
}

/// What there was in one currency, in minor units.
#[derive(Clone, Default)]
pub(crate) struct Worth {
    pub(crate) currency: String,
    pub(crate) scale: u8,
    pub(crate) assets: i128,
    pub(crate) debts: i128,
}

/// "YYYY-MM-DD".
pub(crate) fn date(text: &str) -> Option<Date> {
    // Digits only: a sign before the year would be read too.
    CivilDate::parse(text).ok()?;
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

/// The days from `from` to `to` on which anything is known, newest first. One batch.
pub(crate) async fn net_worth<A: Access>(
    caller: Caller<A>,
    from: Date,
    to: Date,
    interval: Interval,
) -> Result<Vec<DayWorth>> {
    let (signed, [years, accounts]) = caller
        .read(|signed| {
            Ok([
                balance_years::of_person(signed.person),
                accounts::of_person(signed.person),
            ])
        })
        .await?;
    let foreign = |_| Problem::internal("a row of someone else's");
    let rows: Vec<AccountRow> = accounts.rows()?.all()?;
    let mut kinds = HashMap::with_capacity(rows.len());
    for row in rows {
        let id = row.id;
        let record = row.open(&signed.keys)?.reveal(&signed.reveal);
        kinds.insert(id, record.map_err(foreign)?.kind);
    }
    let rows: Vec<BalanceYearRow> = years.rows()?.all()?;
    let mut points: Vec<Point> = Vec::new();
    for row in rows {
        let year = row.open(&signed.keys)?.reveal(&signed.reveal);
        points.extend(year.map_err(foreign)?.points);
    }
    Ok(days(points, &kinds, from, to, interval))
}

fn days(
    mut points: Vec<Point>,
    kinds: &HashMap<RowId, AccountType>,
    from: Date,
    to: Date,
    interval: Interval,
) -> Vec<DayWorth> {
    points.retain(|point| kinds.contains_key(&point.account));
    points.sort_by(|a, b| a.day.as_str().cmp(b.day.as_str()));
    let mut points = points.into_iter().peekable();
    let mut standing: HashMap<RowId, Point> = HashMap::new();
    let mut days = Vec::new();
    let mut day = Some(from);
    while let Some(date) = day.filter(|date| *date <= to) {
        let text = date.to_string();
        while let Some(point) = points.next_if(|point| point.day.as_str() <= text.as_str()) {
            standing.insert(point.account, point);
        }
        day = date.next_day();
        let is_asked = interval == Interval::Day
            || date == to
            || day.is_none_or(|next| next.month() != date.month());
        if is_asked && !standing.is_empty() {
            let totals = totals(standing.values(), kinds);
            days.push(DayWorth { date, totals });
        }
    }
    days.reverse();
    days
}

fn totals<'a>(
    standing: impl Iterator<Item = &'a Point>,
    kinds: &HashMap<RowId, AccountType>,
) -> Vec<Worth> {
    let mut totals: BTreeMap<(String, u8), Worth> = BTreeMap::new();
    for point in standing {
        let currency = point.currency.code().to_owned();
        let key = (currency.clone(), point.scale);
        let worth = totals.entry(key).or_insert_with(|| Worth {
            currency,
            scale: point.scale,
            ..Worth::default()
        });
        let amount = i128::from(point.minor_units.0);
        match kinds.get(&point.account) {
            Some(AccountType::Credit | AccountType::Loan) => worth.debts += amount,
            _ => worth.assets += amount,
        }
    }
    totals.into_values().collect()
}

#[cfg(test)]
mod tests {
    use money::{Currency, MinorUnits};

    use super::*;

    const CHECKING: RowId = RowId([1; 16]);
    const CARD: RowId = RowId([2; 16]);

    fn point(day: &str, account: RowId, minor_units: i64) -> Point {
        Point {
            day: CivilDate::parse(day).unwrap(),
            account,
            minor_units: MinorUnits(minor_units),
            currency: Currency::iso("USD").unwrap(),
            scale: 2,
        }
    }

    fn shown(points: Vec<Point>, from: &str, to: &str, interval: Interval) -> Vec<String> {
        let kinds = HashMap::from([
            (CHECKING, AccountType::Depository),
            (CARD, AccountType::Credit),
        ]);
        days(
            points,
            &kinds,
            date(from).unwrap(),
            date(to).unwrap(),
            interval,
        )
        .into_iter()
        .map(|day| {
            format!(
                "{} {} {}",
                day.date, day.totals[0].assets, day.totals[0].debts
            )
        })
        .collect()
    }

    #[test]
    fn a_day_without_a_reading_has_the_last_one_and_days_before_the_first_are_none() {
        let points = vec![
            point("2026-03-02", CHECKING, 500),
            point("2026-03-04", CARD, 40),
            point("2026-03-04", CHECKING, 300),
        ];
        assert_eq!(
            shown(points, "2026-03-01", "2026-03-05", Interval::Day),
            [
                "2026-03-05 300 40",
                "2026-03-04 300 40",
                "2026-03-03 500 0",
                "2026-03-02 500 0"
            ]
        );
    }

    #[test]
    fn a_reading_from_before_the_range_counts_in_it() {
        let points = vec![point("2025-12-31", CHECKING, 7)];
        assert_eq!(
            shown(points, "2026-03-01", "2026-03-01", Interval::Day),
            ["2026-03-01 7 0"]
        );
    }

    #[test]
    fn months_show_their_last_day_and_the_last_asked_for() {
        let points = vec![
            point("2026-01-10", CHECKING, 1),
            point("2026-02-28", CHECKING, 2),
        ];
        assert_eq!(
            shown(points, "2026-01-01", "2026-03-05", Interval::Month),
            ["2026-03-05 2 0", "2026-02-28 2 0", "2026-01-31 1 0"]
        );
    }

    #[test]
    fn an_account_that_is_gone_is_in_no_day() {
        let points = vec![point("2026-01-10", RowId([9; 16]), 1)];
        assert!(shown(points, "2026-01-01", "2026-01-31", Interval::Day).is_empty());
    }
}
