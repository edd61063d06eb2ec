//! What a leaf of the audit log says to everyone: that something of a kind happened at a
//! time. Who did it, to whom and why lies beside, sealed; the leaf commits to both parts
//! under salts, so that whoever is shown a part can check it, and whoever is not learns
//! nothing. A part whose keys are shredded leaves the leaf, and the tree, as they were.
//!
//! ```text
//! balance-audit/v1
//! kind key.enrolled
//! time 1795420783543
//! operator -
//! person 9pV1…=
//! ```

use std::fmt;

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::hash::Hash;

/// The longest entry, in bytes.
pub const MAX_ENTRY_BYTES: usize = 256;

const HEADER: &str = "balance-audit/v1";
const NONE: &str = "-";

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// A person's security or biometric key was added.
    KeyEnrolled,
    /// One was removed.
    KeyRemoved,
    /// Someone became an operator, or got a role.
    OperatorGranted,
    /// Someone lost a role.
    OperatorRevoked,
    /// An operator signed in to the console.
    SessionOpened,
    /// A session of the console ended.
    SessionClosed,
    /// A command is about to run.
    CommandIntended,
    /// It ran, or failed.
    CommandDone,
    /// An operator asked a person for consent.
    ConsentRequested,
    /// She signed it.
    ConsentGranted,
    /// She declined.
    ConsentDeclined,
    /// It was used.
    ConsentUsed,
    /// She took it back.
    ConsentRevoked,
    /// A week was closed and its review opened.
    ReviewOpened,
    /// Someone decided about a session.
    ReviewDecided,
    /// A review is late.
    ReviewOverdue,
    /// Reveal was switched off, for want of reviews.
    RevealSuspended,
    /// A version of the Worker ran for the first time.
    Deployment,
    /// A version of the keyring was seen for the first time.
    KeyringVersion,
    /// Something was done to the account that the service runs in, beside the service.
    AccountAction,
    /// A backup was finished.
    BackupFinished,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::KeyEnrolled,
        Self::KeyRemoved,
        Self::OperatorGranted,
        Self::OperatorRevoked,
        Self::SessionOpened,
        Self::SessionClosed,
        Self::CommandIntended,
        Self::CommandDone,
        Self::ConsentRequested,
        Self::ConsentGranted,
        Self::ConsentDeclined,
        Self::ConsentUsed,
        Self::ConsentRevoked,
        Self::ReviewOpened,
        Self::ReviewDecided,
        Self::ReviewOverdue,
        Self::RevealSuspended,
        Self::Deployment,
        Self::KeyringVersion,
        Self::AccountAction,
        Self::BackupFinished,
    ];

    /// Its name in an entry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeyEnrolled => "key.enrolled",
            Self::KeyRemoved => "key.removed",
            Self::OperatorGranted => "operator.granted",
            Self::OperatorRevoked => "operator.revoked",
            Self::SessionOpened => "session.opened",
            Self::SessionClosed => "session.closed",
            Self::CommandIntended => "command.intended",
            Self::CommandDone => "command.done",
            Self::ConsentRequested => "consent.requested",
            Self::ConsentGranted => "consent.granted",
            Self::ConsentDeclined => "consent.declined",
            Self::ConsentUsed => "consent.used",
            Self::ConsentRevoked => "consent.revoked",
            Self::ReviewOpened => "review.opened",
            Self::ReviewDecided => "review.decided",
            Self::ReviewOverdue => "review.overdue",
            Self::RevealSuspended => "reveal.suspended",
            Self::Deployment => "deployment",
            Self::KeyringVersion => "keyring.version",
            Self::AccountAction => "account.action",
            Self::BackupFinished => "backup.finished",
        }
    }

    /// By its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Whose part of an entry's body.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// What operators and auditors may read.
    Operator,
    /// What the person it is about may read.
    Person,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Person => "person",
        }
    }
}

/// What a leaf says of a part that lies beside: SHA-256 over its name, a salt and its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Commitment(pub [u8; 32]);

/// The commitment to a part's body.
#[must_use]
pub fn commit(part: Part, salt: &[u8; 32], body: &[u8]) -> Commitment {
    // Everything in front of the body has a length that the part's name tells.
    Commitment(
        Sha256::new()
            .chain_update(HEADER.as_bytes())
            .chain_update([b'\n'])
            .chain_update(part.name().as_bytes())
            .chain_update([b'\n'])
            .chain_update(salt)
            .chain_update(body)
            .finalize()
            .into(),
    )
}

/// A leaf.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// What happened.
    pub kind: Kind,
    /// When, in milliseconds since the Unix epoch.
    pub time: u64,
    /// The operators' part.
    pub operator: Option<Commitment>,
    /// The person's part.
    pub person: Option<Commitment>,
}

/// Why bytes are no entry.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("not an entry of this log")]
pub struct EntryError;

impl Entry {
    /// From a leaf's bytes. Each entry has one spelling, and no other is taken.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_ENTRY_BYTES {
            return Err(EntryError);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| EntryError)?;
        let read = || {
            let mut lines = text.split('\n');
            if lines.next()? != HEADER {
                return None;
            }
            let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
            Some(Self {
                kind: Kind::parse(value("kind")?)?,
                time: value("time")?.parse().ok()?,
                operator: commitment(value("operator")?).ok()?,
                person: commitment(value("person")?).ok()?,
            })
        };
        let entry: Self = read().ok_or(EntryError)?;
        if entry.to_string() == text {
            Ok(entry)
        } else {
            Err(EntryError)
        }
    }

    /// What it says of a part.
    #[must_use]
    pub const fn commitment(&self, part: Part) -> Option<Commitment> {
        match part {
            Part::Operator => self.operator,
            Part::Person => self.person,
        }
    }

    /// Whether a part's body is the one that was committed to.
    #[must_use]
    pub fn holds(&self, part: Part, salt: &[u8; 32], body: &[u8]) -> bool {
        self.commitment(part) == Some(commit(part, salt, body))
    }
}

fn commitment(text: &str) -> Result<Option<Commitment>, EntryError> {
    if text == NONE {
        return Ok(None);
    }
    let hash = Hash::from_base64(text).ok_or(EntryError)?;
    Ok(Some(Commitment(hash.0)))
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |part: Option<Commitment>| {
            part.map_or_else(|| NONE.to_owned(), |part| Hash(part.0).base64())
        };
        writeln!(f, "{HEADER}")?;
        writeln!(f, "kind {}", self.kind.name())?;
        writeln!(f, "time {}", self.time)?;
        writeln!(f, "operator {}", of(self.operator))?;
        writeln!(f, "person {}", of(self.person))
    }
}
