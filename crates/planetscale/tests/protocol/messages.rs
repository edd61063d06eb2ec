//! Messages as Vitess and MySQL write them, and what they mean.

use planetscale::SqlErrorKind as Kind;

type Known = (&'static str, &'static str, Kind);

/// Of a tablet, past `rpc error: code = `.
pub(crate) const TABLET: &[Known] = &[
    (
        "",
        "Unavailable desc = no healthy tablet (errno 1105) (sqlstate HY000)",
        Kind::Unavailable,
    ),
    (
        "UNKNOWN",
        "AlreadyExists desc = Duplicate entry '1' for key 't.PRIMARY' (errno 1062) (sqlstate 23000) (CallerID: u): Sql: \"insert into t(a) values (:v1)\", BindVars: {v1: \"type:INT64 value:\\\"1\\\"\"}",
        Kind::DuplicateKey,
    ),
    (
        "ABORTED",
        "Aborted desc = Deadlock found when trying to get lock; try restarting transaction (errno 1213) (sqlstate 40001)",
        Kind::Deadlock,
    ),
    (
        "",
        "DeadlineExceeded desc = Lock wait timeout exceeded; try restarting transaction (errno 1205) (sqlstate HY000)",
        Kind::LockWait,
    ),
    (
        "ABORTED",
        "Aborted desc = transaction 1548379105148705713: ended at 2026-11-22 10:00:00.000 UTC (exceeded timeout: 20s) (CallerID: u)",
        Kind::TransactionTimeout,
    ),
    (
        "UNKNOWN",
        "Aborted desc = transaction 1234: in use: for tx killer rollback",
        Kind::TransactionTimeout,
    ),
    (
        "ABORTED",
        "Aborted desc = transaction 1234: not found (errno 1105) (sqlstate HY000)",
        Kind::TransactionLost,
    ),
    (
        "ABORTED",
        "Aborted desc = transaction 1234: ended at 2026-11-22 10:00:00.000 UTC (unlocked closed connection)",
        Kind::TransactionLost,
    ),
    (
        "",
        "ResourceExhausted desc = transaction pool connection limit exceeded",
        Kind::NotTaken,
    ),
    (
        "",
        "ResourceExhausted desc = query pool wait count exceeded",
        Kind::NotTaken,
    ),
    (
        "ABORTED",
        "Aborted desc = Row count exceeded 100000 (CallerID: u)",
        Kind::RowLimit,
    ),
    (
        "",
        "ResourceExhausted desc = Row count exceeded 10000 (errno 10001) (sqlstate HY000)",
        Kind::RowLimit,
    ),
    (
        "",
        "ResourceExhausted desc = grpc: received message larger than max (33554433 vs. 16777216)",
        Kind::TooLarge,
    ),
    (
        "",
        "ResourceExhausted desc = The table 't' is full (errno 1114) (sqlstate HY000)",
        Kind::Other,
    ),
    (
        "",
        "DeadlineExceeded desc = context deadline exceeded",
        Kind::Timeout,
    ),
    (
        "",
        "Canceled desc = (errno 1317) (sqlstate 70100): Query execution was interrupted",
        Kind::Timeout,
    ),
    (
        "",
        "Unavailable desc = connection error: desc = \"transport: error while dialing\"",
        Kind::Unavailable,
    ),
    (
        "",
        "Code(17) desc = operation not allowed in state NOT_SERVING",
        Kind::NotTaken,
    ),
    (
        "",
        "Unknown desc = Lost connection to MySQL server during query (errno 2013) (sqlstate HY000)",
        Kind::Unavailable,
    ),
    (
        "",
        "InvalidArgument desc = Data too long for column 'a' at row 1 (errno 1406) (sqlstate 22001)",
        Kind::DataTooLong,
    ),
    (
        "",
        "FailedPrecondition desc = Out of range value for column 'a' at row 1 (errno 1264) (sqlstate 22003)",
        Kind::InvalidValue,
    ),
    (
        "",
        "Unknown desc = Check constraint 't_chk_1' is violated. (errno 3819) (sqlstate HY000)",
        Kind::CheckViolated,
    ),
    (
        "",
        "Unknown desc = CONSTRAINT `c` failed for `app`.`t` (errno 4025) (sqlstate 23000)",
        Kind::CheckViolated,
    ),
    (
        "",
        "Unknown desc = Column 'a' cannot be null (errno 1048) (sqlstate 23000)",
        Kind::NotNull,
    ),
    (
        "NOT_FOUND",
        "NotFound desc = Table 'app.t' doesn't exist (errno 1146) (sqlstate 42S02)",
        Kind::NoSuchTable,
    ),
    (
        "",
        "NotFound desc = Unknown column 'x' in 'field list' (errno 1054) (sqlstate 42S22)",
        Kind::NoSuchColumn,
    ),
    ("", "Unknown desc = something new", Kind::Other),
];

/// Of vtgate itself.
pub(crate) const VTGATE: &[Known] = &[
    (
        "INVALID_ARGUMENT",
        "syntax error at position 8 near 'FORM'",
        Kind::Syntax,
    ),
    (
        "unimplemented",
        "VT12001: unsupported: cross-shard query",
        Kind::Unsupported,
    ),
    (
        "NOT_FOUND",
        "VT05005: table 't' does not exist in keyspace 'app'",
        Kind::NoSuchTable,
    ),
    ("UNAVAILABLE", "", Kind::Unavailable),
    ("ALREADY_EXISTS", "", Kind::DuplicateKey),
    (
        "FAILED_PRECONDITION",
        "VT09032: previous transaction failed, issue a ROLLBACK",
        Kind::TransactionLost,
    ),
    ("", "", Kind::Other),
];
