//! A sealed row:
//!
//! ```text
//! B1 ‖ 01 ‖ gen_u16 ‖ schema_u16 ‖ nonce12 ‖ ct ‖ tag16
//! AAD = "BAL1" ‖ 01 ‖ first 6 bytes ‖ user16 ‖ table_u16 ‖ col_u16 ‖ row_id16 ‖ rev_u32
//! ```
//!
//! The AAD is never stored: it is rebuilt from where the row was found, so a row
//! opens only for the user, place and revision it was sealed for. 0xB1 begins no
//! UTF-8 text, so a row left in the clear is told apart.

use zeroize::Zeroize as _;

use crate::{
    Generation, OpenError, Place, SchemaVersion, SealError, Sensitive, TableId, UserId,
    aead::{Cipher, NONCE, TAG},
    layout::{self, FORMAT},
    padding::{self, MAX_PAYLOAD, PREFIX},
};

const ROW: u8 = 0xB1;
const VERSION: u8 = 1;
/// What of the header is authenticated as it stands: all but the nonce.
const LEADER: usize = 6;
const HEADER: usize = LEADER + NONCE;
const AAD: usize = 51;

/// Seals and opens the rows of one user in one table, under one generation's
/// key. Holds the expanded key, zeroized on drop: keep it over many rows.
pub struct RowCipher {
    cipher: Cipher,
    user: UserId,
    generation: Generation,
    table: TableId,
}

impl RowCipher {
    pub(crate) fn new(
        cipher: Cipher,
        user: UserId,
        generation: Generation,
        table: TableId,
    ) -> Self {
        Self {
            cipher,
            user,
            generation,
            table,
        }
    }

    /// The generation that a sealed row names, so that the caller can pick the
    /// key. Not authenticated until the row is opened.
    ///
    /// # Errors
    /// [`OpenError::Malformed`] if this is no sealed row.
    pub fn generation_of(sealed: &[u8]) -> Result<Generation, OpenError> {
        let (header, _) = sealed
            .split_first_chunk::<HEADER>()
            .ok_or(OpenError::Malformed)?;
        Ok(Header::parse(header)?.generation)
    }

    /// The generation of this cipher's key.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// Seals a payload for its place. `nonce` is random and used only here.
    ///
    /// # Errors
    /// As [`seal_into`](Self::seal_into).
    pub fn seal(
        &self,
        schema: SchemaVersion,
        place: &Place,
        payload: &[u8],
        nonce: [u8; 12],
    ) -> Result<Vec<u8>, SealError> {
        let mut sealed = Vec::new();
        self.seal_into(schema, place, payload, nonce, &mut sealed)?;
        Ok(sealed)
    }

