//! Entries: one spelling each, and commitments that hold for one body.

use proptest::prelude::*;
use tlog::{Commitment, Entry, EntryError, Kind, MAX_ENTRY_BYTES, Part, commit};

fn entry() -> Entry {
    Entry {
        kind: Kind::KeyEnrolled,
        time: 1_795_420_783_543,
        operator: None,
        person: Some(commit(Part::Person, &[3; 32], b"{}")),
    }
}

#[test]
fn an_entry_is_lines_that_an_auditor_can_read() {
    let text = entry().to_string();
    assert_eq!(
        text,
        "balance-audit/v1\nkind key.enrolled\ntime 1795420783543\noperator -\n\
         person CnMIVgokFjZt+gfsu3vFpfTe4hto0Z1rTVwTXk3FqGw=\n"
    );
    assert_eq!(Entry::parse(text.as_bytes()), Ok(entry()));
}

#[test]
fn the_longest_entry_fits() {
    let longest = Entry {
        kind: Kind::ConsentRequested,
        time: u64::MAX,
        operator: Some(Commitment([255; 32])),
        person: Some(Commitment([255; 32])),
    };
    assert!(longest.to_string().len() <= MAX_ENTRY_BYTES);
}

#[test]
fn another_spelling_is_no_entry() {
    let text = entry().to_string();
    for wrong in [
        text.replace("v1", "v2"),
        text.replace("key.enrolled", "key.made"),
        text.replace("time 1", "time 01"),
        text.replace("time 1", "time +1"),
        text.replace("operator -", "operator "),
        text.replace('\n', "\r\n"),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        format!("{text}more of it\n"),
        text.replace("w=", "x="),
        String::new(),
    ] {
        assert_eq!(Entry::parse(wrong.as_bytes()), Err(EntryError), "{wrong:?}");
    }
    assert_eq!(Entry::parse(&[b'x'; 257]), Err(EntryError));
    assert_eq!(Entry::parse(b"balance-audit/v1\n\xff"), Err(EntryError));
}

#[test]
fn every_kind_has_a_name_of_its_own() {
    for kind in Kind::ALL {
        assert_eq!(Kind::parse(kind.name()), Some(kind));
    }
    let mut names = Kind::ALL.map(Kind::name);
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn a_commitment_holds_for_its_part_salt_and_body_only() {
    let entry = Entry {
        operator: Some(commit(Part::Operator, &[1; 32], b"who")),
        person: Some(commit(Part::Person, &[2; 32], b"whom")),
        ..entry()
    };
    assert!(entry.holds(Part::Operator, &[1; 32], b"who"));
    assert!(entry.holds(Part::Person, &[2; 32], b"whom"));
    assert!(!entry.holds(Part::Operator, &[1; 32], b"Who"));
    assert!(!entry.holds(Part::Operator, &[2; 32], b"who"));
    assert!(!entry.holds(Part::Person, &[1; 32], b"who"));
    let none = Entry {
        operator: None,
        ..entry
    };
    assert!(!none.holds(Part::Operator, &[1; 32], b"who"));
}

proptest! {
    #[test]
    fn no_bytes_break_the_parser(text in "(balance-audit/v1\nkind key.(enrolled|removed)\n)?[ -~\n]{0,120}") {
        if let Ok(entry) = Entry::parse(text.as_bytes()) {
            prop_assert_eq!(entry.to_string(), text);
        }
    }
}
