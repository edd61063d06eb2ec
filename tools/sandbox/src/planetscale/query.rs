//! One statement on one connection: bounded in time and in rows, its result as Vitess has it.

use std::time::Duration;

use mysql_async::prelude::Queryable as _;
use mysql_async::{Column, Row as ClientRow};

use super::error::{Context, VitessError};
use super::json;
use super::pool::{Connection, Pool};
use super::reply::{Outcome, Row, bytes, number};
use super::statement::{Kind, Statement};
use super::types::Field;

/// How many rows a result has at most.
pub(super) const ROWS: usize = 100_000;

/// What went wrong, and whether the connection went with it.
pub(super) struct Failed {
    pub(super) error: VitessError,
    pub(super) connection_lost: bool,
}

/// Runs a statement to its end.
pub(super) async fn run(
    pool: &Pool,
    connection: &mut Connection,
    statement: &Statement<'_>,
    context: Context<'_>,
    limit: Duration,
) -> Result<Outcome, Failed> {
    let id = connection.conn.id();
    let ran = tokio::time::timeout(limit, collect(connection, statement)).await;
    let Ok(ran) = ran else {
        let _ = pool.kill(id).await;
        return Err(Failed {
            error: VitessError::late(context),
            connection_lost: true,
        });
    };
    let (columns, rows) = match ran {
        Ok(Collected::All(columns, rows)) => (columns, rows),
        Ok(Collected::TooMany) => {
            let text = format!("Row count exceeded {ROWS}");
            return Err(Failed {
                error: VitessError::tablet(context, "ABORTED", &text),
                connection_lost: true,
            });
        }
        Err(error) => {
            return Err(Failed {
                error: VitessError::of_client(context, statement.sql, &error),
                connection_lost: error.is_fatal(),
            });
        }
    };
    let described = describe(connection, statement, &columns).await;
    let (json, fields) = described.map_err(|error| Failed {
        error: VitessError::of_client(context, statement.sql, &error),
        connection_lost: true,
    })?;
    let rows = rows.into_iter().map(|row| {
        let cells = row.unwrap_raw().into_iter().map(bytes).zip(&json);
        let cells = cells.map(|(cell, json)| {
            if *json {
                cell.map(json::as_mysql)
            } else {
                cell
            }
        });
        Row::new(&cells.collect::<Vec<_>>())
    });
    let writes = columns.is_empty();
    Ok(Outcome {
        rows_affected: number(connection.conn.affected_rows()).filter(|_| writes),
        insert_id: number(connection.conn.last_insert_id().unwrap_or(0)).filter(|_| writes),
        rows: rows.collect(),
        fields,
    })
}

enum Collected {
    All(Vec<Column>, Vec<ClientRow>),
    TooMany,
}

async fn collect(
    connection: &mut Connection,
    statement: &Statement<'_>,
) -> mysql_async::Result<Collected> {
    let mut result = connection.conn.query_iter(statement.sql).await?;
    let columns = result.columns_ref().to_vec();
    let mut rows = Vec::new();
    while let Some(row) = result.next().await? {
        if rows.len() == ROWS {
            return Ok(Collected::TooMany);
        }
        rows.push(row);
    }
    result.drop_result().await?;
    Ok(Collected::All(columns, rows))
}

/// Which columns hold JSON, and what each is.
async fn describe(
    connection: &mut Connection,
    statement: &Statement<'_>,
    columns: &[Column],
) -> mysql_async::Result<(Vec<bool>, Vec<Field>)> {
    if columns.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    // What SHOW and EXPLAIN answer is as MariaDB has it.
    let computed = statement.kind == Kind::Select;
    let from_tables = columns
        .iter()
        .all(|column| !column.org_table_ref().is_empty());
    let expressions = if computed && !from_tables {
        json::Expressions::of(statement, columns.len())
    } else {
        json::Expressions::default()
    };
    let json = json::columns(connection, columns, &expressions).await?;
    let fields = columns.iter().zip(&json).enumerate();
    let fields = fields.map(|(place, (column, json))| {
        let integer =
            computed && column.org_table_ref().is_empty() && !expressions.keeps_type(place);
        Field::new(column, *json, integer)
    });
    let fields = fields.collect();
    Ok((json, fields))
}
