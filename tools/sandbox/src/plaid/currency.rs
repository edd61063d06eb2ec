//! The currencies of the test accounts: official ones of every ISO 4217 scale, and some that only
//! have an unofficial code.

/// A currency and roughly what a dollar is worth in it, so that prices look right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Currency {
    pub(super) code: &'static str,
    /// Decimals of the minor unit.
    pub(super) scale: u32,
    /// Whether ISO 4217 knows it.
    pub(super) official: bool,
    minor_per_dollar: i64,
}

const fn official(code: &'static str, scale: u32, minor_per_dollar: i64) -> Currency {
    Currency {
        code,
        scale,
        official: true,
        minor_per_dollar,
    }
}

const fn unofficial(code: &'static str, scale: u32, minor_per_dollar: i64) -> Currency {
    Currency {
        official: false,
        ..official(code, scale, minor_per_dollar)
    }
}

pub(super) const USD: Currency = official("USD", 2, 100);
pub(super) const EUR: Currency = official("EUR", 2, 87);
pub(super) const GBP: Currency = official("GBP", 2, 76);
pub(super) const JPY: Currency = official("JPY", 0, 154);
pub(super) const KWD: Currency = official("KWD", 3, 307);
pub(super) const BTC: Currency = unofficial("BTC", 8, 1_050);
pub(super) const ETH: Currency = unofficial("ETH", 8, 31_000);

impl Currency {
    /// Minor units of about this many cents of a dollar.
    pub(super) fn worth(self, cents: i64) -> i64 {
        let minor = cents * self.minor_per_dollar / 100;
        if minor == 0 { cents.signum() } else { minor }
    }

    /// The currency of this code; an unknown one is taken to have two decimals.
    pub(super) fn scale_of(code: &str) -> u32 {
        [USD, EUR, GBP, JPY, KWD, BTC, ETH]
            .into_iter()
            .find(|currency| currency.code == code)
            .map_or(2, |currency| currency.scale)
    }

    pub(super) fn iso(self) -> Option<String> {
        self.official.then(|| self.code.to_owned())
    }

    pub(super) fn unofficial(self) -> Option<String> {
        (!self.official).then(|| self.code.to_owned())
    }
}
