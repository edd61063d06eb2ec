//! The canonical text, and what it says.

use std::collections::BTreeSet;
use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::Field;

/// How long a consent holds at most, in seconds: 72 hours.
pub const MAX_LIFE: u64 = 72 * 3_600;
/// How long after it was issued it can be signed, in seconds.
pub const MAX_SIGNING: u64 = 300;
/// How often it can be used at most.
pub const MAX_USES: u32 = 100;

const HEADER: &str = "balance-consent/v1";
/// The longest text, in bytes.
const MAX_BYTES: usize = 8_192;
const MAX_PURPOSE: usize = 500;
const MAX_RESOURCES: usize = 32;

/// What a person is asked to agree to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    /// Scheme, host and port at which she reads it.
    pub origin: String,
    /// Whom her key knows.
    pub rp_id: String,
    /// WebAuthn's id of the key that is to sign.
    pub credential: Vec<u8>,
    /// Whether that key may be copied to other devices.
    pub backup_eligible: bool,
    /// Whether it has been.
    pub backed_up: bool,
    /// The consent's id: `cns_` and 32 hex digits.
    pub id: String,
    /// Whose data: `usr_…`.
    pub person: String,
    /// Who may see it: `opr_…`.
    pub operator: String,
    /// What for, in plain words on one line.
    pub purpose: String,
    /// Of what: `usr_…`, `item_…`, `acct_…` or `txn_…`, in order.
    pub resources: BTreeSet<String>,
    /// Which fields of it, in order.
    pub fields: BTreeSet<Field>,
    /// From when on, in seconds since the Unix epoch.
    pub not_before: u64,
    /// Until when.
    pub expires: u64,
    /// How often.
    pub uses: u32,
    /// When she opened it: it is signed soon after or never.
    pub issued: u64,
    /// So that no two texts are one.
    pub nonce: [u8; 32],
}

/// Why bytes are no consent.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TermsError {
    /// Not as its format says.
    #[error("not a text of a consent")]
    Malformed,
    /// Something in it is beyond its bounds; which.
    #[error("{0} is out of bounds")]
    OutOfBounds(&'static str),
}

