//! Who asks: an access key and its secret.
//! Follows "AWS access keys", which the stores that speak S3's API have taken over.
//! Invariant: the secret enters a signature and nothing else: no `Debug`, no `Display`, zeroed
//! when it is let go.

use zeroize::Zeroizing;

/// The longest of either that is taken, in bytes. AWS has 20 and 40.
const MAX_LEN: usize = 256;

/// The values of `BACKUP_S3_ACCESS_KEY_ID` and `BACKUP_S3_SECRET_ACCESS_KEY`.
///
/// ```compile_fail,E0277
/// let credentials = s3::Credentials::new("AKIAEXAMPLE".to_owned(), "secret".to_owned());
/// println!("{credentials:?}");
/// ```
pub struct Credentials {
    access_key_id: Box<str>,
    secret: Zeroizing<String>,
}

impl Credentials {
    /// Takes both over; `None` for what cannot be them, such as nothing at all, or a secret with
    /// the line break that a file ended with.
    #[must_use]
    pub fn new(access_key_id: String, secret_access_key: String) -> Option<Self> {
        let secret = Zeroizing::new(secret_access_key);
        // `/` and `,` end the id where it is written.
        let is_id = is_printable(&access_key_id) && !access_key_id.contains(['/', ',']);
        (is_id && is_printable(&secret)).then(|| Self {
            access_key_id: access_key_id.into(),
            secret,
        })
    }

    /// The name of the key, which is no secret.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// What a key for signing is derived from.
    pub(crate) fn seed(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([b"AWS4", self.secret.as_bytes()].concat())
    }
}

/// Some characters, not too many, all of them visible ASCII.
fn is_printable(text: &str) -> bool {
    (1..=MAX_LEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::Credentials;

    #[test]
    fn what_was_not_copied_whole_is_no_key() {
        let is_taken =
            |id: &str, secret: &str| Credentials::new(id.into(), secret.into()).is_some();
        assert!(is_taken("AKIAEXAMPLE", "a/b+c"));
        for (id, secret) in [
            ("", "secret"),
            ("AKIAEXAMPLE", ""),
            ("AKIAEXAMPLE", "secret\n"),
            ("AKIA/EXAMPLE", "secret"),
            ("AKIA, EXAMPLE", "secret"),
        ] {
            assert!(!is_taken(id, secret), "{id:?}, {secret:?}");
        }
        assert!(!is_taken("AKIAEXAMPLE", &"s".repeat(257)));
    }
}
