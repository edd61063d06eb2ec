//! What a statement is: its kind by its first words, and its text without literals.

use std::sync::OnceLock;

use sqlparser::ast::Statement as Parsed;
use sqlparser::dialect::MySqlDialect;
use sqlparser::parser::Parser;

use super::error::VitessError;
use super::lexer::{Token, TokenKind, Unended, tokens};

/// How much of a statement is shown, in bytes.
const SHOWN: usize = 4096;

/// What vtgate does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Select,
    Insert,
    Update,
    Delete,
    Ddl,
    Begin,
    Commit,
    Rollback,
    Savepoint,
    Set,
    Use,
    Show,
    Other,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Ddl => "ddl",
            Self::Begin => "begin",
            Self::Commit => "commit",
            Self::Rollback => "rollback",
            Self::Savepoint => "savepoint",
            Self::Set => "set",
            Self::Use => "use",
            Self::Show => "show",
            Self::Other => "other",
        }
    }

    fn of(tokens: &[Token<'_>]) -> Self {
        let mut words = tokens.iter().map(|token| token.text.to_ascii_lowercase());
        let first = words.find(|word| word != "(").unwrap_or_default();
        let second = words.next().unwrap_or_default();
        match (first.as_str(), second.as_str()) {
            ("select" | "values", _) => Self::Select,
            ("with", _) => Self::of_with(tokens),
            ("insert" | "replace", _) => Self::Insert,
            ("update", _) => Self::Update,
            ("delete", _) => Self::Delete,
            ("create" | "alter" | "drop" | "rename" | "truncate", _) => Self::Ddl,
            ("begin", _) | ("start", "transaction") => Self::Begin,
            ("commit", _) => Self::Commit,
            ("rollback", _) if !tokens.iter().any(|token| token.is("to")) => Self::Rollback,
            ("savepoint" | "release" | "rollback", _) => Self::Savepoint,
            ("set", _) => Self::Set,
            ("use", _) => Self::Use,
            ("show" | "explain" | "describe" | "desc" | "vexplain", _) => Self::Show,
            _ => Self::Other,
        }
    }

    /// `WITH … SELECT|UPDATE|DELETE`: the first of these outside of brackets.
    fn of_with(tokens: &[Token<'_>]) -> Self {
        let mut depth = 0_i32;
        for token in tokens {
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ if depth == 0 && token.is("update") => return Self::Update,
                _ if depth == 0 && token.is("delete") => return Self::Delete,
                _ => {}
            }
        }
        Self::Select
    }
}

/// One statement.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    /// As it came, without the `;` at its end.
    pub(super) sql: &'a str,
    pub(super) kind: Kind,
    /// Without comments.
    pub(super) tokens: Vec<Token<'a>>,
    /// Vitess's directives (`/*vt+ … */`).
    pub(super) directives: String,
    syntax: OnceLock<Option<Parsed>>,
}

impl<'a> Statement<'a> {
    /// Takes a text apart, which must be one statement.
    pub(super) fn parse(sql: &'a str) -> Result<Self, VitessError> {
        let all = tokens(sql).map_err(|Unended(at)| VitessError::syntax(at + 1, ""))?;
        let mut directives = String::new();
        let mut tokens = Vec::with_capacity(all.len());
        for token in all {
            if token.kind != TokenKind::Comment {
                tokens.push(token);
            } else if let Some(directive) = token.text.strip_prefix("/*vt+") {
                directives.push_str(directive.trim_end_matches("*/"));
            } else if token.text.starts_with("/*M!") || token.text.starts_with("/*!") {
                // They are none to MariaDB, which executes what is in them.
                return Err(VitessError::unsupported("executable comments"));
            }
        }
        let end = tokens
            .iter()
            .position(|token| token.text == ";")
            .unwrap_or(tokens.len());
        let rest = tokens.get(end..).unwrap_or_default();
        if let Some(more) = rest.iter().find(|token| token.text != ";") {
            return Err(VitessError::syntax(
                more.at + more.text.len() + 1,
                more.text,
            ));
        }
        let at = rest.first().map_or(sql.len(), |token| token.at);
        tokens.truncate(end);
        if tokens.is_empty() {
            return Err(VitessError::new("INVALID_ARGUMENT", "Query was empty"));
        }
        Ok(Self {
            sql: sql.get(..at).unwrap_or(sql),
            kind: Kind::of(&tokens),
            tokens,
            directives,
            syntax: OnceLock::new(),
        })
    }

