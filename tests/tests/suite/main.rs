//! The end-to-end tests: one binary, one instance of the whole stack for all of
//! them, started by whichever test comes first.

// A test that finds what it did not expect is to stop there.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs
)]

mod audit_log;
mod billing;
mod billing_limits;
mod billing_webhooks;
mod identity_api_tokens;
mod identity_bad_input;
mod identity_confirmation;
mod identity_devices;
mod identity_email_change;
mod identity_equal_work;
mod identity_erasure;
mod identity_export;
mod identity_forgeries;
mod identity_idempotency;
mod identity_leaks;
mod identity_new_password;
mod identity_passwords;
mod identity_second_factor;
mod identity_sessions;
mod identity_sign_in;
mod identity_sign_up;
mod identity_step_up;
mod identity_time;
mod newer_schema;
mod telemetry;

use std::path::Path;
use std::sync::LazyLock;

use end_to_end::TestApp;
use stack::Engine;

/// The instance. Its folder is kept after the run, for whoever wants to look.
fn app() -> &'static TestApp {
    static APP: LazyLock<TestApp> = LazyLock::new(|| TestApp::start(Some(folder("end-to-end"))));
    &APP
}

/// Where an instance keeps its files.
fn folder(name: &str) -> std::path::PathBuf {
    let engine = Engine::of_environment().name();
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{engine}"))
}

/// What each of `count` callers at once gets, in no order.
fn at_once<T: Send>(count: usize, call: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = std::sync::Barrier::new(count);
    let run = |number| {
        start.wait();
        call(number)
    };
    std::thread::scope(|scope| {
        let run = &run;
        let callers: Vec<_> = (0..count)
            .map(|number| scope.spawn(move || run(number)))
            .collect();
        callers
            .into_iter()
            .map(|caller| caller.join().expect("a caller"))
            .collect()
    })
}
