//! Tickets: what a ceremony of two requests carries from the first to the second.
//! Sealed under the system's key, so that issuing one writes nothing; good for five
//! minutes, for one purpose and once.
//!
//! Invariant: whoever acts on a ticket spends it in the same batch.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use vault::{Reveal, SystemPurpose};
use zeroize::Zeroizing;

use crate::{
    app::App,
    id::{ConsentId, OperatorId, PasskeyId, PersonId, RowId, SessionId},
    platform::{Timestamp, random},
    problem::{Problem, Result},
    store::{
        engine::{SealedBytes, Statement, Value},
        record::{Record, Sealable},
        spent_tickets,
        table::Table,
    },
};

use super::step_up::Action;

/// How long one is good for, in seconds.
const SECONDS: i64 = 5 * 60;
/// How long a page of Plaid's own stays open.
const HOSTED_LINK_SECONDS: i64 = 4 * 60 * 60;
/// How long another operator has to agree.
const PROPOSAL_SECONDS: i64 = 15 * 60;
/// The longest there is, in characters.
pub(crate) const MAX_LENGTH: usize = 4096;

/// A challenge of WebAuthn: 32 random bytes.
pub(crate) type Challenge = [u8; 32];

/// What a ticket is good for.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "for")]
pub(crate) enum Purpose {
    /// The password was right, a second factor is to come.
    SecondFactor {
        person: PersonId,
        challenge: Challenge,
        /// Which password: it is for nothing once there is another.
        password: RowId,
    },
    /// A passkey is to sign in.
    SignIn { challenge: Challenge },
    /// A passkey is to be enrolled.
    Enrolment {
        person: PersonId,
        session: SessionId,
        challenge: Challenge,
    },
    /// An authenticator app is to show its first code.
    TotpEnrolment {
        person: PersonId,
        session: SessionId,
        secret: Zeroizing<String>,
    },
    /// A proof is to come, for one action.
    StepUp {
        person: PersonId,
        session: SessionId,
        action: Action,
        challenge: Challenge,
    },
    /// A bank is being connected on Plaid's own page.
    HostedLink {
        person: PersonId,
        link_token: Zeroizing<String>,
    },
    /// The proof has come: the action may be taken.
    SteppedUp {
        person: PersonId,
        session: SessionId,
        action: Action,
        /// By a key that checked that it was her.
        #[serde(default)]
        by_key: bool,
    },
    /// A terminal is to begin a session of the console.
    Console {
        operator: OperatorId,
        /// Base64url of the SHA-256 of what the terminal keeps (RFC 7636).
        code_challenge: String,
        reason_type: String,
        reason: String,
        ticket: String,
    },
    /// A person reads the text of a consent.
    Consent {
        person: PersonId,
        session: SessionId,
        consent: ConsentId,
        key: PasskeyId,
        issued: u64,
        nonce: [u8; 32],
    },
    /// An operator proposes to erase an account.
    Erasure {
        person: PersonId,
        proposed_by: OperatorId,
    },
}

impl Purpose {
    const fn lifetime(&self) -> i64 {
        match self {
            Self::HostedLink { .. } => HOSTED_LINK_SECONDS,
            Self::Erasure { .. } => PROPOSAL_SECONDS,
            _ => SECONDS,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct TicketRecord {
    expires_at: Timestamp,
    purpose: Purpose,
}

impl Sealable for TicketRecord {
    const TABLE: Table = Table::Ticket;
}

impl Record for TicketRecord {}

/// A ticket on its way to its holder.
pub(crate) struct Issued {
    pub(crate) ticket: String,
    pub(crate) expires_at: Timestamp,
}

/// A ticket that came back in time.
pub(crate) struct Ticket {
    id: RowId,
    expires_at: Timestamp,
    pub(crate) purpose: Purpose,
}

/// Thirty-two random bytes.
pub(crate) fn challenge() -> Result<Challenge> {
    random::bytes()
}

/// Writes a ticket. No batch, once the isolate has the system's keys.
pub(crate) async fn issue(app: &App, purpose: Purpose) -> Result<Issued> {
    let system = app.system_keys().await?;
    let expires_at = Timestamp::now().plus(purpose.lifetime());
    let record = TicketRecord {
        expires_at,
        purpose,
    };
    let id = RowId(random::bytes()?);
    let Value::Sealed(sealed) = system.seal(id, 1, &record)? else {
        return Err(Problem::internal("a sealed ticket is not sealed"));
    };
    let mut bytes = id.0.to_vec();
    bytes.extend_from_slice(&sealed);
    Ok(Issued {
        ticket: URL_SAFE_NO_PAD.encode(bytes),
        expires_at,
    })
}

/// Reads a ticket. None where it is none of ours or its time is over; whether it
/// was used is for [`Ticket::spend`] to find out.
pub(crate) async fn read(app: &App, text: &str) -> Result<Option<Ticket>> {
    let system = app.system_keys().await?;
    if text.len() > MAX_LENGTH {
        return Ok(None);
    }
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else {
        return Ok(None);
    };
    let Some((id, sealed)) = bytes.split_first_chunk::<16>() else {
        return Ok(None);
    };
    let id = RowId(*id);
    // Whatever a stranger made up does not open, which is no fault of ours.
    let Ok(record) = system.open::<TicketRecord>(id, 1, SealedBytes(sealed.to_vec())) else {
        return Ok(None);
    };
    let record = record
        .reveal(&Reveal::system(SystemPurpose::LookUp))
        .map_err(|_| Problem::internal("no right to a ticket"))?;
    Ok((Timestamp::now() < record.expires_at).then_some(Ticket {
        id,
        expires_at: record.expires_at,
        purpose: record.purpose,
    }))
}

impl Ticket {
    /// Uses it up, in the batch of what it is good for.
    pub(crate) fn spend(&self) -> Statement {
        spent_tickets::spend(self.id, self.expires_at)
    }
}
