//! A webhook's body: whatever arrives, nothing panics, and an event names what a second,
//! plain reading of the same JSON finds. So does a subscription, from the same bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use stripe::webhook::{Event, EventId, EventKind};
use stripe::{Status, SubscriptionGet, read_reply};

fuzz_target!(|data: &[u8]| {
    judge(data);
    // As the object of an event of every kind, so that it is reached past the JSON around.
    let (first, object) = data.split_first().unwrap_or((&0, &[]));
    let kind = EventKind::ALL[usize::from(*first) % EventKind::ALL.len()].name();
    let head =
        format!(r#"{{"id":"evt_1","type":"{kind}","created":1,"livemode":true,"data":{{"object":"#);
    judge(&[head.as_bytes(), object, b"}}"].concat());

    for status in [200, 400, 404, 500] {
        match read_reply::<SubscriptionGet<'_>>(status, data) {
            Ok(read) => {
                let plain: Value = serde_json::from_slice(data).expect("a reply is JSON");
                assert_eq!(plain["id"], read.id.as_str());
                assert_eq!(plain["customer"], read.customer.as_str());
                let word = plain["status"].as_str().expect("text");
                assert_eq!(Status::parse(word), read.status);
            }
            Err(error) => {
                let _ = error.classify();
                assert!(error.to_string().len() < 200);
                assert!(
                    error
                        .to_string()
                        .bytes()
                        .all(|byte| matches!(byte, b' '..=b'~'))
                );
            }
        }
    }
});

fn judge(body: &[u8]) {
    let Ok(event) = Event::parse(body) else {
        return;
    };
    // serde's plain reader has a limit of depth where ours passes over what it skips.
    let Ok(plain) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    let object = &plain["data"]["object"];
    let kind = plain["type"].as_str().expect("text");
    assert_eq!(event.kind, EventKind::parse(kind));
    assert_eq!(plain["created"], event.created);
    assert_eq!(plain["livemode"], event.livemode);
    assert!(plain["id"].as_str().and_then(EventId::parse) == Some(event.id));
    // Nobody, where an object says twice who it is; else whom the plain reading finds.
    if let Some(customer) = event.customer {
        assert_eq!(id_of(&object["customer"]), Some(customer.as_str()));
    }
    if let Some(subscription) = event.subscription {
        let of_parent = &object["parent"]["subscription_details"]["subscription"];
        let named = if event.kind.name().starts_with("customer.subscription.") {
            [id_of(&object["id"]), None]
        } else {
            [id_of(of_parent), id_of(&object["subscription"])]
        };
        assert!(named.contains(&Some(subscription.as_str())));
    }
}

fn id_of(reference: &Value) -> Option<&str> {
    reference.as_str().or_else(|| reference["id"].as_str())
}
