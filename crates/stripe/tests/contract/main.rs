//! Calls and signatures, held to what Stripe's own client makes of the same: as it was
//! recorded, and as it is installed.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a recording that is not as expected is a fault of the set-up"
)]

mod official;
mod recorded;
mod sent;
