//! A Node program that answers questions, for what Node has and this workspace would otherwise
//! take a dependency for: TLS, and SQLite. A question is a line of JSON, and so is its answer.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{StackError, While as _};
use crate::workspace::Workspace;

/// Asks `answer`, which the program defines, one question after the other.
const LOOP: &str = include_str!("node/answer.mjs");

/// A running program. It ends when its owner does: it reads until its input ends.
#[derive(Debug)]
pub struct NodeProgram {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Told<A> {
    Answer(A),
    Error(String),
}

impl NodeProgram {
    /// Starts a module that defines `answer(question)`; `arguments` are the last of
    /// `process.argv`.
    ///
    /// # Errors
    /// When Node is not installed or does not start.
    pub fn start(
        script: &str,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Self, StackError> {
        let mut node = Workspace::here().node_program("node")?;
        node.args(["--no-warnings", "--input-type=module", "--eval"])
            .arg(format!("{script}\n{LOOP}"))
            .arg("--")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = node.spawn().during(|| "starting Node".into())?;
        let gone = || StackError::Unexpected("Node has no input or output".into());
        let questions = child.stdin.take().ok_or_else(gone)?;
        let answers = child.stdout.take().ok_or_else(gone)?;
        Ok(Self {
            child,
            questions: Some(questions),
            answers: BufReader::new(answers),
        })
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// What the program threw, or that it has ended.
    pub fn ask<A: DeserializeOwned>(&mut self, question: &impl Serialize) -> Result<A, StackError> {
        let unexpected = |error: serde_json::Error| StackError::Unexpected(error.to_string());
        let mut line = serde_json::to_vec(question).map_err(unexpected)?;
        line.push(b'\n');
        let ended = || "asking Node, which has ended".to_owned();
        if let Some(questions) = &mut self.questions {
            questions.write_all(&line).during(ended)?;
            questions.flush().during(ended)?;
        }
        let mut line = String::new();
        if self.answers.read_line(&mut line).during(ended)? == 0 {
            return Err(StackError::Unexpected(
                "Node ended without an answer".into(),
            ));
        }
        match serde_json::from_str(&line).map_err(unexpected)? {
            Told::Answer(answer) => Ok(answer),
            Told::Error(words) => Err(StackError::Unexpected(words)),
        }
    }
}

impl Drop for NodeProgram {
    fn drop(&mut self) {
        self.questions = None;
        // It may be in the middle of an answer that nobody waits for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::NodeProgram;

    #[test]
    fn a_program_answers_and_goes_on_after_an_error() {
        let script = "function answer(n) { if (n > 9) throw new Error('too many'); return n * 2; }";
        let mut program = NodeProgram::start(script, [""; 0]).unwrap();
        assert_eq!(program.ask::<u32>(&3).unwrap(), 6);
        let error = program.ask::<u32>(&10).unwrap_err();
        assert_eq!(error.to_string(), "too many");
        assert_eq!(program.ask::<u32>(&4).unwrap(), 8);
    }
}
