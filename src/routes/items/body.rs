//! A bank connection, as the API shows it: its state in plain words, with dates.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::accounts::AccountBody;
use crate::{
    id::ItemId,
    identity::Signed,
    platform::Timestamp,
    problem::{Problem, Result},
    store::items::{Course, Health, ItemRecord, ItemRow, ProductCourse},
};

/// A bank connection.
#[derive(Serialize, ToSchema)]
pub(super) struct ItemBody {
    #[schema(value_type = String, example = "item_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: ItemId,
    institution: InstitutionBody,
    status: Status,
    /// What the status means and what helps, in plain words.
    message: &'static str,
    /// What is going to happen, or could be done.
    warnings: Vec<WarningBody>,
    /// When everything the bank had was here last.
    last_synced_at: Option<String>,
    /// Since when it fails; null while it works.
    failing_since: Option<String>,
    /// When it is tried again by itself; null where nothing waits.
    next_try_at: Option<String>,
    created_at: String,
}

/// The bank.
#[derive(Serialize, ToSchema)]
struct InstitutionBody {
    #[schema(example = "ins_109508")]
    id: Option<String>,
    #[schema(example = "First Platypus Bank")]
    name: Option<String>,
}

/// How a connection is.
#[derive(Serialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// The first transactions are on their way.
    Preparing,
    /// Everything works.
    Good,
    /// The person has to sign in at her bank again.
    NeedsReauth,
    /// It fails for now and is tried again by itself.
    Failing,
    /// Plaid knows the connection no more: disconnect it and connect the bank again.
    NeedsRelink,
}

/// Something to know before it happens.
#[derive(Serialize, ToSchema)]
pub(super) struct WarningBody {
    kind: WarningKind,
    /// When; null where it has no date.
    at: Option<String>,
    message: String,
}

#[derive(Serialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum WarningKind {
    /// The bank ends the connection.
    Disconnects,
    /// The person's consent ends.
    ConsentExpires,
    /// The bank has accounts that are not shared.
    NewAccounts,
}

/// A bank connection with its accounts.
#[derive(Serialize, ToSchema)]
pub(super) struct ItemWithAccounts {
    #[serde(flatten)]
    pub(super) item: ItemBody,
    pub(super) accounts: Vec<AccountBody>,
}

/// Bank connections, oldest first.
#[derive(Serialize, ToSchema)]
pub(super) struct ItemList {
    pub(super) data: Vec<ItemBody>,
    /// Always null: a person's connections are one page.
    pub(super) next_cursor: Option<String>,
}

/// How a bank connection has fared.
#[derive(Serialize, ToSchema)]
pub(super) struct StatusBody {
    #[schema(value_type = String, example = "item_0199c1f2b7a47d3c8e5f60718293a4b5")]
    item_id: ItemId,
    status: Status,
    /// What the status means and what helps, in plain words.
    message: &'static str,
    /// When the bank was last asked, whatever came of it.
    last_attempt_at: Option<String>,
    last_synced_at: Option<String>,
    failing_since: Option<String>,
    next_try_at: Option<String>,
    /// When Plaid last told of anything.
    last_webhook_at: Option<String>,
    products: Vec<ProductBody>,
    warnings: Vec<WarningBody>,
}

/// How one kind of data has fared.
#[derive(Serialize, ToSchema)]
struct ProductBody {
    product: Product,
    last_success_at: Option<String>,
    /// Plaid's code of the last failure, where the last time failed.
    #[schema(example = json!(null))]
    error: Option<String>,
    message: &'static str,
}

#[derive(Serialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Product {
    Transactions,
    Holdings,
    Liabilities,
    Recurring,
}

