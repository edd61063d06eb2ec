//! INSERT against the sharding: which shard a new row goes to must be in the statement.

use std::collections::HashSet;

use sqlparser::ast::{
    AssignmentTarget, Expr, Insert, OnInsert, SelectItem, SetExpr, TableObject, Value,
};

use super::super::error::VitessError;
use super::super::names::{last, place, split};
use super::super::pins::Table;
use super::super::vschema::{Place, VSchema};
use super::{scatters, unknown};

/// INSERT: it names the sharding column and gives it a value, and takes its rows from the same
/// shard.
pub(super) fn target(
    insert: &Insert,
    schema: &VSchema,
    sources: &[Table],
) -> Result<Option<Place>, VitessError> {
    let TableObject::TableName(name) = &insert.table else {
        return Ok(None);
    };
    let (keyspace, table) = split(name);
    let target = place(schema, &HashSet::new(), keyspace, table).map_err(unknown)?;
    let Some(target) = target else {
        return Ok(None);
    };
    let cross = || VitessError::unsupported("cross-shard INSERT ... SELECT");
    let mut places = sources.iter().filter_map(|table| table.place.as_ref());
    let elsewhere = |place: &Place| place.keyspace != target.keyspace;
    if places.any(elsewhere) || sources.iter().any(scatters) {
        return Err(cross());
    }
    let Some(key) = target.primary() else {
        return Ok(Some(target));
    };
    if let Some(OnInsert::DuplicateKeyUpdate(assignments)) = &insert.on {
        for assignment in assignments {
            let own = matches!(&assignment.target, AssignmentTarget::ColumnName(name)
                if key.columns.contains(&last(name).to_lowercase()));
            if own {
                return Err(VitessError::unsupported("DML cannot update vindex column"));
            }
        }
    }
    let mut columns: Vec<String> = insert
        .columns
        .iter()
        .map(|c| last(c).to_lowercase())
        .collect();
    for assignment in &insert.assignments {
        if let AssignmentTarget::ColumnName(name) = &assignment.target {
            columns.push(last(name).to_lowercase());
        }
    }
    if columns.is_empty() {
        return Err(VitessError::new(
            "FAILED_PRECONDITION",
            "VT09004: insert should contain column list or the table should have authoritative columns in vschema",
        ));
    }
    for column in &key.columns {
        let Some(at) = columns.iter().position(|each| each == column) else {
            return Err(VitessError::new(
                "FAILED_PRECONDITION",
                format!(
                    "VT09003: insert query does not have sharding column '{column}' in the column list"
                ),
            ));
        };
        let body = insert.source.as_ref().map(|source| &*source.body);
        given(body, at, column, sources).map_err(|missing| missing.unwrap_or_else(cross))?;
    }
    Ok(Some(target))
}

/// Whether each row that is inserted has a value for the sharding column; of a SELECT, one that
/// stays on the shard that its rows come from. The error is none where that is not so.
fn given(
    body: Option<&SetExpr>,
    at: usize,
    column: &str,
    sources: &[Table],
) -> Result<(), Option<VitessError>> {
    match body {
        Some(SetExpr::Values(values)) => {
            let null = |row: &Vec<Expr>| {
                let value = row.get(at);
                value.is_none_or(|value| matches!(value, Expr::Value(v) if v.value == Value::Null))
            };
            if values.rows.iter().any(|row| null(&row.content)) {
                let message = format!("column '{column}' cannot be null: it shards the table");
                return Err(Some(VitessError::new("INVALID_ARGUMENT", message)));
            }
            Ok(())
        }
        Some(SetExpr::Select(select)) if !select.from.is_empty() => {
            let sharded = |table: &Table| table.place.as_ref().is_some_and(Place::is_sharded);
            if !sources.iter().any(sharded) {
                return Ok(());
            }
            let Some(
                SelectItem::UnnamedExpr(value) | SelectItem::ExprWithAlias { expr: value, .. },
            ) = select.projection.get(at)
            else {
                return Err(None);
            };
            let same = match value {
                Expr::Identifier(name) => name.value.eq_ignore_ascii_case(column),
                Expr::CompoundIdentifier(path) => path
                    .last()
                    .is_some_and(|name| name.value.eq_ignore_ascii_case(column)),
                // The value that the source is pinned to, in the words of its condition.
                Expr::Value(_) => {
                    let condition = select.selection.as_ref().map(ToString::to_string);
                    condition.is_some_and(|words| words.contains(&format!("{column} = {value}")))
                }
                _ => false,
            };
            if same { Ok(()) } else { Err(None) }
        }
        _ => Ok(()),
    }
}
