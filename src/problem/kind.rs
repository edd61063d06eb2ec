//! Every kind of problem there is: slug, title and status are part of the API
//! and never change meaning.

use http::StatusCode;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident, $slug:literal, $title:literal, $status:ident;)*) => {
        /// A kind of problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// All of them, for the documentation.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The last part of the problem's `type`.
            pub(crate) const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// The kind in words.
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// The HTTP status it is answered with.
            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }
        }
    };
}

kinds! {
    /// Malformed: not JSON, an unknown member, a wrong type.
    BadRequest, "bad-request", "The request is malformed", BAD_REQUEST;
    /// No valid session or token.
    Unauthenticated, "unauthenticated", "Not signed in", UNAUTHORIZED;
    /// Email or password wrong: which, is not told.
    InvalidCredentials, "invalid-credentials", "Email or password is wrong", UNAUTHORIZED;
    /// A key, a code or a ticket that does not hold.
    SecondFactorRefused, "second-factor-refused", "The proof does not hold", UNAUTHORIZED;
    /// A sensitive request without an approval of its own.
    StepUpRequired, "step-up-required", "Prove who you are first", FORBIDDEN;
    /// An API token that is not good for this.
    InsufficientScope, "insufficient-scope", "The token is not good for this", FORBIDDEN;
    /// An API token where a session is needed.
    SessionRequired, "session-required", "Only a session opens this", FORBIDDEN;
    /// A security or biometric key that is enrolled already, here or by someone else.
    KeyEnrolled, "key-enrolled", "This key is enrolled already", CONFLICT;
    /// A registration that breaks a rule of WebAuthn.
    KeyRefused, "key-refused", "The key was not accepted", UNPROCESSABLE_ENTITY;
    /// Recovery codes where there is nothing to recover.
    NoSecondFactor, "no-second-factor", "No second factor is enrolled", CONFLICT;
    /// The last factor cannot go while the password is too short to stand alone.
    PasswordTooShort, "password-too-short", "The password is too short to stand alone", CONFLICT;
    /// Known, but not allowed to.
    Forbidden, "forbidden", "Not allowed", FORBIDDEN;
    /// A cookie came with another site's request.
    CrossSite, "cross-site", "Refused across sites", FORBIDDEN;
    /// A webhook's signature does not hold.
    InvalidSignature, "invalid-signature", "The signature does not hold", UNAUTHORIZED;
    /// An account that is no operator wants to the console.
    NotAnOperator, "not-an-operator", "Not an operator", FORBIDDEN;
    /// A command that an operator's role does not give.
    RoleInsufficient, "role-insufficient", "The role does not give this", FORBIDDEN;
    /// An operator about himself.
    SelfService, "self-service", "Nobody serves or reviews himself", FORBIDDEN;
    /// Hidden fields without a consent that covers them.
    ConsentRequired, "consent-required", "Her consent is needed", FORBIDDEN;
    /// A consent that does not hold for this.
    ConsentRefused, "consent-refused", "The consent does not hold", FORBIDDEN;
    /// Reviews are too late for anything to be revealed.
    RevealSuspended, "reveal-suspended", "Nothing is revealed until the reviews are made", FORBIDDEN;
    /// Nothing here.
    NotFound, "not-found", "Not found", NOT_FOUND;
    /// The path exists, the method does not.
    MethodNotAllowed, "method-not-allowed", "Method not allowed", METHOD_NOT_ALLOWED;
    /// The state of things does not allow it.
    Conflict, "conflict", "In conflict with the present state", CONFLICT;
    /// An `Idempotency-Key` came again with another request.
    IdempotencyMismatch, "idempotency-key-reused", "Idempotency key used for another request", UNPROCESSABLE_ENTITY;
    /// The first request with this `Idempotency-Key` still runs.
    IdempotencyPending, "idempotency-key-in-use", "The first request with this key still runs", CONFLICT;
    /// The body is too long.
    TooLarge, "body-too-large", "The body is too large", PAYLOAD_TOO_LARGE;
    /// The body is not JSON by its content type.
    UnsupportedType, "unsupported-media-type", "Unsupported media type", UNSUPPORTED_MEDIA_TYPE;
    /// Fields that cannot be accepted.
    Validation, "validation", "Some fields were not accepted", UNPROCESSABLE_ENTITY;
    /// The password is in known leaks.
    PasswordExposed, "password-exposed", "The password is in known leaks", UNPROCESSABLE_ENTITY;
    /// An emailed token that does not hold, or a password that is not that sign-up's.
    InvalidToken, "invalid-token", "The token or the password does not hold", UNPROCESSABLE_ENTITY;
    /// The bank connection came with more than read access and was removed.
    NotReadOnly, "not-read-only", "The connection was not read-only", UNPROCESSABLE_ENTITY;
    /// The same bank connection exists already.
    DuplicateItem, "duplicate-item", "This bank is already connected", CONFLICT;
    /// The only account that is left of a connection.
    LastAccount, "last-account", "The last account of a bank goes with the bank", CONFLICT;
    /// The person has to sign in at her bank again.
    NeedsReauth, "needs-reauth", "The bank wants a new sign-in", CONFLICT;
    /// Plaid refused what the client sent on.
    LinkRefused, "link-refused", "The bank connection was refused", UNPROCESSABLE_ENTITY;
    /// Plaid's own page has not been finished.
    LinkPending, "link-pending", "Nothing is connected yet", CONFLICT;
    /// The plan has no room for one more.
    PlanLimit, "plan-limit", "The plan has no room for this", PAYMENT_REQUIRED;
    /// There is a subscription already.
    AlreadySubscribed, "already-subscribed", "There is a subscription already", CONFLICT;
    /// Too many requests.
    TooMany, "too-many-requests", "Too many requests", TOO_MANY_REQUESTS;
    /// A provider failed.
    Upstream, "upstream", "A provider did not answer as it should", BAD_GATEWAY;
    /// Not configured or not ready.
    Unavailable, "unavailable", "Not available now", SERVICE_UNAVAILABLE;
    /// Our fault.
    Internal, "internal", "Internal error", INTERNAL_SERVER_ERROR;
}

impl Kind {
    /// The problem's `type`, a path of this service.
    pub(crate) fn uri(self) -> String {
        format!("/problems/{}", self.slug())
    }
}
