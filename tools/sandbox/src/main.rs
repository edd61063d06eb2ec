//! The `sandbox` command: starts the stand-ins, says where they are, ends on a signal.

use std::process::ExitCode;

use sandbox::{Options, Parsed, Sandbox};
use tokio::io::AsyncReadExt;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::from_arguments(std::env::args_os().skip(1)) {
        Ok(Parsed::Run(options)) => options,
        Ok(Parsed::Help) => {
            println!("{}", sandbox::USAGE);
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("sandbox: {problem}\n\n{}", sandbox::USAGE);
            return ExitCode::from(2);
        }
    };
    let exit_with_parent = options.exit_with_parent;
    // Before the announcement: whoever has read it may end this process at once.
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        eprintln!("sandbox: cannot listen for signals");
        return ExitCode::FAILURE;
    };
    let sandbox = match Sandbox::start(*options).await {
        Ok(sandbox) => sandbox,
        Err(problem) => {
            eprintln!("sandbox: cannot start: {problem}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", sandbox.announcement());
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = orphaned(), if exit_with_parent => {}
    }
    ExitCode::SUCCESS
}

/// Comes back when stdin closes, which is how a parent's death shows.
async fn orphaned() {
    let mut stdin = tokio::io::stdin();
    let mut scratch = [0; 256];
    while matches!(stdin.read(&mut scratch).await, Ok(read) if read > 0) {}
}
