//! What a list of transactions is narrowed to.

use plaid::CivilDate;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{id::AccountId, store::transactions::TransactionRecord, text::nfd};

/// A filter. All of it has to hold.
#[derive(Default, Serialize)]
pub(crate) struct Filter {
    pub(crate) account: Option<AccountId>,
    /// Not before, this day included.
    pub(crate) from: Option<CivilDate>,
    /// Not after, this day included.
    pub(crate) to: Option<CivilDate>,
    pub(crate) pending: Option<bool>,
    /// As [`fold`] makes it: found in the name, the merchant or the bank's own words.
    pub(crate) text: Option<String>,
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
        self.account.is_some() || self.pending.is_some() || self.text.is_some()
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

    /// Whether a transaction of a day that is in it is in it too.
    pub(super) fn admits(&self, record: &TransactionRecord<'_>) -> bool {
        self.account
            .is_none_or(|account| account.0 == record.account)
            && self.pending.is_none_or(|pending| record.pending == pending)
            && self.text.as_ref().is_none_or(|text| mentions(record, text))
    }
}

fn mentions(record: &TransactionRecord<'_>, text: &str) -> bool {
    let said = [
        Some(&record.name),
        record.merchant_name.as_ref(),
        record.original_description.as_ref(),
    ];
    said.into_iter().flatten().any(|said| contains(said, text))
}

/// Whether `said`, folded, contains `text`, which is folded.
fn contains(said: &str, text: &str) -> bool {
    if !said.is_ascii() {
        return fold(said).contains(text);
    }
    let (said, text) = (said.as_bytes(), text.as_bytes());
    text.is_empty()
        || said
            .windows(text.len())
            .any(|window| window.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::{contains, fold};

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
}
