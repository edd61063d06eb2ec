// Has a password leaked? Five hexadecimal digits of its SHA-1 leave the browser; the rest is
// compared here with the hundreds of suffixes that come back (k-anonymity, with padding).

/** How often it stands in known leaks; null where that could not be found out. */
export async function timesLeaked(password) {
  const hash = await sha1(password.normalize("NFC"));
  const lines = await range(hash.slice(0, 5));
  if (lines === null) return null;
  const suffix = hash.slice(5);
  const line = lines.find((one) => one.slice(0, 35).toUpperCase() === suffix);
  // Padding is lines with the count 0.
  return line ? Number(line.slice(36).replaceAll(",", "")) || 0 : 0;
}

async function range(prefix) {
  try {
    const response = await fetch(`/v1/passwords/range/${prefix}`, { credentials: "omit" });
    return response.ok ? (await response.text()).split(/\r?\n/) : null;
  } catch {
    return null;
  }
}

async function sha1(text) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("").toUpperCase();
}
