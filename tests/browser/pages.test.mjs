// The pages themselves: what the security page claims, the policy they are under, a phone, no
// script at all.

import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import path from "node:path";

import { ORIGIN, ROOT } from "./harness/instance.mjs";
import { story } from "./harness/story.mjs";

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

const MONEY = ["Cash flow", "Recurring payments", "Investments", "Debts", "Net worth"];

const SUBPROCESSORS = ["AppSignal", "Cloudflare", "Hetzner", "New Relic", "Plaid", "PlanetScale", "Stripe"];

story("each promise names a proof that is there, or says that it is not proven yet", async ({ page, picture }) => {
  await page.goto("/security");
  await picture("security");
  const promises = await page.locator(".promises > li").evaluateAll((list) => list.map((promise) => ({
    id: promise.id,
    isProven: promise.querySelector(".state.proven") !== null,
    saysNot: promise.textContent.includes("Not yet proven"),
    code: [...promise.querySelectorAll(".proof code, p code")].map((code) => code.textContent),
  })));
  assert.deepEqual(promises.map(({ id }) => id), Array.from({ length: 11 }, (_, index) => `P${index + 1}`));
  const proofs = await readFile(path.join(ROOT, "tools/xtask/src/prove.rs"), "utf8");
  for (const { id, isProven, saysNot, code } of promises) {
    assert.notEqual(isProven, saysNot, `${id} is either proven or not`);
    const [commands, files] = [code.filter((text) => text.startsWith("cargo ")), code.filter((text) => text.includes("/"))];
    for (const file of files) await access(path.join(ROOT, file));
    if (isProven) assert.ok(files.length > 0, `${id} names no file`);
    for (const command of commands.filter((text) => text.includes("prove --only"))) {
      assert.equal(command, `cargo xtask prove --only ${id}`);
      assert.match(proofs, new RegExp(`\\b${id.toLowerCase()}_\\w+::PROMISE`));
    }
  }
  const named = await page.locator("tbody th").allTextContents();
  assert.deepEqual(named, SUBPROCESSORS);
});

story("the contact leads to security.txt, the documentation to the API", async ({ page }) => {
  await page.goto("/security");
  for (const [name, address] of [["security.txt", "/.well-known/security.txt"], ["API", "/docs"]]) {
    const link = page.getByRole("main").or(page.getByRole("banner")).getByRole("link", { name }).first();
    assert.equal(await link.getAttribute("href"), address);
    assert.equal((await fetch(ORIGIN + address)).status, 200);
  }
});

story("every page is under a policy that lets in nothing of others", async ({ page, context }) => {
  for (const address of ["/", "/security", "/operator/login", "/app/main.js"]) {
    const { headers } = await fetch(ORIGIN + address);
    const policy = headers.get("content-security-policy") ?? "";
    for (const rule of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"]) {
      assert.ok(policy.includes(rule), `${address}: no ${rule}`);
    }
    assert.ok(!/unsafe|https?:|\*/.test(policy), policy);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
    assert.match(headers.get("strict-transport-security") ?? "", /max-age=\d{8}/);
  }
  // What the policy says, the browser does. The violations are this page's own business.
  context.removeAllListeners("console");
  await page.goto("/");
  const done = await page.evaluate(() => {
    const script = document.createElement("script");
    try {
      script.text = "window.ran = true";
    } catch (error) {
      return [error.name, window.ran ?? false];
    }
    document.body.append(script);
    return ["let through", window.ran ?? false];
  });
  assert.deepEqual(done, ["TypeError", false]);
  const reached = await page.evaluate(() => fetch("https://example.com/").then(() => true, () => false));
  assert.equal(reached, false);
});

story("the API keeps its own paths and answers", async ({ page }) => {
  await page.goto("/security");
  assert.equal((await fetch(`${ORIGIN}/healthz`)).status, 200);
  assert.equal((await fetch(`${ORIGIN}/openapi.json`)).headers.get("content-type"), "application/json");
  const lost = await fetch(`${ORIGIN}/v1/nowhere`);
  assert.deepEqual([lost.status, lost.headers.get("content-type")], [404, "application/problem+json"]);
});

story("without scripts the pages say what they can", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("heading", { name: "Balance needs JavaScript" }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "The security page" }).click();
  await page.getByRole("heading", { name: "What we promise, and how you can check it" }).waitFor();
}, { javaScriptEnabled: false });

story("on a phone nothing is wider than the screen", async ({ page, ada, picture }) => {
  const fits = async (what) => {
    const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= screen && screen <= 360, `${what}: ${wide} of ${screen} pixels`);
    await picture(`phone ${what}`);
  };
  await page.goto("/security");
  await fits("security");
  await page.goto("/");
  await page.getByRole("heading", { name: "Your money, in one quiet place." }).waitFor();
  await fits("welcome");
  await page.goto("/#/sign-up");
  await page.getByRole("heading", { name: "Create an account" }).waitFor();
  await fits("sign up");
  await ada.arrives(page);
  await fits("empty home");
  await ada.connectsBank(page, { transactions: 60 });
  await fits("home");
  await page.locator(".month .listing > li").first().getByRole("button").click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).waitFor();
  await fits("transaction");
  await page.keyboard.press("Escape");
  await ada.opensBanks(page);
  await page.getByText("Disconnect one account").click();
  await page.getByText("How it is read").click();
  await page.getByRole("button", { name: /^Replace the key/ }).waitFor();
  await fits("banks");
  for (const section of MONEY) {
    await ada.opensMoney(page, section);
    await opensAll(page);
    await fits(section);
  }
  const sections = ["Profile", "Password", "Email", "Security keys", "Authenticator app", "Recovery codes", "Where you are signed in", "API tokens", "Consents", "Who looked", "Your data"];
  for (const section of sections) {
    await ada.opens(page, section);
    await page.locator(".sections-nav a[aria-current]").filter({ hasText: section }).waitFor();
    await fits(section);
  }
}, PHONE);

story("in the dark it is dark, and still readable", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 60 });
  await picture("dark home");
  await isReadable(page, "home");
  await areReadable(page, ada, picture);
  await page.goto("/security");
  await picture("dark security");
  await isReadable(page, "security");
}, { colorScheme: "dark" });

story("in the light every text has enough contrast", async ({ page, ada }) => {
  await page.goto("/security");
  await isReadable(page, "security");
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 60 });
  await isReadable(page, "home");
  await areReadable(page, ada);
}, { colorScheme: "light" });

async function isReadable(page, what) {
  assert.deepEqual(await page.evaluate(lowContrast), [], what);
}

/** The screens of the banks and of the money, with everything on them open. */
async function areReadable(page, ada, picture) {
  await ada.opensBanks(page);
  await opensAll(page);
  await isReadable(page, "banks");
  for (const section of MONEY) {
    await ada.opensMoney(page, section);
    await opensAll(page);
    await isReadable(page, section);
    await picture?.(`dark ${section}`);
  }
}

async function opensAll(page) {
  const closed = page.locator("main details:not([open]) > summary");
  while (await closed.count() > 0) await closed.first().click();
}

/** In the page: texts whose contrast with what is behind them is below WCAG AA. */
function lowContrast() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channels = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [red, green, blue] = channels(colour).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (channels(colour)[3] === 255) return colour;
    }
    return "white";
  };
  const texts = [...document.querySelectorAll("body *")].filter((element) =>
    element.getClientRects().length > 0 && !element.closest(".unseen, noscript") &&
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()));
  return texts.flatMap((element) => {
    const [one, other] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    return contrast < 4.5 ? [`${element.textContent.trim().slice(0, 40)}: ${contrast.toFixed(2)}`] : [];
  });
}
