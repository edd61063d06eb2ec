//! What a list of transactions is narrowed to.

use plaid::CivilDate;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{
    id::AccountId,
    store::{annotations::AnnotationRecord, transactions::TransactionRecord},
    text::nfd,
};

/// A filter. All of it has to hold.
#[derive(Default, Serialize)]
pub(crate) struct Filter {
    pub(crate) account: Option<AccountId>,
    /// Not before, this day included.
    pub(crate) from: Option<CivilDate>,
    /// Not after, this day included.
    pub(crate) to: Option<CivilDate>,
    pub(crate) pending: Option<bool>,
    /// As [`fold`] makes it: found in the name, the merchant, the bank's own words, or in
    /// what she says of it.
    pub(crate) text: Option<String>,
    /// Her category, or where she gave none the bank's.
    pub(crate) category: Option<String>,
    /// One of her tags.
    pub(crate) tag: Option<String>,
}

/// What is compared where text is searched: lower case, without the accents of
/// Latin, Greek and Cyrillic letters (U+0300 to U+036F). "CAFÉ" is found by "cafe".
pub(crate) fn fold(text: &str) -> String {
    let apart = nfd(text);
    let bare = apart
        .chars()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    bare.collect::<String>().to_lowercase()
}

impl Filter {
    /// Whether it looks at more than dates, so that whole months may give nothing.
    pub(super) fn is_sparse(&self) -> bool {
        self.account.is_some()
            || self.pending.is_some()
            || self.text.is_some()
            || self.category.is_some()
            || self.tag.is_some()
    }

    /// Which filter a cursor belongs to.
    pub(super) fn fingerprint(&self) -> [u8; 16] {
        let json = serde_json::to_vec(self).unwrap_or_default();
        let mut fingerprint = [0; 16];
        fingerprint
            .iter_mut()
            .zip(Sha256::digest(&json))
            .for_each(|(to, from)| *to = from);
        fingerprint
    }

    /// Whether a day is in it.
    pub(super) fn spans(&self, date: &CivilDate) -> bool {
        self.from.is_none_or(|from| *date >= from) && self.to.is_none_or(|to| *date <= to)
    }

    /// Whether a row's payload may hold what is searched for: false only where it cannot,
    /// which is told without decoding it. Most rows that a search opens end here.
    pub(super) fn may_admit(&self, payload: &[u8]) -> bool {
        // What is escaped, or in other letters, is only found once it is decoded.
        self.text.as_ref().is_none_or(|text| {
            !payload.is_ascii() || payload.contains(&b'\\') || contains_ascii(payload, text)
        })
    }

    /// Whether a transaction of a day that is in it is in it too.
    pub(super) fn admits(
        &self,
        record: &TransactionRecord<'_>,
        own: Option<&AnnotationRecord>,
    ) -> bool {
        self.account
            .is_none_or(|account| account.0 == record.account)
            && self.pending.is_none_or(|pending| record.pending == pending)
            && (self.category.as_ref()).is_none_or(|category| is_of(record, own, category))
            && (self.tag.as_ref()).is_none_or(|tag| own.is_some_and(|own| own.tags.contains(tag)))
            && (self.text.as_ref()).is_none_or(|text| mentions(record, own, text))
    }
}

/// Whether a transaction is of a category. Her own word wins.
fn is_of(record: &TransactionRecord<'_>, own: Option<&AnnotationRecord>, category: &str) -> bool {
    if let Some(own) = own.and_then(|own| own.category.as_deref()) {
        return own == category;
    }
    let of_the_bank = [&record.category, &record.category_detail];
    of_the_bank
        .into_iter()
        .flatten()
        .any(|of_the_bank| of_the_bank == category)
}

fn mentions(record: &TransactionRecord<'_>, own: Option<&AnnotationRecord>, text: &str) -> bool {
    let said = [
        Some(&record.name),
        record.merchant_name.as_ref(),
        record.original_description.as_ref(),
    ];
    let by_the_bank = said.into_iter().flatten().any(|said| contains(said, text));
    by_the_bank
        || own.is_some_and(|own| {
            let mut said = own.note.iter().chain(&own.tags);
            said.any(|said| contains(said, text))
        })
}

/// Whether `said`, folded, contains `text`, which is folded.
fn contains(said: &str, text: &str) -> bool {
    if !said.is_ascii() {
        return fold(said).contains(text);
    }
    contains_ascii(said.as_bytes(), text)
}

/// The same of ASCII: from one letter that it begins with to the next.
fn contains_ascii(said: &[u8], text: &str) -> bool {
    let Some((&first, rest)) = text.as_bytes().split_first() else {
        return true;
    };
    let upper = first.to_ascii_uppercase();
    let mut ahead = said;
    while let Some(at) = ahead
        .iter()
        .position(|&byte| byte == first || byte == upper)
    {
        ahead = ahead.get(at + 1..).unwrap_or_default();
        let next = ahead.get(..rest.len());
        if next.is_some_and(|next| next.eq_ignore_ascii_case(rest.as_ref())) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Filter, contains, fold};

    #[test]
    fn case_does_not_matter_in_any_script() {
        assert!(contains("STARBUCKS Store 12", "bucks s"));
        assert!(contains("Café ÉLYSÉE", &fold("élysée")));
        assert!(contains("КОФЕЙНЯ", &fold("кофейня")));
        assert!(!contains("Starbucks", "starbuckss"));
        assert!(!contains("Starbucks", &fold("カフェ")));
    }

    #[test]
    fn accents_are_found_typed_or_not_composed_or_not() {
        for said in ["Café", "CAFE\u{301}", "cafe"] {
            for text in ["café", "cafe\u{301}", "CAFE"] {
                assert!(contains(said, &fold(text)), "{text} in {said}");
            }
        }
        // A voiced kana is another letter, no accent.
        assert!(!contains("カ", &fold("ガ")));
    }

    #[test]
    fn a_text_is_found_at_either_end_and_behind_its_own_beginning() {
        assert!(contains("Starbucks", "star") && contains("Starbucks", "ucks"));
        assert!(contains("AAAB", "aab") && contains("x", "x") && contains("", ""));
        assert!(!contains("aaa", "aab") && !contains("", "a"));
    }

    #[test]
    fn a_payload_is_passed_over_only_where_its_strings_cannot_say_the_text() {
        let payload = |name: &str| serde_json::to_vec(&["2026-03-02", name]).unwrap();
        for (name, text) in [
            ("Trader Joe's", "trader joe"),
            ("SQ *STARBUCKS", "starbucks"),
            ("Caf\u{e9} M\u{fc}ller", "cafe"),
            ("the \"Q\" \\ bar", "\"q\" \\ b"),
            ("line\nbreak", "line\nbreak"),
            ("\u{5bff}\u{53f8}", "\u{5bff}"),
        ] {
            let filter = Filter {
                text: Some(fold(text)),
                ..Filter::default()
            };
            assert!(contains(name, &fold(text)), "{text} in {name}");
            assert!(filter.may_admit(&payload(name)), "{text} in {name}");
            assert!(!filter.may_admit(&payload("Netflix")), "{text}");
        }
        assert!(Filter::default().may_admit(b"[]"));
    }
}
