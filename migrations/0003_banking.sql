-- Banking, whole: a person's own words on her transactions, totals by month, what a bank
-- said of holdings, debts and recurring payments, balances over time.

-- `everything` is 1 while more than transactions is wanted of the next sync; `check_at` is
-- when the Item is next compared with Plaid, whatever webhooks said.
ALTER TABLE item ADD COLUMN everything INTEGER NOT NULL DEFAULT 1;
ALTER TABLE item ADD COLUMN check_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX item_check ON item (check_at);

-- The pending row that a staged one replaces.
ALTER TABLE txn_stage ADD COLUMN predecessor TEXT;

-- What an event says beyond its kind (a date, an account), under the system's key.
ALTER TABLE inbox ADD COLUMN sealed TEXT;

-- A person's own category, note and tags. `id` is the transaction's; one that is gone at the
-- bank may come back under the same id, or be replaced by another that takes these over.
CREATE TABLE annotation (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

-- Totals of a month by account, category and currency; `id` is the blind index of "YYYY-MM".
CREATE TABLE month_total (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

-- What a bank said last, whole, of one topic (a blind token): so many rows as it takes.
CREATE TABLE snapshot (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  topic TEXT NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

-- Balances of an Item's accounts by day; `id` is the blind index of Item and year.
CREATE TABLE balance_year (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

-- Banks that fail: nobody's Item is synced there by itself before `open_at`. `id` is the
-- blind index of the institution's id, under the system's key.
CREATE TABLE breaker (
  id TEXT NOT NULL PRIMARY KEY,
  failures INTEGER NOT NULL,
  open_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX breaker_open ON breaker (open_at);
