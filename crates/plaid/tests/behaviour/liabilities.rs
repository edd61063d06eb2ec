//! What is owed.

use money::{Currency, Money, MoneyError};
use plaid::{CallError, Liabilities, LiabilitiesGet, LiabilitiesReply, read_reply};
use serde_json::{Value, json};

fn reply() -> Value {
    json!({
        "accounts": [],
        "item": {"what": "is not read here"},
        "liabilities": {
            "credit": [{
                "account_id": "card", "is_overdue": true,
                "aprs": [
                    {"apr_percentage": 15.24, "apr_type": "purchase_apr",
                        "balance_subject_to_apr": null, "interest_charge_amount": null},
                    {"apr_percentage": 0, "apr_type": "a rate of a later date"},
                ],
                "last_payment_amount": 168.25, "last_payment_date": "2026-01-22",
                "last_statement_balance": 1708.77, "last_statement_issue_date": "2026-01-28",
                "minimum_payment_amount": 20, "next_payment_due_date": "2026-02-28",
            }],
            "mortgage": [{
                "account_id": "house", "account_number": "3120194154",
                "interest_rate": {"percentage": 3.99, "type": "fixed"},
                "last_payment_amount": 3141.54, "last_payment_date": "2026-01-01",
                "loan_type_description": "conventional", "maturity_date": "2045-07-31",
                "next_monthly_payment": 3141.55, "next_payment_due_date": "2026-02-15",
                "origination_date": "2015-08-01", "origination_principal_amount": 425_000,
                "past_due_amount": 2304, "property_address": {"city": "Malakoff"},
            }],
            "student": [{
                "account_id": "study", "account_number": "4277075694", "is_overdue": false,
                "expected_payoff_date": "2032-07-28", "interest_rate_percentage": 5.25,
                "last_payment_amount": 138.05, "last_payment_date": "2026-01-23",
                "last_statement_balance": 1708.78, "last_statement_issue_date": "2026-01-29",
                "loan_name": "Consolidation", "loan_status": {"type": "repayment"},
                "minimum_payment_amount": 25, "next_payment_due_date": "2026-02-27",
                "origination_date": "2002-08-28", "origination_principal_amount": 25_000,
                "servicer_address": {"city": "San Matias"},
            }],
        },
        "request_id": "r",
    })
}

fn read(body: &str) -> Liabilities<'_> {
    read_reply::<LiabilitiesGet<'_>>(200, body.as_bytes())
        .expect("readable")
        .liabilities
}

fn unreadable(reply: &Value) -> bool {
    let body = reply.to_string();
    let answer: Result<LiabilitiesReply<'_>, _> =
        read_reply::<LiabilitiesGet<'_>>(200, body.as_bytes());
    matches!(answer.err(), Some(CallError::UnreadableReply { .. }))
}

fn usd() -> Currency {
    Currency::iso("USD").expect("a currency")
}

/// In cents.
fn cents(amount: Result<Option<Money>, MoneyError>) -> Option<i64> {
    amount.expect("readable").map(|money| {
        assert_eq!((money.currency().code(), money.scale()), ("USD", 2));
        money.minor_units().0
    })
}

#[test]
fn a_card_says_what_is_owed_and_when() {
    let body = reply().to_string();
    let cards = read(&body).credit.expect("cards");
    let card = &cards[0];
    assert_eq!(card.account_id.as_deref(), Some("card"));
    assert_eq!(card.is_overdue, Some(true));
    let days = [
        card.last_payment_date,
        card.last_statement_issue_date,
        card.next_payment_due_date,
    ];
    assert_eq!(
        days.map(|day| day.map(|day| day.to_string())),
        ["2026-01-22", "2026-01-28", "2026-02-28"].map(|day| Some(day.to_owned()))
    );
    assert_eq!(cents(card.last_payment_amount(usd())), Some(16_825));
    assert_eq!(cents(card.last_statement_balance(usd())), Some(170_877));
    assert_eq!(cents(card.minimum_payment_amount(usd())), Some(2000));
    let rates: Vec<_> = card
        .aprs
        .iter()
        .map(|rate| {
            (
                rate.apr_type.as_str(),
                rate.percentage().map(|number| number.to_string()),
            )
        })
        .collect();
    assert_eq!(
        rates,
        [
            ("purchase_apr", Some("15.24".to_owned())),
            ("a rate of a later date", Some("0".to_owned())),
        ]
    );
}

