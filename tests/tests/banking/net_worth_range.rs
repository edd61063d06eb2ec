//! Which days of her net worth are asked for, by whom, and what that costs.

use end_to_end::days_before;

use super::app;
use super::net_worth::{Worth, connected, shown};

#[test]
fn the_range_is_ninety_days_where_nobody_says_and_its_ends_are_in_it() {
    let connection = connected(&app().person(), "ins_109509");
    let ada = &connection.person;
    app().database().age_balances(ada, 400);
    let usual = shown(ada, "");
    assert_eq!(usual.len(), 90);
    let today = usual[0].0.clone();
    let ago = |days: u64| days_before(&today, days);
    let range = |from: u64, to: u64| shown(ada, &format!("?from={}&to={}", ago(from), ago(to)));
    let days = |shown: Vec<(String, Worth)>| -> Vec<String> {
        shown.into_iter().map(|(day, _)| day).collect()
    };
    assert_eq!(days(range(3, 1)), [ago(1), ago(2), ago(3)]);
    assert_eq!(days(range(400, 400)), [ago(400)]);
    // Nothing is known before the first reading.
    assert_eq!(days(range(405, 399)), [ago(399), ago(400)]);
    assert_eq!(days(range(600, 401)), [""; 0]);
    // Ninety days up to the last one, where only that is said.
    let to = shown(ada, &format!("?to={}", ago(30)));
    assert_eq!((to.len(), &to[0].0, &to[89].0), (90, &ago(30), &ago(119)));
    // No day of the future is told.
    let future = format!("?from={}&to=2099-01-01", ago(1));
    let future = days(shown(ada, &future));
    assert_eq!(future, [ago(0), ago(1)]);
}

#[test]
fn months_show_their_last_day() {
    let connection = connected(&app().person(), "ins_109509");
    let ada = &connection.person;
    let today = shown(ada, "")[0].0.clone();
    app().database().age_balances(ada, 500);
    let from = days_before(&today, 500);
    let by_day = shown(ada, &format!("?from={from}"));
    assert_eq!(by_day.len(), 501);
    let mut expected: Vec<(String, Worth)> = Vec::new();
    for day in by_day {
        if expected.last().is_none_or(|last| last.0[..7] != day.0[..7]) {
            expected.push(day);
        }
    }
    assert_eq!(
        shown(ada, &format!("?from={from}&interval=month")),
        expected
    );
    assert_eq!(shown(ada, &format!("?from={from}&interval=day")).len(), 501);
}

#[test]
fn a_range_that_is_none_is_refused_by_its_field() {
    let ada = app().person();
    assert_eq!(shown(&ada, ""), []);
    for (query, field) in [
        ("from=2026-02-30", "from"),
        ("from=2026-2-3", "from"),
        ("from=2026-02", "from"),
        ("from=", "from"),
        ("from=%2B2026-01-01", "from"),
        ("from=2026-01-01T00:00:00Z", "from"),
        ("to=20260101", "to"),
        ("to=yesterday", "to"),
        ("to=%EF%BC%92026-01-01", "to"),
        ("from=2026-03-02&to=2026-03-01", "from"),
        ("from=2021-01-01&to=2026-01-03", "from"),
        ("from=0001-01-01", "from"),
        ("interval=week", "interval"),
        ("interval=", "interval"),
        ("currency=USD", "currency"),
    ] {
        let reply = ada.get(&format!("/v1/net-worth?{query}"));
        let problem = reply.expect_problem(422, "validation");
        assert_eq!(problem["errors"][0]["field"], field, "{query}: {problem}");
    }
    ada.get("/v1/net-worth?from=2021-01-01&to=2026-01-01")
        .expect(200);
}

#[test]
fn only_a_token_that_may_read_accounts_sees_it_and_a_warm_look_is_one_batch() {
    let connection = connected(&app().person(), "ins_109508");
    shown(&connection.person, "");
    assert_eq!(connection.person.get("/v1/net-worth").batches(), 1);
    app().assert_opened_by("accounts:read", &connection.person, |client| {
        client.get("/v1/net-worth")
    });
}
