// Virtual authenticators, by Chromium's own protocol: what answers a ceremony on a page.

/** A phone's or laptop's: it checks who it is and keeps the account's name. */
export const PLATFORM = {
  protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
};

/** An old security key: a touch is all it asks for. */
export const U2F = {
  protocol: "u2f", transport: "usb", hasResidentKey: false, hasUserVerification: false,
};

/** Plugs one in, whoever touches it consenting; returns how to pull it out again. */
export async function plugIn(page, kind) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const options = { ...kind, automaticPresenceSimulation: true };
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", { options });
  return {
    credentials: async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    pullOut: () => session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }),
  };
}
