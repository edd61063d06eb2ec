// The mail that the instance has sent, as the stand-in took it in.

import { MAILBOX, ask } from "./instance.mjs";

/** A code is 32 bytes in base64url, on a line of its own. */
const CODE = /^[\w-]{43}$/m;

/** The newest mail to an address. */
async function newest(address, after) {
  const { messages } = await ask(`${MAILBOX}/messages?to=${encodeURIComponent(address)}&after=${after}&wait=40`);
  return messages.at(-1);
}

/** How many mails there are so far: what comes later has a higher number. */
export async function mark(address) {
  const { messages } = await ask(`${MAILBOX}/messages?to=${encodeURIComponent(address)}`);
  return messages.at(-1)?.id ?? 0;
}

/** The code of the first mail with one to an address, after the mail of this number. */
export async function codeFor(address, after = 0) {
  const deadline = Date.now() + 60_000;
  let seen = after;
  while (Date.now() < deadline) {
    const mail = await newest(address, seen);
    if (!mail) continue;
    const code = CODE.exec(mail.text.replaceAll("\r", ""));
    if (code) return code[0];
    seen = mail.id;
  }
  throw new Error(`no code was mailed to ${address}`);
}
