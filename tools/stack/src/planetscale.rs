//! A PlanetScale database as an operator has it: its schema, and SQL run by hand. Speaks the
//! same protocol as the Worker (`crates/planetscale`), to the stand-in or to the service.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use planetscale::{Credentials, Failure, Reply, Session, Transport, Value, statement};
use ureq::Agent;

use crate::error::{StackError, While as _};

/// Longer than the service lets a statement take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A database of PlanetScale's.
pub struct Branch {
    agent: Agent,
    url: String,
    credentials: Credentials,
}

impl Branch {
    /// The database at a host, with a password of its own.
    ///
    /// # Errors
    /// When the credentials cannot stand in a header.
    pub fn new(url: &str, username: &str, password: &str) -> Result<Self, StackError> {
        let credentials = Credentials::new(username, password)
            .map_err(|error| StackError::Unexpected(error.to_string()))?;
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0);
        Ok(Self {
            agent: config.build().into(),
            url: url.to_owned(),
            credentials,
        })
    }

    /// Runs one statement with these values for its `?`.
    ///
    /// # Errors
    /// Whatever the database says against it.
    pub fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<Reply, StackError> {
        let sql =
            statement(sql, values).map_err(|error| StackError::Unexpected(error.to_string()))?;
        self.ask(&sql).map_err(|failure| {
            let told = match &failure.error {
                planetscale::Error::Sql(error) => error.private_message().to_owned(),
                error => error.to_string(),
            };
            StackError::Unexpected(format!("the database said: {told}"))
        })
    }

    fn ask(&self, sql: &str) -> Result<Reply, Failure> {
        let mut session = Session::new();
        let exchange = session.execute(sql)?;
        let mut request = self.agent.post(format!("{}{}", self.url, exchange.path()));
        for (name, value) in self.credentials.headers() {
            request = request.header(name, value);
        }
        let Ok(mut reply) = request.send(exchange.body()) else {
            return Err(exchange.failed(Transport::NoAnswer));
        };
        let status = reply.status().as_u16();
        match reply.body_mut().with_config().limit(64 << 20).read_to_vec() {
            Ok(body) => exchange.answer(status, &body),
            Err(_) => Err(exchange.failed(Transport::NoAnswer)),
        }
    }

    /// Applies the migrations of a folder that the database does not have yet, in order;
    /// their names.
    ///
    /// MySQL commits each CREATE by itself: a migration that fails half-way is to be mended
    /// by hand, and says where it stopped.
    ///
    /// # Errors
    /// When a file cannot be read or a statement is refused.
    pub fn migrate(&self, folder: &Path) -> Result<Vec<String>, StackError> {
        self.run(
            "CREATE TABLE IF NOT EXISTS schema_migration (name VARCHAR(255) NOT NULL PRIMARY KEY) \
             DEFAULT CHARACTER SET ascii COLLATE ascii_bin",
            &[],
        )?;
        let mut applied = Vec::new();
        for path in migrations(folder)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let known = self.run(
                "SELECT 1 FROM schema_migration WHERE name = ?",
                &[Value::Text(&name)],
            )?;
            if !known.is_empty() {
                continue;
            }
            let text =
                fs::read_to_string(&path).during(|| format!("reading {}", path.display()))?;
            for sql in statements(&text) {
                self.run(&sql, &[])
                    .map_err(|error| StackError::Unexpected(format!("{name}: {error}: {sql}")))?;
            }
            self.run(
                "INSERT INTO schema_migration (name) VALUES (?)",
                &[Value::Text(&name)],
            )?;
            applied.push(name.into_owned());
        }
        Ok(applied)
    }
}

/// The statements of every migration of a folder, in order.
///
/// # Errors
/// When a file cannot be read.
pub fn schema(folder: &Path) -> Result<Vec<String>, StackError> {
    let mut schema = Vec::new();
    for path in migrations(folder)? {
        let text = fs::read_to_string(&path).during(|| format!("reading {}", path.display()))?;
        schema.extend(statements(&text));
    }
    Ok(schema)
}

/// The numbered SQL files of a folder, in order.
fn migrations(folder: &Path) -> Result<Vec<PathBuf>, StackError> {
    let context = || format!("reading {}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).during(context)? {
        let path = entry.during(context)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_numbered = name.starts_with(|first: char| first.is_ascii_digit());
        if is_numbered && path.extension().is_some_and(|extension| extension == "sql") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The statements of a migration: each ends a line with `;`. Comments go.
fn statements(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
        .collect();
    let whole = format!("{}\n", lines.join("\n"));
    let parts = whole.split(";\n").map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn a_migration_is_cut_at_the_ends_of_its_statements() {
        let text = "-- What; it is.\nCREATE TABLE a (\n  -- a; b\n  id INT\n);\n\nDROP TABLE b;\n";
        assert_eq!(
            statements(text),
            ["CREATE TABLE a (\n  id INT\n)", "DROP TABLE b"]
        );
    }
}
