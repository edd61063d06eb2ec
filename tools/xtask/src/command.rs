//! What a command of `cargo xtask` is, and how the one asked for is found.

use std::process::ExitCode;

use anyhow::Result;

/// One command.
pub(crate) struct Command {
    /// What is typed.
    pub(crate) name: &'static str,
    /// One line for the list of commands.
    pub(crate) summary: &'static str,
    /// The usage line and all options, for `--help`.
    pub(crate) help: &'static str,
    /// Runs it on the arguments after its name.
    pub(crate) run: fn(lexopt::Parser) -> Result<ExitCode>,
}

/// Runs the command that the process's arguments name.
pub(crate) fn dispatch(commands: &[Command]) -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let name = arguments.next().unwrap_or_default();
    let rest: Vec<_> = arguments.collect();
    let Some(command) = commands.iter().find(|command| command.name == name) else {
        let asked = ["", "help", "-h", "--help"]
            .iter()
            .any(|word| name == *word);
        if asked {
            println!("{}", overview(commands));
            return ExitCode::SUCCESS;
        }
        eprintln!(
            "There is no `cargo xtask {}`.\n\n{}",
            name.display(),
            overview(commands)
        );
        return ExitCode::from(2);
    };
    if rest
        .iter()
        .any(|argument| argument == "--help" || argument == "-h")
    {
        println!("{}\n\n{}", command.summary, command.help);
        return ExitCode::SUCCESS;
    }
    match (command.run)(lexopt::Parser::from_args(rest)) {
        Ok(code) => code,
        Err(error) if error.is::<lexopt::Error>() => {
            eprintln!("{error}\n\n{}", command.help);
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("\ncargo xtask {}: {error:#}", command.name);
            ExitCode::FAILURE
        }
    }
}

fn overview(commands: &[Command]) -> String {
    let mut lines = vec![
        "Usage: cargo xtask COMMAND [OPTIONS]   (cargo xtask COMMAND --help explains it)"
            .to_owned(),
        String::new(),
    ];
    lines.extend(
        commands
            .iter()
            .map(|Command { name, summary, .. }| format!("  {name:8} {summary}")),
    );
    lines.join("\n")
}
