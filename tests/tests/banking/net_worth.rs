//! `GET /v1/net-worth`: what there is, debts against it, on each day from the first on
//! which anybody looked.

use std::collections::BTreeMap;

use end_to_end::{Connection, Keys, Person, days_before, shown_account};
use serde_json::{Value, json};

use super::app;

/// By currency and scale: what is had and what is owed.
pub(super) type Worth = BTreeMap<(String, u64), (i64, i64)>;

pub(super) fn connected(person: &Person, institution: &str) -> Connection {
    app().connect(
        person,
        &json!({"institution_id": institution, "transactions": 3}),
    )
}

/// What is shown, newest first: the days and what there was on each.
#[track_caller]
pub(super) fn shown(person: &Person, query: &str) -> Vec<(String, Worth)> {
    let list = person.get(&format!("/v1/net-worth{query}")).expect(200);
    assert_eq!(list["next_cursor"], Value::Null);
    let days = list["data"].as_array().unwrap().iter();
    let days: Vec<(String, Worth)> = days
        .map(|day| (day["date"].as_str().unwrap().to_owned(), worth(day)))
        .collect();
    assert!(
        days.is_sorted_by(|one, next| one.0 > next.0),
        "not newest first: {list}"
    );
    days
}

fn worth(day: &Value) -> Worth {
    let mut worth = Worth::new();
    for total in day["totals"].as_array().unwrap() {
        let number = |member: &str| total[member].as_i64().unwrap();
        let (assets, debts) = (number("assets_minor_units"), number("debts_minor_units"));
        assert_eq!(number("net_minor_units"), assets - debts);
        let key = (
            total["currency"].as_str().unwrap().to_owned(),
            total["scale"].as_u64().unwrap(),
        );
        assert_eq!(worth.insert(key, (assets, debts)), None, "twice in {day}");
    }
    worth
}

/// The bank's own balances, added up.
fn truth(connections: &[&Connection]) -> Worth {
    let mut worth = Worth::new();
    for connection in connections {
        let keys = Keys::of(app().database(), &connection.person.id);
        for account in connection.bank.truth().accounts {
            let current = &shown_account(&keys, &connection.id, &account)["balances"]["current"];
            let Some(amount) = current["minor_units"].as_i64() else {
                continue;
            };
            let key = (
                current["currency"].as_str().unwrap().to_owned(),
                current["scale"].as_u64().unwrap(),
            );
            let (assets, debts) = worth.entry(key).or_default();
            match account.kind.as_str() {
                "credit" | "loan" => *debts += amount,
                _ => *assets += amount,
            }
        }
    }
    worth
}

/// The bank's account of this kind.
fn account_of(connection: &Connection, kind: &str) -> String {
    let accounts = connection.bank.truth().accounts.into_iter();
    let mut of_kind = accounts.filter(|account| account.kind == kind);
    of_kind.next().unwrap().account_id
}

fn usd(worth: &Worth) -> (i64, i64) {
    worth[&("USD".to_owned(), 2)]
}

#[test]
fn today_is_the_sum_of_the_accounts_with_debts_against_it() {
    for bank in [
        "ins_109508",
        "ins_109509",
        "ins_109510",
        "ins_109511",
        "ins_109512",
    ] {
        let connection = connected(&app().person(), bank);
        let days = shown(&connection.person, "");
        assert_eq!(days.len(), 1, "{bank}: {days:?}");
        assert_eq!(days[0].1, truth(&[&connection]), "{bank}");
    }
    // By hand, once: 110 + 210 + 1,000 + 43,200 + 320.76 + 23,631.98 had, 410 + 65,262 + 56,302.06 owed.
    let connection = connected(&app().person(), "ins_109508");
    let days = shown(&connection.person, "");
    assert_eq!(usd(&days[0].1), (6_847_274, 12_197_406));
}

