//! Local stand-ins for the services Balance calls, in one process: Plaid, Pwned Passwords, Stripe,
//! Cloudflare's API, an S3-compatible object store, New Relic, AppSignal, a mailbox and, in front
//! of a MariaDB, PlanetScale. They speak the real wire protocols, with the failures that the real
//! services have.
//! Nothing here keeps state outside memory, and nothing listens beyond 127.0.0.1.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a developer's tool: what it asserts are its own invariants, and JSON values index without panic"
)]
#![allow(
    clippy::option_option,
    reason = "on the wire an absent member and a null are two things"
)]
#![allow(
    clippy::struct_field_names,
    reason = "structs that are serialized have the names of Plaid's schema"
)]

mod client;
mod cloudflare;
mod control;
mod faults;
mod mailbox;
mod options;
mod plaid;
mod planetscale;
mod pwned;
mod s3;
mod seed;
mod server;
mod stripe;
mod telemetry;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use client::{Answer, Unanswered, send};
pub use options::{BadArgument, Options, Parsed, USAGE};

/// The running stand-ins. Dropping it ends them.
pub struct Sandbox {
    announcement: serde_json::Value,
    _services: JoinSet<()>,
}

impl Sandbox {
    /// Binds all ports and serves them.
    ///
    /// # Errors
    /// When a port cannot be bound, or MariaDB does not answer.
    pub async fn start(options: Options) -> io::Result<Self> {
        let mut services = JoinSet::new();
        let plaid = open(
            &mut services,
            options.plaid_port,
            plaid::router(options.plaid.clone()),
        )
        .await?;
        let pwned = open(
            &mut services,
            options.pwned_port,
            pwned::router(options.plaid.seed),
        )
        .await?;
        let stripe = open(
            &mut services,
            options.stripe_port,
            stripe::router(options.stripe.clone()),
        )
        .await?;
        let cloudflare = open(&mut services, options.cloudflare_port, cloudflare::router()).await?;
        let s3 = open(&mut services, options.s3_port, s3::router()).await?;
        let new_relic = open(
            &mut services,
            options.new_relic_port,
            telemetry::router(telemetry::Vendor::NewRelic),
        )
        .await?;
        let appsignal = open(
            &mut services,
            options.appsignal_port,
            telemetry::router(telemetry::Vendor::AppSignal),
        )
        .await?;
        let inbox = mailbox::Inbox::new(options.mail_log.clone());
        let mailbox = open(
            &mut services,
            options.mailbox_port,
            mailbox::router(inbox.clone()),
        )
        .await?;
        services.spawn(mailbox::follow(inbox.clone()));
        let mut announcement = json!({
            "plaid": plaid,
            "pwned": pwned,
            "mailbox": mailbox,
            "cloudflare": cloudflare,
            "cloudflare_account_id": cloudflare::ACCOUNT,
            "cloudflare_audit_token": cloudflare::TOKEN,
            "s3": s3,
            "s3_region": s3::REGION,
            "s3_bucket": s3::BUCKET,
            "s3_access_key_id": s3::ACCESS_KEY_ID,
            "s3_secret_access_key": s3::SECRET_ACCESS_KEY,
            "new_relic": new_relic,
            "new_relic_license_key": telemetry::NEW_RELIC_KEY,
            "appsignal": appsignal,
            "appsignal_push_key": telemetry::PUSH_KEY,
            "appsignal_frontend_key": telemetry::FRONTEND_KEY,
            "stripe": stripe,
            "stripe_secret_key": options.stripe.secret_key,
            "stripe_webhook_secret": options.stripe.webhook_secret,
            "plaid_client_id": options.plaid.client_id,
            "plaid_secret": options.plaid.secret,
            "seed": options.plaid.seed,
            "today": options.plaid.today,
        });
        if let Some(port) = options.smtp_port {
            let listener = listen(port).await?;
            announcement["smtp"] = listener.local_addr()?.to_string().into();
            services.spawn(mailbox::serve_smtp(listener, inbox));
        }
        let Options {
            planetscale: settings,
            planetscale_port,
            ..
        } = options;
        if let Some(socket) = settings.socket.clone() {
            announcement["planetscale_username"] = settings.username.clone().into();
            announcement["planetscale_password"] = settings.password.clone().into();
            let router = planetscale::router(settings, &socket).await;
            let router = router.map_err(io::Error::other)?;
            let url = open(&mut services, planetscale_port, router).await?;
            announcement["planetscale"] = url.into();
        }
        Ok(Self {
            announcement,
            _services: services,
        })
    }

    /// The line printed on stdout: base URLs, keys, seed and date, as JSON.
    #[must_use]
    pub fn announcement(&self) -> &serde_json::Value {
        &self.announcement
    }
}

async fn open(services: &mut JoinSet<()>, port: u16, router: Router) -> io::Result<String> {
    let listener = listen(port).await?;
    let address = listener.local_addr()?;
    services.spawn(server::serve(listener, router));
    Ok(format!("http://{address}"))
}

async fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}
