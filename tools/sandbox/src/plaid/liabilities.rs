//! `/liabilities/get`: what is owed on cards, student loans and mortgages.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::{Account, chosen};
use super::errors::PlaidError;
use super::{Call, Reply};

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    options: Options,
}

#[derive(Default, Deserialize)]
struct Options {
    account_ids: Option<Vec<String>>,
}

pub(super) fn get(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    let asked: Asked = call.read()?;
    let today = call.bank.settings.today;
    let item = call.item()?;
    item.require("liabilities")?;
    let accounts = chosen(item, asked.options.account_ids.as_deref())?;
    let of = |kind: &str, subtype: &str, describe: fn(&Account, Date) -> Value| {
        let described: Vec<Value> = accounts
            .iter()
            .filter(|account| account.is(kind, subtype))
            .map(|account| describe(account, today))
            .collect();
        (!described.is_empty()).then_some(described)
    };
    let credit = of("credit", "credit card", card);
    let student = of("loan", "student", student_loan);
    let mortgage = of("loan", "mortgage", mortgage);
    if credit.is_none() && student.is_none() && mortgage.is_none() {
        return Err(PlaidError::of("NO_LIABILITY_ACCOUNTS"));
    }
    Ok(Reply::new()
        .member("accounts", &accounts)
        .member("item", &item.describe())
        .member_or(
            "liabilities",
            item.wealth.liabilities.as_deref(),
            &json!({ "credit": credit, "mortgage": mortgage, "student": student }),
        ))
}

fn card(account: &Account, today: Date) -> Value {
    let statement = today.first_of_month();
    json!({
        "account_id": account.account_id,
        "aprs": [
            {
                "apr_percentage": 15.24,
                "apr_type": "balance_transfer_apr",
                "balance_subject_to_apr": 1562.32,
                "interest_charge_amount": 130.22,
            },
            {
                "apr_percentage": 12.5,
                "apr_type": "purchase_apr",
                "balance_subject_to_apr": 56.22,
                "interest_charge_amount": 14.81,
            },
        ],
        "is_overdue": false,
        "last_payment_amount": 168.25,
        "last_payment_date": statement.saturating_sub(5.days()),
        "last_statement_issue_date": statement,
        "last_statement_balance": 1708.77,
        "minimum_payment_amount": 20,
        "next_payment_due_date": statement.saturating_add(27.days()),
    })
}

fn student_loan(account: &Account, today: Date) -> Value {
    let statement = today.first_of_month();
    json!({
        "account_id": account.account_id,
        "account_number": "4277075694",
        "disbursement_dates": ["2019-08-28"],
        "expected_payoff_date": "2039-07-28",
        "guarantor": "DEPT OF ED",
        "interest_rate_percentage": 5.25,
        "is_overdue": false,
        "last_payment_amount": 138.05,
        "last_payment_date": statement.saturating_sub(2.days()),
        "last_statement_balance": 1708.77,
        "last_statement_issue_date": statement,
        "loan_name": "Consolidation",
        "loan_status": { "end_date": "2039-07-28", "type": "repayment" },
        "minimum_payment_amount": 25,
        "next_payment_due_date": statement.saturating_add(27.days()),
        "origination_date": "2019-08-28",
        "origination_principal_amount": 25_000,
        "outstanding_interest_amount": 6_227.36,
        "payment_reference_number": "4277075694",
        "pslf_status": {
            "estimated_eligibility_date": null,
            "payments_made": null,
            "payments_remaining": null,
        },
        "repayment_plan": { "description": "Standard Repayment", "type": "standard" },
        "sequence_number": "1",
        "servicer_address": address("P.O. Box 60610", "Harrisburg", "PA", "17106-0610"),
        "ytd_interest_paid": 280.55,
        "ytd_principal_paid": 271.65,
    })
}

fn mortgage(account: &Account, today: Date) -> Value {
    let statement = today.first_of_month();
    json!({
        "account_id": account.account_id,
        "account_number": "3120194154",
        "current_late_fee": 25,
        "escrow_balance": 3_141.54,
        "has_pmi": true,
        "has_prepayment_penalty": true,
        "interest_rate": { "percentage": 3.99, "type": "fixed" },
        "last_payment_amount": 3_141.54,
        "last_payment_date": statement.saturating_sub(3.days()),
        "loan_type_description": "conventional",
        "loan_term": "30 year",
        "maturity_date": "2045-07-31",
        "next_monthly_payment": 3_141.54,
        "next_payment_due_date": statement.saturating_add(14.days()),
        "origination_date": "2015-08-01",
        "origination_principal_amount": 425_000,
        "past_due_amount": 0,
        "property_address": address("2992 Cameron Road", "Malakoff", "NY", "14236"),
        "ytd_interest_paid": 12_300.4,
        "ytd_principal_paid": 12_340.5,
    })
}

fn address(street: &str, city: &str, region: &str, postal_code: &str) -> Value {
    json!({
        "street": street,
        "city": city,
        "region": region,
        "postal_code": postal_code,
        "country": "US",
    })
}
