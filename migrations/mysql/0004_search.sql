-- Search, as migrations/0004_search.sql has it for D1.

CREATE TABLE month_text (
  user_id CHAR(32) NOT NULL,
  id CHAR(32) NOT NULL,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id, id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;
