//! What an operator sees: tables whose cells are plain, or hidden unless a consent says
//! otherwise. A [`Sensitive`] value becomes a cell by [`Sight::show`] and in no other way:
//! it cannot be serialized, so that to forget it does not compile.

use std::collections::BTreeSet;

use consent::{Checked, Field};
use serde_json::Value;
use vault::{Reveal, Sensitive};

/// What stands for a hidden value.
const MASK: &str = "••••";

/// What one command shows.
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) next_cursor: Option<String>,
}

/// A column, and which field of the closed list it shows, if any.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) field: Option<Field>,
}

/// A column that hides nothing.
pub(super) const fn plain(name: &'static str) -> Column {
    Column { name, field: None }
}

/// A column that is hidden.
pub(super) const fn hidden(name: &'static str, field: Field) -> Column {
    Column {
        name,
        field: Some(field),
    }
}

impl Table {
    pub(super) const fn new(columns: Vec<Column>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
            next_cursor: None,
        }
    }

    /// One row of plain values.
    pub(super) fn one(cells: Vec<(&'static str, Value)>) -> Self {
        let (columns, row): (Vec<_>, _) = cells
            .into_iter()
            .map(|(name, cell)| (plain(name), cell))
            .unzip();
        Self {
            columns,
            rows: vec![row],
            next_cursor: None,
        }
    }
}

/// What may be seen in the course of one command, and what was.
pub(super) struct Sight {
    consent: Option<Checked>,
    /// Of what is consented to, what was asked for; none: all of it.
    wanted: Option<BTreeSet<Field>>,
    pub(super) shown: BTreeSet<Field>,
    pub(super) masked: BTreeSet<Field>,
}

impl Sight {
    pub(super) const fn new(consent: Option<Checked>, wanted: Option<BTreeSet<Field>>) -> Self {
        Self {
            consent,
            wanted,
            shown: BTreeSet::new(),
            masked: BTreeSet::new(),
        }
    }

    /// The right to a field of something that is all these resources.
    fn right(&self, resources: &[&str], field: Field) -> Option<Reveal> {
        let wanted = self
            .wanted
            .as_ref()
            .is_none_or(|wanted| wanted.contains(&field));
        let consent = self.consent.as_ref().filter(|_| wanted)?;
        Reveal::consented(consent, resources, field)
    }

    /// A cell of a field: the value where the consent covers it, else a mask.
    pub(super) fn show<T: Into<Value>>(
        &mut self,
        resources: &[&str],
        field: Field,
        value: Sensitive<T>,
    ) -> Value {
        let seen = self
            .right(resources, field)
            .and_then(|right| value.reveal(&right).ok());
        if let Some(value) = seen {
            self.shown.insert(field);
            value.into()
        } else {
            self.masked.insert(field);
            MASK.into()
        }
    }

    /// Those of these fields of something, or of what is within it, that the consent does not
    /// cover.
    pub(super) fn missing(
        &self,
        resources: &[&str],
        within: &[&str],
        fields: &BTreeSet<Field>,
    ) -> Vec<Field> {
        let covered = |field: &Field| {
            self.consent.as_ref().is_some_and(|consent| {
                consent.covers(resources, *field) || consent.covers_some(within, *field)
            })
        };
        fields
            .iter()
            .copied()
            .filter(|field| !covered(field))
            .collect()
    }
}

/// An account's last digits, as they are seen without a consent.
pub(super) fn digits(mask: Option<&str>) -> Value {
    mask.map_or_else(|| MASK.into(), |mask| format!("{MASK} {mask}").into())
}
