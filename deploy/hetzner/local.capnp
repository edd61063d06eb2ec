# As balance.capnp, for this machine alone: stand-ins on the loopback interface may be fetched, and
# every address comes from the command line. Never for data that anyone cares about.
@0x9a3e6d10c84b57f2;

using Workerd = import "/workerd/workerd.capnp";
using Balance = import "balance.capnp";

const config :Workerd.Config = (
  services = [
    (name = "balance", worker = Balance.balance),
    (name = "storage", worker = Balance.storage),
    (name = "cache", worker = Balance.cache),
    (name = "site", assets = Balance.site),
    (name = "migrations", disk = (path = "migrations")),
    (name = "state", disk = (writable = true)),
    (name = "relay", external = (tcp = ())),
    (name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [Balance.public, Balance.operator],
);
