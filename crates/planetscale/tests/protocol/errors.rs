//! What MySQL and Vitess say, in the words they say it with.

use planetscale::{Error, RpcCode, SqlError, SqlErrorKind as Kind};

use crate::messages::{TABLET, VTGATE};
use crate::read;

fn told(code: &str, message: &str) -> SqlError {
    let body = serde_json::json!({"session": {}, "error": {"code": code, "message": message}});
    match read(200, body.to_string().as_bytes()) {
        Err(failure) => match failure.error {
            Error::Sql(error) => *error,
            error => panic!("{message}: {error:?}"),
        },
        Ok(_) => panic!("{message}: a reply"),
    }
}

#[test]
fn vitess_and_mysql_are_understood() {
    for (code, message, kind) in TABLET {
        let whole = format!("target: app.-.primary: vttablet: rpc error: code = {message}");
        assert_eq!(told(code, &whole).kind(), *kind, "{message}");
    }
    for (code, message, kind) in VTGATE {
        assert_eq!(told(code, message).kind(), *kind, "{code} {message}");
    }
}

#[test]
fn a_number_and_its_state_are_read() {
    let error = told(
        "UNKNOWN",
        "code = x (errno 1062) (sqlstate 23000) (CallerID: u)",
    );
    assert_eq!(
        (error.errno(), error.sqlstate()),
        (Some(1062), Some("23000"))
    );
    for message in [
        "(errno 1062)",
        "(errno 99999) (sqlstate 23000)",
        "(errno 1062) (sqlstate 23)",
        "(errno 1) (sqlstate \u{fffd}\u{fffd})",
    ] {
        let error = told("UNKNOWN", message);
        assert_eq!(
            (error.errno(), error.sqlstate(), error.kind()),
            (None, None, Kind::Other)
        );
    }
    let error = told("something_new", "");
    assert_eq!(
        (error.code(), error.to_string()),
        (
            RpcCode::Unknown,
            "the database answered Other (code Unknown)".to_owned()
        )
    );
}

#[test]
fn a_value_that_the_message_quotes_is_not_taken_for_the_error() {
    let real = "for key 't.a' (errno 1062) (sqlstate 23000)";
    for value in [
        "x (errno 1213) (sqlstate 40001)",
        "transaction 1: ended at x (exceeded timeout: 20s)",
        "rpc error: code = Unavailable desc = transaction 1: not found",
        "context deadline exceeded",
    ] {
        let message = format!("target: a.-.primary: vttablet: Duplicate entry '{value}' {real}");
        let error = told("ALREADY_EXISTS", &message);
        assert_eq!(error.kind(), Kind::DuplicateKey, "{value}");
        let prefixed = format!(
            "vttablet: rpc error: code = AlreadyExists desc = Duplicate entry '{value}' {real}"
        );
        assert_eq!(
            told("UNKNOWN", &prefixed).kind(),
            Kind::DuplicateKey,
            "{value}"
        );
    }
    let two = "'x (errno 1213) (sqlstate 40001)' (errno 1062) (sqlstate 23000)";
    let either = told("UNKNOWN", two);
    assert_eq!((either.kind(), either.errno()), (Kind::Other, None));
    // The only number there is, and the code denies it.
    let quoted = told(
        "INVALID_ARGUMENT",
        "Incorrect value: 'x (errno 1213) (sqlstate 40001)'",
    );
    assert_eq!((quoted.kind(), quoted.errno()), (Kind::Other, None));
}

#[test]
fn a_transaction_that_vitess_undid_is_said_so_whatever_undid_it() {
    let inner = "target: a.-80.primary: vttablet: rpc error: code = AlreadyExists desc = Duplicate entry '1' for key 't.a' (errno 1062) (sqlstate 23000)";
    let alone = told("ALREADY_EXISTS", inner);
    assert!(alone.leaves_the_transaction());
    let undone = told(
        "ALREADY_EXISTS",
        &format!("transaction rolled back to reverse changes of partial DML execution: {inner}"),
    );
    assert_eq!(undone.kind(), Kind::DuplicateKey);
    assert!(!undone.leaves_the_transaction());
    let fatal = told("UNKNOWN", "VT15001: target: a.-.primary: primary is gone");
    assert_eq!(fatal.kind(), Kind::TransactionLost);
    assert!(!fatal.leaves_the_transaction());
    assert!(!told("UNKNOWN", "whatever is not known").leaves_the_transaction());
}

#[test]
fn refused_credentials_are_told_from_what_a_user_may_not_do() {
    for (status, body) in [
        (401, "<html>"),
        (403, ""),
        (
            401,
            r#"{"code":"unauthenticated","message":"wrong password"}"#,
        ),
        (200, r#"{"error":{"code":"UNAUTHENTICATED","message":"m"}}"#),
        (
            400,
            r#"{"error":{"code":"permission_denied","message":"m"}}"#,
        ),
        (400, r#"{"code":"unauthenticated"}"#),
    ] {
        let error = read(status, body.as_bytes()).err().expect(body).error;
        assert!(matches!(error, Error::Auth), "{body}: {error:?}");
    }
    let denied = told(
        "PERMISSION_DENIED",
        "UPDATE command denied to user 'u'@'h' for table 't' (errno 1142) (sqlstate 42000)",
    );
    assert_eq!(denied.kind(), Kind::Denied);
}

#[test]
fn an_error_counts_at_any_status_and_in_either_place() {
    for (status, body) in [
        (
            200,
            r#"{"session":{},"result":{},"error":{"code":"ABORTED","message":"m"}}"#,
        ),
        (500, r#"{"error":{"code":"aborted"}}"#),
        (503, r#"{"code":"aborted","message":"m","details":[]}"#),
    ] {
        let Err(failure) = read(status, body.as_bytes()) else {
            panic!("{body}: a reply")
        };
        let Error::Sql(error) = failure.error else {
            panic!("{body}: {:?}", failure.error)
        };
        assert_eq!(error.code(), RpcCode::Aborted);
    }
}
