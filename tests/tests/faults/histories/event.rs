//! What may happen between a person, her bank and whoever stands between them.

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// One thing that happens.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// Rows come: how many, and whether they are pending.
    Add(usize, bool),
    /// Rows get another name, amount and day.
    Modify(Vec<Index>),
    /// Rows go.
    Remove(Vec<Index>),
    /// Pending rows post, with another amount.
    Post(Vec<Index>),
    /// The bank changes while the next pages are read.
    Mutate(&'static str),
    /// A call about the Item fails after so many good ones.
    Fail(&'static str, &'static str, u32),
    /// The login breaks, or is mended.
    Login(bool),
    /// Copies of a webhook.
    Webhook(&'static str, usize),
    /// A webhook was written down, and its message is lost.
    LostMessage,
    /// Whoever was at it dies with the lease.
    DeadHolder,
    /// The bank opens an account, with so many rows.
    Open(usize),
    /// She disconnects an account, or the bank says that she did.
    Leave(Index, bool),
    /// She says something of a transaction: which of the three, and what; nothing takes it back.
    Say(Index, Word, Option<u8>),
    /// Its access token is replaced.
    Rotate,
    /// She has been through Link again.
    Repair,
    /// The person asks.
    Refresh,
    /// A minute passes.
    Sweep,
}

/// What she can say of a transaction.
#[derive(Clone, Copy, Debug)]
pub(super) enum Word {
    Category,
    Note,
    Tag,
}

/// A first pull of some size, and what happens then.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) transactions: usize,
    pub(super) events: Vec<Event>,
}

fn event() -> impl Strategy<Value = Event> {
    let some = || prop::collection::vec(any::<Index>(), 1..6);
    let endpoints = select(vec!["/transactions/sync", "/accounts/get", "/item/get"]);
    let ways = select(vec![
        "INTERNAL_SERVER_ERROR",
        "TRANSACTIONS_SYNC_LIMIT",
        "malformed",
        "half",
        "reset",
        "empty",
        "wrong_shape",
        "lost",
    ]);
    let codes = select(vec![
        "SYNC_UPDATES_AVAILABLE",
        "DEFAULT_UPDATE",
        "ERROR",
        "LOGIN_REPAIRED",
        "HISTORICAL_UPDATE",
    ]);
    prop_oneof![
        8 => (1_usize..30, any::<bool>()).prop_map(|(rows, pending)| Event::Add(rows, pending)),
        // More than a page of them.
        1 => (400_usize..1_300).prop_map(|rows| Event::Add(rows, false)),
        8 => some().prop_map(Event::Modify),
        8 => some().prop_map(Event::Remove),
        8 => some().prop_map(Event::Post),
        2 => select(vec!["once", "always", "off"]).prop_map(Event::Mutate),
        6 => (endpoints, ways, 0_u32..3).prop_map(|(endpoint, way, skip)| Event::Fail(endpoint, way, skip)),
        2 => any::<bool>().prop_map(Event::Login),
        8 => (codes, 1_usize..4).prop_map(|(code, copies)| Event::Webhook(code, copies)),
        2 => Just(Event::LostMessage),
        1 => Just(Event::DeadHolder),
        1 => (0_usize..20).prop_map(Event::Open),
        2 => (any::<Index>(), any::<bool>()).prop_map(|(which, said)| Event::Leave(which, said)),
        8 => (any::<Index>(), word(), any::<Option<u8>>()).prop_map(|(which, word, what)| Event::Say(which, word, what)),
        1 => Just(Event::Rotate),
        1 => Just(Event::Repair),
        8 => Just(Event::Refresh),
        4 => Just(Event::Sweep),
    ]
}

fn word() -> impl Strategy<Value = Word> {
    select(vec![Word::Category, Word::Note, Word::Tag])
}

pub(super) fn history() -> impl Strategy<Value = History> {
    let start = prop_oneof![7 => 0_usize..60, 1 => 450_usize..1_200];
    let events = prop::collection::vec(event(), 1..14);
    (start, events).prop_map(|(transactions, events)| History {
        transactions,
        events,
    })
}
