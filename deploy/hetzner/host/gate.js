// A rate limit as the platform's: counts in fixed windows, a cheap gate before the durable limits.

// Above this the window is flooded from everywhere: memory matters more than counting on.
const MOST_KEYS = 100_000;

export class Gate {
  #limit;
  #milliseconds;
  #window = 0;
  #counts = new Map();

  constructor(limit, seconds) {
    this.#limit = limit;
    this.#milliseconds = seconds * 1000;
  }

  async limit({ key }) {
    const window = Math.floor(Date.now() / this.#milliseconds);
    if (window !== this.#window) {
      this.#window = window;
      this.#counts.clear();
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    if (count > 1 || this.#counts.size < MOST_KEYS) this.#counts.set(key, count);
    return { success: count <= this.#limit };
  }
}
