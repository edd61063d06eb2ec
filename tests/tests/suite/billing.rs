//! The plan: subscribed to on Stripe's page, changed in its portal, and always what
//! Stripe says it is.

use end_to_end::{DECLINED, FAILS_LATER, PAYS, Person, Reply, StripeCustomer};
use serde_json::{Value, json};

use super::app;

const PLAN: &str = "/v1/billing/subscription";

pub(super) fn plan(person: &Person) -> Value {
    person.get(PLAN).expect(200)
}

/// Asks until the plan is as `done` wants it.
pub(super) fn comes_to(person: &Person, what: &str, done: impl Fn(&Value) -> bool) -> Value {
    app().eventually(what, || done(&plan(person)));
    plan(person)
}

pub(super) fn checkout(person: &Person) -> Reply {
    person.post("/v1/billing/checkout", &json!({"offer": "monthly"}))
}

/// Someone with a paid subscription.
pub(super) fn subscriber() -> (Person, StripeCustomer) {
    let ada = app().person();
    let page = checkout(&ada);
    page.expect(201);
    assert_eq!(app().stripe().pay(&page, PAYS).status(), 303);
    comes_to(&ada, "she has the plan", |plan| plan["plan"] == "plus");
    let customer = app().stripe().customer(&ada);
    (ada, customer)
}

#[test]
fn a_person_subscribes_on_stripes_page_and_is_back_with_the_plan() {
    let ada = app().person();
    let before = plan(&ada);
    assert_eq!(before["plan"], "free");
    assert_eq!(before["status"], json!(null));
    assert_eq!(before["offers"], json!(["monthly", "yearly"]));
    assert_eq!(
        before["entitlements"]["connections"],
        json!({"used": 0, "limit": 50})
    );

    let page = checkout(&ada);
    page.expect(201);
    let back = app().stripe().pay(&page, PAYS);
    let origin = app().stack().origin();
    assert_eq!(back.status(), 303);
    assert_eq!(
        back.header("location"),
        Some(&*format!("{origin}/#/billing?checkout=done"))
    );

    let after = comes_to(&ada, "she has the plan", |plan| plan["plan"] == "plus");
    assert_eq!(after["status"], "active");
    assert_eq!(after["entitlements"]["connections"]["limit"], json!(null));
    let price = json!({"offer": "monthly", "amount": 500, "currency": "USD", "interval": "month", "interval_count": 1});
    assert_eq!(after["price"], price);
    assert!(
        after["current_period_end"].is_string() && after["cancel_at"].is_null(),
        "{after}"
    );
    checkout(&ada).expect_problem(409, "already-subscribed");
}

#[test]
fn a_card_that_is_declined_changes_nothing() {
    let ada = app().person();
    let page = checkout(&ada);
    let reply = app().stripe().pay(&page, DECLINED);
    assert_eq!(reply.status(), 200);
    assert!(reply.text().contains("declined"), "{}", reply.text());
    assert_eq!(plan(&ada)["status"], json!(null));
    checkout(&ada).expect(201);
}

#[test]
fn a_subscription_that_is_cancelled_lasts_until_its_period_ends() {
    let (ada, customer) = subscriber();
    let portal = ada.post("/v1/billing/portal", &json!({}));
    portal.expect(201);
    let subscription = customer.truth()["subscriptions"][0]["id"].clone();
    let cancel = format!(
        "action=cancel&subscription={}",
        subscription.as_str().unwrap()
    );
    assert_eq!(app().stripe().press(&portal, &cancel).status(), 303);
    let told = comes_to(&ada, "the end is known", |plan| {
        plan["cancel_at"].is_string()
    });
    assert_eq!(
        (&told["plan"], &told["status"]),
        (&json!("plus"), &json!("active"))
    );
    assert_eq!(told["cancel_at"], told["current_period_end"]);

    customer.advance(31, &json!({}));
    let ended = comes_to(&ada, "it has ended", |plan| plan["status"] == "canceled");
    assert_eq!(ended["plan"], "free");
    // And may begin again.
    checkout(&ada).expect(201);
}

