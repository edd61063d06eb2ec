//! `GET /v1/cash-flow`: what the bank knows, added up by month, account and category, to
//! the last digit, after whatever happened to any row.

use std::collections::BTreeMap;

use end_to_end::{Connection, Flow, FlowKey, Flows, Keys, own_words_of};
use serde_json::json;

use super::app;

pub(super) const ALL: &str = "?from=2024-01&to=2026-12";

pub(super) type Corrected = BTreeMap<String, String>;

pub(super) fn connected(institution: &str, transactions: u32) -> Connection {
    app().connect(
        &app().person(),
        &json!({"institution_id": institution, "transactions": transactions}),
    )
}

pub(super) fn keys(connection: &Connection) -> Keys {
    Keys::of(app().database(), &connection.person.id)
}

/// What is shown of these months is what the bank knows of them.
#[track_caller]
pub(super) fn assert_adds_up(
    connection: &Connection,
    query: &str,
    months: [&str; 2],
    corrected: &Corrected,
) {
    let mut expected = connection.true_flows(&keys(connection), corrected);
    expected.retain(|month, _| (months[0]..=months[1]).contains(&month.as_str()));
    assert_same(&connection.person.flows(query), &expected);
}

#[track_caller]
pub(super) fn assert_same(shown: &Flows, expected: &Flows) {
    for month in shown.keys().chain(expected.keys()) {
        assert_eq!(shown.get(month), expected.get(month), "{month}");
    }
}

/// All of 2024 to 2026: 36 months, as many as are shown.
#[track_caller]
fn assert_all_adds_up(connection: &Connection, corrected: &Corrected) {
    assert_adds_up(connection, ALL, ["2024-01", "2026-12"], corrected);
}

#[test]
fn two_years_of_a_bank_add_up_in_every_currency() {
    for bank in ["ins_109508", "ins_109511", "ins_109512"] {
        let connection = connected(bank, 1_200);
        let months = connection.person.flows(ALL);
        assert!(months.len() > 20, "{bank}: {} months", months.len());
        assert_all_adds_up(&connection, &Corrected::new());
        // The second time they are kept, and are the same.
        assert_eq!(connection.person.flows(ALL), months, "{bank}");
    }
}

#[test]
fn they_add_up_after_every_change_of_the_bank() {
    let connection = connected("ins_109509", 300);
    let none = Corrected::new();
    assert_all_adds_up(&connection, &none);
    let rows = connection.bank.truth().transactions;
    let id = |n: usize| rows[n].transaction_id.as_str();
    let pending = connection.changed(&json!({"add": [
        {"name": "to come", "amount": 20, "pending": true, "date": "2026-10-31"},
        {"name": "came", "amount": -1234.56, "date": "2025-02-01"},
        {"name": "nothing", "amount": 0, "date": "2025-02-01"},
    ]}));
    assert_all_adds_up(&connection, &none);
    connection.changed(&json!({"modify": [
        {"transaction_id": id(0), "amount": -77.07},
        {"transaction_id": id(1), "date": "2025-06-15"},
        {"transaction_id": id(2), "category": {"primary": "TRAVEL", "detailed": "TRAVEL_FLIGHTS", "confidence_level": "HIGH"}},
        {"transaction_id": id(3), "iso_currency_code": "EUR"},
    ]}));
    assert_all_adds_up(&connection, &none);
    let post = json!({"transaction_id": pending["added"][0], "amount": 23, "date": "2026-11-01"});
    connection.changed(&json!({"post": [post], "remove": [id(4), id(5)]}));
    assert_all_adds_up(&connection, &none);
    // A month that is emptied, and filled again.
    let of_month = |month: &str| -> Vec<String> {
        let rows = connection.bank.truth().transactions.into_iter();
        let rows = rows.filter(|row| row.date.starts_with(month));
        rows.map(|row| row.transaction_id).collect()
    };
    connection.changed(&json!({"remove": of_month("2026-05")}));
    assert_all_adds_up(&connection, &none);
    assert!(!connection.person.flows(ALL).contains_key("2026-05"));
    connection.changed(&json!({"add": [{"name": "again", "amount": 5, "date": "2026-05-31"}]}));
    assert_all_adds_up(&connection, &none);
}

