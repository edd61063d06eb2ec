//! The local list.

/// Whether a folded password is on the list.
pub(super) fn is_listed(folded: &str) -> bool {
    matches!(folded, "password")
}
