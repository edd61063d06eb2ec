//! `cargo xtask dev`: from a bare checkout to a running Balance with everything beside it.

mod cron;
mod follow;

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use lexopt::{Arg, ValueExt as _};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use stack::{
    Build, Engine, Stack, StackOptions, TEST_IDENTITY, TEST_RECIPIENT, Telemetry, Workspace,
};

use crate::build::{self, Purpose};
use crate::command::Command;
use crate::setup;

pub(crate) const COMMAND: Command = Command {
    name: "dev",
    summary: "set up everything and run Balance locally, with stand-ins for Plaid and the rest",
    help: "\
Usage: cargo xtask dev [--engine d1|planetscale] [--port N] [--persist DIR]
                       [--vars FILE]... [--no-sandbox]

Runs the Worker in workerd with local D1, queue, mail and cron, rebuilds it when src/ or
crates/ change, and starts the stand-ins beside it: Plaid on the next port, Pwned Passwords
on the one after, a mailbox on the third, and on the fourth PlanetScale where that is the
engine, before a MariaDB of the instance's own. Ctrl-C ends all of it; the database stays.

  --engine E     which database holds the rows: d1 (default) or planetscale; each keeps its
                 own, and neither sees the other's
  --port N       the Worker's port (default 8787)
  --persist DIR  where database, logs and mails are kept (default .wrangler/dev)
  --vars FILE    more variables (NAME=value lines) over .dev.vars and the stand-ins'
                 addresses; may be given more than once, later ones win
  --no-sandbox   no stand-ins: the variables say where Plaid, Pwned Passwords and
                 PlanetScale are",
    run,
};

struct Options {
    engine: Engine,
    port: u16,
    persist: Option<PathBuf>,
    vars: Vec<PathBuf>,
    sandbox: bool,
}

/// What ends the wait.
enum Event {
    Signal(i32),
}

fn run(arguments: lexopt::Parser) -> Result<ExitCode> {
    let options = parse(arguments)?;
    let started = Instant::now();
    let workspace = Workspace::here();
    let toolchain = setup::set_up(&workspace)?;
    build::build_for(Purpose::Try, &workspace, &toolchain)?;
    if options.sandbox {
        setup::database(options.engine, &workspace)?;
        build::sandbox(&workspace)?;
    }
    // From here on a signal ends the instance in order, not this process at once.
    let (sender, events) = channel();
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("listening for signals")?;
    thread::spawn(move || {
        for signal in signals.forever() {
            // Nobody listens any more only once the process is on its way out.
            let _ = sender.send(Event::Signal(signal));
        }
    });
    let mut stack = start(&workspace, &options)?;
    eprintln!("✓ running after {:.1} s", started.elapsed().as_secs_f64());
    let administrator = stack.persist_dir().join(ADMINISTRATOR);
    let identity = format!(
        "# As public as this program: for no data that anyone cares about.\n{TEST_IDENTITY}\n"
    );
    fs::write(&administrator, identity)
        .with_context(|| format!("writing {}", administrator.display()))?;
    greet(&stack, options.sandbox);
    cron::run(&stack)?;
    follow::problems(&stack.problems_path())?;
    follow::rebuilds(&stack.log_path())?;
    let code = loop {
        match events.recv_timeout(Duration::from_millis(500)) {
            Ok(Event::Signal(signal)) => break 128 + signal,
            Err(RecvTimeoutError::Timeout) => {
                if let Some(what) = stack.ended() {
                    bail!(
                        "{what} has ended by itself; its log is in {}",
                        stack.persist_dir().display()
                    );
                }
            }
            Err(RecvTimeoutError::Disconnected) => bail!("the signal handler is gone"),
        }
    };
    eprintln!("\nStopping …");
    stack.stop();
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

fn parse(mut arguments: lexopt::Parser) -> Result<Options, lexopt::Error> {
    let mut options = Options {
        engine: Engine::of_environment(),
        port: 8787,
        persist: None,
        vars: Vec::new(),
        sandbox: true,
    };
    let absolute = |path: OsString| std::path::absolute(path).map_err(|error| error.to_string());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("engine") => options.engine = arguments.value()?.parse()?,
            Arg::Long("port") => options.port = arguments.value()?.parse()?,
            Arg::Long("persist") => options.persist = Some(absolute(arguments.value()?)?),
            Arg::Long("vars") => options.vars.push(absolute(arguments.value()?)?),
            Arg::Long("no-sandbox") => options.sandbox = false,
            other => return Err(other.unexpected()),
        }
    }
    Ok(options)
}

