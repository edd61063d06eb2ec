//! `backup-100000`: how much more memory workerd takes while it backs up 100,000 transactions of ten
//! people, as Linux counts the process: with its database's, so more than an isolate has.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use stack::{Stack, StackOptions, TEST_RECIPIENT};

use super::row::{Bar, Measured, Row};
use super::stage::Stage;
use crate::client::Client;
use crate::newcomers::{await_whole, connect, sign_up};
use crate::resident::Peak;

const PEOPLE: usize = 10;
const TRANSACTIONS: u32 = 10_000;
/// How long the backup may take.
const PATIENCE: Duration = Duration::from_mins(5);

pub(super) const BACKUP_100000: Row = Row {
    name: "backup-100000",
    unit: "MiB more",
    // What the platform gives an isolate.
    bar: Bar::AtMost(128.0),
    measure: backup,
};

fn backup(_: &mut Stage) -> Result<Measured> {
    let mut stack = Stack::start(StackOptions {
        backups_to: Some(TEST_RECIPIENT),
        ..StackOptions::default()
    })?;
    let bank = Client::new(stack.plaid_url());
    bank.post("/_control/limits", &json!({"off": true}))?
        .expect(200)?;
    bank.post("/_control/webhooks/policy", &json!({"enabled": false}))?
        .expect(200)?;
    for number in 0..PEOPLE {
        let balance = Client::new(&stack.origin()).with_token(&sign_up(&stack, number)?);
        let connected = connect(&balance, &bank, TRANSACTIONS, None)?;
        await_whole(&balance, &connected.item)?;
    }
    // A process that has done nothing yet.
    stack.kill_worker()?;
    stack.restart_worker()?;
    let folder = stack.persist_dir().to_owned();
    let mut before = Peak::default();
    before.look(&folder);
    let mut during = Peak::default();
    let started = Instant::now();
    stack.trigger_cron("* * * * *")?;
    let balance = Client::new(&stack.origin());
    loop {
        during.look(&folder);
        let health = balance.get("/healthz")?.expect(200)?;
        if health
            .pointer("/backup/finished_at")
            .is_some_and(Value::is_string)
        {
            break;
        }
        ensure!(started.elapsed() < PATIENCE, "the backup did not end");
        thread::sleep(Duration::from_millis(50));
    }
    ensure!(before.mib() > 0, "there is no workerd to look at");
    let stored = Client::new(stack.s3_url()).get("/_control/objects")?;
    let objects = stored.expect(200)?;
    let bytes: u64 = objects
        .pointer("/objects")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|object| object.get("bytes")?.as_u64())
        .sum();
    eprintln!(
        "  {} transactions, {} MB in {:.1} s; {} MiB before, {} at most",
        PEOPLE * TRANSACTIONS as usize,
        bytes / 1_000_000,
        started.elapsed().as_secs_f64(),
        before.mib(),
        during.mib()
    );
    // Fewer than 2^53, and so exact.
    let more = u32::try_from(during.mib().saturating_sub(before.mib()))?;
    Ok(Measured::Value(f64::from(more)))
}
