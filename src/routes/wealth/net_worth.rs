//! `/v1/net-worth`: what there was on each day, debts against it.

use serde::{Deserialize, Serialize};
use time::{Date, Duration};
use utoipa::{IntoParams, ToSchema};

use super::super::{
    contract::{Routes, routes},
    extract::{Json, Query},
};
use crate::{
    banking::{self, DayWorth, Interval, Worth},
    identity::{Caller, access},
    platform::Timestamp,
    problem::{Problem, Result},
};

/// Days that are shown where nobody says.
const USUAL: i64 = 90;

/// Days that are shown at most: five years.
const MOST: i64 = 1_827;

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list))
}

/// Which days.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Parameters {
    /// The first day, `YYYY-MM-DD`; 89 before the last where left out.
    #[param(format = Date)]
    from: Option<String>,
    /// The last day, `YYYY-MM-DD`; today (UTC) where left out or later. Five years at most.
    #[param(format = Date)]
    to: Option<String>,
    /// `day` (each), or `month` (the last of each, and the last asked for).
    #[serde(default)]
    #[param(inline)]
    interval: Option<IntervalName>,
}

#[derive(Deserialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum IntervalName {
    Day,
    Month,
}

/// Days, newest first. A day before the first reading is left out; one without a reading
/// has the last before it.
#[derive(Serialize, ToSchema)]
struct NetWorth {
    data: Vec<DayBody>,
    /// Always null: they are one page.
    next_cursor: Option<String>,
}

/// A day.
#[derive(Serialize, ToSchema)]
struct DayBody {
    #[schema(format = Date, example = "2026-11-22")]
    date: String,
    /// One for each currency: nothing is converted.
    totals: Vec<WorthBody>,
}

/// What there was in one currency, exactly.
#[derive(Serialize, ToSchema)]
struct WorthBody {
    #[schema(example = "USD")]
    currency: String,
    #[schema(example = 2)]
    scale: u8,
    #[schema(value_type = i64, example = 1_250_000)]
    assets_minor_units: i128,
    /// Of cards and loans: what is owed, positive.
    #[schema(value_type = i64, example = 41_000)]
    debts_minor_units: i128,
    #[schema(value_type = i64, example = 1_209_000)]
    net_minor_units: i128,
}

impl From<Worth> for WorthBody {
    fn from(worth: Worth) -> Self {
        Self {
            net_minor_units: worth.assets - worth.debts,
            currency: worth.currency,
            scale: worth.scale,
            assets_minor_units: worth.assets,
            debts_minor_units: worth.debts,
        }
    }
}

impl From<DayWorth> for DayBody {
    fn from(day: DayWorth) -> Self {
        Self {
            date: day.date.to_string(),
            totals: day.totals.into_iter().map(WorthBody::from).collect(),
        }
    }
}

/// Show net worth over time
///
/// From the day on which balances were first read. One batch.
#[utoipa::path(
    get,
    path = "/v1/net-worth",
    operation_id = "show_net_worth",
    security(("bearer" = ["accounts:read"]), ("cookie" = [])),
    tag = "Wealth",
    params(Parameters),
    responses((status = 200, description = "Days.", body = NetWorth))
)]
async fn list(
    caller: Caller<access::AccountsRead>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<NetWorth>> {
    let (from, to) = range(&parameters)?;
    let interval = match parameters.interval {
        Some(IntervalName::Month) => Interval::Month,
        Some(IntervalName::Day) | None => Interval::Day,
    };
    let days = banking::net_worth(caller, from, to, interval).await?;
    Ok(Json(NetWorth {
        data: days.into_iter().map(DayBody::from).collect(),
        next_cursor: None,
    }))
}

fn range(parameters: &Parameters) -> Result<(Date, Date)> {
    let refused = |field, message: &'static str| Problem::invalid_field(field, "date", message);
    let day = |field, text: &String| {
        banking::date(text).ok_or_else(|| refused(field, "This takes a day as YYYY-MM-DD."))
    };
    let now = Timestamp::now().rfc3339();
    let today = banking::date(now.get(..10).unwrap_or_default())
        .ok_or_else(|| Problem::internal("a clock without a day"))?;
    let to = match &parameters.to {
        Some(to) => day("to", to)?.min(today),
        None => today,
    };
    let from = match &parameters.from {
        Some(from) => day("from", from)?,
        None => to.saturating_sub(Duration::days(USUAL - 1)),
    };
    if from > to {
        return Err(refused("from", "This is after `to`, or in the future."));
    }
    if (to - from).whole_days() >= MOST {
        return Err(refused("from", "This takes five years at most."));
    }
    Ok((from, to))
}