#[test]
fn they_add_up_after_a_reading_from_none() {
    let connection = connected("ins_109509", 700);
    assert_all_adds_up(&connection, &Corrected::new());
    let rows = connection.bank.truth().transactions;
    let gone: Vec<&str> = rows[..150]
        .iter()
        .map(|row| row.transaction_id.as_str())
        .collect();
    connection.bank.mutate("always");
    connection.changed(&json!({"add": 900, "remove": gone}));
    connection.bank.mutate("off");
    super::comes_into_step(&connection);
    assert_all_adds_up(&connection, &Corrected::new());
}

#[test]
fn her_category_is_the_one_that_counts() {
    let connection = connected("ins_109509", 120);
    let ada = &connection.person;
    let shown = ada.transactions("", 1000);
    let mut corrected = Corrected::new();
    assert_all_adds_up(&connection, &corrected);
    for row in shown.iter().step_by(7) {
        let id = row["id"].as_str().unwrap();
        // What is in no category's place moves nothing.
        ada.annotate(id, &json!({"note": "a note"})).expect(200);
        let category = if row["pending"] == true {
            "Mine, pending"
        } else {
            "Mine"
        };
        ada.annotate(id, &json!({"corrected_category": category}))
            .expect(200);
        corrected.insert(id.to_owned(), category.to_owned());
    }
    assert_all_adds_up(&connection, &corrected);
    // The bank changes one of them, and she takes another back.
    let keys = keys(&connection);
    let truth = connection.bank.truth().transactions;
    let hers = truth
        .iter()
        .find(|row| corrected.contains_key(&keys.transaction(&row.transaction_id)));
    let change = json!({"transaction_id": hers.unwrap().transaction_id, "amount": 1.01, "date": "2025-01-01"});
    connection.changed(&json!({"modify": [change]}));
    assert_all_adds_up(&connection, &corrected);
    let (back, _) = corrected.pop_last().unwrap();
    ada.annotate(&back, &json!({"corrected_category": null}))
        .expect(200);
    assert_all_adds_up(&connection, &corrected);
    assert_eq!(
        own_words_of(&ada.get(&format!("/v1/transactions/{back}")).expect(200))["note"],
        "a note"
    );
}

#[test]
fn her_category_of_a_pending_transaction_counts_for_its_posted_one() {
    let connection = connected("ins_109509", 0);
    let drafts = r#"[{"name":"to come","amount":20,"pending":true,"date":"2026-10-31"}]"#;
    let ids = connection.told(app(), drafts);
    let words = json!({"corrected_category": "Mine"});
    connection.person.annotate(&ids[0], &words).expect(200);
    let pending = connection.bank.truth().transactions[0]
        .transaction_id
        .clone();
    // It goes, and a sync later the posted one comes in the month after.
    connection.changed(&json!({"remove": [pending]}));
    assert_eq!(connection.person.flows(ALL), Flows::new());
    connection.changed(&json!({"add": [{"name": "came", "amount": 23, "date": "2026-11-01", "pending_transaction_id": pending}]}));
    let posted = &connection.bank.truth().transactions[0].transaction_id;
    let corrected = [(keys(&connection).transaction(posted), "Mine".to_owned())];
    assert_all_adds_up(&connection, &corrected.into());
}

