-- Backups, as migrations/0007_backup.sql has them for D1.

CREATE TABLE backup (
  id BIGINT NOT NULL PRIMARY KEY,
  base BIGINT NOT NULL,
  audience CHAR(64) NOT NULL,
  log_size BIGINT NOT NULL,
  phase BIGINT NOT NULL,
  place VARCHAR(200) NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT,
  lease_holder CHAR(32),
  lease_until BIGINT NOT NULL,
  retry_at BIGINT NOT NULL,
  failures BIGINT NOT NULL
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE backup_segment (
  backup_id BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  name VARCHAR(80) NOT NULL,
  sha256 CHAR(64) NOT NULL,
  bytes BIGINT NOT NULL,
  units BIGINT NOT NULL,
  PRIMARY KEY (backup_id, idx)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE backup_person (
  user_id CHAR(32) NOT NULL PRIMARY KEY,
  hashes MEDIUMBLOB NOT NULL
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;
