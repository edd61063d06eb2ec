//! The stand-in for `PlanetScale`, asked as an operator would.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use planetscale::{Cell, Row};
use serde_json::{Map, Value, json};
use stack::Branch;

/// The database behind the stand-in.
pub(super) struct PlanetScale(pub(super) Branch);

impl PlanetScale {
    pub(super) fn sql(&self, statement: &str, values: &[Value]) -> Vec<Value> {
        let values: Vec<planetscale::Value<'_>> = values.iter().map(parameter).collect();
        let reply = match self.0.run(statement, &values) {
            Ok(reply) => reply,
            Err(error) => panic!("{statement}: {error}"),
        };
        let names = reply
            .columns()
            .iter()
            .map(|column| column.name().to_owned());
        let names: Vec<String> = names.collect();
        let object = |row: Row<'_>| {
            let cells = names.iter().enumerate();
            let cells = cells.map(|(at, name)| (name.clone(), json(row.cell(at).expect("a cell"))));
            Value::Object(cells.collect::<Map<_, _>>())
        };
        reply.rows().map(object).collect()
    }

    pub(super) fn tables(&self) -> Vec<String> {
        let query = "SELECT table_name AS name FROM information_schema.tables \
                     WHERE table_schema=database() AND table_name<>'schema_migration'";
        let rows = self.sql(query, &[]);
        let names = rows.iter().filter_map(|row| row["name"].as_str());
        names.map(str::to_owned).collect()
    }
}

fn parameter(value: &Value) -> planetscale::Value<'_> {
    match value {
        Value::String(text) => planetscale::Value::Text(text),
        Value::Number(number) => planetscale::Value::I64(number.as_i64().expect("an integer")),
        Value::Null => planetscale::Value::Null,
        other => panic!("{other} is no parameter"),
    }
}

fn json(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::I64(number) => json!(number),
        Cell::U64(number) => json!(number),
        Cell::Text(text) => json!(text),
        Cell::Bytes(bytes) => json!(STANDARD.encode(bytes)),
        Cell::Decimal(text) => json!(text.parse::<i64>().expect("a whole number")),
        _ => panic!("a cell of a kind that no column of ours has"),
    }
}
