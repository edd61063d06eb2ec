use super::*;
use alloc::vec;
use proptest::prelude::*;

const ADA: Context<'_> = Context {
    email: "Ada.Lovelace+bank@example.org",
    name: "Ada Lovelace",
};

fn violations(policy: Policy, typed: &str) -> Vec<PolicyViolation> {
    policy.check(typed, &ADA).err().unwrap_or_default()
}

#[test]
fn fifteen_characters_alone_and_eight_beside_a_second_factor() {
    let fourteen = "mq7-kohlrabi-2";
    assert_eq!(
        violations(Policy::Sole, fourteen),
        [PolicyViolation::TooShort { min: 15 }]
    );
    assert_eq!(violations(Policy::Sole, "mq7-kohlrabi-2x"), []);
    assert_eq!(violations(Policy::WithSecondFactor, "mq7-kohl"), []);
    assert_eq!(
        violations(Policy::WithSecondFactor, "mq7-koh"),
        [PolicyViolation::TooShort { min: 8 }]
    );
}

#[test]
fn every_code_point_counts_one_whatever_its_bytes() {
    assert_eq!(violations(Policy::Sole, "ключ-от-сейфа-7"), []);
    assert_eq!(violations(Policy::WithSecondFactor, "🦉🌧🗝🎻🧭🪁🫖🦔"), []);
    assert_eq!(
        violations(Policy::WithSecondFactor, "🦉🌧🗝🎻🧭🪁🫖"),
        [PolicyViolation::TooShort { min: 8 }]
    );
}

#[test]
fn two_spellings_of_one_text_are_one_password() {
    let composed = Password::normalize("sm\u{f6}rg\u{e5}s").ok();
    let decomposed = Password::normalize("smo\u{308}rga\u{30a}s").ok();
    assert_eq!(
        composed.as_ref().map(Password::expose),
        Some("sm\u{f6}rg\u{e5}s")
    );
    assert!(composed.as_ref().map(Password::expose) == decomposed.as_ref().map(Password::expose));
}

#[test]
fn nothing_is_cut_off_up_to_1024_bytes_and_more_is_refused() {
    let longest = "k".repeat(MAX_BYTES);
    let password = Policy::Sole.check(&longest, &ADA).ok();
    assert!(password.is_some_and(|password| password.expose() == longest));
    assert_eq!(
        violations(Policy::Sole, &"k".repeat(MAX_BYTES + 1)),
        [PolicyViolation::TooLong]
    );
    assert_eq!(
        violations(Policy::Sole, &"k".repeat(1 << 20)),
        [PolicyViolation::TooLong]
    );
}

#[test]
fn the_longest_password_may_be_typed_decomposed() {
    let composed = "\u{390}".repeat(MAX_BYTES / 2);
    let decomposed = "\u{3b9}\u{308}\u{301}".repeat(MAX_BYTES / 2);
    assert_eq!(decomposed.len(), MAX_INPUT_BYTES);
    let password = Password::normalize(&decomposed).ok();
    assert!(password.is_some_and(|password| password.expose() == composed));
}

#[test]
fn common_passwords_are_refused_in_any_case_and_repeated() {
    for typed in [
        "Password123!",
        "PASSWORDPASSWORD",
        "qwertyQWERTYqwerty",
        "123456789012345",
        "iloveyouforever",
        "dragondragondragon",
    ] {
        assert!(
            violations(Policy::WithSecondFactor, typed) == [PolicyViolation::Common],
            "{typed}"
        );
    }
}

#[test]
fn the_accounts_own_words_are_refused_in_any_case_and_repeated() {
    for typed in [
        "ada.lovelace+bank@EXAMPLE.org",
        "ada.lovelace+bank",
        "ADA.LOVELACE",
        "Ada Lovelace",
        "adalovelace",
        "ada-lovelace",
        "Lovelace",
        "lovelacelovelace",
        "Ada LovelaceAda Lovelace",
    ] {
        assert!(
            violations(Policy::WithSecondFactor, typed) == [PolicyViolation::Personal],
            "{typed}"
        );
    }
    assert!(violations(Policy::Sole, "BalanceBalanceBalance").contains(&PolicyViolation::Personal));
}

#[test]
fn a_longer_password_may_contain_the_accounts_own_words() {
    assert_eq!(violations(Policy::Sole, "lovelace wrote note G"), []);
}

#[test]
fn an_account_without_a_name_refuses_nothing_for_it() {
    let nameless = Context {
        email: "x@example.org",
        name: "",
    };
    assert!(
        Policy::Sole
            .check("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", &nameless)
            .is_ok()
    );
    assert!(Policy::Sole.check(&"--- ".repeat(5), &nameless).is_ok());
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let found: Vec<_> = violations(Policy::Sole, "balance")
        .into_iter()
        .map(PolicyViolation::code)
        .collect();
    assert_eq!(
        found,
        vec!["password_too_short", "password_common", "password_personal"]
    );
}

proptest! {
    #[test]
    fn any_text_is_accepted_or_refused_and_never_altered_but_by_nfc(typed in "\\PC{0,80}") {
        if let Ok(password) = Policy::WithSecondFactor.check(&typed, &ADA) {
            let nfc: String = NFC.normalize(&typed).into_owned();
            prop_assert_eq!(password.expose(), nfc.as_str());
            prop_assert!(nfc.chars().count() >= 8);
        }
    }

    #[test]
    fn normalizing_twice_changes_nothing(typed in "[a-zA-Zà-ÿ\u{300}-\u{36f}가-힣ᄀ-ᇿ]{0,60}") {
        if let Ok(once) = Password::normalize(&typed) {
            let twice = Password::normalize(once.expose());
            prop_assert!(twice.is_ok_and(|twice| twice.expose() == once.expose()));
        }
    }

    #[test]
    fn a_repeat_of_a_personal_word_is_refused(times in 1_usize..20) {
        let typed = "Lovelace".repeat(times);
        prop_assert!(violations(Policy::WithSecondFactor, &typed).contains(&PolicyViolation::Personal));
    }
}
