-- The first slice: people, sessions, bank connections, transactions.
--
-- What is private is in `sealed` (docs/SECURITY.md lists what is not). Ids are
-- 32 hex digits, sealed values base64, times seconds since the Unix epoch.

CREATE TABLE user_key (
  user_id TEXT NOT NULL,
  gen INTEGER NOT NULL,
  wrapped TEXT NOT NULL,
  PRIMARY KEY (user_id, gen)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  id TEXT NOT NULL PRIMARY KEY,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT;

-- The email, as a blind index under the system's key, finds the person.
CREATE TABLE login (
  email_index TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX login_user ON login (user_id);

-- Sign-ups that no mailed token has confirmed yet. Sealed under the system's key.
CREATE TABLE pending_sign_up (
  id TEXT NOT NULL PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  email_index TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT;
CREATE INDEX pending_sign_up_email ON pending_sign_up (email_index);
CREATE INDEX pending_sign_up_expiry ON pending_sign_up (expires_at);

CREATE TABLE session (
  id TEXT NOT NULL PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT;
CREATE INDEX session_user ON session (user_id);
CREATE INDEX session_expiry ON session (expires_at);

-- A person's tokens for the API, as `session` is for her devices.
CREATE TABLE api_token (
  id TEXT NOT NULL PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT;
CREATE INDEX api_token_user ON api_token (user_id);
CREATE INDEX api_token_expiry ON api_token (expires_at);

-- WebAuthn credentials. The index is over the credential's id, under the system's key:
-- one credential is one person's.
CREATE TABLE passkey (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL,
  credential_index TEXT NOT NULL UNIQUE,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT;
CREATE INDEX passkey_user ON passkey (user_id);

CREATE TABLE totp (
  user_id TEXT NOT NULL PRIMARY KEY,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A code that is good for one sign-in, as a blind index under the person's key.
CREATE TABLE recovery_code (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

-- Tickets (challenges, step-ups) that were used and would else be good for some minutes more.
CREATE TABLE spent_ticket (
  id TEXT NOT NULL PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX spent_ticket_expiry ON spent_ticket (expires_at);

-- Mailed tokens that set a new password. Sealed under the system's key.
CREATE TABLE password_reset (
  id TEXT NOT NULL PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  email_index TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT;
CREATE INDEX password_reset_email ON password_reset (email_index);
CREATE INDEX password_reset_expiry ON password_reset (expires_at);

-- A new email that waits for its two mailed tokens; one a person.
CREATE TABLE email_change (
  user_id TEXT NOT NULL PRIMARY KEY,
  expires_at INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX email_change_expiry ON email_change (expires_at);

-- Tries by blind index of who tries what from where: none before `open_at`,
-- forgotten after `expires_at`. The last of those `under_way` began at `begun_at`.
CREATE TABLE throttle (
  id TEXT NOT NULL PRIMARY KEY,
  tries INTEGER NOT NULL,
  under_way INTEGER NOT NULL,
  begun_at INTEGER NOT NULL,
  open_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX throttle_expiry ON throttle (expires_at);

-- Replies to requests that carried an Idempotency-Key.
CREATE TABLE idempotent_reply (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotent_reply_expiry ON idempotent_reply (expires_at);

-- A bank connection. `wanted` counts reasons to sync, `synced` how many of them
-- the last whole sync had seen: the two differ while there is work to do.
-- `attempt` counts syncs begun; it is the `rev` of the rows an attempt writes.
CREATE TABLE item (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL,
  plaid_index TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('linking', 'active', 'removing')),
  wanted INTEGER NOT NULL DEFAULT 1,
  synced INTEGER NOT NULL DEFAULT 0,
  attempt INTEGER NOT NULL DEFAULT 0,
  lease_holder TEXT,
  lease_until INTEGER NOT NULL DEFAULT 0,
  retry_at INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT;
CREATE INDEX item_user ON item (user_id);
CREATE INDEX item_due ON item (retry_at) WHERE wanted > synced OR state <> 'active';

CREATE TABLE account (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_item ON account (item_id);

-- `id` is the blind index of the bank's id, `month` that of "YYYY-MM".
CREATE TABLE txn (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  month TEXT NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT;
CREATE INDEX txn_month ON txn (user_id, month);
CREATE INDEX txn_item ON txn (item_id);

-- Pages of a sync that is under way: rows to put, and ids to drop (no `sealed`).
CREATE TABLE txn_stage (
  item_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  month TEXT,
  sealed TEXT,
  PRIMARY KEY (item_id, attempt, id)
) STRICT;

-- Where an attempt stands, sealed: the cursor to go on from.
CREATE TABLE sync_attempt (
  item_id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Which months a person has transactions in, and how many.
CREATE TABLE month_directory (
  user_id TEXT NOT NULL PRIMARY KEY,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Verified webhooks: whose and which, never what they said. `waiting` is 1 until
-- handled and null after, so that equal ones waiting are one row.
CREATE TABLE inbox (
  id TEXT NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  waiting INTEGER,
  done_at INTEGER,
  UNIQUE (source, subject, kind, waiting)
) STRICT;
CREATE INDEX inbox_waiting ON inbox (received_at) WHERE waiting = 1;
CREATE INDEX inbox_done ON inbox (done_at);

-- People who were erased, and how far that is. The list stays for ever: a restored copy
-- of the database is held to it. `closed` is `erased` and looked through once more.
CREATE TABLE erasure (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL UNIQUE,
  token_hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('erasing', 'erased', 'closed')),
  requested_at INTEGER NOT NULL,
  providers_at INTEGER,
  rows_at INTEGER,
  receipt_at INTEGER,
  completed_at INTEGER,
  retry_at INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX erasure_due ON erasure (retry_at) WHERE state <> 'closed';

-- What an erasure still has to do elsewhere. Sealed under the system's key, for hers is gone.
CREATE TABLE erasure_task (
  id TEXT NOT NULL PRIMARY KEY,
  erasure_id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT;
CREATE INDEX erasure_task_erasure ON erasure_task (erasure_id);
