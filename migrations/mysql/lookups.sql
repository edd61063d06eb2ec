-- What Vitess writes by itself, in the keyspace that is not sharded: which shard a token,
-- a WebAuthn credential, an Item and Plaid's id of it are on (vschema.json names them). Only there when sharded.

CREATE TABLE session_token_lookup (
  token_hash VARBINARY(64) NOT NULL,
  keyspace_id VARBINARY(128),
  PRIMARY KEY (token_hash)
);

CREATE TABLE api_token_lookup (
  token_hash VARBINARY(64) NOT NULL,
  keyspace_id VARBINARY(128),
  PRIMARY KEY (token_hash)
);

CREATE TABLE credential_lookup (
  credential_index VARBINARY(32) NOT NULL,
  keyspace_id VARBINARY(128),
  PRIMARY KEY (credential_index)
);

CREATE TABLE item_lookup (
  item_id VARBINARY(32) NOT NULL,
  keyspace_id VARBINARY(128),
  PRIMARY KEY (item_id)
);

CREATE TABLE plaid_item_lookup (
  plaid_index VARBINARY(32) NOT NULL,
  keyspace_id VARBINARY(128),
  PRIMARY KEY (plaid_index)
);
