//! The BAL1 envelope: every private row is sealed under a key of its owner and
//! bound to its place, so that a stolen database shows only metadata.
//!
//! Three layers of keys, AES-256-GCM and HKDF-SHA256 (RFC 5869) throughout:
//!
//! 1. The [`Keyring`] holds the key-encryption keys of the deployment. It wraps
//! 2. a random [`DataKey`] per user and [`Generation`], from which
//! 3. [`GenerationKeys`] derives one [`RowCipher`] per table, and one
//!    [`BlindIndexer`] per table and column for what is looked up by value.
//!
//! What a row holds comes back as [`Sensitive`], which cannot be printed or
//! serialized: the value comes out only through a [`Reveal`].
//!
//! The crate does no I/O: nonces and random keys come in as arguments. The one
//! invariant: a nonce is random and used for one call only.
//!
//! All integers are big-endian. Where a length is not given it is in bytes.

mod aead;
mod blind_index;
mod data_key;
mod error;
mod generation_keys;
mod kdf;
mod keyring;
mod layout;
mod padding;
mod place;
mod row;
mod sensitive;
#[cfg(test)]
mod wycheproof;

pub use blind_index::BlindIndexer;
pub use data_key::DataKey;
pub use error::{OpenError, SealError};
pub use generation_keys::GenerationKeys;
pub use keyring::{Keyring, KeyringError, WrappedKey};
pub use padding::MAX_PAYLOAD;
pub use place::{ColumnId, Generation, Place, SchemaVersion, TableId, UserId};
pub use row::{Opened, RowCipher};
pub use sensitive::{Reveal, RevealRefused, Sensitive, SystemPurpose};
