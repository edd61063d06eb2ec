//! The search for traces: does any of these values stand in those bytes, in whatever way data is
//! commonly written down?
//!
//! A value is looked for as UTF-8 and as UTF-16, plain, in hex, in base64 (both alphabets, at each
//! of the three ways it can fall), and each of these backwards. A number is looked for as its
//! digits, and as SQLite, `InnoDB` and others store it in binary.

mod forms;

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use anyhow::{Context as _, Result, ensure};

use forms::{Form, every_form};
pub(super) use forms::{encodings, reversed};

/// The shortest pattern. What is shorter is found in any megabyte of hex or base64.
pub(super) const SHORTEST: usize = 7;

/// A value to look for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Value {
    /// What it is, for the report.
    pub(super) what: String,
    pub(super) text: String,
}

/// A prepared search.
pub(super) struct Search {
    values: Vec<Value>,
    automaton: AhoCorasick,
    patterns: Vec<Source>,
}

/// What a pattern stands for: values and a form. Cut to what is sure, two values may give one.
type Source = (Vec<usize>, String);

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Trace {
    pub(super) what: String,
    pub(super) form: String,
}

impl std::fmt::Display for Trace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} as {}", self.what, self.form)
    }
}

impl Search {
    /// For a few values, in every form.
    pub(super) fn new(values: Vec<Value>) -> Result<Self> {
        Self::of(values, every_form)
    }

    /// For many values: as UTF-8, plain and encoded, not backwards.
    pub(super) fn brief(values: Vec<Value>) -> Result<Self> {
        Self::of(values, |text| encodings(text.as_bytes()))
    }

    fn of(values: Vec<Value>, forms: fn(&str) -> Vec<Form>) -> Result<Self> {
        let mut patterns: BTreeMap<Vec<u8>, Source> = BTreeMap::new();
        for (index, value) in values.iter().enumerate() {
            for (form, pattern) in forms(&value.text) {
                if pattern.len() >= SHORTEST {
                    patterns
                        .entry(pattern)
                        .or_insert((Vec::new(), form))
                        .0
                        .push(index);
                } else {
                    // Only a binary number may be too short to be told from noise.
                    ensure!(
                        form.contains("binary"),
                        "{} is too short to be looked for",
                        value.what
                    );
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::Standard)
            .build(patterns.keys())
            .context("preparing the search")?;
        Ok(Self {
            values,
            automaton,
            patterns: patterns.into_values().collect(),
        })
    }

    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }

    /// How many patterns are looked for.
    pub(super) fn patterns(&self) -> usize {
        self.patterns.len()
    }

    /// Every value found and the forms it was found in, each once.
    pub(super) fn find(&self, bytes: &[u8]) -> Vec<Trace> {
        let mut seen = vec![false; self.patterns.len()];
        for found in self.automaton.find_overlapping_iter(bytes) {
            if let Some(seen) = seen.get_mut(found.pattern().as_usize()) {
                *seen = true;
            }
        }
        let found = self.patterns.iter().zip(seen).filter(|(_, seen)| *seen);
        let traces = found.flat_map(|((values, form), _)| {
            let values = values.iter().filter_map(|value| self.values.get(*value));
            values.map(|value| Trace {
                what: value.what.clone(),
                form: form.clone(),
            })
        });
        traces.collect()
    }

    /// The values that are not found in any form: for a search that must find them all.
    pub(super) fn missing(&self, bytes: &[u8]) -> Vec<String> {
        let found = self.find(bytes);
        let is_found = |value: &&Value| !found.iter().any(|trace| trace.what == value.what);
        self.values
            .iter()
            .filter(is_found)
            .map(|value| value.what.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "Café Zwölfuhr, Kärntner Straße";

    fn search(text: &str) -> Search {
        Search::new(vec![Value {
            what: "it".into(),
            text: text.into(),
        }])
        .unwrap()
    }

    fn among(text: &str) -> Vec<u8> {
        format!("{{\"something\":\"before\",\"name\":\"{text}\",\"and\":\"after\"}}").into_bytes()
    }

    #[test]
    fn a_value_is_found_however_its_surroundings_were_written_down() {
        let search = search(VALUE);
        let utf16 = |bytes: fn(u16) -> [u8; 2]| {
            String::from_utf8(among(VALUE))
                .unwrap()
                .encode_utf16()
                .flat_map(bytes)
                .collect()
        };
        let texts: [Vec<u8>; 3] = [
            among(VALUE),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
        ];
        for text in texts {
            for bytes in [text.clone(), reversed(&text)] {
                for before in 0..3 {
                    let shifted = [vec![b'.'; before], bytes.clone()].concat();
                    for (encoding, written) in encodings(&shifted) {
                        assert!(!search.find(&written).is_empty(), "{encoding}");
                        assert!(
                            !search.find(&reversed(&written)).is_empty(),
                            "{encoding} backwards"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_number_is_found_as_it_is_stored_in_binary() {
        let search = search("9137428615357");
        let page = [
            &[0xff, 7][..],
            &9_137_428_615_357_i64.to_be_bytes()[2..],
            &[0xff],
        ]
        .concat();
        // Six bytes are below what noise can be told from, eight are not.
        assert!(search.find(&page).is_empty());
        assert!(!search.find(&9_137_428_615_357_i64.to_be_bytes()).is_empty());
        assert!(!search.find(&9_137_428_615_357_f64.to_be_bytes()).is_empty());
        let mut innodb = 9_137_428_615_357_i64.to_be_bytes();
        innodb[0] |= 0x80;
        assert!(!search.find(&innodb).is_empty());
    }

    #[test]
    fn of_two_values_that_look_alike_neither_is_missed() {
        let [one, two] = ["2025-03-05", "2025-03-07"];
        let value = |text: &str| Value {
            what: text.into(),
            text: text.into(),
        };
        let search = Search::new(vec![value(one), value(two)]).unwrap();
        for (encoding, written) in encodings(&among(two)) {
            assert!(
                !search.missing(&written).contains(&two.to_owned()),
                "{encoding}"
            );
        }
    }

    #[test]
    fn another_value_is_not_found() {
        let search = search(VALUE);
        assert!(
            search
                .find(&among("Café Elfuhr, Wiedner Hauptstraße"))
                .is_empty()
        );
        assert_eq!(search.missing(&among("nothing of it")), ["it"]);
    }

    #[test]
    fn what_is_too_short_to_be_told_from_noise_is_refused() {
        assert!(
            Search::new(vec![Value {
                what: "a mask".into(),
                text: "0000".into()
            }])
            .is_err()
        );
    }
}
