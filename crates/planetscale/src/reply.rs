//! What came back, read: rows, or why there are none.
//! Follows the shape of PlanetScale's replies: protobuf's JSON of a Vitess result,
//! where 64-bit integers are strings and what is zero or empty is left out.
//! Invariant: a reply whose parts contradict each other is no reply.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{Error, MAX_REPLY_BYTES, RpcCode, SqlError, SqlErrorKind, Transport};

mod cells;
mod column;
mod count;
mod row;

use cells::Cells;
pub use column::{Column, ColumnType};
use count::Count;
pub use row::{Cell, ColumnError, ColumnProblem, Row, Rows};

/// The result of a statement. It owns its cells, in one buffer.
///
/// There is no `Debug`: cells are private.
#[derive(Default)]
pub struct Reply {
    columns: Vec<Column>,
    cells: Cells,
    rows_affected: u64,
    insert_id: u64,
    seconds: Option<f64>,
}

impl Reply {
    /// The columns of the result; none, for a statement that has no rows to give.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Where the column of this name is. Names compare as the server wrote them.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name() == name)
    }

    /// The rows, in the server's order.
    #[must_use]
    pub const fn rows(&self) -> Rows<'_> {
        Rows::new(self)
    }

    /// One row, counted from 0.
    #[must_use]
    pub fn row(&self, at: usize) -> Option<Row<'_>> {
        (at < self.len()).then_some(Row::new(self, at))
    }

    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.cells.rows()
    }

    /// Whether there are no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many rows the statement changed.
    #[must_use]
    pub const fn rows_affected(&self) -> u64 {
        self.rows_affected
    }

    /// The first `AUTO_INCREMENT` value that the statement made; 0 where it made none.
    #[must_use]
    pub const fn insert_id(&self) -> u64 {
        self.insert_id
    }

    /// How long the server says it took, in seconds.
    #[must_use]
    pub const fn seconds(&self) -> Option<f64> {
        self.seconds
    }
}

/// A body, read. The session is here whatever the result is.
pub(crate) struct Answer {
    pub(crate) session: Option<Box<RawValue>>,
    pub(crate) result: Result<Reply, Error>,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    session: Option<&'a RawValue>,
    result: Option<RawResult>,
    error: Option<RawError>,
    timing: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawResult {
    rows_affected: Option<Count>,
    insert_id: Option<Count>,
    fields: Option<Vec<Column>>,
    rows: Option<Cells>,
}

#[derive(Deserialize, Default)]
struct RawError {
    code: Option<String>,
    message: Option<String>,
}

/// What is kept of a body whose other parts cannot be read.
#[derive(Deserialize)]
struct SessionOnly<'a> {
    #[serde(borrow)]
    session: Option<&'a RawValue>,
}

/// Reads an answer of the server's, or of whatever answered in its place.
pub(crate) fn read(status: u16, body: &[u8]) -> Answer {
    let failed = |error| Answer {
        session: None,
        result: Err(error),
    };
    if body.len() > MAX_REPLY_BYTES {
        return failed(Error::Limit);
    }
    if matches!(status, 401 | 403) {
        return failed(Error::Auth);
    }
    let is_ok = (200..300).contains(&status);
    // Once for the whole body, instead of once for each of its strings.
    let Ok(text) = std::str::from_utf8(body) else {
        return failed(if is_ok {
            Error::Malformed("not UTF-8")
        } else {
            Error::Transport(Transport::Status(status))
        });
    };
    match (serde_json::from_str::<Body<'_>>(text), is_ok) {
        (Ok(read), _) => Answer {
            session: read.session.map(RawValue::to_owned),
            result: result(read, status, is_ok, text),
        },
        (Err(error), true) if error.is_eof() => failed(Error::Transport(Transport::Cut)),
        (Err(_), true) => Answer {
            session: session_only(text),
            result: Err(Error::Malformed("not the JSON of a reply")),
        },
        (Err(_), false) => failed(Error::Transport(Transport::Status(status))),
    }
}

fn result(body: Body<'_>, status: u16, is_ok: bool, text: &str) -> Result<Reply, Error> {
    if let Some(error) = body.error {
        return Err(told(&error));
    }
    if !is_ok {
        // An error of the RPC layer's has its members on top.
        let error = serde_json::from_str::<RawError>(text).unwrap_or_default();
        return Err(if error.code.is_some() {
            told(&error)
        } else {
            Error::Transport(Transport::Status(status))
        });
    }
    let mut reply = match body.result {
        Some(result) => assemble(result)?,
        None if body.session.is_some() => Reply::default(),
        None => return Err(Error::Malformed("neither a result nor a session")),
    };
    reply.seconds = body.timing;
    Ok(reply)
}

fn told(error: &RawError) -> Error {
    let code = error.code.as_deref().unwrap_or_default();
    let error = SqlError::new(code, error.message.as_deref().unwrap_or_default());
    let is_refusal = matches!(
        error.code(),
        RpcCode::Unauthenticated | RpcCode::PermissionDenied
    );
    if is_refusal && error.kind() == SqlErrorKind::Denied && error.errno().is_none() {
        return Error::Auth;
    }
    Error::Sql(Box::new(error))
}

fn assemble(result: RawResult) -> Result<Reply, Error> {
    let columns = result.fields.unwrap_or_default();
    let cells = result.rows.unwrap_or_default();
    if cells.rows() > 0 && cells.width() != columns.len() {
        return Err(Error::Malformed("rows and fields differ in number"));
    }
    Ok(Reply {
        columns,
        cells,
        rows_affected: result.rows_affected.unwrap_or_default().0,
        insert_id: result.insert_id.unwrap_or_default().0,
        seconds: None,
    })
}

fn session_only(text: &str) -> Option<Box<RawValue>> {
    let read = serde_json::from_str::<SessionOnly<'_>>(text).ok()?;
    read.session.map(RawValue::to_owned)
}
