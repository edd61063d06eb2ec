//! What a move takes along: which tables, in which order, and which of their rows.

use anyhow::{Context as _, Result, bail};

use super::row::Part;
use crate::schema::{Schema, Table};

/// The id that the system's own keys stand under.
pub(crate) const SYSTEM: &str = "00000000000000000000000000000000";

/// Whose rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    All,
    /// One person's, by the id of her rows.
    Person(String),
}

impl Scope {
    /// A person's, by the id that the API shows or that of her rows.
    pub(crate) fn of_person(id: &str) -> Result<Self> {
        let row = id.strip_prefix("usr_").unwrap_or(id);
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if row.len() != 32 || !row.bytes().all(is_hex) || row == SYSTEM {
            bail!("{id:?} is no person's id (usr_ and 32 hex digits)");
        }
        Ok(Self::Person(row.to_owned()))
    }

    /// As the progress file and the operator have it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::All => "all".into(),
            Self::Person(id) => format!("usr_{id}"),
        }
    }
}

/// The rows whose column has one of these values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) column: String,
    pub(crate) values: Vec<Part>,
}

/// A table, and which of its rows are taken along.
pub(crate) struct Portion<'s> {
    pub(crate) table: &'s Table,
    /// None takes all of them.
    pub(crate) filter: Option<Filter>,
}

/// The tables of a move, and the names of those it leaves out. `subjects` are the blind
/// indexes of the person's Items and of her as a customer, by which the inbox has her webhooks.
pub(crate) fn plan<'s>(
    schema: &'s Schema,
    scope: &Scope,
    subjects: &[String],
) -> Result<(Vec<Portion<'s>>, Vec<&'s str>)> {
    let (mut taken, mut left_out) = (Vec::new(), Vec::new());
    // The login comes last: nobody signs in to an account that is half there.
    let login = schema.table("login").context("there is no table login")?;
    let others = schema.tables.iter().filter(|table| table.name != "login");
    for table in others.chain([login]) {
        let filter = match scope {
            Scope::All => None,
            Scope::Person(id) => {
                let filter = hers(table, id, subjects)?;
                if filter.is_none() {
                    left_out.push(table.name.as_str());
                    continue;
                }
                filter
            }
        };
        taken.push(Portion { table, filter });
    }
    Ok((taken, left_out))
}

/// Which rows of a table are a person's; none where no row is anybody's yet.
fn hers(table: &Table, id: &str, subjects: &[String]) -> Result<Option<Filter>> {
    let filter = |column: &str, values: &[&str]| {
        let values = values.iter().map(|value| Part::Text((*value).into()));
        Some(Filter {
            column: column.into(),
            values: values.collect(),
        })
    };
    Ok(match table.name.as_str() {
        // Her login and her Items are found by indexes under the system's keys.
        "user_key" => filter("user_id", &[id, SYSTEM]),
        "person" => filter("id", &[id]),
        "inbox" => {
            let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
            filter("subject", &subjects)
        }
        // By blind indexes of emails, networks and tokens: nobody's, nobody's yet, or good for
        // minutes; and of people who are no more, whom nobody moves.
        "throttle" | "pending_sign_up" | "password_reset" | "spent_ticket" | "breaker"
        | "erasure" | "erasure_task"
        // Backups of the database that it leaves: of another they are begun anew.
        | "backup" | "backup_segment" | "backup_person"
        // The log is everybody's: it moves whole or not at all.
        | "operator" | "operator_session" | "audit_subject"
        | "audit_head" | "audit_leaf" | "audit_tile" | "audit_checkpoint" => None,
        _ if table.column("user_id").is_some() => filter("user_id", &[id]),
        name => bail!("teach tools/xtask/src/moving/plan.rs whose the rows of {name} are"),
    })
}

#[cfg(test)]
mod tests {
    use stack::Workspace;

    use super::*;
    use crate::schema::Dialect;

    #[test]
    fn every_table_is_somebodys_or_left_out() {
        let schema = Schema::of(&Workspace::here(), Dialect::D1).unwrap();
        let (all, none) = plan(&schema, &Scope::All, &[]).unwrap();
        assert_eq!((all.len(), none.len()), (schema.tables.len(), 0));
        assert_eq!(all.last().unwrap().table.name, "login");

        let scope = Scope::of_person("usr_0123456789abcdef0123456789abcdef").unwrap();
        let (hers, left_out) = plan(&schema, &scope, &["item".into()]).unwrap();
        assert_eq!(
            left_out,
            [
                "pending_sign_up",
                "spent_ticket",
                "password_reset",
                "throttle",
                "erasure",
                "erasure_task",
                "breaker",
                "audit_head",
                "audit_leaf",
                "audit_tile",
                "audit_checkpoint",
                "operator",
                "operator_session",
                "audit_subject",
                "backup",
                "backup_segment",
                "backup_person"
            ]
        );
        assert_eq!(hers.len() + 17, schema.tables.len());
        assert!(hers.iter().all(|part| part.filter.is_some()));
    }

    #[test]
    fn an_id_that_is_no_persons_is_refused() {
        for id in [
            "",
            "usr_1",
            "0123456789ABCDEF0123456789abcdef",
            SYSTEM,
            "' OR 1=1 --",
        ] {
            assert!(Scope::of_person(id).is_err(), "{id}");
        }
    }
}
