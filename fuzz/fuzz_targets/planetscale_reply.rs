//! A reply of PlanetScale's: whatever arrives, what is read says what a second, plain
//! reading of the same JSON says, and the session is the reply's own.

#![no_main]

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use libfuzzer_sys::fuzz_target;
use planetscale::{Error, Reply, Session};
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let (status, body) = match data.split_first() {
        Some((first, body)) if *first < 8 => (
            [200, 201, 400, 401, 403, 429, 500, 520][usize::from(*first)],
            body,
        ),
        _ => (200, data),
    };
    judge(status, body);
    // As rows of two columns, so that the cells are reached past the JSON around them.
    let head = br#"{"session":{},"result":{"fields":[{"type":"INT64","charset":63},{"type":"TEXT"}],"rows":"#;
    judge(200, &[head, body, b"}}"].concat());
    // As one row whose bytes the fuzzer chose.
    let row = format!(
        r#"[{{"lengths":["{}","-1"],"values":"{}"}}]"#,
        body.len(),
        BASE64_STANDARD.encode(body)
    );
    let reply = judge(200, &[head.as_slice(), row.as_bytes(), b"}}"].concat()).expect("a row");
    assert_eq!(reply.row(0).expect("a row").bytes(0), Ok(Some(body)));
});

fn judge(status: u16, body: &[u8]) -> Option<Reply> {
    let mut session = Session::new();
    let answer = session
        .execute("SELECT 1")
        .expect("taken")
        .answer(status, body);
    let kept = session.execute("SELECT 1").expect("taken").take_body();
    let kept = kept
        .strip_prefix(br#"{"query":"SELECT 1","session":"#)
        .expect("as built");
    let kept = kept.strip_suffix(b"}").expect("as built");
    assert!(kept == b"null" || body.windows(kept.len()).any(|part| part == kept));
    match answer {
        Ok(reply) => {
            let plain: Value = serde_json::from_slice(body).expect("a reply is JSON");
            same(&reply, &plain["result"]);
            Some(reply)
        }
        Err(failure) => {
            let _ = (failure.retry(), failure.retry_on_one_shard());
            let (shown, debug) = (failure.to_string(), format!("{failure:?}"));
            if let Error::Sql(error) = &failure.error {
                let private = error.private_message();
                assert!(private.len() < 64 || !(shown + &debug).contains(private));
            }
            None
        }
    }
}

fn same(reply: &Reply, plain: &Value) {
    let none = Vec::new();
    let rows = plain["rows"].as_array().unwrap_or(&none);
    assert_eq!(reply.len(), rows.len());
    for (row, plain) in reply.rows().zip(rows) {
        let lengths = plain["lengths"].as_array().expect("lengths");
        let values = plain["values"].as_str().unwrap_or_default();
        let bytes = BASE64_STANDARD.decode(values).expect("base64");
        assert_eq!(lengths.len(), row.width());
        let mut at = 0;
        for (column, length) in lengths.iter().enumerate() {
            let length = length.as_i64().or_else(|| length.as_str()?.parse().ok());
            let cell = usize::try_from(length.expect("a length"))
                .ok()
                .map(|length| {
                    at += length;
                    &bytes[at - length..at]
                });
            assert_eq!(row.bytes(column), Ok(cell));
            let _ = (
                row.cell(column),
                row.text(column),
                row.i64(column),
                row.u64(column),
                row.f64(column),
            );
        }
        assert_eq!(at, bytes.len());
        assert!(row.bytes(lengths.len()).is_err());
    }
}
