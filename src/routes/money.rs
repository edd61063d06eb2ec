//! Money, as the contract describes it. Crate `money` writes it.

use serde::Serialize;
use utoipa::ToSchema;

/// An amount: `minor_units` × 10^-`scale` of `currency`, exactly.
#[derive(Serialize, ToSchema)]
#[schema(as = Money)]
pub(super) struct MoneyBody {
    /// Positive when money leaves the account.
    #[schema(example = 1234)]
    minor_units: i64,
    /// ISO 4217, or the bank's own code where there is none (`XXX` where it named none).
    #[schema(example = "USD")]
    currency: String,
    /// How many of the digits are decimals.
    #[schema(example = 2)]
    scale: u8,
}
