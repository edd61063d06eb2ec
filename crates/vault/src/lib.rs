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
//! ```
//! use vault::{
//!     ColumnId, DataKey, Generation, GenerationKeys, Keyring, Place, Reveal, SchemaVersion,
//!     TableId, UserId,
//! };
//! # let random = [7; 12];
//! # let key = zeroize::Zeroizing::new([7; 32]);
//! # let json = format!(r#"{{"current":1,"keys":{{"1":"{}="}}}}"#, "A".repeat(43));
//! # let user = UserId::from_bytes([1; 16]);
//! let keyring = Keyring::parse(&json)?;
//!
//! // Once per user and generation: a data key, stored only wrapped.
//! let generation = Generation(1);
//! let wrapped = keyring.wrap(&DataKey::from_bytes(key), user, generation, random);
//!
//! // Once per request, or less: the cipher of one table.
//! let key = keyring.unwrap(wrapped.as_ref(), user, generation)?;
//! let cipher = GenerationKeys::derive(user, generation, &key).row_cipher(TableId(3));
//!
//! // Per row.
//! let place = Place { table: TableId(3), column: ColumnId::ROW, row_id: [9; 16], rev: 1 };
//! let sealed = cipher.seal(SchemaVersion(1), &place, b"coffee, 3.20", random)?;
//! let row = cipher.open_sensitive(&place, sealed)?;
//! assert_eq!(row.reveal(&Reveal::owner(user))?.payload(), b"coffee, 3.20");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
