//! What a list of transactions is narrowed to.

use plaid::CivilDate;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{id::AccountId, store::transactions::TransactionRecord};

/// A filter. All of it has to hold.
#[derive(Default, Serialize)]
pub(crate) struct Filter {
    pub(crate) account: Option<AccountId>,
    /// Not before, this day included.
    pub(crate) from: Option<CivilDate>,
    /// Not after, this day included.
    pub(crate) to: Option<CivilDate>,
    pub(crate) pending: Option<bool>,
    /// In lower case: found in the name, the merchant or the bank's own words.
    pub(crate) text: Option<String>,
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

    /// Whether a transaction is in it.
    pub(super) fn admits(&self, record: &TransactionRecord<'_>) -> bool {
        self.account
            .is_none_or(|account| account.0 == record.account)
            && self.from.is_none_or(|from| record.date >= from)
            && self.to.is_none_or(|to| record.date <= to)
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

/// Whether `said` contains `text`, which is in lower case, whatever the case.
fn contains(said: &str, text: &str) -> bool {
    if !text.is_ascii() {
        return said.to_lowercase().contains(text);
    }
    let (said, text) = (said.as_bytes(), text.as_bytes());
    text.is_empty()
        || said
            .windows(text.len())
            .any(|window| window.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::contains;

    #[test]
    fn case_does_not_matter_in_any_script() {
        assert!(contains("STARBUCKS Store 12", "bucks s"));
        assert!(contains("Café ÉLYSÉE", "élysée"));
        assert!(!contains("Starbucks", "starbuckss"));
    }
}
