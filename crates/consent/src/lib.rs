//! A person's consent that an operator sees some of her data: the text that she reads and
//! signs with her key, and where it stands.
//!
//! The text is the consent: whoever has it, the signature and the key checks it alone. Her key
//! signs SHA-256 of its bytes as the challenge of a Web Authentication ceremony
//! ([`Terms::challenge`]), with user verification, so that it proves that the key signed this
//! for this origin; not what the screen showed.
//!
//! ```text
//! balance-consent/v1
//! origin https://balance.example
//! rp-id balance.example
//! credential AQID
//! backup-eligible yes
//! backed-up no
//! consent cns_0199c1f2b7a47d3c8e5f60718293a4b5
//! person usr_0199c1f2b7a47d3c8e5f60718293a4b6
//! operator opr_0199c1f2b7a47d3c8e5f60718293a4b7
//! purpose The transfer of 3 March is missing: we look for it.
//! resource item_0199c1f2b7a47d3c8e5f60718293a4b8
//! field transaction.amount
//! field transaction.name
//! not-before 1795420800
//! expires 1795507200
//! uses 3
//! issued 1795420790
//! nonce AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
//! ```
//!
//! What the caller does: bring the nonce and the time, read the events from the log, and verify
//! the signature with the platform: [`Unverified`], [`Signed`], [`Checked`] are its steps.
//!
//! Invariant: each consent has one text, and a text that is read is written the same.

mod checked;
mod field;
mod state;
mod terms;

pub use checked::{Checked, Refused, Signed, Unverified};
pub use field::Field;
pub use state::{Event, Standing, State};
pub use terms::{MAX_LIFE, MAX_SIGNING, MAX_USES, Terms, TermsError};
