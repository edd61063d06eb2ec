//! From a code and a message to a kind.
//! Follows Vitess's `go/vt/vterrors` and `go/mysql/sqlerror`.
//! Invariant: a message may quote what a person typed, so its words count only at its
//! start, and its number only if the message has one and the code does not deny it.

use super::{RpcCode, SqlErrorKind};

pub(super) struct Found {
    pub(super) kind: SqlErrorKind,
    pub(super) code: RpcCode,
    pub(super) errno: Option<u16>,
    pub(super) sqlstate: Option<[u8; 5]>,
    pub(super) leaves_the_transaction: bool,
}

/// What vtgate puts before the error that made it undo a transaction.
const UNDONE: [&str; 2] = [
    "transaction rolled back to reverse changes of partial DML execution",
    "VT15001",
];

pub(super) fn classify(code: &str, message: &str) -> Found {
    let (inner, description) = split(message);
    let code = match (RpcCode::parse(code), inner) {
        (RpcCode::Unknown, Some(inner)) => inner,
        (code, _) => code,
    };
    let number = number(message).filter(|(errno, _)| {
        // A number that contradicts its code was quoted, not meant.
        !(code.is_permanent() && by_errno(*errno).is_some_and(SqlErrorKind::passes))
    });
    let kind = of_transaction(description)
        .or_else(|| by_errno(number?.0))
        .or_else(|| by_words(description))
        .unwrap_or_else(|| match number {
            // Vitess's number for an error that has none of its own.
            None | Some((1105, _)) => by_code(code),
            Some(_) => SqlErrorKind::Other,
        });
    let ends_the_transaction = UNDONE.iter().any(|start| message.starts_with(start));
    Found {
        kind: match kind {
            SqlErrorKind::Other if ends_the_transaction => SqlErrorKind::TransactionLost,
            kind => kind,
        },
        code,
        errno: number.map(|(errno, _)| errno),
        sqlstate: number.map(|(_, state)| state),
        leaves_the_transaction: !ends_the_transaction && kind.is_of_the_statement(),
    }
}

/// `target: …: vttablet: rpc error: code = CODE desc = DESCRIPTION`, where the tablet
/// said it; a message of vtgate's own is all description.
fn split(message: &str) -> (Option<RpcCode>, &str) {
    let parts = || {
        let (head, tail) = message.split_once("rpc error: code = ")?;
        let (code, description) = tail.split_once(" desc = ")?;
        // Past a quote, it would be a value's.
        let quotes = ['\'', '"', '`'];
        (!head.contains(quotes) && !code.contains(quotes)).then_some((code, description))
    };
    match parts() {
        Some((code, description)) => (Some(RpcCode::parse(code)), description),
        None => (None, message),
    }
}

/// The one `(errno N) (sqlstate S)` of a message; `None` where there are two that
/// differ, since one of them is then a value's.
fn number(message: &str) -> Option<(u16, [u8; 5])> {
    let mut found = None;
    for tail in message.split("(errno ").skip(1) {
        let Some((digits, tail)) = tail.split_once(") (sqlstate ") else {
            continue;
        };
        let Ok(errno) = digits.parse() else { continue };
        let state = tail.as_bytes();
        let Some((state, [b')', ..])) = state.split_first_chunk::<5>() else {
            continue;
        };
        if !state.iter().all(u8::is_ascii_alphanumeric) {
            continue;
        }
        match found {
            None => found = Some((errno, *state)),
            Some(known) if known == (errno, *state) => {}
            Some(_) => return None,
        }
    }
    found
}

