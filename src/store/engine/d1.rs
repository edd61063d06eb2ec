//! D1: SQLite at the edge. A batch is one round trip and one transaction.
//!
//! Every read answers one string (`json_group_array`), which crosses into wasm
//! once; every bulk insert is one JSON parameter (`json_each`). Sealed values are
//! base64 text here: blobs would travel as arrays of numbers.
//! <https://developers.cloudflare.com/d1/worker-api/d1-database/#batch>

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::{EngineError, MAX_TEXT, OnConflict, Outcome, Rows, Select, Statement, Value};
use crate::platform::glue;

/// The `DB` binding.
#[derive(Clone)]
pub(crate) struct D1(JsValue);

impl D1 {
    pub(crate) const fn new(handle: JsValue) -> Self {
        Self(handle)
    }

    /// Runs `statements` as one transaction; one outcome for each.
    pub(crate) async fn batch(
        &self,
        statements: &[Statement],
    ) -> Result<Vec<Outcome>, EngineError> {
        let (text, spans) = spell(statements)?;
        let results = glue::here(glue::d1_batch(&self.0, &text))
            .await
            .map_err(|thrown| told_apart(&thrown))?;
        let results: Array = results.dyn_into().map_err(|_| EngineError::Shape)?;
        let mut next = 0;
        let mut outcomes = Vec::with_capacity(statements.len());
        for (statement, span) in statements.iter().zip(spans) {
            outcomes.push(match statement {
                Statement::Read { .. } => {
                    let rows = results.get(next).as_string().ok_or(EngineError::Shape)?;
                    if rows.len() > MAX_TEXT {
                        return Err(EngineError::TooLarge);
                    }
                    Outcome::Rows(Rows::from_json(rows))
                }
                _ => Outcome::Changed((next..next + span).map(|at| count(&results.get(at))).sum()),
            });
            next += span;
        }
        Ok(outcomes)
    }
}

fn count(value: &JsValue) -> u64 {
    // A count of rows: a small non-negative integer.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    value.as_f64().map_or(0, |number| number as u64)
}

/// SQLite's errors come as text; only our own constraints are told apart.
fn told_apart(thrown: &JsValue) -> EngineError {
    let message = thrown
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .unwrap_or_default();
    if message.contains("integer overflow") {
        EngineError::Guard
    } else if message.contains("UNIQUE constraint failed") {
        EngineError::Duplicate
    } else if message.contains("string or blob too big") || message.contains("SQLITE_TOOBIG") {
        EngineError::TooLarge
    } else if message.contains("SQLITE_BUSY") {
        EngineError::Unavailable
    } else if message.contains("SQLITE_") {
        EngineError::Refused
    } else {
        EngineError::Unavailable
    }
}

/// The batch as `glue.js` takes it, and how many SQL statements each became.
fn spell(statements: &[Statement]) -> Result<(String, Vec<u32>), EngineError> {
    let mut speller = Speller {
        text: String::from("["),
        first: true,
    };
    let mut spans = Vec::with_capacity(statements.len());
    for statement in statements {
        spans.push(speller.statement(statement)?);
    }
    speller.text.push(']');
    Ok((speller.text, spans))
}

struct Speller {
    text: String,
    first: bool,
}

impl Speller {
    fn statement(&mut self, statement: &Statement) -> Result<u32, EngineError> {
        match statement {
            Statement::Read { select, parameters } => {
                self.push(&read_sql(*select), parameters, true)?;
                Ok(1)
            }
            Statement::Write { sql, parameters } => {
                self.push(&lists(sql), parameters, false)?;
                Ok(1)
            }
            Statement::Guard { from, parameters } => {
                // abs() of the least integer overflows, which aborts the batch.
                let sql = format!(
                    "SELECT abs(-9223372036854775807 - (NOT EXISTS (SELECT 1 {}))) AS held",
                    lists(from)
                );
                self.push(&sql, parameters, false)?;
                Ok(1)
            }
            Statement::Copy {
                table,
                columns,
                select,
                key,
                parameters,
            } => {
                let sql = format!(
                    "INSERT INTO {table} ({}) {}{}",
                    columns.join(","),
                    lists(select),
                    overwrite(columns, key)
                );
                self.push(&sql, parameters, false)?;
                Ok(1)
            }
            Statement::Insert {
                table,
                columns,
                rows,
                on_conflict,
            } => {
                let sql = insert_sql(table, columns, *on_conflict);
                let mut parts = 0;
                for part in row_arrays(rows)? {
                    self.push(&sql, &[Value::Text(part.into())], false)?;
                    parts += 1;
                }
                Ok(parts)
            }
        }
    }

    fn push(&mut self, sql: &str, parameters: &[Value], reads: bool) -> Result<(), EngineError> {
        self.text.push_str(if self.first { "[" } else { ",[" });
        self.first = false;
        quote(&mut self.text, sql);
        self.text.push_str(",[");
        for (at, value) in parameters.iter().enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            match value {
                Value::List(members) => {
                    let mut list = String::from("[");
                    for (at, member) in members.iter().enumerate() {
                        if at > 0 {
                            list.push(',');
                        }
                        scalar(&mut list, member)?;
                    }
                    list.push(']');
                    bounded(&list)?;
                    quote(&mut self.text, &list);
                }
                value => scalar(&mut self.text, value)?,
            }
        }
        self.text
            .push_str(if reads { "],true]" } else { "],false]" });
        Ok(())
    }
}

