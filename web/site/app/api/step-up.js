// Step-up: before a sensitive request the person proves again who they are. The proof is bound to
// that one request: its method, its path and the SHA-256 of its exact bytes.

import { proofs } from "../identity/proofs.js";
import { element } from "../page/dom.js";
import { openDialog } from "../page/dialog.js";
import { Cancelled, Problem } from "./problem.js";
import { post } from "./request.js";

/** Asks for a proof, by `only` these methods where they are named; the ticket that the request is to be sent with. */
export async function stepUp({ method, path, bytes, reason = "Go on", only }) {
  const action = { method, path, body_sha256: bytes && (await sha256(bytes)) };
  let asked = await post("/v1/me/step-ups", { action });
  const methods = only ? asked.methods.filter((one) => only.includes(one)) : asked.methods;
  if (methods.length === 0) throw new Problem({ type: "/no-such-factor", title: "This takes a security key or passkey, and your account has none." });
  const confirmed = await openDialog("Confirm it’s you", (close) => {
    const prove = async (proof) => {
      try {
        const { step_up: ticket } = await post("/v1/me/step-ups/confirm", { challenge: asked.challenge, ...proof });
        close(ticket);
      } catch (problem) {
        // A challenge is good for one try.
        asked = await post("/v1/me/step-ups", { action });
        throw problem;
      }
    };
    return [
      element("p", { class: "quiet" }, `To go on: ${reason}. What you confirm counts for this only, once.`),
      proofs({ methods, options: () => asked.options, prove, label: "Confirm" }),
      element("div", { class: "row" },
        element("button", { type: "button", class: "button plain", onclick: () => close() }, "Cancel")),
    ];
  });
  if (!confirmed) throw new Cancelled();
  return confirmed;
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
