//! A session, and one request in it at a time.
//! Follows PlanetScale's `psdb.v1alpha1.Database` service.
//! Invariants: the server's state of a session is echoed as it came, also from an
//! error; a transaction whose state is not known takes `ROLLBACK` and nothing else.

use std::fmt;

use serde_json::value::RawValue;

use crate::lexer::{Kind, Lexer};
use crate::reply::{self, Answer};
use crate::{Error, Failure, MAX_SQL_BYTES, Refusal, Reply, Stage, Transport};

const EXECUTE: &str = "/psdb.v1alpha1.Database/Execute";
const CREATE: &str = "/psdb.v1alpha1.Database/CreateSession";

/// One conversation with the database, and at most one transaction.
///
/// The server keeps its state in a value that each reply carries and the next request
/// takes back. A second request while one is under way would fork it, so a request
/// holds the session:
///
/// ```compile_fail,E0499
/// let mut session = planetscale::Session::new();
/// let one = session.execute("SELECT 1").unwrap();
/// let two = session.execute("SELECT 2").unwrap();
/// let _ = one.answer(200, b"{}");
/// ```
///
/// A transaction:
///
/// ```
/// # use planetscale::{Exchange, Failure, Reply, Session};
/// # fn post(exchange: Exchange<'_>) -> Result<Reply, Failure> {
/// #     exchange.answer(200, br#"{"session":{"id":"1"},"result":{"rowsAffected":"1"}}"#)
/// # }
/// fn transfer(session: &mut Session) -> Result<(), Failure> {
///     post(session.begin()?)?;
///     post(session.execute("UPDATE a SET n = n - 1")?)?;
///     post(session.execute("UPDATE b SET n = n + 1")?)?;
///     post(session.commit()?)?;
///     Ok(())
/// }
/// let mut session = Session::new();
/// if transfer(&mut session).is_err() && session.must_roll_back() {
///     let _ = post(session.rollback());
/// }
/// # assert!(!session.must_roll_back());
/// ```
#[derive(Default)]
pub struct Session {
    state: Option<Box<RawValue>>,
    open: bool,
    in_doubt: bool,
}

/// A request under way: its bytes, and what takes its answer.
///
/// Dropped without an answer, it counts as one that was sent and not answered.
#[must_use = "a request does nothing until its bytes are sent"]
pub struct Exchange<'s> {
    session: &'s mut Session,
    stage: Stage,
    was_in_doubt: bool,
    body: Vec<u8>,
}

impl Session {
    /// A session that the server does not know yet; its first reply makes it one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a transaction is open, or may be.
    #[must_use]
    pub const fn must_roll_back(&self) -> bool {
        self.open || self.in_doubt
    }

