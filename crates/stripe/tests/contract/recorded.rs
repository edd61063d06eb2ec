//! Every `stripe-requests*.jsonl` of the folder that `BALANCE_VECTORS` names, or else of
//! ours: what Stripe's client for Node sent, a line a call.

use std::path::{Path, PathBuf};
use std::{env, fs};

use stripe::{
    CheckoutSessionCreate, CustomerCreate, CustomerId, PortalSessionCreate, SubscriptionGet,
    SubscriptionId,
};

use super::sent::{Sent, sent};

fn recordings() -> Vec<Vec<Sent>> {
    let ours = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let folder = env::var_os("BALANCE_VECTORS").map_or_else(ours, PathBuf::from);
    let recordings: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("the vectors in {}: {error}", folder.display()))
        .map(|file| file.expect("a readable folder").path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("stripe-requests") && name.ends_with(".jsonl")
        })
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a readable file");
            let lines = text.lines().filter(|line| !line.is_empty());
            lines
                .map(|line| serde_json::from_str(line).expect("a request"))
                .collect()
        })
        .collect();
    assert!(
        !recordings.is_empty(),
        "no stripe-requests*.jsonl in {}",
        folder.display()
    );
    recordings
}

#[test]
fn every_recorded_call_is_ours_byte_for_byte() {
    let customer = CustomerId::parse("cus_1").expect("an id");
    let subscription = SubscriptionId::parse("sub_1").expect("an id");
    let idempotency_key = "once";
    let ours = [
        sent(&CheckoutSessionCreate {
            customer: &customer,
            client_reference_id: "usr_1",
            price: "price_1",
            success_url: "https://app.test/ok?session_id={CHECKOUT_SESSION_ID}",
            cancel_url: "https://app.test/no",
            user_id: "usr_1",
            trial_days: None,
            allow_promotion_codes: true,
            idempotency_key,
        }),
        sent(&PortalSessionCreate {
            customer: &customer,
            return_url: "https://app.test/billing",
            idempotency_key,
        }),
        sent(&SubscriptionGet {
            subscription: &subscription,
        }),
        sent(&CustomerCreate {
            email: Some("a+b@x.test"),
            user_id: "usr_1",
            idempotency_key,
        }),
    ];
    for recording in recordings() {
        assert_eq!(recording, ours);
    }
}
