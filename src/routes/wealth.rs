//! What she has and owes: `/v1/holdings`, `/v1/liabilities`, `/v1/net-worth`.

mod holdings;
mod liabilities;
mod net_worth;

use super::contract::Routes;

pub(super) fn router() -> Routes {
    Routes::new()
        .merge(holdings::router())
        .merge(liabilities::router())
        .merge(net_worth::router())
}
