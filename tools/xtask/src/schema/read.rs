//! A migration's statements, read with a parser that knows both dialects.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail, ensure};
use sqlparser::ast::{
    AlterTableOperation, BinaryOperator, CharacterLength, ColumnDef, ColumnOption, CreateIndex,
    CreateTable, CreateTableOptions, DataType, Expr, Ident, IndexColumn, ObjectName, SqlOption,
    Statement, TableConstraint,
};
use sqlparser::dialect::{Dialect as Language, MySqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use super::{Column, Dialect, Index, Kind, Schema, Table};

/// The columns that hold bytes, which D1 has as base64 and cannot tell from other text.
const BYTES: [&str; 4] = ["sealed", "wrapped", "root", "hashes"];

impl Schema {
    /// What a migration makes of it.
    pub(super) fn apply(&mut self, text: &str, dialect: Dialect) -> Result<()> {
        let language: &dyn Language = match dialect {
            Dialect::D1 => &SQLiteDialect {},
            Dialect::MySql => &MySqlDialect {},
        };
        let text = match dialect {
            Dialect::D1 => strict(text)?,
            Dialect::MySql => text.to_owned(),
        };
        for statement in Parser::parse_sql(language, &text)? {
            match statement {
                Statement::CreateTable(made) => {
                    let table = table(&made, dialect)?;
                    ensure!(
                        self.table(&table.name).is_none(),
                        "{} is made twice",
                        table.name
                    );
                    self.tables.push(table);
                }
                Statement::CreateIndex(made) => {
                    let table = self.table_mut(&made.table_name)?;
                    create_index(table, &made)?;
                }
                Statement::AlterTable(altered) => {
                    let table = self.table_mut(&altered.name)?;
                    for operation in &altered.operations {
                        alter(table, operation, dialect)?;
                    }
                }
                // What a table refuses is no part of its shape, and nothing PlanetScale takes.
                Statement::CreateTrigger(_) => {}
                other => bail!("teach tools/xtask/src/schema this statement: {other}"),
            }
        }
        Ok(())
    }

    fn table_mut(&mut self, name: &ObjectName) -> Result<&mut Table> {
        let name = last(name)?;
        let mut tables = self.tables.iter_mut();
        tables
            .find(|table| table.name == name)
            .with_context(|| format!("there is no table {name}"))
    }
}

/// Takes `STRICT` and `WITHOUT ROWID` away, which the parser does not know. Every table has to
/// be strict: without it SQLite takes text for an integer.
fn strict(text: &str) -> Result<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let Some(options) = line.strip_prefix(')') else {
            lines.push(line);
            continue;
        };
        let options = options.trim_end_matches(';');
        ensure!(
            options.split(',').any(|option| option.trim() == "STRICT"),
            "a table is not STRICT"
        );
        lines.push(");");
    }
    Ok(lines.join("\n"))
}

fn table(made: &CreateTable, dialect: Dialect) -> Result<Table> {
    let mut table = Table {
        name: last(&made.name)?,
        columns: Vec::new(),
        primary_key: Vec::new(),
        unique: BTreeSet::new(),
        indexes: Vec::new(),
        checks: BTreeSet::new(),
    };
    let collation = collation(&made.table_options);
    for definition in &made.columns {
        add_column(&mut table, definition, collation.as_deref(), dialect)?;
    }
    for constraint in &made.constraints {
        constrain(&mut table, constraint)?;
    }
    // A primary key is never null in MySQL; in SQLite it has to say so.
    if dialect == Dialect::MySql {
        let key = &table.primary_key;
        for column in table.columns.iter_mut().filter(|c| key.contains(&c.name)) {
            column.nullable = false;
        }
    }
    Ok(table)
}

/// `COLLATE` among a table's options.
fn collation(options: &CreateTableOptions) -> Option<String> {
    let CreateTableOptions::Plain(options) = options else {
        return None;
    };
    options.iter().find_map(|option| match option {
        SqlOption::KeyValue { key, value } if key.value.ends_with("COLLATE") => {
            Some(value.to_string())
        }
        _ => None,
    })
}

