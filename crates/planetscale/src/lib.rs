//! PlanetScale's serverless protocol, MySQL over HTTP, as values: no I/O, no clock.
//!
//! A request is a POST of JSON that holds one SQL statement and the session that the
//! last reply gave; the answer is JSON that holds the rows, or an error, and the
//! session's next state. Here a [`Session`] makes an [`Exchange`], the caller carries
//! its bytes with whatever HTTP there is, and [`Exchange::answer`] reads what came
//! back into a [`Reply`] or a [`Failure`].
//!
//! The protocol is the one that PlanetScale's own client for JavaScript speaks
//! (<https://github.com/planetscale/database-js>). It has no parameters: the client
//! puts values into the SQL ([`statement`], [`append`]).
//!
//! ```
//! use planetscale::{Credentials, Session, Value, statement};
//!
//! let credentials = Credentials::new("user", "pscale_pw_1")?;
//! let mut session = Session::new();
//!
//! let ids = [Value::I64(1), Value::I64(2)];
//! let sql = statement("SELECT id, note FROM t WHERE id IN ?", &[Value::List(&ids)])?;
//! assert_eq!(sql, "SELECT id, note FROM t WHERE id IN (1,2)");
//! let exchange = session.execute(&sql)?;
//!
//! // The caller's part: POST https://HOST/psdb.v1alpha1.Database/Execute
//! assert_eq!(exchange.path(), "/psdb.v1alpha1.Database/Execute");
//! assert_eq!(credentials.headers()[0], ("Authorization", "Basic dXNlcjpwc2NhbGVfcHdfMQ=="));
//! assert!(exchange.body().starts_with(b"{\"query\":\"SELECT"));
//! let (status, body) = (200, br#"{"session": {"id": "opaque"}, "result": {
//!     "fields": [{"name": "id", "type": "INT64", "charset": 63},
//!                {"name": "note", "type": "VARCHAR", "charset": 255}],
//!     "rows": [{"lengths": ["1", "5"], "values": "MWhlbGxv"},
//!              {"lengths": ["1", "-1"], "values": "Mg=="}]}}"#);
//!
//! let reply = exchange.answer(status, body)?;
//! let notes: Vec<_> = reply
//!     .rows()
//!     .map(|row| Ok((row.i64(0)?, row.text(1)?)))
//!     .collect::<Result<_, planetscale::ColumnError>>()?;
//! assert_eq!(notes, [(Some(1), Some("hello")), (Some(2), None)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Transactions
//!
//! [`Session::begin`], statements, [`Session::commit`]: one request at a time, which
//! the borrow of the session sees to. What may be done again after a failure depends
//! on where it happened, and [`Failure::retry`] says it.
//!
//! # What is taken for granted
//!
//! The server's `sql_mode` does not hold `NO_BACKSLASH_ESCAPES`, and the connection's
//! character set is `utf8mb4` (both are PlanetScale's own settings). Were the first
//! otherwise, values would be stored with doubled backslashes; none would leave its
//! literal.
//!
//! # Invariants
//!
//! - A value is one literal: whatever it holds, it ends where it was put.
//! - A session goes back exactly as it came, and one that came with an error counts.
//! - No statement meant for a transaction runs outside of it: once a transaction's
//!   state is not known, its session takes `ROLLBACK` and nothing else.
//! - A reply that contradicts itself is refused whole; no bytes make this crate panic.
//! - No error prints SQL or a value ([`SqlError::private_message`] is the one way).

mod credentials;
mod error;
mod failure;
mod lexer;
mod literal;
mod parameters;
mod reply;
mod session;
mod sql_error;
mod value;

pub use credentials::{Credentials, InvalidCredentials};
pub use error::{Error, Refusal, Transport};
pub use failure::{Failure, Retry, Stage};
pub use literal::append_value;
pub use parameters::{ParameterError, append, statement};
pub use reply::{Cell, Column, ColumnError, ColumnProblem, ColumnType, Reply, Row, Rows};
pub use session::{Exchange, Session};
pub use sql_error::{RpcCode, SqlError, SqlErrorKind};
pub use value::Value;

/// The largest reply that is read, in bytes of its JSON.
pub const MAX_REPLY_BYTES: usize = 32 << 20;

/// The longest statement that is sent, in bytes. PlanetScale takes messages of 16 MiB;
/// a little of that is the session's.
pub const MAX_SQL_BYTES: usize = 15 << 20;

/// The character set id that marks bytes instead of text.
const BINARY: u32 = 63;
