//! Which part of the cash flow is asked for, by whom, and what that costs.

use end_to_end::{Flows, Keys};
use serde_json::json;

use super::app;
use super::cash_flow::{ALL, Corrected, assert_adds_up, assert_same, connected, keys};

#[test]
fn one_account_is_shown_alone() {
    let connection = connected("ins_109509", 300);
    let keys = keys(&connection);
    let all = connection.true_flows(&keys, &Corrected::new());
    for account in connection.bank.truth().accounts {
        let account = keys.account(&account.account_id);
        let mut expected = all.clone();
        for totals in expected.values_mut() {
            totals.retain(|key, _| key.account == account);
        }
        expected.retain(|_, totals| !totals.is_empty());
        assert!(!expected.is_empty(), "the bank has something of {account}");
        let query = format!("{ALL}&account={account}");
        assert_same(&connection.person.flows(&query), &expected);
    }
    let eve = connected("ins_109509", 30);
    let theirs = Keys::of(app().database(), &eve.person.id)
        .account(&eve.bank.truth().accounts[0].account_id);
    for other in [theirs, format!("acct_{}", "0".repeat(32))] {
        let query = format!("{ALL}&account={other}");
        assert_eq!(connection.person.flows(&query), Flows::new());
    }
}

#[test]
fn the_range_is_a_year_where_nobody_says_and_its_ends_are_in_it() {
    let connection = connected("ins_109509", 700);
    let none = Corrected::new();
    let this_month = today()[..7].to_owned();
    let (year, month) = (&this_month[..4], &this_month[5..]);
    let year: u32 = year.parse().unwrap();
    let first = match month.parse::<u32>().unwrap() {
        12 => format!("{year}-01"),
        month => format!("{}-{:02}", year - 1, month + 1),
    };
    assert_adds_up(&connection, "", [&first, &this_month], &none);
    for [from, to] in [
        ["2025-03", "2025-05"],
        ["2025-12", "2026-01"],
        ["2026-02", "2026-02"],
    ] {
        let query = format!("?from={from}&to={to}");
        assert_adds_up(&connection, &query, [from, to], &none);
    }
    // Eleven months before the last one.
    assert_adds_up(&connection, "?to=2026-01", ["2025-02", "2026-01"], &none);
    assert_eq!(
        connection.person.flows("?from=1999-01&to=2001-12"),
        Flows::new()
    );
    assert_eq!(app().person().flows(ALL), Flows::new());
}

fn today() -> String {
    let days = end_to_end::unix_now() / 86_400;
    // Counted back from a day that is far ahead.
    let ahead = 40_000 - days;
    end_to_end::days_before("2079-07-08", ahead.unsigned_abs())
}

#[test]
fn a_range_that_is_none_is_refused_by_its_field() {
    let ada = app().person();
    for (query, field) in [
        ("from=2026-13", "from"),
        ("from=2026-00", "from"),
        ("from=2026-1", "from"),
        ("from=2026-01-01", "from"),
        ("from=yesterday", "from"),
        ("from=", "from"),
        ("from=%2B026-01", "from"),
        ("from=-026-01", "from"),
        ("to=2026", "to"),
        ("to=2026-13", "to"),
        ("to=", "to"),
        ("to=2026-%EF%BC%91%EF%BC%92", "to"),
        // Backwards, and a month too many.
        ("from=2026-02&to=2026-01", "from"),
        ("from=2023-01&to=2026-01", "from"),
        ("from=0001-01&to=9999-12", "from"),
        ("account=item_00000000000000000000000000000000", "account"),
        ("account=", "account"),
        ("month=2026-01", "month"),
    ] {
        let reply = ada.get(&format!("/v1/cash-flow?{query}"));
        let problem = reply.expect_problem(422, "validation");
        assert_eq!(problem["errors"][0]["field"], field, "{query}: {problem}");
    }
    ada.get("/v1/cash-flow?from=2023-02&to=2026-01").expect(200);
}

#[test]
fn only_a_token_that_may_read_transactions_sees_it() {
    let connection = connected("ins_109509", 10);
    let see = |client: &end_to_end::Client| client.get("/v1/cash-flow");
    app().assert_opened_by("transactions:read", &connection.person, see);
}

#[test]
fn months_that_did_not_change_are_one_batch() {
    let connection = connected("ins_109509", 400);
    let batches = || {
        let reply = connection.person.get(&format!("/v1/cash-flow{ALL}"));
        reply.expect(200);
        reply.batches()
    };
    batches();
    assert_eq!(batches(), 1, "all are kept");
    connection.told(app(), r#"[{"name":"new","amount":1,"date":"2026-03-01"}]"#);
    let after = batches();
    assert!((2..=4).contains(&after), "{after} batches for one month");
    assert_eq!(batches(), 1);
    // Somebody without a bank has nothing to add up.
    let nobody = app().person();
    nobody.get("/v1/cash-flow").expect(200);
    let empty = nobody.get("/v1/cash-flow");
    assert_eq!(empty.expect(200), json!({"data": []}));
    assert_eq!(empty.batches(), 1);
}
