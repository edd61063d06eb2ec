-- Backups: how far the one under way has come, what it has stored, and of which state each
-- person's rows were when they were last stored.

-- `base`: the backup that the newer ones build on, its own number where it is whole. `audience`:
-- the SHA-256 of whom and where it is for. `log_size`: how many leaves the audit log had when it
-- began. `phase` and `place`: what is next.
CREATE TABLE backup (
  id INTEGER NOT NULL PRIMARY KEY,
  base INTEGER NOT NULL,
  audience TEXT NOT NULL,
  log_size INTEGER NOT NULL,
  phase INTEGER NOT NULL,
  place TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  lease_holder TEXT,
  lease_until INTEGER NOT NULL,
  retry_at INTEGER NOT NULL,
  failures INTEGER NOT NULL
) STRICT;

CREATE TABLE backup_segment (
  backup_id INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  units INTEGER NOT NULL,
  PRIMARY KEY (backup_id, idx)
) STRICT, WITHOUT ROWID;

-- `hashes`: of each part of a person's rows, as it was when it was last stored.
CREATE TABLE backup_person (
  user_id TEXT NOT NULL PRIMARY KEY,
  hashes TEXT NOT NULL
) STRICT, WITHOUT ROWID;
