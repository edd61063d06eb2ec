//! What MariaDB does and Vitess, or MySQL 8 behind it, does not. Judged by the words, so that it
//! holds whether or not a parser knows the statement; the more so where a refusal here only means
//! to write it otherwise.

use super::error::VitessError;
use super::lexer::{Token, TokenKind};
use super::statement::{Kind, Statement};

/// Functions that MySQL 8 has not.
const FUNCTIONS: [&str; 27] = [
    "add_months",
    "chr",
    "crc32c",
    "json_compact",
    "json_detailed",
    "json_equals",
    "json_exists",
    "json_loose",
    "json_normalize",
    "json_object_filter_keys",
    "json_object_to_array",
    "json_array_intersect",
    "json_query",
    "lastval",
    "median",
    "natural_sort_key",
    "nextval",
    "nvl",
    "nvl2",
    "percentile_cont",
    "percentile_disc",
    "setval",
    "sformat",
    "sys_guid",
    "to_char",
    "trim_oracle",
    "uuid_v7",
];

/// Words one after the other that no statement of MySQL has, and the one where Vitess's parser
/// stops.
const SYNTAX: [(&[&str], usize); 18] = [
    (&["system", "versioning"], 0),
    (&["for", "system_time"], 1),
    (&["period", "for"], 0),
    (&["without", "overlaps"], 0),
    (&["next", "value", "for"], 2),
    (&["previous", "value", "for"], 0),
    (&["create", "or", "replace", "table"], 2),
    (&["create", "or", "replace", "index"], 2),
    (&["create", "sequence"], 1),
    (&["alter", "sequence"], 1),
    (&["drop", "sequence"], 1),
    (&["create", "package"], 1),
    (&["execute", "immediate"], 1),
    (&["rows", "examined"], 0),
    (&["not", "atomic"], 0),
    (&["into", "outfile"], 1),
    (&["into", "dumpfile"], 1),
    (&["for", "portion", "of"], 1),
];

/// What a statement outside of the usual kinds may begin with.
const OTHERS: [&str; 2] = ["analyze", "optimize"];

/// Judges one statement.
pub(super) fn check(statement: &Statement<'_>, database: &str) -> Result<(), VitessError> {
    for (words, at) in SYNTAX {
        if let Some(found) = find(statement, words) {
            let token = found.get(at).or(found.first());
            return Err(token.map_or_else(|| VitessError::syntax(1, ""), stopped));
        }
    }
    for token in &statement.tokens {
        let user = token.kind == TokenKind::Variable && !token.text.starts_with("@@");
        if user && statement.kind != Kind::Use {
            return Err(VitessError::unsupported(
                "user variables (the stand-in keeps none)",
            ));
        }
        if token.is("returning") && returns(statement, token) {
            return Err(stopped(token));
        }
    }
    functions(statement, database)?;
    match statement.kind {
        Kind::Ddl => ddl(statement),
        Kind::Begin if statement.tokens.len() > 2 => Err(VitessError::unsupported(
            "START TRANSACTION with characteristics (the stand-in keeps none)",
        )),
        Kind::Other => other(statement),
        Kind::Use => target(statement, database),
        _ => Ok(()),
    }
}

/// The first place where these words stand.
fn find<'s, 'a>(statement: &'s Statement<'a>, words: &[&str]) -> Option<&'s [Token<'a>]> {
    statement.tokens.windows(words.len()).find(|window| {
        let mut pairs = window.iter().zip(words);
        pairs.all(|(token, word)| token.is(word))
    })
}

/// Where Vitess's parser stops: behind the word that it did not expect.
fn stopped(token: &Token<'_>) -> VitessError {
    VitessError::syntax(token.at + token.text.len() + 1, token.text)
}

/// Whether the word is the clause, which is no name: `RETURNING` is reserved in MariaDB, and in
/// MySQL 8 a column may be called so.
fn returns(statement: &Statement<'_>, token: &Token<'_>) -> bool {
    let writes = matches!(statement.kind, Kind::Insert | Kind::Delete | Kind::Update);
    let before = statement
        .tokens
        .iter()
        .rev()
        .find(|other| other.at < token.at);
    let after = statement.tokens.iter().find(|other| other.at > token.at);
    let name = |token: &&Token<'_>| matches!(token.text, "." | "," | "(" | "=");
    writes && before.is_none_or(|before| !name(&before)) && after.is_some()
}

