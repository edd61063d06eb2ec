//! `cargo xtask load`: a mixed day against the Worker on this machine, for a bounded time. People
//! sign in, read, search, and their banks book; then more of them than it can serve at once; then
//! one network that signs in without end. What is asked is whether anything is lost or wrong; how
//! fast it was is told, and has no bar.

mod crowd;
mod day;
mod tally;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use lexopt::{Arg, ValueExt as _};
use serde::Serialize;
use stack::{Engine, Stack, StackOptions, Workspace};

use crate::command::Command;
use crate::resident::Peak;
use crate::{build, setup};
use crowd::{Crowd, Person};
use tally::{Tally, Told};

pub(crate) const COMMAND: Command = Command {
    name: "load",
    summary: "drive a mixed day against the Worker here, then more than it can take",
    help: "\
Usage: cargo xtask load [--engine d1|planetscale] [--seconds N] [--people N] [--json]

Starts an instance with its stand-ins, signs people up, connects their banks, and lets them
sign in, read, search and be paid for a while: first as many at once as there are people, then
eight times as many, and then as many from one network that do nothing but sign in, and have to
be turned away. At the end of each part everything the banks booked has to be there, once; and
whatever was turned away must have been with 429 or 503, and Retry-After.

  --engine E   only on this database (default: one after the other)
  --seconds N  how long each of the three parts goes on, 5 to 300 (default 20)
  --people N   how many people, 1 to 50 (default 8)
  --json       one JSON document on standard output: {\"runs\":[{engine, part, clients, seconds,
               memory_mib, actions:[…], lost, pass}]}

Everything stays on this machine's loopback interface.",
    run,
};

/// A part of the load.
struct Part {
    name: &'static str,
    /// Clients for each person.
    each: usize,
    /// What a client does until it ends.
    life: fn(&Person, usize, Instant) -> Tally,
    /// Whether somebody has to be turned away.
    is_too_much: bool,
}

const PARTS: &[Part] = &[
    Part {
        name: "a mixed day",
        each: 1,
        life: day::live,
        is_too_much: false,
    },
    Part {
        name: "more than it can take",
        each: 8,
        life: day::live,
        is_too_much: false,
    },
    Part {
        name: "one network, without end",
        each: 8,
        life: day::storm,
        is_too_much: true,
    },
];

/// How often the minute's cron runs here.
const MINUTE: Duration = Duration::from_secs(10);

struct Wanted {
    engines: Vec<Engine>,
    seconds: u64,
    people: usize,
    json: bool,
}

/// What came of one part.
#[derive(Serialize)]
struct Run {
    engine: &'static str,
    part: &'static str,
    clients: usize,
    seconds: f64,
    /// The most that workerd had, resident.
    memory_mib: u64,
    actions: Vec<Told>,
    /// Transactions that the banks booked and that are not here, or not once.
    lost: usize,
    pass: bool,
}

fn run(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let mut wanted = Wanted {
        engines: vec![Engine::D1, Engine::PlanetScale],
        seconds: 20,
        people: 8,
        json: false,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("engine") => wanted.engines = vec![arguments.value()?.parse()?],
            Arg::Long("seconds") => wanted.seconds = arguments.value()?.parse()?,
            Arg::Long("people") => wanted.people = arguments.value()?.parse()?,
            Arg::Long("json") => wanted.json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    if !(5..=300).contains(&wanted.seconds) || !(1..=50).contains(&wanted.people) {
        bail!("--seconds is 5 to 300, --people 1 to 50");
    }
    let workspace = Workspace::here();
    let toolchain = setup::set_up(&workspace)?;
    for engine in &wanted.engines {
        setup::database(*engine, &workspace)?;
    }
    build::build(&workspace, &toolchain)?;
    build::sandbox(&workspace)?;
    let mut runs = Vec::new();
    for engine in &wanted.engines {
        runs.extend(drive(*engine, &wanted)?);
    }
    if wanted.json {
        println!(
            "{}",
            serde_json::to_string_pretty(&serde_json::json!({"runs": runs}))?
        );
    }
    Ok(if runs.iter().all(|run| run.pass) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Both parts, on one database.
fn drive(engine: Engine, wanted: &Wanted) -> Result<Vec<Run>> {
    eprintln!(
        "• {} people sign up and connect a bank ({}) …",
        wanted.people,
        engine.name()
    );
    let stack = Stack::start(StackOptions::on(engine))?;
    let crowd = Crowd::gather(&stack, wanted.people)?;
    let mut runs = Vec::new();
    for part in PARTS {
        let clients = wanted.people * part.each;
        eprintln!(
            "• {}: {clients} clients for {} s …",
            part.name, wanted.seconds
        );
        let run = run_part(&stack, &crowd, part, clients, wanted.seconds, engine)?;
        print(&run);
        runs.push(run);
    }
    Ok(runs)
}

fn run_part(
    stack: &Stack,
    crowd: &Crowd,
    part: &Part,
    clients: usize,
    seconds: u64,
    engine: Engine,
) -> Result<Run> {
    let ended = AtomicBool::new(false);
    let started = Instant::now();
    let until = started + Duration::from_secs(seconds);
    let mut peak = Peak::default();
    let tallies: Vec<Tally> = thread::scope(|scope| {
        let cron = stack.cron_trigger();
        scope.spawn(|| {
            let cron = cron;
            let mut next = Instant::now() + MINUTE;
            while !ended.load(Ordering::Relaxed) {
                if Instant::now() >= next {
                    // A run that fails under load is followed by another.
                    let _ = cron.run("* * * * *");
                    next = Instant::now() + MINUTE;
                }
                thread::sleep(Duration::from_millis(100));
            }
        });
        let driven: Vec<_> = (0..clients)
            .map(|number| scope.spawn(move || (part.life)(crowd.person(number), number, until)))
            .collect();
        while driven.iter().any(|client| !client.is_finished()) {
            peak.look(stack.persist_dir());
            thread::sleep(Duration::from_millis(250));
        }
        ended.store(true, Ordering::Relaxed);
        driven
            .into_iter()
            .filter_map(|client| client.join().ok())
            .collect()
    });
    let took = started.elapsed().as_secs_f64();
    let whole = tallies.len() == clients;
    let mut sum = Tally::default();
    for tally in tallies {
        sum.add(tally);
    }
    let lost = crowd.missing(stack)?;
    let actions = sum.told(took);
    let wrong = actions.iter().map(|told| told.wrong).sum::<usize>();
    let turned_away = actions.iter().any(|told| told.turned_away > 0);
    Ok(Run {
        engine: engine.name(),
        part: part.name,
        clients,
        seconds: took,
        memory_mib: peak.mib(),
        pass: whole && lost == 0 && wrong == 0 && (turned_away || !part.is_too_much),
        actions,
        lost,
    })
}

fn print(run: &Run) {
    let mark = if run.pass { "✓" } else { "✗" };
    println!(
        "{mark} {} ({}): {} clients, {:.1} s, workerd at most {} MiB, {} transactions lost",
        run.part, run.engine, run.clients, run.seconds, run.memory_mib, run.lost
    );
    println!(
        "  action        done     /s    p50 ms   p95 ms   p99 ms   max ms  turned away  wrong"
    );
    for told in &run.actions {
        println!("  {told}");
        if let Some(wrong) = &told.first_wrong {
            println!("    first wrong: {wrong}");
        }
    }
}
