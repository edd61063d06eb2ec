// What an authenticator app shows: RFC 6238 over a secret in base32.

import { createHmac } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP = 30_000;

/** The six digits of a moment. */
export function totp(secret, moment = Date.now()) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(moment / STEP)));
  const mac = createHmac("sha1", decode(secret)).update(counter).digest();
  const at = mac.at(-1) & 0x0f;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** The digits of the step after this one: the service takes each once, and a step ahead. */
export const nextTotp = (secret) => totp(secret, Date.now() + STEP);

function decode(secret) {
  const bits = [...secret.replaceAll("=", "")].map((digit) => ALPHABET.indexOf(digit).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}
