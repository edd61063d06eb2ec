//! What may be done again, for every error at every place.

use planetscale::{Failure, Retry, Session, Stage, Transport};

const LOST: fn() -> Answer = || Answer::Failed(Transport::NoAnswer);

#[derive(Clone, Copy)]
enum Answer {
    Failed(Transport),
    Http(u16, &'static str),
    Said(&'static str, &'static str),
}

const STAGES: [Stage; 7] = [
    Stage::Create,
    Stage::Read,
    Stage::Write,
    Stage::Begin,
    Stage::Inside,
    Stage::Commit,
    Stage::Rollback,
];

fn fail(stage: Stage, answer: Answer) -> Failure {
    let mut session = Session::new();
    let ok = br#"{"session":{"id":"1"},"result":{}}"#;
    if matches!(stage, Stage::Inside | Stage::Commit | Stage::Rollback) {
        let begun = session.begin().expect("taken").answer(200, ok);
        begun.expect("a transaction");
    }
    let exchange = match stage {
        Stage::Create => session.create(),
        Stage::Read => session.execute("SELECT 1"),
        Stage::Write | Stage::Inside => session.execute("UPDATE t SET a = a + 1"),
        Stage::Begin => session.begin(),
        Stage::Commit => session.commit(),
        Stage::Rollback => Ok(session.rollback()),
    };
    let exchange = exchange.expect("taken");
    assert_eq!(exchange.stage(), stage);
    match answer {
        Answer::Failed(transport) => exchange.failed(transport),
        Answer::Http(status, body) => exchange
            .answer(status, body.as_bytes())
            .err()
            .expect("an error"),
        Answer::Said(code, message) => {
            let body =
                serde_json::json!({"session": {}, "error": {"code": code, "message": message}});
            let body = body.to_string();
            exchange
                .answer(200, body.as_bytes())
                .err()
                .expect("an error")
        }
    }
}

/// In the order of [`STAGES`].
fn retries(answer: Answer) -> [Retry; 7] {
    STAGES.map(|stage| fail(stage, answer).retry())
}

use Retry::{Never as N, Statement as S, Transaction as T};

#[test]
fn what_was_not_sent_may_be_sent() {
    assert_eq!(retries(Answer::Failed(Transport::NotSent)), [S; 7]);
}

#[test]
fn without_an_answer_only_what_does_not_last_may_be_done_again() {
    let expected = [S, S, N, T, T, N, S];
    for answer in [
        LOST(),
        Answer::Http(520, "<html>"),
        Answer::Http(200, "{\"session\":"),
        Answer::Said("UNAVAILABLE", ""),
        Answer::Said("DEADLINE_EXCEEDED", "context deadline exceeded"),
        Answer::Said("ABORTED", "transaction 1: not found"),
    ] {
        assert_eq!(retries(answer), expected);
        assert_eq!(fail(Stage::Commit, answer).retry_on_one_shard(), N);
    }
}

#[test]
fn what_failed_as_a_whole_may_be_done_again() {
    let expected = [S, S, S, T, T, N, S];
    for answer in [
        Answer::Said("ABORTED", "Deadlock (errno 1213) (sqlstate 40001)"),
        Answer::Said("UNKNOWN", "Lock wait (errno 1205) (sqlstate HY000)"),
        Answer::Said(
            "RESOURCE_EXHAUSTED",
            "transaction pool connection limit exceeded",
        ),
        Answer::Http(429, ""),
    ] {
        assert_eq!(retries(answer), expected);
    }
}

#[test]
fn a_commit_of_one_shard_that_was_undone_did_not_happen() {
    for (code, message) in [
        (
            "ABORTED",
            "transaction 1: ended at 2026-11-22 (exceeded timeout: 20s)",
        ),
        ("ABORTED", "transaction 1: in use: for tx killer rollback"),
        ("ABORTED", "Deadlock (errno 1213) (sqlstate 40001)"),
    ] {
        let failure = fail(Stage::Commit, Answer::Said(code, message));
        // On many shards, one of them may have committed before.
        assert_eq!(
            (failure.retry(), failure.retry_on_one_shard()),
            (N, T),
            "{message}"
        );
    }
    let write = fail(
        Stage::Write,
        Answer::Said(
            "ABORTED",
            "transaction 1: ended at x (exceeded timeout: 20s)",
        ),
    );
    assert_eq!((write.retry(), write.retry_on_one_shard()), (N, N));
}

#[test]
fn what_would_fail_again_is_not_done_again() {
    for answer in [
        Answer::Said("ALREADY_EXISTS", "Duplicate (errno 1062) (sqlstate 23000)"),
        Answer::Said("INVALID_ARGUMENT", "syntax error at position 1"),
        Answer::Said("ABORTED", "Row count exceeded 100000"),
        Answer::Said("UNKNOWN", "who knows"),
        Answer::Http(401, ""),
        Answer::Http(404, "not here"),
        Answer::Http(200, "[]"),
    ] {
        assert_eq!(retries(answer), [N; 7]);
    }
}

#[test]
fn a_refused_statement_is_not_done_again() {
    let mut session = Session::new();
    let refused = session.commit().err().expect("nothing is open");
    assert_eq!((refused.stage, refused.retry()), (Stage::Commit, N));
}
