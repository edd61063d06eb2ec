use std::collections::BTreeMap;

use super::*;
use crate::deploy::hands::Seen;
use crate::keyring::Escrow;
use stack::Workspace;

/// Hands that write down what they are told to do.
struct Scripted {
    done: Vec<String>,
    said: String,
    changes: &'static str,
    secrets: &'static str,
    databases: &'static str,
    pages: BTreeMap<&'static str, Seen>,
    escrow: Option<Escrow>,
    waited: u32,
}

const HEALTH: &str = r#"{"status":"ok","keyring":{"current":1,"versions":[1]}}"#;
/// As `/audit/log/key` shows the key of 32 bytes of 7.
const LOG_KEY: &str =
    "balance.test/audit/log+2c5e4a29+AQcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n";
const ESCROW: &str = r#"{
    "format": "balance-escrow/v1",
    "current": 1,
    "versions": [1],
    "audit_key": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
    "recipients": ["age1…"],
    "sha256": ""
}"#;

const ALL_SECRETS: &str = r#"[{"name":"KEYRING"},{"name":"AUDIT_SIGNING_KEY"},{"name":"PLAID_CLIENT_ID"},{"name":"PLAID_SECRET"}]"#;

fn page(status: u16, headers: &[(&str, &str)], body: &str) -> Seen {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Seen {
        status,
        headers: headers.iter().map(owned).collect(),
        body: body.to_owned(),
    }
}

impl Scripted {
    fn new() -> Self {
        let fixed = [
            ("strict-transport-security", "max-age=1"),
            ("content-security-policy", "default-src 'none'"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-request-id", "req_1"),
        ];
        let to = ("location", "https://balance.test/healthz");
        Self {
            done: Vec::new(),
            said: String::new(),
            changes: "",
            secrets: ALL_SECRETS,
            databases: r#"[{"name":"balance-production"}]"#,
            pages: [
                ("https://balance.test/healthz", page(200, &fixed, HEALTH)),
                (
                    "https://balance.test/audit/log/checkpoint",
                    page(200, &fixed, "balance.test/audit/log\n0\n"),
                ),
                (
                    "https://balance.test/audit/log/key",
                    page(200, &fixed, LOG_KEY),
                ),
                ("http://balance.test/healthz", page(308, &[to], "")),
            ]
            .into(),
            escrow: Some(serde_json::from_str(ESCROW).unwrap()),
            waited: 0,
        }
    }

    /// Deploys production; what was done, and how it ended.
    fn deploy(&mut self) -> (String, Result<()>) {
        let ended = deploy(&production(), self);
        (self.done.join("\n"), ended)
    }

    /// Why a deployment was refused, and that nothing was changed.
    fn refused(&mut self) -> String {
        let (done, ended) = self.deploy();
        for change in ["apply", "create", "deploy --env"] {
            assert!(!done.contains(change), "{done}");
        }
        format!("{:#}", ended.unwrap_err())
    }

    fn set(&mut self, url: &'static str, seen: Seen) -> &mut Self {
        self.pages.insert(url, seen);
        self
    }
}

impl Hands for Scripted {
    fn ask(&mut self, program: &str, arguments: &[&str]) -> Result<String> {
        let line = format!("{program} {}", arguments.join(" "));
        let answer = match arguments {
            ["status", ..] => self.changes,
            ["secret", ..] => self.secrets,
            ["d1", "list", ..] => self.databases,
            _ => bail!("{line} was not expected"),
        };
        self.done.push(line);
        Ok(answer.to_owned())
    }

    fn run(&mut self, _: &str, program: &str, arguments: &[&str]) -> Result<()> {
        self.done.push(format!("{program} {}", arguments.join(" ")));
        Ok(())
    }

    fn escrow(&mut self, environment: &str) -> Result<Escrow> {
        assert_eq!(environment, "production");
        self.escrow.clone().context("there is no escrow")
    }

