//! Recovery codes ("look-up secrets" of NIST SP 800-63B-4, section 3.1.2): printed, kept
//! apart, each good once. Invariant: 80 random bits, so that a plain hash of one is safe.

use alloc::string::String;

use zeroize::Zeroizing;

use crate::base32;

/// Characters between two dashes.
const GROUP: usize = 4;

/// A code that stands for a second factor, once. Keep a hash of its bytes, no more.
///
/// ```compile_fail,E0277
/// let code = totp::RecoveryCode::new([7; 10]);
/// println!("{code:?}");
/// ```
pub struct RecoveryCode(Zeroizing<[u8; 10]>);

impl RecoveryCode {
    /// The code with these bytes, which must come from the platform's generator.
    #[must_use]
    pub fn new(bytes: [u8; 10]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads what a person typed: in either case, with dashes and spaces wherever they like.
    /// `None` where it is no code.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_filler = |character: char| character == '-' || character.is_whitespace();
        let characters = text.chars().filter(|character| !is_filler(*character));
        base32::decode(characters).map(Self)
    }

    /// The bytes, for hashing them: the same however the code was typed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 10] {
        &self.0
    }

    /// As it is shown: `XXXX-XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let plain = base32::encode(&self.0);
        let mut text = Zeroizing::new(String::with_capacity(plain.len() + plain.len() / GROUP));
        for (at, character) in plain.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(character);
        }
        text
    }
}
