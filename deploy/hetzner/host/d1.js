// As much of D1's API as the Worker uses (src/platform/glue.js): a batch of bound statements, one
// transaction, one round trip. https://developers.cloudflare.com/d1/worker-api/d1-database/#batch

class Statement {
  constructor(sql, parameters) {
    this.sql = sql;
    this.parameters = parameters;
  }

  bind(...parameters) {
    return new Statement(this.sql, parameters);
  }
}

export class D1 {
  #database;

  /** Over the object of storage.js; `database` gives a stub of it. */
  constructor(database) {
    this.#database = database;
  }

  prepare(sql) {
    return new Statement(sql, []);
  }

  batch(statements) {
    return this.#database().batch(statements.map(({ sql, parameters }) => [sql, parameters]));
  }
}
