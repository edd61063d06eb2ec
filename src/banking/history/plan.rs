//! Which months to fetch for a page, and in how many statements.

use super::{Filter, Shown, cursor::Position};
use crate::{
    id::PersonId,
    store::{
        annotations,
        engine::Statement,
        months::{Directory, Month},
        transactions,
    },
};

/// Rows that one batch looks through where a filter may let few pass.
const ROWS_PER_BATCH: usize = 4_000;

/// How far a page has got through the directory's months.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) after: Option<Position>,
    limit: usize,
    sparse: bool,
    /// The next month to fetch, by its place in the directory.
    next: usize,
    /// One behind the last.
    end: usize,
    /// Months of which only a part can be in the page, by name.
    partial: [Option<String>; 2],
}

impl Plan {
    pub(super) fn new(
        filter: &Filter,
        after: Option<Position>,
        limit: usize,
        directory: &Directory,
    ) -> Self {
        let cursor_month = after.map(|after| after.date.month().to_owned());
        let to_month = filter.to.map(|to| to.month().to_owned());
        let newest = match (&cursor_month, &to_month) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.as_ref().or(b.as_ref()),
        };
        let months = &directory.months;
        let next = months
            .iter()
            .position(|month| newest.is_none_or(|newest| month.name <= *newest));
        let from = filter.from.as_ref().map(plaid::CivilDate::month);
        let end = months
            .iter()
            .take_while(|month| from.is_none_or(|from| month.name.as_str() >= from));
        Self {
            after,
            limit,
            sparse: filter.is_sparse(),
            next: next.unwrap_or(months.len()),
            end: end.count(),
            partial: [cursor_month, to_month],
        }
    }

    /// The months that are still to be looked through, newest first.
    pub(super) fn months<'d>(&self, directory: &'d Directory) -> impl Iterator<Item = &'d Month> {
        let range = self.next..self.end.max(self.next);
        directory.months.get(range).unwrap_or_default().iter()
    }

    /// Whether every month has been fetched.
    pub(super) fn is_done(&self, directory: &Directory) -> bool {
        self.next >= self.end.min(directory.months.len())
    }

    /// Whether the page is full, and one more row says that there is a next.
    pub(super) fn is_full(&self, found: &[Shown]) -> bool {
        found.len() > self.limit
    }

    /// The statements of the next batch: what she says of transactions of some months, and
    /// those transactions. The plan moves on past the months.
    pub(super) fn next(
        &mut self,
        directory: &Directory,
        person: PersonId,
        rows_per_statement: u32,
    ) -> Vec<Statement> {
        let enough = if self.sparse {
            ROWS_PER_BATCH
        } else {
            self.limit + 1
        };
        let mut sure = 0;
        let mut chosen: Vec<&Month> = Vec::new();
        let range = directory
            .months
            .get(self.next..self.end.max(self.next))
            .unwrap_or_default();
        for month in range {
            if sure >= enough {
                break;
            }
            self.next += 1;
            chosen.push(month);
            let partial = self
                .partial
                .iter()
                .flatten()
                .any(|name| *name == month.name);
            if self.sparse || !partial {
                sure += usize::try_from(month.count).unwrap_or(usize::MAX);
            }
        }
        if chosen.is_empty() {
            return Vec::new();
        }
        let tokens: Vec<_> = chosen.iter().map(|month| month.token).collect();
        let mut batch = vec![annotations::of_months(person, &tokens)];
        batch.extend(statements(person, &chosen, rows_per_statement));
        batch
    }
}

/// Months are joined up to the rows of a statement; a longer month takes several.
fn statements(person: PersonId, months: &[&Month], rows_per_statement: u32) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut group: Vec<&Month> = Vec::new();
    let mut rows = 0_u32;
    let mut close = |group: &mut Vec<&Month>, rows: u32| {
        let tokens: Vec<_> = group.iter().map(|month| month.token).collect();
        let mut offset = 0;
        while !tokens.is_empty() && (offset == 0 || offset < rows) {
            statements.push(transactions::of_months(
                person,
                &tokens,
                rows_per_statement,
                offset,
            ));
            offset += rows_per_statement;
        }
        group.clear();
    };
    for month in months {
        if rows.saturating_add(month.count) > rows_per_statement {
            close(&mut group, rows);
            rows = 0;
        }
        group.push(month);
        rows = rows.saturating_add(month.count);
    }
    close(&mut group, rows);
    statements
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::transactions::MonthToken;

    fn directory(counts: &[(&str, u32)]) -> Directory {
        let months = counts.iter().map(|(name, count)| Month {
            name: (*name).to_owned(),
            token: MonthToken([0; 8]),
            count: *count,
            version: 1,
        });
        Directory {
            rev: 1,
            months: months.collect(),
        }
    }

    fn person() -> PersonId {
        PersonId(crate::id::RowId([1; 16]))
    }

    #[test]
    fn a_page_fetches_only_the_months_it_needs() {
        let directory = directory(&[("2026-03", 60), ("2026-02", 60), ("2026-01", 60)]);
        let mut plan = Plan::new(&Filter::default(), None, 100, &directory);
        assert_eq!(plan.next(&directory, person(), 2_000).len(), 1 + 1);
        assert_eq!(plan.next, 2);
        assert!(!plan.is_done(&directory));
    }

    #[test]
    fn the_month_of_the_cursor_does_not_count_as_sure() {
        let directory = directory(&[("2026-03", 60), ("2026-02", 60), ("2026-01", 60)]);
        let date = plaid::CivilDate::parse("2026-03-02").unwrap();
        let after = Position {
            date,
            id: crate::id::RowId([0; 16]),
        };
        let mut plan = Plan::new(&Filter::default(), Some(after), 50, &directory);
        plan.next(&directory, person(), 2_000);
        assert_eq!(plan.next, 2);
    }

    #[test]
    fn dates_bound_the_months_on_both_sides() {
        let directory = directory(&[
            ("2026-03", 1),
            ("2026-02", 1),
            ("2026-01", 1),
            ("2025-12", 1),
        ]);
        let date = |text| Some(plaid::CivilDate::parse(text).unwrap());
        let filter = Filter {
            from: date("2026-01-15"),
            to: date("2026-02-10"),
            ..Filter::default()
        };
        let mut plan = Plan::new(&filter, None, 100, &directory);
        assert_eq!((plan.next, plan.end), (1, 3));
        plan.next(&directory, person(), 2_000);
        assert!(plan.is_done(&directory));
    }

    #[test]
    fn a_month_of_many_rows_takes_several_statements() {
        let directory = directory(&[("2026-03", 4_500), ("2026-02", 10)]);
        let mut plan = Plan::new(&Filter::default(), None, 1_000, &directory);
        assert_eq!(plan.next(&directory, person(), 2_000).len(), 1 + 3);
    }

    #[test]
    fn an_empty_directory_asks_for_nothing() {
        let directory = directory(&[]);
        let mut plan = Plan::new(&Filter::default(), None, 100, &directory);
        assert!(plan.next(&directory, person(), 2_000).is_empty());
        assert!(plan.is_done(&directory));
    }
}
