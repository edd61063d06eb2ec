-- The audit log, as migrations/0005_audit.sql has it for D1. PlanetScale takes no triggers: that
-- leaves only come is kept by the statements there are, and shown by whoever verifies the log.

CREATE TABLE audit_head (
  id BIGINT NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE audit_leaf (
  idx BIGINT NOT NULL PRIMARY KEY,
  id CHAR(32) NOT NULL,
  leaf VARCHAR(256) NOT NULL,
  UNIQUE KEY audit_leaf_id (id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE audit_part (
  user_id CHAR(32) NOT NULL,
  id CHAR(32) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id, id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE audit_tile (
  level BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  root VARBINARY(32) NOT NULL,
  hashes VARBINARY(8192) NOT NULL,
  PRIMARY KEY (level, idx)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE audit_checkpoint (
  size BIGINT NOT NULL PRIMARY KEY,
  note VARCHAR(4096) NOT NULL
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
