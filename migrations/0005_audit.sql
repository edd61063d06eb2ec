-- The audit log: leaves that only come, tiles that are written once, checkpoints.

-- How many leaves there are. The one row, which the first makes, is what
-- makes appends wait for each other.
CREATE TABLE audit_head (
  id INTEGER NOT NULL PRIMARY KEY,
  size INTEGER NOT NULL
) STRICT;

-- `leaf` is public; `id` names the parts that it commits to.
CREATE TABLE audit_leaf (
  idx INTEGER NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  leaf TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_leaf_stays BEFORE UPDATE ON audit_leaf
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_leaf_is_kept BEFORE DELETE ON audit_leaf
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- What a leaf commits to: the operators' part (`user_id` all zeros) under the system's key, the
-- person's under hers. A part goes with its person; its leaf stays.
CREATE TABLE audit_part (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

-- Full tiles: 256 hashes, and the one above them.
CREATE TABLE audit_tile (
  level INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  root TEXT NOT NULL,
  hashes TEXT NOT NULL,
  PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_tile_stays BEFORE UPDATE ON audit_tile
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_tile_is_kept BEFORE DELETE ON audit_tile
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- Every head that was signed.
CREATE TABLE audit_checkpoint (
  size INTEGER NOT NULL PRIMARY KEY,
  note TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_checkpoint_stays BEFORE UPDATE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_checkpoint_is_kept BEFORE DELETE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
