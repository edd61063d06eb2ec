//! The header: a version, a stanza for each recipient, and a MAC over both.
//!
//! ```text
//! age-encryption.org/v1
//! -> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc
//! hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE
//! --- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg
//! ```

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::FileKey;

const VERSION: &[u8] = b"age-encryption.org/v1\n";
/// Characters of a full line of a body.
const LINE: usize = 64;
/// What a header may have, in bytes: enough for any number of recipients that we would write.
const MAX_HEADER: usize = 64 << 10;

/// One recipient's part.
pub(crate) struct Stanza {
    /// The first says of what kind it is.
    pub(crate) arguments: Vec<String>,
    pub(crate) body: Vec<u8>,
}

/// A header, read.
pub(crate) struct Header<'a> {
    pub(crate) stanzas: Vec<Stanza>,
    /// What the MAC is over.
    signed: &'a [u8],
    mac: [u8; 32],
}

pub(crate) fn begin() -> Vec<u8> {
    VERSION.to_vec()
}

/// Writes a stanza.
pub(crate) fn push_stanza(file: &mut Vec<u8>, stanza: &Stanza) {
    file.extend_from_slice(b"->");
    for argument in &stanza.arguments {
        file.push(b' ');
        file.extend_from_slice(argument.as_bytes());
    }
    file.push(b'\n');
    let body = STANDARD_NO_PAD.encode(&stanza.body);
    for line in body.as_bytes().chunks(LINE) {
        file.extend_from_slice(line);
        file.push(b'\n');
    }
    if body.len().is_multiple_of(LINE) {
        // The last line is a short one, if need be empty.
        file.push(b'\n');
    }
}

/// Writes the MAC.
pub(crate) fn finish(file: &mut Vec<u8>, file_key: &FileKey) {
    file.extend_from_slice(b"---");
    let mac = mac(file_key, file).finalize().into_bytes();
    file.push(b' ');
    file.extend_from_slice(STANDARD_NO_PAD.encode(mac).as_bytes());
    file.push(b'\n');
}

impl<'a> Header<'a> {
    /// Reads the header; what follows it is the payload. None where it is none.
    pub(crate) fn read(file: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let mut rest = file.strip_prefix(VERSION)?;
        let mut stanzas = Vec::new();
        loop {
            if file.len() - rest.len() > MAX_HEADER {
                return None;
            }
            if let Some(mac) = rest.strip_prefix(b"---") {
                let signed = file.get(..file.len() - mac.len())?;
                let (mac, payload) = line(mac.strip_prefix(b" ")?)?;
                let mac = decoded(mac)?.try_into().ok()?;
                let header = Self {
                    stanzas,
                    signed,
                    mac,
                };
                return (!header.stanzas.is_empty()).then_some((header, payload));
            }
            let (stanza, after) = read_stanza(rest)?;
            stanzas.push(stanza);
            rest = after;
        }
    }

    /// Whether it is as whoever had the file's key wrote it.
    pub(crate) fn holds(&self, file_key: &FileKey) -> bool {
        mac(file_key, self.signed).verify_slice(&self.mac).is_ok()
    }
}

fn read_stanza(bytes: &[u8]) -> Option<(Stanza, &[u8])> {
    let (first, mut rest) = line(bytes.strip_prefix(b"-> ")?)?;
    let arguments: Option<Vec<String>> = first
        .split(|byte| *byte == b' ')
        .map(|argument| {
            let is_visible = !argument.is_empty() && argument.iter().all(u8::is_ascii_graphic);
            let text = is_visible.then(|| String::from_utf8(argument.to_vec()));
            text?.ok()
        })
        .collect();
    let mut body = Vec::new();
    loop {
        let (text, after) = line(rest)?;
        if text.len() > LINE {
            return None;
        }
        body.extend(decoded(text)?);
        rest = after;
        if text.len() < LINE {
            let arguments = arguments?;
            return Some((Stanza { arguments, body }, rest));
        }
    }
}

/// A line without its end, and what follows.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes
        .iter()
        .take(MAX_HEADER)
        .position(|byte| *byte == b'\n')?;
    let (line, rest) = bytes.split_at_checked(at)?;
    Some((line, rest.get(1..)?))
}

/// Canonical base64 without padding.
pub(crate) fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text).ok()
}

/// Base64 without padding.
pub(crate) fn encoded(bytes: &[u8]) -> String {
    STANDARD_NO_PAD.encode(bytes)
}

fn mac(file_key: &FileKey, signed: &[u8]) -> Hmac<Sha256> {
    // HMAC fills a key up with zeros to a block of 64 bytes.
    let mut block = Zeroizing::new([0; 64]);
    let (key, _) = block.split_at_mut(32);
    // 32 bytes are within what HKDF gives.
    let _ = Hkdf::<Sha256>::new(None, &**file_key).expand(b"header", key);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(signed);
    mac
}
