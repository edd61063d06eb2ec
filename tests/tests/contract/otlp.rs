//! What the Worker sends as OTLP, held to `opentelemetry-proto` (`PyPI`) by protobuf's own reader of
//! JSON, which refuses what it does not know.

use std::io::Write as _;
use std::process::Stdio;

use end_to_end::TestApp;
use serde_json::{Value, json};
use stack::{StackOptions, Telemetry, Workspace};

use super::installed;

/// The bodies, one a line: how many were read of each signal, or what is wrong with one.
fn read(bodies: &[(&str, Value)]) -> Result<Value, String> {
    let mut python = installed("python3", "BALANCE_PYTHON");
    python.arg(Workspace::here().path("tests/contract/otlp.py"));
    python.stdin(Stdio::piped());
    python.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = python.spawn().expect("it starts");
    let mut stdin = process.stdin.take().expect("its input");
    for (signal, body) in bodies {
        let line = json!({"signal": signal, "body": body});
        // It may have ended over the line before.
        let _ = writeln!(stdin, "{line}");
    }
    drop(stdin);
    let run = process.wait_with_output().expect("it ends");
    if run.status.success() {
        Ok(serde_json::from_slice(&run.stdout).expect("its counts"))
    } else {
        Err(String::from_utf8_lossy(&run.stderr).into_owned())
    }
}

#[test]
fn what_is_sent_is_what_opentelemetrys_own_messages_say() {
    let app = TestApp::start_with(StackOptions {
        telemetry: Telemetry::StandIns,
        ..StackOptions::default()
    });
    let ada = app.person();
    app.connect(&ada, &json!({"transactions": 20}));
    ada.get("/v1/accounts").expect(200);
    app.bank()
        .fail("/link/token/create", &json!({"mode": "reset"}));
    ada.post("/v1/link-tokens", &json!({}));
    app.sweep();
    for sink in [app.new_relic(), app.appsignal()] {
        let arrived = sink.wait_for("spans, metrics and log records", |arrived| {
            !arrived.spans_of("tick").is_empty()
                && !arrived.logs().is_empty()
                && !arrived.points("balance.inbox.age").is_empty()
        });
        let mut sent = Vec::new();
        for signal in ["traces", "metrics", "logs"] {
            sent.extend(
                arrived
                    .bodies(signal)
                    .into_iter()
                    .map(|body| (signal, body)),
            );
        }
        let held = read(&sent).expect("all of it is by the protocol");
        for signal in ["traces", "metrics", "logs"] {
            let count = sent.iter().filter(|(of, _)| *of == signal).count();
            assert!(count > 0, "{signal}");
            assert_eq!(held[signal], count, "{signal}");
        }
        // That a good body passes shows something, since a bad one does not.
        let good = &arrived.bodies("traces")[0];
        let span = "/resourceSpans/0/scopeSpans/0/spans/0";
        for (member, value, complaint) in [
            ("surprise", json!(1), "surprise"),
            ("traceId", json!("00ff"), "16 bytes"),
            (
                "spanId",
                json!("00000000000000000000000000000001"),
                "8 bytes",
            ),
            ("startTimeUnixNano", json!("yesterday"), "startTimeUnixNano"),
            ("kind", json!("SERVER"), "kind"),
        ] {
            let mut bad = good.clone();
            bad.pointer_mut(span).expect("a span")[member] = value;
            let refused = read(&[("traces", bad)]).expect_err(member);
            assert!(refused.contains(complaint), "{member}: {refused}");
        }
    }
}
