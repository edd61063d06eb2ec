//! What the stand-in is started with, and its options of the command line.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::ValueExt as _;

/// What the stand-in is started with.
#[derive(Clone)]
pub(crate) struct Settings {
    /// MariaDB's; without it there is no stand-in.
    pub(crate) socket: Option<PathBuf>,
    pub(crate) database: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) transaction_millis: u64,
    pub(crate) query_millis: u64,
    pub(crate) vschema: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            socket: None,
            database: "balance".to_owned(),
            username: "sandbox-username".to_owned(),
            password: "sandbox-password".to_owned(),
            transaction_millis: 20_000,
            query_millis: 30_000,
            vschema: None,
        }
    }
}

impl Settings {
    /// Whether an option of the command line is one of these.
    pub(crate) fn is_option(name: &str) -> bool {
        matches!(
            name,
            "mysql-socket"
                | "planetscale-database"
                | "planetscale-username"
                | "planetscale-password"
                | "planetscale-transaction-millis"
                | "planetscale-query-millis"
                | "vschema"
        )
    }

    /// Takes such an option's value.
    pub(crate) fn set(&mut self, name: &str, value: OsString) -> Result<(), lexopt::Error> {
        match name {
            "mysql-socket" => self.socket = Some(value.into()),
            "vschema" => self.vschema = Some(value.into()),
            "planetscale-database" => self.database = value.string()?,
            "planetscale-username" => self.username = value.string()?,
            "planetscale-password" => self.password = value.string()?,
            "planetscale-transaction-millis" => self.transaction_millis = value.parse()?,
            _ => self.query_millis = value.parse()?,
        }
        Ok(())
    }
}
