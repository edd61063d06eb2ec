//! Linking a bank: a Link token, then the exchange of what Link gave.
//!
//! The access token is sealed in the database before anything else is asked with
//! it; what the bank granted is checked before a single row is read, and an Item
//! that came with more than reading is removed at once ([`super::sync`]).

use plaid::{
    CountryCode, ItemFingerprint, LinkSettings, LinkTokenCreate, LinkTokenGet, PublicToken,
    PublicTokenExchange,
};
use vault::{Reveal, SystemPurpose};

use super::client::access_token;
use crate::{
    app::App,
    events::Message,
    id::{ItemId, PersonId, RowId},
    identity::{
        Signed,
        ticket::{self, Purpose},
    },
    platform::Timestamp,
    problem::{Kind, Problem, Result},
    store::{
        accounts::{self, AccountRow},
        engine::EngineError,
        erasures,
        items::{self, Course, Health, ItemRecord, ItemRow},
        keys,
        table::index,
    },
};

/// A Link token: opens Link once, on the person's device.
pub(crate) struct LinkToken {
    pub(crate) token: String,
    pub(crate) expiration: String,
    /// A page of Plaid's own, where one was asked for.
    pub(crate) hosted: Option<Hosted>,
}

/// A page of Plaid's own.
pub(crate) struct Hosted {
    pub(crate) url: String,
    /// What connects the bank afterwards. None for a repair, which connects nothing.
    pub(crate) ticket: Option<String>,
}

/// What Link told the client of what was picked, before the exchange.
pub(crate) struct Linked {
    pub(crate) public_token: PublicToken,
    /// Institution and its accounts' names and masks, where the client passed them on.
    pub(crate) picked: Option<ItemFingerprint>,
}

const COUNTRIES: &[CountryCode] = &[CountryCode::Us];

/// Makes a Link token: for a new Item, or to repair one she has.
pub(crate) async fn link_token(
    app: &App,
    signed: &Signed,
    repair: Option<ItemRow>,
    hosted: bool,
) -> Result<LinkToken> {
    let webhook = format!("{}/webhooks/plaid", app.config.origin);
    let settings = LinkSettings::new("Balance", "en", COUNTRIES, &webhook, None)
        .map_err(|_| Problem::internal("Plaid would refuse our client name"))?;
    let client_user_id = signed.person.public();
    let token = match repair {
        None => None,
        Some(row) => {
            let record = row.open(&signed.keys)?;
            let record = record
                .reveal(&Reveal::system(SystemPurpose::CallPlaid))
                .map_err(|_| Problem::not_found())?;
            Some(access_token(&record.access_token))
        }
    };
    let request = match &token {
        None => LinkTokenCreate::new_item(settings, &client_user_id),
        Some(token) => LinkTokenCreate::update_mode(settings, &client_user_id, token, true),
    };
    let request = if hosted { request.hosted() } else { request };
    let answer = app.plaid.call(&request).await?;
    let reply = answer.read::<LinkTokenCreate<'_>>()?;
    let link_token = reply.link_token.as_str().to_owned();
    let hosted = match reply.hosted_link_url {
        Some(url) if hosted => Some(Hosted {
            url: url.as_str().to_owned(),
            ticket: hosted_ticket(app, signed, &link_token, token.is_none()).await?,
        }),
        _ => None,
    };
    Ok(LinkToken {
        token: link_token,
        expiration: reply.expiration.as_str().to_owned(),
        hosted,
    })
}

/// Binds what comes of the page to whoever asked for it.
async fn hosted_ticket(
    app: &App,
    signed: &Signed,
    link_token: &str,
    connects: bool,
) -> Result<Option<String>> {
    if !connects {
        return Ok(None);
    }
    let purpose = Purpose::HostedLink {
        person: signed.person,
        link_token: link_token.to_owned().into(),
    };
    Ok(Some(ticket::issue(app, purpose).await?.ticket))
}

/// What came of a page of Plaid's own. One call to Plaid.
pub(crate) async fn hosted_result(app: &App, signed: &Signed, text: &str) -> Result<Linked> {
    let refused = || {
        Problem::new(
            Kind::LinkRefused,
            "This is no hosted Link of yours, or its time is over: begin again.",
        )
    };
    let ticket = ticket::read(app, text).await?.ok_or_else(refused)?;
    let Purpose::HostedLink { person, link_token } = &ticket.purpose else {
        return Err(refused());
    };
    if *person != signed.person {
        return Err(refused());
    }
    let answer = app.plaid.call(&LinkTokenGet::new(link_token)).await?;
    let added = answer.read::<LinkTokenGet<'_>>()?.added().ok_or_else(|| {
        Problem::new(
            Kind::LinkPending,
            "Nothing was connected on Plaid's page yet; ask again.",
        )
    })?;
    Ok(Linked {
        picked: added.fingerprint(),
        public_token: added.public_token,
    })
}

