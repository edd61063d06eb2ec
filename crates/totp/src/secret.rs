//! One-time codes (RFC 6238 on RFC 4226): SHA-1, six digits, a step of 30 seconds, which is
//! what every authenticator app understands.
//! Invariant: a step that was accepted is not accepted again, nor one before it.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt::{self, Write as _};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::{Zeroize as _, Zeroizing};

use crate::base32;

/// How long a code is shown.
pub const PERIOD_SECONDS: u64 = 30;

/// What the app and we share: 20 random bytes, zeroized on drop, boxed because a move would
/// leave a copy behind. Whoever has it makes every code: seal it.
///
/// ```compile_fail,E0277
/// let secret = totp::Secret::new([7; 20]);
/// println!("{secret:?}");
/// ```
pub struct Secret(Box<Zeroizing<[u8; 20]>>);

impl Secret {
    /// The secret with these bytes, which must come from the platform's generator.
    #[must_use]
    pub fn new(bytes: [u8; 20]) -> Self {
        Self(Box::new(Zeroizing::new(bytes)))
    }

    /// The secret as [`base32`](Self::base32) spells it, in either case. `None` for another
    /// length.
    #[must_use]
    pub fn from_base32(text: &str) -> Option<Self> {
        base32::decode(text.chars()).map(|bytes| Self(Box::new(bytes)))
    }

    /// The bytes, for sealing them.
    #[must_use]
    pub fn expose(&self) -> &[u8; 20] {
        &self.0
    }

    /// For a person who types it into an app: 32 letters and digits.
    #[must_use]
    pub fn base32(&self) -> Zeroizing<String> {
        base32::encode(&self.0)
    }

    /// For an app that scans it: Google's "Key Uri Format".
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let (issuer, account) = (Escaped(issuer), Escaped(account));
        let secret = self.base32();
        // At once longer than it becomes: growth would leave copies behind.
        let length = 128 + 2 * 3 * issuer.0.len() + 3 * account.0.len();
        let mut uri = Zeroizing::new(String::with_capacity(length));
        // A string takes all that is written.
        let _ = write!(
            uri,
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}\
             &algorithm=SHA1&digits=6&period={PERIOD_SECONDS}",
            *secret
        );
        uri
    }

    /// Holds a code against the time, in seconds since 1970, and one step before and after it,
    /// for clocks that differ and people who type slowly.
    ///
    /// Answers the step that the code is of, to be kept as `last_step`. `None` for a wrong
    /// code, and for one that is not after `last_step`: it was seen, maybe by another.
    #[must_use]
    pub fn accepts(&self, code: &str, now_unix: i64, last_step: Option<u64>) -> Option<u64> {
        let code: &[u8; 6] = code.as_bytes().try_into().ok()?;
        let now = u64::try_from(now_unix).ok()? / PERIOD_SECONDS;
        let mut found = 0u8.ct_eq(&1);
        let mut step = 0;
        // All three are made, and the last that fits counts: the code is then spent for each.
        for candidate in now.saturating_sub(1)..=now.saturating_add(1) {
            let fits = self.code(candidate).ct_eq(code);
            step.conditional_assign(&candidate, fits);
            found |= fits;
        }
        let is_new = last_step.is_none_or(|last| step > last);
        (bool::from(found) && is_new).then_some(step)
    }

    /// What an app shows in one step: six digits (RFC 4226, section 5.3).
    #[must_use]
    pub fn code(&self, step: u64) -> [u8; 6] {
        let mut block = hmac::digest::Key::<Hmac<Sha1>>::default();
        for (slot, byte) in block.iter_mut().zip(self.0.iter()) {
            *slot = *byte;
        }
        let mut hmac = Hmac::<Sha1>::new(&block);
        block.zeroize();
        hmac.update(&step.to_be_bytes());
        let tag: [u8; 20] = hmac.finalize().into_bytes().into();
        let mut number = truncate(&tag);
        let mut digits = [b'0'; 6];
        for digit in digits.iter_mut().rev() {
            let [last, ..] = (number % 10).to_le_bytes();
            *digit += last;
            number /= 10;
        }
        digits
    }
}

/// Four bytes from where the last half byte says, without the sign.
fn truncate(tag: &[u8; 20]) -> u32 {
    let offset = usize::from(tag[19] & 15);
    let four = tag.iter().skip(offset).take(4);
    four.fold(0, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff
}

/// Percent-encoded (RFC 3986, section 2.1), all but what never needs to be.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.bytes().try_for_each(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                f.write_char(char::from(byte))
            }
            _ => write!(f, "%{byte:02X}"),
        })
    }
}
