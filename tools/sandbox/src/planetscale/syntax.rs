//! The parsed statement, where the parser knows it. It does not know all that MariaDB does, so
//! that nothing here may depend on an answer: without one a statement is only judged by its words.

use sqlparser::ast::Statement;
use sqlparser::dialect::MySqlDialect;
use sqlparser::parser::Parser;

/// The one statement in a text.
pub(super) fn parse(sql: &str) -> Option<Statement> {
    let mut statements = Parser::parse_sql(&MySqlDialect {}, sql).ok()?;
    statements.pop().filter(|_| statements.is_empty())
}
