//! `cargo xtask operator grant`: who may become the first operator of the audited console. The
//! Worker makes that account one when it signs in there with a key, while there is no other; all
//! later ones are made by an operator. Who deploys can do this, and it is a leaf of the log.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use lexopt::Arg;
use stack::Workspace;

use crate::command::Command;

const NAME: &str = "FIRST_OPERATOR";

pub(crate) const COMMAND: Command = Command {
    name: "operator",
    summary: "name the account that may become the first operator of the console",
    help: "\
Usage: cargo xtask operator grant EMAIL [--remote [--env NAME]]

Writes FIRST_OPERATOR to .dev.vars; with --remote, asks wrangler to keep it as a secret of the
deployed Worker. The account of that email becomes an operator when it signs in with
`balance-console login`, by a key of its own, and only while there is no operator.

  --remote    the deployed Worker (npx wrangler secret put)
  --env NAME  its environment: production",
    run,
};

struct Options {
    email: String,
    remote: bool,
    environment: Option<String>,
}

fn run(arguments: lexopt::Parser) -> Result<ExitCode> {
    let options = parse(arguments)?;
    let workspace = Workspace::here();
    if options.remote {
        let mut wrangler = workspace.node_program("wrangler")?;
        wrangler.args(["secret", "put", NAME]);
        if let Some(environment) = &options.environment {
            wrangler.args(["--env", environment]);
        }
        wrangler.stdin(std::process::Stdio::piped());
        let mut running = wrangler.spawn().context("starting wrangler")?;
        let mut input = running.stdin.take().context("wrangler reads nothing")?;
        std::io::Write::write_all(&mut input, options.email.as_bytes())?;
        drop(input);
        ensure!(running.wait()?.success(), "wrangler did not keep it");
    } else {
        let path = workspace.path(".dev.vars");
        let present = fs::read_to_string(&path)
            .context("there is no .dev.vars yet: `cargo xtask setup` makes it")?;
        fs::write(&path, with(&present, &options.email)).context("writing .dev.vars")?;
    }
    println!(
        "{} may become the first operator: `balance-console login`",
        options.email
    );
    Ok(ExitCode::SUCCESS)
}

fn parse(mut arguments: lexopt::Parser) -> Result<Options> {
    let (mut words, mut remote, mut environment) = (Vec::new(), false, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Value(word) => words.push(word.to_string_lossy().into_owned()),
            Arg::Long("remote") => remote = true,
            Arg::Long("env") => {
                environment = Some(arguments.value()?.to_string_lossy().into_owned());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let email = match words.as_slice() {
        [grant, email] if grant == "grant" => email.clone(),
        _ => return Err(lexopt::Error::from("`grant EMAIL` is expected").into()),
    };
    let is_email = email.contains('@') && !email.chars().any(|c| c.is_whitespace() || c == '"');
    if !is_email {
        return Err(lexopt::Error::from(format!("{email} is no email")).into());
    }
    Ok(Options {
        email,
        remote,
        environment,
    })
}

/// The file with the variable in it, in the place of another value.
fn with(present: &str, email: &str) -> String {
    let line = format!("{NAME}={email}");
    let is_set = |line: &&str| line.starts_with(&format!("{NAME}="));
    let mut lines: Vec<&str> = present.lines().filter(|line| !is_set(line)).collect();
    lines.push(&line);
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_there_once_and_nothing_else_changes() {
        let before = "# Head.\nKEYRING={}\n#FIRST_OPERATOR=\n";
        let after = with(before, "ada@example.com");
        assert_eq!(
            after,
            "# Head.\nKEYRING={}\n#FIRST_OPERATOR=\nFIRST_OPERATOR=ada@example.com\n"
        );
        assert_eq!(
            with(&after, "bob@example.com")
                .matches("FIRST_OPERATOR=")
                .count(),
            2
        );
    }

    #[test]
    fn what_is_no_order_is_refused() {
        let refused = |words: &[&str]| parse(lexopt::Parser::from_args(words)).is_err();
        assert!(refused(&[]) && refused(&["grant"]) && refused(&["grant", "nobody"]));
        assert!(refused(&["revoke", "a@example.com"]));
        let taken = ["grant", "a@example.com", "--remote", "--env", "production"];
        assert!(!refused(&taken));
    }
}
