//! Which tables of a query are pinned to a shard: those whose sharding column, or a column that
//! looks it up, is equal to a value, or to a column of a table that is.

use std::collections::HashSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, Expr, JoinConstraint, JoinOperator, TableFactor, TableWithJoins,
    visit_expressions,
};

use super::names::{Unknown, last, place, split};
use super::vschema::{Place, VSchema};

/// A table as a query names it.
#[derive(Debug)]
pub(super) struct Table {
    alias: String,
    /// None for what the query itself made: a derived table, a common table expression.
    pub(super) place: Option<Place>,
    pub(super) pinned: bool,
}

/// The tables of one `FROM`, with what is said about them.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) tables: Vec<Table>,
    fixed: HashSet<(usize, String)>,
}

type Column = (usize, String);

impl Scope {
    /// `made` are the names of common table expressions; `outer` the scopes around this one.
    pub(super) fn new(
        schema: &VSchema,
        made: &HashSet<String>,
        outer: &[Self],
        from: &[&TableWithJoins],
        selection: Option<&Expr>,
    ) -> Result<Self, Unknown> {
        let mut scope = Self::default();
        let mut conditions: Vec<&Expr> = selection.into_iter().collect();
        let mut using = Vec::new();
        for joined in from {
            scope.add(schema, made, joined, &mut conditions, &mut using)?;
        }
        scope.fix(outer, &conditions, &using);
        Ok(scope)
    }

