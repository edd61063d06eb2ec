//! Enums whose variants are Stripe's own words. Follows Stripe's rule that an enum may grow
//! within a version: what is not listed is `Other`.
//! Invariant: reading a variant's name gives that variant.

macro_rules! named {
    (
        $(#[$doc:meta])*
        pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// One that is not used here, or is newer than this code.
            Other,
        }

        impl $name {
            /// All there are, [`Self::Other`] last.
            pub const ALL: &[Self] = &[$(Self::$variant,)* Self::Other];

            /// Stripe's word for it; `other` for [`Self::Other`].
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other => "other",
                }
            }

            /// Reads Stripe's word.
            #[must_use]
            pub fn parse(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

pub(crate) use named;
