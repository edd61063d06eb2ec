//! A statement against the sharding: which keyspace it goes to, whether to every shard, and what
//! Vitess cannot plan. Where Vitess can do more with effort (a join across keyspaces in an
//! UPDATE, say) this refuses more, and says so in README.md; it never lets more through.

mod insert;

use std::collections::HashSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    Assignment, AssignmentTarget, Delete, FromTable, Query, Select, Statement as Parsed, Update,
    Visit as _, Visitor,
};

use super::error::VitessError;
use super::names::{Unknown, last, place};
use super::pins::{Scope, Table};
use super::statement::{Kind, Statement};
use super::vschema::{Place, VSchema};

/// What was found out about a statement.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Route {
    /// The first table's; none where there is no table.
    pub(super) keyspace: Option<String>,
    pub(super) sharded: bool,
    /// Whether it goes to every shard; none where its syntax is not known.
    pub(super) scatter: Option<bool>,
}

impl Route {
    /// Of a statement that has no table to be found.
    pub(super) fn nowhere() -> Self {
        let scatter = Some(false);
        Self {
            scatter,
            ..Self::default()
        }
    }
}

/// Judges one statement.
pub(super) fn route(statement: &Statement<'_>, schema: &VSchema) -> Result<Route, VitessError> {
    let judged = matches!(
        statement.kind,
        Kind::Select | Kind::Insert | Kind::Update | Kind::Delete
    );
    if statement.kind == Kind::Ddl {
        return ddl(statement, schema);
    }
    if !judged {
        return Ok(Route::nowhere());
    }
    let Some(parsed) = statement.syntax() else {
        return Ok(Route::default());
    };
    let mut found = Found {
        schema,
        made: HashSet::new(),
        scopes: Vec::new(),
        seen: Vec::new(),
    };
    found.own(parsed)?;
    if let ControlFlow::Break(error) = parsed.visit(&mut found) {
        return Err(error);
    }
    // The statement's own tables are still open.
    let own = found.scopes.drain(..).flat_map(|scope| scope.tables);
    let mut tables: Vec<Table> = own.collect();
    let inner = tables.len();
    tables.append(&mut found.seen);
    let target = match parsed {
        Parsed::Insert(insert) => insert::target(insert, schema, &tables)?,
        Parsed::Update(update) => {
            assigned(&update.assignments, &tables)?;
            writes(&tables, inner, update.limit.is_some(), "UPDATE")?;
            None
        }
        Parsed::Delete(delete) => {
            writes(&tables, inner, delete.limit.is_some(), "DELETE")?;
            None
        }
        _ => None,
    };
    let first = target.or_else(|| tables.iter().find_map(|table| table.place.clone()));
    Ok(Route {
        sharded: first.as_ref().is_some_and(Place::is_sharded),
        keyspace: first.map(|place| place.keyspace),
        scatter: Some(tables.iter().any(scatters)),
    })
}

fn scatters(table: &Table) -> bool {
    !table.pinned && table.place.as_ref().is_some_and(Place::is_sharded)
}

/// Goes through the queries inside of a statement, each in the scope of those around it.
struct Found<'a> {
    schema: &'a VSchema,
    made: HashSet<String>,
    scopes: Vec<Scope>,
    seen: Vec<Table>,
}

impl Found<'_> {
    /// The tables that the statement itself names, where it is no query.
    fn own(&mut self, parsed: &Parsed) -> Result<(), VitessError> {
        let (from, selection) = match parsed {
            Parsed::Update(Update {
                table, selection, ..
            }) => (vec![table], selection.as_ref()),
            Parsed::Delete(Delete {
                from,
                using,
                selection,
                ..
            }) => {
                let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = from;
                let from = using.as_ref().unwrap_or(from);
                (from.iter().collect(), selection.as_ref())
            }
            _ => return Ok(()),
        };
        let scope = Scope::new(self.schema, &self.made, &[], &from, selection);
        self.scopes.push(scope.map_err(unknown)?);
        Ok(())
    }
}

impl Visitor for Found<'_> {
    type Break = VitessError;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<VitessError> {
        let made = query.with.iter().flat_map(|with| &with.cte_tables);
        self.made
            .extend(made.map(|cte| cte.alias.name.value.clone()));
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<VitessError> {
        let from: Vec<_> = select.from.iter().collect();
        let selection = select.selection.as_ref();
        match Scope::new(self.schema, &self.made, &self.scopes, &from, selection) {
            Ok(scope) => {
                self.scopes.push(scope);
                ControlFlow::Continue(())
            }
            Err(problem) => ControlFlow::Break(unknown(problem)),
        }
    }

    fn post_visit_select(&mut self, _: &Select) -> ControlFlow<VitessError> {
        let scope = self.scopes.pop().unwrap_or_default();
        self.seen.extend(scope.tables);
        ControlFlow::Continue(())
    }
}

fn unknown(Unknown(table): Unknown) -> VitessError {
    VitessError::new("NOT_FOUND", format!("table {table} not found"))
}

/// A new or changed table must have its place, and a foreign key cannot reach another shard.
fn ddl(statement: &Statement<'_>, schema: &VSchema) -> Result<Route, VitessError> {
    let mut tokens = statement.tokens.iter();
    let table = tokens.any(|token| token.is("table")).then(|| {
        let words = ["if", "not", "exists"];
        tokens.find(|token| !words.iter().any(|word| token.is(word)))
    });
    let Some(name) = table.flatten() else {
        return Ok(Route::nowhere());
    };
    let name = name.text.trim_matches('`');
    let place = place(schema, &HashSet::new(), None, name).map_err(unknown)?;
    let sharded = place.as_ref().is_some_and(Place::is_sharded);
    if sharded && (statement.has(&["foreign", "key"]) || statement.has(&["references"])) {
        let message = "VT10001: foreign key constraints are not allowed";
        return Err(VitessError::new("ABORTED", message));
    }
    Ok(Route {
        keyspace: place.map(|place| place.keyspace),
        sharded,
        scatter: Some(false),
    })
}

/// UPDATE and DELETE: in one keyspace, and with more than one sharded table on one shard.
fn writes(tables: &[Table], own: usize, limit: bool, what: &str) -> Result<(), VitessError> {
    let places = || tables.iter().filter_map(|table| table.place.as_ref());
    let keyspace = places().next().map(|place| &place.keyspace);
    if places().any(|place| Some(&place.keyspace) != keyspace) {
        let message = format!("multi-keyspace {what}");
        return Err(VitessError::unsupported(&message));
    }
    let scatter = tables.iter().any(scatters);
    if scatter && tables.len() > 1 {
        let message = if own > 1 {
            format!("multi-shard or vindex write statement: {what} with a join")
        } else {
            format!("subqueries in sharded {what}")
        };
        return Err(VitessError::unsupported(&message));
    }
    if scatter && limit {
        return Err(VitessError::unsupported(&format!(
            "multi-shard {what} with LIMIT"
        )));
    }
    Ok(())
}

/// No row moves to another shard.
fn assigned(assignments: &[Assignment], tables: &[Table]) -> Result<(), VitessError> {
    for assignment in assignments {
        let names = match &assignment.target {
            AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
            AssignmentTarget::Tuple(names) => names,
        };
        for name in names {
            let column = last(name).to_lowercase();
            let places = tables.iter().filter_map(|table| table.place.as_ref());
            let mut primary = places.filter_map(Place::primary);
            if let Some(key) = primary.find(|key| key.columns.contains(&column)) {
                return Err(VitessError::unsupported(&format!(
                    "you cannot UPDATE primary vindex columns; invalid update on vindex: {}",
                    key.vindex
                )));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
