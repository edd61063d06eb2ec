//! What a caller may do, as a type: a handler that takes `Caller<access::…>` says
//! which scope opens it to an API token, and one that takes a plain `Caller` is open
//! to a session only.
//!
//! Invariant: no handler can forget to ask.

/// What an API token may be good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Scope {
    ProfileRead,
    AccountsRead,
    TransactionsRead,
    TransactionsWrite,
    ItemsRead,
    ItemsWrite,
}

impl Scope {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::ProfileRead,
        Self::AccountsRead,
        Self::TransactionsRead,
        Self::TransactionsWrite,
        Self::ItemsRead,
        Self::ItemsWrite,
    ];

    /// As the API names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ProfileRead => "profile:read",
            Self::AccountsRead => "accounts:read",
            Self::TransactionsRead => "transactions:read",
            Self::TransactionsWrite => "transactions:write",
            Self::ItemsRead => "items:read",
            Self::ItemsWrite => "items:write",
        }
    }

    /// From the API's name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// Who may call a handler.
pub(crate) trait Access: Send + Sync + 'static {
    /// The scope that opens it to an API token. None: a session only.
    const SCOPE: Option<Scope>;
}

/// The ways to be let in.
pub(crate) mod access {
    use super::{Access, Scope};

    /// Her own session.
    pub(crate) struct Owner;

    impl Access for Owner {
        const SCOPE: Option<Scope> = None;
    }

    macro_rules! scopes {
        ($($name:ident),*) => {$(
            /// Her own session, or a token of this scope.
            pub(crate) struct $name;

            impl Access for $name {
                const SCOPE: Option<Scope> = Some(Scope::$name);
            }
        )*};
    }

    scopes!(
        ProfileRead,
        AccountsRead,
        TransactionsRead,
        TransactionsWrite,
        ItemsRead,
        ItemsWrite
    );
}