    /// Its syntax tree, where the parser knows it. It does not know all that MariaDB does, so
    /// that without one a statement is judged by its words.
    pub(super) fn syntax(&self) -> Option<&Parsed> {
        let parse = || {
            let mut parsed = Parser::parse_sql(&MySqlDialect {}, self.sql).ok()?;
            parsed.pop().filter(|_| parsed.is_empty())
        };
        self.syntax.get_or_init(parse).as_ref()
    }

    /// With `?` for each literal.
    pub(super) fn redacted(&self) -> String {
        self.rewritten(|_, _| "?".to_owned())
    }

    /// As Vitess shows it in an error.
    pub(super) fn with_bind_variables(&self) -> String {
        self.rewritten(|number, kind| format!(":vtg{number} /* {kind} */"))
    }

    fn rewritten(&self, literal: impl Fn(usize, &str) -> String) -> String {
        let mut text = String::with_capacity(self.sql.len().min(4096));
        let mut end = None;
        let mut literals = 0;
        for token in &self.tokens {
            if text.len() > SHOWN {
                text.push('…');
                break;
            }
            if end.is_some_and(|end| end < token.at) {
                text.push(' ');
            }
            match token.literal() {
                Some(kind) => {
                    literals += 1;
                    text.push_str(&literal(literals, kind));
                }
                None => text.push_str(token.text),
            }
            end = Some(token.at + token.text.len());
        }
        text
    }

    /// Whether these bare words stand somewhere, one after the other.
    pub(super) fn has(&self, words: &[&str]) -> bool {
        self.tokens.windows(words.len()).any(|window| {
            let mut pairs = window.iter().zip(words);
            pairs.all(|(token, word)| token.is(word) || token.text == *word)
        })
    }

    /// Whether a function of this name is called.
    pub(super) fn calls(&self, function: &str) -> bool {
        self.has(&[function, "("])
    }

    /// The first table that it writes to, by its words.
    pub(super) fn table(&self) -> Option<&'a str> {
        const BEFORE: [&str; 13] = [
            "insert",
            "replace",
            "into",
            "ignore",
            "update",
            "delete",
            "from",
            "low_priority",
            "quick",
            "table",
            "alter",
            "high_priority",
            "delayed",
        ];
        let mut tokens = self.tokens.iter();
        let mut table = tokens.find(|token| !BEFORE.iter().any(|word| token.is(word)))?;
        if let (Some(dot), Some(name)) = (tokens.next(), tokens.next())
            && dot.text == "."
        {
            table = name;
        }
        Some(table.text.trim_matches('`'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(sql: &str) -> Kind {
        Statement::parse(sql).unwrap().kind
    }

    #[test]
    fn the_first_words_say_the_kind() {
        assert_eq!(kind("/* hi */ select 1;"), Kind::Select);
        assert_eq!(kind("(SELECT 1) UNION (SELECT 2)"), Kind::Select);
        assert_eq!(kind("WITH a AS (SELECT 1) DELETE FROM t"), Kind::Delete);
        assert_eq!(kind("start transaction"), Kind::Begin);
        assert_eq!(kind("ROLLBACK"), Kind::Rollback);
        assert_eq!(kind("ROLLBACK WORK TO SAVEPOINT a"), Kind::Savepoint);
        assert_eq!(kind("replace into t values (1)"), Kind::Insert);
    }

    #[test]
    fn no_literal_is_left_in_what_is_shown() {
        let sql = "INSERT INTO t(a,b) VALUES ('it''s', x'0a'), (1.5, -2) -- secret";
        let statement = Statement::parse(sql).unwrap();
        assert_eq!(
            statement.redacted(),
            "INSERT INTO t(a,b) VALUES (?, ?), (?, -?)"
        );
        assert!(
            statement
                .with_bind_variables()
                .contains("(:vtg1 /* VARCHAR */, :vtg2 /* VARBINARY */)")
        );
        assert_eq!(statement.table(), Some("t"));
    }

    #[test]
    fn two_statements_are_a_syntax_error_and_a_semicolon_in_a_string_is_not() {
        let error = Statement::parse("SELECT 1; DROP TABLE t").unwrap_err();
        assert_eq!(error.message, "syntax error at position 15 near 'DROP'");
        assert!(Statement::parse("SELECT ';' ; ").is_ok());
        assert!(Statement::parse(" -- nothing").is_err());
        assert!(Statement::parse("SELECT 1 /*! , 2 */").is_err());
    }
}