#[test]
fn a_mortgage_says_what_was_borrowed_and_what_is_next() {
    let body = reply().to_string();
    let mortgages = read(&body).mortgage.expect("mortgages");
    let loan = &mortgages[0];
    assert_eq!(loan.account_id, "house");
    assert_eq!(loan.loan_type_description.as_deref(), Some("conventional"));
    assert_eq!(loan.interest_type().map(plaid::Text::as_str), Some("fixed"));
    assert_eq!(
        loan.interest_percentage()
            .map(|rate| rate.to_string())
            .as_deref(),
        Some("3.99")
    );
    let days = [
        loan.last_payment_date,
        loan.next_payment_due_date,
        loan.origination_date,
        loan.maturity_date,
    ];
    assert_eq!(
        days.map(|day| day.map(|day| day.to_string())),
        ["2026-01-01", "2026-02-15", "2015-08-01", "2045-07-31"].map(|day| Some(day.to_owned()))
    );
    assert_eq!(cents(loan.last_payment_amount(usd())), Some(314_154));
    assert_eq!(cents(loan.next_monthly_payment(usd())), Some(314_155));
    assert_eq!(
        cents(loan.origination_principal_amount(usd())),
        Some(42_500_000)
    );
    assert_eq!(cents(loan.past_due_amount(usd())), Some(230_400));
}

#[test]
fn a_student_loan_says_when_it_will_be_over() {
    let body = reply().to_string();
    let loans = read(&body).student.expect("loans");
    let loan = &loans[0];
    assert_eq!(loan.account_id.as_deref(), Some("study"));
    assert_eq!(loan.loan_name.as_deref(), Some("Consolidation"));
    assert_eq!(loan.is_overdue, Some(false));
    assert_eq!(
        loan.interest_percentage()
            .map(|rate| rate.to_string())
            .as_deref(),
        Some("5.25")
    );
    let days = [
        loan.last_payment_date,
        loan.last_statement_issue_date,
        loan.next_payment_due_date,
        loan.origination_date,
        loan.expected_payoff_date,
    ];
    assert_eq!(
        days.map(|day| day.map(|day| day.to_string())),
        [
            "2026-01-23",
            "2026-01-29",
            "2026-02-27",
            "2002-08-28",
            "2032-07-28"
        ]
        .map(|day| Some(day.to_owned()))
    );
    assert_eq!(cents(loan.last_payment_amount(usd())), Some(13_805));
    assert_eq!(cents(loan.last_statement_balance(usd())), Some(170_878));
    assert_eq!(cents(loan.minimum_payment_amount(usd())), Some(2500));
    assert_eq!(
        cents(loan.origination_principal_amount(usd())),
        Some(2_500_000)
    );
}

#[test]
fn an_amount_is_in_the_currency_of_its_account() {
    let body = reply().to_string();
    let cards = read(&body).credit.expect("cards");
    let yen = Currency::iso("JPY").expect("a currency");
    let paid = cards[0]
        .minimum_payment_amount(yen)
        .expect("readable")
        .expect("known");
    assert_eq!(
        (paid.minor_units().0, paid.currency().code(), paid.scale()),
        (20, "JPY", 0)
    );
}

