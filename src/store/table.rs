//! The tables' numbers in the vault's envelope. A number is part of every
//! ciphertext of its table: never reuse one, never change one.

use vault::{ColumnId, TableId};

/// A table with sealed rows or blind indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Table {
    Person = 1,
    Session = 2,
    PendingSignUp = 3,
    Item = 4,
    Account = 5,
    Transaction = 6,
    MonthDirectory = 7,
    SyncAttempt = 8,
    IdempotentReply = 9,
    Throttle = 10,
    /// No table: the place of the cursors of lists.
    Cursor = 11,
    /// No table: the place of tickets.
    Ticket = 12,
    ApiToken = 13,
    Passkey = 14,
    Totp = 15,
    RecoveryCode = 16,
    PasswordReset = 17,
    EmailChange = 18,
    ErasureTask = 19,
    Billing = 20,
    Annotation = 21,
    MonthTotal = 22,
    Snapshot = 23,
    BalanceYear = 24,
    Inbox = 25,
    MonthText = 26,
    AuditPart = 27,
    Operator = 28,
    OperatorSession = 29,
    Consent = 30,
}

impl Table {
    /// One more than the highest number: the size of a look-up by number.
    pub(crate) const COUNT: usize = 31;

    pub(crate) const fn id(self) -> TableId {
        TableId(self as u16)
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

/// The blind indexes: table and column of each. The same law as for tables.
pub(crate) mod index {
    use super::{ColumnId, Table};

    /// What a blind index is over.
    #[derive(Clone, Copy)]
    pub(crate) struct Index(pub(crate) Table, pub(crate) ColumnId);

    /// System: the login email, normalised.
    pub(crate) const LOGIN_EMAIL: Index = Index(Table::Person, ColumnId(1));
    /// System: Plaid's item id.
    pub(crate) const PLAID_ITEM: Index = Index(Table::Item, ColumnId(1));
    /// System: who tried to sign in from where.
    pub(crate) const SIGN_IN_TRIES: Index = Index(Table::Throttle, ColumnId(1));
    /// System: who tried to sign up which email from where.
    pub(crate) const SIGN_UP_TRIES: Index = Index(Table::Throttle, ColumnId(2));
    /// System: which mailed token was tried.
    pub(crate) const CONFIRMATION_TRIES: Index = Index(Table::Throttle, ColumnId(3));
    /// System: who tried to prove a second factor, or to step up.
    pub(crate) const PROOF_TRIES: Index = Index(Table::Throttle, ColumnId(4));
    /// System: who asked to reset which password from where.
    pub(crate) const RESET_TRIES: Index = Index(Table::Throttle, ColumnId(5));
    /// System: the proof that a device signed in to an account before.
    pub(crate) const KNOWN_DEVICE: Index = Index(Table::Throttle, ColumnId(6));
    /// System: a WebAuthn credential's id.
    pub(crate) const CREDENTIAL: Index = Index(Table::Passkey, ColumnId(1));
    /// System: Stripe's customer id.
    pub(crate) const STRIPE_CUSTOMER: Index = Index(Table::Billing, ColumnId(1));
    /// System: the id of an event of Stripe's, which names its row in the inbox.
    pub(crate) const STRIPE_EVENT: Index = Index(Table::Billing, ColumnId(2));
    /// A person's: a recovery code, which names its row.
    pub(crate) const RECOVERY_CODE: Index = Index(Table::RecoveryCode, ColumnId(1));
    /// A person's: Plaid's account id, which names the account's row.
    pub(crate) const PLAID_ACCOUNT: Index = Index(Table::Account, ColumnId(1));
    /// A person's: Plaid's transaction id, which names the transaction's row.
    pub(crate) const PLAID_TRANSACTION: Index = Index(Table::Transaction, ColumnId(1));
    /// A person's: "YYYY-MM", cut to eight bytes.
    pub(crate) const MONTH: Index = Index(Table::Transaction, ColumnId(2));
    /// A person's: "YYYY-MM", which names the row of the month's totals.
    pub(crate) const MONTH_TOTAL: Index = Index(Table::MonthTotal, ColumnId(1));
    /// A person's: "YYYY-MM", which names the row of the month's words.
    pub(crate) const MONTH_TEXT: Index = Index(Table::MonthText, ColumnId(1));
    /// A person's: what a snapshot is of, cut to eight bytes.
    pub(crate) const SNAPSHOT_TOPIC: Index = Index(Table::Snapshot, ColumnId(1));
    /// A person's: Item and year, which name the row of its balances.
    pub(crate) const BALANCE_YEAR: Index = Index(Table::BalanceYear, ColumnId(1));
    /// System: Plaid's institution id, which names a bank's breaker.
    pub(crate) const INSTITUTION: Index = Index(Table::Item, ColumnId(2));
    /// System: what tells one event of an Item from another of its kind.
    pub(crate) const EVENT: Index = Index(Table::Inbox, ColumnId(1));
    /// A person's: the `Idempotency-Key` of a request.
    pub(crate) const IDEMPOTENCY_KEY: Index = Index(Table::IdempotentReply, ColumnId(1));
    /// A person's: the request that came under the key.
    pub(crate) const IDEMPOTENT_REQUEST: Index = Index(Table::IdempotentReply, ColumnId(2));
}
