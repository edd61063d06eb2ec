//! Replies made by hand: every form of cell, and every way to contradict oneself.

use planetscale::{Cell, ColumnError, ColumnProblem, ColumnType, Error, Reply, Transport};

use crate::{read, reply};

/// One row of one column, whose cell is these characters.
fn one(field: &str, cell: &str) -> Reply {
    use base64::Engine as _;
    let values = base64::engine::general_purpose::STANDARD.encode(cell);
    let length = cell.len();
    reply(&format!(
        r#"{{"fields":[{{"name":"c",{field}}}],"rows":[{{"lengths":["{length}"],"values":"{values}"}}]}}"#
    ))
    .expect("a reply")
}

fn problem<T: std::fmt::Debug>(read: Result<T, ColumnError>) -> ColumnProblem {
    read.expect_err("a problem").problem
}

#[test]
fn what_is_left_out_is_zero_or_empty() {
    let reply = read(200, br#"{"session":{"a":1},"result":{}}"#).expect("a reply");
    assert_eq!(
        (reply.rows_affected(), reply.insert_id(), reply.len()),
        (0, 0, 0)
    );
    assert!(reply.is_empty() && reply.columns().is_empty() && reply.seconds().is_none());
    assert!(reply.rows().next().is_none());
    assert!(
        read(200, br#"{"session":{"a":1}}"#).is_ok(),
        "nothing to say but the session"
    );
    let nulls =
        br#"{"session":{},"result":{"fields":null,"rows":null,"insertId":null},"error":null}"#;
    assert!(read(200, nulls).is_ok());
}

#[test]
fn null_and_empty_are_two_things() {
    let reply = reply(
        r#"{"fields":[{"name":"a","type":"VARCHAR","charset":255},{"name":"b","type":"BLOB","charset":63}],
            "rows":[{"lengths":["0","-1"]},{"lengths":["-1","0"],"values":""}]}"#,
    )
    .expect("a reply");
    let rows: Vec<_> = reply
        .rows()
        .map(|row| (row.text(0), row.bytes(1)))
        .collect();
    assert_eq!(
        rows,
        [(Ok(Some("")), Ok(None)), (Ok(None), Ok(Some(&[][..])))]
    );
}

#[test]
fn integers_of_64_bits_are_exact() {
    let signed = one(r#""type":"INT64","charset":63"#, "-9223372036854775808");
    assert_eq!(
        signed.rows().next().expect("a row").i64(0),
        Ok(Some(i64::MIN))
    );
    let unsigned = one(r#""type":"UINT64","charset":63"#, "18446744073709551615");
    let row = unsigned.row(0).expect("a row");
    assert_eq!(row.u64(0), Ok(Some(u64::MAX)));
    assert_eq!(problem(row.i64(0)), ColumnProblem::OutOfRange);
    assert_eq!(
        problem(signed.row(0).expect("a row").u64(0)),
        ColumnProblem::OutOfRange
    );
}

#[test]
fn a_sum_is_a_decimal_and_still_a_whole_number() {
    let sum = one(r#""type":"DECIMAL","charset":63"#, "12345678901234567");
    let row = sum.row(0).expect("a row");
    assert_eq!(row.i64(0), Ok(Some(12_345_678_901_234_567)));
    assert_eq!(row.text(0), Ok(Some("12345678901234567")));
    assert_eq!(problem(row.f64(0)), ColumnProblem::OtherType);
    let mean = one(r#""type":"DECIMAL","charset":63"#, "1.5000");
    assert_eq!(
        problem(mean.row(0).expect("a row").i64(0)),
        ColumnProblem::OutOfRange
    );
}

#[test]
fn a_type_that_is_newer_is_what_its_charset_says() {
    let text = one(r#""type":"FANCY","charset":45"#, "ü");
    assert!(text.row(0).expect("a row").cell(0) == Ok(Cell::Text("ü")));
    assert_eq!(text.columns()[0].kind(), &ColumnType::Other("FANCY".into()));
    let bytes = one(r#""type":"VECTOR","charset":63"#, "v");
    assert!(bytes.row(0).expect("a row").cell(0) == Ok(Cell::Bytes(b"v")));
}

#[test]
fn a_cell_is_not_given_as_what_it_is_not() {
    let text = one(r#""type":"VARCHAR","charset":255"#, "12");
    let row = text.row(0).expect("a row");
    assert_eq!(problem(row.i64(0)), ColumnProblem::OtherType);
    assert_eq!(problem(row.text(1)), ColumnProblem::Missing);
    assert_eq!(problem(row.bytes(1)), ColumnProblem::Missing);
    assert_eq!(problem(row.bytes(usize::MAX)), ColumnProblem::Missing);
    assert!(text.row(1).is_none());
    // Not UTF-8, in a column that says it is.
    let broken = reply(
        r#"{"fields":[{"name":"a","type":"TEXT","charset":255}],"rows":[{"lengths":["1"],"values":"/w=="}]}"#,
    )
    .expect("a reply");
    let row = broken.row(0).expect("a row");
    assert_eq!(problem(row.text(0)), ColumnProblem::OutOfRange);
    assert_eq!(row.bytes(0), Ok(Some(&b"\xFF"[..])));
}

#[test]
fn null_is_of_every_type() {
    let reply = reply(r#"{"fields":[{"name":"NULL","charset":63}],"rows":[{"lengths":["-1"]}]}"#)
        .expect("a reply");
    let row = reply.row(0).expect("a row");
    assert_eq!(
        (row.i64(0), row.u64(0), row.f64(0)),
        (Ok(None), Ok(None), Ok(None))
    );
    assert_eq!(
        (row.text(0), row.bytes(0), row.bool(0)),
        (Ok(None), Ok(None), Ok(None))
    );
    assert!(row.cell(0) == Ok(Cell::Null));
}

#[test]
fn counts_and_lengths_may_be_numbers_and_members_in_any_order() {
    let reply = reply(
        r#"{"rows":[{"extra":[1],"values":"YWI=","lengths":[1,-1,1]}],"rowsAffected":1,"insertId":2,
            "fields":[{"type":"TEXT"},{"type":"TEXT"},{"type":"TEXT","name":"n"}],"more":{}}"#,
    )
    .expect("a reply");
    let row = reply.row(0).expect("a row");
    assert_eq!(
        (row.text(0), row.text(1), row.text(2)),
        (Ok(Some("a")), Ok(None), Ok(Some("b")))
    );
    assert_eq!(
        (reply.rows_affected(), reply.insert_id(), reply.column("n")),
        (1, 2, Some(2))
    );
}

#[test]
fn escaped_base64_is_read() {
    let reply = reply(r#"{"fields":[{"type":"BLOB","charset":63}],"rows":[{"lengths":["3"],"values":"\/\/\/\/"}]}"#)
        .expect("a reply");
    assert_eq!(
        reply.row(0).expect("a row").bytes(0),
        Ok(Some(&b"\xFF\xFF\xFF"[..]))
    );
}

#[test]
fn a_reply_that_contradicts_itself_is_refused() {
    let field = r#""fields":[{"name":"a","type":"INT64"}]"#;
    for result in [
        // Lengths over and under the bytes, negative, not numbers, too many, too few.
        format!(r#"{{{field},"rows":[{{"lengths":["2"],"values":"MQ=="}}]}}"#),
        format!(r#"{{{field},"rows":[{{"lengths":["0"],"values":"MQ=="}}]}}"#),
        format!(r#"{{{field},"rows":[{{"lengths":["1"]}}]}}"#),
        format!(r#"{{{field},"rows":[{{"lengths":["-2"]}}]}}"#),
        format!(r#"{{{field},"rows":[{{"lengths":["x"]}}]}}"#),
        format!(r#"{{{field},"rows":[{{"lengths":["1.0"],"values":"MQ=="}}]}}"#),
        format!(r#"{{{field},"rows":[{{"lengths":["99999999999999999999"]}}]}}"#),
        format!(r#"{{{field},"rows":[{{"lengths":["4294967295"]}}]}}"#),
        format!(r#"{{{field},"rows":[{{"lengths":["1","-1"],"values":"MQ=="}}]}}"#),
        format!(r#"{{{field},"rows":[{{"lengths":[]}}]}}"#),
        format!(r#"{{{field},"rows":[{{}}]}}"#),
        // A second row that is wider, or borrows from the first.
        format!(
            r#"{{{field},"rows":[{{"lengths":["1"],"values":"MQ=="}},{{"lengths":["0","0"]}}]}}"#
        ),
        format!(r#"{{{field},"rows":[{{"lengths":["0"],"values":"MQ=="}},{{"lengths":["1"]}}]}}"#),
        // Not base64, not padded, and rows without fields.
        format!(r#"{{{field},"rows":[{{"lengths":["1"],"values":"M*=="}}]}}"#),
        format!(r#"{{{field},"rows":[{{"lengths":["1"],"values":"MQ"}}]}}"#),
        r#"{"rows":[{"lengths":["1"],"values":"MQ=="}]}"#.to_owned(),
        r#"{"rows":[{"lengths":[]}]}"#.to_owned(),
        format!(r#"{{{field},"rows":[{{"lengths":["2147483648"]}}]}}"#),
        // Members of another type.
        r#"{"rowsAffected":"-1"}"#.to_owned(),
        r#"{"insertId":1.5}"#.to_owned(),
        r#"{"rows":{}}"#.to_owned(),
        "[1]".to_owned(),
    ] {
        let error = reply(&result).err().expect(&result).error;
        assert!(matches!(error, Error::Malformed(_)), "{result}: {error:?}");
    }
    for body in [
        "{}",
        "[]",
        "null",
        "\"text\"",
        "<html>",
        r#"{"session":{}} x"#,
    ] {
        let error = read(200, body.as_bytes()).err().expect(body).error;
        assert!(matches!(error, Error::Malformed(_)), "{body}: {error:?}");
    }
    let error = read(200, b"\xFF").err().expect("not text").error;
    assert!(matches!(error, Error::Malformed(_)), "{error:?}");
}

#[test]
fn what_answers_in_the_databases_place_is_told_from_it() {
    for (status, body) in [
        (
            520,
            "<html><title>520: Web server is returning an unknown error</title></html>",
        ),
        (503, ""),
        (502, "{}"),
        (404, "{\"message\":\"no code\"}"),
        (429, "slow down"),
    ] {
        let error = read(status, body.as_bytes()).err().expect(body).error;
        assert!(
            matches!(error, Error::Transport(Transport::Status(seen)) if seen == status),
            "{status}: {error:?}"
        );
    }
    for body in ["", "{", r#"{"session":{"#] {
        let error = read(200, body.as_bytes()).err().expect(body).error;
        assert!(
            matches!(error, Error::Transport(Transport::Cut)),
            "{body}: {error:?}"
        );
    }
}

#[test]
fn too_large_a_reply_is_not_read() {
    let body = vec![b' '; planetscale::MAX_REPLY_BYTES + 1];
    let error = read(200, &body).err().expect("too large").error;
    assert!(matches!(error, Error::Limit), "{error:?}");
}