#[test]
fn two_banks_add_up_together_and_one_that_is_gone_is_gone() {
    let one = connected("ins_109509", 200);
    let other = app().connect(
        &one.person,
        &json!({"institution_id": "ins_109511", "transactions": 200}),
    );
    let keys = keys(&one);
    let mut expected = one.true_flows(&keys, &Corrected::new());
    for (month, totals) in other.true_flows(&keys, &Corrected::new()) {
        expected.entry(month).or_default().extend(totals);
    }
    assert_same(&one.person.flows(ALL), &expected);
    one.person
        .delete(&format!("/v1/items/{}", other.id))
        .expect(204);
    assert_all_adds_up(&one, &Corrected::new());
    // The same bank once more: other rows in the same months.
    let again = app().connect(
        &one.person,
        &json!({"institution_id": "ins_109511", "transactions": 50}),
    );
    let mut expected = one.true_flows(&keys, &Corrected::new());
    for (month, totals) in again.true_flows(&keys, &Corrected::new()) {
        expected.entry(month).or_default().extend(totals);
    }
    assert_same(&one.person.flows(ALL), &expected);
}

#[test]
fn an_account_that_is_disconnected_is_in_no_month() {
    let connection = connected("ins_109509", 200);
    let keys = keys(&connection);
    connection.person.flows(ALL);
    let account = keys.account(&connection.bank.truth().accounts[0].account_id);
    connection
        .person
        .delete(&format!("/v1/accounts/{account}"))
        .expect(204);
    let mut expected = connection.true_flows(&keys, &Corrected::new());
    for totals in expected.values_mut() {
        totals.retain(|key, _| key.account != account);
    }
    expected.retain(|_, totals| !totals.is_empty());
    assert_same(&connection.person.flows(ALL), &expected);
}

#[test]
fn sums_are_exact_beyond_what_a_float_holds() {
    let connection = connected("ins_109509", 0);
    let drafts = r#"[
        {"name":"a","amount":90071992547409.93,"date":"2026-03-01"},
        {"name":"b","amount":90071992547409.91,"date":"2026-03-31"},
        {"name":"c","amount":-90071992547409.93,"date":"2026-03-02"},
        {"name":"d","amount":0.1,"date":"2026-03-03"},
        {"name":"e","amount":0.2,"date":"2026-03-03"},
        {"name":"f","amount":0.005,"date":"2026-03-03"}]"#;
    connection.told(app(), drafts);
    assert_all_adds_up(&connection, &Corrected::new());
    let flows = connection.person.flows(ALL);
    let of_scale = |scale: u64| -> Vec<Flow> {
        let totals = flows["2026-03"].iter();
        let totals = totals.filter(|(key, _): &(&FlowKey, _)| key.scale == scale);
        totals.map(|(_, flow)| *flow).collect()
    };
    let cents = Flow {
        into: 9_007_199_254_740_993,
        out: 18_014_398_509_482_014,
        count: 5,
    };
    assert_eq!(of_scale(2), [cents]);
    assert_eq!(
        of_scale(3),
        [Flow {
            into: 0,
            out: 5,
            count: 1
        }]
    );
}

#[test]
fn a_sum_may_be_longer_than_sixty_four_bits() {
    let connection = connected("ins_109509", 0);
    let most =
        |n: u32| format!(r#"{{"name":"{n}","amount":92233720368547758.07,"date":"2026-03-01"}}"#);
    let drafts: Vec<String> = (0..3).map(most).collect();
    connection.told(app(), &format!("[{}]", drafts.join(",")));
    for _ in 0..2 {
        let shown = connection.person.get("/v1/cash-flow").text();
        assert!(
            shown.contains(r#""out_minor_units":27670116110564327421,"#),
            "{shown}"
        );
    }
}

#[test]
fn it_adds_up_while_the_bank_changes() {
    let connection = connected("ins_109509", 300);
    std::thread::scope(|scope| {
        let bank = scope.spawn(|| {
            for round in 0..6 {
                let rows = connection.bank.truth().transactions;
                let gone = &rows[round].transaction_id;
                connection
                    .bank
                    .update(&json!({"add": 20, "remove": [gone]}).to_string());
            }
        });
        while !bank.is_finished() {
            let reply = connection.person.get(&format!("/v1/cash-flow{ALL}"));
            assert!([200, 503].contains(&reply.status()), "{}", reply.text());
        }
        bank.join().unwrap();
    });
    super::comes_into_step(&connection);
    assert_all_adds_up(&connection, &Corrected::new());
}
