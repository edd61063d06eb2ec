//! Where a consent stands: a function of what the log says of it, and of the time. Nothing
//! else knows, so that nothing else can be rolled back.

use crate::Terms;

/// What the log says of a consent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// An operator asked.
    Requested,
    /// She signed, at this time (seconds since the Unix epoch).
    Granted(u64),
    /// She declined.
    Declined,
    /// An operator used it, once.
    Used,
    /// She took it back.
    Revoked,
}

/// Where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// She has not answered.
    Requested,
    /// It holds.
    Granted,
    /// She said no.
    Declined,
    /// Its time is over, or it was signed too late to begin with.
    Expired,
    /// She took it back.
    Revoked,
    /// It was used as often as she allowed.
    Exhausted,
}

/// A state, and what is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Where it stands.
    pub state: State,
    /// Whether its time has begun.
    pub has_begun: bool,
    /// How often it can still be used, were it granted.
    pub uses_left: u32,
}

impl Standing {
    /// By the events of the log, in their order. What comes behind an end changes nothing:
    /// a grant behind a refusal is none, and neither is a second one.
    #[must_use]
    pub fn of(terms: &Terms, events: &[Event], now: u64) -> Self {
        let mut state = State::Requested;
        let mut used: u32 = 0;
        for event in events {
            state = match (state, event) {
                (State::Requested, Event::Granted(at)) => {
                    let soon = terms.issued.saturating_add(crate::MAX_SIGNING);
                    if (terms.issued..=soon).contains(at) {
                        State::Granted
                    } else {
                        State::Expired
                    }
                }
                (State::Requested, Event::Declined) => State::Declined,
                (State::Requested | State::Granted | State::Exhausted, Event::Revoked) => {
                    State::Revoked
                }
                (State::Granted, Event::Used) => {
                    used = used.saturating_add(1);
                    if used >= terms.uses {
                        State::Exhausted
                    } else {
                        State::Granted
                    }
                }
                (state, _) => state,
            };
        }
        if matches!(state, State::Requested | State::Granted) && now >= terms.expires {
            state = State::Expired;
        }
        Self {
            state,
            has_begun: now >= terms.not_before,
            uses_left: terms.uses.saturating_sub(used),
        }
    }

    /// Whether it can be used now.
    #[must_use]
    pub const fn allows(&self) -> bool {
        matches!(self.state, State::Granted) && self.has_begun && self.uses_left > 0
    }
}
