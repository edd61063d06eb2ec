//! Telemetry: that it arrives at both services, in their shapes; that nobody is the worse for a
//! service that does not take it; and that nothing of anybody's is in it.

use end_to_end::{Arrived, Sink, TestApp, attribute};
use serde_json::{Value, json};
use stack::{StackOptions, Telemetry};

use super::folder;

mod canary;

fn options(name: &str) -> StackOptions {
    let persist = folder(name);
    let _ = std::fs::remove_dir_all(&persist);
    StackOptions {
        persist: Some(persist),
        telemetry: Telemetry::StandIns,
        ..StackOptions::default()
    }
}

fn both(app: &TestApp) -> [Sink; 2] {
    [app.new_relic(), app.appsignal()]
}

/// How many records a service was told to have been dropped, by `key` and `value`.
fn dropped(arrived: &Arrived, sink: &str, loss: &str) -> i64 {
    let points = arrived.points("balance.telemetry.dropped");
    points
        .iter()
        .filter(|point| attribute(point, "balance.telemetry.sink") == sink)
        .filter(|point| attribute(point, "balance.telemetry.loss") == loss)
        .map(|point| point["asInt"].as_str().unwrap().parse::<i64>().unwrap())
        .sum()
}

fn request_id(span: &Value) -> String {
    let id = attribute(span, "balance.request_id");
    id.as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_request_is_a_span_by_its_own_id_and_counted_at_both() {
    let app = TestApp::start_with(options("telemetry-requests"));
    let ada = app.person();
    let seen = ada.get("/v1/me");
    seen.expect(200);
    let id = seen.header("x-request-id").unwrap().to_owned();
    let strange = app.stranger().get("/no/such/route");
    strange.expect_problem(404, "not-found");
    let refused = ada.applicant.sign_in_with("another passphrase");
    refused.expect_problem(401, "invalid-credentials");
    let last = refused.header("x-request-id").unwrap().to_owned();
    for sink in both(&app) {
        let arrived = sink.wait_for("the last request", |arrived| {
            let durations = arrived.points("http.server.request.duration");
            arrived.spans().iter().any(|span| request_id(span) == last)
                && !arrived.points("balance.sign_in.failures").is_empty()
                && !durations.is_empty()
        });
        assert_eq!(arrived.refused(), [] as [Value; 0]);
        let spans = arrived.spans_of("GET /v1/me");
        let [span] = spans.as_slice() else {
            panic!("one request: {spans:?}");
        };
        assert_eq!(request_id(span), id);
        assert_eq!(format!("req_{}", span["traceId"].as_str().unwrap()), id);
        assert_eq!(span["kind"], 2);
        assert_eq!(attribute(span, "http.route"), "/v1/me");
        assert_eq!(attribute(span, "http.response.status_code"), "200");
        assert_eq!(attribute(span, "balance.db.batches"), "1");
        let strangers = arrived.spans_of("GET");
        assert!(
            strangers
                .iter()
                .any(|span| attribute(span, "error.type") == "not-found"
                    && attribute(span, "http.route").is_null()),
            "a path that is no route is not told"
        );
        let failures = arrived.points("balance.sign_in.failures");
        assert_eq!(attribute(&failures[0], "error.type"), "invalid-credentials");
        let durations = arrived.points("http.server.request.duration");
        assert!(durations.iter().any(|point| {
            attribute(point, "http.route") == "/v1/sessions"
                && attribute(point, "http.response.status_code") == "401"
        }));
        assert!(!arrived.points("db.client.operation.duration").is_empty());
        let calls = arrived.points("http.client.request.duration");
        assert!(
            calls
                .iter()
                .any(|point| attribute(point, "peer.service") == "pwned-passwords")
        );
    }
}

#[test]
fn the_minutes_cron_and_what_the_queue_brings_are_jobs_and_the_crons_check_in() {
    let app = TestApp::start_with(options("telemetry-jobs"));
    let ada = app.person();
    let connection = app.connect(&ada, &json!({"transactions": 20}));
    app.eventually("it is synced", || connection.status() == "good");
    app.sweep();
    for sink in both(&app) {
        let arrived = sink.wait_for("the tick", |arrived| {
            !arrived.spans_of("tick").is_empty()
                && !arrived.points("balance.keyring.behind").is_empty()
        });
        assert_eq!(arrived.refused(), [] as [Value; 0]);
        let [root] = &arrived.spans_of("tick")[..] else {
            panic!("one tick");
        };
        for job in [
            "sweep",
            "reconciliation",
            "weekly-review",
            "purge",
            "standing",
        ] {
            let spans = arrived.spans_of(job);
            let [span] = spans.as_slice() else {
                panic!("one {job}: {spans:?}");
            };
            assert_eq!(span["traceId"], root["traceId"], "{job}");
            assert_eq!(span["parentSpanId"], root["spanId"], "{job}");
            assert_eq!(attribute(span, "balance.outcome"), "done", "{job}");
        }
        for gauge in [
            "balance.inbox.age",
            "balance.inbox.waiting",
            "balance.sync.lag",
            "balance.sync.waiting",
            "balance.review.unreviewed",
            "balance.review.age",
            "balance.keyring.behind",
        ] {
            let points = arrived.points(gauge);
            assert_eq!(points.len(), 1, "{gauge}");
            let value: i64 = points[0]["asInt"].as_str().unwrap().parse().unwrap();
            // A webhook may be waiting for its message just then.
            assert!((0..60).contains(&value), "{gauge}: {value}");
        }
        let calls = arrived.points("http.client.request.duration");
        assert!(
            calls
                .iter()
                .any(|point| attribute(point, "peer.service") == "plaid")
        );
    }
    let arrived = app.appsignal().wait_for("the check-ins", |arrived| {
        arrived.bodies("check_ins").len() >= 6
    });
    let check_ins = arrived.bodies("check_ins");
    for cron in ["sweep", "reconciliation", "weekly-review"] {
        let of: Vec<&Value> = check_ins
            .iter()
            .filter(|one| one["identifier"] == cron)
            .collect();
        let [start, finish] = of.as_slice() else {
            panic!("{cron}: {of:?}");
        };
        assert_eq!(
            (&start["kind"], &finish["kind"]),
            (&json!("start"), &json!("finish"))
        );
        assert_eq!(start["digest"], finish["digest"]);
    }
}

#[test]
fn what_fails_on_our_side_is_an_error_by_route_and_request() {
    let app = TestApp::start_with(options("telemetry-errors"));
    let ada = app.person();
    let lost = json!({"mode": "reset"});
    app.bank().fail("/link/token/create", &lost);
    let failed = ada.post("/v1/link-tokens", &json!({}));
    assert!(failed.status() >= 500, "{}", failed.text());
    let id = failed.header("x-request-id").unwrap().to_owned();
    let arrived = app
        .appsignal()
        .wait_for("the error", |arrived| !arrived.bodies("errors").is_empty());
    assert_eq!(arrived.refused(), [] as [Value; 0]);
    let [error] = &arrived.bodies("errors")[..] else {
        panic!("one error");
    };
    assert_eq!(error["action"], "POST /v1/link-tokens");
    assert_eq!(error["namespace"], "web");
    assert_eq!(error["tags"]["request_id"], *id);
    assert_eq!(error["tags"]["fingerprint"].as_str().unwrap().len(), 16);
    for sink in both(&app) {
        sink.wait_for("its log line", |arrived| {
            let logs = arrived.logs();
            logs.iter().any(|line| request_id(line) == id)
        });
        let arrived = sink.wait_for("its span", |arrived| {
            !arrived.spans_of("POST /v1/link-tokens").is_empty()
        });
        let spans = arrived.spans_of("POST /v1/link-tokens");
        assert_eq!(spans[0]["status"], json!({"code": 2}));
    }
}

#[test]
fn webhooks_that_are_refused_are_counted_by_their_reason() {
    let app = TestApp::start_with(options("telemetry-webhooks"));
    for (path, header) in [
        ("/webhooks/plaid", "plaid-verification"),
        ("/webhooks/stripe", "stripe-signature"),
    ] {
        let forged = app.stranger();
        let forged = forged.call("POST", path).header(header, "forged");
        let reply = forged.json(&json!({"forged": true})).send();
        reply.expect_problem(401, "invalid-signature");
    }
    for sink in both(&app) {
        sink.wait_for("both reasons", |arrived| {
            let points = arrived.points("balance.events");
            [
                ("webhook-refused", "the verification token is not a JWT"),
                (
                    "stripe-webhook-refused",
                    "the signature header is malformed",
                ),
            ]
            .iter()
            .all(|(event, reason)| {
                points.iter().any(|point| {
                    attribute(point, "balance.event") == *event
                        && attribute(point, "balance.cause") == *reason
                        && point["asInt"] == "1"
                })
            })
        });
    }
}

/// Whatever becomes of New Relic: requests are served, AppSignal hears of them, and what was
/// lost is told once somebody listens again.
#[test]
fn a_service_that_does_not_take_it_harms_nobody_and_is_told_what_it_missed() {
    let app = TestApp::start_with(options("telemetry-failing"));
    let ada = app.person();
    let [new_relic, appsignal] = both(&app);
    for (mode, loss) in [
        ("reset", "unreachable"),
        ("refuse", "refused"),
        ("error", "refused"),
        ("hang", "unreachable"),
    ] {
        new_relic.fail(mode);
        let before = new_relic.arrived().requests();
        let seen = ada.get("/v1/me");
        seen.expect(200);
        let id = seen.header("x-request-id").unwrap().to_owned();
        new_relic.wait_for("a request that fails", |arrived| {
            arrived.requests() > before
        });
        appsignal.wait_for("the same request", |arrived| {
            arrived.spans().iter().any(|span| request_id(span) == id)
        });
        let lost = dropped(&new_relic.arrived(), "new-relic", loss);
        if mode == "hang" {
            // While one send hangs, what comes is missed and nothing waits for it.
            ada.get("/v1/me").expect(200);
        }
        new_relic.heal();
        app.eventually("it is told what it missed", || {
            app.stranger().get("/healthz").expect(200);
            dropped(&new_relic.arrived(), "new-relic", loss) > lost
        });
        let told = appsignal.wait_for("so is the other one", |arrived| {
            dropped(arrived, "new-relic", loss) > 0
        });
        assert_eq!(told.refused(), [] as [Value; 0], "{mode}");
        let missed = new_relic.arrived();
        assert!(!missed.text().contains(&id), "{mode}: it was dropped");
    }
}

#[test]
fn a_wrong_key_is_refused_and_told_to_the_other_service() {
    let options = options("telemetry-keys").var("NEW_RELIC_LICENSE_KEY", "another-license-key");
    let app = TestApp::start_with(options);
    app.stranger().get("/healthz").expect(200);
    let refused = app
        .new_relic()
        .wait_for("a refusal", |arrived| !arrived.refused().is_empty());
    assert_eq!(refused.refused()[0]["status"], 403);
    assert_eq!(refused.spans(), [] as [Value; 0]);
    app.eventually("the other one is told", || {
        app.stranger().get("/healthz").expect(200);
        dropped(&app.appsignal().arrived(), "new-relic", "refused") > 0
    });
    app.stack()
        .wait_for_log("\"event\":\"telemetry-not-taken\"")
        .expect("an operator sees it");
}

#[test]
fn with_no_key_nothing_is_sent_and_the_log_says_so() {
    let mut options = options("telemetry-off");
    options.telemetry = Telemetry::Off;
    let app = TestApp::start_with(options);
    app.person();
    app.sweep();
    app.stack()
        .wait_for_log("\"event\":\"telemetry-off\"")
        .expect("the log says so");
    for sink in both(&app) {
        assert_eq!(sink.arrived().requests(), 0);
    }
}
