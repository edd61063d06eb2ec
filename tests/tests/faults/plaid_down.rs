//! Plaid fails on calls that no Item is part of yet: the right status, nothing
//! stored, and it works again as soon as Plaid does.

use end_to_end::{Linked, Person, Reply, TestApp};
use serde_json::{Value, json};

/// A way to fail, what it is answered with, and whether Plaid had done the work.
fn ways() -> Vec<(Value, u16, &'static str, bool)> {
    vec![
        (
            json!({"error_code": "INTERNAL_SERVER_ERROR"}),
            502,
            "upstream",
            false,
        ),
        (
            json!({"error_code": "PLANNED_MAINTENANCE"}),
            502,
            "upstream",
            false,
        ),
        (
            json!({"error_code": "INSTITUTION_DOWN"}),
            502,
            "upstream",
            false,
        ),
        (
            json!({"error_code": "INVALID_API_KEYS"}),
            502,
            "upstream",
            false,
        ),
        (
            json!({"error_code": "RATE_LIMIT"}),
            429,
            "too-many-requests",
            false,
        ),
        (json!({"error_code": "NEW_IN_2031"}), 502, "upstream", false),
        (json!({"mode": "malformed"}), 502, "upstream", false),
        (json!({"mode": "wrong_shape"}), 502, "upstream", false),
        (json!({"mode": "empty"}), 502, "upstream", false),
        (json!({"mode": "html"}), 502, "upstream", false),
        (json!({"mode": "reset"}), 502, "upstream", false),
        (json!({"mode": "half"}), 502, "upstream", true),
        (json!({"mode": "lost"}), 502, "upstream", true),
    ]
}

fn linked(app: &TestApp, person: &Person) -> Linked {
    let token = person
        .post("/v1/link-tokens", &json!({}))
        .string("/link_token");
    app.bank().link(&token, &json!({"transactions": 3}))
}

fn exchange(person: &Person, linked: &Linked) -> Reply {
    person.post("/v1/items", &json!({"public_token": linked.public_token}))
}

#[test]
fn a_link_token_that_plaid_does_not_give_is_a_problem_that_names_no_internals() {
    let app = TestApp::start(None);
    let ada = app.person();
    for (way, status, slug, _) in ways() {
        app.bank().fail("/link/token/create", &way);
        let reply = ada.post("/v1/link-tokens", &json!({}));
        assert_eq!(reply.status(), status, "{way}");
        let problem = reply.expect_problem(status, slug);
        let text = problem.to_string();
        for hint in [
            "127.0.0.1",
            "INTERNAL_SERVER_ERROR",
            "secret",
            "error_code",
            "link/token",
            "access-",
        ] {
            assert!(!text.contains(hint), "{text}");
        }
        assert_eq!(
            reply.header("retry-after").is_some(),
            status == 429,
            "{way}"
        );
        ada.post("/v1/link-tokens", &json!({})).expect(201);
    }
}

#[test]
fn an_exchange_that_fails_stores_nothing_and_may_be_sent_again() {
    let app = TestApp::start(None);
    let ada = app.person();
    for (way, status, slug, done) in ways() {
        let linked = linked(&app, &ada);
        app.bank().fail("/item/public_token/exchange", &way);
        let reply = exchange(&ada, &linked);
        assert_eq!(reply.status(), status, "{way}: {}", reply.text());
        reply.expect_problem(status, slug);
        assert_eq!(ada.get("/v1/items").expect(200)["data"], json!([]), "{way}");
        assert_eq!(app.count_rows("item"), 0, "{way}");
        let again = exchange(&ada, &linked);
        if done {
            // The token is used up; Link gives another.
            again.expect_problem(422, "link-refused");
        } else {
            let id = again.expect(201)["id"].as_str().unwrap().to_owned();
            ada.delete(&format!("/v1/items/{id}")).expect(204);
        }
    }
}

#[test]
fn an_idempotency_key_is_free_again_after_a_failure_of_plaids() {
    let app = TestApp::start(None);
    let ada = app.person();
    let linked = linked(&app, &ada);
    let send = || {
        let call = ada
            .call("POST", "/v1/items")
            .header("idempotency-key", "the same");
        call.json(&json!({"public_token": linked.public_token}))
            .send()
    };
    app.bank().fail(
        "/item/public_token/exchange",
        &json!({"error_code": "INTERNAL_SERVER_ERROR"}),
    );
    send().expect_problem(502, "upstream");
    send().expect(201);
    assert_eq!(
        ada.get("/v1/items").expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_plaid_that_hangs_is_given_up_on_within_the_bound() {
    let app = TestApp::start(None);
    let hang = json!({"mode": "hang", "millis": 120_000});
    // All at once: each takes as long as we wait for Plaid.
    let people: Vec<Person> = (0..5).map(|_| app.person()).collect();
    let unlinked = app.connect(&people[2], &json!({"transactions": 2}));
    let ready = linked(&app, &people[1]);
    let listed = app.connect(&people[3], &json!({"transactions": 2}));
    let checked = linked(&app, &people[4]);
    app.bank().fail("/link/token/create", &hang);
    app.bank().fail("/item/public_token/exchange", &hang);
    unlinked.bank.fail("/item/remove", &hang);
    listed.bank.fail("/accounts/get", &hang);
    std::thread::scope(|scope| {
        let token = scope.spawn(|| {
            people[0]
                .post("/v1/link-tokens", &json!({}))
                .expect_problem(502, "upstream")
        });
        let item = scope.spawn(|| exchange(&people[1], &ready).expect_problem(502, "upstream"));
        let gone = scope.spawn(|| {
            people[2]
                .delete(&format!("/v1/items/{}", unlinked.id))
                .expect(204)
        });
        // The page's own accounts have to do.
        let good = scope.spawn(|| assert_eq!(listed.refresh().expect(200)["status"], "good"));
        good.join().unwrap();
        token.join().unwrap();
        item.join().unwrap();
        gone.join().unwrap();
    });
    checked.item.fail("/item/get", &hang);
    assert_eq!(
        exchange(&people[4], &checked).expect(201)["status"],
        "preparing"
    );
    app.eventually("Plaid is told after all", || {
        app.database().let_time_pass();
        app.sweep();
        unlinked.bank.state()["removed"] == true
    });
}