    fn add<'a>(
        &mut self,
        schema: &VSchema,
        made: &HashSet<String>,
        joined: &'a TableWithJoins,
        conditions: &mut Vec<&'a Expr>,
        using: &mut Vec<String>,
    ) -> Result<(), Unknown> {
        let joins = joined.joins.iter();
        let factors = joins.map(|join| (&join.relation, constraint(&join.join_operator)));
        for (factor, constraint) in std::iter::once((&joined.relation, None)).chain(factors) {
            match constraint {
                Some(JoinConstraint::On(condition)) => conditions.push(condition),
                Some(JoinConstraint::Using(columns)) => {
                    using.extend(columns.iter().map(|column| last(column).to_lowercase()));
                }
                _ => {}
            }
            match factor {
                TableFactor::Table { name, alias, .. } => {
                    let alias = alias.as_ref().map(|alias| alias.name.value.clone());
                    let (keyspace, table) = split(name);
                    let place = place(schema, made, keyspace, table)?;
                    self.tables.push(Table {
                        alias: alias.unwrap_or_else(|| table.to_owned()),
                        place,
                        pinned: false,
                    });
                }
                TableFactor::NestedJoin {
                    table_with_joins, ..
                } => self.add(schema, made, table_with_joins, conditions, using)?,
                TableFactor::Derived { alias, .. } => self.tables.push(Table {
                    alias: alias
                        .as_ref()
                        .map(|a| a.name.value.clone())
                        .unwrap_or_default(),
                    place: None,
                    pinned: true,
                }),
                _ => {}
            }
        }
        Ok(())
    }

    /// Goes round until nothing new is found to be fixed.
    fn fix(&mut self, outer: &[Self], conditions: &[&Expr], using: &[String]) {
        let mut equal = Vec::new();
        for condition in conditions {
            self.facts(outer, condition, &mut equal);
        }
        for column in using {
            let everywhere = (0..self.tables.len()).map(|table| (table, column.clone()));
            let everywhere: Vec<Column> = everywhere.collect();
            equal.extend(
                everywhere
                    .windows(2)
                    .map(|pair| (pair[0].clone(), pair[1].clone())),
            );
        }
        loop {
            let before = self.fixed.len();
            for (one, other) in &equal {
                if self.is_fixed(one) {
                    self.fixed.insert(other.clone());
                } else if self.is_fixed(other) {
                    self.fixed.insert(one.clone());
                }
            }
            for at in 0..self.tables.len() {
                self.pin(at);
            }
            if self.fixed.len() == before {
                return;
            }
        }
    }

    /// A table whose shard is known has one value in each of the columns that say it.
    fn pin(&mut self, at: usize) {
        let Some(table) = self.tables.get(at) else {
            return;
        };
        let keys = table.place.iter().flat_map(|place| &place.keys);
        let keys: Vec<Vec<String>> = keys.map(|key| key.columns.clone()).collect();
        let known = |column: &String| self.fixed.contains(&(at, column.clone()));
        if keys.iter().any(|columns| columns.iter().all(known)) {
            let primary = keys.into_iter().next().unwrap_or_default();
            self.fixed
                .extend(primary.into_iter().map(|column| (at, column)));
            if let Some(table) = self.tables.get_mut(at) {
                table.pinned = true;
            }
        }
    }

    /// What a condition says for certain: each part of an AND, nothing of an OR.
    fn facts(&mut self, outer: &[Self], condition: &Expr, equal: &mut Vec<(Column, Column)>) {
        match condition {
            Expr::Nested(inner) => self.facts(outer, inner, equal),
            Expr::BinaryOp {
                left,
                op: BinaryOperator::And,
                right,
            } => {
                self.facts(outer, left, equal);
                self.facts(outer, right, equal);
            }
            Expr::BinaryOp {
                left,
                op: BinaryOperator::Eq | BinaryOperator::Spaceship,
                right,
            } => {
                for (one, other) in std::iter::zip(parts(left), parts(right)) {
                    self.equality(outer, one, other, equal);
                }
            }
            Expr::InList {
                expr,
                list,
                negated: false,
            } => {
                for (at, one) in parts(expr).into_iter().enumerate() {
                    let mut values = list.iter().map(|value| parts(value).get(at).copied());
                    let fixed = |value: Option<&Expr>| value.is_some_and(|v| self.value(outer, v));
                    if values.all(fixed) {
                        self.fixed.extend(self.columns(one));
                    }
                }
            }
            // The values come from a query of its own.
            Expr::InSubquery {
                expr,
                negated: false,
                ..
            } => {
                for one in parts(expr) {
                    self.fixed.extend(self.columns(one));
                }
            }
            _ => {}
        }
    }

    fn equality(
        &mut self,
        outer: &[Self],
        one: &Expr,
        other: &Expr,
        equal: &mut Vec<(Column, Column)>,
    ) {
        let (left, right) = (self.columns(one), self.columns(other));
        if self.value(outer, other) {
            self.fixed.extend(left);
        } else if self.value(outer, one) {
            self.fixed.extend(right);
        } else {
            for one in &left {
                equal.extend(right.iter().map(|other| (one.clone(), other.clone())));
            }
        }
    }

    /// The columns of this scope that a name may mean; none where it is no plain name.
    fn columns(&self, expression: &Expr) -> Vec<Column> {
        let (table, column) = match expression {
            Expr::Nested(inner) => return self.columns(inner),
            Expr::Identifier(name) => (None, name),
            Expr::CompoundIdentifier(path) => match path.as_slice() {
                [.., table, column] => (Some(&table.value), column),
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        let tables = self.tables.iter().enumerate();
        let tables = tables.filter(|(_, each)| table.is_none_or(|table| *table == each.alias));
        let column = column.value.to_lowercase();
        tables.map(|(at, _)| (at, column.clone())).collect()
    }

    /// Whether an expression has one value for the whole query: no column in it is this scope's,
    /// but for those of tables that the query made.
    fn value(&self, outer: &[Self], expression: &Expr) -> bool {
        let varies = visit_expressions(expression, |part| {
            let name = matches!(part, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
            let mine = self.columns(part);
            let fixed = if mine.is_empty() {
                outer.iter().any(|scope| {
                    let columns = scope.columns(part);
                    !columns.is_empty() && columns.iter().all(|column| scope.is_fixed(column))
                })
            } else {
                mine.iter().all(|(at, _)| self.is_made(*at))
            };
            if name && !fixed {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        varies.is_continue()
    }

    fn is_fixed(&self, column: &Column) -> bool {
        self.fixed.contains(column) || self.is_made(column.0)
    }

    fn is_made(&self, at: usize) -> bool {
        let table = self.tables.get(at);
        table.is_some_and(|table| table.place.is_none())
    }
}

fn constraint(operator: &JoinOperator) -> Option<&JoinConstraint> {
    use JoinOperator as J;
    match operator {
        J::Join(on)
        | J::Inner(on)
        | J::Left(on)
        | J::LeftOuter(on)
        | J::Right(on)
        | J::RightOuter(on)
        | J::CrossJoin(on)
        | J::StraightJoin(on) => Some(on),
        _ => None,
    }
}

/// The members of a row, or the one expression.
fn parts(expression: &Expr) -> Vec<&Expr> {
    match expression {
        Expr::Tuple(members) => members.iter().collect(),
        other => vec![other],
    }
}