#[test]
fn account_numbers_and_addresses_are_passed_over_whatever_they_are() {
    let mut reply = reply();
    for (kind, member) in [
        ("mortgage", "account_number"),
        ("mortgage", "property_address"),
        ("student", "account_number"),
        ("student", "servicer_address"),
    ] {
        reply["liabilities"][kind][0][member] = json!([[1], {"not": "of the schema"}]);
    }
    let body = reply.to_string();
    let debts = read(&body);
    assert_eq!(debts.mortgage.map(|loans| loans.len()), Some(1));
    assert_eq!(debts.student.map(|loans| loans.len()), Some(1));
}

#[test]
fn a_kind_of_debt_that_is_not_there_is_none() {
    for liabilities in [
        json!({}),
        json!({"credit": null, "mortgage": null, "student": null}),
        json!({"a_kind_of_a_later_date": [{}]}),
    ] {
        let mut reply = reply();
        reply["liabilities"] = liabilities;
        let body = reply.to_string();
        let debts = read(&body);
        assert!(debts.credit.is_none() && debts.mortgage.is_none() && debts.student.is_none());
    }
}

#[test]
fn a_debt_of_which_nothing_is_known_is_readable() {
    let mut reply = reply();
    reply["liabilities"] = json!({
        "credit": [{"account_id": null, "aprs": [], "is_overdue": null, "last_payment_amount": null}],
        "mortgage": [{"account_id": "house", "interest_rate": {"percentage": null, "type": null}}],
        "student": [{"account_id": null, "interest_rate_percentage": null, "is_overdue": null}],
    });
    let body = reply.to_string();
    let debts = read(&body);
    let card = &debts.credit.expect("cards")[0];
    assert_eq!((card.account_id.as_ref(), card.is_overdue), (None, None));
    assert_eq!(card.last_payment_date, None);
    assert_eq!(cents(card.last_payment_amount(usd())), None);
    assert_eq!(cents(card.minimum_payment_amount(usd())), None);
    let house = &debts.mortgage.expect("mortgages")[0];
    assert!(house.interest_percentage().is_none() && house.interest_type().is_none());
    assert_eq!(cents(house.past_due_amount(usd())), None);
    let study = &debts.student.expect("loans")[0];
    assert!(study.interest_percentage().is_none());
    assert_eq!(cents(study.last_statement_balance(usd())), None);
}

#[test]
fn an_amount_or_rate_that_cannot_be_held_leaves_the_rest_readable() {
    for (lexeme, expected) in [
        ("1e30", MoneyError::Overflow),
        ("1e-30", MoneyError::TooManyDecimals),
        ("\"20\"", MoneyError::NotANumber),
    ] {
        let mut reply = reply();
        reply["liabilities"]["credit"][0]["minimum_payment_amount"] = json!("HERE");
        reply["liabilities"]["credit"][0]["aprs"][0]["apr_percentage"] = json!("THERE");
        let body = reply
            .to_string()
            .replace("\"HERE\"", lexeme)
            .replace("\"THERE\"", "1e99");
        let cards = read(&body).credit.expect("cards");
        assert_eq!(
            cards[0].minimum_payment_amount(usd()),
            Err(expected),
            "{lexeme}"
        );
        assert!(cards[0].aprs[0].percentage().is_none());
        assert_eq!(cents(cards[0].last_payment_amount(usd())), Some(16_825));
    }
}

#[test]
fn debts_without_what_names_them_are_unreadable() {
    for missing in ["accounts", "liabilities"] {
        let mut reply = reply();
        reply.as_object_mut().expect("an object").remove(missing);
        assert!(unreadable(&reply), "{missing}");
    }
    let mut no_account = reply();
    no_account["liabilities"]["mortgage"][0]["account_id"] = Value::Null;
    assert!(unreadable(&no_account));
    let mut no_kind = reply();
    no_kind["liabilities"]["credit"][0]["aprs"][0]["apr_type"] = Value::Null;
    assert!(unreadable(&no_kind));
    let mut no_day = reply();
    no_day["liabilities"]["student"][0]["expected_payoff_date"] = json!("soon");
    assert!(unreadable(&no_day));
}
