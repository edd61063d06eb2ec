//! A session goes back as it came, and a transaction's statements stay in it.

use planetscale::{Error, Exchange, Failure, Refusal, Session, Stage, Transport};

const OK: &[u8] = br#"{"session":{"id":"1"},"result":{}}"#;
const DUPLICATE: &[u8] = br#"{"session":{"id":"2"},"error":{"code":"ALREADY_EXISTS","message":"target: a.-.primary: vttablet: rpc error: code = AlreadyExists desc = Duplicate entry 'ada@example.com' for key 't.email' (errno 1062) (sqlstate 23000)"}}"#;
const DEADLOCK: &[u8] = br#"{"session":{"id":"3"},"error":{"code":"ABORTED","message":"Deadlock found (errno 1213) (sqlstate 40001)"}}"#;

fn ok(exchange: Result<Exchange<'_>, Failure>) {
    exchange.expect("taken").answer(200, OK).expect("a reply");
}

fn refusal(exchange: Result<Exchange<'_>, Failure>) -> Refusal {
    match exchange.err().expect("refused").error {
        Error::Refused(refusal) => refusal,
        error => panic!("{error:?}"),
    }
}

fn body(session: &mut Session) -> String {
    let mut exchange = session.execute("SELECT 1").expect("taken");
    let body = String::from_utf8(exchange.take_body()).expect("JSON");
    // As if it had not been sent.
    let _ = exchange.failed(Transport::NotSent);
    body
}

fn in_a_transaction() -> Session {
    let mut session = Session::new();
    ok(session.begin());
    session
}

