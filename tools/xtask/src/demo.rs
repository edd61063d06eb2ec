//! `cargo xtask demo`: the whole story of a person and her bank, as requests one could paste and
//! the replies they really got. What the README quotes is printed here.

mod json;
mod stage;
mod story;
mod transcript;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use lexopt::{Arg, ValueExt as _};
use stack::{Engine, Stack, StackOptions, Workspace};

use crate::command::Command;
use crate::{build, setup};
use stage::Servers;

pub(crate) const COMMAND: Command = Command {
    name: "demo",
    summary: "play the whole story and print each request with its real reply",
    help: "\
Usage: cargo xtask demo [--engine d1|planetscale]
       cargo xtask demo --url ORIGIN [--plaid URL] [--mailbox URL]

From sign-up to her bank's transactions and out again. Starts a private instance for it, or
plays against a running one. Ends with an error at the first reply that is not as told.

  --engine E     the private instance's database: d1 (default), or planetscale, whose
                 stand-in has a MariaDB behind it
  --url ORIGIN   the Balance to play against, such as http://localhost:8787
  --plaid URL    its Plaid stand-in (default: the port after ORIGIN's, as `dev` has it)
  --mailbox URL  its mailbox (default: the third port after ORIGIN's)",
    run,
};

fn run(arguments: lexopt::Parser) -> Result<ExitCode> {
    let engine = match parse(arguments)? {
        Where::Private(engine) => engine,
        Where::There(servers) => {
            // Somebody may have played here before.
            let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
            story::play(&servers, &format!("ada+{now:x}@example.com"))?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let workspace = Workspace::here();
    let toolchain = setup::set_up(&workspace)?;
    setup::database(engine, &workspace)?;
    build::build(&workspace, &toolchain)?;
    build::sandbox(&workspace)?;
    eprintln!("• starting a private instance on {} …", engine.name());
    let stack = Stack::start(StackOptions::on(engine))?;
    let servers = Servers {
        balance: stack.origin(),
        plaid: stack.plaid_url().to_owned(),
        mailbox: stack.mailbox_url().to_owned(),
    };
    let played = story::play(&servers, "ada@example.com");
    if played.is_err() {
        eprintln!("\nThe log of the instance:\n{}", stack.log());
    }
    stack.stop();
    played.map(|()| ExitCode::SUCCESS)
}

/// Where the story plays.
enum Where {
    /// On an instance of its own, with this database.
    Private(Engine),
    /// On a running one that was named.
    There(Servers),
}

fn parse(mut arguments: lexopt::Parser) -> Result<Where> {
    let (mut url, mut plaid, mut mailbox) = (None::<String>, None, None);
    let mut engine = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("engine") => engine = Some(arguments.value()?.parse()?),
            Arg::Long("url") => url = Some(arguments.value()?.string()?),
            Arg::Long("plaid") => plaid = Some(arguments.value()?.string()?),
            Arg::Long("mailbox") => mailbox = Some(arguments.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let Some(url) = url else {
        let missing = "--plaid and --mailbox go with --url";
        anyhow::ensure!(plaid.is_none() && mailbox.is_none(), missing);
        return Ok(Where::Private(
            engine.unwrap_or_else(Engine::of_environment),
        ));
    };
    anyhow::ensure!(
        engine.is_none(),
        "a running instance has its database: --engine does not go with --url"
    );
    let beside = |given: Option<String>, ports: u16| match given {
        Some(given) => Ok(given),
        None => neighbour(&url, ports),
    };
    Ok(Where::There(Servers {
        plaid: beside(plaid, 1)?,
        mailbox: beside(mailbox, 3)?,
        balance: url,
    }))
}

/// The same host, some ports further.
fn neighbour(url: &str, ports: u16) -> Result<String> {
    let (host, port) = url
        .trim_end_matches('/')
        .rsplit_once(':')
        .unwrap_or_default();
    let port: u16 = port
        .parse()
        .context("without a port in --url, --plaid and --mailbox must be given")?;
    Ok(format!("{host}:{}", port.saturating_add(ports)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(arguments: &[&str]) -> Result<Where> {
        parse(lexopt::Parser::from_args(arguments))
    }

    #[test]
    fn the_stand_ins_are_where_dev_puts_them() {
        let Where::There(found) = place(&["--url", "http://localhost:8787"]).unwrap() else {
            panic!("a private instance");
        };
        assert_eq!(found.plaid, "http://localhost:8788");
        assert_eq!(found.mailbox, "http://localhost:8790");
    }

    #[test]
    fn without_a_port_the_stand_ins_must_be_named() {
        assert!(place(&["--url", "https://balance.example"]).is_err());
        assert!(place(&["--plaid", "http://localhost:1"]).is_err());
        assert!(matches!(place(&[]), Ok(Where::Private(_))));
    }

    #[test]
    fn a_database_is_chosen_for_a_private_instance_only() {
        let chosen = place(&["--engine", "planetscale"]);
        assert!(matches!(chosen, Ok(Where::Private(Engine::PlanetScale))));
        assert!(place(&["--engine", "sqlite"]).is_err());
        let running = ["--url", "http://localhost:8787", "--engine", "d1"];
        assert!(place(&running).is_err());
    }
}
