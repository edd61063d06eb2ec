//! The payload: chunks of 64 KiB, each sealed under a counter and a mark of the last (STREAM), so
//! that none can be taken out, put elsewhere or left off.

use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _, aead::AeadInOut as _};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{DecryptError, FileKey};

/// Bytes before the chunks, which make the payload's key.
pub(crate) const NONCE: usize = 16;
const CHUNK: usize = 64 << 10;
const TAG: usize = 16;

/// Seals the whole of it behind what is there.
pub(crate) fn seal(file_key: &FileKey, nonce: &[u8; NONCE], plain: &[u8], file: &mut Vec<u8>) {
    let cipher = cipher(file_key, nonce);
    // Nothing at all is one empty chunk.
    let count = plain.len().div_ceil(CHUNK).max(1);
    for index in 0..count {
        let from = index * CHUNK;
        let chunk = plain.get(from..plain.len().min(from + CHUNK));
        let at = file.len();
        file.extend_from_slice(chunk.unwrap_or_default());
        let text = file.get_mut(at..).unwrap_or_default();
        let sealed = cipher.encrypt_inout_detached(
            &counter(index, index + 1 == count).into(),
            b"",
            text.into(),
        );
        // A chunk is far below what the cipher takes.
        if let Ok(tag) = sealed {
            file.extend_from_slice(&tag);
        }
    }
}

/// Opens the whole of it, or nothing.
pub(crate) fn open(file_key: &FileKey, payload: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let (nonce, sealed) = payload.split_first_chunk().ok_or(DecryptError::Header)?;
    let cipher = cipher(file_key, nonce);
    let count = sealed.len().div_ceil(CHUNK + TAG);
    if count == 0 {
        return Err(DecryptError::Payload);
    }
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    for (index, chunk) in sealed.chunks(CHUNK + TAG).enumerate() {
        let is_last = index + 1 == count;
        let (text, tag) = chunk
            .split_last_chunk::<TAG>()
            .ok_or(DecryptError::Payload)?;
        // Only nothing at all ends in an empty chunk.
        if text.is_empty() && count > 1 {
            return Err(DecryptError::Payload);
        }
        let at = plain.len();
        plain.extend_from_slice(text);
        let text = plain.get_mut(at..).unwrap_or_default();
        cipher
            .decrypt_inout_detached(
                &counter(index, is_last).into(),
                b"",
                text.into(),
                &(*tag).into(),
            )
            .map_err(|_| DecryptError::Payload)?;
    }
    Ok(plain)
}

/// Eleven bytes count, the twelfth says whether it is the last.
fn counter(index: usize, is_last: bool) -> [u8; 12] {
    let mut nonce = [0; 12];
    let (count, last) = nonce.split_at_mut(11);
    let index = (index as u64).to_be_bytes();
    if let Some(low) = count.last_chunk_mut() {
        *low = index;
    }
    last.fill(u8::from(is_last));
    nonce
}

fn cipher(file_key: &FileKey, nonce: &[u8; NONCE]) -> ChaCha20Poly1305 {
    let mut key = Zeroizing::new([0; 32]);
    // 32 bytes are within what HKDF gives.
    let _ = Hkdf::<Sha256>::new(Some(nonce), &**file_key).expand(b"payload", &mut *key);
    ChaCha20Poly1305::new((&*key).into())
}
