//! Cloudflare's API, as far as Balance calls it: the account's own audit log
//! (<https://developers.cloudflare.com/api/resources/accounts/subresources/logs/subresources/audit/>,
//! version 2), in which wrangler and the dashboard are seen.
//!
//! Sans-IO: a [`Query`] is a path, a [`Page`] is read from bytes.
//!
//! Invariant: whatever the reply says, an [`Entry`] is bounded: each of its texts is cut after
//! [`MAX_TEXT`] characters, and there are no more of them than were asked for.

mod account;
mod entry;
mod page;

pub use account::{AccountId, NotAnAccount};
pub use entry::{Action, Actor, Entry, EntryId, Raw, Resource, Text, Time};
pub use page::{BadReply, Page, Query};

/// The base URL of the real service.
pub const BASE_URL: &str = "https://api.cloudflare.com/client/v4";

/// The longest text of an entry that is kept, in characters.
pub const MAX_TEXT: usize = 300;

/// The longest reply that is worth reading, in bytes.
pub const MAX_REPLY_BYTES: u32 = 8 << 20;
