# Balance on plain workerd: the Worker that Cloudflare runs, and what stands in for the platform
# around it. `cargo xtask selfhost` lays this file out beside all that it embeds; paths that are
# read at run time are from the working directory.
@0xb5c1f0a9d2e47386;

using Workerd = import "/workerd/workerd.capnp";
using Release = import "release.capnp";

const config :Workerd.Config = (
  services = [
    (name = "balance", worker = .balance),
    (name = "storage", worker = .storage),
    (name = "cache", worker = .cache),
    (name = "site", assets = .site),
    (name = "migrations", disk = (path = "migrations")),
    # systemd's StateDirectory (--directory-path).
    (name = "state", disk = (writable = true)),
    # A mail server of this machine: it queues, signs and encrypts (README.md).
    (name = "relay", external = (address = "127.0.0.1:25", tcp = ())),
    # Public addresses only: nothing that the Worker is made to fetch is on this machine or beside it.
    (name = "internet", network = (allow = ["public"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [.public, .operator],
);

# Behind Caddy, which ends TLS and says so. Without that header a request was plain, and is sent to https.
const public :Workerd.Socket = (
  name = "public",
  address = "127.0.0.1:8080",
  http = (forwardedProtoHeader = "X-Forwarded-Proto"),
  service = "balance",
);

# For this machine's own operator and its timer: whoever may open it may read and write every row.
const operator :Workerd.Socket = (
  name = "operator",
  address = "unix:/run/balance/operator.sock",
  http = (),
  service = (name = "balance", entrypoint = "Operator"),
);

const site :Workerd.AssetsService = (
  path = "site",
  config = Release.assets,
  compatibilityDate = "2026-11-17",
);

const balance :Workerd.Worker = (
  modules = [
    (name = "host/worker.js", esModule = embed "host/worker.js"),
    (name = "host/d1.js", esModule = embed "host/d1.js"),
    (name = "host/gate.js", esModule = embed "host/gate.js"),
    (name = "host/smtp.js", esModule = embed "host/smtp.js"),
    (name = "worker/index.js", esModule = embed "worker/index.js"),
    (name = "worker/index_bg.wasm", wasm = embed "worker/index_bg.wasm"),
  ],
  compatibilityDate = "2026-11-17",
  cacheApiOutbound = "cache",
  bindings = [
    (name = "DATABASE", durableObjectNamespace = (className = "Database", serviceName = "storage")),
    (name = "QUEUE", durableObjectNamespace = (className = "Queue", serviceName = "storage")),
    (name = "ASSETS", service = (name = "site", entrypoint = "AssetWorker")),
    (name = "RELAY", service = "relay"),
    (name = "CF_VERSION_METADATA", json = Release.version),
    # Every variable of .dev.vars.example, from /etc/balance/balance.env.
    (name = "ENVIRONMENT", fromEnvironment = "ENVIRONMENT"),
    (name = "ORIGIN", fromEnvironment = "ORIGIN"),
    (name = "KEYRING", fromEnvironment = "KEYRING"),
    (name = "AUDIT_SIGNING_KEY", fromEnvironment = "AUDIT_SIGNING_KEY"),
    (name = "FIRST_OPERATOR", fromEnvironment = "FIRST_OPERATOR"),
    (name = "DATABASE_ENGINE", fromEnvironment = "DATABASE_ENGINE"),
    (name = "PLANETSCALE_URL", fromEnvironment = "PLANETSCALE_URL"),
    (name = "PLANETSCALE_USERNAME", fromEnvironment = "PLANETSCALE_USERNAME"),
    (name = "PLANETSCALE_PASSWORD", fromEnvironment = "PLANETSCALE_PASSWORD"),
    (name = "CLOUDFLARE_ACCOUNT_ID", fromEnvironment = "CLOUDFLARE_ACCOUNT_ID"),
    (name = "CLOUDFLARE_AUDIT_TOKEN", fromEnvironment = "CLOUDFLARE_AUDIT_TOKEN"),
    (name = "CLOUDFLARE_API_BASE_URL", fromEnvironment = "CLOUDFLARE_API_BASE_URL"),
    (name = "BACKUP_S3_ENDPOINT", fromEnvironment = "BACKUP_S3_ENDPOINT"),
    (name = "BACKUP_S3_REGION", fromEnvironment = "BACKUP_S3_REGION"),
    (name = "BACKUP_S3_BUCKET", fromEnvironment = "BACKUP_S3_BUCKET"),
    (name = "BACKUP_S3_ACCESS_KEY_ID", fromEnvironment = "BACKUP_S3_ACCESS_KEY_ID"),
    (name = "BACKUP_S3_SECRET_ACCESS_KEY", fromEnvironment = "BACKUP_S3_SECRET_ACCESS_KEY"),
    (name = "BACKUP_RECIPIENTS", fromEnvironment = "BACKUP_RECIPIENTS"),
    (name = "PLAID_BASE_URL", fromEnvironment = "PLAID_BASE_URL"),
    (name = "PLAID_CLIENT_ID", fromEnvironment = "PLAID_CLIENT_ID"),
    (name = "PLAID_SECRET", fromEnvironment = "PLAID_SECRET"),
    (name = "PWNED_BASE_URL", fromEnvironment = "PWNED_BASE_URL"),
    (name = "MAIL_FROM", fromEnvironment = "MAIL_FROM"),
    (name = "STRIPE_SECRET_KEY", fromEnvironment = "STRIPE_SECRET_KEY"),
    (name = "STRIPE_WEBHOOK_SECRETS", fromEnvironment = "STRIPE_WEBHOOK_SECRETS"),
    (name = "STRIPE_PRICES", fromEnvironment = "STRIPE_PRICES"),
    (name = "STRIPE_TRIAL_DAYS", fromEnvironment = "STRIPE_TRIAL_DAYS"),
    (name = "FREE_CONNECTIONS", fromEnvironment = "FREE_CONNECTIONS"),
    (name = "STRIPE_BASE_URL", fromEnvironment = "STRIPE_BASE_URL"),
    (name = "NEW_RELIC_LICENSE_KEY", fromEnvironment = "NEW_RELIC_LICENSE_KEY"),
    (name = "NEW_RELIC_OTLP_URL", fromEnvironment = "NEW_RELIC_OTLP_URL"),
    (name = "APPSIGNAL_PUSH_API_KEY", fromEnvironment = "APPSIGNAL_PUSH_API_KEY"),
    (name = "APPSIGNAL_FRONTEND_API_KEY", fromEnvironment = "APPSIGNAL_FRONTEND_API_KEY"),
    (name = "APPSIGNAL_COLLECTOR_URL", fromEnvironment = "APPSIGNAL_COLLECTOR_URL"),
    (name = "APPSIGNAL_ENDPOINT_URL", fromEnvironment = "APPSIGNAL_ENDPOINT_URL"),
  ],
);

const cache :Workerd.Worker = (
  modules = [
    (name = "host/cache.js", esModule = embed "host/cache.js"),
  ],
  compatibilityDate = "2026-11-17",
);

const storage :Workerd.Worker = (
  modules = [
    (name = "host/storage.js", esModule = embed "host/storage.js"),
  ],
  compatibilityDate = "2026-11-17",
  bindings = [
    (name = "MIGRATIONS", service = "migrations"),
    (name = "OPERATOR", service = (name = "balance", entrypoint = "Operator")),
  ],
  # The key is part of where the data are. Never change it.
  durableObjectNamespaces = [
    (className = "Database", uniqueKey = "database", enableSql = true, preventEviction = true),
    (className = "Queue", uniqueKey = "queue", preventEviction = true),
  ],
  durableObjectStorage = (localDisk = "state"),
);