fn start(workspace: &Workspace, options: &Options) -> Result<Stack> {
    let this = std::env::current_exe().context("where this program is")?;
    let options = StackOptions {
        port: options.port,
        persist: Some(
            options
                .persist
                .clone()
                .unwrap_or_else(|| workspace.path(".wrangler/dev")),
        ),
        base_vars: Some(workspace.path(".dev.vars")),
        vars_files: options.vars.clone(),
        engine: options.engine,
        sandbox: options.sandbox,
        backups_to: options.sandbox.then_some(TEST_RECIPIENT),
        telemetry: Telemetry::StandIns,
        build: Build::Watch {
            folder: workspace.path(Purpose::Try.folder()),
            command: format!("'{}' build --quick", this.display()),
        },
        ..StackOptions::default()
    };
    eprintln!(
        "• starting workerd{} …",
        if options.sandbox {
            " and the stand-ins"
        } else {
            ""
        }
    );
    Ok(Stack::start(options)?)
}

/// The identity that opens the instance's backups, in its folder.
const ADMINISTRATOR: &str = "administrator.txt";

/// Which one, and where.
fn database(stack: &Stack) -> String {
    match (stack.engine(), stack.planetscale_url()) {
        (Engine::D1, _) => "D1".to_owned(),
        (Engine::PlanetScale, "") => "PlanetScale, where the variables say".to_owned(),
        (Engine::PlanetScale, url) => format!("PlanetScale, {url}   (stand-in)"),
    }
}

fn greet(stack: &Stack, sandbox: bool) {
    let origin = stack.origin();
    println!("\n  Balance          {origin}        ({origin}/docs explains the API)");
    if sandbox {
        println!("  Mailbox          {}", stack.mailbox_url());
        println!("  Plaid            {}   (stand-in)", stack.plaid_url());
        println!("  Stripe           {}   (stand-in)", stack.stripe_url());
        println!("  Pwned Passwords  {}   (stand-in)", stack.pwned_url());
        println!(
            "  Backups          {}   (stand-in for S3; {} opens them)",
            stack.s3_url(),
            stack.persist_dir().join(ADMINISTRATOR).display()
        );
        println!(
            "  Telemetry        {0}/_control/received and {1}/_control/received   (stand-ins)",
            stack.new_relic_url(),
            stack.appsignal_url()
        );
    }
    println!("  Database         {}", database(stack));
    println!("  Log and state    {}", stack.persist_dir().display());
    println!("\nTry:\n\n  curl {origin}/healthz");
    println!("\n  curl {origin}/v1/users -H 'content-type: application/json' \\");
    println!(
        "    -d '{{\"email\":\"ada@example.com\",\"password\":\"ferry lantern quiet harbour\"}}'"
    );
    if sandbox {
        println!(
            "\n  curl '{}/messages?to=ada@example.com&wait=10'",
            stack.mailbox_url()
        );
    }
    println!("\nCtrl-C ends it.\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_that_is_not_known_is_refused() {
        let engine = |name| parse(lexopt::Parser::from_args(["--engine", name]));
        let chosen = engine("planetscale").map(|options| options.engine);
        assert!(matches!(chosen, Ok(Engine::PlanetScale)));
        assert!(engine("mysql").is_err());
    }
}
