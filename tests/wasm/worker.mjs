// A ceremony a request, in workerd: the rules in WebAssembly, the signature by the very glue of
// the Worker. Answers {"result": …} or {"refused": "the name of the rule"}.
import { importP256, verifyEd25519, verifyP256, verifyRs256 } from "./glue.js";
import { authenticate, initSync, register } from "./ceremonies.js";
import module from "./ceremonies_bg.wasm";

initSync({ module });

function bytes(hex) {
  return new Uint8Array(hex.match(/../g).map((byte) => parseInt(byte, 16)));
}

// As src/platform/signature.rs does.
async function holds(signed) {
  const [signature, message] = [signed.signature(), signed.message()];
  switch (signed.algorithm()) {
    case "ES256":
      return verifyP256(await importP256(signed.point()), signature, message);
    case "EdDSA":
      return verifyEd25519(signed.point(), signature, message);
    case "RS256":
      return verifyRs256(signed.modulus(), signature, message);
  }
}

async function run({ ceremony, origin, challenge, required, response, credential, userHandle }) {
  const answer = JSON.stringify(response);
  if (ceremony === "registration") {
    return register(origin, bytes(challenge), required, answer);
  }
  const kept = JSON.stringify(credential);
  const signed = authenticate(origin, bytes(challenge), required, kept, bytes(userHandle), answer);
  return signed.verified(await holds(signed));
}

export default {
  async fetch(request) {
    try {
      return Response.json({ result: JSON.parse(await run(await request.json())) });
    } catch (refused) {
      // The rules throw their names; anything else is a fault.
      if (typeof refused !== "string") throw refused;
      return Response.json({ refused });
    }
  },
};
