//! A batch in MySQL's words, as Vitess takes them.

use std::fmt::Write as _;

use ::planetscale::{ParameterError, Value as Parameter};

use super::Part;
use crate::store::engine::{EngineError, MAX_TEXT, OnConflict, Select, Statement, Value};

/// One statement to send.
pub(super) struct Step {
    pub(super) sql: String,
    /// Whose outcome it is (the first one's, where reads share it).
    pub(super) statement: usize,
    pub(super) yields: Yield,
}

/// What a step brings.
pub(super) enum Yield {
    /// The rows of these reads.
    Rows(Vec<(usize, Part)>),
    /// A count of rows changed.
    Count,
    /// A row, or else the batch is over.
    Guard,
}

/// The batch, neighbouring reads as one statement.
pub(super) fn steps(statements: &[Statement]) -> Result<Vec<Step>, EngineError> {
    let mut steps = Vec::new();
    let mut at = 0;
    while let Some(statement) = statements.get(at) {
        let reads: Vec<Read<'_>> = statements.iter().skip(at).map_while(read).collect();
        if !reads.is_empty() {
            steps.push(select(at, &reads)?);
            at += reads.len();
            continue;
        }
        change(statement, at, &mut steps)?;
        at += 1;
    }
    Ok(steps)
}

/// A read: what it selects, and with which parameters.
type Read<'s> = (Select, &'s [Value]);

fn read(statement: &Statement) -> Option<Read<'_>> {
    match statement {
        Statement::Read { select, parameters } => Some((*select, parameters)),
        _ => None,
    }
}

