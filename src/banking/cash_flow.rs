//! What went in and out, by month, account and category: from sealed totals where they
//! are there, made from the month's transactions where they are not, and then kept.
//!
//! Invariant: totals are good for one version of their month. Whatever changes the month
//! raises its version in the same batch.

use std::collections::{BTreeMap, HashMap};

use plaid::CivilDate;

use super::month;
use crate::{
    app::App,
    id::{AccountId, RowId},
    identity::{Access, Caller, Signed},
    platform::log,
    problem::{Problem, Result},
    store::{
        annotations::AnnotationRecord,
        engine::{EngineError, Rows},
        month_totals::{self, MonthTotalRecord, MonthTotalRow, Total},
        months::{self, Directory, Month},
        transactions::TransactionRecord,
    },
};

/// How often it is tried against syncs that land.
const TRIES: u32 = 5;

/// A month's totals.
pub(crate) struct MonthFlow {
    /// "YYYY-MM".
    pub(crate) month: String,
    pub(crate) totals: Vec<Total>,
}

/// What tells one total from another.
type Key = (RowId, Option<String>, String, u8);

/// The totals of `months` ("YYYY-MM", newest first), of one account or all. Months without
/// a transaction are left out.
///
/// Warm one batch; one for every 2,000 transactions of months that changed since they were
/// last asked for, and one more to keep what came of them.
pub(crate) async fn cash_flow<A: Access>(
    app: &App,
    caller: Caller<A>,
    asked: &[String],
    account: Option<AccountId>,
) -> Result<Vec<MonthFlow>> {
    let (signed, [directory, kept]) = caller
        .read(|signed| {
            Ok([
                months::of_person(signed.person),
                month_totals::of_months(&signed.keys, signed.person, asked),
            ])
        })
        .await?;
    let mut directory = signed.keys.directory(&directory.rows()?)?;
    let mut kept = open(&signed, &kept.rows()?)?;
    for _ in 0..TRIES {
        let wanted = directory
            .months
            .iter()
            .filter(|month| asked.contains(&month.name));
        let stale: Vec<&Month> = wanted
            .clone()
            .filter(|month| {
                let known = kept.get(&month.name);
                known.is_none_or(|known| known.version != month.version)
            })
            .collect();
        let mut made = Vec::with_capacity(stale.len());
        let mut is_current = true;
        for month in &stale {
            let (totals, rev) = totals_of(app, &signed, month).await?;
            if rev != directory.rev {
                is_current = false;
                break;
            }
            made.push(MonthTotalRecord {
                month: month.name.clone(),
                version: month.version,
                totals,
            });
        }
        if !is_current {
            let [row] = app.db.batch([months::of_person(signed.person)]).await?;
            directory = signed.keys.directory(&row.rows()?)?;
            continue;
        }
        keep(app, &signed, &directory, &made).await?;
        kept.extend(made.into_iter().map(|made| (made.month.clone(), made)));
        let flows = wanted.filter_map(|month| {
            let mut totals = kept.remove(&month.name)?.totals;
            totals.retain(|total| account.is_none_or(|account| total.account == account.0));
            Some(MonthFlow {
                month: month.name.clone(),
                totals,
            })
        });
        return Ok(flows.filter(|flow| !flow.totals.is_empty()).collect());
    }
    Err(Problem::unavailable(
        "Transactions keep coming; try again.",
        "a directory under contention",
    ))
}

fn open(signed: &Signed, rows: &Rows) -> Result<HashMap<String, MonthTotalRecord>> {
    let rows: Vec<MonthTotalRow> = rows.all()?;
    let open = |row: MonthTotalRow| {
        let record = row.open(&signed.keys)?.reveal(&signed.reveal);
        let record = record.map_err(|_| Problem::internal("totals of someone else's"))?;
        Ok((record.month.clone(), record))
    };
    rows.into_iter().map(open).collect()
}

/// Keeps what was made, where nothing changed since. Where that fails they are made again
/// the next time: nobody waits for it twice.
async fn keep(
    app: &App,
    signed: &Signed,
    directory: &Directory,
    made: &[MonthTotalRecord],
) -> Result<()> {
    if made.is_empty() {
        return Ok(());
    }
    let batch = [
        months::is_at(signed.person, directory.rev),
        month_totals::put(&signed.keys, made)?,
    ];
    match app.db.batch(batch).await {
        Ok(_) | Err(EngineError::Guard) => Ok(()),
        Err(error) => {
            log::warn("totals-not-kept", &error.to_string());
            Ok(())
        }
    }
}

/// Adds a month's transactions up, and says at which revision the directory was then.
async fn totals_of(app: &App, signed: &Signed, month: &Month) -> Result<(Vec<Total>, u32)> {
    let mut sums: BTreeMap<Key, (i128, i128, u32)> = BTreeMap::new();
    let rev = month::read(app, signed, month, |_, record, own| {
        add(&mut sums, record, own);
    });
    let rev = rev.await?;
    Ok((sums.into_iter().map(total).collect(), rev))
}

fn add(
    sums: &mut BTreeMap<Key, (i128, i128, u32)>,
    record: &TransactionRecord<'_>,
    own: Option<&AnnotationRecord>,
) {
    let of_the_bank = || record.category.as_deref().map(str::to_owned);
    let category = own.and_then(|own| own.category.clone());
    let key = (
        record.account,
        category.or_else(of_the_bank),
        record.currency.code().to_owned(),
        record.scale,
    );
    let (into, out, count) = sums.entry(key).or_default();
    // Plaid's sign: positive when money leaves the account.
    let amount = i128::from(record.minor_units.0);
    if amount > 0 {
        *out += amount;
    } else {
        *into -= amount;
    }
    *count += 1;
}

fn total(
    ((account, category, currency, scale), (into, out, count)): (Key, (i128, i128, u32)),
) -> Total {
    Total {
        account,
        category,
        currency,
        scale,
        into,
        out,
        count,
    }
}

/// "YYYY-MM" of each month from `first` to `last`, newest first.
pub(crate) fn months_between(first: &str, last: &str) -> Option<Vec<String>> {
    let index = |name: &str| {
        CivilDate::parse(&format!("{name}-01")).ok()?;
        let (year, month) = name.split_once('-')?;
        Some(year.parse::<u32>().ok()? * 12 + month.parse::<u32>().ok()? - 1)
    };
    let (first, last) = (index(first)?, index(last)?);
    let name = |index: u32| format!("{:04}-{:02}", index / 12, index % 12 + 1);
    Some((first..=last).rev().map(name).collect())
}

#[cfg(test)]
mod tests {
    use super::months_between;

    #[test]
    fn months_are_counted_over_the_turn_of_a_year() {
        assert_eq!(
            months_between("2025-11", "2026-02").unwrap(),
            ["2026-02", "2026-01", "2025-12", "2025-11"]
        );
        assert_eq!(months_between("2026-02", "2026-02").unwrap(), ["2026-02"]);
        assert_eq!(months_between("2026-03", "2026-02").unwrap(), [""; 0]);
    }

    #[test]
    fn what_is_no_month_is_refused() {
        for wrong in [
            "2026-13",
            "2026-00",
            "2026",
            "2026-1",
            "26-01",
            "",
            "2026-01-01",
        ] {
            assert_eq!(months_between(wrong, "2026-02"), None, "{wrong}");
        }
    }
}
