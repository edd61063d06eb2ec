//! Banking: what is read from the banks, through Plaid, read-only.

mod client;

pub(crate) use client::PlaidClient;