#[test]
fn a_renewal_that_fails_leaves_a_grace_and_what_is_paid_late_counts() {
    let (ada, customer) = subscriber();
    customer.advance(30, &json!({"card": FAILS_LATER}));
    let late = comes_to(&ada, "the renewal failed", |plan| {
        plan["status"] == "past_due"
    });
    assert_eq!(late["plan"], "plus");
    assert!(late["grace_ends_at"].is_string(), "{late}");

    customer.advance(0, &json!({"card": "4242424242424242"}));
    let paid = comes_to(&ada, "it is paid", |plan| plan["status"] == "active");
    assert_eq!(
        (&paid["plan"], &paid["grace_ends_at"]),
        (&json!("plus"), &json!(null))
    );

    customer.advance(30, &json!({"card": FAILS_LATER}));
    comes_to(&ada, "the next one failed", |plan| {
        plan["status"] == "past_due"
    });
    customer.advance(14, &json!({"dunning": "unpaid"}));
    let unpaid = comes_to(&ada, "Stripe gave up", |plan| plan["status"] == "unpaid");
    assert_eq!(unpaid["plan"], "free");
    // It is to be paid in the portal, not bought a second time.
    checkout(&ada).expect_problem(409, "already-subscribed");
}

#[test]
fn a_status_that_stripe_has_added_since_gives_nothing_and_breaks_nothing() {
    let (ada, customer) = subscriber();
    let id = customer.truth()["subscriptions"][0]["id"].clone();
    customer.change(
        id.as_str().unwrap(),
        &json!({"status": "hibernating", "new": [1]}),
        false,
    );
    let other = comes_to(&ada, "it is seen", |plan| plan["status"] == "other");
    assert_eq!(other["plan"], "free");
    ada.get("/v1/transactions").expect(200);
}

#[test]
fn stripe_is_told_an_opaque_id_and_nothing_else_about_anyone() {
    let (ada, customer) = subscriber();
    ada.post("/v1/billing/portal", &json!({})).expect(201);
    let mut calls = app().stripe().calls_about(&ada.id);
    calls.extend(app().stripe().calls_about(&customer.id));
    assert!(calls.len() > 3, "{calls:?}");
    for call in calls {
        let text = call.to_string();
        let email = ada.applicant.email.replace('@', "%40");
        assert!(
            !text.contains(&ada.applicant.email) && !text.contains(&email),
            "{text}"
        );
    }
    // Nor do Stripe's ids, or what is typed there, stand open in the database.
    let subscription = customer.truth()["subscriptions"][0]["id"].clone();
    for private in [
        &*customer.id,
        subscription.as_str().unwrap(),
        "ada@stripe.example",
    ] {
        assert_eq!(app().database().traces_of(private), Vec::<String>::new());
    }
}

#[test]
fn what_leads_to_money_is_her_sessions_alone_and_the_plan_may_be_read_by_a_token() {
    let ada = app().person();
    let token = json!({"name": "a program", "scopes": ["profile:read"], "expires_in_days": 30});
    let token = ada.by_password("POST", "/v1/me/tokens", Some(&token));
    let program = app().stranger().with_token(&token.string("/token"));
    program.get(PLAN).expect(200);
    for path in ["/v1/billing/checkout", "/v1/billing/portal"] {
        program
            .post(path, &json!({}))
            .expect_problem(403, "session-required");
        app()
            .stranger()
            .post(path, &json!({}))
            .expect_problem(401, "unauthenticated");
    }
    app()
        .stranger()
        .get(PLAN)
        .expect_problem(401, "unauthenticated");
    let unknown = ada.post("/v1/billing/checkout", &json!({"offer": "price_monthly"}));
    unknown.expect_field("offer", "unknown");
    ada.post("/v1/billing/portal", &json!({}))
        .expect_problem(404, "not-found");
    assert_eq!(app().stripe().made_for(&ada)["customers"], 0);
}

