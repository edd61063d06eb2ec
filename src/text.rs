//! Text as it is stored and compared: Unicode's normal forms (UAX #15).

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// NFC: one spelling of what looks the same.
pub(crate) fn nfc(text: &str) -> String {
    const NFC: ComposingNormalizerBorrowed<'_> = ComposingNormalizerBorrowed::new_nfc();
    NFC.normalize(text).into_owned()
}

/// NFD: letters apart from their accents.
pub(crate) fn nfd(text: &str) -> String {
    const NFD: DecomposingNormalizerBorrowed<'_> = DecomposingNormalizerBorrowed::new_nfd();
    NFD.normalize(text).into_owned()
}
