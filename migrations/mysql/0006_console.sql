-- The audited console, as migrations/0006_console.sql has it for D1; without triggers, which
-- PlanetScale does not take.

CREATE TABLE operator (
  id CHAR(32) NOT NULL PRIMARY KEY,
  account_id CHAR(32),
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  UNIQUE KEY operator_account (account_id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE operator_session (
  id CHAR(32) NOT NULL PRIMARY KEY,
  token_hash CHAR(64) NOT NULL,
  operator_id CHAR(32) NOT NULL,
  opened_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  decision BIGINT NOT NULL,
  revealed BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  UNIQUE KEY operator_session_token (token_hash),
  KEY operator_session_pending (decision, opened_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE consent (
  id CHAR(32) NOT NULL PRIMARY KEY,
  user_id CHAR(32) NOT NULL,
  ends_at BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  KEY consent_user (user_id, id),
  KEY consent_ends (ends_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE audit_subject (
  subject CHAR(32) NOT NULL,
  id CHAR(32) NOT NULL,
  PRIMARY KEY (subject, id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;
