//! The crons of wrangler.toml: workerd does not run them by itself, so this does.

use std::str::FromStr as _;
use std::thread;

use anyhow::{Context as _, Result};
use croner::Cron;
use jiff::{Timestamp, Unit, Zoned, tz::TimeZone};
use stack::Stack;

/// Starts a thread per expression, which ends with the process.
pub(super) fn run(stack: &Stack) -> Result<()> {
    for expression in stack.crons()? {
        let cron =
            Cron::from_str(&expression).with_context(|| format!("the cron {expression:?}"))?;
        let trigger = stack.cron_trigger();
        thread::spawn(move || {
            // Cloudflare's crons are in UTC.
            while let Some(pause) = until_next(&cron, &Timestamp::now().to_zoned(TimeZone::UTC)) {
                thread::sleep(pause);
                if let Err(error) = trigger.run(&expression) {
                    eprintln!("cron {expression}: {error}");
                }
            }
        });
    }
    Ok(())
}

/// How long until the expression's next minute.
fn until_next(cron: &Cron, now: &Zoned) -> Option<std::time::Duration> {
    let next = cron.find_next_occurrence(now, false).ok()?;
    now.until((Unit::Hour, &next)).ok()?.try_into().ok()
}
