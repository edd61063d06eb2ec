//! The end-to-end tests: one binary, one instance of the whole stack for all of
//! them, started by whichever test comes first.

// A test that finds what it did not expect is to stop there.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod identity_sign_up;

use std::path::Path;
use std::sync::LazyLock;

use end_to_end::TestApp;

/// The instance. Its folder is kept after the run, for whoever wants to look.
fn app() -> &'static TestApp {
    static APP: LazyLock<TestApp> = LazyLock::new(|| {
        TestApp::start(Some(Path::new(env!("CARGO_TARGET_TMPDIR")).join("end-to-end")))
    });
    &APP
}
