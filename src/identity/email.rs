//! Email addresses: as written, and as compared.
//!
//! Invariant: one mailbox spelled in two cases or two Unicode forms is one login.

use crate::{
    id::RowId,
    store::{keys::UserKeys, table::index},
    text::nfc,
};

/// The longest address that mail can be sent to (RFC 5321, errata 1690), in bytes.
pub(crate) const MAX_BYTES: usize = 254;
const MAX_LOCAL: usize = 64;
const MAX_LABEL: usize = 63;

/// An address that mail can be sent to.
pub(crate) struct Email {
    address: String,
    login: Login,
}

/// An address as it is compared: NFC, lower case. What the blind index is over.
pub(crate) struct Login(String);

impl Login {
    /// What someone signs in with. It need not be an address, only a possible
    /// length: what is none belongs to nobody.
    pub(crate) fn of(typed: &str) -> Option<Self> {
        if typed.len() > MAX_BYTES {
            return None;
        }
        // Lower case can leave NFC, so the form is made twice.
        let lower: String = nfc(typed).chars().flat_map(char::to_lowercase).collect();
        Some(Self(nfc(&lower)))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an account is found by that signs in with what somebody typed.
pub(crate) fn login_index(system: &UserKeys, typed: &str) -> Option<RowId> {
    let login = Login::of(typed)?;
    Some(system.blind(index::LOGIN_EMAIL, login.as_str().as_bytes()))
}

/// Whether what somebody typed is this login.
pub(crate) fn same_login(typed: &str, login: &str) -> bool {
    Login::of(typed).is_some_and(|typed| typed.as_str() == login)
}

impl Email {
    /// Reads an address: a dot-atom, `@`, and a domain of two labels or more
    /// (RFC 5322 without quotes and comments, RFC 6531 beyond ASCII).
    pub(crate) fn parse(typed: &str) -> Option<Self> {
        let address: String = nfc(typed);
        let (local, domain) = address.rsplit_once('@')?;
        let is_address = address.len() <= MAX_BYTES && is_local(local) && is_domain(domain);
        if !is_address {
            return None;
        }
        let login = Login::of(&address)?;
        Some(Self { address, login })
    }

    /// Where mail goes.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn login(&self) -> &Login {
        &self.login
    }
}

fn is_local(local: &str) -> bool {
    let is_atom = |atom: &str| !atom.is_empty() && atom.chars().all(is_atom_char);
    local.len() <= MAX_LOCAL && local.split('.').all(is_atom)
}

fn is_atom_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || is_visible_beyond_ascii(c)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || is_visible_beyond_ascii(c))
    };
    domain.contains('.') && domain.split('.').all(is_label)
}

/// No control character, no space, nothing that shows as nothing or turns the
/// direction of the text around it.
fn is_visible_beyond_ascii(c: char) -> bool {
    let hidden = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}');
    !c.is_ascii() && !c.is_control() && !c.is_whitespace() && !hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(typed: &str) -> Option<String> {
        Email::parse(typed).map(|email| email.login().as_str().to_owned())
    }

    #[test]
    fn case_and_unicode_form_make_no_second_login() {
        let spellings = ["Zoë@Exämple.com", "zoe\u{308}@exa\u{308}mple.COM"];
        for spelling in spellings {
            assert_eq!(
                login(spelling).as_deref(),
                Some("zoë@exämple.com"),
                "{spelling}"
            );
            assert_eq!(Login::of(spelling).unwrap().as_str(), "zoë@exämple.com");
        }
    }

    #[test]
    fn the_address_keeps_the_case_it_was_written_in() {
        assert_eq!(
            Email::parse("Ada.L@Example.com").unwrap().address(),
            "Ada.L@Example.com"
        );
    }

    #[test]
    fn what_no_mail_can_be_sent_to_is_refused() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long_label = format!("a@{}.com", "b".repeat(64));
        let long = format!("a@{}com", "abcdefgh.".repeat(28));
        let bad = [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "ada@example..com",
            "ada@-x.com",
            "ada@x-.com",
            ".ada@example.com",
            "ada.@example.com",
            "a..b@example.com",
            "ada @example.com",
            "ada@exam ple.com",
            "ada@example.com\r\nBcc: all@example.com",
            "ada\u{0}@example.com",
            "ada\u{200b}@example.com",
            "ada\u{202e}@example.com",
            "ada,eve@example.com",
            "<ada@example.com>",
            "\"ada\"@example.com",
            "ada@[127.0.0.1]",
            &long_local,
            &long_label,
            &long,
        ];
        for typed in bad {
            assert!(Email::parse(typed).is_none(), "{typed:?}");
        }
    }

    #[test]
    fn the_usual_and_the_unusual_are_accepted() {
        for typed in [
            "a@b.co",
            "ada+tag@sub.example.com",
            "o'hara_x@example.org",
            "用户@例子.公司",
        ] {
            assert!(Email::parse(typed).is_some(), "{typed}");
        }
    }

    #[test]
    fn a_login_has_a_bound() {
        assert!(Login::of(&"x".repeat(255)).is_none());
        assert!(Login::of("nobody at all").is_some());
    }
}
