//! What leaves are about: the body that both parts hold, as JSON. Its members are read by
//! people, by `verify.py` and by programs: they are named once, here.

use cloudflare::Entry;
use passkey::{Credential, CredentialId, PublicKey};
use serde::{Deserialize, Serialize};

use crate::{
    id::{ConsentId, ConsoleSessionId, OperatorId, PasskeyId, PersonId},
    store::{operator_sessions::Verdict, operators::Role},
};

/// An operator, as a person is shown him.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Actor {
    pub(crate) id: OperatorId,
    pub(crate) name: String,
    pub(crate) role: Role,
}

/// Why someone is at the console.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Why {
    pub(crate) session: ConsoleSessionId,
    pub(crate) operator: Actor,
    /// `support`, `incident`, `security`, `legal`, `maintenance` or `review`.
    pub(crate) reason_type: String,
    pub(crate) reason: String,
    pub(crate) ticket: String,
}

/// What came of a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CommandOutcome {
    Ran,
    Refused,
    Failed,
}

/// What a leaf is about.
#[derive(Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub(crate) enum Event<'a> {
    /// A person's security or biometric key: what it is known by, so that what it signs later
    /// can be told from what another signed.
    Key {
        person: PersonId,
        key: PasskeyId,
        /// WebAuthn's id of it, in base64url.
        credential_id: &'a CredentialId,
        /// By its algorithm, in base64url.
        public_key: &'a PublicKey,
    },
    /// Someone became an operator, or is none any more.
    Operator {
        operator: &'a Actor,
        /// None of the first, whom the deployment names.
        by: Option<&'a Actor>,
    },
    /// A session of the console.
    Session {
        #[serde(flatten)]
        why: &'a Why,
    },
    /// A command, before and after.
    Command {
        #[serde(flatten)]
        why: &'a Why,
        command: &'a str,
        arguments: &'a serde_json::Value,
        person: Option<PersonId>,
        /// What was shown and is hidden without a consent.
        fields: Vec<&'static str>,
        consent: Option<ConsentId>,
        /// None before it ran.
        outcome: Option<CommandOutcome>,
        /// Why it was refused or failed: the slug of the problem.
        why_not: Option<&'a str>,
    },
    /// A consent, at one of its steps.
    Consent {
        consent: ConsentId,
        person: PersonId,
        operator: &'a Actor,
        purpose: &'a str,
        /// SHA-256 of the text that was signed, hex; none where nothing is.
        text_sha256: Option<String>,
    },
    /// A week was closed.
    Review {
        /// Its Monday.
        week: String,
        sessions: u64,
        unreviewed: u64,
    },
    /// A reviewer's decision about a session.
    Decision {
        session: ConsoleSessionId,
        by: &'a Actor,
        verdict: Verdict,
        note: Option<&'a str>,
    },
    /// A session waits for its review for too long.
    Overdue {
        /// When it began.
        since: String,
    },
    /// No more is shown until the reviews are made.
    Suspended {
        /// The oldest session without a decision.
        since: String,
    },
    /// A version of something ran for the first time.
    Version { version: String },
    /// A backup came to its end.
    Backup {
        /// Its manifest, as an object of the bucket.
        manifest: &'a str,
        /// Of that object, in hex.
        sha256: &'a str,
        segments: u32,
        /// Of all segments, as they are stored.
        bytes: u64,
    },
    /// What Cloudflare's own log says was done to the account.
    AccountAction { entry: &'a Entry },
}

impl<'a> Event<'a> {
    /// A key of hers.
    pub(crate) const fn key(person: PersonId, key: PasskeyId, credential: &'a Credential) -> Self {
        Self::Key {
            person,
            key,
            credential_id: &credential.id,
            public_key: &credential.public_key,
        }
    }
}
