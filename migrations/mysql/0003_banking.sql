-- Banking, whole, as migrations/0003_banking.sql has it for D1.

ALTER TABLE item ADD COLUMN everything BIGINT NOT NULL DEFAULT 1;
ALTER TABLE item ADD COLUMN check_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item ADD KEY item_check (check_at);

ALTER TABLE txn_stage ADD COLUMN predecessor CHAR(32);

ALTER TABLE inbox ADD COLUMN sealed MEDIUMBLOB;

CREATE TABLE annotation (
  user_id CHAR(32) NOT NULL,
  id CHAR(32) NOT NULL,
  item_id CHAR(32) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id, id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE month_total (
  user_id CHAR(32) NOT NULL,
  id CHAR(32) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id, id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE snapshot (
  user_id CHAR(32) NOT NULL,
  id CHAR(32) NOT NULL,
  item_id CHAR(32) NOT NULL,
  topic CHAR(16) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id, id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE balance_year (
  user_id CHAR(32) NOT NULL,
  id CHAR(32) NOT NULL,
  item_id CHAR(32) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id, id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE breaker (
  id CHAR(32) NOT NULL,
  failures BIGINT NOT NULL,
  open_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY breaker_open (open_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;