#[test]
fn the_first_request_has_no_session_and_asks_for_one() {
    let mut session = Session::new();
    assert_eq!(body(&mut session), r#"{"query":"SELECT 1","session":null}"#);
    let create = session.create().expect("nothing is open");
    assert_eq!(create.path(), "/psdb.v1alpha1.Database/CreateSession");
    assert_eq!(create.body(), b"{}");
    let reply = br#"{"branch":"main","user":{"username":"u"},"session":{"id":"new"}}"#;
    assert!(create.answer(200, reply).expect("a session").is_empty());
    assert_eq!(
        body(&mut session),
        r#"{"query":"SELECT 1","session":{"id":"new"}}"#
    );
}

#[test]
fn a_session_goes_back_byte_for_byte() {
    let mut session = Session::new();
    // Spaces, order, a number beyond a double, an escape, a doubled member.
    let state = r#"{ "z":1, "a": 18446744073709551615.10,"s":"\u00e9\/", "z":2 }"#;
    let reply = format!(r#"{{"result":{{}},"session":{state}}}"#);
    let exchange = session.execute("SELECT 1").expect("taken");
    exchange.answer(200, reply.as_bytes()).expect("a reply");
    assert_eq!(
        body(&mut session),
        format!(r#"{{"query":"SELECT 1","session":{state}}}"#)
    );
}

#[test]
fn a_session_is_kept_from_errors_and_from_what_cannot_be_read() {
    let mut session = Session::new();
    for (status, reply, kept) in [
        (200, DUPLICATE, "2"),
        (400, DEADLOCK, "3"),
        (200, br#"{"session":{"id":"4"},"result":{"rows":7}}"#, "4"),
        (200, br#"{"result":{}}"#, "4"),
        (200, br#"{"session":null,"result":{}}"#, "4"),
        (200, b"{\"session\":{\"id\":\"cut", "4"),
        (520, b"<html>", "4"),
    ] {
        let _ = session
            .execute("UPDATE t SET a = 1")
            .expect("taken")
            .answer(status, reply);
        let expected = format!(r#"{{"query":"SELECT 1","session":{{"id":"{kept}"}}}}"#);
        assert_eq!(body(&mut session), expected);
    }
}

#[test]
fn a_statement_is_one_json_string() {
    let mut session = Session::new();
    let sql = "SELECT 'a\"\\\\\n\u{1}é'";
    let exchange = session.execute(sql).expect("taken");
    let sent: serde_json::Value = serde_json::from_slice(exchange.body()).expect("JSON");
    assert_eq!(sent["query"], sql);
}

#[test]
fn a_statement_is_known_for_what_it_does() {
    for (sql, stage) in [
        ("SELECT 1", Stage::Read),
        ("(SELECT 1) UNION ALL (SELECT 2)", Stage::Read),
        ("( ( SELECT 1))", Stage::Read),
        ("  select*from t", Stage::Read),
        ("/* COMMIT */ SELECT 1", Stage::Read),
        ("-- BEGIN\nSHOW TABLES", Stage::Read),
        ("/*vt+ A=1 */ INSERT INTO t VALUES (1)", Stage::Write),
        ("WITH a AS (SELECT 1) DELETE FROM t", Stage::Write),
        ("selection", Stage::Write),
        ("'unterminated", Stage::Write),
        ("", Stage::Write),
        ("begin", Stage::Begin),
        ("START /* a */ TRANSACTION READ ONLY", Stage::Begin),
        ("start replica", Stage::Write),
        ("ROLLBACK;", Stage::Rollback),
        ("ROLLBACK TO SAVEPOINT a", Stage::Write),
    ] {
        let mut session = Session::new();
        let seen = session.execute(sql).expect("taken").stage();
        assert_eq!(seen, stage, "{sql}");
    }
    let mut session = in_a_transaction();
    for sql in ["SELECT 1", "UPDATE t SET a = 1", "ROLLBACK TO a"] {
        let exchange = session.execute(sql).expect("taken");
        assert_eq!(exchange.stage(), Stage::Inside, "{sql}");
        exchange.answer(200, OK).expect("a reply");
    }
    assert_eq!(
        session.execute("commit;").expect("taken").stage(),
        Stage::Commit
    );
}

#[test]
fn a_transaction_opens_and_closes() {
    let mut session = Session::new();
    assert!(!session.must_roll_back());
    assert_eq!(refusal(session.commit()), Refusal::NotOpen);
    ok(session.begin());
    assert!(session.must_roll_back());
    assert_eq!(
        refusal(session.begin()),
        Refusal::Open,
        "it would commit what is open"
    );
    assert_eq!(refusal(session.create()), Refusal::Open);
    ok(session.execute("UPDATE t SET a = 1"));
    ok(session.commit());
    assert!(!session.must_roll_back());
    ok(session.begin());
    ok(Ok(session.rollback()));
    assert!(!session.must_roll_back());
    ok(session.execute("SELECT 1"));
}

#[test]
fn a_transaction_goes_on_after_a_statements_own_failure() {
    let mut session = in_a_transaction();
    let insert = session.execute("INSERT INTO t VALUES (1)").expect("taken");
    assert!(insert.answer(200, DUPLICATE).is_err());
    ok(session.execute("UPDATE t SET a = 1"));
    ok(session.commit());
}

#[test]
fn a_transaction_in_doubt_takes_a_rollback_and_nothing_else() {
    let lost = |exchange: Exchange<'_>| drop(exchange.failed(Transport::NoAnswer));
    let undone = |exchange: Exchange<'_>| drop(exchange.answer(200, DEADLOCK));
    let page = |exchange: Exchange<'_>| drop(exchange.answer(520, b"<html>"));
    let forgotten = |exchange: Exchange<'_>| drop(exchange);
    let ways: [fn(Exchange<'_>); 4] = [lost, undone, page, forgotten];
    for fail in ways {
        // At BEGIN, whose transaction may be open without our knowing.
        let mut session = Session::new();
        fail(session.begin().expect("taken"));
        assert_eq!(
            refusal(session.execute("UPDATE t SET a = 1")),
            Refusal::InDoubt
        );

        for sql in ["UPDATE t SET a = 1", "SELECT 1", "COMMIT"] {
            let mut session = in_a_transaction();
            fail(session.execute(sql).expect("taken"));
            assert!(session.must_roll_back());
            for next in ["SELECT 1", "INSERT INTO t VALUES (1)", "COMMIT", "BEGIN"] {
                assert_eq!(
                    refusal(session.execute(next)),
                    Refusal::InDoubt,
                    "{sql}, {next}"
                );
            }
            assert_eq!(refusal(session.create()), Refusal::InDoubt);
            ok(Ok(session.rollback()));
            assert!(!session.must_roll_back());
            ok(session.execute("SELECT 1"));
        }
    }
}

#[test]
fn a_rollback_that_fails_leaves_the_doubt() {
    let mut session = in_a_transaction();
    let _ = session.rollback().failed(Transport::NoAnswer);
    assert_eq!(refusal(session.execute("SELECT 1")), Refusal::InDoubt);
    ok(Ok(session.rollback()));
    ok(session.execute("SELECT 1"));
}

#[test]
fn what_was_not_sent_changes_nothing() {
    let mut session = Session::new();
    let _ = session.begin().expect("taken").failed(Transport::NotSent);
    assert!(!session.must_roll_back());
    ok(session.begin());
    let _ = session
        .execute("UPDATE t SET a = 1")
        .expect("taken")
        .failed(Transport::NotSent);
    ok(session.execute("UPDATE t SET a = 1"));
    let _ = session.commit().expect("taken").failed(Transport::NotSent);
    assert!(session.must_roll_back(), "the transaction is still open");
    ok(session.commit());
    // Nor does it take a doubt away.
    ok(session.begin());
    let _ = session
        .execute("SELECT 1")
        .expect("taken")
        .failed(Transport::NoAnswer);
    let _ = session.rollback().failed(Transport::NotSent);
    assert_eq!(refusal(session.execute("SELECT 1")), Refusal::InDoubt);
}

#[test]
fn a_begin_without_a_session_is_no_begin() {
    let mut session = Session::new();
    let begin = session.begin().expect("taken");
    let error = begin.answer(200, br#"{"result":{}}"#).err();
    assert!(error.is_some(), "neither a session nor a result's worth");
    assert_eq!(
        refusal(session.execute("UPDATE t SET a = 1")),
        Refusal::InDoubt
    );
}

#[test]
fn too_long_a_statement_is_not_sent() {
    let mut session = Session::new();
    let sql = " ".repeat(planetscale::MAX_SQL_BYTES + 1);
    let error = session.execute(&sql).err().expect("too long").error;
    assert!(matches!(error, Error::Limit));
}

#[test]
fn neither_a_session_nor_an_error_prints_what_is_private() {
    let mut session = Session::new();
    let insert = session
        .execute("INSERT INTO t VALUES ('ada@example.com')")
        .expect("taken");
    let failure = insert.answer(200, DUPLICATE).err().expect("an error");
    let Error::Sql(error) = &failure.error else {
        panic!("{failure:?}")
    };
    assert!(error.private_message().contains("ada@example.com"));
    for text in [
        format!("{failure}"),
        format!("{failure:?}"),
        format!("{error}"),
        format!("{error:?}"),
        format!("{session:?}"),
    ] {
        for private in ["ada", "t.email", "INSERT", "\"2\"", "Duplicate entry"] {
            assert!(!text.contains(private), "{text}");
        }
    }
    assert_eq!(
        failure.to_string(),
        "the database answered DuplicateKey (errno 1062, sqlstate 23000)"
    );
}