    /// Asks for a session without running anything. Not needed before a statement.
    ///
    /// # Errors
    /// [`Refusal::Open`] or [`Refusal::InDoubt`]: a new session would leave a
    /// transaction behind.
    pub fn create(&mut self) -> Result<Exchange<'_>, Failure> {
        self.check(Stage::Create, !self.open, Refusal::Open)?;
        Ok(self.exchange(Stage::Create, b"{}".to_vec()))
    }

    /// Runs one statement, whose values are already in it ([`statement`](crate::statement)).
    ///
    /// `BEGIN`, `START TRANSACTION`, `COMMIT` and `ROLLBACK` are known for what they
    /// are. What commits implicitly (DDL), or opens a transaction implicitly (`SET
    /// autocommit = 0`), is not: keep both out of a session that has transactions.
    ///
    /// # Errors
    /// [`Error::Limit`] and [`Error::Refused`]; nothing is sent then.
    pub fn execute(&mut self, sql: &str) -> Result<Exchange<'_>, Failure> {
        let stage = self.stage_of(sql);
        if sql.len() > MAX_SQL_BYTES {
            let error = Error::Limit;
            return Err(Failure { error, stage });
        }
        match stage {
            Stage::Begin => self.check(stage, !self.open, Refusal::Open)?,
            Stage::Commit => self.check(stage, self.open, Refusal::NotOpen)?,
            Stage::Rollback => {}
            _ => self.check(stage, true, Refusal::Open)?,
        }
        let body = self.body(sql);
        Ok(self.exchange(stage, body))
    }

    /// Opens a transaction. PlanetScale ends one that is older than 20 seconds.
    ///
    /// # Errors
    /// [`Refusal::Open`] and [`Refusal::InDoubt`].
    pub fn begin(&mut self) -> Result<Exchange<'_>, Failure> {
        self.execute("BEGIN")
    }

    /// Makes the open transaction last.
    ///
    /// # Errors
    /// [`Refusal::NotOpen`] and [`Refusal::InDoubt`].
    pub fn commit(&mut self) -> Result<Exchange<'_>, Failure> {
        self.execute("COMMIT")
    }

    /// Undoes whatever is open. Its success makes the session usable again; after its
    /// failure, go on in a new one, and the server ends the old transaction by itself.
    pub fn rollback(&mut self) -> Exchange<'_> {
        let body = self.body("ROLLBACK");
        self.exchange(Stage::Rollback, body)
    }

    fn check(&self, stage: Stage, fits: bool, otherwise: Refusal) -> Result<(), Failure> {
        let refusal = match (self.in_doubt, fits) {
            (true, _) => Refusal::InDoubt,
            (false, false) => otherwise,
            (false, true) => return Ok(()),
        };
        let error = Error::Refused(refusal);
        Err(Failure { error, stage })
    }

    fn stage_of(&self, sql: &str) -> Stage {
        let [first, second] = first_words(sql);
        let is = |word: &str, name: &str| word.eq_ignore_ascii_case(name);
        let stage = if is(first, "BEGIN") || is(first, "START") && is(second, "TRANSACTION") {
            Stage::Begin
        } else if is(first, "COMMIT") {
            Stage::Commit
        } else if is(first, "ROLLBACK") && second.is_empty() {
            // Anything more is a savepoint's, and the transaction stays open.
            Stage::Rollback
        } else if is(first, "SELECT") || is(first, "SHOW") {
            Stage::Read
        } else {
            Stage::Write
        };
        match stage {
            Stage::Read | Stage::Write if self.open => Stage::Inside,
            stage => stage,
        }
    }

    fn body(&self, sql: &str) -> Vec<u8> {
        let state = self.state.as_deref().map_or("null", RawValue::get);
        // What JSON escapes is mostly quotes, so a sixteenth more is mostly enough.
        let mut body = Vec::with_capacity(sql.len() + sql.len() / 16 + state.len() + 32);
        body.extend_from_slice(b"{\"query\":");
        // Cannot fail: a string, into memory.
        let written = serde_json::to_writer(&mut body, sql);
        debug_assert!(written.is_ok());
        body.extend_from_slice(b",\"session\":");
        body.extend_from_slice(state.as_bytes());
        body.push(b'}');
        body
    }

    fn exchange(&mut self, stage: Stage, body: Vec<u8>) -> Exchange<'_> {
        let was_in_doubt = self.in_doubt;
        // Until an answer says otherwise.
        self.in_doubt = match stage {
            Stage::Create | Stage::Read | Stage::Write => self.in_doubt,
            Stage::Begin | Stage::Inside | Stage::Commit | Stage::Rollback => true,
        };
        Exchange {
            session: self,
            stage,
            was_in_doubt,
            body,
        }
    }
}

impl Exchange<'_> {
    /// The path to POST to, below `https://HOST`.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        match self.stage {
            Stage::Create => CREATE,
            _ => EXECUTE,
        }
    }

    /// The JSON to send. It holds the statement's values.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Takes the JSON out, for a transport that wants to own it.
    #[must_use]
    pub fn take_body(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.body)
    }

    /// What the request is for.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// Reads what came back, and keeps the session that came with it.
    ///
    /// # Errors
    /// Whatever is not a reply to the statement.
    pub fn answer(self, status: u16, body: &[u8]) -> Result<Reply, Failure> {
        let Answer { session, result } = reply::read(status, body);
        let has_session = session.is_some();
        if has_session {
            self.session.state = session;
        }
        let result = match (self.stage, result) {
            (Stage::Begin | Stage::Create, Ok(_)) if !has_session => {
                Err(Error::Malformed("no session"))
            }
            (_, result) => result,
        };
        match result {
            Ok(reply) => {
                self.session.in_doubt = false;
                match self.stage {
                    Stage::Begin => self.session.open = true,
                    Stage::Commit | Stage::Rollback => self.session.open = false,
                    _ => {}
                }
                Ok(reply)
            }
            Err(error) => Err(self.fail(error)),
        }
    }

    /// No answer came: says what that means for the session and for trying again.
    #[must_use]
    pub fn failed(self, transport: Transport) -> Failure {
        self.fail(Error::Transport(transport))
    }

    fn fail(self, error: Error) -> Failure {
        let stage = self.stage;
        let failure = Failure { error, stage };
        if matches!(failure.error, Error::Transport(Transport::NotSent)) {
            self.session.in_doubt = self.was_in_doubt;
        } else if stage == Stage::Inside && failure.is_of_the_statement_only() {
            self.session.in_doubt = false;
        }
        failure
    }
}

/// The first two words of a statement, past comments and the parentheses that a union
/// begins with; empty where there are none.
fn first_words(sql: &str) -> [&str; 2] {
    let mut lexer = Lexer::new(sql);
    let mut word = || loop {
        match lexer.next() {
            Ok(Some((Kind::Gap, _))) => {}
            Ok(Some((Kind::Other, piece))) => {
                let piece = piece.trim_start_matches('(');
                if piece.is_empty() {
                    continue;
                }
                let end = piece.find(|c: char| !c.is_ascii_alphabetic());
                return piece.get(..end.unwrap_or(piece.len())).unwrap_or_default();
            }
            _ => return "",
        }
    };
    [word(), word()]
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("open", &self.open)
            .field("in_doubt", &self.in_doubt)
            .finish_non_exhaustive()
    }
}
