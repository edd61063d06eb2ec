//! Whether a person is linking a bank that is linked already.
//! Follows Plaid's "Preventing duplicate Items": same institution, same account names
//! and masks. Every duplicate shows each transaction twice and is billed twice.
//! Invariant: ids are not compared; a new link gives every account a new one.

use std::collections::BTreeSet;

/// What stays the same when a bank is linked a second time. It holds account names,
/// so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct ItemFingerprint {
    institution_id: String,
    accounts: BTreeSet<(String, Option<String>)>,
}

impl ItemFingerprint {
    /// From an Item's institution and each account's name and mask.
    pub fn new<'a>(
        institution_id: &str,
        accounts: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
    ) -> Self {
        Self {
            institution_id: institution_id.to_owned(),
            accounts: accounts
                .into_iter()
                .map(|(name, mask)| (name.to_owned(), mask.map(str::to_owned)))
                .collect(),
        }
    }

    /// Whether the two are one login: at the same institution, and the accounts of one
    /// all among those of the other. A second selection of the same login's accounts
    /// is a duplicate; another person's login that shares a joint account is not.
    #[must_use]
    pub fn duplicates(&self, other: &Self) -> bool {
        !self.accounts.is_empty()
            && !other.accounts.is_empty()
            && self.institution_id == other.institution_id
            && (self.accounts.is_subset(&other.accounts)
                || other.accounts.is_subset(&self.accounts))
    }
}
