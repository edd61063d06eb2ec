//! localstripe (`PyPI`) in the place of Stripe: another's idea of its API, a subscription's
//! life in it, and its own signed events. It has no Checkout and no portal, and speaks an
//! older version.

use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use end_to_end::{Client, Reply, TestApp};
use serde_json::{Value, json};
use stack::StackOptions;

use super::installed;

const KEY: &str = "sk_test_of_localstripe";
const SECRET: &str = "whsec_of_localstripe";

/// A running localstripe, ended when it is dropped.
struct LocalStripe {
    process: Child,
    url: String,
    client: Client,
}

impl LocalStripe {
    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        drop(listener);
        let mut program = installed("localstripe", "BALANCE_LOCALSTRIPE");
        program.args(["--from-scratch", "--port", &port.to_string()]);
        program.stdout(Stdio::null()).stderr(Stdio::null());
        let process = program.spawn().expect("localstripe starts");
        let url = format!("http://127.0.0.1:{port}");
        let client = Client::new(&url, "127.0.0.1").with_token(KEY);
        let started = Self {
            process,
            url,
            client,
        };
        let deadline = Instant::now() + Duration::from_secs(30);
        while started
            .client
            .call("GET", "/v1/customers")
            .try_send()
            .is_err()
        {
            assert!(Instant::now() < deadline, "localstripe does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        started
    }

    fn post(&self, path: &str, form: &str) -> Value {
        let form_type = "application/x-www-form-urlencoded";
        let call = self.client.call("POST", path);
        call.body(form_type, form.to_owned()).send().expect(200)
    }

    fn get(&self, path: &str) -> Reply {
        self.client.get(path)
    }
}

impl Drop for LocalStripe {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_subscription_lives_and_ends_with_a_stripe_of_others_making() {
    let stripe = LocalStripe::start();
    let options = StackOptions {
        explorer: true,
        ..StackOptions::default()
    };
    let app = TestApp::start_with(
        options
            .var("STRIPE_BASE_URL", &stripe.url)
            .var("STRIPE_SECRET_KEY", KEY)
            .var("STRIPE_WEBHOOK_SECRETS", SECRET),
    );
    let webhook =
        json!({"url": format!("{}/webhooks/stripe", app.stack().origin()), "secret": SECRET});
    stripe
        .client
        .post("/_config/webhooks/balance", &webhook)
        .expect(200);
    stripe.post("/v1/products", "id=prod_plus&name=Plus&type=service");
    stripe.post(
        "/v1/plans",
        "id=plan_monthly&product=prod_plus&amount=500&currency=usd&interval=month",
    );

    let ada = app.person();
    let plan = || ada.get("/v1/billing/subscription").expect(200);
    // She becomes a customer; the page itself localstripe does not have.
    let checkout = json!({"offer": "monthly"});
    ada.post("/v1/billing/checkout", &checkout)
        .expect_problem(502, "upstream");
    let customers = stripe.get("/v1/customers").expect(200);
    let hers = |known: &&Value| known["metadata"]["user_id"] == ada.id.as_str();
    let hers: Vec<&Value> = customers["data"]
        .as_array()
        .expect("customers")
        .iter()
        .filter(hers)
        .collect();
    assert_eq!(hers.len(), 1, "{customers}");
    assert_eq!(hers[0]["email"], json!(null));
    let id = hers[0]["id"].as_str().expect("an id");

    let card = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123";
    let card = stripe.post("/v1/payment_methods", card);
    let card = card["id"].as_str().expect("an id");
    stripe.post(
        &format!("/v1/payment_methods/{card}/attach"),
        &format!("customer={id}"),
    );
    let default = format!("invoice_settings[default_payment_method]={card}");
    stripe.post(&format!("/v1/customers/{id}"), &default);
    let subscription = format!("customer={id}&items[0][plan]=plan_monthly");
    let subscription = stripe.post("/v1/subscriptions", &subscription);
    assert_eq!(subscription["status"], "active");
    app.eventually("its event has brought the plan", || {
        plan()["plan"] == "plus"
    });
    assert_eq!(plan()["status"], "active");
    assert!(plan()["current_period_end"].is_string());

    let path = format!(
        "/v1/subscriptions/{}",
        subscription["id"].as_str().expect("an id")
    );
    stripe.client.call("DELETE", &path).send().expect(200);
    app.eventually("its event has ended the plan", || plan()["plan"] == "free");
    assert_eq!(plan()["status"], "canceled");

    ada.by_password("DELETE", "/v1/me", None).expect(202);
    app.eventually("she is no customer any more", || {
        let customer = stripe.get(&format!("/v1/customers/{id}"));
        customer.status() == 404 || customer.json()["deleted"] == true
    });
}
