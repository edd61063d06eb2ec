// The crate passkey as it is shipped: in WebAssembly, in workerd, with its WebCrypto. The same
// vectors as its native tests have (crates/passkey/tests/ceremonies), with the same verdicts.
// BALANCE_CEREMONIES names the folder with the built module, BALANCE_VECTORS the vectors.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { Miniflare } from "miniflare";

const here = import.meta.dirname;
const root = `${here}/../..`;
const built = process.env.BALANCE_CEREMONIES;

const esm = (path) => ({ type: "esm", contents: readFileSync(path, "utf8") });
const modules = {
  "worker.mjs": esm(`${here}/worker.mjs`),
  "glue.js": esm(`${root}/src/platform/glue.js`),
  "ceremonies.js": esm(`${built}/ceremonies.js`),
  "ceremonies_bg.wasm": { type: "wasm", contents: readFileSync(`${built}/ceremonies_bg.wasm`) },
};
const date = /^compatibility_date = "(.*)"$/m.exec(readFileSync(`${root}/wrangler.toml`, "utf8"));
const miniflare = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  unsafeLocalExplorer: false,
  workers: [
    {
      config: {
        name: "ceremonies",
        compatibilityDate: date[1],
        manifest: { mainModule: "worker.mjs", modulesRoot: here, modules },
      },
    },
  ],
});
after(() => miniflare.dispose());

async function run(ceremony) {
  const body = JSON.stringify({ required: false, userHandle: USER, ...ceremony });
  const response = await miniflare.dispatchFetch("http://test/", { method: "POST", body });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

const USER = "00112233445566778899aabbccddeeff";
const base64url = (hex) => Buffer.from(hex, "hex").toString("base64url");

// Another byte in the middle of a base64url member.
function altered(text) {
  const bytes = Buffer.from(text, "base64url");
  bytes[bytes.length >> 1] ^= 1;
  return bytes.toString("base64url");
}

const folder = process.env.BALANCE_VECTORS;
const REFUSED = {
  "none-es256-crossOrigin": "CrossOrigin",
  "none-es256-topOrigin": "CrossOrigin",
  "packed-es384": "UnsupportedAlgorithm",
  "packed-ed448": "UnsupportedAlgorithm",
  // Its challenge has 128 bytes.
  "packed-es512": "ChallengeMismatch",
};

const skip = folder ? false : "BALANCE_VECTORS names no folder with the W3C's test vectors";
const w3c = folder ? JSON.parse(readFileSync(`${folder}/w3c-webauthn-vectors.json`, "utf8")) : [];
const pairs = w3c.filter(({ registration }) => registration);

test("all 15 pairs of the standard are there", { skip }, () => {
  assert.ok(pairs.length >= 15);
});

for (const { anchor, registration, authentication } of pairs) {
  const name = anchor.replace("sctn-test-vectors-", "");
  const id = base64url(registration.credential_id);
  const answer = ({ clientDataJSON, attestationObject, authenticatorData, signature }) => {
    const parts = { clientDataJSON, attestationObject, authenticatorData, signature };
    const present = Object.entries(parts).filter(([, hex]) => hex);
    const response = Object.fromEntries(present.map(([part, hex]) => [part, base64url(hex)]));
    return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response };
  };
  const origin = "https://example.org";
  const register = () =>
    run({
      ceremony: "registration",
      origin,
      challenge: registration.challenge,
      response: answer(registration),
    });

  if (name in REFUSED) {
    test(`${name} is refused: ${REFUSED[name]}`, async () => {
      assert.deepEqual(await register(), { refused: REFUSED[name] });
    });
    continue;
  }
  test(`${name} is taken, and not with another signature`, async () => {
    const { result } = await register();
    const authenticate = (response) =>
      run({
        ceremony: "authentication",
        origin,
        challenge: authentication.challenge,
        credential: result.credential,
        response,
      });
    const response = answer(authentication);
    const taken = await authenticate(response);
    assert.equal(taken.result?.counter, 0, JSON.stringify(taken));
    response.response.signature = altered(response.response.signature);
    assert.match((await authenticate(response)).refused, /^(Invalid|Malformed)Signature$/);
  });
}

const ours = folder ?? `${root}/tests/vectors`;
const chromium = JSON.parse(readFileSync(`${ours}/chromium-ceremonies.json`, "utf8"));
for (const [name, recorded] of Object.entries(chromium)) {
  test(`Chromium's ${name} registers and authenticates, once`, async () => {
    const origin = "http://localhost:8123";
    const { result } = await run({
      ceremony: "registration",
      origin,
      challenge: recorded.reg_challenge,
      response: recorded.reg,
    });
    const { credential, user_verified } = result;
    assert.equal(user_verified, name === "passkey");
    const handle = recorded.auth.response.userHandle;
    // Recorded with a longer handle than ours; nothing signs it.
    if (handle) recorded.auth.response.userHandle = base64url(USER);
    const authenticate = (change) =>
      run({
        ceremony: "authentication",
        origin,
        challenge: recorded.auth_challenge,
        credential,
        response: recorded.auth,
        ...change,
      });
    const { result: assertion } = await authenticate({});
    assert.equal(assertion.user_verified, user_verified);
    assert.equal(assertion.counter, 2);
    const again = await authenticate({ credential: { ...credential, counter: 2 } });
    assert.deepEqual(again, { refused: "CounterRegression" });
    const late = await authenticate({ challenge: recorded.reg_challenge });
    assert.deepEqual(late, { refused: "ChallengeMismatch" });
    const strict = await authenticate({ required: true });
    assert.equal(strict.refused, user_verified ? undefined : "UserNotVerified");
  });
}
