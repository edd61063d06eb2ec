//! Nobody sees, changes or learns of anything of somebody else's, by any id.

use serde_json::{Value, json};

use super::{app, assert_in_step};

#[test]
fn no_id_of_hers_opens_anything_for_somebody_else() {
    let ada = app().connect(
        &app().person(),
        &json!({"institution_id": "ins_109509", "transactions": 30}),
    );
    let eve = app().connect(
        &app().person(),
        &json!({"institution_id": "ins_109509", "transactions": 30}),
    );
    let account = ada.made["accounts"][0]["id"].as_str().unwrap();
    let (item, me) = (&ada.id, &eve.person);
    let nobodys = format!("item_{}", "0".repeat(32));
    // The same answer as for what nobody has, but for the request's id.
    let told = |reply: end_to_end::Reply| {
        let mut problem = reply.expect_problem(404, "not-found");
        problem.as_object_mut().unwrap().remove("request_id");
        problem
    };
    for (theirs, none) in [
        (
            me.get(&format!("/v1/items/{item}")),
            me.get(&format!("/v1/items/{nobodys}")),
        ),
        (
            me.delete(&format!("/v1/items/{item}")),
            me.delete(&format!("/v1/items/{nobodys}")),
        ),
        (
            me.post(&format!("/v1/items/{item}/sync"), &json!({})),
            me.post(&format!("/v1/items/{nobodys}/sync"), &json!({})),
        ),
        (
            me.post("/v1/link-tokens", &json!({"item_id": item})),
            me.post("/v1/link-tokens", &json!({"item_id": nobodys})),
        ),
        (
            me.get(&format!("/v1/accounts/{account}")),
            me.get(&format!("/v1/accounts/acct_{}", "0".repeat(32))),
        ),
    ] {
        assert_eq!(told(theirs), told(none));
    }
    assert_eq!(
        me.transactions(&format!("&account={account}"), 10),
        Vec::<Value>::new()
    );
    let search = me.post(
        "/v1/transactions/search",
        &json!({"text": "a", "account": account}),
    );
    assert_eq!(search.expect(200)["data"], json!([]));
    assert_in_step(&ada);
    assert_in_step(&eve);
    assert_eq!(ada.bank.state()["removed"], false);
}

#[test]
fn the_same_bank_rows_have_other_names_for_each_person() {
    // One bank login shared by two: even the ids tell nobody that they share it.
    let ada = app().connect(&app().person(), &json!({"transactions": 20}));
    let eve = app().connect(&app().person(), &json!({"transactions": 20}));
    let ids = |connection: &end_to_end::Connection| {
        let rows = connection.person.transactions("", 100);
        rows.iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let hers = ids(&ada);
    assert!(ids(&eve).iter().all(|id| !hers.contains(id)));
}

#[test]
fn lists_hold_ones_own_only() {
    let ada = app().connect(
        &app().person(),
        &json!({"institution_id": "ins_109509", "transactions": 30}),
    );
    let eve = app().connect(
        &app().person(),
        &json!({"institution_id": "ins_109510", "transactions": 30}),
    );
    for (mine, theirs) in [(&ada, &eve), (&eve, &ada)] {
        let me = &mine.person;
        let items = me.get("/v1/items").text();
        assert!(items.contains(&mine.id) && !items.contains(&theirs.id));
        let accounts = me.get("/v1/accounts").text();
        for account in theirs.made["accounts"].as_array().unwrap() {
            assert!(!accounts.contains(account["id"].as_str().unwrap()));
        }
    }
}