fn functions(statement: &Statement<'_>, database: &str) -> Result<(), VitessError> {
    let calls = statement.tokens.windows(2);
    let calls = calls.filter_map(|pair| match pair {
        [name, bracket] if bracket.text == "(" && name.kind == TokenKind::Word => Some(name),
        _ => None,
    });
    for name in calls {
        let lower = name.text.to_ascii_lowercase();
        if FUNCTIONS.contains(&lower.as_str()) {
            let message = format!(
                "target: {database}.-.primary: vttablet: rpc error: code = Unknown desc = \
                 FUNCTION {database}.{lower} does not exist (errno 1305) (sqlstate 42000)"
            );
            return Err(VitessError::new("UNKNOWN", message));
        }
        match lower.as_str() {
            "json_table" => return Err(VitessError::unsupported("json_table expressions")),
            "found_rows" | "row_count" => {
                return Err(VitessError::unsupported(
                    "FOUND_ROWS and ROW_COUNT (the stand-in's connections are anybody's)",
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn ddl(statement: &Statement<'_>) -> Result<(), VitessError> {
    const PROGRAMS: [&str; 5] = ["trigger", "procedure", "function", "event", "aggregate"];
    const SERVER: [&str; 6] = ["user", "role", "server", "database", "schema", "tablespace"];
    // The object's kind stands before its name, so only the words up to it count.
    let head = statement.tokens.iter().take(8);
    let head: Vec<&Token<'_>> = head.take_while(|token| !token.is("table")).collect();
    let kind = head.iter().skip(1).find(|token| {
        let words = PROGRAMS.iter().chain(&SERVER);
        let mut words = words.chain(&["view", "index", "key"]);
        words.any(|word| token.is(word))
    });
    if let Some(kind) = kind {
        if PROGRAMS.iter().any(|word| kind.is(word)) {
            return Err(stopped(kind));
        }
        if SERVER.iter().any(|word| kind.is(word)) {
            let what = format!(
                "{} of a {}",
                statement.tokens.first().map_or("", |t| t.text),
                kind.text
            );
            return Err(VitessError::unsupported(&what));
        }
    }
    if head.iter().any(|token| token.is("temporary")) {
        return Err(VitessError::unsupported(
            "temporary tables (the stand-in's connections are anybody's)",
        ));
    }
    // MySQL has IF [NOT] EXISTS for whole tables, views and databases only.
    let first = |word: &str| statement.tokens.first().is_some_and(|token| token.is(word));
    let index = head.iter().any(|token| token.is("index"));
    if (first("alter") || index)
        && let Some(found) = find(statement, &["if"])
        && let Some(token) = found.first()
    {
        return Err(stopped(token));
    }
    Ok(())
}

fn other(statement: &Statement<'_>) -> Result<(), VitessError> {
    let Some(first) = statement.tokens.first() else {
        return Ok(());
    };
    if OTHERS.iter().any(|word| first.is(word)) {
        return Ok(());
    }
    let known = [
        "call",
        "lock",
        "unlock",
        "flush",
        "prepare",
        "execute",
        "deallocate",
        "kill",
        "load",
    ];
    if known.iter().any(|word| first.is(word)) {
        let what = format!("{} statement", first.text.to_ascii_uppercase());
        return Err(VitessError::unsupported(&what));
    }
    Err(stopped(first))
}

/// `USE` chooses a keyspace or a kind of tablet; here there is the one.
fn target(statement: &Statement<'_>, database: &str) -> Result<(), VitessError> {
    let name: String = statement
        .tokens
        .iter()
        .skip(1)
        .map(|token| token.text)
        .collect();
    let name = name.trim_matches('`');
    if name == database || name.starts_with('@') {
        return Ok(());
    }
    let message = format!("VT05003: unknown database '{name}' in vschema");
    Err(VitessError::new("NOT_FOUND", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(sql: &str) -> Result<(), VitessError> {
        check(&Statement::parse(sql).unwrap(), "balance")
    }

    #[test]
    fn what_only_mariadb_has_is_refused() {
        for sql in [
            "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
            "CREATE OR REPLACE TABLE t (a INT)",
            "CREATE DEFINER=root PROCEDURE p() SELECT 1",
            "CREATE TEMPORARY TABLE t (a INT)",
            "CREATE SEQUENCE s",
            "CREATE TABLE t (a INT) WITH SYSTEM VERSIONING",
            "CREATE INDEX IF NOT EXISTS i ON t (a)",
            "CREATE DATABASE other",
            "ALTER TABLE t ADD COLUMN IF NOT EXISTS b INT",
            "ALTER TABLE t DROP COLUMN IF EXISTS b",
            "INSERT INTO t VALUES (1) RETURNING id",
            "DELETE FROM t WHERE a = 1 RETURNING a, b",
            "SELECT NEXT VALUE FOR s",
            "SELECT NEXTVAL(s)",
            "SELECT JSON_DETAILED(a) FROM t",
            "SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (a INT PATH '$')) x",
            "SELECT @a := 1",
            "SELECT 1 LIMIT ROWS EXAMINED 5",
            "CALL p()",
            "LOCK TABLES t WRITE",
            "DO SLEEP(1)",
            "HANDLER t OPEN",
            "GRANT ALL ON *.* TO a",
            "USE mysql",
        ] {
            assert!(judged(sql).is_err(), "{sql}");
        }
    }

    #[test]
    fn what_both_have_is_not() {
        for sql in [
            "CREATE TABLE IF NOT EXISTS t (a INT, CHECK (a > 0), `trigger` INT)",
            "CREATE OR REPLACE VIEW v AS SELECT 1",
            "DROP TABLE IF EXISTS t",
            "ALTER TABLE t ADD COLUMN b INT DEFAULT 1",
            "INSERT INTO t (a, `returning`) VALUES ('RETURNING id', 1)",
            "SELECT 'CREATE TRIGGER', period FROM t FOR UPDATE",
            "SELECT @@version",
            "ANALYZE TABLE t",
            "USE balance",
            "USE @primary",
            "BEGIN",
        ] {
            assert_eq!(judged(sql), Ok(()), "{sql}");
        }
    }
}
