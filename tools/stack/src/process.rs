//! A command in a process group of its own, that cannot outlive its owner: a watcher in the
//! group holds the other end of a pipe and kills the whole group once that pipe closes.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid,
};

use crate::error::{StackError, While as _};

/// Becomes the command, leaving the watcher behind in its group.
const GUARD: &str = r#"exec 3<&0
{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-"#;

/// How long a group may take to end by itself once asked to.
const GRACE: Duration = Duration::from_secs(3);

/// A running process group, killed on drop.
#[derive(Debug)]
pub struct Group {
    child: Child,
    // Its closing is what the watcher waits for.
    lifeline: Option<ChildStdin>,
}

impl Group {
    /// Starts a command with an empty standard input and the given outputs.
    ///
    /// # Errors
    /// When the system cannot start it.
    pub fn start(command: &Command, stdout: Stdio, stderr: Stdio) -> Result<Self, StackError> {
        let mut guarded = Command::new("/bin/sh");
        guarded
            .args(["-c", GUARD, "guard"])
            .arg(command.get_program())
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => guarded.env(name, value),
                None => guarded.env_remove(name),
            };
        }
        if let Some(directory) = command.get_current_dir() {
            guarded.current_dir(directory);
        }
        guarded
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(stderr);
        let mut child = guarded
            .spawn()
            .during(|| format!("starting {}", command.get_program().to_string_lossy()))?;
        let lifeline = child.stdin.take();
        Ok(Self { child, lifeline })
    }

    /// What the command writes, where its output was piped.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// How the command ended, if it has.
    #[must_use]
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for the command to end by itself.
    ///
    /// # Errors
    /// When the system cannot wait for it.
    pub fn wait(&mut self) -> Result<ExitStatus, StackError> {
        self.child.wait().during(|| "waiting for a process".into())
    }

    /// Kills every process of the group at once, as a crash would.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        drop(self.lifeline.take());
        let _ = self.child.wait();
    }

    /// Asks the group to end, and kills what is left after a grace period.
    pub fn stop(&mut self) {
        self.stop_within(GRACE);
    }

    /// As [`Self::stop`], with a grace period of this length.
    pub(crate) fn stop_within(&mut self, grace: Duration) {
        self.signal(Signal::TERM);
        let deadline = Instant::now() + grace;
        while self.ended().is_none() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kill();
    }

    /// Holds the command itself still while `meanwhile` runs, and lets it go on after. The
    /// watcher goes on, so that a held command dies with its owner too.
    pub(crate) fn held<T>(
        &self,
        meanwhile: impl FnOnce() -> Result<T, StackError>,
    ) -> Result<T, StackError> {
        let pid = Pid::from_child(&self.child);
        let context = || "holding a process still".to_owned();
        kill_process(pid, Signal::STOP)
            .map_err(Into::into)
            .during(context)?;
        // Only a stop that is reported is one of every thread. Without NOWAIT an end would be
        // taken from whoever waits for it.
        let states = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        let held = waitid(WaitId::Pid(pid), states)
            .map_err(Into::into)
            .during(context);
        let done = held.and_then(|_| meanwhile());
        kill_process(pid, Signal::CONT)
            .map_err(Into::into)
            .during(context)?;
        done
    }

    fn signal(&self, signal: Signal) {
        // A group that is already gone is what was asked for.
        let _ = kill_process_group(Pid::from_child(&self.child), signal);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _};

    use super::*;

    /// A group whose grandchild holds the standard output open, once it runs.
    fn with_grandchild() -> (Group, BufReader<ChildStdout>) {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "sleep 1000 & echo running; wait"]);
        let mut group = Group::start(&command, Stdio::piped(), Stdio::null()).unwrap();
        let mut output = BufReader::new(group.take_stdout().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert_eq!(line, "running\n");
        (group, output)
    }

    #[test]
    fn killing_a_group_ends_its_grandchildren() {
        let (mut group, mut output) = with_grandchild();
        group.kill();
        // Returns only once nobody holds the output any more.
        assert_eq!(output.read_to_string(&mut String::new()).unwrap(), 0);
        assert!(group.ended().is_some());
    }

    #[test]
    fn a_held_command_does_nothing_until_it_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let ticks = folder.path().join("ticks");
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "while :; do echo >>\"$0\"; done"])
            .arg(&ticks);
        let group = Group::start(&command, Stdio::null(), Stdio::null()).unwrap();
        let count = || std::fs::metadata(&ticks).map_or(0, |file| file.len());
        let until_more_than = |least| {
            while count() <= least {
                std::thread::yield_now();
            }
        };
        until_more_than(0);
        let held = group.held(|| {
            let before = count();
            std::thread::sleep(Duration::from_millis(50));
            Ok((before, count()))
        });
        let (before, after) = held.unwrap();
        assert_eq!(before, after);
        until_more_than(after);
    }

    #[test]
    fn a_group_dies_when_its_owner_is_gone() {
        let (mut group, mut output) = with_grandchild();
        // What the system does to a killed owner's pipes.
        drop(group.lifeline.take());
        assert_eq!(output.read_to_string(&mut String::new()).unwrap(), 0);
        assert!(!group.wait().unwrap().success());
    }
}
