//! JSON, which is a type in MySQL and a text with a CHECK in MariaDB: which columns and
//! expressions have it, and what MySQL would print.

use mysql_async::Column;
use mysql_async::consts::ColumnType;
use mysql_async::prelude::Queryable as _;
use serde_json::Value;
use sqlparser::ast::{Expr, SelectItem, SetExpr, Statement as Parsed};

use super::pool::Connection;
use super::statement::Statement;

/// Functions whose value is JSON in MySQL.
const FUNCTIONS: [&str; 20] = [
    "json_array",
    "json_arrayagg",
    "json_array_append",
    "json_array_insert",
    "json_compact",
    "json_extract",
    "json_insert",
    "json_keys",
    "json_merge",
    "json_merge_patch",
    "json_merge_preserve",
    "json_object",
    "json_objectagg",
    "json_remove",
    "json_replace",
    "json_search",
    "json_set",
    "json_query",
    "json_normalize",
    "json_loose",
];

/// Functions whose value has the type of what they are given.
const KEEPING: [&str; 5] = ["min", "max", "any_value", "ifnull", "coalesce"];

/// What the columns of a SELECT are, where it says so itself: no `*` among them.
#[derive(Default)]
pub(super) struct Expressions(Vec<Option<String>>);

impl Expressions {
    pub(super) fn of(statement: &Statement<'_>, columns: usize) -> Self {
        let Some(Parsed::Query(query)) = statement.syntax() else {
            return Self::default();
        };
        let SetExpr::Select(select) = &*query.body else {
            return Self::default();
        };
        if select.projection.len() != columns {
            return Self::default();
        }
        let functions = select.projection.iter().map(|item| match item {
            SelectItem::UnnamedExpr(Expr::Function(function))
            | SelectItem::ExprWithAlias {
                expr: Expr::Function(function),
                ..
            } => Some(function.name.to_string().to_ascii_lowercase()),
            _ => None,
        });
        Self(functions.collect())
    }

    fn is_json(&self, place: usize) -> bool {
        self.is_one_of(place, &FUNCTIONS)
    }

    /// Whether the value's type is its argument's.
    pub(super) fn keeps_type(&self, place: usize) -> bool {
        self.is_one_of(place, &KEEPING)
    }

    fn is_one_of(&self, place: usize, functions: &[&str]) -> bool {
        let function = self.0.get(place).and_then(Option::as_deref);
        function.is_some_and(|function| functions.contains(&function))
    }
}

/// Which columns hold JSON. MariaDB is asked only where one could.
pub(super) async fn columns(
    connection: &mut Connection,
    columns: &[Column],
    expressions: &Expressions,
) -> mysql_async::Result<Vec<bool>> {
    let mut checked: Option<Vec<(String, String)>> = None;
    let mut found = Vec::with_capacity(columns.len());
    for (place, column) in columns.iter().enumerate() {
        let table = column.org_table_str();
        let json = if table.is_empty() {
            expressions.is_json(place)
        } else if could_be(column) {
            if checked.is_none() {
                checked = Some(json_columns(connection).await?);
            }
            let pair = (table.into_owned(), column.org_name_str().into_owned());
            checked.as_ref().is_some_and(|all| all.contains(&pair))
        } else {
            false
        };
        found.push(json);
    }
    Ok(found)
}

/// A text of the length that LONGTEXT has.
fn could_be(column: &Column) -> bool {
    let text = matches!(
        column.column_type(),
        ColumnType::MYSQL_TYPE_BLOB | ColumnType::MYSQL_TYPE_LONG_BLOB
    );
    text && column.column_length() == u32::MAX && column.character_set() != 63
}

/// Every column of type JSON: table and name.
async fn json_columns(connection: &mut Connection) -> mysql_async::Result<Vec<(String, String)>> {
    let query = "SELECT TABLE_NAME, CONSTRAINT_NAME FROM information_schema.CHECK_CONSTRAINTS \
                 WHERE CONSTRAINT_SCHEMA = DATABASE() \
                 AND CHECK_CLAUSE = CONCAT('json_valid(`', CONSTRAINT_NAME, '`)')";
    connection.conn.query(query).await
}

/// The text as MySQL prints it, which keeps values and not what was written: spaces after `:` and
/// `,`, the last of equal names, names sorted by length and then by bytes.
pub(super) fn as_mysql(text: Vec<u8>) -> Vec<u8> {
    let Ok(value) = serde_json::from_slice::<Value>(&text) else {
        return text;
    };
    let mut printed = String::with_capacity(text.len() + 16);
    print(&value, &mut printed);
    printed.into_bytes()
}

fn print(value: &Value, into: &mut String) {
    match value {
        Value::Array(values) => {
            into.push('[');
            for (place, value) in values.iter().enumerate() {
                into.push_str(if place > 0 { ", " } else { "" });
                print(value, into);
            }
            into.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| (a.len(), a).cmp(&(b.len(), b)));
            into.push('{');
            for (place, (name, value)) in members.into_iter().enumerate() {
                into.push_str(if place > 0 { ", " } else { "" });
                into.push_str(&Value::from(name.as_str()).to_string());
                into.push_str(": ");
                print(value, into);
            }
            into.push('}');
        }
        plain => into.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_printed_as_mysql_prints_it() {
        let printed = |text: &str| String::from_utf8(as_mysql(text.into())).unwrap();
        assert_eq!(
            printed(r#"{"foo":"ü","ad":null,"b":[1,2.5,{}]}"#),
            r#"{"b": [1, 2.5, {}], "ad": null, "foo": "ü"}"#
        );
        assert_eq!(printed("18446744073709551615"), "18446744073709551615");
        assert_eq!(printed("not json"), "not json");
    }
}