#[test]
fn a_change_of_the_day_is_the_days_and_no_other_point() {
    let connection = connected(&app().person(), "ins_109509");
    for (kind, change) in [
        ("depository", r#"{"current":12.34}"#),
        ("credit", r#"{"current":-5}"#),
        ("depository", r#"{"current":-90071992547409.93}"#),
        ("credit", r#"{"current":0}"#),
    ] {
        connection
            .bank
            .change_account(&account_of(&connection, kind), change);
        connection.refresh().expect(200);
        let days = shown(&connection.person, "");
        assert_eq!(days.len(), 1);
        assert_eq!(days[0].1, truth(&[&connection]), "{change}");
    }
}

#[test]
fn a_day_without_a_reading_has_the_last_one() {
    let connection = connected(&app().person(), "ins_109509");
    let ada = &connection.person;
    let first = truth(&[&connection]);
    app().database().age_balances(ada, 10);
    let days = shown(ada, "");
    assert_eq!(days.len(), 11, "{days:?}");
    assert!(days.iter().all(|(_, worth)| *worth == first));
    // Four days ago the card's balance became another; today the account's.
    connection
        .bank
        .change_account(&account_of(&connection, "credit"), r#"{"current":1}"#);
    connection.refresh().expect(200);
    let second = truth(&[&connection]);
    app().database().age_balances(ada, 4);
    connection
        .bank
        .change_account(&account_of(&connection, "depository"), r#"{"current":2.5}"#);
    connection.refresh().expect(200);
    let third = truth(&[&connection]);
    let days = shown(ada, "");
    let today = days[0].0.clone();
    let expected: Vec<(String, Worth)> = (0..15)
        .map(|ago| {
            let worth = match ago {
                0 => &third,
                1..5 => &second,
                _ => &first,
            };
            (days_before(&today, ago), worth.clone())
        })
        .collect();
    assert_eq!(days, expected);
}

#[test]
fn two_banks_add_up_from_the_day_on_which_each_was_connected() {
    let ada = app().person();
    let first = connected(&ada, "ins_109509");
    app().database().age_balances(&ada, 3);
    let second = connected(&ada, "ins_109511");
    let days = shown(&ada, "");
    assert_eq!(days.len(), 4);
    assert_eq!(days[0].1, truth(&[&first, &second]));
    for (_, worth) in &days[1..] {
        assert_eq!(*worth, truth(&[&first]));
    }
    // A bank that is gone was never there.
    ada.delete(&format!("/v1/items/{}", first.id)).expect(204);
    let days = shown(&ada, "");
    assert_eq!(days.len(), 1);
    assert_eq!(days[0].1, truth(&[&second]));
    ada.delete(&format!("/v1/items/{}", second.id)).expect(204);
    assert_eq!(shown(&ada, ""), []);
}

#[test]
fn an_account_that_is_disconnected_is_in_no_day() {
    let connection = connected(&app().person(), "ins_109509");
    let ada = &connection.person;
    app().database().age_balances(ada, 5);
    let keys = Keys::of(app().database(), &ada.id);
    let card = account_of(&connection, "credit");
    let (had, owed) = usd(&truth(&[&connection]));
    assert!(owed > 0);
    ada.delete(&format!("/v1/accounts/{}", keys.account(&card)))
        .expect(204);
    let days = shown(ada, "");
    assert_eq!(days.len(), 6);
    assert!(
        days.iter().all(|(_, worth)| usd(worth) == (had, 0)),
        "{days:?}"
    );
    // A sync does not bring it back.
    connection.bank.change_account(&card, r#"{"current":777}"#);
    connection.refresh().expect(200);
    assert_eq!(shown(ada, ""), days);
    // Let in again, it has what is read from now on, and its past is gone for good.
    ada.post(&format!("/v1/items/{}/repairs", connection.id), &json!({}))
        .expect(200);
    let again = shown(ada, "");
    assert_eq!(again[0].1, truth(&[&connection]));
    assert_eq!(again[1..], days[1..]);
}

#[test]
fn a_balance_that_the_bank_does_not_say_is_the_last_that_it_said() {
    let connection = connected(&app().person(), "ins_109509");
    let before = truth(&[&connection]);
    connection.bank.change_account(
        &account_of(&connection, "depository"),
        r#"{"current":null}"#,
    );
    connection.refresh().expect(200);
    assert_eq!(shown(&connection.person, "")[0].1, before);
}

#[test]
fn a_balance_that_a_live_look_found_counts() {
    let connection = connected(&app().person(), "ins_109509");
    connection.bank.change_account(
        &account_of(&connection, "depository"),
        r#"{"current":4711}"#,
    );
    let path = format!("/v1/items/{}/balances", connection.id);
    connection.person.post(&path, &json!({})).expect(200);
    assert_eq!(shown(&connection.person, "")[0].1, truth(&[&connection]));
}

#[test]
fn an_account_that_changed_its_currency_is_in_the_new_one() {
    let connection = connected(&app().person(), "ins_109509");
    let account = account_of(&connection, "depository");
    connection
        .bank
        .change_account(&account, r#"{"iso_currency_code":"EUR","current":10.5}"#);
    connection.refresh().expect(200);
    let days = shown(&connection.person, "");
    assert_eq!(days[0].1, truth(&[&connection]));
    assert_eq!(days[0].1[&("EUR".to_owned(), 2)], (1_050, 0));
}
