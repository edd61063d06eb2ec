//! `cargo xtask …`: everything a developer runs, the same on a bare machine and on a used one.
//!
//! Each command is a file with a `COMMAND`; listing it here is all it takes to add one.
//! Progress goes to standard error, results to standard output.

mod bench;
mod build;
mod client;
mod command;
mod demo;
mod deploy;
mod dev;
mod hex;
mod keyring;
mod load;
mod migrate;
mod moving;
mod newcomers;
mod operator;
mod planetscale;
mod progress;
mod prove;
mod resident;
mod restore;
mod schema;
mod selfhost;
mod setup;
mod test;
mod variables;
#[cfg(test)]
mod wrangler;

use std::process::ExitCode;

use command::Command;

const COMMANDS: &[Command] = &[
    dev::COMMAND,
    test::COMMAND,
    demo::COMMAND,
    prove::COMMAND,
    bench::COMMAND,
    load::COMMAND,
    build::COMMAND,
    setup::COMMAND,
    deploy::COMMAND,
    selfhost::COMMAND,
    keyring::COMMAND,
    restore::COMMAND,
    migrate::COMMAND,
    moving::COMMAND,
    operator::COMMAND,
];

fn main() -> ExitCode {
    command::dispatch(COMMANDS)
}
