// Mail by SMTP (RFC 5321) to the mail server of this machine, which queues it and brings it on. The
// connection does not leave the loopback interface, so it is neither encrypted nor signed in to.

// A server that says nothing for so long, or says more than this, is given up.
const PATIENCE = 20_000;
const MOST_BYTES = 16_384;

const ADDRESS = /^[!-~]+@[!-~]+$/;

export class Mailer {
  #relay;

  constructor(relay) {
    this.#relay = relay;
  }

  /** Rejects where the server did not take it. */
  async send({ from, to, subject, text }) {
    for (const address of [from, to]) {
      if (!ADDRESS.test(address) || /[<>]/.test(address)) throw new Error("no address");
    }
    const socket = this.#relay.connect("relay:25");
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error("the mail server is silent")), PATIENCE);
    });
    try {
      await Promise.race([converse(socket, from, to, message(from, to, subject, text)), late]);
    } finally {
      clearTimeout(timer);
      await socket.close().catch(() => {});
    }
  }
}

async function converse(socket, from, to, data) {
  const replies = lines(socket.readable);
  const writer = socket.writable.getWriter();
  const encoder = new TextEncoder();
  const say = async (text, expected) => {
    if (text !== null) await writer.write(encoder.encode(text));
    const code = await reply(replies);
    // A reply may quote an address: its code alone is told.
    if (code !== expected) throw new Error(`the mail server answered ${code}`);
  };
  await say(null, "220");
  await say("EHLO balance.localhost\r\n", "250");
  await say(`MAIL FROM:<${from}>\r\n`, "250");
  await say(`RCPT TO:<${to}>\r\n`, "250");
  await say("DATA\r\n", "354");
  await say(`${data}\r\n.\r\n`, "250");
  // It is taken: what comes of the farewell is nobody's concern.
  await writer.write(encoder.encode("QUIT\r\n")).catch(() => {});
}

/** The code of a reply, of which only the last line has no hyphen. */
async function reply(replies) {
  for (;;) {
    const { done, value } = await replies.next();
    if (done || !/^[2-5]\d\d([ -]|$)/.test(value)) throw new Error("the mail server broke off");
    if (value[3] !== "-") return value.slice(0, 3);
  }
}

async function* lines(readable) {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of readable) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new Error("the mail server says too much");
    text += decoder.decode(chunk, { stream: true });
    const whole = text.split("\r\n");
    text = whole.pop();
    yield* whole;
  }
}

/** A message of plain text. Base64 leaves no line that is long or begins with a dot. */
function message(from, to, subject, text) {
  const [, domain] = from.split("@");
  return [
    `From: <${from}>`,
    `To: <${to}>`,
    `Subject: ${words(subject)}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${crypto.randomUUID()}@${domain}>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    ...(base64(text).match(/.{1,76}/g) ?? []),
  ].join("\r\n");
}

/** A header's text as encoded words (RFC 2047), which hold no line break whatever it holds. */
function words(text) {
  // 75 characters a word: a part of at most 11 characters is at most 44 bytes of UTF-8.
  const parts = [];
  const letters = [...text];
  for (let at = 0; at < letters.length; at += 11) parts.push(letters.slice(at, at + 11).join(""));
  return parts.map((part) => `=?utf-8?B?${base64(part)}?=`).join("\r\n ");
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