const fn by_errno(errno: u16) -> Option<SqlErrorKind> {
    Some(match errno {
        1062 | 1586 => SqlErrorKind::DuplicateKey,
        1213 => SqlErrorKind::Deadlock,
        1205 | 3572 => SqlErrorKind::LockWait,
        1317 | 1969 | 3024 => SqlErrorKind::Timeout,
        10001 => SqlErrorKind::RowLimit,
        1153 => SqlErrorKind::TooLarge,
        1040 | 1041 | 1203 | 1226 | 1290 | 1836 => SqlErrorKind::NotTaken,
        1053 | 2002 | 2003 | 2006 | 2013 => SqlErrorKind::Unavailable,
        1406 => SqlErrorKind::DataTooLong,
        1264 | 1265 | 1292 | 1366 | 1690 => SqlErrorKind::InvalidValue,
        1048 | 1364 => SqlErrorKind::NotNull,
        3819 | 4025 => SqlErrorKind::CheckViolated,
        1216 | 1217 | 1451 | 1452 => SqlErrorKind::ForeignKey,
        1051 | 1109 | 1146 => SqlErrorKind::NoSuchTable,
        1054 => SqlErrorKind::NoSuchColumn,
        1064 | 1149 => SqlErrorKind::Syntax,
        1235 => SqlErrorKind::Unsupported,
        1044 | 1045 | 1142 | 1143 | 1227 => SqlErrorKind::Denied,
        _ => return None,
    })
}

/// `transaction ID: ended at TIME (REASON)`, `… not found`, `… in use: for tx killer
/// rollback`: whatever number it was given.
fn of_transaction(description: &str) -> Option<SqlErrorKind> {
    let rest = description.strip_prefix("transaction ")?;
    let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let state = digits
        .strip_prefix(": ")
        .filter(|_| digits.len() < rest.len())?;
    let reason = state.strip_prefix("ended at ").and_then(|ended| {
        let (_, reason) = ended.split_once('(')?;
        Some(reason)
    });
    let killed = reason.is_some_and(|reason| reason.starts_with("exceeded timeout"));
    let being_killed = state.starts_with("in use: for tx killer rollback");
    Some(if killed || being_killed {
        SqlErrorKind::TransactionTimeout
    } else {
        SqlErrorKind::TransactionLost
    })
}

fn by_words(description: &str) -> Option<SqlErrorKind> {
    const WORDS: [(&str, SqlErrorKind); 17] = [
        ("Row count exceeded", SqlErrorKind::RowLimit),
        ("in-memory row count exceeded", SqlErrorKind::RowLimit),
        ("grpc: received message", SqlErrorKind::TooLarge),
        ("grpc: trying to send message", SqlErrorKind::TooLarge),
        ("transaction pool", SqlErrorKind::NotTaken),
        ("transaction cap", SqlErrorKind::NotTaken),
        ("query pool", SqlErrorKind::NotTaken),
        ("connection pool", SqlErrorKind::NotTaken),
        ("resource pool timed out", SqlErrorKind::NotTaken),
        ("operation not allowed in state", SqlErrorKind::NotTaken),
        ("primary is not serving", SqlErrorKind::NotTaken),
        ("context deadline exceeded", SqlErrorKind::Timeout),
        ("syntax error at position", SqlErrorKind::Syntax),
        ("VT05004", SqlErrorKind::NoSuchTable),
        ("VT05005", SqlErrorKind::NoSuchTable),
        ("VT09032", SqlErrorKind::TransactionLost),
        ("VT12001", SqlErrorKind::Unsupported),
    ];
    let known = WORDS
        .iter()
        .find(|(start, _)| description.starts_with(start));
    known.map(|(_, kind)| *kind)
}

const fn by_code(code: RpcCode) -> SqlErrorKind {
    match code {
        RpcCode::AlreadyExists => SqlErrorKind::DuplicateKey,
        RpcCode::DeadlineExceeded | RpcCode::Canceled => SqlErrorKind::Timeout,
        RpcCode::ClusterEvent | RpcCode::ReadOnly => SqlErrorKind::NotTaken,
        RpcCode::ResourceExhausted | RpcCode::Unavailable => SqlErrorKind::Unavailable,
        RpcCode::Unimplemented => SqlErrorKind::Unsupported,
        RpcCode::PermissionDenied | RpcCode::Unauthenticated => SqlErrorKind::Denied,
        _ => SqlErrorKind::Other,
    }
}
