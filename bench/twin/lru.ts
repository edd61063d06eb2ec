/** A map of bounded size that forgets what was not asked for longest. */
export class Lru<Key, Value> {
  readonly #map = new Map<Key, Value>();

  constructor(readonly size: number) {}

  get(key: Key): Value | undefined {
    const value = this.#map.get(key);
    if (value !== undefined) {
      this.#map.delete(key);
      this.#map.set(key, value);
    }
    return value;
  }

  set(key: Key, value: Value): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size > this.size) this.#map.delete(this.#map.keys().next().value!);
  }

  delete(key: Key): void {
    this.#map.delete(key);
  }
}