/// A read as one string: the aggregate keeps the order of the rows inside.
fn read_sql(select: Select) -> String {
    let names: Vec<String> = (0..select.columns.len())
        .map(|at| format!("c{at}"))
        .collect();
    let aliased: Vec<String> = select
        .columns
        .iter()
        .zip(&names)
        .map(|(column, name)| format!("{column} AS {name}"))
        .collect();
    format!(
        "SELECT json_group_array(json_array({})) AS j FROM (SELECT {} {})",
        names.join(","),
        aliased.join(","),
        lists(select.from)
    )
}

/// `IN ?*` becomes a subquery over one JSON parameter: D1 binds 100 at most.
fn lists(sql: &str) -> String {
    sql.replace("?*", "(SELECT value FROM json_each(?))")
}

fn insert_sql(table: &str, columns: &[&str], on_conflict: OnConflict) -> String {
    let values: Vec<String> = (0..columns.len())
        .map(|at| format!("value->>{at}"))
        .collect();
    let mut sql = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM json_each(?) WHERE true",
        columns.join(","),
        values.join(",")
    );
    match on_conflict {
        OnConflict::Fail => {}
        OnConflict::Keep | OnConflict::Hold => sql.push_str(" ON CONFLICT DO NOTHING"),
        OnConflict::Replace { key } => sql.push_str(&overwrite(columns, key)),
    }
    sql
}

fn overwrite(columns: &[&str], key: &[&str]) -> String {
    let kept = columns
        .iter()
        .filter(|column| !key.contains(column) && **column != "user_id");
    let set: Vec<String> = kept
        .map(|column| format!("{column}=excluded.{column}"))
        .collect();
    format!(
        " ON CONFLICT ({}) DO UPDATE SET {}",
        key.join(","),
        set.join(",")
    )
}

/// The rows as JSON arrays, each below the limit.
fn row_arrays(rows: &[Vec<Value>]) -> Result<Vec<String>, EngineError> {
    let mut parts = Vec::new();
    let mut part = String::from("[");
    let mut row_text = String::new();
    for row in rows {
        row_text.clear();
        row_text.push('[');
        for (at, value) in row.iter().enumerate() {
            if at > 0 {
                row_text.push(',');
            }
            scalar(&mut row_text, value)?;
        }
        row_text.push(']');
        if part.len() + row_text.len() + 2 > MAX_TEXT && part.len() > 1 {
            part.push(']');
            parts.push(std::mem::replace(&mut part, String::from("[")));
        }
        if part.len() > 1 {
            part.push(',');
        }
        part.push_str(&row_text);
    }
    if part.len() > 1 {
        part.push(']');
        bounded(&part)?;
        parts.push(part);
    }
    Ok(parts)
}

fn bounded(text: &str) -> Result<(), EngineError> {
    if text.len() > MAX_TEXT {
        Err(EngineError::TooLarge)
    } else {
        Ok(())
    }
}

fn scalar(text: &mut String, value: &Value) -> Result<(), EngineError> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Integer(number) => {
            let _ = write!(text, "{number}");
        }
        Value::Text(value) => {
            bounded(value)?;
            quote(text, value);
        }
        Value::Sealed(bytes) => {
            text.push('"');
            STANDARD.encode_string(bytes, text);
            text.push('"');
        }
        Value::List(_) => return Err(EngineError::Shape),
    }
    Ok(())
}

fn quote(text: &mut String, value: &str) {
    // A string always serializes.
    text.push_str(&serde_json::to_string(value).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: Select = Select {
        columns: &["id", "rev"],
        from: "FROM session WHERE id IN ?*",
    };

    #[test]
    fn a_read_is_one_aggregate_over_an_inner_select() {
        assert_eq!(
            read_sql(ROW),
            "SELECT json_group_array(json_array(c0,c1)) AS j FROM (SELECT id AS c0,rev AS c1 \
             FROM session WHERE id IN (SELECT value FROM json_each(?)))"
        );
    }

    #[test]
    fn an_upsert_overwrites_all_but_the_key() {
        let sql = insert_sql(
            "account",
            &["id", "rev"],
            OnConflict::Replace { key: &["id"] },
        );
        assert!(sql.ends_with("ON CONFLICT (id) DO UPDATE SET rev=excluded.rev"));
    }

    #[test]
    fn quotes_in_a_parameter_stay_inside_it() {
        let statement = Statement::write(
            "UPDATE t SET a=?",
            vec![Value::from(String::from("\"],[\"DROP"))],
        );
        let (text, spans) = spell(&[statement]).unwrap();
        let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed[0][1][0], "\"],[\"DROP");
        assert_eq!(spans, [1]);
    }

    #[test]
    fn rows_over_the_limit_are_split_over_statements() {
        let row = || vec![Value::Sealed(vec![7; 600_000])];
        let statement = Statement::insert_all(
            "t",
            &["sealed"],
            vec![row(), row(), row()],
            OnConflict::Fail,
        );
        let (_, spans) = spell(&[statement]).unwrap();
        assert_eq!(spans, [3]);
    }

    #[test]
    fn a_text_over_the_limit_is_refused() {
        let statement = Statement::write(
            "UPDATE t SET a=?",
            vec![Value::from("x".repeat(MAX_TEXT + 1))],
        );
        assert_eq!(spell(&[statement]).err(), Some(EngineError::TooLarge));
    }
}
