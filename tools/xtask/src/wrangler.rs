//! What wrangler.toml must say, whatever else changes in it.

use std::collections::BTreeSet;
use std::fs;

use stack::Workspace;
use toml::{Table, Value};

fn file(name: &str) -> String {
    fs::read_to_string(Workspace::here().path(name)).unwrap()
}

fn config() -> Table {
    toml::from_str(&file("wrangler.toml")).unwrap()
}

/// The names that the Worker finds in its environment.
fn bound(environment: &Table) -> BTreeSet<String> {
    let lists = [
        ("d1_databases", "binding"),
        ("ratelimits", "name"),
        ("send_email", "name"),
    ];
    let listed = lists.iter().flat_map(|(list, key)| {
        let entries = environment
            .get(*list)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        entries.filter_map(move |entry| entry.get(key)?.as_str())
    });
    let queues = environment["queues"]["producers"]
        .as_array()
        .into_iter()
        .flatten();
    let queues = queues.filter_map(|queue| queue.get("binding")?.as_str());
    let secrets = environment["secrets"]["required"]
        .as_array()
        .into_iter()
        .flatten();
    let vars = environment["vars"]
        .as_table()
        .into_iter()
        .flat_map(Table::keys);
    let names = listed
        .chain(queues)
        .chain(secrets.filter_map(Value::as_str));
    names
        .chain(vars.map(String::as_str))
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_url_is_recorded_by_the_platform() {
    let config = config();
    let observability = &config["observability"];
    assert_eq!(observability["traces"]["enabled"], Value::Boolean(false));
    assert_eq!(
        observability["logs"]["invocation_logs"],
        Value::Boolean(false)
    );
    assert_eq!(observability["logs"]["enabled"], Value::Boolean(true));
    let production = config["env"]["production"].as_table().unwrap();
    assert!(
        !production.contains_key("observability"),
        "production inherits it"
    );
}

#[test]
fn production_is_bound_to_what_the_top_level_is_bound_to() {
    let config = config();
    let top = bound(&config);
    assert_eq!(top, bound(config["env"]["production"].as_table().unwrap()));
    for name in [
        "DB",
        "EVENTS",
        "GATE",
        "MAIL",
        "KEYRING",
        "ORIGIN",
        "PLAID_BASE_URL",
    ] {
        assert!(top.contains(name), "{name}");
    }
}

#[test]
fn a_plain_deploy_is_a_production_one_over_https() {
    let config = config();
    for vars in [&config["vars"], &config["env"]["production"]["vars"]] {
        assert_eq!(vars["ENVIRONMENT"].as_str(), Some("production"));
        for url in ["ORIGIN", "PLAID_BASE_URL", "PWNED_BASE_URL"] {
            assert!(vars[url].as_str().unwrap().starts_with("https://"), "{url}");
        }
    }
}

#[test]
fn the_example_explains_every_variable_and_secret() {
    let example = file(".dev.vars.example");
    let bindings = ["DB", "EVENTS", "GATE", "MAIL"];
    for name in bound(&config())
        .iter()
        .filter(|name| !bindings.contains(&name.as_str()))
    {
        let mut lines = example.lines();
        let mut before = "";
        let explained = lines.any(|line| {
            let found = line.starts_with(&format!("{name}=")) && before.starts_with("# ");
            before = line;
            found
        });
        assert!(explained, "{name}");
    }
}

#[test]
fn the_deploy_button_explains_every_secret_and_what_the_example_has_of_its_own() {
    let package: serde_json::Value = serde_json::from_str(&file("package.json")).unwrap();
    let explained = &package["cloudflare"]["bindings"];
    let config = config();
    let secrets = config["secrets"]["required"].as_array().unwrap().iter();
    let names = secrets.filter_map(Value::as_str);
    for name in names.chain(["ORIGIN", "MAIL_FROM"]) {
        let words = explained[name]["description"].as_str();
        assert!(words.is_some_and(|words| words.len() > 20), "{name}");
    }
}

#[test]
fn the_example_explains_planetscale_and_sets_nothing_of_it() {
    let example = file(".dev.vars.example");
    for name in [
        "PLANETSCALE_URL",
        "PLANETSCALE_USERNAME",
        "PLANETSCALE_PASSWORD",
    ] {
        let mut lines = example.lines().zip(example.lines().skip(1));
        let explained = |(before, line): (&str, &str)| {
            before.starts_with("# ") && line.starts_with(&format!("#{name}="))
        };
        assert!(lines.any(explained), "{name}");
        let set = example.lines().any(|line| line.starts_with(name));
        assert!(!set, "{name} would be taken over into .dev.vars");
    }
}
