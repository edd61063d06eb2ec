//! Many uses of a consent at the same moment, to get more than she allowed.

use std::sync::Barrier;

use serde_json::json;

use super::super::{app, console, customer, stage};

#[test]
fn uses_at_once_are_counted_each() {
    let customer = customer();
    let person = &customer.holder.person;
    let whom = json!({"user": person.id});
    let consoles: Vec<_> = (0..8).map(|_| console()).collect();
    let consent = consoles[0].ask(person, &[&person.id], &["user.email"], 3);
    customer.holder.grant(&consent);
    let start = Barrier::new(consoles.len());
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let running: Vec<_> = consoles
            .iter()
            .map(|console| {
                scope.spawn(|| {
                    start.wait();
                    console.give_under(&consent, "user.show", &whom).status()
                })
            })
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let ran = statuses.iter().filter(|status| **status == 200).count();
    assert!(ran <= 3, "{statuses:?}");
    assert!(
        statuses
            .iter()
            .all(|status| [200, 403, 503].contains(status)),
        "{statuses:?}"
    );
    let log = customer.holder.access_log();
    let used = log.iter().filter(|leaf| leaf["kind"] == "consent.used");
    assert_eq!(used.count(), ran);
    let shown = person
        .get(&format!("/v1/me/consents/{consent}"))
        .expect(200);
    assert_eq!(shown["uses_left"], 3 - ran);
}

/// Two hundred appends, from sessions of the console and from people at once.
#[test]
fn two_hundred_appends_at_once_leave_no_gap() {
    let count = |table: &str| app().count_rows(table);
    let customer = customer();
    let whom = json!({"user": customer.holder.person.id});
    let consoles: Vec<_> = (0..10).map(|_| stage().first.log_in()).collect();
    let before = count("audit_leaf");
    std::thread::scope(|scope| {
        for console in &consoles {
            let whom = &whom;
            scope.spawn(move || {
                for _ in 0..10 {
                    console.give("user.show", whom).expect(200);
                }
            });
        }
    });
    assert!(count("audit_leaf") >= before + 200);
    app().sweep();
    let mirror = app().audit_log().verified().unwrap();
    assert!(mirror.checkpoint.size >= before + 200);
    let log = customer.holder.access_log();
    let hers = log
        .iter()
        .filter(|leaf| leaf["event"]["command"] == "user.show");
    assert_eq!(hers.count(), 100, "a page of them");
}
