//! What can be consented to: fields, each by itself. A closed set.

/// A field that is hidden from operators.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    /// The email she signs in with.
    UserEmail,
    /// What she is called.
    UserName,
    /// Where a session came from, and its browser.
    SessionOrigin,
    /// The name of a bank.
    ItemInstitution,
    /// What an account is called.
    AccountName,
    /// What it holds.
    AccountBalance,
    /// The day of a transaction.
    TransactionDate,
    /// Its amount.
    TransactionAmount,
    /// Its name, its merchant and the bank's words.
    TransactionName,
    /// Its category.
    TransactionCategory,
    /// What she says of it herself.
    TransactionNote,
    /// What she is subscribed to.
    SubscriptionPlan,
}

impl Field {
    /// All of them, in the order of a text.
    pub const ALL: [Self; 12] = [
        Self::UserEmail,
        Self::UserName,
        Self::SessionOrigin,
        Self::ItemInstitution,
        Self::AccountName,
        Self::AccountBalance,
        Self::TransactionDate,
        Self::TransactionAmount,
        Self::TransactionName,
        Self::TransactionCategory,
        Self::TransactionNote,
        Self::SubscriptionPlan,
    ];

    /// Its name in a text.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UserEmail => "user.email",
            Self::UserName => "user.name",
            Self::SessionOrigin => "session.origin",
            Self::ItemInstitution => "item.institution",
            Self::AccountName => "account.name",
            Self::AccountBalance => "account.balance",
            Self::TransactionDate => "transaction.date",
            Self::TransactionAmount => "transaction.amount",
            Self::TransactionName => "transaction.name",
            Self::TransactionCategory => "transaction.category",
            Self::TransactionNote => "transaction.note",
            Self::SubscriptionPlan => "subscription.plan",
        }
    }

    /// By its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}
