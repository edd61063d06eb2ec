-- The audited console: who may use it, its sessions, which are reviewed and stay, and the
-- consents of the people whose data they are about.

-- `account_id` is the operator's own account; none where a reviewer from outside has only a token.
CREATE TABLE operator (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT UNIQUE,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- `decision`: 0 while nobody has decided, 1 approved, 2 flagged. `revealed`: 1 where anything was
-- shown under a consent.
CREATE TABLE operator_session (
  id TEXT NOT NULL PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  operator_id TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  decision INTEGER NOT NULL,
  revealed INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX operator_session_pending ON operator_session (decision, opened_at);

-- What it was asked for and what she signed; where it stands is in the log. `ends_at`: when she is
-- told that it is over, 0 where there is nothing to tell.
CREATE TABLE consent (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL,
  ends_at INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX consent_user ON consent (user_id, id);
CREATE INDEX consent_ends ON consent (ends_at) WHERE ends_at > 0;

-- Which leaves are about a consent or a session of the console.
CREATE TABLE audit_subject (
  subject TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (subject, id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_subject_stays BEFORE UPDATE ON audit_subject
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_subject_is_kept BEFORE DELETE ON audit_subject
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