/// Several reads are the parts of one union: the first column says whose a row is;
/// reads of the same columns share theirs, and all others are NULL.
fn select(at: usize, reads: &[Read<'_>]) -> Result<Step, EngineError> {
    if let [(select, parameters)] = reads {
        let mut sql = format!("SELECT {} ", select.columns.join(","));
        put(&mut sql, select.from, parameters)?;
        let part = Part {
            tag: None,
            from: 0,
            width: select.columns.len(),
        };
        return Ok(Step {
            sql,
            statement: at,
            yields: Yield::Rows(vec![(at, part)]),
        });
    }
    let mut layouts: Vec<(&[&str], usize)> = Vec::new();
    let mut width = 1;
    for (select, _) in reads {
        if !layouts
            .iter()
            .any(|(columns, _)| *columns == select.columns)
        {
            layouts.push((select.columns, width));
            width += select.columns.len();
        }
    }
    let mut sql = String::new();
    let mut parts = Vec::with_capacity(reads.len());
    for (tag, (select, parameters)) in reads.iter().enumerate() {
        let from = layouts
            .iter()
            .find_map(|(columns, from)| (*columns == select.columns).then_some(*from))
            .ok_or(EngineError::Shape)?;
        sql.push_str(if tag == 0 {
            "(SELECT "
        } else {
            " UNION ALL (SELECT "
        });
        sql.push_str(&tag.to_string());
        for column in 1..width {
            let own = column
                .checked_sub(from)
                .and_then(|column| select.columns.get(column));
            sql.push(',');
            sql.push_str(own.unwrap_or(&"NULL"));
            // The first part names the columns; names that two share would be refused.
            if tag == 0 {
                let _ = write!(sql, " AS c{column}");
            }
        }
        sql.push(' ');
        put(&mut sql, select.from, parameters)?;
        sql.push(')');
        let part = Part {
            tag: Some(i64::try_from(tag).map_err(|_| EngineError::TooLarge)?),
            from,
            width: select.columns.len(),
        };
        parts.push((at + tag, part));
    }
    Ok(Step {
        sql,
        statement: at,
        yields: Yield::Rows(parts),
    })
}

fn change(statement: &Statement, at: usize, steps: &mut Vec<Step>) -> Result<(), EngineError> {
    let mut push = |sql, yields| {
        steps.push(Step {
            sql,
            statement: at,
            yields,
        });
    };
    match statement {
        Statement::Read { .. } => return Err(EngineError::Shape),
        Statement::Write { sql, parameters } => {
            let mut text = String::new();
            put(&mut text, sql, parameters)?;
            push(text, Yield::Count);
        }
        Statement::Guard { from, parameters } => {
            // Locks what it finds: it still holds when the batch commits.
            let mut text = String::from("SELECT 1 ");
            put(&mut text, from, parameters)?;
            text.push_str(" LIMIT 1 FOR UPDATE");
            push(text, Yield::Guard);
        }
        Statement::Copy {
            table,
            columns,
            select,
            key,
            parameters,
        } => {
            let mut text = format!("INSERT INTO {table} ({}) ", columns.join(","));
            put(&mut text, select, parameters)?;
            text.push_str(&overwrite(columns, key));
            push(text, Yield::Count);
        }
        Statement::Insert {
            table,
            columns,
            rows,
            on_conflict,
        } => {
            for sql in inserts(table, columns, rows, *on_conflict)? {
                push(sql, Yield::Count);
            }
        }
    }
    Ok(())
}

/// The rows in as few statements as their length allows.
fn inserts(
    table: &str,
    columns: &[&str],
    rows: &[Vec<Value>],
    on_conflict: OnConflict,
) -> Result<Vec<String>, EngineError> {
    // IGNORE would let an impossible value pass too; no column of ours takes one that
    // it would have to cut.
    let (verb, end) = match on_conflict {
        OnConflict::Fail => ("INSERT", String::new()),
        OnConflict::Keep => ("INSERT IGNORE", String::new()),
        // IGNORE would take a shared lock, which two batches cannot both raise. The last
        // column is part of no key.
        OnConflict::Hold => {
            let last = columns.last().ok_or(EngineError::Shape)?;
            ("INSERT", format!(" ON DUPLICATE KEY UPDATE {last}={last}"))
        }
        OnConflict::Replace { key } => ("INSERT", overwrite(columns, key)),
    };
    let start = format!("{verb} INTO {table} ({}) VALUES ", columns.join(","));
    let mut statements = Vec::new();
    let mut sql = String::new();
    for row in rows {
        if !sql.is_empty() && sql.len() > MAX_TEXT {
            sql.push_str(&end);
            statements.push(std::mem::take(&mut sql));
        }
        sql.push_str(if sql.is_empty() { &start } else { "," });
        let values: Vec<Parameter<'_>> = row.iter().map(parameter).collect::<Result<_, _>>()?;
        ::planetscale::append(&mut sql, "?", &[Parameter::List(&values)]).map_err(refused)?;
    }
    if !sql.is_empty() {
        sql.push_str(&end);
        statements.push(sql);
    }
    Ok(statements)
}

/// What an upsert does with a row that is there: all but its key and its owner, by
/// whom it is sharded, is overwritten.
fn overwrite(columns: &[&str], key: &[&str]) -> String {
    let kept = columns
        .iter()
        .filter(|column| !key.contains(column) && **column != "user_id");
    let set: Vec<String> = kept
        .map(|column| format!("{column}=VALUES({column})"))
        .collect();
    format!(" ON DUPLICATE KEY UPDATE {}", set.join(","))
}

/// Appends SQL with its parameters; a list writes its own parentheses.
fn put(text: &mut String, sql: &str, parameters: &[Value]) -> Result<(), EngineError> {
    let lists: Vec<Vec<Parameter<'_>>> = parameters
        .iter()
        .map(|value| match value {
            // Nothing is in an empty list, and nothing equals NULL.
            Value::List(members) if members.is_empty() => Ok(vec![Parameter::Null]),
            Value::List(members) => members.iter().map(parameter).collect(),
            _ => Ok(Vec::new()),
        })
        .collect::<Result<_, _>>()?;
    let values: Vec<Parameter<'_>> = parameters
        .iter()
        .zip(&lists)
        .map(|(value, list)| match value {
            Value::List(_) => Ok(Parameter::List(list)),
            value => parameter(value),
        })
        .collect::<Result<_, _>>()?;
    ::planetscale::append(text, &sql.replace("?*", "?"), &values).map_err(refused)
}

fn parameter(value: &Value) -> Result<Parameter<'_>, EngineError> {
    match value {
        Value::Null => Ok(Parameter::Null),
        Value::Integer(number) => Ok(Parameter::I64(*number)),
        Value::Text(text) if text.len() > MAX_TEXT => Err(EngineError::TooLarge),
        Value::Text(text) => Ok(Parameter::Text(text)),
        Value::Sealed(bytes) => Ok(Parameter::Bytes(bytes)),
        Value::List(_) => Err(EngineError::Shape),
    }
}

