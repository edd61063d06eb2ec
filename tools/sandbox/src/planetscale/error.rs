//! Errors in the words of Vitess: what vttablet makes of MySQL's, and what vtgate says itself.
//! Where MariaDB's numbers and texts are not MySQL 8's, MySQL's are told.

use std::fmt::Write as _;

use mysql_async::{DriverError, Error as ClientError, ServerError};
use serde::Serialize;

use super::statement::Statement;

/// The `error` member of a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct VitessError {
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// Where and for whom a statement ran, as every message of a tablet says.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) keyspace: &'a str,
    pub(super) shard: &'a str,
    pub(super) caller: &'a str,
    /// The statement, where it is told.
    pub(super) statement: Option<&'a Statement<'a>>,
}

impl Context<'_> {
    /// Without the statement.
    pub(super) fn quiet(self) -> Self {
        let statement = None;
        Self { statement, ..self }
    }
}

impl VitessError {
    /// vtgate's own, without a target.
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }

    /// `VT12001`: parsed, and not done.
    pub(super) fn unsupported(what: &str) -> Self {
        Self::new("UNIMPLEMENTED", format!("VT12001: unsupported: {what}"))
    }

    pub(super) fn syntax(position: usize, near: &str) -> Self {
        let message = if near.is_empty() {
            format!("syntax error at position {position}")
        } else {
            format!("syntax error at position {position} near '{near}'")
        };
        Self::new("INVALID_ARGUMENT", message)
    }

    /// A tablet's.
    pub(super) fn tablet(context: Context<'_>, code: &'static str, description: &str) -> Self {
        let Context {
            keyspace,
            shard,
            caller,
            statement,
        } = context;
        let camel = camel(code);
        let mut message = format!(
            "target: {keyspace}.{shard}.primary: vttablet: rpc error: code = {camel} desc = \
             {description} (CallerID: {caller})"
        );
        if let Some(statement) = statement {
            let sql = statement.with_bind_variables();
            let _ = write!(message, ": Sql: {sql:?}, BindVars: {{REDACTED}}");
        }
        Self { code, message }
    }

    /// MySQL's, as a tablet passes it on.
    pub(super) fn mysql(context: Context<'_>, number: u16, state: &str, text: &str) -> Self {
        let description = format!("{text} (errno {number}) (sqlstate {state})");
        Self::tablet(context, code(number), &description)
    }

    /// A deadlock, which MySQL answers by rolling the whole transaction back.
    pub(super) fn deadlock(context: Context<'_>) -> Self {
        let text = "Deadlock found when trying to get lock; try restarting transaction";
        Self::mysql(context, 1213, "40001", text)
    }

    /// A statement that took longer than it may.
    pub(super) fn late(context: Context<'_>) -> Self {
        Self::tablet(
            context.quiet(),
            "DEADLINE_EXCEEDED",
            "context deadline exceeded",
        )
    }

    /// What the client of MariaDB reports.
    pub(super) fn of_client(context: Context<'_>, query: &str, error: &ClientError) -> Self {
        match error {
            ClientError::Server(error) if error.code == 1064 => near(query, &error.message),
            ClientError::Server(error) => {
                let (number, state, text) =
                    as_mysql(error, context.statement.and_then(Statement::table));
                Self::mysql(context, number, &state, &text)
            }
            ClientError::Driver(DriverError::ConnectionClosed) | ClientError::Io(_) => {
                let text = "Lost connection to MySQL server during query";
                Self::mysql(context, 2013, "HY000", text)
            }
            other => Self::tablet(context, "UNKNOWN", &other.to_string()),
        }
    }
}

/// A syntax error in vtgate's words, which stops at it before MySQL would.
fn near(query: &str, text: &str) -> VitessError {
    let rest = text
        .split_once("near '")
        .and_then(|(_, rest)| rest.rsplit_once("' at line"));
    // It ends where MariaDB cuts it, in the middle of a letter even.
    let rest: String = rest.map_or("", |(rest, _)| rest).chars().take(20).collect();
    let word: String = rest
        .chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect();
    let start = if rest.is_empty() {
        query.len()
    } else {
        query.find(&rest).unwrap_or(0)
    };
    VitessError::syntax(start + word.len() + 1, &word)
}

