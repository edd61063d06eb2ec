//! The two forms of an export: one JSON object, and a ZIP archive of CSV files, table
//! by table into one buffer.
//!
//! The archive is written by `rawzip`: no dependencies, no unsafe code, and a CRC that
//! is fast in WebAssembly; a test reads it back. Files are stored, not deflated: 25,000
//! transactions are some 6 MB, and compressing them would take longer than all the rest.

use std::{borrow::Cow, io::Write as _};

use rawzip::ZipArchiveWriter;
use serde::{Serialize, Serializer};

use super::csv;
use crate::{
    platform::Timestamp,
    problem::{Problem, Result},
};

/// Which form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Csv,
}

/// What stands in one column of one row.
pub(super) enum Cell<'a> {
    Null,
    Text(Cow<'a, str>),
    Number(u64),
    Flag(bool),
    /// Words, which have no space in them.
    Words(Vec<Cow<'a, str>>),
}

/// A row of a table of the export.
pub(super) trait Row {
    const TABLE: &'static str;
    /// There is one row at most: an object in JSON, or null.
    const IS_ONE: bool = false;
    const COLUMNS: &'static [&'static str];

    /// In the order of the columns.
    fn cells(&self) -> Vec<Cell<'_>>;
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Words(words) => serializer.collect_seq(words),
        }
    }
}

impl Cell<'_> {
    fn put_csv(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => {}
            Self::Text(text) => csv::put(out, text),
            Self::Number(number) => csv::put(out, &number.to_string()),
            Self::Flag(flag) => csv::put(out, if *flag { "true" } else { "false" }),
            Self::Words(words) => csv::put(out, &words.join(" ")),
        }
    }
}

/// An export that is being written.
pub(super) struct Writer {
    whole: Whole,
    /// The table that was begun.
    table: Vec<u8>,
    rows: usize,
}

enum Whole {
    Json(Vec<u8>),
    Csv(Box<ZipArchiveWriter<Vec<u8>>>),
}

impl Writer {
    pub(super) fn new(format: Format, now: Timestamp) -> Self {
        let whole = match format {
            Format::Json => {
                let start = format!("{{\"exported_at\":\"{}\"", now.rfc3339());
                Whole::Json(start.into_bytes())
            }
            Format::Csv => Whole::Csv(Box::new(ZipArchiveWriter::new(Vec::new()))),
        };
        Self {
            whole,
            table: Vec::new(),
            rows: 0,
        }
    }

    /// A whole table.
    pub(super) fn table<R: Row>(&mut self, rows: impl IntoIterator<Item = R>) -> Result<()> {
        self.begin::<R>();
        for row in rows {
            self.row(&row)?;
        }
        self.end::<R>()
    }

    /// Begins a table; again, if it was begun and has not ended.
    pub(super) fn begin<R: Row>(&mut self) {
        self.table.clear();
        self.rows = 0;
        if let Whole::Csv(_) = self.whole {
            self.record(R::COLUMNS.iter().map(|name| Cell::Text((*name).into())));
        }
    }