/// Only our own SQL can be wrong here.
fn refused(_error: ParameterError) -> EngineError {
    EngineError::Refused
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: Select = Select {
        columns: &["gen", "wrapped"],
        from: "FROM user_key WHERE user_id=?",
    };
    const IDS: Select = Select {
        columns: &["id"],
        from: "FROM txn WHERE user_id=? AND month IN ?*",
    };

    fn sql(statements: &[Statement]) -> Vec<String> {
        let steps = steps(statements).unwrap();
        steps.into_iter().map(|step| step.sql).collect()
    }

    #[test]
    fn a_read_alone_is_a_plain_select() {
        let read = Statement::read(KEYS, [Value::from("u")]);
        assert_eq!(
            sql(&[read]),
            ["SELECT gen,wrapped FROM user_key WHERE user_id='u'"]
        );
    }

    #[test]
    fn neighbouring_reads_are_one_union_and_those_of_the_same_columns_share_them() {
        let keys = || Statement::read(KEYS, [Value::from("u")]);
        let months = Value::List(vec!["m".into(), "n".into()]);
        let ids = Statement::read(IDS, [Value::from("u"), months]);
        let steps = steps(&[keys(), ids, keys()]).unwrap();
        assert_eq!(steps.len(), 1);
        assert_eq!(
            steps[0].sql,
            "(SELECT 0,gen AS c1,wrapped AS c2,NULL AS c3 FROM user_key WHERE user_id='u') \
             UNION ALL (SELECT 1,NULL,NULL,id FROM txn WHERE user_id='u' AND month IN ('m','n')) \
             UNION ALL (SELECT 2,gen,wrapped,NULL FROM user_key WHERE user_id='u')"
        );
        let Yield::Rows(parts) = &steps[0].yields else {
            panic!("reads give rows");
        };
        let places: Vec<_> = parts
            .iter()
            .map(|(statement, part)| (*statement, part.from, part.width))
            .collect();
        assert_eq!(places, [(0, 1, 2), (1, 3, 1), (2, 1, 2)]);
    }

    #[test]
    fn nothing_is_in_an_empty_list() {
        let read = Statement::read(IDS, [Value::from("u"), Value::List(Vec::new())]);
        assert!(sql(&[read])[0].ends_with("month IN (NULL)"));
    }

    #[test]
    fn a_guard_locks_what_it_finds() {
        let guard = Statement::guard("FROM item WHERE id=?", [Value::from("i")]);
        assert_eq!(
            sql(&[guard]),
            ["SELECT 1 FROM item WHERE id='i' LIMIT 1 FOR UPDATE"]
        );
    }

    #[test]
    fn rows_go_in_together_and_an_upsert_spares_key_and_owner() {
        let row = |id: &'static str| vec!["u".into(), id.into(), Value::Sealed(vec![0xab])];
        let insert = Statement::insert_all(
            "txn",
            &["user_id", "id", "sealed"],
            vec![row("1"), row("2")],
            OnConflict::Replace { key: &["id"] },
        );
        assert_eq!(
            sql(&[insert]),
            [
                "INSERT INTO txn (user_id,id,sealed) VALUES ('u','1',x'ab'),('u','2',x'ab') \
                 ON DUPLICATE KEY UPDATE sealed=VALUES(sealed)"
            ]
        );
    }

    #[test]
    fn rows_that_are_long_together_go_in_apart() {
        let row = || vec![Value::Sealed(vec![7; 600_000])];
        let rows = vec![row(), row(), row()];
        let insert = Statement::insert_all("t", &["sealed"], rows, OnConflict::Keep);
        let statements = sql(&[insert]);
        assert_eq!(statements.len(), 2);
        assert!(statements[1].starts_with("INSERT IGNORE INTO t (sealed) VALUES (x'07"));
    }

    #[test]
    fn a_value_stays_inside_its_literal() {
        let write = Statement::write(
            "UPDATE t SET a=? WHERE b=1",
            [Value::from("'; DROP TABLE t; --")],
        );
        assert_eq!(
            sql(&[write]),
            ["UPDATE t SET a='''; DROP TABLE t; --' WHERE b=1"]
        );
    }
}
