//! One account goes and its siblings stay, to the last row, whoever ended it: the person, or
//! the bank by webhook. No sync brings it back; the person may, in Link.

use end_to_end::{Connection, Keys, TrueAccount, differences_from};
use serde_json::{Value, json};

use super::{app, assert_in_step};

/// A connection and one of its accounts, which has transactions.
struct Story {
    connection: Connection,
    /// Plaid's id of the account.
    plaid: String,
    /// Ours.
    account: String,
}

fn story() -> Story {
    let connection = app().connect(&app().person(), &json!({"transactions": 90}));
    app().come_to_rest(&connection);
    account_of(connection, "Plaid Saving")
}

fn account_of(connection: Connection, name: &str) -> Story {
    let truth = connection.bank.truth();
    let named = |account: &&TrueAccount| account.name == name;
    let plaid = truth
        .accounts
        .iter()
        .find(named)
        .unwrap()
        .account_id
        .clone();
    assert!(truth.transactions.iter().any(|row| row.account_id == plaid));
    let keys = Keys::of(app().database(), &connection.person.id);
    Story {
        account: keys.account(&plaid),
        plaid,
        connection,
    }
}

impl Story {
    fn goes_by_hand(&self) {
        self.connection
            .disconnect_account(&self.account)
            .expect(204);
    }

    fn goes_by_webhook(&self, copies: usize) {
        for _ in 0..copies {
            let more = json!({"account_id": self.plaid});
            app().tell(&self.connection, "ITEM", "USER_ACCOUNT_REVOKED", &more);
        }
        app().come_to_rest(&self.connection);
    }

    /// Everything of the account's is gone, and everything of its siblings' is there.
    #[track_caller]
    fn is_gone_alone(&self) {
        let connection = &self.connection;
        let truth = connection.bank.truth();
        let rest = truth.transactions.into_iter();
        let rest = rest.filter(|row| row.account_id != self.plaid);
        let found = differences_from(app().database(), &connection.person, rest);
        assert!(found.is_empty(), "{:#?}", &found[..found.len().min(3)]);
        let ids: Vec<String> = self.ids();
        assert!(!ids.contains(&self.account));
        let open = truth
            .accounts
            .iter()
            .filter(|account| account.account_id != self.plaid);
        assert_eq!(ids.len(), open.count());
        let shown = connection.shown()["accounts"].to_string();
        assert!(!shown.contains(&self.account), "{shown}");
        let account = format!("/v1/accounts/{}", self.account);
        connection
            .person
            .get(&account)
            .expect_problem(404, "not-found");
        for path in [
            "/v1/holdings",
            "/v1/liabilities",
            "/v1/recurring",
            "/v1/cash-flow",
        ] {
            let shown = connection.person.get(path).expect(200).to_string();
            assert!(!shown.contains(&self.account), "{path}: {shown}");
        }
    }

