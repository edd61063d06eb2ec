//! How a broken instance comes back into step.

use std::time::{Duration, Instant};

use crate::{Connection, Person, TestApp, differences, unix_now};

/// Minutes pass, with a sweep each, until her list is what her banks know and nobody
/// has anything left to do.
#[track_caller]
pub fn heals(app: &TestApp, person: &Person, connections: &[&Connection]) {
    if let Err(left) = try_heals(app, person, connections) {
        panic!("{left}");
    }
}

/// As [`heals`], for a test that has more to say.
///
/// # Errors
/// What is left to do after four minutes: a call that Plaid allows no more waits for one of them.
pub fn try_heals(
    app: &TestApp,
    person: &Person,
    connections: &[&Connection],
) -> Result<(), String> {
    let deadline = Instant::now() + Duration::from_mins(4);
    let mut swept: Option<Instant> = None;
    loop {
        let [held, dirty, waiting] = left_to_do(app);
        let is_late = Instant::now() > deadline;
        // To read her whole list while work is left would keep that work waiting.
        let found = if is_late || held + dirty + waiting == 0 {
            let found = differences(app.database(), person, connections);
            if found.is_empty() && held + dirty + waiting == 0 {
                return Ok(());
            }
            found
        } else {
            Vec::new()
        };
        if is_late {
            return Err(format!(
                "{held} leases, {dirty} Items to sync, {waiting} webhooks to see to, {} differences: {:#?}",
                found.len(),
                &found[..found.len().min(5)],
            ));
        }
        // The lease of a dead Worker runs out, first of all. After that only where nobody
        // is in the middle of a sync, and not before a message can have been delivered:
        // on a slow machine a long sync would else lose its lease again and again.
        let quiet = |since: Instant| held == 0 && since.elapsed() > Duration::from_millis(1_500);
        if swept.is_none_or(quiet) {
            app.database().let_time_pass();
            app.sweep();
            swept = Some(Instant::now());
        }
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// Leases that are held, Items with work to do, webhooks that wait.
fn left_to_do(app: &TestApp) -> [u64; 3] {
    let held = format!("lease_until>{}", unix_now());
    [
        app.count_rows_where("item", &held),
        app.count_rows_where("item", "wanted<>synced"),
        app.count_rows_where("inbox", "waiting=1"),
    ]
}