const fn in_words(health: Health) -> (Status, &'static str) {
    match health {
        Health::Preparing => (
            Status::Preparing,
            "Your bank is handing over your transactions; they appear by themselves.",
        ),
        Health::Good => (Status::Good, "Everything works."),
        Health::NeedsReauth => (
            Status::NeedsReauth,
            "Your bank wants you to sign in again: reconnect it, and it goes on by itself.",
        ),
        Health::Failing => (
            Status::Failing,
            "Your bank does not answer at the moment; we try again by ourselves.",
        ),
        Health::NeedsRelink => (
            Status::NeedsRelink,
            "This connection is broken for good: disconnect the bank and connect it again.",
        ),
    }
}

fn when(time: Option<Timestamp>) -> Option<String> {
    time.map(Timestamp::rfc3339)
}

fn warnings(course: &Course) -> Vec<WarningBody> {
    let day = |at: &str| at.get(..10).unwrap_or(at).to_owned();
    let mut warnings = Vec::new();
    if let Some(at) = &course.disconnects_at {
        warnings.push(WarningBody {
            kind: WarningKind::Disconnects,
            message: format!(
                "Your bank ends this connection on {}: reconnect it before.",
                day(at)
            ),
            at: Some(at.clone()),
        });
    }
    if let Some(at) = &course.consent_expires_at {
        warnings.push(WarningBody {
            kind: WarningKind::ConsentExpires,
            message: format!(
                "Your consent ends on {}: reconnect the bank to renew it.",
                day(at)
            ),
            at: Some(at.clone()),
        });
    }
    if course.new_accounts {
        warnings.push(WarningBody {
            kind: WarningKind::NewAccounts,
            message: "Your bank has new accounts: reconnect it to choose which to share.".into(),
            at: None,
        });
    }
    warnings
}

fn reveal(row: ItemRow, signed: &Signed) -> Result<ItemRecord> {
    row.open(&signed.keys)?
        .reveal(&signed.reveal)
        .map_err(|_| Problem::not_found())
}

impl ItemBody {
    pub(super) fn open(row: ItemRow, signed: &Signed) -> Result<Self> {
        let id = ItemId(row.id);
        let record = reveal(row, signed)?;
        let (status, message) = in_words(record.health);
        let course = &record.course;
        Ok(Self {
            id,
            status,
            message,
            warnings: warnings(course),
            last_synced_at: when(record.last_synced_at),
            failing_since: when(course.failing_since),
            next_try_at: when(course.next_try_at),
            created_at: record.created_at.rfc3339(),
            institution: InstitutionBody {
                id: record.institution_id,
                name: record.institution_name,
            },
        })
    }
}

impl StatusBody {
    pub(super) fn open(row: ItemRow, signed: &Signed) -> Result<Self> {
        let item_id = ItemId(row.id);
        let record = reveal(row, signed)?;
        let (status, message) = in_words(record.health);
        let course = &record.course;
        let transactions = ProductCourse {
            last_success_at: record.last_synced_at,
            error: course.error.clone(),
        };
        let products = [
            (Product::Transactions, &transactions),
            (Product::Holdings, &course.holdings),
            (Product::Liabilities, &course.liabilities),
            (Product::Recurring, &course.recurring),
        ];
        Ok(Self {
            item_id,
            status,
            message,
            last_attempt_at: when(course.last_attempt_at),
            last_synced_at: when(record.last_synced_at),
            failing_since: when(course.failing_since),
            next_try_at: when(course.next_try_at),
            last_webhook_at: when(course.last_webhook_at),
            products: products.map(|(name, fared)| product(name, fared)).into(),
            warnings: warnings(course),
        })
    }
}

fn product(product: Product, fared: &ProductCourse) -> ProductBody {
    let message = match (&fared.error, fared.last_success_at, product) {
        (Some(_), None, _) => "It has not worked so far; we try again by ourselves.",
        (Some(_), Some(_), _) => "It does not work at the moment; what is shown is older.",
        (None, Some(_), _) => "Up to date as of the last success.",
        (None, None, Product::Transactions) => "On their way.",
        (None, None, _) => "Not offered by this bank, or not shared.",
    };
    ProductBody {
        product,
        last_success_at: when(fared.last_success_at),
        error: fared.error.clone(),
        message,
    }
}
