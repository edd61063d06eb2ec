//! Erasure: at once nobody comes in, then nothing is left, here or at the bank.

use end_to_end::{Connection, Person, Reply, TestApp};
use serde_json::{Value, json};

use super::app;

/// An erasure that has begun.
struct Erasure {
    id: String,
    token: String,
}

impl Erasure {
    fn of(person: &Person) -> Self {
        let reply = person.by_password("DELETE", "/v1/me", None);
        let begun = reply.expect(202);
        assert_eq!(begun["status"], "erasing");
        assert_eq!(reply.cookie("__Host-balance").as_deref(), Some(""));
        Self {
            id: reply.string("/id"),
            token: reply.string("/token"),
        }
    }

    fn look(&self, token: &str) -> Reply {
        let client = app().stranger().with_token(token);
        client.get(&format!("/v1/erasures/{}", self.id))
    }

    fn shown(&self) -> Value {
        self.look(&self.token).expect(200)
    }

    fn step(&self, name: &str) -> Value {
        let shown = self.shown();
        let steps = shown["steps"].as_array().unwrap();
        let step = steps.iter().find(|step| step["name"] == name);
        step.expect("a step")["done_at"].clone()
    }

    fn row(&self) -> &str {
        self.id.strip_prefix("ers_").unwrap()
    }

    /// Its pause is over, and the cron trigger comes.
    fn let_time_pass(&self) {
        let now = "UPDATE erasure SET retry_at=0 WHERE id=?";
        app().database().sql(now, &json!([self.row()]));
        app().sweep();
    }

    fn comes_to_its_end(&self) {
        app().eventually("she is erased", || self.shown()["status"] == "erased");
    }
}

/// Rows of hers, but for the one that says she was erased.
fn left_of(app: &TestApp, person: &Person) -> Vec<String> {
    let id = person.id.strip_prefix("usr_").unwrap();
    let mut traces = app.database().traces_of(id);
    traces.retain(|trace| !trace.starts_with("erasure: "));
    traces
}

fn connected(transactions: usize) -> Connection {
    app().connect(&app().person(), &json!({"transactions": transactions}))
}

#[test]
fn at_once_nobody_comes_in_and_then_nothing_is_left() {
    let connection = connected(70);
    let ada = &connection.person;
    let phone = ada.on_another_device();
    let token = json!({"name": "t", "scopes": ["profile:read"], "expires_in_days": 1});
    let minted = ada.by_password("POST", "/v1/me/tokens", Some(&token));
    let program = app().stranger().with_token(&minted.string("/token"));
    program.get("/v1/me").expect(200);
    let new_email = json!({"email": app().applicant().email});
    ada.by_password("POST", "/v1/me/email-changes", Some(&new_email))
        .expect(202);
    ada.post(
        "/v1/password-resets",
        &json!({"email": ada.applicant.email}),
    )
    .expect(202);
    let before = app().mailbox().wait_for(&ada.applicant.email, 4).len();
    assert!(
        left_of(app(), ada).len() > 70,
        "the search finds what is there"
    );

    let erasure = Erasure::of(ada);
    for client in [&**ada, &*phone, &program] {
        client.get("/v1/me").expect_problem(401, "unauthenticated");
        client
            .get("/v1/transactions")
            .expect_problem(401, "unauthenticated");
    }
    ada.applicant
        .sign_in()
        .expect_problem(401, "invalid-credentials");
    let id = ada.id.strip_prefix("usr_").unwrap();
    let keys = format!("user_id='{id}'");
    assert_eq!(app().count_rows_where("user_key", &keys), 0);

    erasure.comes_to_its_end();
    assert_eq!(left_of(app(), ada), Vec::<String>::new());
    assert_eq!(connection.bank.state()["removed"], true);
    assert!(connection.bank.calls_to("/item/remove") >= 1);
    let tasks = format!("erasure_id='{}'", erasure.row());
    assert_eq!(app().count_rows_where("erasure_task", &tasks), 0);
    assert_eq!(
        app().database().traces_of(connection.row()),
        Vec::<String>::new()
    );

    let shown = erasure.shown();
    assert!(shown["completed_at"].as_str() >= shown["requested_at"].as_str());
    let steps = shown["steps"].as_array().unwrap();
    assert!(
        steps.len() == 5 && steps.iter().all(|step| step["done_at"].is_string()),
        "{shown}"
    );
    let mails = app().mailbox().wait_for(&ada.applicant.email, before + 1);
    let receipt = mails.last().unwrap();
    assert_eq!(receipt.subject, "Your account is erased");
    assert!(receipt.text.contains(&erasure.id), "{}", receipt.text);
}

