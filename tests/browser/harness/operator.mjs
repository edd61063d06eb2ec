// Operators at the console, over HTTP. The first one is named by the instance; he has a security
// key in software, the same in every test's process, and makes others operators.

import { createECDH, createHash, createPrivateKey, randomBytes, sign } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import { FIRST_OPERATOR, ORIGIN } from "./instance.mjs";
import { codeFor, mark } from "./mailbox.mjs";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

/** Calls the API; the status and the JSON of the reply. */
async function call(method, path, body, headers = {}) {
  const response = await fetch(ORIGIN + path, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null };
}

/** Calls it, and a refusal is an error. */
async function granted(method, path, body, headers) {
  const reply = await call(method, path, body, headers);
  if (reply.status >= 300) throw new Refused(path, reply);
  return reply.body;
}

/** What the API refused. */
export class Refused extends Error {
  constructor(path, { status, body }) {
    super(`${path}: ${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.slug = body?.type?.split("/").pop();
    this.problem = body;
  }
}

/** A platform's authenticator without a platform: ES256, "none" as its attestation, and nobody to touch. */
class SoftKey {
  constructor(seed) {
    const pair = createECDH("prime256v1");
    pair.setPrivateKey(sha256(seed));
    const point = pair.getPublicKey();
    [this.x, this.y] = [point.subarray(1, 33), point.subarray(33)];
    this.id = sha256(`${seed} id`);
    const [x, y, d] = [this.x, this.y, pair.getPrivateKey()].map((bytes) => bytes.toString("base64url"));
    this.private = createPrivateKey({ key: { kty: "EC", crv: "P-256", x, y, d }, format: "jwk" });
  }

  /** Answers `navigator.credentials.create`. */
  enrol({ challenge }) {
    const head = (hex) => Buffer.from(hex, "hex");
    // COSE_Key, members in the order of CTAP2.
    const key = Buffer.concat([head("a5010203262001215820"), this.x, head("225820"), this.y]);
    const attested = Buffer.concat([Buffer.alloc(16), head("0020"), this.id, key]);
    const data = Buffer.concat([this.#data(0x45), attested]);
    const attestationObject = Buffer.concat([
      head("a363666d74646e6f6e656761747453746d74a0686175746844617461"), Buffer.from([0x58, data.length]), data,
    ]);
    return this.#answer({
      clientDataJSON: clientData("webauthn.create", challenge), attestationObject, transports: ["internal"],
    });
  }

  /** Answers `navigator.credentials.get`. */
  assert({ challenge }) {
    const clientDataJSON = clientData("webauthn.get", challenge);
    const authenticatorData = this.#data(0x05);
    const signature = sign("sha256", Buffer.concat([authenticatorData, sha256(clientDataJSON)]), this.private);
    return this.#answer({ clientDataJSON, authenticatorData, signature });
  }

  /** Whose site it is, that someone was there and was verified, and no count. */
  #data(flags) {
    return Buffer.concat([sha256(new URL(ORIGIN).hostname), Buffer.from([flags]), Buffer.alloc(4)]);
  }

  #answer(members) {
    const id = this.id.toString("base64url");
    const response = Object.entries(members).map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString("base64url") : value]);
    return { id, rawId: id, type: "public-key", response: Object.fromEntries(response), clientExtensionResults: {} };
  }
}

const clientData = (type, challenge) => Buffer.from(JSON.stringify({ type, challenge, origin: ORIGIN, crossOrigin: false }));

/** Proves who one is for a sensitive request, and sends it. */
async function sensitive(account, method, path, body) {
  const authorization = { authorization: `Bearer ${account.token}` };
  const bytes = Buffer.from(JSON.stringify(body));
  const action = { method, path, body_sha256: sha256(bytes).toString("hex") };
  const asked = await granted("POST", "/v1/me/step-ups", { action }, authorization);
  const proof = asked.methods.includes("passkey") ? { credential: account.key.assert(asked.options) } : { password: account.password };
  const { step_up: approval } = await granted("POST", "/v1/me/step-ups/confirm", { challenge: asked.challenge, ...proof }, authorization);
  return granted(method, path, body, { ...authorization, "step-up": approval });
}

/** Signs in, by password and, where there is one, the key. */
async function signIn({ email, password, key }) {
  const reply = await call("POST", "/v1/sessions", { email, password });
  if (reply.status === 201) return { ...reply.body, hasKey: false };
  if (reply.status !== 202) throw new Refused("/v1/sessions", reply);
  const { challenge, options } = reply.body;
  const signedIn = await granted("POST", "/v1/sessions/second-factor", { challenge, credential: key.assert(options) });
  return { ...signedIn, hasKey: true };
}

async function signUp({ email, password }) {
  const before = await mark(email);
  await granted("POST", "/v1/users", { email, password, name: "Grace" });
  await granted("POST", "/v1/email-verifications", { token: await codeFor(email, before), password });
}

/** Into the first operator's account, which is made where it is not there yet. */
async function enter(account) {
  const signedIn = await signIn(account).catch(async (problem) => {
    if (problem.slug !== "invalid-credentials") throw problem;
    await signUp(account);
    return signIn(account);
  });
  account.token = signedIn.token;
  if (signedIn.hasKey) return;
  const { challenge, options } = await granted("POST", "/v1/passkey-challenges", { purpose: "enrolment" }, { authorization: `Bearer ${account.token}` });
  await sensitive(account, "POST", "/v1/me/passkeys", { challenge, name: "Key of the tests", credential: account.key.enrol(options) });
}

let entered;

async function firstOperator() {
  const account = { email: FIRST_OPERATOR, password: "nineteen grey pebbles in a jar", key: new SoftKey("the first operator's key") };
  for (let tries = 0; ; tries += 1) {
    try {
      await enter(account);
      return account;
    } catch (problem) {
      // Another file's process may be making it at this moment.
      if (tries === 4) throw problem;
      await pause(1_000 * (tries + 1));
    }
  }
}

/** What a terminal makes for its sign-in (PKCE). */
export function terminal() {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: sha256(verifier).toString("base64url"), state: randomBytes(16).toString("base64url") };
}

/** What the terminal gets for a code. */
export const beginSession = (code, verifier) => granted("POST", "/v1/operator/sessions", { code, code_verifier: verifier });

/** Why he is there, unless a test says otherwise. */
export const REASON = { reason_type: "support", reason: "A transfer is missing, she wrote to us.", ticket: "HELP-1207" };

/** A session at the console. */
export class Console {
  /** The first operator's. */
  static async open(reason = REASON) {
    entered ??= firstOperator();
    const { verifier, challenge } = terminal();
    const { code } = await sensitive(await entered, "POST", "/v1/operator/authorizations", { code_challenge: challenge, ...reason });
    return new Console(await beginSession(code, verifier));
  }

  constructor({ token, operator }) {
    this.token = token;
    this.operator = operator;
  }

  /** Gives a command; under a consent where one is named. */
  gives(command, args, consent) {
    const body = { command, arguments: args, ...(consent && { consent }) };
    return granted("POST", "/v1/operator/commands", body, { authorization: `Bearer ${this.token}` });
  }

  /** Asks a person for her consent; its id. */
  async asks(user, wish) {
    const { rows } = await this.gives("consent.request", { user, hours: 24, uses: 2, ...wish });
    return Object.values(rows[0]).find((cell) => /^cns_/.test(cell));
  }

  /** Makes an account an operator. */
  grants({ email }, name = "Ada", role = "employee") {
    return this.gives("operator.grant", { email, name, role });
  }
}