/// MariaDB's error as MySQL 8 has it: number, state, text.
fn as_mysql(error: &ServerError, table: Option<&str>) -> (u16, String, String) {
    let ServerError {
        code,
        message,
        state,
    } = error;
    let told = |number, state: &str, text| (number, state.to_owned(), text);
    match code {
        // A column of type JSON is a text with a CHECK in MariaDB, of the name table.column.
        4025 => {
            let name = message.split('`').nth(1).unwrap_or_default();
            if name.contains('.') {
                let text = format!(
                    "Invalid JSON text: \"Invalid value.\" at position 0 in value for column '{name}'."
                );
                told(3140, "22032", text)
            } else {
                let text = format!("Check constraint '{name}' is violated.");
                told(3819, "HY000", text)
            }
        }
        1062 => {
            let text = match (message.rsplit_once("for key '"), table) {
                (Some((before, key)), Some(table)) => format!("{before}for key '{table}.{key}"),
                _ => message.clone(),
            };
            told(1062, state, text)
        }
        1054 => told(1054, state, clause(message)),
        1366 => told(1366, "HY000", short_column(message)),
        _ => told(*code, state, short_column(message)),
    }
}

/// Where an unknown column stands: a newer MariaDB names the keyword, MySQL the clause.
fn clause(message: &str) -> String {
    const CLAUSES: [(&str, &str); 8] = [
        ("SELECT", "field list"),
        ("INSERT INTO", "field list"),
        ("SET", "field list"),
        ("WHERE", "where clause"),
        ("ON", "on clause"),
        ("GROUP BY", "group statement"),
        ("HAVING", "having clause"),
        ("ORDER BY", "order clause"),
    ];
    let Some((before, keyword)) = message.rsplit_once(" in '") else {
        return message.to_owned();
    };
    let keyword = keyword.trim_end_matches('\'');
    let found = CLAUSES.iter().find(|(theirs, _)| *theirs == keyword);
    found.map_or_else(
        || message.to_owned(),
        |(_, clause)| format!("{before} in '{clause}'"),
    )
}

/// MariaDB names a column `` `database`.`table`.`column` `` where MySQL says `'column'`.
fn short_column(message: &str) -> String {
    let Some((before, after)) = message.split_once("for column `") else {
        return message.to_owned();
    };
    let Some((path, rest)) = after.rsplit_once('`') else {
        return message.to_owned();
    };
    let column = path.rsplit('`').next().unwrap_or(path);
    format!("{before}for column '{column}'{rest}")
}

/// Vitess's code for MySQL's number (`convertErrorCode` of its tablet server).
fn code(number: u16) -> &'static str {
    match number {
        1235 => "UNIMPLEMENTED",
        1021 | 1037 | 1038 | 1040 | 1041 | 1114 | 1129 | 1135 | 1151 | 1153 | 1203 | 1206
        | 1226 => "RESOURCE_EXHAUSTED",
        1205 | 2013 => "DEADLINE_EXCEEDED",
        1053 | 2006 => "UNAVAILABLE",
        1029 | 1032 | 1054 | 1091 | 1094 | 1109 | 1122 | 1141 | 1146 | 1147 | 1176 => "NOT_FOUND",
        1044 | 1045 | 1095 | 1211 | 1227 => "PERMISSION_DENIED",
        1046 | 1082 | 1099 | 1100 | 1104 | 1148 | 1162 | 1165 | 1169 | 1173 | 1179 | 1207
        | 1215 | 1216 | 1217 | 1223 | 1230 | 1241 | 1242 | 1288 | 1289 | 1291 | 1451 | 1452 => {
            "FAILED_PRECONDITION"
        }
        1050 | 1062 | 1086 | 1125 => "ALREADY_EXISTS",
        1078 | 1080 | 1152 | 1213 => "ABORTED",
        1317 => "CANCELED",
        1047..=1049
        | 1051..=1052
        | 1055..=1061
        | 1063..=1075
        | 1083..=1090
        | 1102..=1103
        | 1106..=1108
        | 1110..=1111
        | 1113
        | 1115..=1118
        | 1120..=1121
        | 1128
        | 1136
        | 1138
        | 1139..=1140
        | 1144
        | 1149
        | 1166..=1167
        | 1170..=1172
        | 1193
        | 1204
        | 1210
        | 1221
        | 1222
        | 1225
        | 1228..=1229
        | 1231..=1234
        | 1238..=1239
        | 1245
        | 1247
        | 1248
        | 1250
        | 1253
        | 1264
        | 1265
        | 1267
        | 1270..=1273
        | 1280..=1283
        | 1292..=1294
        | 1298
        | 1300
        | 1366
        | 1406 => "INVALID_ARGUMENT",
        _ => "UNKNOWN",
    }
}

/// `ALREADY_EXISTS` → `AlreadyExists`, as gRPC writes it in its texts.
fn camel(code: &str) -> String {
    code.split('_')
        .flat_map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            [first.to_owned(), rest.to_ascii_lowercase()]
        })
        .collect()
}
