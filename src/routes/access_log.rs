//! `/v1/me/access-log`: what the audit log says of a person, each with its proof.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tlog::{Entry, Hash};
use utoipa::{IntoParams, ToSchema};

use super::{
    contract::{Routes, routes},
    extract::{Json, Query},
};
use crate::{
    app::App,
    audit::{self, ProvenLeaf},
    console::{self, Reviews},
    identity::Caller,
    platform::Timestamp,
    problem::{Problem, Result},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list))
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    /// How many at most, 1 to 100; 20 where left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-9]{1,16}$")]
    cursor: Option<String>,
}

/// Something that was done about you.
#[derive(Serialize, ToSchema)]
struct AccessEntryBody {
    /// Which leaf of the log.
    #[schema(example = 41)]
    index: u64,
    /// What happened.
    #[schema(example = "key.enrolled")]
    kind: &'static str,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-11-23T14:00:00Z")]
    at: String,
    /// The whole of it.
    #[schema(value_type = Object)]
    event: Box<RawValue>,
    /// Whether somebody else looked at what was done: `pending`, `approved` or `flagged`; null
    /// where no operator did it.
    #[schema(example = "pending")]
    reviewed: Option<&'static str>,
    proof: ProofBody,
}

/// What shows that the log says so. `verify.py inclusion` checks it with the checkpoint.
#[derive(Serialize, ToSchema)]
struct ProofBody {
    /// The leaf, as everybody sees it.
    leaf: String,
    /// 32 bytes, base64. SHA-256 over `balance-audit/v1`, a line's end, `person`, a line's end, this and
    /// `body` is what the leaf commits to.
    salt: String,
    /// `event`, byte for byte as it was committed to.
    body: String,
    /// The hashes from the leaf up to the checkpoint's root, base64 (RFC 9162, 2.1.3); null until a
    /// checkpoint has the leaf, within a minute.
    inclusion: Option<Vec<String>>,
}

/// The newest first.
#[derive(Serialize, ToSchema)]
struct AccessLog {
    data: Vec<AccessEntryBody>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
    /// The leaves of the checkpoint that the proofs lead to.
    size: u64,
    /// Its root, base64.
    root: String,
}

/// List what was done about you
///
/// From the audit log: who looked or changed what, and why. One batch, two where there
/// are entries, three where operators did something.
#[utoipa::path(
    get,
    path = "/v1/me/access-log",
    operation_id = "list_access_log",
    tag = "Account",
    params(ListParameters),
    responses((status = 200, description = "Entries.", body = AccessLog))
)]
async fn list(
    app: App,
    caller: Caller,
    Query(parameters): Query<ListParameters>,
) -> Result<Json<AccessLog>> {
    let limit = parameters.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(Problem::invalid_field(
            "limit",
            "range",
            "This takes 1 to 100.",
        ));
    }
    let before = match &parameters.cursor {
        None => tlog::MAX_TREE_SIZE,
        Some(cursor) => cursor
            .parse()
            .ok()
            .filter(|before| *before <= tlog::MAX_TREE_SIZE)
            .ok_or_else(|| {
                Problem::invalid_field("cursor", "cursor", "This is no cursor of this list.")
            })?,
    };
    let (head, mut entries) = audit::access_log(&app, caller, before, limit + 1).await?;
    let reviews = console::reviews_of(&app, &entries).await?;
    let goes_on = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let last = entries.last().filter(|_| goes_on);
    Ok(Json(AccessLog {
        next_cursor: last.map(|entry| entry.index.to_string()),
        data: entries
            .into_iter()
            .map(|entry| body(entry, &reviews))
            .collect::<Result<_>>()?,
        size: head.size,
        root: head.root.base64(),
    }))
}

fn body(entry: ProvenLeaf, reviews: &Reviews) -> Result<AccessEntryBody> {
    let said = Entry::parse(entry.leaf.as_bytes())
        .map_err(|_| Problem::internal("a leaf that is none"))?;
    let event = RawValue::from_string(entry.part.body.clone())
        .map_err(|_| Problem::internal("a part of the log that is no JSON"))?;
    let inclusion = |proof: Vec<Hash>| proof.iter().map(|hash| STANDARD.encode(hash.0)).collect();
    Ok(AccessEntryBody {
        index: entry.index,
        kind: said.kind.name(),
        at: Timestamp::from_unix((said.time / 1_000).cast_signed()).rfc3339(),
        event,
        reviewed: reviews.of(&entry.part.body),
        proof: ProofBody {
            leaf: entry.leaf,
            salt: entry.part.salt,
            body: entry.part.body,
            inclusion: entry.proof.map(inclusion),
        },
    })
}