fn add_column(
    table: &mut Table,
    definition: &ColumnDef,
    collation: Option<&str>,
    dialect: Dialect,
) -> Result<()> {
    let name = definition.name.value.clone();
    let (kind, length) = kind(&name, &definition.data_type, dialect)
        .with_context(|| format!("{}.{name}", table.name))?;
    let mut column = Column {
        name: name.clone(),
        kind,
        nullable: true,
        default: None,
        length,
        collation: collation.map(str::to_owned),
    };
    for option in &definition.options {
        match &option.option {
            ColumnOption::NotNull => column.nullable = false,
            ColumnOption::Default(value) => column.default = Some(value.to_string()),
            ColumnOption::PrimaryKey(_) => table.primary_key = vec![name.clone()],
            ColumnOption::Unique(_) => {
                table.unique.insert(vec![name.clone()]);
            }
            ColumnOption::Check(check) => {
                table.checks.insert(check.expr.to_string());
            }
            ColumnOption::Collation(name) => column.collation = Some(last(name)?),
            ColumnOption::Null | ColumnOption::CharacterSet(_) => {}
            other => bail!(
                "teach tools/xtask/src/schema {other} of {}.{name}",
                table.name
            ),
        }
    }
    table.columns.push(column);
    Ok(())
}

/// What a type holds, and how long that may be.
fn kind(column: &str, data_type: &DataType, dialect: Dialect) -> Result<(Kind, Option<u64>)> {
    let fits = |length: &Option<CharacterLength>| match length {
        Some(CharacterLength::IntegerLength { length, .. }) => Some(*length),
        _ => None,
    };
    Ok(match (dialect, data_type) {
        (Dialect::D1, DataType::Text) if BYTES.contains(&column) => (Kind::Sealed, None),
        (Dialect::D1, DataType::Text) => (Kind::Text, None),
        (Dialect::D1, DataType::Integer(None)) | (Dialect::MySql, DataType::BigInt(None)) => {
            (Kind::Integer, None)
        }
        (Dialect::MySql, DataType::Char(length) | DataType::Varchar(length)) => {
            (Kind::Text, fits(length))
        }
        (Dialect::MySql, DataType::Varbinary(Some(length))) => match length {
            sqlparser::ast::BinaryLength::IntegerLength { length } => (Kind::Sealed, Some(*length)),
            sqlparser::ast::BinaryLength::Max => (Kind::Sealed, None),
        },
        (Dialect::MySql, DataType::MediumBlob) => (Kind::Sealed, None),
        (_, other) => bail!("{other} is no type of ours"),
    })
}

fn constrain(table: &mut Table, constraint: &TableConstraint) -> Result<()> {
    match constraint {
        TableConstraint::PrimaryKey(key) => table.primary_key = columns(&key.columns)?,
        TableConstraint::Unique(key) => {
            table.unique.insert(columns(&key.columns)?);
        }
        TableConstraint::Check(check) => {
            table.checks.insert(check.expr.to_string());
        }
        TableConstraint::Index(index) => {
            let name = index.name.as_ref().context("an index without a name")?;
            table.indexes.push(Index {
                name: name.value.clone(),
                columns: columns(&index.columns)?,
                only_where: None,
            });
        }
        other => bail!("teach tools/xtask/src/schema this: {other}"),
    }
    Ok(())
}

fn create_index(table: &mut Table, made: &CreateIndex) -> Result<()> {
    let columns = columns(&made.columns)?;
    if made.unique {
        ensure!(made.predicate.is_none(), "a partial unique index");
        table.unique.insert(columns);
        return Ok(());
    }
    let name = made.name.as_ref().context("an index without a name")?;
    table.indexes.push(Index {
        name: last(name)?,
        columns,
        only_where: made.predicate.as_ref().map(constants),
    });
    Ok(())
}

fn alter(table: &mut Table, operation: &AlterTableOperation, dialect: Dialect) -> Result<()> {
    match operation {
        AlterTableOperation::AddColumn { column_def, .. } => {
            let collation = table.columns.iter().find_map(|c| c.collation.clone());
            add_column(table, column_def, collation.as_deref(), dialect)
        }
        AlterTableOperation::AddConstraint { constraint, .. } => constrain(table, constraint),
        other => bail!("teach tools/xtask/src/schema this: {other}"),
    }
}

/// The columns that a condition sets equal to a constant.
fn constants(condition: &Expr) -> Vec<String> {
    match condition {
        Expr::BinaryOp { left, op, right } => match (&**left, op, &**right) {
            (Expr::Identifier(name), BinaryOperator::Eq, Expr::Value(_)) => {
                vec![name.value.clone()]
            }
            (left, BinaryOperator::And, right) => {
                let mut found = constants(left);
                found.extend(constants(right));
                found
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn columns(list: &[IndexColumn]) -> Result<Vec<String>> {
    list.iter()
        .map(|part| match &part.column.expr {
            Expr::Identifier(Ident { value, .. }) => Ok(value.clone()),
            other => bail!("{other} is no column"),
        })
        .collect()
}

/// A name without what it is qualified by.
fn last(name: &ObjectName) -> Result<String> {
    let part = name.0.last().and_then(|part| part.as_ident());
    let part = part.with_context(|| format!("{name} is no name"))?;
    Ok(part.value.clone())
}
