//! Two years of a person's transactions: what repeats in its rhythm, and the rest at random, to the
//! exact number asked for. The same generator state gives the same history.

use fastrand::Rng;
use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::accounts::Account;
use super::merchants::{EVERYDAY, REPEATED, Rhythm};
use super::purchase::paid;
use super::transaction::Transaction;
use crate::seed::identifier;

/// At most so many of the newest rows are still pending.
const MOST_PENDING: usize = 3;
/// Card payments are pending for about so long.
const PENDING_DAYS: i64 = 3;

/// Over which time a history spreads.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) first: Date,
    pub(super) last: Date,
}

impl Window {
    /// The `days` up to and with `last`.
    pub(super) fn ending(last: Date, days: i32) -> Self {
        let first = last.saturating_sub(Span::new().days((days - 1).max(0)));
        Self { first, last }
    }

    fn days(self) -> i64 {
        i64::from((self.last - self.first).get_days()) + 1
    }

    fn any_day(self, rng: &mut Rng) -> Date {
        self.first.saturating_add(rng.i64(0..self.days()).days())
    }
}

/// `count` transactions over `window`, the oldest first. None when no account can have any.
pub(super) fn write(
    rng: &mut Rng,
    accounts: &[Account],
    window: Window,
    count: usize,
) -> Vec<Transaction> {
    let accounts: Vec<&Account> = accounts
        .iter()
        .filter(|account| account.has_transactions() && !account.closed)
        .collect();
    if accounts.is_empty() {
        return Vec::new();
    }
    let mut rows = repeated(rng, &accounts, window);
    rng.shuffle(&mut rows);
    rows.truncate(count);
    while rows.len() < count {
        let date = window.any_day(rng);
        rows.push(everyday(rng, &accounts, date));
    }
    rows.sort_by_key(|row| row.date);
    let newest = rows.len().saturating_sub(MOST_PENDING.min(count / 50));
    for row in rows.iter_mut().skip(newest) {
        if i64::from((window.last - row.date).get_days()) <= PENDING_DAYS {
            row.pending = true;
        }
    }
    rows
}

/// One purchase of the everyday kind.
pub(super) fn everyday(rng: &mut Rng, accounts: &[&Account], date: Date) -> Transaction {
    // Most is spent from the first account and by card.
    let spending: Vec<&&Account> = accounts
        .iter()
        .filter(|account| account.is("depository", "checking") || account.kind == "credit")
        .collect();
    let account = if rng.u8(..) < 220 && !spending.is_empty() {
        rng.choice(spending).copied()
    } else {
        rng.choice(accounts.iter()).copied()
    };
    let (Some(account), Some(merchant)) = (account, rng.choice(EVERYDAY.iter())) else {
        return Transaction::bare(identifier(rng, 37), String::new(), date);
    };
    let cents = rng.i64(merchant.cents.clone());
    // Now and then something is given back.
    let cents = if rng.u8(..) < 5 { -cents } else { cents };
    paid(rng, account, merchant, cents, date)
}

fn repeated(rng: &mut Rng, accounts: &[&Account], window: Window) -> Vec<Transaction> {
    let mut rows = Vec::new();
    for recurring in &REPEATED {
        let (kind, subtype) = recurring.account;
        let Some(account) = accounts.iter().find(|account| account.is(kind, subtype)) else {
            continue;
        };
        for date in days(recurring.rhythm, window) {
            let cents = rng.i64(recurring.merchant.cents.clone());
            let cents = if recurring.income { -cents } else { cents };
            rows.push(paid(rng, account, &recurring.merchant, cents, date));
        }
    }
    rows
}

fn days(rhythm: Rhythm, window: Window) -> Vec<Date> {
    let within = |date: &Date| *date <= window.last;
    match rhythm {
        Rhythm::Fortnightly => window.first.series(14.days()).take_while(within).collect(),
        Rhythm::Monthly(day) => window
            .first
            .first_of_month()
            .series(1.month())
            .map(|month| month.saturating_add(i64::from(day - 1).days()))
            .skip_while(|date| *date < window.first)
            .take_while(within)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plaid::institutions;
    use crate::seed::generator;

    fn accounts(id: &str) -> Vec<Account> {
        let templates = institutions::find(id).unwrap().accounts;
        let mut rng = generator(1, "accounts");
        templates
            .iter()
            .map(|template| Account::open(&mut rng, template))
            .collect()
    }

    fn written(id: &str, count: usize) -> Vec<Transaction> {
        let window = Window::ending(Date::constant(2026, 11, 22), 730);
        write(&mut generator(1, "history"), &accounts(id), window, count)
    }

    #[test]
    fn a_history_has_exactly_as_many_rows_as_asked_for_within_its_window() {
        for count in [0, 1, 7, 400, 3_000] {
            let rows = written("ins_109508", count);
            assert_eq!(rows.len(), count);
            assert!(rows.is_sorted_by_key(|row| row.date));
            assert!(
                rows.iter()
                    .all(|row| row.date >= Date::constant(2024, 11, 23)
                        && row.date <= Date::constant(2026, 11, 22))
            );
        }
    }

    #[test]
    fn the_same_seed_writes_the_same_history() {
        let rows = |count| -> Vec<_> {
            let rows = written("ins_109509", count);
            rows.iter().map(Transaction::row).collect()
        };
        assert_eq!(rows(50), rows(50));
    }

    #[test]
    fn yen_have_no_decimals_dinars_up_to_three_and_wallets_no_iso_code() {
        let decimals = |row: &Transaction| {
            let (_, fraction) = row.amount.get().split_once('.').unwrap_or_default();
            fraction.len()
        };
        let most = |rows: &[Transaction], code: &str| {
            let of_code = rows
                .iter()
                .filter(|row| row.iso_currency_code.as_deref() == Some(code));
            of_code.map(decimals).max()
        };
        let rows = written("ins_109511", 800);
        assert_eq!(most(&rows, "JPY"), Some(0));
        assert_eq!(most(&rows, "KWD"), Some(3));
        let rows = written("ins_109512", 800);
        let wallet = |row: &&Transaction| row.unofficial_currency_code.is_some();
        assert!(rows.iter().any(|row| wallet(&row)));
        assert!(
            rows.iter()
                .filter(wallet)
                .all(|row| row.iso_currency_code.is_none())
        );
    }

    #[test]
    fn money_that_comes_in_is_negative() {
        let rows = written("ins_109508", 400);
        let wages: Vec<_> = rows
            .iter()
            .filter(|row| row.merchant_name.as_deref() == Some("Gusto"))
            .collect();
        assert!(wages.len() > 40);
        assert!(wages.iter().all(|row| row.amount.get() == "-2850.14"));
    }
}
