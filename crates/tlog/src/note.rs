//! Signed notes (<https://c2sp.org/signed-note>): a text and the signatures of keys that
//! have names. Ed25519; whoever holds a key signs and verifies outside.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// The longest note that is read, in bytes.
pub const MAX_NOTE_BYTES: usize = 65_536;
/// Signatures that are read.
const MAX_SIGNATURES: usize = 100;
/// Ed25519, in a key's encoding and in its id.
const ED25519: u8 = 1;
const DASH: &str = "\u{2014} ";

/// Why bytes are no note, or a text no key.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum NoteError {
    /// Over [`MAX_NOTE_BYTES`], or over a hundred signatures.
    #[error("the note is too long")]
    TooLong,
    /// Not as the specification says.
    #[error("not a signed note")]
    Malformed,
    /// Not a verifier's key of Ed25519, or one whose id is not its own.
    #[error("not a verifier's key")]
    Key,
}

/// A public key with a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifierKey {
    name: String,
    public: [u8; 32],
}

impl VerifierKey {
    /// `None` where the name is empty, or has a space or a plus.
    #[must_use]
    pub fn new(name: &str, public: [u8; 32]) -> Option<Self> {
        is_name(name).then(|| Self {
            name: name.to_owned(),
            public,
        })
    }

    /// From `name+id+key`.
    ///
    /// # Errors
    /// [`NoteError::Key`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let read = || {
            let (name, rest) = text.split_once('+')?;
            let (_, key) = rest.split_once('+')?;
            let key = STANDARD.decode(key).ok()?;
            let (&ED25519, public) = key.split_first()? else {
                return None;
            };
            let key = Self::new(name, public.try_into().ok()?)?;
            (key.to_string() == text).then_some(key)
        };
        read().ok_or(NoteError::Key)
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The point, compressed (RFC 8032).
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// What its signatures name it by, beside its name.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update([b'\n', ED25519])
            .chain_update(self.public)
            .finalize()
            .into();
        let [a, b, c, d, ..] = digest;
        [a, b, c, d]
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519];
        key.extend_from_slice(&self.public);
        let id = u32::from_be_bytes(self.id());
        write!(f, "{}+{id:08x}+{}", self.name, STANDARD.encode(key))
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+')
}

/// A signature line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

impl Signature {
    /// What a key's owner signed.
    #[must_use]
    pub fn new(key: &VerifierKey, signature: [u8; 64]) -> Self {
        Self {
            name: key.name.clone(),
            id: key.id(),
            bytes: signature.to_vec(),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
        let bytes = STANDARD.decode(encoded).ok()?;
        let (id, bytes) = bytes.split_first_chunk()?;
        (is_name(name) && !bytes.is_empty()).then(|| Self {
            name: name.to_owned(),
            id: *id,
            bytes: bytes.to_vec(),
        })
    }
}

/// A text and its signatures. Who has not verified one knows nothing yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedNote {
    text: String,
    signatures: Vec<Signature>,
}

impl SignedNote {
    /// A text with its first signature; `None` where the text does not end with a line's end.
    #[must_use]
    pub fn new(text: String, signature: Signature) -> Option<Self> {
        text.ends_with('\n').then(|| Self {
            text,
            signatures: vec![signature],
        })
    }

    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteError::TooLong`], [`NoteError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Malformed)?;
        let is_control = |c: char| c < ' ' && c != '\n';
        // The last empty line: the text may have some of its own.
        let at = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, lines) = (note.get(..=at), note.get(at + 2..));
        let (Some(text), Some(lines)) = (text, lines.and_then(|lines| lines.strip_suffix('\n')))
        else {
            return Err(NoteError::Malformed);
        };
        if note.contains(is_control) {
            return Err(NoteError::Malformed);
        }
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() == MAX_SIGNATURES {
                return Err(NoteError::TooLong);
            }
            signatures.push(Signature::parse(line).ok_or(NoteError::Malformed)?);
        }
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// What is signed, with the end of its last line.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is said to be this key's signature: to be verified over [`Self::text`].
    #[must_use]
    pub fn signature_of(&self, key: &VerifierKey) -> Option<&[u8; 64]> {
        let id = key.id();
        let signature = self
            .signatures
            .iter()
            .find(|signature| signature.name == key.name && signature.id == id)?;
        signature.bytes.as_slice().try_into().ok()
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Signature { name, id, bytes } in &self.signatures {
            let mut encoded = id.to_vec();
            encoded.extend_from_slice(bytes);
            writeln!(f, "{DASH}{name} {}", STANDARD.encode(encoded))?;
        }
        Ok(())
    }
}
