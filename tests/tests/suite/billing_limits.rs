//! What a plan bounds, what it never bounds, and an instance that takes no payments. On
//! instances of their own.

use end_to_end::{PAYS, Person, TestApp};
use serde_json::{Value, json};
use stack::StackOptions;

fn instance(vars: &[(&str, &str)]) -> TestApp {
    let options = StackOptions {
        explorer: true,
        ..StackOptions::default()
    };
    let with = |options: StackOptions, (name, value): &(&str, &str)| options.var(name, value);
    TestApp::start_with(vars.iter().fold(options, with))
}

fn plan(person: &Person) -> Value {
    person.get("/v1/billing/subscription").expect(200)
}

#[test]
fn the_free_plan_has_room_for_so_many_banks_and_keeps_what_there_is() {
    let app = instance(&[("FREE_CONNECTIONS", "1"), ("STRIPE_TRIAL_DAYS", "14")]);
    let ada = app.person();
    let checkout = || ada.post("/v1/billing/checkout", &json!({"offer": "yearly"}));
    let token = || ada.post("/v1/link-tokens", &json!({}));
    let early = token().string("/link_token");
    let first = app.connect(&ada, &json!({"transactions": 5}));
    token().expect_problem(402, "plan-limit");
    // Nor by a token from before.
    let linked = app.bank().link(&early, &json!({"transactions": 5}));
    let exchange = json!({"public_token": linked.public_token});
    ada.post("/v1/items", &exchange)
        .expect_problem(402, "plan-limit");
    assert_eq!(
        plan(&ada)["entitlements"]["connections"],
        json!({"used": 1, "limit": 1})
    );
    // To repair what there is needs no room.
    ada.post("/v1/link-tokens", &json!({"item_id": first.id}))
        .expect(201);

    let page = checkout();
    assert_eq!(app.stripe().pay(&page, PAYS).status(), 303);
    app.eventually("her trial has begun", || plan(&ada)["plan"] == "plus");
    let trial = plan(&ada);
    assert_eq!(trial["status"], "trialing");
    assert_eq!(trial["price"]["offer"], "yearly");
    assert!(trial["trial_end"].is_string(), "{trial}");
    ada.post("/v1/items", &exchange).expect(201);

    let customer = app.stripe().customer(&ada);
    let id = customer.truth()["subscriptions"][0]["id"].clone();
    customer.change(id.as_str().unwrap(), &json!({"status": "canceled"}), false);
    app.eventually("the plan has ended", || plan(&ada)["plan"] == "free");
    // What she has stays hers: to read, to sync, to take along and to delete.
    assert_eq!(
        ada.get("/v1/items").expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(ada.transactions("", 100).len(), 10);
    first.refresh().expect(200);
    ada.by_password("GET", "/v1/me/export", None).expect(200);
    token().expect_problem(402, "plan-limit");
    // And a trial is had once.
    let page = checkout();
    page.expect(201);
    assert_eq!(app.stripe().pay(&page, PAYS).status(), 303);
    app.eventually("she has subscribed again", || {
        plan(&ada)["status"] == "active"
    });
    ada.by_password("DELETE", "/v1/me", None).expect(202);
}

#[test]
fn an_instance_that_takes_no_payments_holds_nothing_back() {
    let app = instance(&[("STRIPE_SECRET_KEY", ""), ("FREE_CONNECTIONS", "0")]);
    let ada = app.person();
    let plan = plan(&ada);
    assert_eq!(
        (&plan["plan"], &plan["offers"]),
        (&json!("free"), &json!([]))
    );
    assert_eq!(
        plan["entitlements"]["connections"],
        json!({"used": 0, "limit": null})
    );
    app.connect(&ada, &json!({"transactions": 5}));
    let offer = json!({"offer": "monthly"});
    ada.post("/v1/billing/checkout", &offer)
        .expect_problem(404, "not-found");
    ada.post("/v1/billing/portal", &json!({}))
        .expect_problem(404, "not-found");
    let event = app.stranger().post("/webhooks/stripe", &json!({}));
    // Without a header it is refused before anything else is looked at.
    assert!([401, 404].contains(&event.status()), "{}", event.text());
    app.sweep();
}

#[test]
fn a_half_configured_stripe_refuses_everything() {
    for (name, value) in [
        ("STRIPE_WEBHOOK_SECRETS", ""),
        ("STRIPE_PRICES", "monthly"),
        ("STRIPE_BASE_URL", "ftp://127.0.0.1"),
        ("FREE_CONNECTIONS", "many"),
    ] {
        let options = StackOptions {
            healthy: false,
            ..StackOptions::default()
        };
        let app = TestApp::start_with(options.var(name, value));
        let reply = app.stranger().get("/v1/me");
        assert_eq!(reply.status(), 503, "{name}: {}", reply.text());
    }
}
