// The bindings and variables, and what an isolate keeps of them from one request to the next.
import { KeyCache } from "./store/keys";
import { Plaid } from "./banking/plaid";
import { SessionCache } from "./store/sessions";
import { Keyring } from "./vault/keys";

/** The same bindings and variables as the Worker's. */
export interface Env {
  DB: D1Database;
  EVENTS: Queue<Message>;
  KEYRING: string;
  ORIGIN: string;
  PLAID_BASE_URL: string;
  PLAID_CLIENT_ID: string;
  PLAID_SECRET: string;
}

/** A queue message: ids only. */
export type Message =
  | { do: "inbox"; id: string }
  | { do: "resume"; item: string; holder: string };

/** Built once per isolate. */
export interface Isolate {
  keys: KeyCache;
  sessions: SessionCache;
  plaid: Plaid;
}

let isolate: Promise<Isolate> | undefined;

export function ofIsolate(env: Env): Promise<Isolate> {
  isolate ??= build(env);
  return isolate;
}

async function build(env: Env): Promise<Isolate> {
  const keyring = await Keyring.parse(env.KEYRING);
  return { keys: new KeyCache(keyring), sessions: new SessionCache(), plaid: new Plaid(env) };
}
