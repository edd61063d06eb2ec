-- Billing: who is whose customer at Stripe, and what the subscription was when last asked.

-- Stripe's customer id, as a blind index under the system's key, finds the person.
CREATE TABLE stripe_customer (
  customer_index TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stripe_customer_user ON stripe_customer (user_id);

-- Where she stands, sealed; compared with Stripe when it is `due_at`, which is 0 while there is
-- a reason to. `wanted` counts the reasons, so that none is lost on whoever asked before it came.
CREATE TABLE billing (
  user_id TEXT NOT NULL PRIMARY KEY,
  due_at INTEGER NOT NULL,
  wanted INTEGER NOT NULL DEFAULT 0,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX billing_due ON billing (due_at);
