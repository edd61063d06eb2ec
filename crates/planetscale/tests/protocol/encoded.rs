//! Rows that were written as the service writes them come back as they were.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use planetscale::{Cell, Error};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{read, reply};

/// A column's type and charset, and what its cells may hold.
#[derive(Debug, Clone, Copy)]
enum Kind {
    I64,
    U64,
    Text,
    Bytes,
}

#[derive(Debug, Clone, PartialEq)]
enum Owned {
    Null,
    I64(i64),
    U64(u64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Owned {
    fn encoded(&self) -> Option<Vec<u8>> {
        Some(match self {
            Self::Null => return None,
            Self::I64(number) => number.to_string().into_bytes(),
            Self::U64(number) => number.to_string().into_bytes(),
            Self::Text(text) => text.clone().into_bytes(),
            Self::Bytes(bytes) => bytes.clone(),
        })
    }
}

impl From<Cell<'_>> for Owned {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::I64(number) => Self::I64(number),
            Cell::U64(number) => Self::U64(number),
            Cell::Text(text) => Self::Text(text.to_owned()),
            Cell::Bytes(bytes) => Self::Bytes(bytes.to_owned()),
            _ => panic!("a type that was not written"),
        }
    }
}

fn field(kind: Kind) -> Value {
    match kind {
        Kind::I64 => json!({"name": "a", "type": "INT64", "charset": 63, "flags": 1}),
        Kind::U64 => json!({"name": "b", "type": "UINT64", "charset": 63}),
        Kind::Text => json!({"name": "c", "type": "VARCHAR", "charset": 255}),
        Kind::Bytes => json!({"name": "d", "type": "VARBINARY", "charset": 63}),
    }
}

/// As protobuf's JSON writes it: what is empty is left out.
fn row(cells: &[Owned]) -> Value {
    let encoded: Vec<_> = cells.iter().map(Owned::encoded).collect();
    let length = |cell: &Option<Vec<u8>>| match cell {
        Some(bytes) => bytes.len().to_string(),
        None => "-1".to_owned(),
    };
    let lengths: Vec<String> = encoded.iter().map(length).collect();
    let values: Vec<u8> = encoded.into_iter().flatten().flatten().collect();
    if values.is_empty() {
        json!({"lengths": lengths})
    } else {
        json!({"lengths": lengths, "values": STANDARD.encode(values)})
    }
}

fn cell(kind: Kind) -> BoxedStrategy<Owned> {
    let some = match kind {
        Kind::I64 => any::<i64>().prop_map(Owned::I64).boxed(),
        Kind::U64 => any::<u64>().prop_map(Owned::U64).boxed(),
        Kind::Text => proptest::collection::vec(any::<char>(), 0..8)
            .prop_map(|chars| Owned::Text(chars.into_iter().collect()))
            .boxed(),
        Kind::Bytes => proptest::collection::vec(any::<u8>(), 0..8)
            .prop_map(Owned::Bytes)
            .boxed(),
    };
    prop_oneof![1 => Just(Owned::Null), 4 => some].boxed()
}

fn table() -> impl Strategy<Value = (Vec<Kind>, Vec<Vec<Owned>>)> {
    let kinds = [Kind::I64, Kind::U64, Kind::Text, Kind::Bytes];
    proptest::collection::vec(proptest::sample::select(kinds.to_vec()), 1..6).prop_flat_map(
        |kinds| {
            let row: Vec<_> = kinds.iter().map(|kind| cell(*kind)).collect();
            (Just(kinds), proptest::collection::vec(row, 0..6))
        },
    )
}

proptest! {
    #[test]
    fn rows_come_back_as_they_were_written((kinds, rows) in table(), affected in any::<u64>()) {
        let result = json!({
            "fields": kinds.iter().map(|kind| field(*kind)).collect::<Vec<_>>(),
            "rows": rows.iter().map(|cells| row(cells)).collect::<Vec<_>>(),
            "rowsAffected": affected.to_string(),
            "insertId": u64::MAX.to_string(),
        });
        let reply = reply(&result.to_string()).expect("a reply");
        prop_assert_eq!(reply.len(), rows.len());
        prop_assert_eq!((reply.rows_affected(), reply.insert_id()), (affected, u64::MAX));
        let back: Vec<Vec<Owned>> = reply
            .rows()
            .map(|row| (0..row.width()).map(|at| row.cell(at).expect("a cell").into()).collect())
            .collect();
        prop_assert_eq!(back, rows);
    }

    #[test]
    fn one_length_that_is_wrong_refuses_the_reply(
        (kinds, rows) in table(),
        at in any::<proptest::sample::Index>(),
        by in prop_oneof![Just(-1_i64), 1..9_i64, Just(i64::MAX / 2)],
    ) {
        prop_assume!(!rows.is_empty());
        let mut rows: Vec<Value> = rows.iter().map(|cells| row(cells)).collect();
        let width = kinds.len();
        let at = at.index(rows.len() * width);
        let length = &mut rows[at / width]["lengths"][at % width];
        let now: i64 = length.as_str().expect("digits").parse().expect("a number");
        let wrong = now + by;
        // An empty cell that becomes NULL is another row, not a wrong one.
        prop_assume!(wrong.max(0) != now.max(0));
        *length = wrong.to_string().into();
        let fields: Vec<Value> = kinds.iter().map(|kind| field(*kind)).collect();
        let refused = reply(&json!({"fields": fields, "rows": rows}).to_string());
        let error = refused.err().expect("a contradiction").error;
        prop_assert!(matches!(error, Error::Malformed(_)), "{error:?}");
    }

    #[test]
    fn a_reply_cut_anywhere_is_cut_and_never_read((kinds, rows) in table(), at in any::<proptest::sample::Index>()) {
        let fields: Vec<Value> = kinds.iter().map(|kind| field(*kind)).collect();
        let rows: Vec<Value> = rows.iter().map(|cells| row(cells)).collect();
        let whole = json!({"session": {}, "result": {"fields": fields, "rows": rows}}).to_string();
        let cut = &whole.as_bytes()[..at.index(whole.len())];
        let error = read(200, cut).err().expect("half a reply").error;
        prop_assert!(matches!(error, Error::Transport(planetscale::Transport::Cut)), "{error:?}");
    }

    #[test]
    fn no_bytes_panic(status in any::<u16>(), body in proptest::collection::vec(any::<u8>(), 0..256)) {
        let _ = read(status, &body);
        let body = [b"{\"result\":{\"rows\":[", body.as_slice()].concat();
        let _ = read(status, &body);
    }
}