#[test]
fn the_address_can_sign_up_anew_at_once() {
    let ada = app().person();
    let erasure = Erasure::of(&ada);
    ada.applicant.sign_up().expect(202);
    app().eventually("a code comes", || {
        let mails = app().mailbox().to(&ada.applicant.email);
        mails.iter().filter(|mail| mail.token().is_some()).count() == 2
    });
    let mails = app().mailbox().to(&ada.applicant.email);
    let mut codes = mails.iter().filter_map(end_to_end::Mail::token);
    let reply = ada.applicant.confirm(&codes.next_back().unwrap());
    reply.expect(201);
    let heir = Person::new(ada.applicant.clone(), &reply);
    assert_ne!(heir.id, ada.id);
    erasure.comes_to_its_end();
    assert_eq!(left_of(app(), &ada), Vec::<String>::new());
    heir.get("/v1/me").expect(200);
    heir.applicant.sign_in().expect(201);
}

#[test]
fn it_takes_a_proof_for_this_very_request() {
    let ada = app().person();
    ada.delete("/v1/me").expect_problem(403, "step-up-required");
    let token = json!({"name": "t", "scopes": ["profile:read"], "expires_in_days": 1});
    let minted = ada.by_password("POST", "/v1/me/tokens", Some(&token));
    let program = app().stranger().with_token(&minted.string("/token"));
    program
        .delete("/v1/me")
        .expect_problem(403, "session-required");
    let refused = ada.refused("DELETE", "/v1/me", None);
    let export = ada.refused("GET", "/v1/me/export", None);
    let other = export.approve(|_| json!({"password": ada.applicant.password}));
    refused
        .again(&other)
        .expect_problem(403, "step-up-required");
    ada.get("/v1/me").expect(200);
    let approval = refused.approve(|_| json!({"password": ada.applicant.password}));
    refused.again(&approval).expect(202);
    refused
        .again(&approval)
        .expect_problem(401, "unauthenticated");
}

#[test]
fn how_far_it_is_shows_to_its_token_only() {
    let erasure = Erasure::of(&app().person());
    let other = Erasure::of(&app().person());
    let eve = app().person();
    erasure.look(&erasure.token).expect(200);
    for token in [&other.token, &eve.token, &"x".repeat(43)] {
        erasure.look(token).expect_problem(404, "not-found");
    }
    let path = format!("/v1/erasures/{}", erasure.id);
    app()
        .stranger()
        .get(&path)
        .expect_problem(401, "unauthenticated");
    let call = app().stranger();
    let cookie = format!("__Host-balance={}", erasure.token);
    call.call("GET", &path)
        .header("cookie", &cookie)
        .send()
        .expect_problem(401, "unauthenticated");
    let client = call.with_token(&erasure.token);
    for nonsense in ["ers_", "ers_00000000000000000000000000000000", "usr_1"] {
        client
            .get(&format!("/v1/erasures/{nonsense}"))
            .expect_problem(404, "not-found");
    }
    // It opens nothing else.
    client.get("/v1/me").expect_problem(401, "unauthenticated");
}

#[test]
fn plaid_is_asked_until_it_confirms_and_the_rows_wait_for_it() {
    let connection = connected(20);
    let failure = json!({"error_code": "INTERNAL_SERVER_ERROR", "times": 2});
    connection.bank.fail("/item/remove", &failure);
    let erasure = Erasure::of(&connection.person);
    app().eventually("Plaid was asked", || {
        connection.bank.calls_to("/item/remove") >= 1
    });
    assert_eq!(erasure.shown()["status"], "erasing");
    assert_eq!(erasure.step("banks_disconnected"), Value::Null);
    assert_eq!(erasure.step("rows_deleted"), Value::Null);
    assert!(erasure.step("keys_destroyed").is_string());
    // Until then no pause runs out by itself.
    app().eventually("she is erased", || {
        erasure.let_time_pass();
        erasure.shown()["status"] == "erased"
    });
    assert!(connection.bank.calls_to("/item/remove") >= 3);
    assert_eq!(connection.bank.state()["removed"], true);
    assert_eq!(left_of(app(), &connection.person), Vec::<String>::new());
}

