-- The words of a month's transactions; `id` is the blind index of "YYYY-MM".
CREATE TABLE month_text (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
