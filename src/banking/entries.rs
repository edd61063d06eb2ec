//! Plaid's replies about holdings, debts and recurring payments, as what is kept of them.
//! An amount that cannot be held exactly is one that the bank did not say.

use std::collections::HashMap;

use money::{Currency, Money, MoneyError};
use plaid::{HoldingsReply, LiabilitiesReply, RecurringReply, RecurringStream, Security, Text};

use super::page::Sealer;
use crate::store::snapshots::{
    Dated, DebtEntry, DebtKind, Direction, HoldingEntry, RecurringEntry, SecurityEntry,
};

fn owned(text: Option<&Text<'_>>) -> Option<String> {
    text.map(|text| text.as_str().to_owned())
}

fn known(amount: Result<Option<Money>, MoneyError>) -> Option<Money> {
    amount.ok().flatten()
}

/// Holdings, each with its security.
pub(super) fn holdings(sealer: &Sealer<'_>, reply: &HoldingsReply<'_>) -> Vec<HoldingEntry> {
    let securities: HashMap<&str, &Security<'_>> = reply
        .securities
        .iter()
        .map(|security| (security.security_id.as_str(), security))
        .collect();
    let entry = |holding: &plaid::Holding<'_>| {
        let security = securities.get(holding.security_id.as_str());
        HoldingEntry {
            account: sealer.account_id(&holding.account_id).0,
            security: security_entry(&holding.security_id, security.copied()),
            quantity: holding.quantity().map(|number| number.to_string()),
            price: holding.price().map(|number| number.to_string()),
            price_as_of: holding.institution_price_as_of,
            value: known(holding.value()),
            cost_basis: known(holding.cost_basis()),
            currency: holding.currency().unwrap_or(Currency::none()),
        }
    };
    reply.holdings.iter().map(entry).collect()
}

fn security_entry(id: &Text<'_>, security: Option<&Security<'_>>) -> SecurityEntry {
    SecurityEntry {
        id: id.as_str().to_owned(),
        name: security.and_then(|security| owned(security.name.as_ref())),
        ticker: security.and_then(|security| owned(security.ticker_symbol.as_ref())),
        kind: security.and_then(|security| owned(security.security_type.as_ref())),
        isin: security.and_then(|security| owned(security.isin.as_ref())),
        close_price: security
            .and_then(Security::close_price)
            .map(|number| number.to_string()),
        close_price_as_of: security.and_then(|security| security.close_price_as_of),
        currency: security
            .and_then(|security| security.currency().ok())
            .unwrap_or(Currency::none()),
    }
}

/// Debts of every kind. One that names no account is nobody's.
pub(super) fn debts(sealer: &Sealer<'_>, reply: &LiabilitiesReply<'_>) -> Vec<DebtEntry> {
    let currencies: HashMap<&str, Currency> = reply
        .accounts
        .iter()
        .filter_map(|account| {
            let currency = account.balances.currency().ok()?;
            Some((account.account_id.as_str(), currency))
        })
        .collect();
    let currency = |account: &Text<'_>| {
        let known = currencies.get(account.as_str());
        known.copied().unwrap_or(Currency::none())
    };
    let debts = &reply.liabilities;
    let cards = debts.credit.iter().flatten().filter_map(|card| {
        let account = card.account_id.as_ref()?;
        let currency = currency(account);
        let rate = |rate: &plaid::Apr<'_>| {
            (
                rate.percentage().map(|number| number.to_string()),
                Some(rate.apr_type.as_str().to_owned()),
            )
        };
        Some(DebtEntry {
            account: sealer.account_id(account).0,
            kind: DebtKind::Credit,
            name: None,
            is_overdue: card.is_overdue,
            last_payment: Dated {
                amount: known(card.last_payment_amount(currency)),
                date: card.last_payment_date,
            },
            last_statement: Dated {
                amount: known(card.last_statement_balance(currency)),
                date: card.last_statement_issue_date,
            },
            minimum_payment: known(card.minimum_payment_amount(currency)),
            next_payment_due_date: card.next_payment_due_date,
            interest: card.aprs.iter().map(rate).collect(),
            origination_date: None,
            origination_principal: None,
            maturity_date: None,
        })
    });
    let mortgages = debts.mortgage.iter().flatten().map(|loan| {
        let currency = currency(&loan.account_id);
        let past_due = known(loan.past_due_amount(currency));
        DebtEntry {
            account: sealer.account_id(&loan.account_id).0,
            kind: DebtKind::Mortgage,
            name: owned(loan.loan_type_description.as_ref()),
            is_overdue: past_due.map(|amount| amount.minor_units().0 > 0),
            last_payment: Dated {
                amount: known(loan.last_payment_amount(currency)),
                date: loan.last_payment_date,
            },
            last_statement: Dated::default(),
            minimum_payment: known(loan.next_monthly_payment(currency)),
            next_payment_due_date: loan.next_payment_due_date,
            interest: vec![(
                loan.interest_percentage().map(|number| number.to_string()),
                owned(loan.interest_type()),
            )],
            origination_date: loan.origination_date,
            origination_principal: known(loan.origination_principal_amount(currency)),
            maturity_date: loan.maturity_date,
        }
    });
    let student = debts.student.iter().flatten().filter_map(|loan| {
        let account = loan.account_id.as_ref()?;
        let currency = currency(account);
        Some(DebtEntry {
            account: sealer.account_id(account).0,
            kind: DebtKind::Student,
            name: owned(loan.loan_name.as_ref()),
            is_overdue: loan.is_overdue,
            last_payment: Dated {
                amount: known(loan.last_payment_amount(currency)),
                date: loan.last_payment_date,
            },
            last_statement: Dated {
                amount: known(loan.last_statement_balance(currency)),
                date: loan.last_statement_issue_date,
            },
            minimum_payment: known(loan.minimum_payment_amount(currency)),
            next_payment_due_date: loan.next_payment_due_date,
            interest: vec![(
                loan.interest_percentage().map(|number| number.to_string()),
                None,
            )],
            origination_date: loan.origination_date,
            origination_principal: known(loan.origination_principal_amount(currency)),
            maturity_date: loan.expected_payoff_date,
        })
    });
    cards.chain(mortgages).chain(student).collect()
}

/// Recurring payments, those that come in first.
pub(super) fn recurring(sealer: &Sealer<'_>, reply: &RecurringReply<'_>) -> Vec<RecurringEntry> {
    let entry = |direction, stream: &RecurringStream<'_>| RecurringEntry {
        account: sealer.account_id(&stream.account_id).0,
        direction,
        description: stream.description.as_str().to_owned(),
        merchant_name: owned(stream.merchant_name.as_ref()),
        category: stream
            .personal_finance_category
            .as_ref()
            .map(|category| category.primary.as_str().to_owned()),
        frequency: stream.frequency,
        first_date: stream.first_date,
        last_date: stream.last_date,
        next_date: stream.predicted_next_date,
        average_amount: known(stream.average_amount()),
        last_amount: known(stream.last_amount()),
        is_active: stream.is_active,
        status: stream.status,
        transactions: stream
            .transaction_ids
            .iter()
            .map(|id| sealer.transaction_id(id).0)
            .collect(),
    };
    let income = reply.inflow_streams.iter();
    let spending = reply.outflow_streams.iter();
    income
        .map(|stream| entry(Direction::In, stream))
        .chain(spending.map(|stream| entry(Direction::Out, stream)))
        .collect()
}