#[test]
fn an_item_that_plaid_no_longer_knows_is_as_good_as_removed() {
    let connection = connected(5);
    connection.bank.fail(
        "/item/remove",
        &json!({"error_code": "ITEM_NOT_FOUND", "times": 50}),
    );
    let erasure = Erasure::of(&connection.person);
    erasure.comes_to_its_end();
    assert_eq!(connection.bank.calls_to("/item/remove"), 1);
}

#[test]
fn a_sync_that_is_under_way_brings_nothing_back() {
    let connection = connected(20);
    connection.bank.update(r#"{"add":1300,"webhooks":false}"#);
    let slow = json!({"mode": "slow", "millis": 2_000, "skip": 1});
    connection.bank.fail("/transactions/sync", &slow);
    std::thread::scope(|scope| {
        let refresh = scope.spawn(|| connection.refresh());
        let pages = || connection.bank.calls_to("/transactions/sync");
        app().eventually("the second page is asked for", || pages() >= 3);
        let erasure = Erasure::of(&connection.person);
        let status = refresh.join().unwrap().status();
        assert!([401, 404].contains(&status), "{status}");
        erasure.comes_to_its_end();
    });
    assert_eq!(left_of(app(), &connection.person), Vec::<String>::new());
    assert_eq!(connection.bank.state()["removed"], true);
}

#[test]
fn what_was_written_meanwhile_goes_an_hour_later() {
    let ada = app().person();
    let erasure = Erasure::of(&ada);
    erasure.comes_to_its_end();
    let id = ada.id.strip_prefix("usr_").unwrap();
    let late = "INSERT INTO recovery_code (user_id, id) VALUES (?, ?)";
    app().database().sql(late, &json!([id, "0".repeat(32)]));
    // Not before its time.
    app().sweep();
    assert_eq!(left_of(app(), &ada).len(), 1);
    let closed = format!("id='{}' AND state='closed'", erasure.row());
    erasure.let_time_pass();
    app().eventually("it is closed", || {
        app().count_rows_where("erasure", &closed) == 1
    });
    assert_eq!(left_of(app(), &ada), Vec::<String>::new());
    assert_eq!(erasure.shown()["status"], "erased");
}

#[test]
fn an_older_copy_that_is_restored_is_held_to_the_list() {
    let ada = app().person();
    let id = ada.id.strip_prefix("usr_").unwrap();
    let database = app().database();
    let of_hers = |table: &str| {
        let query = format!("SELECT * FROM {table} WHERE user_id=?");
        database.sql(&query, &json!([id]))
    };
    let (keys, logins) = (of_hers("user_key"), of_hers("login"));
    let erasure = Erasure::of(&ada);
    erasure.comes_to_its_end();
    for key in keys {
        let values = json!([id, key["gen"], key["wrapped"]]);
        database.sql(
            "INSERT INTO user_key (user_id, gen, wrapped) VALUES (?, ?, ?)",
            &values,
        );
    }
    for login in logins {
        let values = json!([id, login["email_index"]]);
        database.sql(
            "INSERT INTO login (user_id, email_index) VALUES (?, ?)",
            &values,
        );
    }
    assert_eq!(left_of(app(), &ada).len(), 3);
    let again = "UPDATE erasure SET state='erasing' WHERE id=?";
    database.sql(again, &json!([erasure.row()]));
    erasure.let_time_pass();
    app().eventually("she is gone again", || left_of(app(), &ada).is_empty());
    erasure.comes_to_its_end();
    let mails = app().mailbox().to(&ada.applicant.email);
    let receipts = mails
        .iter()
        .filter(|mail| mail.subject == "Your account is erased");
    assert_eq!(receipts.count(), 1);
}
