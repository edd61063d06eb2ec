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
use stack::{Stack, StackOptions, Workspace};

use crate::command::Command;
use crate::{build, setup};
use stage::Servers;

pub(crate) const COMMAND: Command = Command {
    name: "demo",
    summary: "play the whole story and print each request with its real reply",
    help: "\
Usage: cargo xtask demo [--url ORIGIN [--plaid URL] [--mailbox URL]]

From sign-up to her bank's transactions and out again. Starts a private instance for it, or
plays against a running one. Ends with an error at the first reply that is not as told.

  --url ORIGIN   the Balance to play against, such as http://localhost:8787
  --plaid URL    its Plaid stand-in (default: the port after ORIGIN's, as `dev` has it)
  --mailbox URL  its mailbox (default: the third port after ORIGIN's)",
    run,
};

fn run(arguments: lexopt::Parser) -> Result<ExitCode> {
    if let Some(servers) = parse(arguments)? {
        // Somebody may have played here before.
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        story::play(&servers, &format!("ada+{now:x}@example.com"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let workspace = Workspace::here();
    let toolchain = setup::set_up(&workspace)?;
    build::build(&workspace, &toolchain)?;
    build::sandbox(&workspace)?;
    eprintln!("• starting a private instance …");
    let stack = Stack::start(StackOptions::default())?;
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

/// The running instance that was named, if one was.
fn parse(mut arguments: lexopt::Parser) -> Result<Option<Servers>> {
    let (mut url, mut plaid, mut mailbox) = (None::<String>, None, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("url") => url = Some(arguments.value()?.string()?),
            Arg::Long("plaid") => plaid = Some(arguments.value()?.string()?),
            Arg::Long("mailbox") => mailbox = Some(arguments.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let Some(url) = url else {
        let missing = "--plaid and --mailbox go with --url";
        anyhow::ensure!(plaid.is_none() && mailbox.is_none(), missing);
        return Ok(None);
    };
    let beside = |given: Option<String>, ports: u16| match given {
        Some(given) => Ok(given),
        None => neighbour(&url, ports),
    };
    Ok(Some(Servers {
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

    fn servers(arguments: &[&str]) -> Result<Option<Servers>> {
        parse(lexopt::Parser::from_args(arguments))
    }

    #[test]
    fn the_stand_ins_are_where_dev_puts_them() {
        let found = servers(&["--url", "http://localhost:8787"])
            .unwrap()
            .unwrap();
        assert_eq!(found.plaid, "http://localhost:8788");
        assert_eq!(found.mailbox, "http://localhost:8790");
    }

    #[test]
    fn without_a_port_the_stand_ins_must_be_named() {
        assert!(servers(&["--url", "https://balance.example"]).is_err());
        assert!(servers(&["--plaid", "http://localhost:1"]).is_err());
        assert!(servers(&[]).unwrap().is_none());
    }
}
