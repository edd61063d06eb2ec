//! Events of Stripe's: forged ones write nothing, and whatever comes, however often and in
//! whatever order, ends where Stripe is.

use end_to_end::{Keys, Person, StripeCustomer, unix_now};
use serde_json::{Value, json};

use super::{
    app,
    billing::{checkout, comes_to, plan, subscriber},
};

const PATH: &str = "/webhooks/stripe";

/// A customer whose events come only when they are asked for.
fn kept_back() -> (Person, StripeCustomer, String) {
    let ada = app().person();
    checkout(&ada).expect(201);
    let customer = app().stripe().customer(&ada);
    customer.deliver_events(false);
    let subscription = customer.subscribe();
    (ada, customer, subscription)
}

/// Rows of the inbox that an event has left.
fn rows_named(event: &str) -> u64 {
    let row = Keys::system(app().database()).stripe_event(event);
    let rows = "SELECT count(*) AS n FROM inbox WHERE id=?";
    app().database().number(rows, &json!([row]))
}

/// Another one each run, or the one that is asked for.
fn seed() -> u64 {
    let asked = std::env::var("BALANCE_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = asked.unwrap_or_else(|| unix_now().unsigned_abs());
    eprintln!("BALANCE_SEED={seed}");
    seed
}

#[test]
fn an_event_that_is_not_verifiably_stripes_is_refused_and_writes_nothing() {
    let (ada, customer, _) = kept_back();
    let event = customer.events().remove(0);
    for manner in [
        json!({"secrets": ["whsec_wrong"]}),
        json!({"secrets": []}),
        json!({"scheme": "v0"}),
        json!({"offset": -301}),
        json!({"offset": 301}),
    ] {
        let statuses = customer.deliver_so(std::slice::from_ref(&event), false, &manner);
        assert_eq!(statuses, [401], "{manner}");
    }
    let body = json!({"id": event, "type": "customer.subscription.updated"});
    app()
        .stranger()
        .post(PATH, &body)
        .expect_problem(401, "invalid-signature");
    let stranger = app().stranger();
    for header in ["", "t=1", "nonsense", "t=1,v1=00"] {
        let call = stranger.call("POST", PATH).json(&body);
        let reply = call.header("stripe-signature", header).send();
        reply.expect_problem(401, "invalid-signature");
    }
    assert_eq!(rows_named(&event), 0);
    assert_eq!(plan(&ada)["status"], json!(null));

    let within = json!({"offset": -290});
    assert_eq!(
        customer.deliver_so(std::slice::from_ref(&event), false, &within),
        [200]
    );
    assert_eq!(rows_named(&event), 1);
    comes_to(&ada, "the event is seen to", |plan| {
        plan["status"] == "active"
    });
}

#[test]
fn one_of_several_secrets_is_enough_while_one_is_rolled() {
    let (ada, customer, _) = kept_back();
    let event = customer.events().remove(0);
    let both = json!({"secrets": ["whsec_the_new_one", "whsec_sandbox"]});
    assert_eq!(customer.deliver_so(&[event], false, &both), [200]);
    comes_to(&ada, "the event is seen to", |plan| {
        plan["status"] == "active"
    });
}

#[test]
fn what_is_signed_but_no_event_is_a_bad_request_and_too_much_is_too_large() {
    let stripe = app().stripe();
    for body in [
        "",
        "[]",
        "{}",
        "null",
        r#"{"id":"evt_1","type":"invoice.paid"}"#,
    ] {
        assert_eq!(stripe.send(body, &json!({})), 400, "{body}");
    }
    let event = |filler: usize| {
        json!({"id": "evt_large", "object": "event", "created": unix_now(), "livemode": false,
            "type": "invoice.paid", "data": {"object": {"customer": null, "filler": "x".repeat(filler)}}})
        .to_string()
    };
    assert_eq!(stripe.send(&event(255 * 1024), &json!({})), 200);
    assert_eq!(stripe.send(&event(256 * 1024), &json!({})), 413);
}

#[test]
fn what_is_nobodys_new_or_of_another_mode_is_acknowledged_and_not_kept() {
    let stripe = app().stripe();
    let event = |id: &str, kind: &str, customer: Value, live: bool| {
        let body = json!({"id": id, "object": "event", "created": unix_now(), "livemode": live, "type": kind,
            "data": {"object": {"id": "sub_1", "customer": customer}}});
        assert_eq!(stripe.send(&body.to_string(), &json!({})), 200, "{body}");
        rows_named(id)
    };
    assert_eq!(
        event("evt_unknown", "invoice.invented", json!("cus_1"), false),
        0
    );
    assert_eq!(
        event("evt_nobody", "charge.dispute.created", json!(null), false),
        0
    );
    assert_eq!(
        event(
            "evt_live",
            "customer.subscription.updated",
            json!("cus_1"),
            true
        ),
        0
    );
}

#[test]
fn a_copy_of_an_event_writes_no_second_row() {
    let (ada, customer, _) = kept_back();
    let event = customer.events().remove(0);
    let copies = vec![event.clone(); 20];
    assert!(
        customer
            .deliver(&copies, true)
            .iter()
            .all(|status| *status == 200)
    );
    comes_to(&ada, "it is seen to", |plan| plan["status"] == "active");
    assert_eq!(customer.deliver(&copies[..2], false), [200, 200]);
    assert_eq!(rows_named(&event), 1);
}

#[test]
fn an_event_that_is_lost_for_good_is_made_up_for_by_the_daily_comparison() {
    let (ada, customer) = subscriber();
    let id = customer.truth()["subscriptions"][0]["id"].clone();
    let members = json!({"status": "canceled", "ended_at": unix_now()});
    customer.change(id.as_str().unwrap(), &members, true);
    assert_eq!(plan(&ada)["status"], "active");
    let hers = json!([ada.id.trim_start_matches("usr_")]);
    app()
        .database()
        .sql("UPDATE billing SET due_at=0 WHERE user_id=?", &hers);
    app().sweep();
    comes_to(&ada, "it is made up for", |plan| {
        plan["status"] == "canceled"
    });
}

#[test]
fn an_event_that_comes_while_stripe_is_down_waits_and_is_seen_to() {
    let (ada, customer, _) = kept_back();
    let about = &customer.id;
    let down =
        json!({"path": "/v1/subscriptions", "mode": "status", "about": about, "times": null});
    app().stripe().fail(&down);
    let event = customer.events().remove(0);
    assert_eq!(customer.deliver(std::slice::from_ref(&event), false), [200]);
    app().eventually("Stripe was asked", || {
        let calls = app().stripe().calls_about(about);
        calls.iter().filter(|call| call["method"] == "GET").count() > 1
    });
    assert_eq!(plan(&ada)["status"], json!(null));
    app().stripe().heal(about);
    app().eventually("it is seen to", || {
        let hers = json!([ada.id.trim_start_matches("usr_")]);
        let now = "UPDATE billing SET due_at=0 WHERE user_id=? AND wanted>0";
        app().database().sql(now, &hers);
        app().sweep();
        plan(&ada)["status"] == "active"
    });
}

/// One asks, and gets its answer late; meanwhile things change, and another asks.
#[test]
fn an_answer_that_is_late_does_not_bring_back_what_was() {
    let (ada, customer, subscription) = kept_back();
    let slow =
        json!({"path": "/v1/subscriptions", "mode": "slow", "millis": 3000, "about": customer.id});
    app().stripe().fail(&slow);
    let first = customer.events().remove(0);
    let asked = || {
        let calls = app().stripe().calls_about(&customer.id);
        calls.iter().filter(|call| call["method"] == "GET").count()
    };
    let before = asked();
    assert_eq!(customer.deliver(&[first], false), [200]);
    app().eventually("the first has asked", || asked() > before);
    customer.change(&subscription, &json!({"status": "canceled"}), true);
    // Her own request asks as well, and is done before the first has its answer.
    ada.post("/v1/billing/portal", &json!({})).expect(201);
    assert_eq!(plan(&ada)["status"], "canceled");
    app().eventually("the first has asked again", || asked() > before + 2);
    app().eventually("nothing is left to do", || {
        let hers = json!([ada.id.trim_start_matches("usr_")]);
        let due = "SELECT count(*) AS n FROM billing WHERE user_id=? AND due_at=0";
        app().database().number(due, &hers) == 0
    });
    assert_eq!(plan(&ada)["status"], "canceled");
}

/// Twenty life cycles, whose events come a thousand times and more, in any order, again and
/// at once, beside requests that ask as well, while the lives go on.
#[test]
fn in_any_order_and_any_number_events_come_to_what_stripe_has() {
    const LIVES: usize = 20;
    const ROUNDS: usize = 10;
    let mut state = seed();
    let mut next = move |below: usize| {
        // An LCG of Knuth's will do to shuffle.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut delivered = 0;
    let ada = app().person();
    checkout(&ada).expect(201);
    let customer = app().stripe().customer(&ada);
    customer.deliver_events(false);
    for _ in 0..LIVES {
        let subscription = customer.subscribe();
        let steps = [
            "past_due", "active", "unpaid", "paused", "trialing", "canceled",
        ];
        for round in 0..ROUNDS {
            if round % 2 == 0 {
                let status = steps[next(steps.len())];
                customer.change(&subscription, &json!({"status": status}), false);
            }
            let events = customer.events();
            let of_life = &events[events.len().saturating_sub(12)..];
            let shuffled: Vec<String> = (0..6)
                .map(|_| of_life[next(of_life.len())].clone())
                .collect();
            let (together, asks) = (next(2) == 0, next(3) == 0);
            let statuses = std::thread::scope(|scope| {
                // A request of hers asks Stripe beside the queue.
                let portal = || ada.post("/v1/billing/portal", &json!({})).expect(201);
                let asking = asks.then(|| scope.spawn(portal));
                let statuses = customer.deliver(&shuffled, together);
                if let Some(asking) = asking {
                    asking.join().unwrap();
                }
                statuses
            });
            assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
            delivered += statuses.len();
        }
        customer.change(&subscription, &json!({"status": "canceled"}), false);
        let last = customer.events().pop().unwrap();
        assert_eq!(customer.deliver(&[last], false), [200]);
        delivered += 1;
        comes_to(&ada, "it is what Stripe has", |plan| {
            plan["status"] == "canceled"
        });
    }
    assert!(delivered >= 1_000, "only {delivered} were delivered");
}
