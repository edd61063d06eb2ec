//! What she said of transactions, and what banks said beside them.

use super::{
    super::writer::{Cell, Row},
    columns, ids, maybe, maybe_money, name, text,
};
use crate::{
    id::{AccountId, TransactionId},
    store::{
        annotations::AnnotationRecord,
        balance_years::Point,
        snapshots::{DebtEntry, HoldingEntry, RecurringEntry},
    },
};
use money::Money;
use plaid::CivilDate;

pub(in super::super) struct Annotation {
    pub(in super::super) id: TransactionId,
    pub(in super::super) record: AnnotationRecord,
}

columns!(Annotation, "annotations", |row| {
    "transaction_id": text(row.id.public()),
    "account_id": row.record.account.map_or(Cell::Null, |id| text(AccountId(id).public())),
    "category": maybe(row.record.category.as_ref()),
    "note": maybe(row.record.note.as_ref()),
});

pub(in super::super) struct Tag<'a> {
    pub(in super::super) id: TransactionId,
    pub(in super::super) tag: &'a str,
}

columns!(Tag<'_>, "tags", |row| {
    "transaction_id": text(row.id.public()),
    "tag": text(row.tag),
});

pub(in super::super) struct Holding(pub(in super::super) HoldingEntry);

columns!(Holding, "holdings", |row| {
    "account_id": text(AccountId(row.0.account).public()),
    "security_id": text(&row.0.security.id),
    "name": maybe(row.0.security.name.as_ref()),
    "ticker": maybe(row.0.security.ticker.as_ref()),
    "type": maybe(row.0.security.kind.as_ref()),
    "isin": maybe(row.0.security.isin.as_ref()),
    "close_price": maybe(row.0.security.close_price.as_ref()),
    "close_price_as_of": maybe_day(row.0.security.close_price_as_of.as_ref()),
    "security_currency": text(row.0.security.currency.code()),
    "quantity": maybe(row.0.quantity.as_ref()),
    "price": maybe(row.0.price.as_ref()),
    "price_as_of": maybe_day(row.0.price_as_of.as_ref()),
    "value": maybe_money(row.0.value),
    "cost_basis": maybe_money(row.0.cost_basis),
    "currency": text(row.0.currency.code()),
});

pub(in super::super) struct Debt(pub(in super::super) DebtEntry);

impl Debt {
    fn currency(&self) -> Option<Money> {
        let entry = &self.0;
        let amounts = [
            entry.last_payment.amount,
            entry.last_statement.amount,
            entry.minimum_payment,
            entry.origination_principal,
        ];
        amounts.into_iter().flatten().next()
    }

    fn interest(&self) -> Cell<'_> {
        let rates = self.0.interest.iter();
        let words = rates.flat_map(|(percentage, kind)| percentage.iter().chain(kind));
        Cell::Words(words.map(|word| word.as_str().into()).collect())
    }
}

columns!(Debt, "liabilities", |row| {
    "account_id": text(AccountId(row.0.account).public()),
    "kind": name(&row.0.kind),
    "name": maybe(row.0.name.as_ref()),
    "is_overdue": row.0.is_overdue.map_or(Cell::Null, Cell::Flag),
    "last_payment": maybe_money(row.0.last_payment.amount),
    "last_payment_date": maybe_day(row.0.last_payment.date.as_ref()),
    "last_statement": maybe_money(row.0.last_statement.amount),
    "last_statement_date": maybe_day(row.0.last_statement.date.as_ref()),
    "minimum_payment": maybe_money(row.0.minimum_payment),
    "next_payment_due_date": maybe_day(row.0.next_payment_due_date.as_ref()),
    "interest": row.interest(),
    "origination_date": maybe_day(row.0.origination_date.as_ref()),
    "origination_principal": maybe_money(row.0.origination_principal),
    "maturity_date": maybe_day(row.0.maturity_date.as_ref()),
    "currency": row.currency().map_or(Cell::Null, |amount| text(amount.currency().code().to_owned())),
});

pub(in super::super) struct Recurring(pub(in super::super) RecurringEntry);

columns!(Recurring, "recurring_payments", |row| {
    "account_id": text(AccountId(row.0.account).public()),
    "direction": name(&row.0.direction),
    "description": text(&row.0.description),
    "merchant_name": maybe(row.0.merchant_name.as_ref()),
    "category": maybe(row.0.category.as_ref()),
    "frequency": name(&row.0.frequency),
    "first_date": text(row.0.first_date.as_str()),
    "last_date": text(row.0.last_date.as_str()),
    "next_date": maybe_day(row.0.next_date.as_ref()),
    "average_amount": maybe_money(row.0.average_amount),
    "last_amount": maybe_money(row.0.last_amount),
    "currency": row.0.last_amount.map_or(Cell::Null, |amount| text(amount.currency().code().to_owned())),
    "active": Cell::Flag(row.0.is_active),
    "status": name(&row.0.status),
    "transaction_ids": ids(&row.0.transactions, TransactionId::PREFIX),
});

pub(in super::super) struct Balance(pub(in super::super) Point);

columns!(Balance, "balances", |row| {
    "account_id": text(AccountId(row.0.account).public()),
    "date": text(row.0.day.as_str()),
    "balance": maybe_money(Money::with_scale(row.0.minor_units, row.0.currency, row.0.scale).ok()),
    "currency": text(row.0.currency.code()),
});

fn maybe_day(day: Option<&CivilDate>) -> Cell<'_> {
    maybe(day.map(CivilDate::as_str))
}
