//! What a request costs over HTTP, and that no request goes to every shard.

use end_to_end::{Reply, TestApp};
use serde_json::json;

use super::start;

fn trips(reply: &Reply) -> u64 {
    let timing = reply.header("server-timing").unwrap_or_default().to_owned();
    let (_, rest) = timing.split_once("trips;desc=\"").expect("a count");
    rest.split_once(' ').unwrap().0.parse().unwrap()
}

#[test]
fn a_warm_read_is_one_round_trip_and_a_cold_one_two() {
    let app = start();
    let ada = app.person();
    app.connect(&ada, &json!({"transactions": 40}));
    let path = "/v1/transactions?limit=20";
    ada.get(path).expect(200);
    let warm = ada.get(path);
    warm.expect(200);
    assert_eq!(trips(&warm), 1);
    assert_eq!(trips(&ada.get("/v1/me")), 1);
    assert_eq!(trips(&ada.get("/v1/accounts")), 1);
}

/// Everything a person does in a day.
fn a_day(app: &TestApp) {
    let ada = app.person();
    let connection = app.connect(&ada, &json!({"transactions": 40}));
    for path in [
        "/v1/me",
        "/v1/accounts",
        "/v1/transactions",
        "/v1/items",
        "/v1/sessions",
    ] {
        ada.get(path).expect(200);
    }
    ada.post("/v1/transactions/search", &json!({"text": "a"}))
        .expect(200);
    connection.bank.update(r#"{"add":3,"webhooks":false}"#);
    connection.refresh().expect(200);
    ada.delete(&format!("/v1/items/{}", connection.id))
        .expect(204);
    ada.delete("/v1/sessions/current").expect(204);
}

/// Everything that a person has of hers, and then nothing.
fn a_last_day(app: &TestApp) {
    let ada = app.person();
    app.connect(&ada, &json!({"transactions": 40}));
    ada.by_password("GET", "/v1/me/export", None).expect(200);
    let begun = ada.by_password("DELETE", "/v1/me", None);
    begun.expect(202);
    let client = app.stranger().with_token(&begun.string("/token"));
    let path = format!("/v1/erasures/{}", begun.string("/id"));
    app.eventually("she is erased", || {
        client.get(&path).value("/status") == "erased"
    });
}

#[test]
fn nothing_a_person_does_goes_to_every_shard() {
    let app = start();
    app.planetscale().forget();
    a_day(&app);
    a_last_day(&app);
    let scattered = app.planetscale().scattered();
    assert!(scattered.is_empty(), "{scattered:#?}");
}