    fn ids(&self) -> Vec<String> {
        let accounts = self.connection.accounts().into_iter();
        accounts
            .map(|account| account["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn an_account_that_she_disconnects_goes_at_once_and_its_siblings_stay() {
    let story = story();
    story.goes_by_hand();
    story.is_gone_alone();
    assert_eq!(story.connection.status(), "good");
    assert_eq!(story.connection.bank.state()["removed"], false);
    story
        .connection
        .disconnect_account(&story.account)
        .expect_problem(404, "not-found");
}

#[test]
fn an_account_that_the_bank_revokes_goes_and_its_siblings_stay_however_often_it_says_so() {
    for copies in [1, 3] {
        let story = story();
        story.goes_by_webhook(copies);
        story.is_gone_alone();
        assert_eq!(story.connection.status(), "good");
    }
}

#[test]
fn her_other_bank_is_not_touched() {
    let ada = app().person();
    let details = json!({"transactions": 40, "institution_id": "ins_109509"});
    let other = app().connect(&ada, &details);
    let connection = app().connect(&ada, &json!({"transactions": 60}));
    app().come_to_rest(&other);
    app().come_to_rest(&connection);
    let story = account_of(connection, "Plaid Saving");
    let accounts = other.accounts();
    story.goes_by_webhook(1);
    let truth = story.connection.bank.truth().transactions.into_iter();
    let truth = truth.filter(|row| row.account_id != story.plaid);
    let both = truth.chain(other.bank.truth().transactions);
    assert_eq!(
        differences_from(app().database(), &ada, both),
        Vec::<String>::new()
    );
    assert_eq!(other.accounts(), accounts);
}

#[test]
fn debts_and_holdings_of_a_disconnected_account_are_gone_and_others_stay() {
    for (name, path) in [
        ("Plaid Student Loan", "/v1/liabilities"),
        ("Plaid IRA", "/v1/holdings"),
    ] {
        let connection = app().connect(&app().person(), &json!({"transactions": 20}));
        app().come_to_rest(&connection);
        let keys = Keys::of(app().database(), &connection.person.id);
        let truth = connection.bank.truth();
        let account = truth
            .accounts
            .iter()
            .find(|account| account.name == name)
            .unwrap();
        let account = keys.account(&account.account_id);
        let listed = || {
            connection.person.get(path).expect(200)["data"]
                .as_array()
                .unwrap()
                .clone()
        };
        let (hers, rest): (Vec<Value>, Vec<Value>) = listed()
            .into_iter()
            .partition(|entry| entry["account_id"] == account.as_str());
        assert!(
            !hers.is_empty() && !rest.is_empty(),
            "{path}: {hers:?}, {rest:?}"
        );
        connection.disconnect_account(&account).expect(204);
        assert_eq!(listed(), rest);
        connection.refresh().expect(200);
        assert_eq!(listed().len(), rest.len(), "a refresh brings nothing back");
    }
}

#[test]
fn no_sync_brings_it_back() {
    for by_hand in [true, false] {
        let story = story();
        if by_hand {
            story.goes_by_hand();
        } else {
            story.goes_by_webhook(1);
        }
        let connection = &story.connection;
        let theirs = |pick: usize| {
            let truth = connection.bank.truth().transactions.into_iter();
            let mut ids = truth
                .filter(|row| row.account_id == story.plaid)
                .map(|row| row.transaction_id);
            ids.nth(pick).unwrap()
        };
        // The bank goes on telling of it: new rows, changed ones, balances.
        connection.bank.update(
            &json!({
                "add": [{"account_id": story.plaid, "name": "of the gone one", "amount": 4}, {"name": "of another", "amount": 5}],
                "modify": [{"transaction_id": theirs(0), "name": "changed"}],
                "remove": [theirs(1)],
            })
            .to_string(),
        );
        connection
            .bank
            .change_account(&story.plaid, r#"{"current":1.25}"#);
        connection.refresh().expect(200);
        app().come_to_rest(connection);
        story.is_gone_alone();
        // And everything is told anew.
        connection.bank.update(r#"{"add":700,"webhooks":false}"#);
        connection.bank.mutate("always");
        connection.refresh().expect(200);
        connection.bank.mutate("off");
        app().come_to_rest(connection);
        story.is_gone_alone();
    }
}

#[test]
fn a_disconnected_account_that_the_bank_closes_later_does_not_come_back_either() {
    let story = story();
    story.goes_by_hand();
    let connection = &story.connection;
    connection
        .bank
        .change_account(&story.plaid, r#"{"closed":true}"#);
    connection.refresh().expect(200);
    let truth = connection.bank.truth().transactions.into_iter();
    let mut theirs = truth.filter(|row| row.account_id == story.plaid);
    let row = theirs.next().unwrap().transaction_id;
    let change = json!({"modify": [{"transaction_id": row, "name": "a late correction"}], "webhooks": false});
    connection.bank.update(&change.to_string());
    connection.refresh().expect(200);
    story.is_gone_alone();
}

#[test]
fn in_link_she_may_share_it_again_and_it_comes_back_whole() {
    let story = story();
    let row = {
        let rows = story.connection.person.transactions("", 1000);
        let mut theirs = rows
            .into_iter()
            .filter(|row| row["account_id"] == story.account.as_str());
        theirs.next().unwrap()["id"].as_str().unwrap().to_owned()
    };
    let note = json!({"note": "said before it went"});
    let path = format!("/v1/transactions/{row}");
    let change = story.connection.person.call("PATCH", &path);
    change.json(&note).send().expect(200);
    story.goes_by_hand();
    story.connection.go_through_link(app(), &json!({}));
    app().come_to_rest(&story.connection);
    story.connection.repair().expect(200);
    app().come_to_rest(&story.connection);
    assert_in_step(&story.connection);
    assert!(story.ids().contains(&story.account));
    // What she said of it went with it.
    assert_eq!(
        story.connection.person.get(&path).expect(200)["note"],
        Value::Null
    );
}

#[test]
fn the_last_account_goes_with_its_bank_only() {
    let details = json!({"transactions": 12, "institution_id": "ins_109509"});
    let connection = app().connect(&app().person(), &details);
    app().come_to_rest(&connection);
    let ids = || -> Vec<String> {
        let accounts = connection.accounts().into_iter();
        accounts
            .map(|account| account["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let [first, second, last] = &ids()[..] else {
        panic!("{:?}", ids())
    };
    connection.disconnect_account(first).expect(204);
    connection.disconnect_account(second).expect(204);
    connection
        .disconnect_account(last)
        .expect_problem(409, "last-account");
    assert_eq!(&ids()[..], std::slice::from_ref(last));
    connection.refresh().expect(200);
    assert_eq!(&ids()[..], std::slice::from_ref(last));
}

#[test]
fn who_may_not_disconnects_nothing() {
    let story = story();
    let path = format!("/v1/accounts/{}", story.account);
    app()
        .person()
        .delete(&path)
        .expect_problem(404, "not-found");
    app()
        .stranger()
        .delete(&path)
        .expect_problem(401, "unauthenticated");
    let program = app().program_of(&story.connection.person, &["accounts:read", "items:read"]);
    program
        .delete(&path)
        .expect_problem(403, "insufficient-scope");
    let nobodys = format!("acct_{}", "0".repeat(32));
    story
        .connection
        .disconnect_account(&nobodys)
        .expect_problem(404, "not-found");
    assert_in_step(&story.connection);
    assert!(story.ids().contains(&story.account));
}

#[test]
fn a_webhook_about_an_account_that_is_not_the_items_takes_nothing() {
    let one = story();
    let other = story();
    let more = json!({"account_id": other.plaid});
    app().tell(&one.connection, "ITEM", "USER_ACCOUNT_REVOKED", &more);
    app().come_to_rest(&one.connection);
    assert_in_step(&one.connection);
    assert_in_step(&other.connection);
}

#[test]
fn an_account_of_another_item_of_hers_is_not_taken_by_a_webhook_about_this_one() {
    let ada = app().person();
    let connection = app().connect(&ada, &json!({"transactions": 60}));
    let details = json!({"transactions": 10, "institution_id": "ins_109509"});
    let other = app().connect(&ada, &details);
    app().come_to_rest(&connection);
    app().come_to_rest(&other);
    let story = account_of(connection, "Plaid Saving");
    app().tell(
        &other,
        "ITEM",
        "USER_ACCOUNT_REVOKED",
        &json!({"account_id": story.plaid}),
    );
    app().come_to_rest(&other);
    let both = story.connection.bank.truth().transactions.into_iter();
    let both = both.chain(other.bank.truth().transactions);
    assert_eq!(
        differences_from(app().database(), &ada, both),
        Vec::<String>::new()
    );
    assert!(story.ids().contains(&story.account));
}

#[test]
fn disconnected_while_its_bank_is_read_it_is_gone_all_the_same() {
    let story = story();
    let connection = &story.connection;
    connection.bank.update(&json!({"add": [{"account_id": story.plaid, "amount": 1, "name": "meanwhile"}], "webhooks": false}).to_string());
    connection.bank.fail(
        "/transactions/sync",
        &json!({"mode": "slow", "millis": 2_500}),
    );
    let before = connection.bank.calls_to("/transactions/sync");
    std::thread::scope(|scope| {
        let refresh = scope.spawn(|| connection.refresh());
        app().eventually("it is being read", || {
            connection.bank.calls_to("/transactions/sync") > before
        });
        story.goes_by_hand();
        refresh.join().unwrap().expect(200);
    });
    app().come_to_rest(connection);
    story.is_gone_alone();
}
