// WebAuthn ceremonies: the API's JSON in, the API's JSON out (W3C WebAuthn Level 3). The private
// key stays in the authenticator, and a person's face or finger on their own device.

import { Cancelled } from "../api/problem.js";

/** Whether this browser can. */
export const isSupported = () =>
  typeof PublicKeyCredential === "function" && typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function";

/** Makes a credential. */
export async function enrol(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const made = await ceremony(() => navigator.credentials.create({ publicKey }));
  return made.toJSON();
}

/** Uses one. */
export async function assert(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const made = await ceremony(() => navigator.credentials.get({ publicKey }));
  return made.toJSON();
}

async function ceremony(start) {
  try {
    const credential = await start();
    if (credential) return credential;
  } catch (error) {
    if (error.name === "InvalidStateError") throw new Cancelled("This key is registered here already.");
    if (!["NotAllowedError", "AbortError"].includes(error.name)) throw error;
  }
  throw new Cancelled("No key answered. Plug it in or unlock your device, and try again.");
}