/// She is to be a customer, is made one, and the answer never comes: however often the
/// runtime asks again where a connection breaks.
fn lost(person: &Person) {
    let lost = json!({"path": "/v1/customers", "mode": "lost", "about": person.id, "times": null});
    app().stripe().fail(&lost);
    checkout(person).expect_problem(502, "upstream");
    app().stripe().heal(&person.id);
}

#[test]
fn an_answer_of_stripes_that_is_lost_makes_no_second_customer() {
    let ada = app().person();
    lost(&ada);
    checkout(&ada).expect(201);
    assert_eq!(app().stripe().made_for(&ada)["customers"], 1);
}

#[test]
fn whatever_stripe_answers_a_person_gets_a_problem_and_may_try_again() {
    let ada = app().person();
    let modes = [
        "status",
        "rate_limited",
        "half",
        "malformed",
        "html",
        "reset",
        "lost",
    ];
    for path in ["/v1/customers", "/v1/checkout/sessions"] {
        for mode in modes {
            let failure = json!({"path": path, "mode": mode, "about": ada.id, "times": null});
            app().stripe().fail(&failure);
            checkout(&ada).expect_problem(502, "upstream");
            app().stripe().heal(&ada.id);
        }
    }
    checkout(&ada).expect(201);
    assert_eq!(app().stripe().made_for(&ada)["customers"], 1);
}

#[test]
fn whoever_deletes_her_account_is_no_customer_any_more() {
    let (ada, customer) = subscriber();
    ada.by_password("DELETE", "/v1/me", None).expect(202);
    app().eventually("Stripe has ended it", || {
        let truth = customer.truth();
        truth["customer"].is_null() && truth["subscriptions"][0]["status"] == "canceled"
    });
    app().eventually("nothing is left", || {
        app().database().rows_of(&ada.id).is_empty()
    });
}

#[test]
fn an_erasure_goes_on_until_stripe_has_let_go() {
    let (ada, customer) = subscriber();
    let down =
        json!({"path": "/v1/customers/", "mode": "status", "about": customer.id, "times": null});
    app().stripe().fail(&down);
    let begun = ada.by_password("DELETE", "/v1/me", None);
    begun.expect(202);
    let watcher = app().stranger().with_token(&begun.string("/token"));
    let path = format!("/v1/erasures/{}", begun.string("/id"));
    app().eventually("Stripe was asked", || {
        let calls = app().stripe().calls_about(&customer.id);
        calls.iter().any(|call| call["method"] == "DELETE")
    });
    assert_eq!(watcher.get(&path).expect(200)["status"], "erasing");

    app().stripe().heal(&customer.id);
    app().eventually("she is erased", || {
        let hers = json!([ada.id.trim_start_matches("usr_")]);
        app()
            .database()
            .sql("UPDATE erasure SET retry_at=0 WHERE user_id=?", &hers);
        app().sweep();
        watcher.get(&path).expect(200)["status"] == "erased"
    });
    assert!(customer.truth()["customer"].is_null());
}

#[test]
fn an_erasure_ends_a_customer_whose_id_was_never_seen() {
    let ada = app().person();
    lost(&ada);
    assert_eq!(app().stripe().made_for(&ada)["customers"], 1);
    ada.by_password("DELETE", "/v1/me", None).expect(202);
    app().eventually("Stripe has ended it", || {
        app().stripe().made_for(&ada)["customers"] == 0
    });
}

#[test]
fn a_warm_look_at_the_plan_costs_one_batch() {
    let (ada, _) = subscriber();
    ada.get(PLAN).expect(200);
    let reply = ada.get(PLAN);
    assert_eq!(reply.batches(), 1);
}