impl Terms {
    /// Reads a text. Only the one spelling of each is taken.
    ///
    /// # Errors
    /// [`TermsError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TermsError> {
        if bytes.len() > MAX_BYTES {
            return Err(TermsError::OutOfBounds("text"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| TermsError::Malformed)?;
        let terms = read(text).ok_or(TermsError::Malformed)?;
        terms.check()?;
        if terms.to_string() == text {
            Ok(terms)
        } else {
            Err(TermsError::Malformed)
        }
    }

    /// Holds it to its bounds, before it is shown or signed.
    ///
    /// # Errors
    /// [`TermsError::OutOfBounds`].
    pub fn check(&self) -> Result<(), TermsError> {
        let is_id = |id: &str, prefix: &str| {
            let hex = id.strip_prefix(prefix).unwrap_or_default();
            let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            hex.len() == 32 && hex.bytes().all(is_hex)
        };
        let is_resource = |id: &String| {
            let prefixes = ["usr_", "item_", "acct_", "txn_"];
            prefixes.iter().any(|prefix| is_id(id, prefix))
        };
        let is_word = |text: &str| {
            !text.is_empty()
                && text.len() <= 300
                && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        // What could make one line look like two, or like none.
        let is_shown = |c: char| {
            !c.is_control()
                && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let holds = [
            ("origin", is_word(&self.origin)),
            ("rp-id", is_word(&self.rp_id)),
            ("credential", (1..=1_023).contains(&self.credential.len())),
            ("backed-up", self.backup_eligible || !self.backed_up),
            ("consent", is_id(&self.id, "cns_")),
            ("person", is_id(&self.person, "usr_")),
            ("operator", is_id(&self.operator, "opr_")),
            (
                "purpose",
                !self.purpose.trim().is_empty()
                    && self.purpose.trim() == self.purpose
                    && self.purpose.chars().count() <= MAX_PURPOSE
                    && self.purpose.chars().all(is_shown),
            ),
            (
                "resource",
                (1..=MAX_RESOURCES).contains(&self.resources.len())
                    && self.resources.iter().all(is_resource),
            ),
            ("field", !self.fields.is_empty()),
            (
                "expires",
                self.expires > self.not_before
                    && self.expires - self.not_before <= MAX_LIFE
                    && self.expires.saturating_sub(self.issued) <= MAX_LIFE,
            ),
            ("uses", (1..=MAX_USES).contains(&self.uses)),
        ];
        match holds.into_iter().find(|(_, holds)| !holds) {
            None => Ok(()),
            Some((name, _)) => Err(TermsError::OutOfBounds(name)),
        }
    }

    /// What her key signs as the challenge of a ceremony: SHA-256 of the text.
    #[must_use]
    pub fn challenge(&self) -> [u8; 32] {
        Sha256::digest(self.to_string().as_bytes()).into()
    }

    /// Whether it covers this field of this resource.
    #[must_use]
    pub fn covers(&self, resource: &str, field: Field) -> bool {
        self.fields.contains(&field) && self.resources.contains(resource)
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes = |flag: bool| if flag { "yes" } else { "no" };
        writeln!(f, "{HEADER}")?;
        writeln!(f, "origin {}", self.origin)?;
        writeln!(f, "rp-id {}", self.rp_id)?;
        writeln!(f, "credential {}", URL_SAFE_NO_PAD.encode(&self.credential))?;
        writeln!(f, "backup-eligible {}", yes(self.backup_eligible))?;
        writeln!(f, "backed-up {}", yes(self.backed_up))?;
        writeln!(f, "consent {}", self.id)?;
        writeln!(f, "person {}", self.person)?;
        writeln!(f, "operator {}", self.operator)?;
        writeln!(f, "purpose {}", self.purpose)?;
        for resource in &self.resources {
            writeln!(f, "resource {resource}")?;
        }
        for field in &self.fields {
            writeln!(f, "field {}", field.name())?;
        }
        writeln!(f, "not-before {}", self.not_before)?;
        writeln!(f, "expires {}", self.expires)?;
        writeln!(f, "uses {}", self.uses)?;
        writeln!(f, "issued {}", self.issued)?;
        writeln!(f, "nonce {}", URL_SAFE_NO_PAD.encode(self.nonce))
    }
}

fn read(text: &str) -> Option<Terms> {
    let mut lines = Lines(text.strip_suffix('\n')?.split('\n').peekable());
    if lines.0.next()? != HEADER {
        return None;
    }
    let flag = |text: &str| match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let terms = Terms {
        origin: lines.one("origin")?.to_owned(),
        rp_id: lines.one("rp-id")?.to_owned(),
        credential: URL_SAFE_NO_PAD.decode(lines.one("credential")?).ok()?,
        backup_eligible: flag(lines.one("backup-eligible")?)?,
        backed_up: flag(lines.one("backed-up")?)?,
        id: lines.one("consent")?.to_owned(),
        person: lines.one("person")?.to_owned(),
        operator: lines.one("operator")?.to_owned(),
        purpose: lines.one("purpose")?.to_owned(),
        resources: lines
            .all("resource")
            .into_iter()
            .map(str::to_owned)
            .collect(),
        fields: lines
            .all("field")
            .into_iter()
            .map(Field::parse)
            .collect::<Option<_>>()?,
        not_before: lines.one("not-before")?.parse().ok()?,
        expires: lines.one("expires")?.parse().ok()?,
        uses: lines.one("uses")?.parse().ok()?,
        issued: lines.one("issued")?.parse().ok()?,
        nonce: URL_SAFE_NO_PAD
            .decode(lines.one("nonce")?)
            .ok()?
            .try_into()
            .ok()?,
    };
    lines.0.next().is_none().then_some(terms)
}

/// Lines of a name and a value.
struct Lines<'t>(std::iter::Peekable<std::str::Split<'t, char>>);

impl<'t> Lines<'t> {
    fn one(&mut self, name: &str) -> Option<&'t str> {
        value(self.0.next()?, name)
    }

    fn all(&mut self, name: &str) -> Vec<&'t str> {
        let mut all = Vec::new();
        while let Some(one) = self.0.peek().and_then(|line| value(line, name)) {
            all.push(one);
            self.0.next();
        }
        all
    }
}

fn value<'t>(line: &'t str, name: &str) -> Option<&'t str> {
    line.strip_prefix(name)?.strip_prefix(' ')
}
