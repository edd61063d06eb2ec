//! `/v1/operator/commands`: commands of the closed set, and what comes of them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    app::App,
    console::{self, Answer, Command, Operator, Order},
    id::ConsentId,
    problem::{ProblemBody, Result},
    routes::{
        contract::{Routes, routes},
        extract::Json,
    },
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(command))
}

/// A command of the closed set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CommandRequest {
    /// `user.find`, `user.show`, `user.delete`, `item.list`, `item.status`, `item.resync`,
    /// `transaction.list`, `subscription.show`, `session.list`, `session.revoke`,
    /// `consent.request`, `consent.show`, `operator.list`, `operator.grant`, `operator.revoke`,
    /// `review.list`, `review.changes`, `review.show`, `review.decide`, `keys.status`,
    /// `keys.rewrap`, `keys.rotate` or `auditor.invite`.
    #[schema(max_length = 64, example = "transaction.list")]
    command: String,
    /// What each takes is in docs/CONSOLE.md.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    arguments: Value,
    /// The consent by which hidden fields are shown.
    #[schema(value_type = Option<String>, pattern = "^cns_[0-9a-f]{32}$")]
    consent: Option<ConsentId>,
    /// Which of them; all that the consent covers where left out. One that it does not cover
    /// is refused, not masked.
    #[schema(max_items = 16, example = json!(["transaction.amount"]))]
    reveal: Option<Vec<String>>,
}

/// A column.
#[derive(Serialize, ToSchema)]
struct ColumnBody {
    #[schema(example = "amount")]
    name: &'static str,
    /// The hidden field that it shows; null where it hides nothing.
    #[schema(example = "transaction.amount")]
    field: Option<&'static str>,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
struct CommandReply {
    #[schema(example = "transaction.list")]
    command: &'static str,
    columns: Vec<ColumnBody>,
    /// Objects of the columns' names: strings, numbers, booleans or null; `••••` for what is hidden.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<Map<String, Value>>,
    /// The hidden fields that were shown, under the consent.
    revealed: Vec<&'static str>,
    /// The hidden fields that stayed hidden.
    masked: Vec<&'static str>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

impl From<Answer> for CommandReply {
    fn from(answer: Answer) -> Self {
        let table = answer.table;
        let names: Vec<&'static str> = table.columns.iter().map(|column| column.name).collect();
        let row = |cells: Vec<Value>| {
            let cells = names.iter().zip(cells);
            cells
                .map(|(name, cell)| ((*name).to_owned(), cell))
                .collect()
        };
        Self {
            command: answer.name,
            rows: table.rows.into_iter().map(row).collect(),
            columns: table
                .columns
                .iter()
                .map(|column| ColumnBody {
                    name: column.name,
                    field: column.field.map(consent::Field::name),
                })
                .collect(),
            revealed: answer.shown,
            masked: answer.masked,
            next_cursor: table.next_cursor,
        }
    }
}

/// Give a command
///
/// Its intent is in the audit log before it runs and its outcome before this reply; the person
/// it is about sees both. Where the log cannot be written it does not run. Six batches and the
/// command's own; two more with a consent.
#[utoipa::path(
    post,
    path = "/v1/operator/commands",
    operation_id = "give_command",
    tag = "Console",
    security(("console" = [])),
    request_body = CommandRequest,
    responses(
        (status = 200, description = "It ran.", body = CommandReply),
        (status = 401, description = "The session is over.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 403, description = "Hidden without a consent (`consent-required`), a consent that does not hold (`consent-refused`), another role's (`role-insufficient`), about oneself (`self-service`), or reviews are late (`reveal-suspended`). In the log as refused.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 404, description = "What it is about is not there.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "The state of things does not allow it.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Not accepted: a field.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn command(
    app: App,
    operator: Operator,
    Json(request): Json<CommandRequest>,
) -> Result<Json<CommandReply>> {
    let reveal = request
        .reveal
        .map(|names| console::fields(&names, "reveal"))
        .transpose()?;
    let order = Order {
        command: Command::parse(&request.command, request.arguments)?,
        consent: request.consent,
        reveal,
    };
    Ok(Json(console::run(&app, operator, order).await?.into()))
}
