//! P3: a stolen database shows only metadata. Distinctive values are planted in everything that is
//! private, the service is put through its life, killed, restarted and stopped, and each time every
//! byte that it wrote is searched for every planted value in every common way of writing it down.
//!
//! Positive control: the same search over the same rows with the seals opened must find them all,
//! and over that file reversed, in hex and in base64, so that a search that finds nothing has shown
//! something. What the service must not keep at all, not even sealed, must be in neither.

mod control;
mod life;
mod plants;
mod rest;
mod rows;
mod safety;

use std::collections::BTreeSet;

use anyhow::Result;
use stack::{Engine, StackOptions, TEST_KEYRING, Telemetry};

use super::browser;
use super::disk::{Disk, Part};
use super::instance::Instance;
use super::opener;
use super::promise::{Checks, Promise};
use super::recorder::Recorder;
use super::traces::Search;
use crate::client::Client;
use life::Life;

pub(super) const PROMISE: Promise = Promise {
    name: "P3",
    sentence: "private data is encrypted with a secret key; a stolen database shows only metadata",
    unit: "private values found, or rows not sealed",
    prove,
};

fn prove(engine: Engine, checks: &mut Checks) -> Result<()> {
    let (mut instance, wire) = Instance::overheard(
        "p3",
        StackOptions {
            telemetry: Telemetry::StandIns,
            ..StackOptions::on(engine).var("FIRST_OPERATOR", browser::FIRST_OPERATOR)
        },
    )?;
    // What is in the files before anybody came: the schema's own words.
    instance.stack.kill_worker()?;
    let empty = instance.disk()?.everything()?;
    // And on the wire: the credentials and a health check or two.
    let greeting = wire.as_ref().map(Recorder::recorded);
    instance.stack.restart_worker()?;

    let life = Life::begin(&instance)?;
    instance.stack.kill_worker()?;
    let disk = instance.disk()?;
    let database = disk.rows()?;
    let opened = opener::open(&database, TEST_KEYRING)?;
    let sealed = Search::new(life.plants.sealed())?;
    let forbidden = Search::new(life.plants.never_kept())?;
    let rest = Search::brief(rest::everything_sealed(&opened, &empty)?)?;
    let searches = [&sealed, &forbidden, &rest];

    checks.holds(
        "values are planted",
        sealed.values().len() > 40 && forbidden.values().len() > 10,
        format!(
            "{} that are kept, {} that must not be, and {} more out of the opened rows; {} patterns",
            sealed.values().len(), forbidden.values().len(), rest.values().len(),
            searches.iter().map(|search| search.patterns()).sum::<usize>(),
        ),
    );
    found(&disk, "killed in the middle of its life", &searches, checks)?;
    rows::look_like_metadata(&database, &opened, checks);
    control::positive(
        &database,
        &opened,
        &sealed,
        &forbidden,
        &life.plants,
        checks,
    )?;
    rows::stay_closed(&database, checks)?;

    instance.stack.restart_worker()?;
    life.go_on(&instance)?;
    instance.stack.kill_worker()?;
    found(
        &instance.disk()?,
        "restarted, used and killed again",
        &searches,
        checks,
    )?;
    instance.stack.restart_worker()?;
    life.end()?;
    log(&instance, &searches, checks);
    telemetry(&instance, &searches, checks)?;
    if let (Some(wire), Some(greeting)) = (wire, greeting) {
        on_the_wire(&wire.recorded(), &greeting, &searches, checks);
    }
    found(
        &instance.stop(),
        "restarted, half of it deleted, and stopped in order",
        &searches,
        checks,
    )
}

/// All that the Worker and PlanetScale said to each other, but for how they greet.
fn on_the_wire(wire: &[u8], greeting: &[u8], searches: &[&Search], checks: &mut Checks) {
    let has = |text: &str| wire.windows(text.len()).any(|part| part == text.as_bytes());
    checks.holds(
        "control: what the Worker and the database said was heard, uncompressed",
        has("INSERT INTO txn") && has("\"lengths\"") && !has("content-encoding"),
        format!("{} bytes, {} of them greetings", wire.len(), greeting.len()),
    );
    let found: BTreeSet<_> = searches
        .iter()
        .flat_map(|search| {
            let known = search.find(greeting);
            let found = search.find(wire).into_iter();
            found.filter(move |trace| !known.contains(trace))
        })
        .collect();
    checks.none("none is in any statement or reply", found, "");
}

/// Searches every file, and every cell apart: a value may be torn apart between two pages.
fn found(disk: &Disk, when: &str, searches: &[&Search], checks: &mut Checks) -> Result<()> {
    let files = disk.files()?;
    let of = |part: Part| files.iter().filter(move |(of, _)| *of == part);
    let kinds: BTreeSet<_> = of(Part::Database)
        .filter_map(|(_, file)| file.path.extension().or(file.path.file_name())?.to_str())
        .collect();
    let kinds = kinds.into_iter().collect::<Vec<_>>().join(", ");
    let in_files = |part| -> BTreeSet<_> {
        of(part)
            .flat_map(|(_, file)| searches.iter().flat_map(|search| search.find(&file.bytes)))
            .collect()
    };
    let size = |part| {
        let bytes: usize = of(part).map(|(_, file)| file.bytes.len()).sum();
        format!("{} files, {bytes} bytes", of(part).count())
    };
    checks.none(
        format!("{when}: none is in the database's files"),
        in_files(Part::Database),
        format!("{} ({kinds})", size(Part::Database)),
    );
    checks.none(
        format!("{when}: none is in what else workerd keeps"),
        in_files(Part::Other),
        size(Part::Other),
    );
    let private = in_files(Part::Limiter).into_iter().filter(|trace| {
        let is = |address| trace.what.contains(address);
        !is(plants::ADDRESS) && !is(plants::BROWSERS_ADDRESS)
    });
    checks.none(
        format!("{when}: none but the address is in the rate limiter's counters"),
        private,
        size(Part::Limiter),
    );
    let rows = disk.rows()?;
    let cells = rows.bytes();
    let found: BTreeSet<_> = searches
        .iter()
        .flat_map(|search| search.find(&cells))
        .collect();
    checks.none(
        format!("{when}: none is in any cell"),
        found,
        format!("{} cells", rows.cells().count()),
    );
    Ok(())
}

/// All that was sent to whoever watches the service.
fn telemetry(instance: &Instance, searches: &[&Search], checks: &mut Checks) -> Result<()> {
    let stack = &instance.stack;
    for (name, url) in [
        ("New Relic", stack.new_relic_url()),
        ("AppSignal", stack.appsignal_url()),
    ] {
        let told = Client::new(url).get("/_control/received")?;
        let told = told.expect(200)?.to_string();
        let found: BTreeSet<_> = searches
            .iter()
            .flat_map(|search| search.find(told.as_bytes()))
            .collect();
        checks.holds(
            format!("control: {name} was told of requests"),
            told.contains("http.server.request.duration"),
            format!("{} bytes", told.len()),
        );
        checks.none(format!("none is in what {name} was sent"), found, "");
    }
    Ok(())
}

/// The Worker's own log lines; mails are among wrangler's, and not the database.
fn log(instance: &Instance, searches: &[&Search], checks: &mut Checks) {
    let log = instance.stack.log();
    let own: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("\"event\":"))
        .collect();
    let text = own.join("\n");
    let found: BTreeSet<_> = searches
        .iter()
        .flat_map(|search| search.find(text.as_bytes()))
        .collect();
    checks.none(
        "none is in a log line of the Worker",
        found,
        format!("{} lines", own.len()),
    );
}
