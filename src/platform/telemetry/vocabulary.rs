//! The words that attributes are said in: there are no others.

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum $name { $($variant,)* }

        impl $name {
            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    )*};
}

words! {
    /// A method of HTTP's; of others it is not told which.
    Method {
        Get = "GET",
        Head = "HEAD",
        Post = "POST",
        Put = "PUT",
        Patch = "PATCH",
        Delete = "DELETE",
        Options = "OPTIONS",
        Other = "_OTHER",
    }

    /// Work that no request waits for. Those of the cron have a check-in by this name.
    Job {
        Tick = "tick",
        Sweep = "sweep",
        Reconciliation = "reconciliation",
        WeeklyReview = "weekly-review",
        Consents = "consents",
        Erasures = "erasures",
        AuditLog = "audit-log",
        Backup = "backup",
        Purge = "purge",
        Standing = "standing",
        Inbox = "message.inbox",
        Sync = "message.sync",
        Resume = "message.resume",
        Check = "message.check",
        Remove = "message.remove",
        Reconcile = "message.reconcile",
        Erase = "message.erase",
        GoOn = "message.backup",
        Unknown = "message.unknown",
    }

    /// How something ended.
    Outcome {
        Done = "done",
        Failed = "failed",
    }

    /// Who is called.
    Provider {
        Plaid = "plaid",
        Stripe = "stripe",
        PwnedPasswords = "pwned-passwords",
        PlanetScale = "planetscale",
        Cloudflare = "cloudflare",
        ObjectStore = "object-store",
    }

    /// How grave a line of the log is.
    Level {
        Info = "info",
        Warn = "warn",
        Error = "error",
    }

    /// Whose service it is.
    Vendor {
        NewRelic = "new-relic",
        AppSignal = "appsignal",
    }

    /// What is sent.
    Signal {
        Traces = "traces",
        Metrics = "metrics",
        Logs = "logs",
        Errors = "errors",
        CheckIns = "check-ins",
    }

    /// Why something was dropped.
    Loss {
        Full = "full",
        Busy = "busy",
        Oversized = "oversized",
        Refused = "refused",
        Unreachable = "unreachable",
    }
}

impl Vendor {
    pub(super) const ALL: [Self; 2] = [Self::NewRelic, Self::AppSignal];
}

impl Job {
    /// Whether a service is told of each run, and tells of one that did not come.
    pub(super) const fn has_check_in(self) -> bool {
        matches!(
            self,
            Self::Sweep | Self::Reconciliation | Self::WeeklyReview | Self::Backup
        )
    }
}

macro_rules! gauges {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $unit:literal;)*) => {
        /// How something stands, as the minute's cron finds it.
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Gauge { $($(#[$doc])* $variant,)* }

        impl Gauge {
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub(super) const fn unit(self) -> &'static str {
                match self { $(Self::$variant => $unit,)* }
            }
        }
    };
}

gauges! {
    /// How long the oldest webhook has waited.
    InboxAge = "balance.inbox.age", "s";
    /// How many webhooks wait.
    InboxWaiting = "balance.inbox.waiting", "{webhook}";
    /// For how long the Item that has waited longest is to be compared with Plaid.
    SyncLag = "balance.sync.lag", "s";
    /// How many Items are to be synced now.
    SyncWaiting = "balance.sync.waiting", "{item}";
    /// Sessions of operators that wait for their review.
    UnreviewedSessions = "balance.review.unreviewed", "{session}";
    /// How long the oldest of them has waited.
    ReviewAge = "balance.review.age", "s";
    /// How long ago the newest backup came to its end; nothing before the first.
    BackupAge = "balance.backup.age", "s";
    /// Versions of the keyring before the current one: a rotation that has not come to its end.
    KeysBehind = "balance.keyring.behind", "{version}";
}

impl From<&http::Method> for Method {
    fn from(method: &http::Method) -> Self {
        match *method {
            http::Method::GET => Self::Get,
            http::Method::HEAD => Self::Head,
            http::Method::POST => Self::Post,
            http::Method::PUT => Self::Put,
            http::Method::PATCH => Self::Patch,
            http::Method::DELETE => Self::Delete,
            http::Method::OPTIONS => Self::Options,
            _ => Self::Other,
        }
    }
}

impl From<bool> for Outcome {
    fn from(is_done: bool) -> Self {
        if is_done { Self::Done } else { Self::Failed }
    }
}
