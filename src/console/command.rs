//! The closed set of commands. Each says whose data it is about, what of it is hidden, whether
//! it changes anything, and who may give it. There is no other way in: no SQL, no shell.

use std::collections::BTreeSet;

use consent::Field;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    id::{AccountId, ConsentId, ConsoleSessionId, ItemId, OperatorId, PersonId, RowId, SessionId},
    problem::{Problem, Result},
    store::{operator_sessions::Verdict, operators::Role},
};

macro_rules! commands {
    ($($(#[$doc:meta])* $variant:ident $name:literal { $($(#[$attribute:meta])* $field:ident: $type:ty),* $(,)? };)*) => {
        /// A command, with its arguments.
        pub(crate) enum Command { $($(#[$doc])* $variant { $($field: $type),* },)* }

        impl Command {
            /// As it is named.
            pub(crate) const fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $name,)* }
            }

            /// From its name and its arguments.
            pub(crate) fn parse(name: &str, arguments: Value) -> Result<Self> {
                match name {
                    $($name => {
                        #[derive(Deserialize)]
                        #[serde(deny_unknown_fields)]
                        struct Arguments { $($(#[$attribute])* $field: $type),* }
                        let Arguments { $($field),* } = read(arguments)?;
                        Ok(Self::$variant { $($field),* })
                    })*
                    _ => Err(Problem::invalid_field(
                        "command",
                        "unknown",
                        "There is no such command; the documentation lists them.",
                    )),
                }
            }
        }
    };
}

commands! {
    /// Finds an account by its email.
    UserFind "user.find" { email: String };
    /// Shows an account.
    UserShow "user.show" { user: PersonId };
    /// Erases an account: one operator proposes it, another does it.
    UserDelete "user.delete" { user: PersonId, proposal: Option<String> };
    /// Lists bank connections.
    ItemList "item.list" { user: PersonId };
    /// Shows how a bank connection fares.
    ItemStatus "item.status" { item: ItemId };
    /// Has a bank connection read anew.
    ItemResync "item.resync" { item: ItemId };
    /// Lists the transactions of an account, newest first.
    TransactionList "transaction.list" { user: PersonId, account: AccountId, limit: Option<u32> };
    /// Shows a subscription.
    SubscriptionShow "subscription.show" { user: PersonId };
    /// Lists the sessions of an account.
    SessionList "session.list" { user: PersonId };
    /// Ends one of them.
    SessionRevoke "session.revoke" { user: PersonId, session: SessionId };
    /// Asks a person for her consent.
    ConsentRequest "consent.request" {
        user: PersonId,
        resources: Vec<String>,
        fields: Vec<String>,
        purpose: String,
        hours: u32,
        uses: u32,
    };
    /// Shows where a consent stands.
    ConsentShow "consent.show" { consent: ConsentId };
    /// Lists the operators.
    OperatorList "operator.list" {};
    /// Makes an account an operator.
    OperatorGrant "operator.grant" { email: String, name: String, role: Role };
    /// Ends that.
    OperatorRevoke "operator.revoke" { operator: OperatorId };
    /// Lists sessions to review, oldest first.
    ReviewList "review.list" {
        #[serde(default)] pending: bool,
        #[serde(default)] sensitive: bool,
        cursor: Option<ConsoleSessionId>,
    };
    /// Lists what changed beside the console in a week: versions, and the account.
    ReviewChanges "review.changes" { week: Option<String>, cursor: Option<String> };
    /// Shows what was done in a session.
    ReviewShow "review.show" { session: ConsoleSessionId };
    /// Decides about a session.
    ReviewDecide "review.decide" { session: ConsoleSessionId, decision: Verdict, note: Option<String> };
    /// Counts keys by the version of the keyring they are wrapped under, page by page.
    KeysStatus "keys.status" { cursor: Option<RowId> };
    /// Wraps keys under the newest version, page by page.
    KeysRewrap "keys.rewrap" { cursor: Option<RowId> };
    /// Gives a person another key, and seals her rows under it, page by page.
    KeysRotate "keys.rotate" { user: PersonId, cursor: Option<String> };
    /// Makes a token for a reviewer from outside, good for a week.
    AuditorInvite "auditor.invite" { name: String };
}

/// Whom a command is about, by what it names.
pub(super) enum Subject {
    Nobody,
    Person(PersonId),
    Item(ItemId),
    /// Whoever is asked for it.
    Consent(ConsentId),
}

impl Command {
    pub(super) const fn subject(&self) -> Subject {
        match self {
            Self::UserShow { user }
            | Self::UserDelete { user, .. }
            | Self::ItemList { user }
            | Self::TransactionList { user, .. }
            | Self::SubscriptionShow { user }
            | Self::SessionList { user }
            | Self::SessionRevoke { user, .. }
            | Self::KeysRotate { user, .. }
            | Self::ConsentRequest { user, .. } => Subject::Person(*user),
            Self::ItemStatus { item } | Self::ItemResync { item } => Subject::Item(*item),
            Self::ConsentShow { consent } => Subject::Consent(*consent),
            Self::UserFind { .. }
            | Self::OperatorList {}
            | Self::OperatorGrant { .. }
            | Self::OperatorRevoke { .. }
            | Self::ReviewList { .. }
            | Self::ReviewChanges { .. }
            | Self::ReviewShow { .. }
            | Self::ReviewDecide { .. }
            | Self::KeysStatus { .. }
            | Self::KeysRewrap { .. }
            | Self::AuditorInvite { .. } => Subject::Nobody,
        }
    }

    /// What of it is hidden without a consent.
    pub(super) const fn hidden(&self) -> &'static [Field] {
        match self {
            Self::UserShow { .. } => &[Field::UserEmail, Field::UserName],
            Self::ItemList { .. } => &[
                Field::ItemInstitution,
                Field::AccountName,
                Field::AccountBalance,
            ],
            Self::TransactionList { .. } => &[
                Field::TransactionDate,
                Field::TransactionAmount,
                Field::TransactionName,
                Field::TransactionCategory,
                Field::TransactionNote,
            ],
            Self::SubscriptionShow { .. } => &[Field::SubscriptionPlan],
            Self::SessionList { .. } => &[Field::SessionOrigin],
            _ => &[],
        }
    }

    /// What a consent may name it under: the thing itself, and what that belongs to.
    pub(super) fn resources(&self) -> Vec<String> {
        match self {
            Self::TransactionList { user, account, .. } => {
                vec![account.public(), user.public()]
            }
            _ => match self.subject() {
                Subject::Person(user) => vec![user.public()],
                Subject::Item(item) => vec![item.public()],
                Subject::Nobody | Subject::Consent(_) => Vec::new(),
            },
        }
    }

    /// The kinds of things that its rows are about by themselves, by the prefix of their ids:
    /// a consent may name one of them.
    pub(super) const fn within(&self) -> &'static [&'static str] {
        match self {
            Self::ItemList { .. } => &["item_", "acct_"],
            Self::TransactionList { .. } => &["txn_"],
            _ => &[],
        }
    }

    /// Whether someone in this role may give it.
    pub(super) const fn is_for(&self, role: Role) -> bool {
        match self {
            Self::ReviewList { .. }
            | Self::ReviewChanges { .. }
            | Self::ReviewShow { .. }
            | Self::ReviewDecide { .. }
            | Self::OperatorList {} => !matches!(role, Role::Contractor),
            Self::OperatorGrant { .. }
            | Self::OperatorRevoke { .. }
            | Self::AuditorInvite { .. }
            | Self::KeysRewrap { .. }
            | Self::KeysRotate { .. }
            | Self::UserDelete { .. } => matches!(role, Role::Employee),
            _ => !matches!(role, Role::Auditor),
        }
    }

    /// Whether a reviewer from outside, who only reads, may give it.
    pub(super) const fn is_for_outsiders(&self) -> bool {
        matches!(
            self,
            Self::ReviewList { .. }
                | Self::ReviewChanges { .. }
                | Self::ReviewShow { .. }
                | Self::OperatorList {}
        )
    }

    /// Its arguments as they are written down: what it is about and why, and nothing that
    /// opens anything. An email is not: what came of looking for it is.
    pub(super) fn arguments(&self) -> Value {
        match self {
            Self::UserFind { .. }
            | Self::AuditorInvite { .. }
            | Self::KeysStatus { .. }
            | Self::KeysRewrap { .. }
            | Self::OperatorList {} => Value::Null,
            Self::OperatorGrant { name, role, .. } => {
                object(&[("name", name.as_str().into()), ("role", text(role))])
            }
            Self::UserShow { user }
            | Self::ItemList { user }
            | Self::SubscriptionShow { user }
            | Self::KeysRotate { user, .. }
            | Self::SessionList { user } => object(&[("user", user.public().into())]),
            Self::UserDelete { user, proposal } => object(&[
                ("user", user.public().into()),
                ("second", proposal.is_some().into()),
            ]),
            Self::ItemStatus { item } | Self::ItemResync { item } => {
                object(&[("item", item.public().into())])
            }
            Self::TransactionList {
                user,
                account,
                limit,
            } => object(&[
                ("user", user.public().into()),
                ("account", account.public().into()),
                ("limit", (*limit).into()),
            ]),
            Self::SessionRevoke { user, session } => object(&[
                ("user", user.public().into()),
                ("session", session.public().into()),
            ]),
            Self::ConsentRequest {
                user,
                resources,
                fields,
                purpose,
                hours,
                uses,
            } => object(&[
                ("user", user.public().into()),
                ("resources", resources.clone().into()),
                ("fields", fields.clone().into()),
                ("purpose", purpose.as_str().into()),
                ("hours", (*hours).into()),
                ("uses", (*uses).into()),
            ]),
            Self::ConsentShow { consent } => object(&[("consent", consent.public().into())]),
            Self::OperatorRevoke { operator } => object(&[("operator", operator.public().into())]),
            Self::ReviewList {
                pending, sensitive, ..
            } => object(&[
                ("pending", (*pending).into()),
                ("sensitive", (*sensitive).into()),
            ]),
            Self::ReviewChanges { week, .. } => object(&[("week", week.clone().into())]),
            Self::ReviewShow { session } => object(&[("session", session.public().into())]),
            Self::ReviewDecide {
                session, decision, ..
            } => object(&[
                ("session", session.public().into()),
                ("decision", text(decision)),
            ]),
        }
    }
}

fn object(members: &[(&str, Value)]) -> Value {
    let members = members.iter().cloned();
    Value::Object(
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn text(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Fields by their names.
pub(crate) fn fields(names: &[String], at: &'static str) -> Result<BTreeSet<Field>> {
    let field = |name: &String| {
        Field::parse(name)
            .ok_or_else(|| Problem::invalid_field(at, "field_unknown", "There is no such field."))
    };
    names.iter().map(field).collect()
}

fn read<T: serde::de::DeserializeOwned>(arguments: Value) -> Result<T> {
    let arguments = if arguments.is_null() {
        Value::Object(serde_json::Map::new())
    } else {
        arguments
    };
    let text = serde_json::to_vec(&arguments)
        .map_err(|_| Problem::internal("arguments that do not serialize"))?;
    crate::routes::parse(&text)
}