    /// Seals a payload for its place and appends the row to `out`, which is left
    /// as it was on an error. `nonce` is random and used only here.
    ///
    /// # Errors
    /// [`SealError::TooLong`] over [`MAX_PAYLOAD`], [`SealError::OtherTable`] if
    /// the place is in another table than this cipher's, and
    /// [`SealError::IndexGeneration`] if this is the key of generation 0.
    pub fn seal_into(
        &self,
        schema: SchemaVersion,
        place: &Place,
        payload: &[u8],
        nonce: [u8; 12],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let length = payload.len();
        let Some(prefix) = u32::try_from(length).ok().filter(|_| length <= MAX_PAYLOAD) else {
            return Err(SealError::TooLong { length });
        };
        if place.table != self.table {
            return Err(SealError::OtherTable {
                place: place.table,
                cipher: self.table,
            });
        }
        if self.generation == Generation::INDEX {
            return Err(SealError::IndexGeneration);
        }

        let header = Header {
            generation: self.generation,
            schema,
            nonce,
        };
        let padded = padding::padded(PREFIX + length);
        // All at once: growing later would leave a copy of the payload behind.
        out.reserve(HEADER + padded + TAG);
        let text_at = out.len() + HEADER;
        out.extend_from_slice(&header.leader());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&prefix.to_be_bytes());
        out.extend_from_slice(payload);
        out.resize(text_at + padded, 0);
        let text = out.get_mut(text_at..).unwrap_or_default();
        let tag = self.cipher.seal(&nonce, &self.aad(&header, place), text);
        out.extend_from_slice(&tag);
        Ok(())
    }

    /// Opens a row found at `place`, decrypting it where it lies.
    ///
    /// For what goes on towards a person use
    /// [`open_sensitive`](Self::open_sensitive).
    ///
    /// # Errors
    /// [`OpenError`], and then `sealed` is gone without having been decrypted or
    /// has been zeroized.
    pub fn open(&self, place: &Place, mut sealed: Vec<u8>) -> Result<Opened, OpenError> {
        if place.table != self.table {
            return Err(OpenError::OtherTable {
                place: place.table,
                cipher: self.table,
            });
        }
        let (header, rest) = sealed.split_first_chunk_mut().ok_or(OpenError::Malformed)?;
        let (text, tag) = rest
            .split_last_chunk_mut::<TAG>()
            .ok_or(OpenError::Malformed)?;
        let header = Header::parse(header)?;
        if !padding::is_padded_length(text.len()) {
            return Err(OpenError::Malformed);
        }
        if header.generation != self.generation {
            let (sealed, cipher) = (header.generation, self.generation);
            return Err(OpenError::OtherGeneration { sealed, cipher });
        }
        self.cipher
            .open(&header.nonce, &self.aad(&header, place), text, tag)
            .map_err(|_| OpenError::NotAuthentic)?;

        let length = padding::payload_length(text);
        // Before the check, so that the text is zeroized whatever comes of it.
        let opened = Opened {
            schema: header.schema,
            length: length.unwrap_or_default(),
            buffer: sealed,
        };
        length.map(|_| opened).ok_or(OpenError::Padding)
    }

    /// As [`open`](Self::open), but what comes back belongs to this cipher's
    /// user and stays sealed to the types until a [`Reveal`](crate::Reveal).
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_sensitive(
        &self,
        place: &Place,
        sealed: Vec<u8>,
    ) -> Result<Sensitive<Opened>, OpenError> {
        self.open(place, sealed)
            .map(|opened| Sensitive::new(self.user, opened))
    }

    fn aad(&self, header: &Header, place: &Place) -> [u8; AAD] {
        layout::concat(&[
            FORMAT,
            &[1],
            &header.leader(),
            self.user.as_bytes(),
            &place.table.0.to_be_bytes(),
            &place.column.0.to_be_bytes(),
            &place.row_id,
            &place.rev.to_be_bytes(),
        ])
    }
}

/// What a row holds: the payload and how it is encoded. Zeroized on drop.
pub struct Opened {
    schema: SchemaVersion,
    length: usize,
    /// The row as it came in, its text now in the clear.
    buffer: Vec<u8>,
}

impl Opened {
    /// Which shape of the table's row the payload has.
    #[must_use]
    pub fn schema(&self) -> SchemaVersion {
        self.schema
    }

    /// What was sealed, without prefix and padding.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        let start = HEADER + PREFIX;
        self.buffer
            .get(start..start + self.length)
            .unwrap_or_default()
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        // The slice, not the Vec: what lies beyond its length was never written
        // here, and slices are zeroized in wide strides.
        self.buffer.as_mut_slice().zeroize();
    }
}

struct Header {
    generation: Generation,
    schema: SchemaVersion,
    nonce: [u8; NONCE],
}

impl Header {
    fn parse(bytes: &[u8; HEADER]) -> Result<Self, OpenError> {
        let &[ROW, VERSION, g0, g1, s0, s1, nonce @ ..] = bytes else {
            return Err(OpenError::Malformed);
        };
        let generation = Generation(u16::from_be_bytes([g0, g1]));
        if generation == Generation::INDEX {
            return Err(OpenError::Malformed);
        }
        Ok(Self {
            generation,
            schema: SchemaVersion(u16::from_be_bytes([s0, s1])),
            nonce,
        })
    }

    fn leader(&self) -> [u8; LEADER] {
        let [g0, g1] = self.generation.0.to_be_bytes();
        let [s0, s1] = self.schema.0.to_be_bytes();
        [ROW, VERSION, g0, g1, s0, s1]
    }
}

#[cfg(test)]
mod tests;
