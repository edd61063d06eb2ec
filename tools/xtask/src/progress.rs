//! Long steps: what is being done, a sign of life while it lasts, and the end of its output
//! where it fails. All of it on standard error; the full output stays in a log.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use stack::{Group, Workspace};

/// How often a running step says that it still runs.
const BEAT: Duration = Duration::from_secs(15);
/// What a developer does not notice as waiting.
const AT_ONCE: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_millis(20);

/// One command as a step.
pub(crate) struct Step<'a> {
    label: &'a str,
    log: PathBuf,
    stall: Option<Stall<'a>>,
    brief: bool,
}

/// When a step counts as stuck: no new output and no growth of `folders` for so long.
struct Stall<'a> {
    after: Duration,
    folders: &'a [PathBuf],
}

/// How a step went.
pub(crate) struct Outcome {
    pub(crate) status: ExitStatus,
    pub(crate) log: PathBuf,
}

impl<'a> Step<'a> {
    /// A step, with a label that completes "now: …".
    pub(crate) fn new(workspace: &Workspace, label: &'a str) -> Self {
        let name: String = label
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        Self {
            label,
            log: workspace.path("target/xtask").join(format!("{name}.log")),
            stall: None,
            brief: false,
        }
    }

    /// Gives up when nothing moves for `after`: no output, no growth of these folders.
    pub(crate) fn give_up_after(mut self, after: Duration, folders: &'a [PathBuf]) -> Self {
        self.stall = Some(Stall { after, folders });
        self
    }

    /// Says nothing while it is over at once.
    pub(crate) fn brief(mut self) -> Self {
        self.brief = true;
        self
    }

    /// Runs the command; a failure is an error that ends with its last lines.
    pub(crate) fn run(self, command: &Command) -> Result<()> {
        let label = self.label;
        let outcome = self.finish(command)?;
        if !outcome.status.success() {
            bail!(
                "{label}: {}\n{}\n(all of it: {})",
                outcome.status,
                tail(&outcome.log, 40),
                outcome.log.display()
            );
        }
        Ok(())
    }

    /// Runs the command to its end, whatever that is.
    pub(crate) fn finish(self, command: &Command) -> Result<Outcome> {
        let started = Instant::now();
        if let Some(folder) = self.log.parent() {
            fs::create_dir_all(folder)?;
        }
        let stdout =
            File::create(&self.log).with_context(|| format!("opening {}", self.log.display()))?;
        let stderr = stdout.try_clone()?;
        let mut group = Group::start(command, Stdio::from(stdout), Stdio::from(stderr))?;
        let mut announced = false;
        let mut said = started;
        let mut moved = (started, 0);
        let status = loop {
            if let Some(status) = group.ended() {
                break status;
            }
            if !announced && (!self.brief || started.elapsed() > AT_ONCE) {
                eprintln!("• {} …", self.label);
                announced = true;
            }
            if said.elapsed() > BEAT {
                said = Instant::now();
                eprintln!(
                    "  {} s: {}",
                    started.elapsed().as_secs(),
                    last_line(&self.log)
                );
            }
            if let Some(stall) = &self.stall {
                let size = size_of(&self.log)
                    + stall.folders.iter().map(|path| size_of(path)).sum::<u64>();
                if size != moved.1 {
                    moved = (Instant::now(), size);
                } else if moved.0.elapsed() > stall.after {
                    bail!(
                        "{}: nothing moved for {} s",
                        self.label,
                        stall.after.as_secs()
                    );
                }
            }
            thread::sleep(POLL);
        };
        if announced || !status.success() {
            let mark = if status.success() { "✓" } else { "✗" };
            eprintln!(
                "{mark} {} ({:.1} s)",
                self.label,
                started.elapsed().as_secs_f64()
            );
        }
        Ok(Outcome {
            status,
            log: self.log,
        })
    }
}

/// The last lines of a log.
pub(crate) fn tail(log: &Path, lines: usize) -> String {
    let text = read(log);
    let all: Vec<&str> = text.lines().collect();
    all.get(all.len().saturating_sub(lines)..)
        .unwrap_or_default()
        .join("\n")
}

/// A log's text, whatever bytes are in it.
pub(crate) fn read(log: &Path) -> String {
    String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned()
}

fn last_line(log: &Path) -> String {
    let text = read(log);
    let line = text
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("no output yet");
    line.chars().take(100).collect()
}

/// The size of a file, or of everything below a folder; 0 where there is nothing.
fn size_of(path: &Path) -> u64 {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return 0;
    };
    if !metadata.is_dir() {
        return metadata.len();
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size_of(&entry.path())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_step_that_stands_still_is_given_up() {
        let workspace = Workspace::here();
        let step =
            Step::new(&workspace, "standing still").give_up_after(Duration::from_millis(50), &[]);
        let error = step.run(&shell("echo begun; sleep 1000")).unwrap_err();
        assert!(error.to_string().contains("nothing moved"), "{error}");
    }

    #[test]
    fn a_failed_step_shows_the_end_of_its_output() {
        let workspace = Workspace::here();
        let step = Step::new(&workspace, "failing on purpose");
        let error = step.run(&shell("echo the reason >&2; exit 3")).unwrap_err();
        assert!(error.to_string().contains("the reason"), "{error}");
    }
}
