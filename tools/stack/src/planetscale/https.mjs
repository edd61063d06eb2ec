// One POST, for planetscale/carrier.rs. A redirect is an answer: it would take the password along.
async function answer({ url, headers, body, patience }) {
  const signal = AbortSignal.timeout(patience);
  const reply = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
  return { status: reply.status, body: await reply.text() };
}
