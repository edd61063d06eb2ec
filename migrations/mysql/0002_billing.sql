-- Billing, as migrations/0002_billing.sql has it for D1.

CREATE TABLE stripe_customer (
  customer_index CHAR(32) NOT NULL,
  user_id CHAR(32) NOT NULL,
  PRIMARY KEY (customer_index),
  KEY stripe_customer_user (user_id)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE billing (
  user_id CHAR(32) NOT NULL,
  due_at BIGINT NOT NULL,
  wanted BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (user_id),
  KEY billing_due (due_at)
) DEFAULT CHARACTER SET ascii COLLATE ascii_bin;
