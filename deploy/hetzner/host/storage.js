// What the platform would keep: the database, and the messages on their way.
import { DurableObject } from "cloudflare:workers";

/** The rows: SQLite in a Durable Object, in a file of this machine. It is what D1 is, too. */
export class Database extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    ctx.blockConcurrencyWhile(() => this.#migrate());
  }

  /** Runs `[sql, parameters]` one after the other, all or none. The reply waits for the disk. */
  batch(statements) {
    return this.ctx.storage.transactionSync(() => {
      let before = this.#changes();
      return statements.map(([sql, parameters]) => {
        const results = this.sql.exec(sql, ...parameters).toArray();
        const after = this.#changes();
        const changes = after - before;
        before = after;
        return { results, meta: { changes } };
      });
    });
  }

  #changes() {
    return this.sql.exec("SELECT total_changes() AS n").one().n;
  }

  /** Applies what wrangler would, in order, each with its mark or not at all. */
  async #migrate() {
    this.sql.exec(
      "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, " +
        "applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
    );
    const applied = new Set(this.sql.exec("SELECT name FROM d1_migrations").toArray().map(({ name }) => name));
    const listed = await (await this.env.MIGRATIONS.fetch("http://migrations/")).json();
    const names = listed.map(({ name }) => name).filter((name) => name.endsWith(".sql") && !applied.has(name));
    for (const name of names.sort()) {
      const file = await this.env.MIGRATIONS.fetch(`http://migrations/${name}`);
      if (!file.ok) throw new Error(`${name} cannot be read`);
      const text = await file.text();
      this.ctx.storage.transactionSync(() => {
        this.sql.exec(text);
        this.sql.exec("INSERT INTO d1_migrations (name) VALUES (?)", name);
      });
    }
  }
}

// As wrangler.toml has it.
const BATCH = 10;
const FILLS_FOR = 1000;
const RETRIES = 5;
const AT_ONCE = 4;
// What is over it is lost, as in a crash: the sweep finds in the database what it was about.
const MOST_WAITING = 10_000;

/**
 * The queue, in memory. Messages carry ids only, and the database remembers what is to be done:
 * the sweep sends anew what a crash or a flood has lost.
 */
export class Queue extends DurableObject {
  #waiting = [];
  #running = 0;
  #filling = false;

  send(bodies) {
    if (this.#waiting.length + bodies.length > MOST_WAITING) throw new Error("the queue is full");
    for (const body of bodies) {
      this.#waiting.push({ id: crypto.randomUUID(), timestamp: new Date(), body, attempts: 1 });
    }
    this.#deliver(BATCH);
    if (this.#waiting.length > 0 && !this.#filling) {
      this.#filling = true;
      this.ctx.waitUntil(this.#fill());
    }
  }

  /** What is not a whole batch by then goes as it is. */
  async #fill() {
    await scheduler.wait(FILLS_FOR);
    this.#filling = false;
    this.#deliver(1);
  }

  #deliver(least) {
    while (this.#running < AT_ONCE && this.#waiting.length >= least) {
      const batch = this.#waiting.splice(0, BATCH);
      this.#running += 1;
      this.ctx.waitUntil(this.#attempt(batch));
    }
  }

  async #attempt(batch) {
    try {
      await this.env.OPERATOR.deliver(batch);
    } catch {
      const again = batch.map((message) => ({ ...message, attempts: message.attempts + 1 }));
      await scheduler.wait(1000);
      this.#waiting.push(...again.filter(({ attempts }) => attempts <= RETRIES + 1));
    } finally {
      this.#running -= 1;
      this.#deliver(1);
    }
  }
}
