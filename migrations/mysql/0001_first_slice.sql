-- The first slice, as migrations/0001_first_slice.sql has it for D1 (a test compares the two).
--
-- Ids, tokens and blind indexes are ASCII and compared byte by byte: Plaid's ids differ by
-- case. Sealed values are bytes. Times are seconds since the Unix epoch. vschema.json says
-- which table is in which keyspace, and what finds a row's shard.

CREATE TABLE user_key (
  user_id CHAR(32) NOT NULL,
  gen BIGINT NOT NULL,
  wrapped VARBINARY(1024) NOT NULL,
  PRIMARY KEY (user_id, gen)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE person (
  id CHAR(32) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE login (
  email_index CHAR(32) NOT NULL,
  user_id CHAR(32) NOT NULL,
  PRIMARY KEY (email_index),
  KEY login_user (user_id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE pending_sign_up (
  id CHAR(32) NOT NULL,
  token_hash CHAR(64) NOT NULL,
  email_index CHAR(32) NOT NULL,
  expires_at BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY pending_sign_up_token (token_hash),
  KEY pending_sign_up_email (email_index),
  KEY pending_sign_up_expiry (expires_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE session (
  id CHAR(32) NOT NULL,
  token_hash CHAR(64) NOT NULL,
  user_id CHAR(32) NOT NULL,
  expires_at BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY session_token (token_hash),
  KEY session_user (user_id),
  KEY session_expiry (expires_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE api_token (
  id CHAR(32) NOT NULL,
  token_hash CHAR(64) NOT NULL,
  user_id CHAR(32) NOT NULL,
  expires_at BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY api_token_token (token_hash),
  KEY api_token_user (user_id),
  KEY api_token_expiry (expires_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE passkey (
  id CHAR(32) NOT NULL,
  user_id CHAR(32) NOT NULL,
  credential_index CHAR(32) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY passkey_credential (credential_index),
  KEY passkey_user (user_id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE totp (
  user_id CHAR(32) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE recovery_code (
  user_id CHAR(32) NOT NULL,
  id CHAR(32) NOT NULL,
  PRIMARY KEY (user_id, id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE spent_ticket (
  id CHAR(32) NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY spent_ticket_expiry (expires_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE password_reset (
  id CHAR(32) NOT NULL,
  token_hash CHAR(64) NOT NULL,
  email_index CHAR(32) NOT NULL,
  expires_at BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY password_reset_token (token_hash),
  KEY password_reset_email (email_index),
  KEY password_reset_expiry (expires_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE email_change (
  user_id CHAR(32) NOT NULL,
  expires_at BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id),
  KEY email_change_expiry (expires_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE throttle (
  id CHAR(32) NOT NULL,
  tries BIGINT NOT NULL,
  under_way BIGINT NOT NULL,
  begun_at BIGINT NOT NULL,
  open_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY throttle_expiry (expires_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE idempotent_reply (
  user_id CHAR(32) NOT NULL,
  id CHAR(32) NOT NULL,
  expires_at BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id, id),
  KEY idempotent_reply_expiry (expires_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE item (
  id CHAR(32) NOT NULL,
  user_id CHAR(32) NOT NULL,
  plaid_index CHAR(32) NOT NULL,
  state VARCHAR(16) NOT NULL CHECK (state IN ('linking', 'active', 'removing')),
  wanted BIGINT NOT NULL DEFAULT 1,
  synced BIGINT NOT NULL DEFAULT 0,
  attempt BIGINT NOT NULL DEFAULT 0,
  lease_holder CHAR(32),
  lease_until BIGINT NOT NULL DEFAULT 0,
  retry_at BIGINT NOT NULL DEFAULT 0,
  failures BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY item_plaid (plaid_index),
  KEY item_user (user_id),
  KEY item_due (retry_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE account (
  user_id CHAR(32) NOT NULL,
  id CHAR(32) NOT NULL,
  item_id CHAR(32) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id, id),
  KEY account_item (item_id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE txn (
  user_id CHAR(32) NOT NULL,
  id CHAR(32) NOT NULL,
  item_id CHAR(32) NOT NULL,
  month CHAR(16) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id, id),
  KEY txn_month (user_id, month),
  KEY txn_item (item_id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE txn_stage (
  item_id CHAR(32) NOT NULL,
  attempt BIGINT NOT NULL,
  id CHAR(32) NOT NULL,
  user_id CHAR(32) NOT NULL,
  month CHAR(16),
  sealed MEDIUMBLOB,
  PRIMARY KEY (item_id, attempt, id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE sync_attempt (
  item_id CHAR(32) NOT NULL,
  user_id CHAR(32) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (item_id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE month_directory (
  user_id CHAR(32) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE inbox (
  id CHAR(32) NOT NULL,
  source VARCHAR(16) NOT NULL,
  subject VARCHAR(64) NOT NULL,
  kind VARCHAR(128) NOT NULL,
  received_at BIGINT NOT NULL,
  waiting BIGINT,
  done_at BIGINT,
  PRIMARY KEY (id),
  UNIQUE KEY inbox_same (source, subject, kind, waiting),
  KEY inbox_waiting (waiting, received_at),
  KEY inbox_done (done_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE erasure (
  id CHAR(32) NOT NULL,
  user_id CHAR(32) NOT NULL,
  token_hash CHAR(64) NOT NULL,
  state VARCHAR(16) NOT NULL CHECK (state IN ('erasing', 'erased', 'closed')),
  requested_at BIGINT NOT NULL,
  providers_at BIGINT,
  rows_at BIGINT,
  receipt_at BIGINT,
  completed_at BIGINT,
  retry_at BIGINT NOT NULL DEFAULT 0,
  failures BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY erasure_user (user_id),
  KEY erasure_due (retry_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE erasure_task (
  id CHAR(32) NOT NULL,
  erasure_id CHAR(32) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  KEY erasure_task_erasure (erasure_id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;