    /// One row of the table that was begun.
    pub(super) fn row<R: Row>(&mut self, row: &R) -> Result<()> {
        let cells = row.cells();
        if cells.len() != R::COLUMNS.len() {
            return Err(Problem::internal("a row of another width than its table"));
        }
        match self.whole {
            Whole::Csv(_) => self.record(cells.into_iter()),
            Whole::Json(_) => {
                if self.rows > 0 {
                    self.table.push(b',');
                }
                for (at, (name, cell)) in R::COLUMNS.iter().zip(&cells).enumerate() {
                    self.table.push(if at == 0 { b'{' } else { b',' });
                    self.json(name)?;
                    self.table.push(b':');
                    self.json(cell)?;
                }
                self.table.push(b'}');
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// Puts the table that was begun behind those before it.
    pub(super) fn end<R: Row>(&mut self) -> Result<()> {
        match &mut self.whole {
            Whole::Json(out) => {
                let (open, close): (&[u8], &[u8]) = match (R::IS_ONE, self.rows) {
                    (true, 0) => (b"null", b""),
                    (true, _) => (b"", b""),
                    (false, _) => (b"[", b"]"),
                };
                out.extend_from_slice(b",\"");
                out.extend_from_slice(R::TABLE.as_bytes());
                out.extend_from_slice(b"\":");
                out.extend_from_slice(open);
                out.append(&mut self.table);
                out.extend_from_slice(close);
            }
            Whole::Csv(archive) => {
                let name = format!("{}.csv", R::TABLE);
                add(archive, &name, &self.table)
                    .map_err(|_| Problem::internal("a file did not fit into an archive"))?;
                self.table.clear();
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Vec<u8>> {
        match self.whole {
            Whole::Json(mut out) => {
                out.push(b'}');
                Ok(out)
            }
            Whole::Csv(archive) => archive
                .finish()
                .map_err(|_| Problem::internal("an archive did not end")),
        }
    }

    fn record<'c>(&mut self, cells: impl Iterator<Item = Cell<'c>>) {
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                self.table.push(b',');
            }
            cell.put_csv(&mut self.table);
        }
        self.table.extend_from_slice(b"\r\n");
    }

    fn json(&mut self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        serde_json::to_writer(&mut self.table, value)
            .map_err(|_| Problem::internal("a cell did not serialize"))
    }
}

/// One file into the archive.
fn add(
    archive: &mut ZipArchiveWriter<Vec<u8>>,
    name: &str,
    bytes: &[u8],
) -> std::result::Result<(), rawzip::Error> {
    let (mut entry, config) = archive.new_file(name).start()?;
    let mut data = config.wrap(&mut entry);
    data.write_all(bytes)?;
    let (_, descriptor) = data.finish()?;
    entry.finish(descriptor)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Note(&'static str, Option<u64>);

    impl Row for Note {
        const TABLE: &'static str = "notes";
        const COLUMNS: &'static [&'static str] = &["text", "count", "words"];

        fn cells(&self) -> Vec<Cell<'_>> {
            vec![
                Cell::Text(self.0.into()),
                self.1.map_or(Cell::Null, Cell::Number),
                Cell::Words(vec!["a".into(), "b".into()]),
            ]
        }
    }

    struct Only(bool);

    impl Row for Only {
        const TABLE: &'static str = "only";
        const IS_ONE: bool = true;
        const COLUMNS: &'static [&'static str] = &["flag"];

        fn cells(&self) -> Vec<Cell<'_>> {
            vec![Cell::Flag(self.0)]
        }
    }

    fn written(format: Format) -> Vec<u8> {
        let mut writer = Writer::new(format, Timestamp::from_unix(0));
        writer.table([Only(true)]).unwrap();
        writer.begin::<Note>();
        writer.row(&Note("is dropped", None)).unwrap();
        writer.begin::<Note>();
        writer.row(&Note("=1,\"x\"", Some(7))).unwrap();
        writer.row(&Note("ü", None)).unwrap();
        writer.end::<Note>().unwrap();
        writer.table(None::<Only>).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn json_is_one_object_of_tables() {
        let json = String::from_utf8(written(Format::Json)).unwrap();
        assert_eq!(
            json,
            r#"{"exported_at":"1970-01-01T00:00:00Z","only":{"flag":true},"notes":[{"text":"=1,\"x\"","count":7,"words":["a","b"]},{"text":"ü","count":null,"words":["a","b"]}],"only":null}"#
        );
    }

    #[test]
    fn the_archive_has_a_file_a_table() {
        let bytes = written(Format::Csv);
        let archive = rawzip::ZipArchive::from_slice(&bytes).unwrap();
        let mut files = Vec::new();
        for entry in archive.entries() {
            let entry = entry.unwrap();
            let name = entry.file_path().try_normalize().unwrap();
            let name = name.as_ref().to_owned();
            let file = archive.get_entry(entry.wayfinder()).unwrap();
            files.push((name, String::from_utf8(file.data().to_vec()).unwrap()));
        }
        let expected = [
            ("only.csv", "flag\r\ntrue\r\n"),
            (
                "notes.csv",
                "text,count,words\r\n\"'=1,\"\"x\"\"\",7,a b\r\nü,,a b\r\n",
            ),
            ("only.csv", "flag\r\n"),
        ];
        assert_eq!(files.len(), expected.len());
        for ((name, text), (expected_name, expected_text)) in files.iter().zip(expected) {
            assert_eq!(
                (name.as_str(), text.as_str()),
                (expected_name, expected_text)
            );
        }
    }
}
