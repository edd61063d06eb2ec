//! A reply's rows as a table: columns as wide as what they show, numbers to the right.

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::harmless::{harmless, harmless_within};

/// The widest a cell gets; `--json` has all of it.
const WIDEST: usize = 80;
const GAP: &str = "  ";
const NULL: &str = "–";

/// What a cell shows.
struct Cell {
    text: String,
    is_number: bool,
}

impl Cell {
    fn of(value: Option<&Value>) -> Self {
        let text = match value {
            None | Some(Value::Null) => NULL.to_owned(),
            Some(Value::String(text)) => harmless_within(text, WIDEST),
            Some(other) => harmless_within(&other.to_string(), WIDEST),
        };
        Self {
            text,
            is_number: value.is_some_and(Value::is_number),
        }
    }
}

/// The rows below the names of their columns. Nothing but line ends is in it that a
/// terminal would act on.
pub(crate) fn table(columns: &[&str], rows: &[Value]) -> String {
    let shown: Vec<Vec<Cell>> = columns
        .iter()
        .map(|name| {
            let head = Cell {
                text: harmless(name).to_uppercase(),
                is_number: false,
            };
            let cells = rows.iter().map(|row| Cell::of(row.get(name)));
            std::iter::once(head).chain(cells).collect()
        })
        .collect();
    let layout: Vec<(usize, bool)> = shown
        .iter()
        .map(|column| {
            let width = column.iter().map(|cell| cell.text.width()).max();
            let to_the_right = column.iter().any(|cell| cell.is_number);
            (width.unwrap_or_default(), to_the_right)
        })
        .collect();
    let mut text = String::new();
    for at in 0..=rows.len() {
        let line: Vec<String> = shown
            .iter()
            .zip(&layout)
            .filter_map(|(column, layout)| Some(padded(column.get(at)?, *layout)))
            .collect();
        text.push_str(line.join(GAP).trim_end());
        text.push('\n');
    }
    text
}

fn padded(cell: &Cell, (width, to_the_right): (usize, bool)) -> String {
    let space = " ".repeat(width.saturating_sub(cell.text.width()));
    if to_the_right {
        space + &cell.text
    } else {
        cell.text.clone() + &space
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_aligned_by_what_the_terminal_shows() {
        let rows = [
            json!({"id": "txn_1", "name": "東京", "amount": 5, "pending": true}),
            json!({"id": "txn_22", "name": "Café", "amount": 1234, "pending": null}),
        ];
        let expected = "\
ID      NAME  AMOUNT  PENDING
txn_1   東京       5  true
txn_22  Café    1234  –
";
        assert_eq!(table(&["id", "name", "amount", "pending"], &rows), expected);
    }

    #[test]
    fn hostile_cells_and_names_leave_a_line_a_row() {
        let name = "a\n\u{1b}[1A\u{1b}[2Kpaid\u{202e}";
        let mut row = serde_json::Map::new();
        row.insert("na\nme".into(), name.into());
        row.insert("id".into(), 7.into());
        let text = table(&["na\nme", "id"], &[row.into()]);
        assert_eq!(text.lines().count(), 2, "{text:?}");
        assert!(
            text.chars().all(|c| c == '\n' || !c.is_control()),
            "{text:?}"
        );
        assert!(!text.contains('\u{202e}'), "{text:?}");
        let [head, line] = [0, 1].map(|at| text.lines().nth(at).unwrap());
        assert_eq!(head.width(), line.width(), "{text}");
    }

    #[test]
    fn no_rows_leave_the_names() {
        assert_eq!(table(&["id", "name"], &[]), "ID  NAME\n");
    }
}