    fn migrate_planetscale(&mut self) -> Result<()> {
        self.done.push("migrate PlanetScale".to_owned());
        Ok(())
    }

    fn fetch(&mut self, url: &str) -> Result<Seen> {
        self.done.push(format!("GET {url}"));
        self.pages.get(url).cloned().context("connection refused")
    }

    fn wait(&mut self) {
        self.waited += 1;
    }

    fn say(&mut self, words: &str) {
        self.said.push_str(words);
        self.said.push('\n');
    }
}

fn text() -> String {
    let path = Workspace::here().path("wrangler.toml");
    let text = std::fs::read_to_string(path).unwrap();
    text.replace("balance.example.com", "balance.test")
}

fn production() -> Settings {
    Settings::of(&text(), Some("production")).unwrap()
}

#[test]
fn what_can_refuse_comes_before_what_changes_and_the_schema_before_the_worker() {
    let mut hands = Scripted::new();
    let (done, ended) = hands.deploy();
    ended.unwrap();
    let expected = "\
git status --porcelain
wrangler secret list --format json --env production
GET https://balance.test/healthz
GET https://balance.test/audit/log/key
wrangler deploy --dry-run --outdir target/xtask/dry-run --env production
wrangler d1 list --json
wrangler d1 migrations apply DB --remote --env production
wrangler deploy --env production
GET https://balance.test/healthz
GET https://balance.test/audit/log/checkpoint
GET http://balance.test/healthz
GET https://balance.test/healthz
GET https://balance.test/audit/log/key";
    assert_eq!(done, expected);
    assert!(
        hands
            .said
            .contains("npx wrangler rollback --env \"production\"")
    );
    assert!(hands.said.contains("leaves the schema"));
}

#[test]
fn a_database_that_is_not_there_is_made_before_it_is_migrated() {
    let mut hands = Scripted::new();
    hands.databases = r#"[{"name":"balance"}]"#;
    let (done, ended) = hands.deploy();
    ended.unwrap();
    let made = done.find("wrangler d1 create balance-production").unwrap();
    assert!(made < done.find("migrations apply").unwrap());
}

#[test]
fn planetscale_is_migrated_in_the_same_place() {
    let secrets = r#""PLAID_SECRET", "PLANETSCALE_USERNAME", "PLANETSCALE_PASSWORD"]"#;
    let engine = "DATABASE_ENGINE = \"planetscale\"\nPLANETSCALE_URL = \"https://psdb.test\"";
    let text = text()
        .replace("DATABASE_ENGINE = \"d1\"", engine)
        .replace("\"PLAID_SECRET\"]", secrets);
    let settings = Settings::of(&text, Some("production")).unwrap();
    let mut hands = Scripted::new();
    let missing = deploy(&settings, &mut hands).unwrap_err().to_string();
    assert!(
        missing.contains("PLANETSCALE_USERNAME, PLANETSCALE_PASSWORD"),
        "{missing}"
    );
    let mut hands = Scripted::new();
    let all = r#"},{"name":"PLANETSCALE_USERNAME"},{"name":"PLANETSCALE_PASSWORD"}]"#;
    hands.secrets = String::leak(ALL_SECRETS.replace("}]", all));
    deploy(&settings, &mut hands).unwrap();
    let migrated = hands
        .done
        .iter()
        .position(|line| line == "migrate PlanetScale");
    let deployed = hands
        .done
        .iter()
        .position(|line| line == "wrangler deploy --env production");
    assert!(migrated.unwrap() < deployed.unwrap());
}

#[test]
fn a_missing_secret_is_named_and_nothing_is_changed() {
    let mut hands = Scripted::new();
    hands.secrets = r#"[{"name":"KEYRING"},{"name":"PLAID_CLIENT_ID"}]"#;
    let refused = hands.refused();
    assert!(
        refused.contains("AUDIT_SIGNING_KEY, PLAID_SECRET"),
        "{refused}"
    );
}

#[test]
fn without_an_escrow_nothing_is_deployed() {
    let mut hands = Scripted::new();
    hands.escrow = None;
    assert!(hands.refused().contains("there is no escrow"));
    let mut hands = Scripted::new();
    hands.escrow = None;
    assert!(!rehearse(&production(), &mut hands).unwrap());
    assert!(hands.said.contains("refused: there is no escrow"));
}

#[test]
fn a_service_that_the_escrow_would_not_bring_back_is_not_deployed_over() {
    let other = HEALTH.replace("[1]", "[1,2]");
    let mut hands = Scripted::new();
    let refused = hands
        .set("https://balance.test/healthz", page(200, &[], &other))
        .refused();
    assert!(
        refused.contains("would not bring this service back"),
        "{refused}"
    );
    let mut hands = Scripted::new();
    let key = LOG_KEY.replace("AQcH", "AQgH");
    let refused = hands
        .set("https://balance.test/audit/log/key", page(200, &[], &key))
        .refused();
    assert!(refused.contains("another key"), "{refused}");
}

#[test]
fn a_first_deployment_has_nothing_to_be_held_to_before() {
    let mut hands = Scripted::new();
    hands.pages.clear();
    let (done, ended) = hands.deploy();
    assert!(done.contains("wrangler deploy --env production"));
    assert!(ended.is_err(), "it does not answer");
}

#[test]
fn a_changed_checkout_is_refused() {
    let mut hands = Scripted::new();
    hands.changes = " M src/lib.rs\n";
    assert!(hands.refused().contains("commit them"));
}

#[test]
fn a_rehearsal_asks_no_account_and_tells_every_step() {
    let mut hands = Scripted::new();
    assert!(rehearse(&production(), &mut hands).unwrap());
    let done = hands.done.join("\n");
    let expected = "git status --porcelain\nwrangler deploy --dry-run --outdir target/xtask/dry-run --env production";
    assert_eq!(done, expected);
    for step in [
        "secret list",
        "d1 migrations apply DB --remote",
        "wrangler deploy",
        "rollback",
    ] {
        assert!(hands.said.contains(step), "{step}: {}", hands.said);
    }
}

#[test]
fn a_rehearsal_says_what_would_be_refused() {
    let example = text().replace("balance.test", "balance.example.com");
    let settings = Settings::of(&example, Some("production")).unwrap();
    let mut hands = Scripted::new();
    assert!(!rehearse(&settings, &mut hands).unwrap());
    assert!(
        hands
            .said
            .contains("refused: ORIGIN is still the example's")
    );
}

#[test]
fn a_version_that_comes_up_late_is_waited_for_and_one_that_does_not_is_told() {
    let mut hands = Scripted::new();
    let ill = page(503, &[], r#"{"status":"failing"}"#);
    hands.set("https://balance.test/healthz", ill);
    let (done, ended) = hands.deploy();
    assert!(done.contains("wrangler deploy --env production"));
    assert!(hands.waited > 5);
    let told = format!("{:#}", ended.unwrap_err());
    assert!(
        told.contains("it is deployed, but") && told.contains("503"),
        "{told}"
    );
    assert!(hands.said.contains("rollback"));
}

#[test]
fn a_worker_that_answers_in_the_clear_or_without_its_headers_or_for_another_host_is_told() {
    let plain = page(200, &[], HEALTH);
    let other = page(200, &[], "balance.example.com/audit/log\n0\n");
    for (url, seen, words) in [
        (
            "http://balance.test/healthz",
            plain.clone(),
            "not sent on to https",
        ),
        (
            "https://balance.test/healthz",
            plain,
            "no strict-transport-security",
        ),
        (
            "https://balance.test/audit/log/checkpoint",
            other,
            "checkpoint",
        ),
    ] {
        let (_, ended) = Scripted::new().set(url, seen).deploy();
        let told = format!("{:#}", ended.unwrap_err());
        assert!(told.contains(words), "{told}");
    }
}