/// Exchanges what Link gave and writes the Item down, `linking`: the first sync
/// checks what was granted and brings its accounts and transactions.
///
/// One batch before the exchange (her Items and accounts), one after it.
pub(crate) async fn link(
    app: &App,
    signed: &Signed,
    present: (Vec<ItemRow>, Vec<AccountRow>),
    linked: &Linked,
) -> Result<ItemId> {
    if let Some(picked) = &linked.picked {
        refuse_duplicate(signed, present, picked)?;
    }
    let system = app.system_keys().await?;
    let answer = app
        .plaid
        .call(&PublicTokenExchange::new(&linked.public_token))
        .await;
    let answer = answer.map_err(refused)?;
    let reply = answer.read::<PublicTokenExchange<'_>>().map_err(refused)?;
    let record = ItemRecord {
        plaid_item_id: reply.item_id.as_str().to_owned(),
        access_token: reply.access_token.expose().to_owned().into(),
        institution_id: None,
        institution_name: None,
        cursor: None,
        health: Health::Preparing,
        created_at: Timestamp::now(),
        last_synced_at: None,
        course: Course::default(),
    };
    let item = ItemId(RowId::new()?);
    let plaid_index = system.blind(index::PLAID_ITEM, record.plaid_item_id.as_bytes());
    let insert = items::insert(&signed.keys, item, plaid_index, &record)?;
    match app
        .db
        .batch([keys::still_there(signed.person.0), insert])
        .await
    {
        Ok(_) => Ok(item),
        // She was erased since she asked: nobody else knows of this Item.
        Err(EngineError::Guard) => {
            erasure_takes(app, signed.person, record.access_token, plaid_index).await?;
            Err(Problem::unauthenticated())
        }
        Err(error) => Err(error.into()),
    }
}

/// Hands an Item that came too late to its person's erasure.
async fn erasure_takes(
    app: &App,
    person: PersonId,
    access_token: zeroize::Zeroizing<String>,
    plaid_index: RowId,
) -> Result<()> {
    let [row] = app.db.batch([erasures::of_person(person)]).await?;
    let (erasure,): (RowId,) = row
        .rows()?
        .first()?
        .ok_or_else(|| Problem::internal("a person without keys who was not erased"))?;
    let system = app.system_keys().await?;
    let task = erasures::TaskRecord::PlaidItem {
        access_token,
        plaid_index,
    };
    let insert = erasures::insert_task(&system, erasure, RowId::new()?, &task)?;
    app.db.batch([insert, erasures::reopen(erasure)]).await?;
    Message::Erase { erasure }.send(app).await;
    Ok(())
}

fn refused(error: super::client::UpstreamError) -> Problem {
    use plaid::{CallError, ErrorType};
    match &error {
        super::client::UpstreamError::Call(CallError::Plaid(plaid))
            if plaid.error_code.as_str() == "INVALID_PUBLIC_TOKEN"
                || plaid.error_type == ErrorType::InvalidRequest =>
        {
            Problem::new(
                Kind::LinkRefused,
                "Plaid does not know this public token, or it was used or has expired: open Link again.",
            )
        }
        _ => error.into(),
    }
}

/// Every duplicate would show each transaction twice, and is refused before the
/// exchange: afterwards it is an Item that somebody has to remove.
fn refuse_duplicate(
    signed: &Signed,
    (items, accounts): (Vec<ItemRow>, Vec<AccountRow>),
    picked: &ItemFingerprint,
) -> Result<()> {
    let mut opened = Vec::with_capacity(accounts.len());
    for row in accounts {
        let item = row.item_id;
        let record = row.open(&signed.keys)?;
        opened.push((
            item,
            record
                .reveal(&signed.reveal)
                .map_err(|_| Problem::not_found())?,
        ));
    }
    for row in items {
        let id = row.id;
        let record = row.open(&signed.keys)?;
        let record = record
            .reveal(&signed.reveal)
            .map_err(|_| Problem::not_found())?;
        let Some(institution) = &record.institution_id else {
            continue;
        };
        let own = opened.iter().filter(|(item, _)| *item == id);
        let names = own.map(|(_, account)| (account.name.as_str(), account.mask.as_deref()));
        if ItemFingerprint::new(institution, names).duplicates(picked) {
            return Err(Problem::new(
                Kind::DuplicateItem,
                "These accounts are connected already; to repair the connection, open Link in update mode.",
            ));
        }
    }
    Ok(())
}

/// What [`link`] wants to know of her present Items.
pub(crate) fn present(person: PersonId) -> [crate::store::engine::Statement; 2] {
    [items::of_person(person), accounts::of_person(person)]
}
