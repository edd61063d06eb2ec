//! What an Item may do, and whether it is there already.

use plaid::{Item, ItemFingerprint, READ_ONLY_PRODUCTS, ReadOnlyGrant};
use proptest::prelude::*;

const NONE: [&str; 0] = [];

fn refused(products: &[&str], consented: &[&str]) -> Vec<String> {
    ReadOnlyGrant::check(products, consented)
        .err()
        .map(|refused| refused.products.iter().map(ToString::to_string).collect())
        .unwrap_or_default()
}

#[test]
fn every_product_that_reads_is_allowed_from_either_list() {
    assert_eq!(
        ReadOnlyGrant::check(READ_ONLY_PRODUCTS, READ_ONLY_PRODUCTS),
        Ok(())
    );
    assert_eq!(ReadOnlyGrant::check(NONE, NONE), Ok(()));
}

#[test]
fn every_other_product_of_plaids_is_refused() {
    for product in [
        "assets",
        "auth",
        "beacon",
        "identity",
        "identity_match",
        "investments_auth",
        "payment_initiation",
        "identity_verification",
        "credit_details",
        "income",
        "income_verification",
        "standing_orders",
        "transfer",
        "employment",
        "signal",
        "statements",
        "processor_payments",
        "processor_identity",
        "profile",
        "cra_base_report",
        "cra_income_insights",
        "cra_partner_insights",
        "cra_network_insights",
        "cra_cashflow_insights",
        "cra_monitoring",
        "cra_lend_score",
        "cra_plaid_credit_score",
        "layer",
        "pay_by_bank",
        "protect_linked_bank",
        "protect_transactions",
    ] {
        assert_eq!(refused(&["transactions", product], &NONE), [product]);
        assert_eq!(
            refused(&["transactions"], &["transactions", product]),
            [product]
        );
    }
}

#[test]
fn what_nobody_knows_is_refused_and_named_once_and_safely() {
    assert_eq!(
        refused(
            &["Transactions", "", "transactions ", "\u{1b}[31m"],
            &["auth", "auth"]
        ),
        ["Transactions", "", "transactions?", "??31m", "auth"]
    );
    let error = ReadOnlyGrant::check(["auth", "transfer"], NONE);
    let message = error.map_err(|refused| refused.to_string());
    assert_eq!(
        message,
        Err("the bank granted more than read access: auth, transfer".to_owned())
    );
}

#[test]
fn an_item_is_judged_by_all_three_of_its_lists() {
    let item = |lists: &str| {
        format!(
            r#"{{"item_id":"i","webhook":null,"error":null,"available_products":["auth"],
            "consent_expiration_time":null,"update_type":"background",{lists}}}"#
        )
    };
    for (lists, allowed) in [
        (r#""billed_products":["transactions"]"#, true),
        (r#""billed_products":["auth"]"#, false),
        (
            r#""billed_products":[],"products":["transactions"],"consented_products":["balance"]"#,
            true,
        ),
        (r#""billed_products":[],"products":["transfer"]"#, false),
        (
            r#""billed_products":[],"consented_products":["identity"]"#,
            false,
        ),
    ] {
        let json = item(lists);
        let item: Item<'_> = serde_json::from_str(&json).expect("an Item");
        let verdict = ReadOnlyGrant::check(item.granted_products(), NONE);
        assert_eq!(verdict.is_ok(), allowed, "{lists}");
    }
}

fn fingerprint(
    institution: &str,
    accounts: &[(&'static str, Option<&'static str>)],
) -> ItemFingerprint {
    ItemFingerprint::new(institution, accounts.iter().copied())
}

#[test]
fn the_same_accounts_at_the_same_bank_are_a_duplicate() {
    let linked = fingerprint(
        "ins_1",
        &[("Checking", Some("0000")), ("Saving", Some("1111"))],
    );
    let again = fingerprint(
        "ins_1",
        &[("Saving", Some("1111")), ("Checking", Some("0000"))],
    );
    assert!(linked.duplicates(&again));
}

#[test]
fn another_selection_of_the_same_accounts_is_a_duplicate_both_ways() {
    let all = fingerprint(
        "ins_1",
        &[("Checking", Some("0000")), ("Saving", Some("1111"))],
    );
    let one = fingerprint("ins_1", &[("Saving", Some("1111"))]);
    assert!(all.duplicates(&one) && one.duplicates(&all));
}

#[test]
fn another_bank_mask_or_login_is_not_a_duplicate() {
    let linked = fingerprint(
        "ins_1",
        &[("Checking", Some("0000")), ("Joint", Some("2222"))],
    );
    for other in [
        fingerprint(
            "ins_2",
            &[("Checking", Some("0000")), ("Joint", Some("2222"))],
        ),
        fingerprint("ins_1", &[("Checking", Some("9999"))]),
        fingerprint("ins_1", &[("Checking", None)]),
        fingerprint("ins_1", &[("Mine", Some("3333")), ("Joint", Some("2222"))]),
        fingerprint("ins_1", &[]),
    ] {
        assert!(!linked.duplicates(&other) && !other.duplicates(&linked));
    }
    let empty = fingerprint("ins_1", &[]);
    assert!(!empty.duplicates(&empty));
}

proptest! {
    #[test]
    fn a_grant_is_allowed_exactly_when_all_of_it_is_listed(
        products in proptest::collection::vec("[a-z_]{0,12}|transactions|balance|auth", 0..6),
        consented in proptest::collection::vec("liabilities|investments|transfer", 0..4),
    ) {
        let listed = products.iter().chain(&consented).all(|p| READ_ONLY_PRODUCTS.contains(&p.as_str()));
        prop_assert_eq!(ReadOnlyGrant::check(&products, &consented).is_ok(), listed);
    }
}
